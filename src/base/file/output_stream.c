/* SPDX-License-Identifier: Apache-2.0 */
/* The stream on an output: CSV takes the dialect of the policy on its way, and what is called .csv.gz is packed. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/file/transfer.h"
#include "base/policy.h"
#include "base/text/dialect.h"

enum { PIECE = 8192, GZIP_WINDOW = 15 + 16, LEVEL = 6, MEMORY = 8 };

typedef struct output_stream {
    int fd;
    jk_dialect_text text; /* no dialect: as it is */
    bool packs;
    z_stream zlib;
} output_stream;

static bool pack(output_stream *self, const char *bytes, size_t count, int flush) {
    unsigned char packed[PIECE];
    self->zlib.next_in = (Bytef *)(uintptr_t)bytes;
    self->zlib.avail_in = (uInt)count;
    int code = Z_OK;
    do {
        self->zlib.next_out = packed;
        self->zlib.avail_out = sizeof packed;
        code = deflate(&self->zlib, flush);
        if (code == Z_STREAM_ERROR || !jk_write_all(self->fd, packed, sizeof packed - self->zlib.avail_out)) {
            return false;
        }
    } while (self->zlib.avail_out == 0 || (flush == Z_FINISH && code != Z_STREAM_END));
    return true;
}

static bool send(output_stream *self, const char *bytes, size_t count, int flush) {
    return self->packs ? pack(self, bytes, count, flush) : jk_write_all(self->fd, bytes, count);
}

static ssize_t write_stream(void *cookie, const char *bytes, size_t count) {
    output_stream *self = cookie;
    char turned[PIECE + JK_DIALECT_CELL];
    for (size_t done = 0; done < count;) {
        size_t piece = count - done < PIECE ? count - done : PIECE;
        bool turns = self->text.dialect != NULL;
        size_t length = turns ? jk_dialect_put(&self->text, bytes + done, piece, turned) : piece;
        if (!send(self, turns ? turned : bytes + done, length, Z_NO_FLUSH)) {
            return 0;
        }
        done += piece;
    }
    return (ssize_t)count;
}

static int close_stream(void *cookie) {
    output_stream *self = cookie;
    char turned[JK_DIALECT_CELL];
    size_t length = self->text.dialect != NULL ? jk_dialect_end(&self->text, turned) : 0;
    bool sent = (length == 0 && !self->packs) || send(self, turned, length, Z_FINISH);
    if (self->packs) {
        (void)deflateEnd(&self->zlib);
    }
    free(self);
    return sent ? 0 : EOF;
}

jk_status jk_output_stream(jk_output *output, jk_error *error) {
    output_stream *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "an output"));
    size_t length = strlen(output->target);
    bool csv = jk_dialect_is_csv(output->target);
    self->fd = output->fd;
    self->text.dialect = csv ? jk_policy_get()->dialect : NULL;
    self->packs = csv && strcasecmp(output->target + length - 3, ".gz") == 0;
    if (self->packs && deflateInit2(&self->zlib, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(self);
        return jk_fail_memory(error, "an output");
    }
    output->stream = fopencookie(self, "w", (cookie_io_functions_t){.write = write_stream, .close = close_stream});
    if (output->stream == NULL) {
        (void)close_stream(self);
        return jk_fail_errno(error, output->target, "write");
    }
    return JK_OK;
}

jk_status jk_output_write(const char *path, jk_output_rights rights, const char *bytes, size_t size, jk_error *error) {
    jk_output output = {0};
    JK_TRY(jk_output_open(&output, path, rights, error));
    jk_status status = jk_output_stream(&output, error);
    if (status == JK_OK && fwrite(bytes, 1, size, output.stream) != size) {
        status = jk_fail_errno(error, path, "write");
    }
    if (status == JK_OK) {
        return jk_output_commit(&output, error);
    }
    jk_output_abort(&output);
    return status;
}
