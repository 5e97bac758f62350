/* SPDX-License-Identifier: Apache-2.0 */
/* A scorecard bound to a tape: every characteristic is either a table of points by code, or a number with bins. */
#ifndef JK_SCORE_SCORER_INTERNAL_H
#define JK_SCORE_SCORER_INTERNAL_H

#include <float.h>

#include "base/number/dense.h"
#include "jalki/score.h"
#include "law/law_internal.h"
#include "score/forest.h"

enum { JK_SCORE_TILE = 1024 }; /* rows of a pass over the scorecard: their columns stay in the first-level cache */

/* Rows that scratch has room for: a tile of them, in whole groups of a forest. */
static inline size_t jk_score_tile_rows(size_t rows) {
    size_t tile = rows < JK_SCORE_TILE ? rows : JK_SCORE_TILE;
    return (tile + JK_FOREST_GROUP - 1) / JK_FOREST_GROUP * JK_FOREST_GROUP;
}

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
    jk_forest *forest;
    jk_scorer_item *features; /* as many as the trees have features; code_points: what the feature is by code */
} jk_scorer_trees;

/* The loops over rows, compiled once per instruction set: score_kernel.c and values_kernel.c. */
typedef struct jk_score_kernel {
    /* Points of rows [first, first + count) by the level of a column, or by the bins that values fall in. */
    void (*level_points)(const jk_scorer_item *item, const jk_block *block, size_t first, size_t count, double *points);
    void (*bin_points)(const jk_characteristic *from, const double *value, size_t count, double *points);
    void (*add_points)(const double *points, size_t count, double *sum);
    /* Score, class and theta of rows that have eta and fading. */
    void (*finish)(const jk_scorer *scorer, const jk_law_facts *law, size_t first, size_t count, jk_score_columns *out);
    /* Marks rows [0, count) that may be paying; instalments become 1. */
    void (*find_payers)(const jk_scorer *scorer, const jk_law_facts *law, size_t count, jk_score_columns *out);
} jk_score_kernel;
typedef struct jk_score_values_kernel {
    void (*values)(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block, const jk_law_facts *law,
                   size_t first, size_t count, double *value);
} jk_score_values_kernel;

/* A network and what each of its inputs is; NULL: no network. */
typedef struct jk_scorer_network {
    const jk_network *network;
    jk_scorer_item *inputs; /* as many as the network has; code_points: 1 for the codes of the level */
    const jk_dense_kernel *kernel, *wide_kernel; /* the second for layers of JK_DENSE_BLAS_INPUTS inputs and more */
} jk_scorer_network;

struct jk_scorer {
    const jk_model *model;
    const jk_law *law;
    const jk_debtors *debtors;
    const jk_score_kernel *kernel;
    const jk_score_values_kernel *values;
    double *centers;       /* theta_center by segment and class */
    int32_t *payers_since; /* by segment: months since the last payment of who still pays; 0 without payers */
    uint64_t columns;
    jk_scorer_item *items; /* as many as the scorecard has characteristics */
    jk_scorer_trees trees;
    jk_scorer_network network;
    /* of the own score */
    jk_scorer_item own_column;
    jk_scorer_item *card; /* as many as its scorecard has characteristics */
    jk_scorer_trees own_trees;
    jk_scorer_network own_network;
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
 * of its trees, `room` for those of its network. */
void jk_score_add_own(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, size_t first,
                      size_t count, double *value, float *features, double *room, double *eta);
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
/* Features of rows [first, first + count) as jk_forest_add takes them; `value` has room for `count` numbers. */
void jk_score_features(const jk_scorer *scorer, const jk_scorer_trees *bound, const jk_block *block,
                       const jk_law_facts *law, size_t first, size_t count, double *value, float *features);
/* Adds the trees' output to eta[count]; features row by row. */
void jk_score_add_trees(const jk_trees *trees, const float *features, size_t count, double *eta);
/* Fills details[feature_count + 1] for one row: each feature's share, then the mean of the trees. `scratch` as for
 * jk_score_explain. */
void jk_score_explain_trees(const jk_scorer *scorer, const jk_scorer_trees *bound, const jk_block *block,
                            const jk_law_facts *law, size_t row, void *scratch, jk_score_detail *details);

/* network.c; `network` may be NULL: there is none then. */
jk_status jk_scorer_bind_network(jk_scorer *scorer, const jk_tape *tape, const jk_network *network,
                                 jk_scorer_network *bound, jk_error *error);
void jk_scorer_free_network(jk_scorer_network *bound);
/* Numbers of the room that evaluation needs. */
size_t jk_score_network_room(const jk_network *network);
/* Adds the network's output to eta[count] of rows [first, first + count); `value` has room for JK_DENSE_ROWS numbers,
 * or `count` where that is less. */
void jk_score_add_network(const jk_scorer *scorer, const jk_scorer_network *bound, const jk_block *block,
                          const jk_law_facts *law, size_t first, size_t count, double *value, double *room,
                          double *eta);
/* Fills details[input_count + 1] for one row: each input's share, then what the network says where all inputs are 0. */
void jk_score_explain_network(const jk_scorer *scorer, const jk_scorer_network *bound, const jk_block *block,
                              const jk_law_facts *law, size_t row, double *room, jk_score_detail *details);

/* score_block.c: where in the scratch of jk_score_scratch_size the numbers of networks stand. */
double *jk_score_room_of_network(const jk_scorer *scorer, size_t rows, void *scratch);
/* Whether the level is the one that a feature asks for; `unknown` and `missing` are the same. */
bool jk_score_is_level(const char *wanted, const char *level);

/* The numbers of a numeric characteristic for rows [first, first + count): NaN where missing. */
static inline void jk_score_values(const jk_scorer *scorer, const jk_scorer_item *item, const jk_block *block,
                                   const jk_law_facts *law, size_t first, size_t count, double *value) {
    scorer->values->values(scorer, item, block, law, first, count, value);
}

/* payers.c: who is paying at the cut-off, and how much beside what is typical, of all rows of the block. */
void jk_score_payers(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, jk_score_columns *out);

/* Tape columns that jk_score_values reads for a derived figure. */
uint64_t jk_score_derived_columns(jk_derived derived);

/* Code + 1 of a categorical characteristic in a row. */
size_t jk_score_code(const jk_scorer_item *item, const jk_block *block, size_t row);

#endif
