/* SPDX-License-Identifier: Apache-2.0 */
/* The process that opens a file with the HDF5 library: how it is started, what it is kept from, how it ends. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/transfer.h"
#include "h5/h5.h"
#include "h5/h5_private.h"

enum { CHILD_REFUSED = 3 }; /* exit status: the system gave no descriptor */

/* At most 2 GiB more than the process has already. Sanitizers need their room and go without. */
static void restrain_memory(void) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    unsigned long data_pages = 0;
    FILE *facts = fopen("/proc/self/statm", "re");
    if (facts != NULL && fscanf(facts, "%*u %*u %*u %*u %*u %lu", &data_pages) == 1) {
        rlim_t bytes = (rlim_t)data_pages * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)2 << 30);
        struct rlimit heap = {bytes, bytes};
        (void)setrlimit(RLIMIT_DATA, &heap);
    }
    if (facts != NULL) {
        (void)fclose(facts);
    }
#endif
}

/* Leaves no descriptor of the parent's open but the two that the child needs and the standard ones. */
static void close_others(int one, int other) {
    unsigned low = (unsigned)(one < other ? one : other), high = (unsigned)(one < other ? other : one);
    if (low > STDERR_FILENO + 1) {
        (void)close_range(STDERR_FILENO + 1, low - 1, 0);
    }
    if (high > low + 1) {
        (void)close_range(low + 1, high - 1, 0);
    }
    (void)close_range(high + 1, ~0U, 0);
}

/* Valgrind makes system calls of its own on the program's behalf, which the sandbox would refuse. Whoever sets this
 * variable can run what he likes anyway. */
static bool is_under_valgrind(void) {
    const char *preloaded = getenv("LD_PRELOAD");
    return preloaded != NULL && strstr(preloaded, "vgpreload_") != NULL;
}

/* A damaged file must cost neither time, memory, core dumps nor words on the terminal. */
static void restrain_child(uint64_t file_size, int data, int out) {
    static const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU, SIGPIPE, SIGTERM, SIGINT};
    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++) {
        (void)signal(deadly[i], SIG_DFL);
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    rlim_t seconds = 3 + (rlim_t)(file_size / (64u << 20));
    struct rlimit none = {0, 0}, time_limit = {seconds, seconds + 1};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setrlimit(RLIMIT_CPU, &time_limit);
    (void)alarm((unsigned)seconds * 20);
    close_others(data, out);
    restrain_memory();
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; standard++) {
        if (nowhere >= 0) {
            (void)dup2(nowhere, standard);
        } else {
            (void)close(standard);
        }
    }
    jk_h5_set_up(); /* before the door closes: the library looks around when it starts */
    if (!is_under_valgrind()) {
        (void)jk_h5_sandbox();
    }
}

/* Descriptors 0 to 2 may be the pipe or the file if the caller runs without standard streams. */
static int past_standard(int fd) {
    return fd > STDERR_FILENO ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static pid_t start_child(const jk_h5_file *file, const char *strings_under, size_t strings_max, uint64_t limit,
                         int *in) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return -1;
    }
    jk_h5_lock(); /* no other thread is inside the HDF5 library when the process is copied */
    pid_t child = fork();
    if (child == 0) {
        int out = past_standard(ends[1]), data = past_standard(file->fd);
        if (out < 0 || data < 0) {
            _exit(CHILD_REFUSED);
        }
        restrain_child(file->size, data, out);
        jk_h5_catalogue(data, strings_under, strings_max, limit, out);
        _exit(0);
    }
    jk_h5_leave();
    (void)close(ends[1]);
    if (child < 0) {
        (void)close(ends[0]);
        return -1;
    }
    *in = ends[0];
    return child;
}

/* Clang's OpenMP marks each process by a file named after its number, removed where the process ends by exit(). The
 * child does not; a mark left behind would be in the way of a later process of that number. */
static void remove_mark(pid_t child) {
#ifdef __clang__
    char mark[64];
    (void)snprintf(mark, sizeof mark, "/dev/shm/__KMP_REGISTERED_LIB_%d_%u", (int)child, (unsigned)getuid());
    (void)unlink(mark);
#else
    (void)child;
#endif
}

/* Ends the child and says in words why it sent nothing, or not all. One that has closed its end of the pipe is about to
 * end by itself and is given a second to do so. */
static const char *end_child(pid_t child, bool sent_all, jk_status *status) {
    enum { STEPS = 200, STEP_NANOSECONDS = 5000000 };
    int ended = 0;
    pid_t got = 0;
    for (int step = 0; !sent_all && step < STEPS && got == 0; step++) {
        got = waitpid(child, &ended, WNOHANG);
        if (got == 0) {
            (void)nanosleep(&(struct timespec){.tv_nsec = STEP_NANOSECONDS}, NULL);
        }
    }
    if (got == 0) {
        (void)kill(child, SIGKILL); /* it has said all, or too much */
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    remove_mark(child);
    *status = JK_ERROR_FORMAT;
    if (got == child && WIFSIGNALED(ended) && (WTERMSIG(ended) == SIGXCPU || WTERMSIG(ended) == SIGALRM)) {
        return "it is damaged: the HDF5 library took too long on it";
    }
    if (got == child &&
        (WIFSIGNALED(ended) ? WTERMSIG(ended) == SIGKILL : WIFEXITED(ended) && WEXITSTATUS(ended) == CHILD_REFUSED)) {
        *status = JK_ERROR_IO;
        return "cannot be read: the system ended the process that reads it, or refused it a descriptor or memory (see "
               "ulimit -a)";
    }
    return "it is damaged: the HDF5 library broke down on it (or had no memory left: see ulimit -v)";
}

/* *bytes is the caller's. false: the child did not send all that it had announced. */
static bool receive(int in, uint64_t limit, jk_h5_catalogue_header *header, unsigned char **bytes) {
    if (jk_read_all(in, header, sizeof *header) < (ssize_t)sizeof *header || header->magic != JK_H5_CATALOGUE_MAGIC ||
        header->bytes > limit) {
        return false;
    }
    header->message[sizeof header->message - 1] = '\0';
    if (header->failed) {
        return true;
    }
    *bytes = malloc(header->bytes > 0 ? header->bytes : 1);
    return *bytes == NULL || jk_read_all(in, *bytes, header->bytes) == (ssize_t)header->bytes;
}

jk_status jk_h5_ask_child(const jk_h5_file *file, const char *strings_under, size_t strings_max, uint64_t limit,
                          jk_h5_catalogue_header *header, unsigned char **bytes, jk_error *error) {
    int in = -1;
    pid_t child = start_child(file, strings_under, strings_max, limit, &in);
    if (child < 0) {
        return jk_fail_errno(error, file->path, "start a process that reads it");
    }
    bool sent_all = receive(in, limit, header, bytes);
    (void)close(in);
    jk_status status = JK_OK;
    const char *why = end_child(child, sent_all, &status);
    if (!sent_all) {
        return jk_fail(error, status, file->path, 0, NULL, "%s", why);
    }
    if (header->failed) {
        return jk_fail(error, JK_ERROR_FORMAT, file->path, 0, NULL, "cannot be used: %s", header->message);
    }
    return jk_held(*bytes != NULL, error, "a file's table of contents");
}
