// System calls that the platform's Swift module cannot express: variadic ones, ones younger than the C library, and
// what must run inside a signal handler. Every function returns -1 and sets errno when it fails, as libc does.
#ifndef EBB_CSYSCALLS_H
#define EBB_CSYSCALLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What lstat tells, with device numbers taken apart.
struct ebb_status {
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t nanoseconds;
    int64_t atime;
    int64_t size;
    int64_t mtime;
    uint64_t device;
    uint64_t inode;
    uint64_t link_count;
    uint32_t rdev_major;
    uint32_t rdev_minor;
};

/// The same for a name that has no NUL at its end.
int ebb_fstatat_component(int directory, const uint8_t *bytes, size_t length, int flags, struct ebb_status *out);
int ebb_fstatat(int directory, const char *name, int flags, struct ebb_status *out);

int ebb_openat(int directory, const char *name, int flags, mode_t mode);
// RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS always. ENOSYS where the kernel lacks it.
int ebb_openat2_beneath(int directory, const char *path, int flags);
// The same without RESOLVE_NO_SYMLINKS.
int ebb_openat2_following(int directory, const char *path, int flags);
// Whether an open item belongs to procfs, whose symlinks need not lead where they say.
int ebb_is_on_procfs(int descriptor);
// fchmodat2 (Linux 6.6); ENOSYS before.
int ebb_fchmodat2(int directory, const char *name, mode_t mode, int flags);
int ebb_mknodat(int directory, const char *name, mode_t mode, uint32_t major, uint32_t minor);
// renameat2 with RENAME_NOREPLACE.
int ebb_rename_noreplace(int from_directory, const char *from, int to_directory, const char *to);
ssize_t ebb_getdents(int directory, void *buffer, size_t size);

// Read into and write from buffer + offset, so that callers need no pointer arithmetic.
ssize_t ebb_read(int descriptor, uint8_t *buffer, size_t offset, size_t count);
ssize_t ebb_pread(int descriptor, uint8_t *buffer, size_t offset, size_t count, int64_t position);
ssize_t ebb_write(int descriptor, const uint8_t *buffer, size_t offset, size_t count);

// The first length bytes get space, the size stays.
int ebb_allocate(int descriptor, int64_t length);
// A hole within the present size.
int ebb_punch(int descriptor, int64_t position, int64_t length);

// Charsets. A conversion, or NULL; "" is the charset of the locale that the environment names.
void *ebb_charset_open(const char *to, const char *from);
/// Puts the name of the locale's charset into `name`, without an end; its length.
size_t ebb_charset_own(char *name, size_t room);
void ebb_charset_close(void *conversion);
// All of a text, from a fresh state: the bytes written; -1 where it cannot be converted, -2 where there is no room, -3 where it
// ends within a character.
ssize_t ebb_charset_convert(void *conversion, const uint8_t *in, size_t in_length, uint8_t *out, size_t out_length);

// Waits until everything written to the file system that holds the open descriptor is on disk.
int ebb_syncfs(int descriptor);

ssize_t ebb_fgetxattr(int descriptor, const char *name, void *value, size_t size);
int ebb_fsetxattr(int descriptor, const char *name, const void *value, size_t size);
int ebb_fremovexattr(int descriptor, const char *name);

// The same for any descriptor; is_handle says that it is an O_PATH one, which has a way through /proc only.
ssize_t ebb_list_attributes(int descriptor, int is_handle, void *names, size_t size);
ssize_t ebb_get_attribute(int descriptor, int is_handle, const char *name, void *value, size_t size);
int ebb_set_attribute(int descriptor, int is_handle, const char *name, const void *value, size_t size);
int ebb_remove_attribute(int descriptor, int is_handle, const char *name);

int ebb_status_flags(int descriptor);
int ebb_set_status_flags(int descriptor, int flags);
// A close-on-exec duplicate that is not 0, 1 or 2.
int ebb_duplicate_high(int descriptor);
// Both ends close-on-exec. Holds 256 KiB where the system allows it: four times the usual, so that two processes wait less for
// each other.
int ebb_pipe(int ends[2]);
int ebb_eventfd(void);
ssize_t ebb_getrandom(void *buffer, size_t size);

// Starts a program with the descriptors given as its 0, 1 and 2 and no others, with all signals at their default and
// none blocked. arguments and environment are NUL-terminated strings one after the other; environment NULL: ours;
// directory NULL: ours. Returns 0 or an error number (not through errno).
int ebb_spawn(
    pid_t *pid, const char *arguments, size_t argument_count, const char *environment, size_t environment_count,
    const char *directory, int in, int out, int err);
// Variable number index of our environment, NULL after the last.
const char *ebb_environment(size_t index);
// Blocks until the child is gone but leaves it to be collected.
int ebb_wait_without_reaping(pid_t pid);
// 1 and the exit code or signal number in *value when collected, 0 when still running (blocking == 0).
int ebb_collect(pid_t pid, int blocking, int *by_signal, int *value);

// Installs a handler that remembers the first signal caught and makes wake_descriptor (an eventfd) readable.
int ebb_catch_signal(int number, int wake_descriptor);
int ebb_caught_signal(void);
int ebb_ignore_signal(int number);

// Opens /dev/null as each of 0, 1 and 2 that is closed: nothing else must get these numbers.
void ebb_occupy_standard_descriptors(void);

// Installs a handler that ends nothing and only remembers; the latter returns the signal, or 0 when none came.
int ebb_note_signal(int number);
int ebb_noted_signal(int forget);

// Takes the pages of program text and constants off this process that the start has touched and what follows may not: they
// are counted as ours, and come back from the page cache one by one as they are needed.
void ebb_release_program(void);

// Takes on another user's ids, in all threads or in this one and those it starts: the user's own groups, or the one given
// alone. 1: no such user; 2: no such group; numbers serve as names. Two threads must not call it at once.
int ebb_become(const char *user, const char *group, int one_thread);

int ebb_no_new_privileges(void);
// The Landlock version of the running kernel, or -1.
int ebb_landlock_version(void);
int ebb_landlock_create(uint64_t handled_file_rights, uint64_t handled_network_rights, uint64_t scoped);
int ebb_landlock_allow_beneath(int ruleset, uint64_t rights, int directory);
int ebb_landlock_restrict(int ruleset);

#endif
