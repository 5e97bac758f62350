/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 against the examples of its standard (FIPS 180-2, appendix B) and in pieces of every length. */
#include "cmocka_all.h"

#include <string.h>

#include "base/file/sha256.h"

static void check(const char *text, const char *expected) {
    char found[JK_SHA256_TEXT];
    jk_sha256_text_of(text, strlen(text), found);
    assert_string_equal(found, expected);
}

static void examples(void **state) {
    (void)state;
    check("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_in_pieces(void **state) {
    (void)state;
    enum { MILLION = 1000000, MOST = 1000 };
    char piece[MOST], found[JK_SHA256_TEXT];
    memset(piece, 'a', sizeof piece);
    jk_sha256 sum;
    jk_sha256_start(&sum);
    for (size_t left = MILLION, length = 1; left > 0; left -= length) {
        length = length % MOST + 1 < left ? length % MOST + 1 : left;
        jk_sha256_add(&sum, piece, length);
    }
    jk_sha256_end_text(&sum, found);
    assert_string_equal(found, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void bytes_and_digits_agree(void **state) {
    (void)state;
    unsigned char hash[JK_SHA256_BYTES];
    jk_sha256_of("abc", 3, hash);
    assert_int_equal(hash[0], 0xba);
    assert_int_equal(hash[JK_SHA256_BYTES - 1], 0xad);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples),
        cmocka_unit_test(a_million_in_pieces),
        cmocka_unit_test(bytes_and_digits_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
