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

#endif
