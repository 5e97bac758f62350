/* SPDX-License-Identifier: Apache-2.0 */
/* The generator's random numbers. Each debtor and each claim has a fixed sheet of 32-bit words, computed from (seed,
 * stream, number) alone; every draw has its own named place on the sheet, so that a draw added later does not move the
 * others. */
#ifndef JK_GENERATE_RANDOM_H
#define JK_GENERATE_RANDOM_H

#include <stdbool.h>

#include "base/number/normal.h"
#include "base/number/wide.h"

/* First Philox stream of each kind of sheet; a sheet of 4k words uses k streams in a row. */
enum { STREAM_LAYOUT = 0x100, STREAM_DEBTOR = 0x200, STREAM_CLAIM = 0x300 };

static inline void generate_sheet(uint64_t seed, uint64_t stream, uint64_t index, uint32_t *word, int count) {
    for (int i = 0; i < count; i += 4) {
        jk_random4 four = jk_philox(seed, stream + (uint64_t)(i / 4), index);
        word[i] = four.word[0];
        word[i + 1] = four.word[1];
        word[i + 2] = four.word[2];
        word[i + 3] = four.word[3];
    }
}

/* 0..count-1, each as likely as the others up to 2^-32. */
static inline uint64_t generate_below(uint32_t word, uint64_t count) {
    return (uint64_t)(((jk_wide_unsigned)word * count) >> 32);
}

static inline bool generate_chance(uint32_t word, double probability) {
    return jk_uniform(word) < probability;
}

static inline double generate_normal(uint32_t word) {
    return jk_normal_quantile(jk_uniform(word));
}

#endif
