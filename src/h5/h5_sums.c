/* SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_sums.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/error.h"
#include "base/file/transfer.h"
#include "base/memory.h"
#include "base/team/parallel.h"
#include "h5/h5.h"

static const char magic[8] = {'J', 'A', 'L', 'K', 'I', 'S', 'U', 'M'};

static uint64_t piece_sum(const void *bytes, size_t count, uint64_t number) {
    return XXH3_64bits_withSeed(bytes, count, number);
}

uint64_t jk_sums_list(const jk_sums_tail *tail, const uint64_t *sums) {
    uint64_t seed = XXH3_64bits(tail, offsetof(jk_sums_tail, sum));
    return XXH3_64bits_withSeed(sums, (size_t)tail->pieces * sizeof *sums, seed);
}

bool jk_sums_is_tail(const jk_sums_tail *tail) {
    return memcmp(tail->magic, magic, sizeof magic) == 0;
}

uint64_t jk_sums_pieces(uint64_t bytes) {
    return bytes / JK_SUMS_PIECE + (bytes % JK_SUMS_PIECE != 0);
}

bool jk_sums_digest(int fd, uint64_t size, char digest[JK_SUMS_DIGEST]) {
    jk_sums_tail tail;
    digest[0] = '\0';
    if (size < sizeof tail) {
        return true;
    }
    const ssize_t got = jk_read_at(fd, size - sizeof tail, &tail, sizeof tail);
    if (got < (ssize_t)sizeof tail) {
        return got >= 0; /* shorter by now: whoever reads on will notice */
    }
    if (jk_sums_is_tail(&tail)) {
        (void)snprintf(digest, JK_SUMS_DIGEST, "xxh3:%016" PRIx64, tail.sum);
    }
    return true;
}

typedef struct sums_job {
    int fd;
    const char *path;
    uint64_t bytes;
    uint64_t *sums;
    unsigned char *buffers; /* a piece for each thread */
} sums_job;

static jk_status sum_piece(void *context, int thread, size_t i, jk_error *error) {
    const sums_job *job = context;
    unsigned char *buffer = job->buffers + (size_t)thread * JK_SUMS_PIECE;
    uint64_t first = (uint64_t)i * JK_SUMS_PIECE;
    size_t count = job->bytes - first < JK_SUMS_PIECE ? (size_t)(job->bytes - first) : (size_t)JK_SUMS_PIECE;
    const ssize_t got = jk_read_at(job->fd, first, buffer, count);
    if (got < (ssize_t)count) {
        return got >= 0 ? jk_fail(error, JK_ERROR_IO, job->path, 0, NULL, "became shorter while it was read")
                        : jk_fail_errno(error, job->path, "read");
    }
    job->sums[i] = piece_sum(buffer, count, i);
    return JK_OK;
}

jk_status jk_sums_make(int fd, const char *path, uint64_t bytes, const jk_run *run, uint64_t *sums, jk_error *error) {
    sums_job job = {.fd = fd, .path = path, .bytes = bytes, .sums = sums};
    job.buffers = jk_columns_alloc((size_t)jk_threads(run), JK_SUMS_PIECE);
    JK_TRY(jk_held(job.buffers != NULL, error, "checksums"));
    jk_status status =
        jk_parallel_for(run, (size_t)jk_sums_pieces(bytes), "checksums", JK_SUMS_PIECE, sum_piece, &job, error);
    free(job.buffers);
    return status;
}

jk_status jk_sums_append(const jk_output *output, const jk_run *run, jk_error *error) {
    struct stat facts;
    if (output->direct) {
        return JK_OK;
    }
    if (fstat(output->fd, &facts) != 0) {
        return jk_fail_errno(error, output->target, "read back");
    }
    jk_sums_tail tail = {.version = JK_SUMS_VERSION, .piece = JK_SUMS_PIECE, .bytes = (uint64_t)facts.st_size};
    memcpy(tail.magic, magic, sizeof magic);
    tail.pieces = jk_sums_pieces(tail.bytes);
    uint64_t *sums = jk_columns_alloc((size_t)tail.pieces, sizeof *sums);
    JK_TRY(jk_held(sums != NULL, error, "checksums"));
    jk_status status = jk_sums_make(output->fd, output->target, tail.bytes, run, sums, error);
    if (status == JK_OK) {
        tail.sum = jk_sums_list(&tail, sums);
        size_t list = (size_t)tail.pieces * sizeof *sums;
        if (!jk_write_at(output->fd, tail.bytes, sums, list) ||
            !jk_write_at(output->fd, tail.bytes + list, &tail, sizeof tail)) {
            status = jk_fail_errno(error, output->target, "write");
        }
    }
    free(sums);
    return status;
}
