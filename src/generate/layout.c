/* SPDX-License-Identifier: Apache-2.0 */
/* Which debtor each row of a group belongs to.
 *
 * A group of 4096 rows brings in exactly 2560 new debtors, numbered in order of first appearance, so that every
 * debtor's number is known without looking at other groups. The other rows repeat a debtor: mostly one of the last few
 * rows (a seller's file is often sorted by customer), sometimes any earlier row of the group, sometimes a debtor of any
 * earlier group. Repeating the debtor of an earlier row is Simon's process: it favours those who already have many
 * claims and gives the number of claims per debtor its long tail. */
#include "generate/shapes.h"

/* How a repeated debtor is found, out of 2^32. */
static const uint32_t share_older_group = 343597384u;    /* 8 % */
static const uint32_t share_anywhere_here = 1288490189u; /* up to 30 % */

void jk_generate_layout(uint64_t seed, uint64_t group, int32_t debtor[GENERATE_GROUP_ROWS]) {
    uint64_t first_debtor = group * GENERATE_GROUP_DEBTORS;
    uint64_t met = 0; /* new debtors so far */
    for (uint64_t i = 0; i < GENERATE_GROUP_ROWS; i++) {
        jk_random4 random = jk_philox(seed, STREAM_LAYOUT, group * GENERATE_GROUP_ROWS + i);
        /* Selection sampling (Knuth, volume 2, 3.4.2 S): exactly so many of so many rows. Row 0 is always new. */
        if (i == 0 || generate_below(random.word[0], GENERATE_GROUP_ROWS - i) < GENERATE_GROUP_DEBTORS - met) {
            debtor[i] = (int32_t)(first_debtor + met);
            met++;
        } else if (random.word[1] < share_older_group && group > 0) {
            uint64_t older = generate_below(random.word[2], group);
            debtor[i] =
                (int32_t)(older * GENERATE_GROUP_DEBTORS + generate_below(random.word[3], GENERATE_GROUP_DEBTORS));
        } else if (random.word[1] < share_anywhere_here) {
            debtor[i] = debtor[generate_below(random.word[2], i)];
        } else {
            uint64_t distance = 1 + (uint64_t)__builtin_ctz(random.word[2] | 0x80000000u); /* 1, 2, 3, … halving */
            debtor[i] = debtor[distance <= i ? i - distance : 0];
        }
    }
}
