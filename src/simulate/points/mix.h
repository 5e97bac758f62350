/* SPDX-License-Identifier: Apache-2.0 */
/* What levels of its characteristics a group of claims has: errors of points move single claims, and the claims of a
 * segment and class together by the mean of their levels, weighted with what they are expected to bring. To first order
 * that is what they do to the portfolio; what they do within a group cancels. */
#ifndef JK_SIMULATE_MIX_H
#define JK_SIMULATE_MIX_H

#include "jalki/value.h"
#include "simulate/draws/covariance.h"

typedef struct jk_mix {
    const jk_model *model;
    const jk_covariance *covariance;
    size_t groups, size; /* size: 1 + parameters */
    int64_t *sum;        /* [groups][size] expected collections, 2^-20: all, then those of claims that have a level */
    uint16_t *level;     /* [block rows] */
} jk_mix;

static inline size_t jk_mix_group(size_t segment, size_t capacity) {
    return segment * JK_CAPACITY_COUNT + capacity;
}

/* Nothing is held, and nothing added, where no points are drawn. The covariance must outlive the mix. */
jk_status jk_mix_init(jk_mix *mix, const jk_model *model, const jk_covariance *covariance, size_t block_rows,
                      jk_error *error);
void jk_mix_reset(jk_mix *mix);
void jk_mix_add_block(jk_mix *mix, const jk_value_block *block);
void jk_mix_add(jk_mix *to, const jk_mix *from);

/* Part of a group's expected collections that has the level of a parameter; 0 where there are none. */
double jk_mix_share(const jk_mix *mix, size_t group, size_t parameter);

#endif
