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
/// Makes a device node, fifo or socket; the device is given in parts.
int conform_mknod(const char *path, mode_t mode, unsigned major_number, unsigned minor_number);
unsigned conform_major(dev_t device);
unsigned conform_minor(dev_t device);

/// llistxattr(2) and lgetxattr(2).
ssize_t conform_llistxattr(const char *path, void *names, size_t size);
ssize_t conform_lgetxattr(const char *path, const char *name, void *value, size_t size);

/// Has SIGTERM, SIGINT, SIGHUP and SIGUSR1 written to `descriptor` as one byte each, instead of ending the process.
int conform_catch_signals(int descriptor);

/// Whether libFuzzer is linked in, which a build with its sanitizer does.
int conform_can_fuzz(void);
/// Hands the process to libFuzzer, which calls `one` with each input. Returns its exit status.
int conform_fuzz(int count, char **words, int (*one)(const unsigned char *data, size_t size));

#endif
