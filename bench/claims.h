/* SPDX-License-Identifier: Apache-2.0 */
/* Generated claims taken through the stages up to the kernel's inputs: data for the stage and plan benchmarks, and for
 * the programs we compare with. */
#ifndef JK_BENCH_CLAIMS_H
#define JK_BENCH_CLAIMS_H

#include "jalki/law.h"
#include "jalki/model.h"
#include "jalki/score.h"
#include "jalki/tape.h"
#include "jalki/terms.h"

typedef struct bench_claims {
    size_t rows;
    jk_model *model;
    jk_tape *tape;
    jk_law *law;
    jk_debtors debtors;
    jk_scorer *scorer;
    jk_block block;
    jk_law_facts facts;
    jk_score_columns score;
    jk_terms terms;
    void *memory[3];
    void *scratch;
    jk_segment *segments; /* of the model, where they were changed */
} bench_claims;

/* Ends the program on failure. Free with bench_claims_free. */
bench_claims *bench_claims_make(size_t rows);
void bench_claims_free(bench_claims *claims);

/* The three stages over all rows, again. */
void bench_claims_law(bench_claims *claims);
void bench_claims_score(bench_claims *claims);
void bench_claims_terms(bench_claims *claims);

/* Makes every claim one from which all nine states can be reached through all epochs: no title yet, all treatments
 * allowed, never barred. */
void bench_claims_open_all_states(bench_claims *claims);

/* What the peers of the plan's kernel know, version 1 of the model: debtors who pay, pay at once; no case is lost, no
 * dividend comes, no points fade, the law stays, classes are known; and neither interest nor a part of what legal means
 * bring, which version 2 counts otherwise for garnishment. Once. */
void bench_claims_pay_at_once(bench_claims *claims);

#endif
