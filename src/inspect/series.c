/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/series.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* The middle of a bucket. */
static int64_t scale_value(jk_scale scale, size_t bucket) {
    if (scale.is_date) {
        return scale.first_day + (int64_t)bucket;
    }
    bool negative = bucket < JK_SIZE_BUCKETS;
    size_t place = negative ? JK_SIZE_BUCKETS - 1 - bucket : bucket - JK_SIZE_BUCKETS;
    int64_t size = (int64_t)place;
    if (place >= 512) {
        size_t shift = place / 256 - 1;
        size = (int64_t)(256 + place % 256) << shift;
        size += ((int64_t)1 << shift) / 2;
    }
    return negative ? -size : size;
}

bool jk_counts_prepare(jk_counts *counts, jk_scale scale) {
    if (counts->bucket == NULL) {
        counts->bucket = jk_columns_zero(jk_scale_buckets(scale), sizeof *counts->bucket);
        counts->minimum = INT64_MAX;
        counts->maximum = INT64_MIN;
    }
    return counts->bucket != NULL;
}

bool jk_counts_merge(jk_counts *to, const jk_counts *from, jk_scale scale) {
    to->missing += from->missing;
    if (from->bucket == NULL || from->given == 0) {
        return true;
    }
    if (!jk_counts_prepare(to, scale)) {
        return false;
    }
    for (size_t i = 0; i < jk_scale_buckets(scale); i++) {
        to->bucket[i] += from->bucket[i];
    }
    to->given += from->given;
    to->sum += from->sum;
    to->minimum = from->minimum < to->minimum ? from->minimum : to->minimum;
    to->maximum = from->maximum > to->maximum ? from->maximum : to->maximum;
    return true;
}

static int64_t clamped(const jk_counts *counts, int64_t value) {
    return value < counts->minimum ? counts->minimum : value > counts->maximum ? counts->maximum : value;
}

/* The value at rank ceil(per_mille · n / 1000), at least the first. */
static int64_t quantile(const jk_counts *counts, jk_scale scale, uint64_t per_mille) {
    uint64_t rank = (counts->given / 1000) * per_mille + ((counts->given % 1000) * per_mille + 999) / 1000;
    uint64_t seen = 0;
    rank = rank == 0 ? 1 : rank;
    for (size_t i = 0; i < jk_scale_buckets(scale); i++) {
        seen += counts->bucket[i];
        if (seen >= rank) {
            return clamped(counts, scale_value(scale, i));
        }
    }
    return counts->maximum;
}

static void count_outliers(const jk_counts *counts, jk_scale scale, double per_unit, jk_inspect_series *out) {
    for (size_t i = 0; i < jk_scale_buckets(scale); i++) {
        if (counts->bucket[i] > 0) {
            double value = (double)clamped(counts, scale_value(scale, i)) / per_unit;
            out->below += value < out->fence_low ? counts->bucket[i] : 0;
            out->above += value > out->fence_high ? counts->bucket[i] : 0;
        }
    }
}

void jk_counts_summary(const jk_counts *counts, jk_scale scale, double per_unit, bool is_money,
                       jk_inspect_series *out) {
    *out = (jk_inspect_series){.given = counts->given, .missing = counts->missing};
    if (counts->given == 0) {
        return;
    }
    out->minimum = (double)counts->minimum / per_unit;
    out->maximum = (double)counts->maximum / per_unit;
    out->mean = (double)counts->sum / (double)counts->given / per_unit;
    out->p01 = (double)quantile(counts, scale, 10) / per_unit;
    out->p99 = (double)quantile(counts, scale, 990) / per_unit;
    for (int i = 0; i < 3; i++) {
        out->quartile[i] = (double)quantile(counts, scale, 250 * ((uint64_t)i + 1)) / per_unit;
    }
    double low = out->quartile[0], high = out->quartile[2];
    out->has_fences = high > low;
    if (out->has_fences) {
        double ratio = is_money && low > 0.0 ? high / low : 0.0;
        double reach = ratio > 0.0 ? ratio * sqrt(ratio) : 3.0 * (high - low);
        out->fence_low = ratio > 0.0 ? low / reach : low - reach;
        out->fence_high = ratio > 0.0 ? high * reach : high + reach;
        if (out->minimum >= 0.0 && out->fence_low < 0.0) {
            out->fence_low = 0.0;
        }
        count_outliers(counts, scale, per_unit, out);
    }
}

double jk_counts_top_share(const jk_counts *counts, jk_scale scale, double share) {
    double wanted = share * (double)counts->given, all = 0.0, top = 0.0;
    if (counts->bucket == NULL) {
        return 0.0;
    }
    for (size_t i = jk_scale_buckets(scale); i-- > 0;) {
        double value = (double)clamped(counts, scale_value(scale, i)), count = counts->bucket[i];
        if (value <= 0.0 || count == 0.0) {
            continue;
        }
        double taken = count < wanted ? count : wanted;
        wanted -= taken;
        top += taken * value;
        all += count * value;
    }
    return all > 0.0 ? top / all : 0.0;
}
