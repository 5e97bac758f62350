/* SPDX-License-Identifier: Apache-2.0 */
/* The score stage: eta, theta, score and capacity class of each claim (model.md section 9), whether its debtor is
 * paying, and with what (section 10). 64 bits; the exponential is the project's own, so that results do not depend on a
 * C library. */
#ifndef JALKI_SCORE_H
#define JALKI_SCORE_H

#include "jalki/law.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_scorer jk_scorer;

/* Binds the model's scorecard to the tape's dictionaries and the debtors' sums. All must outlive the scorer. */
jk_status jk_scorer_create(const jk_model *model, const jk_tape *tape, const jk_law *law, const jk_debtors *debtors,
                           jk_scorer **scorer, jk_error *error);
void jk_scorer_free(jk_scorer *scorer);

/* Bit c is set if column c must be loaded into the block given to jk_score_block, besides those of jk_law_columns. */
uint64_t jk_scorer_columns(const jk_scorer *scorer);

typedef struct jk_score_columns {
    size_t rows;
    double *eta;
    double *fading;          /* epsilon: the part of eta that fades */
    double *theta;           /* the lasting part: exp(eta - fading - center of segment and class) */
    double *theta_now;       /* at the cut-off: exp(eta - center) */
    double *instalment;      /* chi: size of the debtor's instalments beside what is typical; 1 where unknown */
    int32_t *score;          /* 0..1000 */
    uint8_t *capacity_class; /* k0, jk_capacity */
    uint8_t *class_guessed;  /* 1: k0 is the score's, and the model knows how often that is right (class_given_score) */
    uint8_t *paying;         /* r0: 1 if the debtor is paying at the cut-off */
} jk_score_columns;

/* Bytes of the arrays for `rows` rows, and their layout in `memory` (that many bytes, 64-byte aligned). */
size_t jk_score_columns_size(size_t rows);
void jk_score_columns_place(jk_score_columns *columns, size_t rows, void *memory);

/* Bytes of scratch that jk_score_block needs for `rows` rows. */
size_t jk_score_scratch_size(const jk_scorer *scorer, size_t rows);

/* Fills `out`. `scratch` holds jk_score_scratch_size bytes, 64-byte aligned. Cannot fail; allocates nothing. */
void jk_score_block(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, jk_score_columns *out,
                    void *scratch);

/* For one row: the value that a characteristic took (NaN: missing; categorical: -1), its level or bin in words, its
 * points. */
typedef struct jk_score_detail {
    const char *characteristic;
    int is_numeric;
    double value;
    char level[64];
    double points;
    int fades;   /* 1: the points are a part of `fading` */
    int is_base; /* 1: what the others add to: the trees' mean, what an own score rests on; says nothing of the row */
} jk_score_detail;

/* Entries that jk_score_explain writes: one per characteristic of the scorecard; with trees also one per feature of
 * theirs, and their mean; with a network one per input, and what it says where all of them are 0; of an own score one
 * for a column, or one per characteristic, feature or input and one for what it rests on. Together with the intercept
 * their points add up to eta. */
size_t jk_score_detail_count(const jk_model *model);

/* Writes details[jk_score_detail_count] for row `row` of the block. `scratch` as for jk_score_block. */
void jk_score_explain(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, size_t row,
                      void *scratch, jk_score_detail *details);

/* The own score of all rows of a block: x of the model's formula (jk_own_score), NaN where there is none, and what it
 * adds to eta. Needs the columns of jk_scorer_columns and scratch as jk_score_block; only where the model has one. */
void jk_score_own(const jk_scorer *scorer, const jk_block *block, const jk_law_facts *law, void *scratch, double *x,
                  double *eta);

/* ---- levels in bulk, for fits and stability ------------------------------------------------------------------------
 */

/* Levels of a characteristic: 0..count-1 its bins or listed levels in their order; categorical: count for a level that
 * is not listed ("other"); the last is "missing". */
size_t jk_score_level_count(const jk_characteristic *characteristic);

/* A level in words, as jk_score_explain says it: "below 6", "6 to below 24", "24 and more", "employed", "other",
 * "missing". Returns `text`. */
const char *jk_score_level_name(const jk_characteristic *characteristic, size_t level, char text[64]);

/* Bin of a number, NaN: the level of missing. */
size_t jk_score_bin(const jk_characteristic *characteristic, double value);

/* Levels, or (numeric characteristics only) numbers, of characteristic `index` of the scorecard for all rows of a
 * block; NaN: missing. Arrays have block->rows elements. Needs the columns of jk_scorer_columns; cannot fail. */
void jk_score_levels(const jk_scorer *scorer, size_t index, const jk_block *block, const jk_law_facts *law,
                     uint16_t *level);
void jk_score_numbers(const jk_scorer *scorer, size_t index, const jk_block *block, const jk_law_facts *law,
                      double *value);

/* chi of a debtor whose class is `now` where the score's chi is `size` (1 where nothing is known) beside a monthly
 * share of `typical`: the instalments are the same, what is typical of the class is not. */
double jk_score_instalment_size(const jk_segment *segment, double size, double typical, jk_capacity now);

#ifdef __cplusplus
}
#endif
#endif
