/* SPDX-License-Identifier: Apache-2.0 */
/* The generator's random numbers. Each debtor and each claim has a fixed sheet of 32-bit words, computed from (seed,
 * stream, number) alone; every draw has its own named place on the sheet, so that a draw added later does not move the
 * others. */
#ifndef JK_TAPE_GENERATE_RANDOM_H
#define JK_TAPE_GENERATE_RANDOM_H

#include <stdbool.h>

#include "base/fmath.h"
#include "base/random.h"

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
    return (uint64_t)(((unsigned __int128)word * count) >> 32);
}

static inline bool generate_chance(uint32_t word, double probability) {
    return jk_uniform(word) < probability;
}

/* The standard normal quantile of p in (0, 1), relative error about 1e-7: algorithm PPND7 of Wichura (1988), "The
 * percentage points of the normal distribution", Applied Statistics 37, AS 241. */
static inline double generate_normal_quantile(double p) {
    double q = p - 0.5;
    if (q >= -0.425 && q <= 0.425) {
        double r = 0.180625 - q * q;
        return q * (((5.9109374720e1 * r + 1.5929113202e2) * r + 5.0434271938e1) * r + 3.3871327179) /
               (((6.7187563600e1 * r + 7.8757757664e1) * r + 1.7895169469e1) * r + 1.0);
    }
    double r = sqrt(-jk_log(q < 0.0 ? p : 1.0 - p));
    double z;
    if (r <= 5.0) {
        r -= 1.6;
        z = (((1.7023821103e-1 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
            ((1.2021132975e-1 * r + 7.3700164250e-1) * r + 1.0);
    } else {
        r -= 5.0;
        z = (((1.7337203997e-2 * r + 4.2868294337e-1) * r + 3.0812263860) * r + 6.6579051150) /
            ((1.2258202635e-2 * r + 2.4197894225e-1) * r + 1.0);
    }
    return q < 0.0 ? -z : z;
}

static inline double generate_normal(uint32_t word) {
    return generate_normal_quantile(jk_uniform(word));
}

#endif
