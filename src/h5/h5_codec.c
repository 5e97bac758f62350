/* SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_codec.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Loops with a constant element size are the ones that the compiler turns into vector code. */
static inline void unshuffle_fixed(unsigned char *restrict to, const unsigned char *restrict from, size_t count,
                                   size_t size) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < size; k++) {
            to[i * size + k] = from[k * count + i];
        }
    }
}

static inline void shuffle_fixed(unsigned char *restrict to, const unsigned char *restrict from, size_t count,
                                 size_t size) {
    for (size_t k = 0; k < size; k++) {
        for (size_t i = 0; i < count; i++) {
            to[k * count + i] = from[i * size + k];
        }
    }
}

/* Bytes of `count` elements of `size` bytes; `to` and `from` must not overlap. */
static void shuffle(unsigned char *to, const unsigned char *from, size_t count, size_t size) {
    if (size == 4) {
        shuffle_fixed(to, from, count, 4);
    } else if (size == 8) {
        shuffle_fixed(to, from, count, 8);
    } else {
        shuffle_fixed(to, from, count, size);
    }
}

static void unshuffle(unsigned char *to, const unsigned char *from, size_t count, size_t size) {
    if (size == 4) {
        unshuffle_fixed(to, from, count, 4);
    } else if (size == 8) {
        unshuffle_fixed(to, from, count, 8);
    } else {
        unshuffle_fixed(to, from, count, size);
    }
}

typedef struct codec_buffer {
    unsigned char *bytes;
    size_t size;
} codec_buffer;

struct jk_h5_codec {
    struct libdeflate_decompressor *decompressor;
    struct libdeflate_compressor *compressor;
    int level; /* of the compressor */
    codec_buffer input, plain;
};

static unsigned char *grow(codec_buffer *buffer, size_t bytes) {
    if (buffer->size < bytes || buffer->bytes == NULL) {
        free(buffer->bytes);
        buffer->bytes = jk_columns_alloc(bytes, 1);
        buffer->size = bytes;
    }
    return buffer->bytes;
}

jk_h5_codec *jk_h5_codec_create(void) {
    return calloc(1, sizeof(jk_h5_codec));
}

void jk_h5_codec_free(jk_h5_codec *codec) {
    if (codec != NULL) {
        libdeflate_free_decompressor(codec->decompressor);
        libdeflate_free_compressor(codec->compressor);
        free(codec->input.bytes);
        free(codec->plain.bytes);
        free(codec);
    }
}

bool jk_h5_codec_pack(jk_h5_codec *codec, const void *data, size_t count, size_t size, int level,
                      const unsigned char **packed, size_t *packed_bytes) {
    if (codec->compressor == NULL || codec->level != level) {
        libdeflate_free_compressor(codec->compressor);
        codec->compressor = libdeflate_alloc_compressor(level);
        codec->level = level;
    }
    size_t bytes = count * size;
    if (codec->compressor == NULL) {
        return false;
    }
    size_t bound = libdeflate_zlib_compress_bound(codec->compressor, bytes);
    if (grow(&codec->input, bound) == NULL || grow(&codec->plain, bytes) == NULL) {
        return false;
    }
    const void *plain = data;
    if (size > 1) {
        shuffle(codec->plain.bytes, data, count, size);
        plain = codec->plain.bytes;
    }
    *packed_bytes = libdeflate_zlib_compress(codec->compressor, plain, bytes, codec->input.bytes, bound);
    *packed = codec->input.bytes;
    return *packed_bytes > 0;
}

unsigned char *jk_h5_codec_input(jk_h5_codec *codec, size_t bytes) {
    return grow(&codec->input, bytes);
}

bool jk_h5_codec_unpack(jk_h5_codec *codec, size_t packed_bytes, bool deflated, bool shuffled, size_t count,
                        size_t size, void *out) {
    size_t bytes = count * size;
    const unsigned char *plain = codec->input.bytes;
    shuffled = shuffled && size > 1;
    if (deflated) {
        if (codec->decompressor == NULL) {
            codec->decompressor = libdeflate_alloc_decompressor();
        }
        unsigned char *to = shuffled ? grow(&codec->plain, bytes) : out;
        if (codec->decompressor == NULL || to == NULL) {
            errno = ENOMEM;
            return false;
        }
        size_t written = 0;
        if (libdeflate_zlib_decompress(codec->decompressor, plain, packed_bytes, to, bytes, &written) !=
                LIBDEFLATE_SUCCESS ||
            written != bytes) {
            errno = EINVAL;
            return false;
        }
        plain = to;
    } else if (packed_bytes != bytes) {
        errno = EINVAL;
        return false;
    }
    if (shuffled) {
        unshuffle(out, plain, count, size);
    } else if (plain != out) {
        memcpy(out, plain, bytes);
    }
    return true;
}
