/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/sources/unpack.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/error.h"

/* A file may ask for a window of its own choice; more than this is refused. */
enum { XZ_MEMORY = 512 << 20 };

struct jk_unpacker {
    jk_packing packing;
    bool started;
    uint64_t taken, given; /* bytes, of all members */
    z_stream gzip;
    ZSTD_DStream *zstd;
    lzma_stream xz;
    bz_stream bzip2;
};

jk_packing jk_packing_of(const unsigned char *bytes, size_t length) {
    static const struct {
        jk_packing packing;
        size_t length;
        const char *bytes;
    } heads[] = {{JK_PACKING_GZIP, 2, "\x1f\x8b"},
                 {JK_PACKING_ZSTD, 4, "\x28\xb5\x2f\xfd"},
                 {JK_PACKING_XZ, 6,
                  "\xfd"
                  "7zXZ\0"},
                 {JK_PACKING_BZIP2, 3, "BZh"}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (length >= heads[i].length && memcmp(bytes, heads[i].bytes, heads[i].length) == 0) {
            /* "BZh" may begin a header row: a digit and the block's mark follow it only where it is bzip2 */
            bool text = heads[i].packing == JK_PACKING_BZIP2 &&
                        (length < 10 || (memcmp(bytes + 4, "1AY&SY", 6) != 0 && bytes[4] != 0x17));
            return text ? JK_PACKING_NONE : heads[i].packing;
        }
    }
    return JK_PACKING_NONE;
}

const char *jk_packing_name(jk_packing packing) {
    static const char *const names[] = {"plain", "gzip", "Zstandard", "xz", "bzip2"};
    return names[packing];
}

static bool start(jk_unpacker *self) {
    switch (self->packing) {
    case JK_PACKING_GZIP:
        self->started = inflateInit2(&self->gzip, 15 + 16) == Z_OK;
        break;
    case JK_PACKING_ZSTD:
        self->zstd = ZSTD_createDStream();
        self->started = self->zstd != NULL;
        break;
    case JK_PACKING_XZ:
        self->xz = (lzma_stream)LZMA_STREAM_INIT;
        self->started = lzma_stream_decoder(&self->xz, XZ_MEMORY, LZMA_FAIL_FAST) == LZMA_OK;
        break;
    case JK_PACKING_BZIP2:
        self->bzip2 = (bz_stream){0};
        self->started = BZ2_bzDecompressInit(&self->bzip2, 0, 0) == BZ_OK;
        break;
    case JK_PACKING_NONE:
        break;
    }
    return self->started;
}

static void stop(jk_unpacker *self) {
    if (!self->started) {
        return;
    }
    switch (self->packing) {
    case JK_PACKING_GZIP:
        (void)inflateEnd(&self->gzip);
        break;
    case JK_PACKING_ZSTD:
        (void)ZSTD_freeDStream(self->zstd);
        break;
    case JK_PACKING_XZ:
        lzma_end(&self->xz);
        break;
    case JK_PACKING_BZIP2:
        (void)BZ2_bzDecompressEnd(&self->bzip2);
        break;
    case JK_PACKING_NONE:
        break;
    }
    self->started = false;
}

jk_unpacker *jk_unpacker_create(jk_packing packing) {
    jk_unpacker *self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->packing = packing;
        if (!start(self)) {
            free(self);
            self = NULL;
        }
    }
    return self;
}

void jk_unpacker_free(jk_unpacker *unpacker) {
    if (unpacker != NULL) {
        stop(unpacker);
        free(unpacker);
    }
}

jk_status jk_unpacker_restart(jk_unpacker *unpacker, jk_error *error) {
    if (unpacker->packing == JK_PACKING_GZIP) {
        (void)inflateReset(&unpacker->gzip);
        return JK_OK;
    }
    stop(unpacker);
    return start(unpacker) ? JK_OK : jk_fail_memory(error, "unpacking");
}

/* Libraries count in 32 bits: what they are given at once. */
static unsigned int at_once(size_t left) {
    return left < (1u << 30) ? (unsigned int)left : 1u << 30;
}

static void advance(jk_unpack_step *step, size_t taken, size_t put) {
    step->in += taken;
    step->in_left -= taken;
    step->out += put;
    step->out_left -= put;
}

/* Each returns NULL, or what is wrong with the data. */

static const char *run_gzip(z_stream *stream, jk_unpack_step *step) {
    unsigned int in = at_once(step->in_left);
    unsigned int out = at_once(step->out_left);
    stream->next_in = (unsigned char *)(uintptr_t)step->in;
    stream->avail_in = in;
    stream->next_out = (unsigned char *)step->out;
    stream->avail_out = out;
    int result = inflate(stream, Z_NO_FLUSH);
    advance(step, in - stream->avail_in, out - stream->avail_out);
    step->ended = result == Z_STREAM_END;
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) {
        return NULL;
    }
    return stream->msg != NULL ? stream->msg : "not a gzip stream";
}

static const char *run_zstd(ZSTD_DStream *stream, jk_unpack_step *step) {
    ZSTD_inBuffer in = {.src = step->in, .size = step->in_left};
    ZSTD_outBuffer out = {.dst = step->out, .size = step->out_left};
    size_t result = ZSTD_decompressStream(stream, &out, &in);
    advance(step, in.pos, out.pos);
    step->ended = result == 0;
    return ZSTD_isError(result) ? ZSTD_getErrorName(result) : NULL;
}

static const char *run_xz(lzma_stream *stream, jk_unpack_step *step) {
    stream->next_in = step->in;
    stream->avail_in = step->in_left;
    stream->next_out = (unsigned char *)step->out;
    stream->avail_out = step->out_left;
    lzma_ret result = lzma_code(stream, LZMA_RUN);
    advance(step, step->in_left - stream->avail_in, step->out_left - stream->avail_out);
    step->ended = result == LZMA_STREAM_END;
    switch (result) {
    case LZMA_OK:
    case LZMA_STREAM_END:
    case LZMA_BUF_ERROR:
        return NULL;
    case LZMA_MEMLIMIT_ERROR:
        return "it asks for more than 512 MiB of memory";
    case LZMA_MEM_ERROR:
        return "out of memory";
    case LZMA_FORMAT_ERROR:
    case LZMA_OPTIONS_ERROR:
        return "not an xz stream of a known kind";
    default:
        return "its checksum or its data are wrong";
    }
}

static const char *run_bzip2(bz_stream *stream, jk_unpack_step *step) {
    unsigned int in = at_once(step->in_left);
    unsigned int out = at_once(step->out_left);
    stream->next_in = (char *)(uintptr_t)step->in;
    stream->avail_in = in;
    stream->next_out = step->out;
    stream->avail_out = out;
    int result = BZ2_bzDecompress(stream);
    advance(step, in - stream->avail_in, out - stream->avail_out);
    step->ended = result == BZ_STREAM_END;
    return result == BZ_OK || result == BZ_STREAM_END ? NULL : "its checksum or its data are wrong";
}

jk_status jk_unpacker_run(jk_unpacker *unpacker, jk_unpack_step *step, const char *path, jk_error *error) {
    const char *wrong = NULL;
    const size_t in = step->in_left, out = step->out_left;
    switch (unpacker->packing) {
    case JK_PACKING_GZIP:
        wrong = run_gzip(&unpacker->gzip, step);
        break;
    case JK_PACKING_ZSTD:
        wrong = run_zstd(unpacker->zstd, step);
        break;
    case JK_PACKING_XZ:
        wrong = run_xz(&unpacker->xz, step);
        break;
    case JK_PACKING_BZIP2:
        wrong = run_bzip2(&unpacker->bzip2, step);
        break;
    case JK_PACKING_NONE:
        break;
    }
    if (wrong != NULL) {
        return jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL, "damaged %s data: %s", jk_packing_name(unpacker->packing),
                       wrong);
    }
    unpacker->taken += in - step->in_left;
    unpacker->given += out - step->out_left;
    if (unpacker->given > JK_UNPACK_GROWTH_FREE && unpacker->given / JK_UNPACK_GROWTH_MOST > unpacker->taken) {
        return jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL, "unpacks to over %d times its size: this is no table",
                       JK_UNPACK_GROWTH_MOST);
    }
    return JK_OK;
}
