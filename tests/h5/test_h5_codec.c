/* SPDX-License-Identifier: Apache-2.0 */
/* Packed pieces against zlib and the definition of shuffle: byte k of all elements stands together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cmocka_all.h"
#include "h5/h5_codec.h"

enum { SIZE_MAX_TRIED = 17, COUNT_MAX = 300, BYTES_MAX = SIZE_MAX_TRIED * COUNT_MAX };

static unsigned char data[BYTES_MAX], shuffled[BYTES_MAX];

/* Bytes of which none stands where another could be taken for it. */
static void make(size_t count, size_t size) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < size; k++) {
            data[i * size + k] = (unsigned char)((i * 31 + k * 97 + i / 11) % 253);
            shuffled[k * count + i] = data[i * size + k];
        }
    }
}

static const size_t counts[] = {1, 2, 7, 64, COUNT_MAX};

/* One codec for all: its buffers grow and are used again. */
static void what_is_packed_is_shuffled_and_deflated(void **state) {
    (void)state;
    jk_h5_codec *codec = jk_h5_codec_create();
    assert_non_null(codec);
    for (size_t size = 1; size <= SIZE_MAX_TRIED; size++) {
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            const size_t bytes = counts[c] * size;
            const int level = 1 + (int)(size + c) % 9;
            const unsigned char *packed = NULL;
            size_t length = 0;
            unsigned char plain[BYTES_MAX + 1];
            uLongf got = sizeof plain;
            make(counts[c], size);
            assert_true(jk_h5_codec_pack(codec, data, counts[c], size, level, &packed, &length));
            assert_int_equal(uncompress(plain, &got, packed, (uLong)length), Z_OK);
            assert_int_equal(got, bytes);
            assert_memory_equal(plain, shuffled, bytes);
        }
    }
    jk_h5_codec_free(codec);
    jk_h5_codec_free(NULL);
}

/* A higher level packs no worse: it is taken up, also by a codec that has packed at another one. */
static void levels_are_followed(void **state) {
    (void)state;
    static unsigned char text[200000];
    uint64_t random = 1;
    for (size_t i = 0; i < sizeof text; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        text[i] = (unsigned char)(random >> 33) % 3 == 0 || i < 90 ? (unsigned char)(random >> 60) : text[i - 90];
    }
    size_t alone[2];
    const int levels[] = {1, 9, 1};
    jk_h5_codec *one = jk_h5_codec_create();
    for (size_t i = 0; i < 3; i++) {
        const unsigned char *packed = NULL;
        size_t length = 0;
        assert_true(jk_h5_codec_pack(one, text, sizeof text, 1, levels[i], &packed, &length));
        if (i < 2) {
            alone[i] = length;
        } else {
            assert_int_equal(length, alone[0]);
        }
    }
    assert_true(alone[1] < alone[0]);
    jk_h5_codec_free(one);
}

static void unpacking_undoes_what_was_done(void **state) {
    (void)state;
    jk_h5_codec *codec = jk_h5_codec_create();
    assert_non_null(codec);
    for (size_t size = 1; size <= SIZE_MAX_TRIED; size++) {
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            const size_t count = counts[c], bytes = count * size;
            make(count, size);
            for (int how = 0; how < 4; how++) {
                const bool deflated = how & 1, is_shuffled = how & 2;
                unsigned char packed[BYTES_MAX + 100], out[BYTES_MAX + 1];
                uLongf length = sizeof packed;
                const unsigned char *from = is_shuffled ? shuffled : data;
                if (deflated) {
                    assert_int_equal(compress2(packed, &length, from, (uLong)bytes, 6), Z_OK);
                } else {
                    memcpy(packed, from, bytes);
                    length = (uLongf)bytes;
                }
                memset(out, 0xee, sizeof out);
                memcpy(jk_h5_codec_input(codec, length), packed, length);
                assert_true(jk_h5_codec_unpack(codec, length, deflated, is_shuffled, count, size, out));
                assert_memory_equal(out, data, bytes);
                assert_int_equal(out[bytes], 0xee);
            }
        }
    }
    jk_h5_codec_free(codec);
}

/* An element more or fewer than there are, a stream that is cut or changed. */
static void what_does_not_fit_is_damaged(void **state) {
    (void)state;
    enum { COUNT = 50, SIZE = 4, BYTES = COUNT * SIZE };
    jk_h5_codec *codec = jk_h5_codec_create();
    assert_non_null(codec);
    make(COUNT, SIZE);
    for (int how = 0; how < 4; how++) {
        const bool deflated = how & 1, is_shuffled = how & 2;
        unsigned char packed[BYTES + 100], out[BYTES + SIZE];
        uLongf length = sizeof packed;
        if (deflated) {
            assert_int_equal(compress2(packed, &length, data, BYTES, 6), Z_OK);
        } else {
            memcpy(packed, data, BYTES);
            length = BYTES;
        }
        unsigned char *input = jk_h5_codec_input(codec, length);
        memcpy(input, packed, length);
        for (size_t count = COUNT - 1; count <= COUNT + 1; count++) {
            errno = 0;
            assert_int_equal(jk_h5_codec_unpack(codec, length, deflated, is_shuffled, count, SIZE, out),
                             count == COUNT);
            assert_true(count == COUNT || errno == EINVAL);
        }
        errno = 0;
        assert_false(jk_h5_codec_unpack(codec, length - 1, deflated, is_shuffled, COUNT, SIZE, out));
        assert_int_equal(errno, EINVAL);
        if (deflated) {
            input[length / 2] ^= 1;
            assert_false(jk_h5_codec_unpack(codec, length, deflated, is_shuffled, COUNT, SIZE, out));
        }
    }
    jk_h5_codec_free(codec);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_shuffled_and_deflated),
        cmocka_unit_test(levels_are_followed),
        cmocka_unit_test(unpacking_undoes_what_was_done),
        cmocka_unit_test(what_does_not_fit_is_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
