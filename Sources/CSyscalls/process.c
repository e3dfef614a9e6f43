#define _GNU_SOURCE
#include "CSyscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

const char *ebb_environment(size_t index) {
    return environ == NULL ? NULL : environ[index];
}

// The vector points into strings and is the caller's to free.
static char **vector(const char *strings, size_t count) {
    char **list = calloc(count + 1, sizeof *list);
    if (list == NULL) return NULL;
    for (size_t i = 0; i < count; i++) {
        list[i] = (char *)strings;
        strings += strlen(strings) + 1;
    }
    return list;
}

static int spawn(
    pid_t *pid, char *const argv[], char *const envp[], const char *directory, int in, int out, int err) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure != 0) return failure;
    failure = posix_spawnattr_init(&attributes);
    if (failure != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return failure;
    }
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    // in, out and err are above 2 or already in their place, so no dup2 destroys a later one's source.
    if (failure == 0) failure = posix_spawn_file_actions_adddup2(&actions, in, 0);
    if (failure == 0) failure = posix_spawn_file_actions_adddup2(&actions, out, 1);
    if (failure == 0) failure = posix_spawn_file_actions_adddup2(&actions, err, 2);
    if (failure == 0) failure = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    if (failure == 0 && directory != NULL) failure = posix_spawn_file_actions_addchdir_np(&actions, directory);
    if (failure == 0) failure = posix_spawnp(pid, argv[0], &actions, &attributes, argv, envp);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

int ebb_spawn(
    pid_t *pid, const char *arguments, size_t argument_count, const char *environment, size_t environment_count,
    const char *directory, int in, int out, int err) {
    char **argv = vector(arguments, argument_count);
    char **envp = environment == NULL ? environ : vector(environment, environment_count);
    int failure = argv == NULL || envp == NULL ? ENOMEM : spawn(pid, argv, envp, directory, in, out, err);
    free(argv);
    if (environment != NULL) free(envp);
    return failure;
}

int ebb_wait_without_reaping(pid_t pid) {
    siginfo_t info;
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}

int ebb_collect(pid_t pid, int blocking, int *by_signal, int *value) {
    int status = 0;
    pid_t found = waitpid(pid, &status, blocking ? 0 : WNOHANG);
    if (found <= 0) return (int)found;
    *by_signal = WIFSIGNALED(status) ? 1 : 0;
    *value = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return 1;
}

// Only lock-free atomics and write() are touched by the handler.
static atomic_int caught_signal = 0;
static atomic_int wake_target = -1;

static void remember(int number) {
    int saved = errno;
    int expected = 0;
    atomic_compare_exchange_strong(&caught_signal, &expected, number);
    int target = atomic_load(&wake_target);
    if (target >= 0) {
        uint64_t one = 1;
        ssize_t written = write(target, &one, sizeof one);
        (void)written;  // EAGAIN means the counter is already far above zero, which is all that is wanted
    }
    errno = saved;
}

// Whoever started us may have had it blocked, and then it would never arrive.
static int unblock(int number) {
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, number);
    return sigprocmask(SIG_UNBLOCK, &caught, NULL);
}

int ebb_catch_signal(int number, int wake_descriptor) {
    struct sigaction action = {.sa_handler = remember};
    sigemptyset(&action.sa_mask);
    atomic_store(&wake_target, wake_descriptor);
    if (sigaction(number, &action, NULL) < 0)
        return -1;
    return unblock(number);
}

int ebb_caught_signal(void) {
    return atomic_load(&caught_signal);
}

static atomic_int noted_signal = 0;

static void note(int number) { atomic_store(&noted_signal, number); }

int ebb_note_signal(int number) {
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, NULL) < 0) return -1;
    return unblock(number);
}

int ebb_noted_signal(int forget) { return forget ? atomic_exchange(&noted_signal, 0) : atomic_load(&noted_signal); }

void ebb_occupy_standard_descriptors(void) {
    // The lowest free number is given out first, so each of the three is taken in its turn.
    for (int descriptor = 0; descriptor < 3; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) return;
}

int ebb_ignore_signal(int number) {
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL);
}
