#define _GNU_SOURCE
#include "CConform.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

extern char **environ;

int conform_spawn_shim(pid_t *process, char *const argv[], const int descriptors[4]) {
    // Where each of the four goes. Through copies above them, so that none is overwritten before it is used.
    static const int places[4] = {0, 1, 3, 4};
    int copies[4] = {-1, -1, -1, -1}, result = 0;
    for (int i = 0; i < 4 && result == 0; i++)
        if ((copies[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, 5)) < 0) result = errno;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (result == 0 && (result = posix_spawn_file_actions_init(&actions)) == 0) {
        if ((result = posix_spawnattr_init(&attributes)) == 0) {
            sigset_t none, all;
            sigemptyset(&none);
            sigfillset(&all);
            for (int i = 0; i < 4 && result == 0; i++)
                result = posix_spawn_file_actions_adddup2(&actions, copies[i], places[i]);
            if (result == 0) result = posix_spawn_file_actions_addclosefrom_np(&actions, 5);
            posix_spawnattr_setsigmask(&attributes, &none);
            posix_spawnattr_setsigdefault(&attributes, &all);
            posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
            if (result == 0) result = posix_spawnp(process, argv[0], &actions, &attributes, argv, environ);
            posix_spawnattr_destroy(&attributes);
        }
        posix_spawn_file_actions_destroy(&actions);
    }
    for (int i = 0; i < 4; i++)
        if (copies[i] >= 0) close(copies[i]);
    return result;
}
