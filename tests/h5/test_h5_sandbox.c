/* SPDX-License-Identifier: Apache-2.0 */
/* What the process that opens files with the HDF5 library can still do, asked of the kernel call by call: read and
 * write what it has, take memory that is not executable, end; and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "h5/h5_private.h"

enum { PAGE = 4096 };

/* Calls with arguments that the kernel would take, were they let through; whether they are. The third argument of some
 * is 0, of others not: a call may not pass for the sake of one. */
static const struct {
    const char *name;
    long number;
    long argument[6];
    bool allowed;
} calls[] = {
    {"read", SYS_read, {0, 0, 0}, true},
    {"write", SYS_write, {1, 0, 0}, true},
    {"getpid", SYS_getpid, {0}, true},
    {"mmap", SYS_mmap, {0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}, true},
    {"mmap to be run", SYS_mmap, {0, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}, false},
    {"mprotect to be run", SYS_mprotect, {0, 0, PROT_READ | PROT_EXEC}, false},
    {"mprotect", SYS_mprotect, {0, 0, PROT_READ}, true},
    {"openat", SYS_openat, {AT_FDCWD, (long)"/", O_RDONLY, 0}, false},
    {"dup", SYS_dup, {0}, false},
    {"getppid", SYS_getppid, {0}, false},
    {"umask", SYS_umask, {022}, false},
    {"socket", SYS_socket, {1, 1, 0}, false},
    {"kill", SYS_kill, {0, 0, 0}, false},
    {"setsid", SYS_setsid, {0}, false},
    {"ftruncate", SYS_ftruncate, {0, 0, 0}, false},
    {"pwrite64", SYS_pwrite64, {1, 0, 0, 0}, false},
    {"fchmod", SYS_fchmod, {0, 0600, 0}, false},
    {"execve", SYS_execve, {(long)"/bin/true", 0, 0}, false},
    {"prctl", SYS_prctl, {4, 1, 0, 0, 0}, false},
};

/* In the child: 0 if the kernel did as expected, 1 if not, 2 without a door. */
static int try_call(size_t i) {
    if (!jk_h5_sandbox()) {
        return 2;
    }
    const long *a = calls[i].argument;
    errno = 0;
    const long result = syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
    const bool refused = result == -1 && errno == EPERM;
    return refused == calls[i].allowed;
}

static void only_what_reading_takes_is_allowed(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        const pid_t child = fork();
        if (child == 0) {
            _exit(try_call(i));
        }
        int status = 0;
        assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
        if (WEXITSTATUS(status) == 2) {
            skip(); /* no such filter here */
        }
        if (WEXITSTATUS(status) != 0) {
            fail_msg("%s: %s", calls[i].name, calls[i].allowed ? "refused" : "allowed");
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_what_reading_takes_is_allowed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
