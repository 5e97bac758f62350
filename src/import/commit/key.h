/* SPDX-License-Identifier: Apache-2.0 */
/* Digest of an identifier: the same bytes give the same pair of numbers; different ones practically never do. */
#ifndef JK_IMPORT_KEY_H
#define JK_IMPORT_KEY_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline void jk_import_key(const char *text, size_t length, uint64_t seed, uint64_t key[2]) {
    XXH128_hash_t digest = XXH3_128bits_withSeed(text, length, seed);
    key[0] = digest.low64;
    key[1] = digest.high64;
}

#endif
