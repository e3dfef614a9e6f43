#define _GNU_SOURCE
#include "CSyscalls.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

// What nobody can have written to comes back from its file when it is touched again.
static int release(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size;
    (void)unused;
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
        uintptr_t inside = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr + inside) & ~inside;
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~inside;
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void ebb_release_program(void) {
    dl_iterate_phdr(release, NULL);
}
