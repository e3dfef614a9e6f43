#define _GNU_SOURCE
#include "CConform.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

// Between vfork and exec the child borrows this process's memory: it makes system calls and nothing else.
int conform_start(pid_t *process, const struct conform_start_options *options) {
    int given[3] = {options->input, options->output, options->errors}, copies[3] = {-1, -1, -1};
    volatile int result = 0;
    for (int i = 0; i < 3 && result == 0; i++)
        if ((copies[i] = fcntl(given[i], F_DUPFD_CLOEXEC, 3)) < 0) result = errno;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = -1;
    if (result == 0 && (child = vfork()) == 0) {
        struct sigaction usual = {.sa_handler = SIG_DFL};
        for (int number = 1; number < 65; number++) sigaction(number, &usual, NULL);
        sigset_t none;
        sigemptyset(&none);
        if (setpgid(0, 0) == 0 && (options->directory == NULL || chdir(options->directory) == 0)) {
            umask(options->mask);
            struct rlimit space = {options->address_space, options->address_space};
            int isReady = options->address_space == 0 || setrlimit(RLIMIT_AS, &space) == 0;
            struct rlimit core = {0, 0};
            setrlimit(RLIMIT_CORE, &core);
            if (options->user != 0)
                isReady = isReady && setgroups(0, NULL) == 0 && setresgid(options->user, options->user, options->user) == 0
                    && setresuid(options->user, options->user, options->user) == 0;
            for (int i = 0; i < 3 && isReady; i++) isReady = dup2(copies[i], i) >= 0;
            if (isReady) close_range(3, ~0U, 0);
            sigprocmask(SIG_SETMASK, &none, NULL);
            if (isReady) execve(options->program, options->arguments, options->environment);
        }
        result = errno == 0 ? EINVAL : errno;
        _exit(127);
    }
    if (child < 0 && result == 0) result = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (child > 0 && result != 0) waitpid(child, NULL, 0);
    for (int i = 0; i < 3; i++)
        if (copies[i] >= 0) close(copies[i]);
    *process = child;
    return result;
}

pid_t conform_wait(pid_t process, int *status, long *peak_kibibytes) {
    struct rusage usage;
    pid_t ended;
    while ((ended = wait4(process, status, WNOHANG, &usage)) < 0 && errno == EINTR) {}
    *peak_kibibytes = ended > 0 ? usage.ru_maxrss : 0;
    return ended;
}

int conform_group_is_alive(pid_t group) {
    // Orphans of the group are this process's to wait for, as it is their reaper.
    for (;;) {
        pid_t ended = waitpid(-group, NULL, WNOHANG);
        if (ended > 0 || (ended < 0 && errno == EINTR)) continue;
        if (ended == 0) return 1;
        break;
    }
    return kill(-group, 0) == 0;
}

int conform_become_reaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

long conform_own_peak(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

static int local_address(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address->sun_path, path);
    return 0;
}

int conform_local_listener(const char *path) {
    struct sockaddr_un address;
    if (local_address(path, &address) != 0) return -1;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0 && listen(descriptor, 8) == 0) return descriptor;
    int saved = errno;
    close(descriptor);
    errno = saved;
    return -1;
}

int conform_local_pair(int ends[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends); }

int conform_receive_streams(int socket, int streams[2]) {
    char byte = 0;
    struct iovec part = {&byte, 1};
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t count;
    while ((count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {}
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (count != 1 || header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(2 * sizeof(int))) {
        if (count >= 0) errno = EPROTO;
        return -1;
    }
    memcpy(streams, CMSG_DATA(header), 2 * sizeof(int));
    return 0;
}

static int send_streams(int socket) {
    char byte = 0;
    int streams[2] = {0, 1};
    struct iovec part = {&byte, 1};
    union {
        char bytes[CMSG_SPACE(sizeof streams)];
        struct cmsghdr aligned;
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof streams);
    memcpy(CMSG_DATA(header), streams, sizeof streams);
    return sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int conform_act_as_shell(int count, char *const arguments[]) {
    // The socket stands beside the name this program was started by.
    struct sockaddr_un address;
    char path[sizeof address.sun_path];
    const char *name = arguments[0], *slash = strrchr(name, '/');
    int length = slash ? (int)(slash - name) : 1;
    if (snprintf(path, sizeof path, "%.*s/%s", length, slash ? name : ".", "socket") >= (int)sizeof path) return 255;
    if (local_address(path, &address) != 0) return 255;
    int link = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link < 0 || connect(link, (struct sockaddr *)&address, sizeof address) != 0) return 255;
    if (send_streams(link) != 0) return 255;
    for (int i = 1; i < count; i++) {
        const char *word = arguments[i];
        for (size_t left = strlen(word) + 1; left > 0;) {
            ssize_t sent = send(link, word, left, MSG_NOSIGNAL);
            if (sent < 0) return 255;
            word += sent;
            left -= (size_t)sent;
        }
    }
    if (shutdown(link, SHUT_WR) != 0) return 255;
    // From here on the suite alone holds the streams.
    close(0);
    close(1);
    unsigned char status;
    ssize_t got;
    while ((got = read(link, &status, 1)) < 0 && errno == EINTR) {}
    return got == 1 ? status : 255;
}

int conform_resize_pipe(int descriptor, int bytes) { return fcntl(descriptor, F_SETPIPE_SZ, bytes); }

int conform_lsetxattr(const char *path, const char *name, const void *value, size_t size) {
    return lsetxattr(path, name, value, size, 0);
}
