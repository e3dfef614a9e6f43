#define _GNU_SOURCE
#include "CSyscalls.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Written out because build machines may have kernel headers older than the kernels this runs on.
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

struct ebb_ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scoped;
};

struct ebb_path_beneath {
    uint64_t rights;
    int32_t directory;
} __attribute__((packed));

int ebb_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int ebb_landlock_version(void) {
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
}

int ebb_landlock_create(uint64_t files, uint64_t network, uint64_t scoped) {
    struct ebb_ruleset ruleset = {files, network, scoped};
    // Older kernels accept a longer structure only if what they do not know is zero; the caller sees to that.
    return (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
}

int ebb_landlock_allow_beneath(int ruleset, uint64_t rights, int directory) {
    struct ebb_path_beneath rule = {rights, directory};
    return (int)syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0);
}

int ebb_landlock_restrict(int ruleset) {
    return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}
