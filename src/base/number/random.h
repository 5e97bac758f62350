/* SPDX-License-Identifier: Apache-2.0 */
/* Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1,
 * 2, 3"). The number for (seed, stream, index) is computed alone, in any order, on any machine. */
#ifndef JK_BASE_RANDOM_H
#define JK_BASE_RANDOM_H

#include <stdint.h>

typedef struct jk_random4 {
    uint32_t word[4];
} jk_random4;

static inline jk_random4 jk_philox(uint64_t seed, uint64_t stream, uint64_t index) {
    uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)};
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)counter[0] * 0xD2511F53u;
        uint64_t b = (uint64_t)counter[2] * 0xCD9E8D57u;
        uint32_t next[4] = {(uint32_t)(b >> 32) ^ counter[1] ^ key[0], (uint32_t)b,
                            (uint32_t)(a >> 32) ^ counter[3] ^ key[1], (uint32_t)a};
        for (int i = 0; i < 4; i++) {
            counter[i] = next[i];
        }
        key[0] += 0x9E3779B9u;
        key[1] += 0xBB67AE85u;
    }
    return (jk_random4){{counter[0], counter[1], counter[2], counter[3]}};
}

/* Uniform in (0, 1): the middle of one of 2^32 equal cells, never 0 or 1. */
static inline double jk_uniform(uint32_t word) {
    return ((double)word + 0.5) * 0x1p-32;
}

#endif
