/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file/output.h"
#include "base/file/sha256.h"
#include "base/file/transfer.h"
#include "base/text/escape.h"
#include "cli/host.h"

typedef struct guarded_stream {
    int fd;
    bool sums; /* what is written */
    jk_sha256 sum;
    bool raw; /* nothing is written out */
    jk_dialect_text csv;
    size_t held; /* bytes of a character whose end has not come yet */
    char part[4];
} guarded_stream;

static ssize_t write_guarded(void *cookie, const char *bytes, size_t size) {
    enum { PIECE = 4096 };
    guarded_stream *self = cookie;
    char from[PIECE + JK_DIALECT_CELL + sizeof self->part], to[sizeof from * JK_ESCAPE_GROWTH];
    for (size_t done = 0; done < size;) {
        size_t count = size - done < PIECE ? size - done : PIECE;
        memcpy(from, self->part, self->held);
        size_t length = self->held, rest = 0;
        if (self->csv.dialect != NULL) {
            length += jk_dialect_put(&self->csv, bytes + done, count, from + self->held);
        } else {
            memcpy(from + self->held, bytes + done, count);
            length += count;
        }
        size_t written = length;
        if (self->raw) {
            memcpy(to, from, length);
        } else {
            written = jk_escape(to, from, length, true, &rest);
        }
        memcpy(self->part, from + length - rest, rest);
        self->held = rest;
        if (!jk_write_all(self->fd, to, written)) {
            return 0;
        }
        if (self->sums) {
            jk_sha256_add(&self->sum, to, written);
        }
        done += count;
    }
    return (ssize_t)size;
}

static int close_guarded(void *cookie) {
    guarded_stream *self = cookie;
    char to[sizeof self->part * JK_ESCAPE_GROWTH];
    return jk_write_all(self->fd, to, jk_escape(to, self->part, self->held, true, NULL)) ? 0 : EOF;
}

static FILE *guard(guarded_stream *self, FILE *stream, int buffering) {
    (void)fflush(stream);
    FILE *guarded = fopencookie(self, "w", (cookie_io_functions_t){.write = write_guarded, .close = close_guarded});
    if (guarded != NULL) {
        (void)setvbuf(guarded, NULL, buffering, BUFSIZ);
    }
    return guarded;
}

static FILE *plain_stdout;
static guarded_stream out = {.fd = STDOUT_FILENO}, error = {.fd = STDERR_FILENO};

bool jk_cli_guard_streams(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY); /* takes the lowest number: fd */
        }
    }
    (void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of its writer, who tells it */
    plain_stdout = stdout;
    FILE *first = guard(&out, stdout, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF);
    FILE *second = guard(&error, stderr, _IOLBF);
    if (first == NULL || second == NULL) {
        (void)fputs("jalki: out of memory\n", stderr);
        return false;
    }
    stdout = first;
    stderr = second;
    return true;
}

void jk_cli_sum_stdout(void) {
    (void)fflush(stdout);
    out.sums = plain_stdout != NULL && stdout != plain_stdout;
    jk_sha256_start(&out.sum);
}

bool jk_cli_stdout_digest(char digest[JK_DIGEST_TEXT]) {
    char text[JK_SHA256_TEXT] = "";
    bool done = fflush(stdout) == 0 && out.sums;
    if (done) {
        jk_sha256_end_text(&out.sum, text);
    }
    (void)snprintf(digest, JK_DIGEST_TEXT, "sha256:%s", text);
    out.sums = false;
    return done;
}

void jk_cli_set_stdout(const jk_dialect *dialect, bool raw) {
    if (jk_host_current() != NULL) {
        jk_host_current()->dialect = dialect;
        return;
    }
    (void)fflush(stdout);
    out.raw = raw;
    out.csv = (jk_dialect_text){.dialect = dialect};
}
