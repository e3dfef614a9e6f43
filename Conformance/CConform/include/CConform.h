#ifndef EBB_CCONFORM_H
#define EBB_CCONFORM_H
// System calls the conformance suite needs in their close-on-exec forms, which glibc shows only to _GNU_SOURCE.
// All return -1 with errno on failure, as the calls they wrap do.

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>

/// accept4(2) with SOCK_CLOEXEC.
int conform_accept(int listener);
/// pipe2(2) with O_CLOEXEC; ends[0] reads.
int conform_pipe(int ends[2]);
/// socket(2) for a loopback TCP stream, close-on-exec.
int conform_stream_socket(void);
/// pidfd_open(2): a descriptor that polls readable once the process has ended.
int conform_pidfd(pid_t process);
/// Starts argv[0] (searched in PATH) with the three descriptors as its standard ones and no other open, default
/// signal handling and, if asked, a process group of its own. `environment` NULL = inherit. Returns an error number.
int conform_spawn(pid_t *process, char *const argv[], char *const environment[], int input, int output, int errors,
                  int own_group);
/// Starts argv[0] (searched in PATH) with the four descriptors as its 0, 1, 3 and 4, this process's standard error, and no
/// other open; default signal handling. Returns an error number.
int conform_spawn_shim(pid_t *process, char *const argv[], const int descriptors[4]);
/// Makes a device node, fifo or socket; the device is given in parts.
int conform_mknod(const char *path, mode_t mode, unsigned major_number, unsigned minor_number);
unsigned conform_major(dev_t device);
unsigned conform_minor(dev_t device);

/// llistxattr(2) and lgetxattr(2).
ssize_t conform_llistxattr(const char *path, void *names, size_t size);
ssize_t conform_lgetxattr(const char *path, const char *name, void *value, size_t size);

/// lsetxattr(2), making or replacing.
int conform_lsetxattr(const char *path, const char *name, const void *value, size_t size);

/// How a process is to be started: its file (not searched), words, environment and standard descriptors (no other is
/// open), with default signal handling and as the leader of a process group of its own.
struct conform_start_options {
    const char *program;
    char *const *arguments;
    char *const *environment;
    /// NULL: this process's.
    const char *directory;
    int input, output, errors;
    mode_t mask;
    /// 0: this process's; otherwise that user, its group of the same number and no other.
    uid_t user;
    /// RLIMIT_AS in bytes; 0: none.
    unsigned long address_space;
};
/// Returns an error number; then there is no process.
int conform_start(pid_t *process, const struct conform_start_options *options);
/// wait4(2) without waiting: 0 = runs on. `peak_kibibytes` is the largest resident size, its waited-for children's among them.
pid_t conform_wait(pid_t process, int *status, long *peak_kibibytes);
/// Whether a process of the group runs; waits for those that have ended and are this process's to wait for.
int conform_group_is_alive(pid_t group);
/// Orphans below this process become its children.
int conform_become_reaper(void);
/// This process's own largest resident size, in KiB.
long conform_own_peak(void);
/// A unix stream socket that listens at `path`, non-blocking; and a pair of connected ones, which block.
int conform_local_listener(const char *path);
int conform_local_pair(int ends[2]);
/// What a shell of the suite sends first: its standard input and output.
int conform_receive_streams(int socket, int streams[2]);
/// Acts as the remote shell of a client: hands standard input and output and its words, each ended by a NUL, over to the
/// suite, whose socket stands beside `arguments[0]`, and returns the exit status that the suite answers.
int conform_act_as_shell(int count, char *const arguments[]);

/// Each line of standard output is written when it ends, into a file too.
void conform_write_lines(void);
/// F_SETPIPE_SZ of fcntl(2).
int conform_resize_pipe(int descriptor, int bytes);

/// Has SIGTERM, SIGINT, SIGHUP and SIGUSR1 written to `descriptor` as one byte each, instead of ending the process.
int conform_catch_signals(int descriptor);

/// Whether libFuzzer is linked in, which a build with its sanitizer does.
int conform_can_fuzz(void);
/// Hands the process to libFuzzer, which calls `one` with each input. Returns its exit status.
int conform_fuzz(int count, char **words, int (*one)(const unsigned char *data, size_t size));

#endif
