/* SPDX-License-Identifier: Apache-2.0 */
/* Models and claims made by hand for tests of the plan stage: a believable model, random models at and beyond the
 * edges, and random claims over all states, masks and boundaries. Everything follows from a seed. */
#ifndef JK_TEST_PLAN_CASES_H
#define JK_TEST_PLAN_CASES_H

#include "jalki/plan.h"

/* A model that owns its pieces; start from plan_case_create, change what a test is about, free when done. */
typedef struct plan_case {
    jk_model model;
    jk_segment *segments;
    jk_jurisdiction *jurisdictions;
    int32_t *epochs;
    void *pieces[4096]; /* everything else that was allocated */
    size_t piece_count;
    bool spells; /* plan_case_spell was called */
} plan_case;

/* `segments` segments of believable figures (spread by the seed), two jurisdictions: [0] titles renewable, [1] titles
 * end after 60 months. The default epochs: 3, 3, 3, 3, 6, 6, then 12 x 13. */
plan_case *plan_case_create(uint64_t seed, size_t segments);
void plan_case_free(plan_case *made);
void plan_case_epochs(plan_case *made, const int32_t *epochs, int count);
/* Replaces a step function. */
void plan_case_steps(plan_case *made, jk_steps *steps, size_t count, const int32_t *months, const double *values);
/* Pushes figures to the edges: rates of 0, costs of 0 or far too high, titles at once, prices of 0. */
void plan_case_push(plan_case *made, uint64_t seed);

/* Debtors pay in spells: payers in every segment, cases that are lost, buyers who know the claim, points that fade; and
 * claims drawn from now on fade, have dividends and instalments of their own, and some of their debtors are paying. */
void plan_case_spell(plan_case *made, uint64_t seed);
/* Pushes those figures to the edges: nobody or everybody settles, nobody or everybody stops, all cases but a tenth
 * lost.
 */
void plan_case_spell_push(plan_case *made, uint64_t seed);

/* How claims are drawn. */
typedef enum plan_kind {
    PLAN_TYPICAL,   /* as on a tape: all states, masks, bars */
    PLAN_FULL,      /* no title, all actions but sell, no bar: every state and epoch is reached */
    PLAN_FULL_SELL, /* the same with sell */
    PLAN_EXTREME    /* tiny and huge balances, thetas and rates, bars on boundaries, ages beyond the curves */
} plan_kind;

/* Columns for `rows` claims; freed by plan_terms_free. Where debtors pay in spells a third of them is paying. */
jk_terms plan_terms_create(const plan_case *made, plan_kind kind, uint64_t seed, size_t rows);
jk_terms plan_terms_alloc(size_t rows); /* zeroed */
void plan_terms_copy(const jk_terms *from, size_t row, jk_terms *to, size_t to_row);
void plan_terms_free(jk_terms *terms);

/* All result columns for `rows` claims, filled with 0xAA so that what is never written shows. */
jk_plan_results plan_results_alloc(size_t rows);
void plan_results_free(jk_plan_results *results);

/* Plans terms in blocks of at most `block` rows (0: all at once) with the given instruction set (NULL: best), adding to
 * *flow if it is given. */
void plan_run(const plan_case *made, double irr, const char *isa, size_t block, const jk_terms *terms,
              jk_plan_results *results, jk_cashflow *flow);

#endif
