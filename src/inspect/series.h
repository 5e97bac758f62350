/* SPDX-License-Identifier: Apache-2.0 */
/* A column's values as counts in buckets: exact to add up in any order, small, and fine enough for quantiles within
 * 0.2 %. Values are integers here: cents, days, counts, millionths for rates. */
#ifndef JK_INSPECT_SERIES_H
#define JK_INSPECT_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/number/wide.h"
#include "jalki/inspect.h"

/* How values fall into buckets. Dates: one bucket a day from `first_day` on. Others: values below 512 each by itself,
 * then 256 buckets for each doubling, mirrored for negative ones. */
typedef struct jk_scale {
    bool is_date;
    int32_t first_day;
} jk_scale;

enum { JK_DAY_BUCKETS = 24576, JK_SIZE_BUCKETS = 9216, JK_SIZE_HALVES = 2 * JK_SIZE_BUCKETS };

typedef struct jk_counts {
    uint32_t *bucket; /* NULL: nothing counted yet */
    uint64_t given, missing;
    int64_t minimum, maximum;
    jk_wide sum;
} jk_counts;

static inline size_t jk_scale_buckets(jk_scale scale) {
    return scale.is_date ? JK_DAY_BUCKETS : JK_SIZE_HALVES;
}

static inline size_t jk_scale_bucket(jk_scale scale, int64_t value) {
    if (scale.is_date) {
        int64_t day = value - scale.first_day;
        return (size_t)(day < 0 ? 0 : day >= JK_DAY_BUCKETS ? JK_DAY_BUCKETS - 1 : day);
    }
    uint64_t size = (uint64_t)(value < 0 ? -value : value);
    unsigned shift = size < 512 ? 0 : 55 - (unsigned)__builtin_clzll(size);
    uint64_t place = (uint64_t)shift * 256 + (size >> shift);
    place = place < JK_SIZE_BUCKETS ? place : JK_SIZE_BUCKETS - 1;
    return value < 0 ? JK_SIZE_BUCKETS - 1 - (size_t)place : JK_SIZE_BUCKETS + (size_t)place;
}

static inline void jk_counts_add(jk_counts *counts, jk_scale scale, int64_t value) {
    counts->bucket[jk_scale_bucket(scale, value)]++;
    counts->given++;
    counts->sum += value;
    counts->minimum = value < counts->minimum ? value : counts->minimum;
    counts->maximum = value > counts->maximum ? value : counts->maximum;
}

/* Makes room for counting; false: no memory. */
bool jk_counts_prepare(jk_counts *counts, jk_scale scale);
/* Adds `from` to `to`; false: no memory. */
bool jk_counts_merge(jk_counts *to, const jk_counts *from, jk_scale scale);

/* The figures, in units of 1/per_unit; is_money chooses fences on ratios. */
void jk_counts_summary(const jk_counts *counts, jk_scale scale, double per_unit, bool is_money, jk_inspect_series *out);

/* Share of the sum that the largest `share` of the (positive) values hold. */
double jk_counts_top_share(const jk_counts *counts, jk_scale scale, double share);

#endif
