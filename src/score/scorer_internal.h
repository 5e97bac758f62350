/* SPDX-License-Identifier: Apache-2.0 */
/* A scorecard bound to a tape: every characteristic is either a table of points by code, or a number with bins. */
#ifndef JK_SCORE_SCORER_INTERNAL_H
#define JK_SCORE_SCORER_INTERNAL_H

#include "jalki/score.h"
#include "law/law_internal.h"

enum { JK_SCORE_TILE = 1024 }; /* rows of a pass over the scorecard: their columns stay in the first-level cache */

typedef struct jk_scorer_item {
    const jk_characteristic *from;
    uint64_t columns;         /* tape columns it reads */
    double *code_points;      /* categorical: by code + 1, 0 for missing; NULL: a number */
    const char *const *names; /* categorical: names of the codes */
} jk_scorer_item;

struct jk_scorer {
    const jk_model *model;
    const jk_law *law;
    const jk_debtors *debtors;
    uint64_t columns;
    jk_scorer_item *items; /* as many as the scorecard has characteristics */
};

/* The numbers of a numeric characteristic for rows [first, first + count): NaN where missing. */
void jk_score_values(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block,
                     const jk_law_facts *law, size_t first, size_t count, double *value);

/* Tape columns that jk_score_values reads for a derived figure. */
uint64_t jk_score_derived_columns(jk_derived derived);

/* Code + 1 of a categorical characteristic in a row. */
size_t jk_score_code(const jk_scorer_item *item, const jk_block *block, size_t row);

#endif
