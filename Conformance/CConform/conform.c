#define _GNU_SOURCE
#include <stdio.h>
#include "CConform.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

extern char **environ;

int conform_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

int conform_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int conform_stream_socket(void) { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

int conform_pidfd(pid_t process) { return pidfd_open(process, 0); }

int conform_spawn(pid_t *process, char *const argv[], char *const environment[], int input, int output, int errors,
                  int own_group) {
    // Through copies above 2, so that no descriptor is overwritten before it is used; dup2 clears close-on-exec.
    int copies[3] = {-1, -1, -1}, given[3] = {input, output, errors}, result = 0;
    for (int i = 0; i < 3 && result == 0; i++)
        if ((copies[i] = fcntl(given[i], F_DUPFD_CLOEXEC, 3)) < 0) result = errno;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (result == 0 && (result = posix_spawn_file_actions_init(&actions)) == 0) {
        if ((result = posix_spawnattr_init(&attributes)) == 0) {
            sigset_t none, all;
            sigemptyset(&none);
            sigfillset(&all);
            for (int i = 0; i < 3 && result == 0; i++)
                result = posix_spawn_file_actions_adddup2(&actions, copies[i], i);
            if (result == 0) result = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
            posix_spawnattr_setsigmask(&attributes, &none);
            posix_spawnattr_setsigdefault(&attributes, &all);
            posix_spawnattr_setpgroup(&attributes, 0);
            posix_spawnattr_setflags(
                &attributes,
                POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (own_group ? POSIX_SPAWN_SETPGROUP : 0));
            if (result == 0)
                result = posix_spawnp(process, argv[0], &actions, &attributes, argv, environment ? environment : environ);
            posix_spawnattr_destroy(&attributes);
        }
        posix_spawn_file_actions_destroy(&actions);
    }
    for (int i = 0; i < 3; i++)
        if (copies[i] >= 0) close(copies[i]);
    return result;
}

int conform_mknod(const char *path, mode_t mode, unsigned major_number, unsigned minor_number) {
    return mknod(path, mode, makedev(major_number, minor_number));
}

ssize_t conform_llistxattr(const char *path, void *names, size_t size) { return llistxattr(path, names, size); }

ssize_t conform_lgetxattr(const char *path, const char *name, void *value, size_t size) {
    return lgetxattr(path, name, value, size);
}

unsigned conform_major(dev_t device) { return major(device); }
unsigned conform_minor(dev_t device) { return minor(device); }

static int signal_descriptor = -1;

static void note_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(signal_descriptor, &byte, 1); // A full pipe already says all there is to say.
    (void)ignored;
    errno = saved;
}

int conform_catch_signals(int descriptor) {
    static const int caught[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
    signal_descriptor = descriptor;
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    for (unsigned i = 0; i < sizeof caught / sizeof *caught; i++)
        if (sigaction(caught[i], &action, NULL) != 0) return -1;
    action.sa_handler = SIG_IGN;
    return sigaction(SIGPIPE, &action, NULL);
}

// There in builds with -sanitize=fuzzer alone.
extern int LLVMFuzzerRunDriver(int *count, char ***words, int (*one)(const unsigned char *data, size_t size))
    __attribute__((weak));

int conform_can_fuzz(void) { return LLVMFuzzerRunDriver != 0; }

int conform_fuzz(int count, char **words, int (*one)(const unsigned char *data, size_t size)) {
    return LLVMFuzzerRunDriver(&count, &words, one);
}

void conform_write_lines(void) { setvbuf(stdout, NULL, _IOLBF, 0); }
