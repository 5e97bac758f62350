/* SPDX-License-Identifier: Apache-2.0 */
/* Largest remainders without sorting them all: a histogram of their leading bits finds the one bucket in which the cut
 * lies, and only that is sorted. */
#include "deal/apportion.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/grid.h"
#include "base/number/sort.h"
#include "base/number/wide.h"

enum { BUCKET_BITS = 16, BUCKETS = 1 << BUCKET_BITS };
#define AMOUNT_MAX 1e15

static uint64_t weight_of(float value) {
    return value > 0.0F ? (uint64_t)jk_grid_from_double((double)value) : 0;
}

static uint64_t share_of(const jk_apportion *plan, float value, uint64_t *remainder) {
    jk_wide_unsigned product = (jk_wide_unsigned)plan->cents * weight_of(value);
    *remainder = (uint64_t)(product % plan->weight);
    return (uint64_t)(product / plan->weight);
}

/* Bits to shift a remainder by, so that it names its bucket. */
static int bucket_shift(uint64_t weight) {
    int bits = 64 - __builtin_clzll(weight);
    return bits > BUCKET_BITS ? bits - BUCKET_BITS : 0;
}

static int descending(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

/* The cut among the remainders of one bucket, of which `wanted` get a cent. */
static jk_status cut_bucket(const float *value, size_t rows, uint64_t bucket, size_t count, size_t wanted,
                            jk_apportion *plan, jk_error *error) {
    uint64_t *remainders = malloc(count * sizeof *remainders);
    JK_TRY(jk_held(remainders != NULL, error, "the remainders of the shares"));
    int shift = bucket_shift(plan->weight);
    size_t found = 0;
    for (size_t row = 0; row < rows && found < count; row++) {
        uint64_t remainder = 0;
        (void)share_of(plan, value[row], &remainder);
        if (remainder >> shift == bucket) {
            remainders[found++] = remainder;
        }
    }
    assert(wanted >= 1 && wanted <= found && found == count);
    jk_sort(remainders, found, sizeof *remainders, descending);
    plan->cut = remainders[wanted - 1];
    size_t above = 0;
    while (remainders[above] > plan->cut) {
        above++;
    }
    size_t end = above;
    while (end < found && remainders[end] == plan->cut) {
        end++;
    }
    plan->tied = end - above;
    plan->taken = wanted - above;
    assert(plan->taken <= plan->tied);
    free(remainders);
    return JK_OK;
}

/* Rounds all down, counts remainders by bucket, and cuts where the cents that are left run out. */
static jk_status cut_all(const float *value, size_t rows, jk_apportion *plan, jk_error *error) {
    size_t *counts = calloc(BUCKETS, sizeof *counts);
    JK_TRY(jk_held(counts != NULL, error, "the shares"));
    int shift = bucket_shift(plan->weight);
    uint64_t given = 0;
    for (size_t row = 0; row < rows; row++) {
        uint64_t remainder = 0;
        given += share_of(plan, value[row], &remainder);
        counts[remainder >> shift]++;
    }
    assert(given <= plan->cents); /* all are rounded down */
    size_t left = (size_t)(plan->cents - given);
    jk_status status = JK_OK;
    if (left > 0) {
        /* The remainders add up to left x weight, so that more than `left` of them are above 0. */
        size_t bucket = BUCKETS - 1;
        while (counts[bucket] < left) {
            assert(bucket > 0);
            left -= counts[bucket--];
        }
        status = cut_bucket(value, rows, bucket, counts[bucket], left, plan, error);
    }
    free(counts);
    return status;
}

jk_status jk_apportion_make(double amount, const float *value, size_t rows, jk_apportion *plan, jk_error *error) {
    *plan = (jk_apportion){.cut = UINT64_MAX};
    if (!(amount >= 0.0) || amount > AMOUNT_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "an amount from 0 to %g can be shared out", AMOUNT_MAX);
    }
    plan->cents = (uint64_t)nearbyint(100.0 * amount);
    jk_wide_unsigned weight = 0;
    for (size_t row = 0; row < rows; row++) {
        weight += weight_of(value[row]);
    }
    if (weight > INT64_MAX) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "the claims are worth more than can be shared out exactly");
    }
    plan->weight = (uint64_t)weight;
    if (plan->weight == 0) {
        plan->weight = 1; /* every share is 0 */
        return plan->cents == 0
                   ? JK_OK
                   : jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL,
                             "no claim is worth anything, so that a price of %.2f cannot be shared out", amount);
    }
    return cut_all(value, rows, plan, error);
}

int64_t jk_apportion_share(const jk_apportion *plan, float value, int *tied) {
    uint64_t remainder = 0;
    uint64_t share = share_of(plan, value, &remainder);
    *tied = remainder == plan->cut;
    return (int64_t)(share + (remainder > plan->cut));
}
