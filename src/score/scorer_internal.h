/* SPDX-License-Identifier: Apache-2.0 */
/* A scorecard bound to a tape: every characteristic is either a table of points by code, or a number with bins. */
#ifndef JK_SCORE_SCORER_INTERNAL_H
#define JK_SCORE_SCORER_INTERNAL_H

#include <float.h>

#include "jalki/score.h"
#include "law/law_internal.h"

enum { JK_SCORE_TILE = 1024 }; /* rows of a pass over the scorecard: their columns stay in the first-level cache */

typedef struct jk_scorer_item {
    const jk_characteristic *from;
    jk_characteristic own;    /* of an own column: a copy with the tape's place of it, to which `from` points */
    uint64_t columns;         /* tape columns it reads */
    double *code_points;      /* categorical: by code + 1, 0 for missing; NULL: a number */
    uint16_t *code_levels;    /* categorical characteristics, likewise: the level (jk_score_levels) */
    const char *const *names; /* categorical: names of the codes */
} jk_scorer_item;

/* Trees and what each of their features is; NULL: no trees. */
typedef struct jk_scorer_trees {
    const jk_trees *trees;
    jk_scorer_item *features; /* as many as the trees have features; code_points: what the feature is by code */
} jk_scorer_trees;

struct jk_scorer {
    const jk_model *model;
    const jk_law *law;
    const jk_debtors *debtors;
    uint64_t columns;
    jk_scorer_item *items; /* as many as the scorecard has characteristics */
    jk_scorer_trees trees;
    /* of the own score */
    jk_scorer_item own_column;
    jk_scorer_item *card; /* as many as its scorecard has characteristics */
    jk_scorer_trees own_trees;
};

/* scorer.c: what an item is made of, own columns where the tape has them. */
jk_status jk_scorer_bind_place(const jk_scorer *scorer, const jk_tape *tape, const jk_characteristic *from,
                               jk_scorer_item *item, jk_error *error);
/* The columns that an item reads; an error where the column cannot be read that way. */
jk_status jk_scorer_bind_column(jk_scorer *scorer, jk_scorer_item *item, jk_error *error);
/* The names of a categorical column's codes, *count of them, and zeroed points for codes 0..*count. */
jk_status jk_scorer_bind_codes(jk_scorer_item *item, const jk_tape *tape, size_t *count, jk_error *error);

/* An item of a scorecard bound to the tape, with the points of its levels; and its release. */
jk_status jk_scorer_bind_item(jk_scorer *scorer, jk_scorer_item *item, const jk_characteristic *from,
                              const jk_tape *tape, jk_error *error);
void jk_scorer_free_item(jk_scorer_item *item);

/* own_score.c: the own score, if there is one. */
jk_status jk_scorer_bind_own(jk_scorer *scorer, const jk_tape *tape, jk_error *error);
void jk_scorer_free_own(jk_scorer *scorer);
/* Adds it to eta[count] of rows [first, first + count). `value` has room for three numbers a row, `features` for those
 * of its trees. */
void jk_score_add_own(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, size_t first,
                      size_t count, double *value, float *features, double *eta);
/* Fills details[jk_score_own_details] for one row. */
size_t jk_score_own_details(const jk_own_score *own);
void jk_score_explain_own(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, size_t row,
                          void *scratch, jk_score_detail *details);

/* score_block.c: the points of an item for rows [first, first + count); `value` has room for as many. */
void jk_score_item_points(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block,
                          const jk_law_facts *law, size_t first, size_t count, double *value, double *points);
/* What one row has of an item: value, level, points. */
void jk_score_explain_item(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block,
                           const jk_law_facts *law, size_t row, jk_score_detail *detail);

/* trees.c; `trees` may be NULL: there are none then. */
jk_status jk_scorer_bind_trees(jk_scorer *scorer, const jk_tape *tape, const jk_trees *trees, jk_scorer_trees *bound,
                               jk_error *error);
void jk_scorer_free_trees(jk_scorer_trees *bound);
/* A number as trees take it: thresholds are finite, and what never comes lies beyond all of them. */
static inline float jk_score_feature(double value) {
    return (float)(value > (double)FLT_MAX ? (double)FLT_MAX : value < -(double)FLT_MAX ? -(double)FLT_MAX : value);
}
/* Features of rows [first, first + count), row by row; `value` has room for `count` numbers. */
void jk_score_features(const jk_scorer *scorer, const jk_scorer_trees *bound, const jk_block *block,
                       const jk_law_facts *law, size_t first, size_t count, double *value, float *features);
/* Adds the trees' output to eta[count]. */
void jk_score_add_trees(const jk_trees *trees, const float *features, size_t count, double *eta);
/* Fills details[feature_count + 1] for one row: each feature's share, then the mean of the trees. `scratch` as for
 * jk_score_explain. */
void jk_score_explain_trees(const jk_scorer *scorer, const jk_scorer_trees *bound, const jk_block *block,
                            const jk_law_facts *law, size_t row, void *scratch, jk_score_detail *details);

/* The numbers of a numeric characteristic for rows [first, first + count): NaN where missing. */
void jk_score_values(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block,
                     const jk_law_facts *law, size_t first, size_t count, double *value);

/* payers.c: who is paying at the cut-off, and how much beside what is typical, of all rows of the block. */
void jk_score_payers(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, jk_score_columns *out);

/* Tape columns that jk_score_values reads for a derived figure. */
uint64_t jk_score_derived_columns(jk_derived derived);

/* Code + 1 of a categorical characteristic in a row. */
size_t jk_score_code(const jk_scorer_item *item, const jk_block *block, size_t row);

#endif
