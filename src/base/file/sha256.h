/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4, 2015), by libcrypto's loop over blocks, which uses the processor's SHA instructions. Its older
 * functions are called: the newer ones look the algorithm up in lists of all there are, and making those takes longer
 * than to hash the files of a model. None of these can fail. */
#ifndef JK_BASE_SHA256_H
#define JK_BASE_SHA256_H

#include <openssl/sha.h>
#include <stddef.h>

enum { JK_SHA256_BYTES = 32, JK_SHA256_TEXT = 65 };

/* A sum on its way: start, any number of pieces, one end. */
typedef struct jk_sha256 {
    SHA256_CTX state;
} jk_sha256;
void jk_sha256_start(jk_sha256 *sum);
void jk_sha256_add(jk_sha256 *sum, const void *bytes, size_t size);
void jk_sha256_end(jk_sha256 *sum, unsigned char hash[JK_SHA256_BYTES]);
void jk_sha256_end_text(jk_sha256 *sum, char text[JK_SHA256_TEXT]); /* 64 digits, terminated */

/* Of bytes that are all there. */
void jk_sha256_of(const void *bytes, size_t size, unsigned char hash[JK_SHA256_BYTES]);
void jk_sha256_text_of(const void *bytes, size_t size, char text[JK_SHA256_TEXT]);

#endif
