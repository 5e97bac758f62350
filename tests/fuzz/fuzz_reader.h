/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in the place of h5/h5_child.c in targets that open many stores: one process reads the catalogues of a few
 * hundred files one after the other, where the program starts one for each. It gets the file and the end of a pipe over
 * a socket. The library may break down in it, as in the program's own: then the next file gets a new one. */
#ifndef JK_FUZZ_READER_H
#define JK_FUZZ_READER_H

#include "fuzz_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/file/transfer.h"
#include "h5/h5.h"
#include "h5/h5_private.h"

typedef struct fuzz_request {
    uint64_t strings_max, limit;
    char under[64]; /* "": no strings */
} fuzz_request;

enum { FUZZ_SERVED_MOST = 300 }; /* jk_h5_catalogue frees nothing */

static struct {
    pid_t process;
    int line;
    unsigned served;
} fuzz_reader = {.line = -1};

static void fuzz_close_objects(void) {
    enum { MOST = 4096 };
    hid_t open[MOST];
    ssize_t count = H5Fget_obj_ids(H5F_OBJ_ALL, H5F_OBJ_ALL, MOST, open);
    for (ssize_t i = 0; i < count && i < MOST; i++) {
        (void)H5Idec_ref(open[i]);
    }
}

static void fuzz_serve(int line) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    jk_h5_set_up();
    (void)H5set_free_list_limits(-1, -1, -1, -1, -1, -1); /* a file's cache is large, and each file has a new one */
    for (;;) {
        fuzz_request request;
        int given[2] = {-1, -1}; /* the file, the pipe */
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof given)];
        struct iovec part = {&request, sizeof request};
        struct msghdr message = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        if (recvmsg(line, &message, 0) != (ssize_t)sizeof request || CMSG_FIRSTHDR(&message) == NULL) {
            _exit(0);
        }
        memcpy(given, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof given);
        (void)alarm(20);
        jk_h5_catalogue(given[0], request.under[0] != '\0' ? request.under : NULL, request.strings_max, request.limit,
                        given[1]);
        fuzz_close_objects();
        (void)close(given[0]);
        (void)close(given[1]);
    }
}

static void fuzz_end_reader(void) {
    (void)close(fuzz_reader.line);
    (void)kill(fuzz_reader.process, SIGKILL);
    (void)waitpid(fuzz_reader.process, NULL, 0);
    fuzz_reader.process = 0;
}

static void fuzz_start_reader(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        abort();
    }
    fuzz_reader.process = fork();
    if (fuzz_reader.process == 0) {
        static const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM};
        for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++) {
            (void)signal(deadly[i], SIG_DFL); /* no report of what is the library's own */
        }
        (void)dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
        (void)close(ends[0]);
        fuzz_serve(ends[1]);
    }
    (void)close(ends[1]);
    fuzz_reader.line = ends[0];
    fuzz_reader.served = 0;
}

static bool fuzz_ask(const jk_h5_file *file, const fuzz_request *request, int out) {
    int given[2] = {file->fd, out};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof given)] = {0};
    struct iovec part = {(void *)(uintptr_t)request, sizeof *request};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof given);
    memcpy(CMSG_DATA(head), given, sizeof given);
    return sendmsg(fuzz_reader.line, &message, MSG_NOSIGNAL) == (ssize_t)sizeof *request;
}

jk_status jk_h5_ask_child(const jk_h5_file *file, const char *strings_under, size_t strings_max, uint64_t limit,
                          jk_h5_catalogue_header *header, unsigned char **bytes, jk_error *error) {
    fuzz_request request = {.strings_max = strings_max, .limit = limit};
    int ends[2];
    if (strings_under != NULL) {
        (void)snprintf(request.under, sizeof request.under, "%s", strings_under);
    }
    if (fuzz_reader.process != 0 && ++fuzz_reader.served > FUZZ_SERVED_MOST) {
        fuzz_end_reader();
    }
    if (fuzz_reader.process == 0) {
        fuzz_start_reader();
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        abort();
    }
    bool asked = fuzz_ask(file, &request, ends[1]);
    (void)close(ends[1]);
    bool sent = asked && jk_read_all(ends[0], header, sizeof *header) == (ssize_t)sizeof *header &&
                header->magic == JK_H5_CATALOGUE_MAGIC && header->bytes <= limit;
    if (sent && !header->failed) {
        *bytes = malloc(header->bytes > 0 ? header->bytes : 1);
        sent = *bytes != NULL && jk_read_all(ends[0], *bytes, header->bytes) == (ssize_t)header->bytes;
    }
    (void)close(ends[0]);
    if (!sent) {
        fuzz_end_reader();
        return jk_fail(error, JK_ERROR_FORMAT, file->path, 0, NULL, "the HDF5 library broke down on it");
    }
    return header->failed ? jk_fail(error, JK_ERROR_FORMAT, file->path, 0, NULL, "cannot be used: %s", header->message)
                          : JK_OK;
}

#endif
