/* SPDX-License-Identifier: Apache-2.0 */
/* What asserts at the seams between stages ask of whole columns. Asserts are in builds with sanitizers; in a release
 * nothing of this is computed. */
#ifndef JK_BASE_INVARIANTS_H
#define JK_BASE_INVARIANTS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Probabilities of all that can be: none below 0, 1 in all to `tolerance`. */
static inline bool jk_is_distribution(const double *share, size_t count, double tolerance) {
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        if (!(share[i] >= 0.0)) {
            return false;
        }
        sum += share[i];
    }
    return fabs(sum - 1.0) <= tolerance;
}

/* No number below the one before it. */
static inline bool jk_ascends(const double *number, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (!(number[i] >= number[i - 1])) {
            return false;
        }
    }
    return true;
}

/* Numbers from 0 to `most`, such as shares of a debtor. */
static inline bool jk_all_within(const float *number, size_t count, float most) {
    for (size_t i = 0; i < count; i++) {
        if (!(number[i] >= 0.0F && number[i] <= most)) {
            return false;
        }
    }
    return true;
}

/* Indices into an array of `limit`. */
static inline bool jk_all_below(const uint16_t *index, size_t count, size_t limit) {
    for (size_t i = 0; i < count; i++) {
        if (index[i] >= limit) {
            return false;
        }
    }
    return true;
}

static inline bool jk_bytes_below(const uint8_t *index, size_t count, size_t limit) {
    for (size_t i = 0; i < count; i++) {
        if (index[i] >= limit) {
            return false;
        }
    }
    return true;
}

static inline bool jk_places_below(const int32_t *index, size_t count, size_t limit) {
    for (size_t i = 0; i < count; i++) {
        if (index[i] < 0 || (size_t)index[i] >= limit) {
            return false;
        }
    }
    return true;
}

#endif
