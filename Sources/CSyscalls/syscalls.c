#define _GNU_SOURCE
#include "CSyscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

// Numbers shared by all architectures for calls younger than some C libraries.
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

#define EBB_RESOLVE_NO_MAGICLINKS 0x02
#define EBB_RESOLVE_NO_SYMLINKS 0x04
#define EBB_RESOLVE_BENEATH 0x08

struct ebb_open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

int ebb_fstatat(int directory, const char *name, int flags, struct ebb_status *out) {
    struct stat found;
    if (fstatat(directory, name, &found, flags) != 0) return -1;
    out->mode = found.st_mode;
    out->uid = found.st_uid;
    out->gid = found.st_gid;
    out->nanoseconds = (uint32_t)found.st_mtim.tv_nsec;
    out->size = found.st_size;
    out->atime = found.st_atim.tv_sec;
    out->mtime = found.st_mtim.tv_sec;
    out->device = found.st_dev;
    out->inode = found.st_ino;
    out->link_count = found.st_nlink;
    int node = S_ISBLK(found.st_mode) || S_ISCHR(found.st_mode);
    out->rdev_major = node ? major(found.st_rdev) : 0;
    out->rdev_minor = node ? minor(found.st_rdev) : 0;
    return 0;
}

int ebb_fstatat_component(int directory, const uint8_t *bytes, size_t length, int flags, struct ebb_status *out) {
    char name[NAME_MAX + 1];
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(name, bytes, length);
    name[length] = 0;
    return ebb_fstatat(directory, name, flags, out);
}

int ebb_openat(int directory, const char *name, int flags, mode_t mode) {
    return openat(directory, name, flags, mode);
}

static int openat2_beneath(int directory, const char *path, int flags, uint64_t resolve) {
    struct ebb_open_how how = {
        .flags = (uint64_t)(unsigned)flags,
        .resolve = EBB_RESOLVE_BENEATH | EBB_RESOLVE_NO_MAGICLINKS | resolve,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int ebb_openat2_beneath(int directory, const char *path, int flags) {
    return openat2_beneath(directory, path, flags, EBB_RESOLVE_NO_SYMLINKS);
}

int ebb_openat2_following(int directory, const char *path, int flags) {
    return openat2_beneath(directory, path, flags, 0);
}

int ebb_is_on_procfs(int descriptor) {
    struct statfs found;
    return fstatfs(descriptor, &found) == 0 && found.f_type == 0x9fa0;
}

int ebb_fchmodat2(int directory, const char *name, mode_t mode, int flags) {
    return (int)syscall(SYS_fchmodat2, directory, name, mode, flags);
}

int ebb_mknodat(int directory, const char *name, mode_t mode, uint32_t major_number, uint32_t minor_number) {
    return mknodat(directory, name, mode, makedev(major_number, minor_number));
}

int ebb_rename_noreplace(int from_directory, const char *from, int to_directory, const char *to) {
    return renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE);
}

ssize_t ebb_getdents(int directory, void *buffer, size_t size) {
    return syscall(SYS_getdents64, directory, buffer, size);
}

ssize_t ebb_read(int descriptor, uint8_t *buffer, size_t offset, size_t count) {
    return read(descriptor, buffer + offset, count);
}

ssize_t ebb_pread(int descriptor, uint8_t *buffer, size_t offset, size_t count, int64_t position) {
    return pread(descriptor, buffer + offset, count, position);
}

ssize_t ebb_write(int descriptor, const uint8_t *buffer, size_t offset, size_t count) {
    return write(descriptor, buffer + offset, count);
}

ssize_t ebb_fgetxattr(int descriptor, const char *name, void *value, size_t size) {
    return fgetxattr(descriptor, name, value, size);
}

int ebb_fsetxattr(int descriptor, const char *name, const void *value, size_t size) {
    return fsetxattr(descriptor, name, value, size, 0);
}

int ebb_fremovexattr(int descriptor, const char *name) {
    return fremovexattr(descriptor, name);
}

int ebb_allocate(int descriptor, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, length);
}

int ebb_punch(int descriptor, int64_t position, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, position, length);
}

// The entry leads to the very item that is held, whatever that is, and on from there nothing is followed.
static const char *entry_of(int descriptor, char path[32]) {
    snprintf(path, 32, "/proc/self/fd/%d", descriptor);
    return path;
}

ssize_t ebb_list_attributes(int descriptor, int is_handle, void *names, size_t size) {
    char path[32];
    if (!is_handle) return flistxattr(descriptor, names, size);
    return listxattr(entry_of(descriptor, path), names, size);
}

ssize_t ebb_get_attribute(int descriptor, int is_handle, const char *name, void *value, size_t size) {
    char path[32];
    if (!is_handle) return fgetxattr(descriptor, name, value, size);
    return getxattr(entry_of(descriptor, path), name, value, size);
}

int ebb_set_attribute(int descriptor, int is_handle, const char *name, const void *value, size_t size) {
    char path[32];
    if (!is_handle) return fsetxattr(descriptor, name, value, size, 0);
    return setxattr(entry_of(descriptor, path), name, value, size, 0);
}

int ebb_remove_attribute(int descriptor, int is_handle, const char *name) {
    char path[32];
    if (!is_handle) return fremovexattr(descriptor, name);
    return removexattr(entry_of(descriptor, path), name);
}

int ebb_status_flags(int descriptor) {
    return fcntl(descriptor, F_GETFL);
}

int ebb_set_status_flags(int descriptor, int flags) {
    return fcntl(descriptor, F_SETFL, flags);
}

int ebb_duplicate_high(int descriptor) {
    return fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
}

int ebb_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    // Refused to a user who has many pipes: they work as they are.
    (void)fcntl(ends[0], F_SETPIPE_SZ, 256 << 10);
    return 0;
}

int ebb_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static int is_number(const char *text) {
    for (const char *at = text; *at; at++) if (*at < '0' || *at > '9') return 0;
    return *text != 0;
}

// By the bare calls, which bind one thread, or by the library's, which bind all.
static int take_groups(size_t count, const gid_t *groups, int one) {
    return one ? (int)syscall(SYS_setgroups, count, groups) : setgroups(count, groups);
}

static int take_group(gid_t gid, int one) { return one ? (int)syscall(SYS_setresgid, gid, gid, gid) : setgid(gid); }
static int take_user(uid_t uid, int one) { return one ? (int)syscall(SYS_setresuid, uid, uid, uid) : setuid(uid); }

static int take_own_groups(const char *user, gid_t gid, int one) {
    int count = 64;
    for (;;) {
        int room = count;
        gid_t *groups = calloc((size_t)room, sizeof *groups);
        if (!groups) return -1;
        if (getgrouplist(user, gid, groups, &count) >= 0) {
            int result = take_groups((size_t)count, groups, one);
            free(groups);
            return result;
        }
        free(groups);
        if (count <= room) count = 2 * room;
        if (count > 1 << 20) {
            errno = EINVAL;
            return -1;
        }
    }
}

int ebb_become(const char *user, const char *group, int one_thread) {
    struct passwd *who = getpwnam(user);
    if (!who && !is_number(user)) return 1;
    uid_t uid = who ? who->pw_uid : (uid_t)strtoul(user, NULL, 10);
    if (!who) who = getpwuid(uid);
    gid_t gid = who ? who->pw_gid : getgid();
    if (group) {
        struct group *which = getgrnam(group);
        if (!which && !is_number(group)) return 2;
        gid = which ? which->gr_gid : (gid_t)strtoul(group, NULL, 10);
        if (take_groups(1, &gid, one_thread) != 0) return -1;
    } else if (who ? take_own_groups(who->pw_name, gid, one_thread) != 0 : take_groups(1, &gid, one_thread) != 0) {
        return -1;
    }
    if (take_group(gid, one_thread) != 0) return -1;
    return take_user(uid, one_thread) != 0 ? -1 : 0;
}

ssize_t ebb_getrandom(void *buffer, size_t size) {
    return getrandom(buffer, size, 0);
}
