/* SPDX-License-Identifier: Apache-2.0 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/file/sha256.h"

_Static_assert(JK_SHA256_BYTES == SHA256_DIGEST_LENGTH, "of the same length");

void jk_sha256_start(jk_sha256 *sum) {
    (void)SHA256_Init(&sum->state);
}

void jk_sha256_add(jk_sha256 *sum, const void *bytes, size_t size) {
    (void)SHA256_Update(&sum->state, bytes, size);
}

void jk_sha256_end(jk_sha256 *sum, unsigned char hash[JK_SHA256_BYTES]) {
    (void)SHA256_Final(hash, &sum->state);
}

void jk_sha256_end_text(jk_sha256 *sum, char text[JK_SHA256_TEXT]) {
    static const char digits[] = "0123456789abcdef";
    unsigned char hash[JK_SHA256_BYTES];
    jk_sha256_end(sum, hash);
    for (size_t i = 0; i < sizeof hash; i++) {
        text[2 * i] = digits[hash[i] >> 4];
        text[2 * i + 1] = digits[hash[i] & 15];
    }
    text[2 * sizeof hash] = '\0';
}

void jk_sha256_of(const void *bytes, size_t size, unsigned char hash[JK_SHA256_BYTES]) {
    jk_sha256 sum;
    jk_sha256_start(&sum);
    jk_sha256_add(&sum, bytes, size);
    jk_sha256_end(&sum, hash);
}

void jk_sha256_text_of(const void *bytes, size_t size, char text[JK_SHA256_TEXT]) {
    jk_sha256 sum;
    jk_sha256_start(&sum);
    jk_sha256_add(&sum, bytes, size);
    jk_sha256_end_text(&sum, text);
}
