/* SPDX-License-Identifier: Apache-2.0 */
/* The engine: streams a tape in blocks through law, score, terms and plan, hands each block's columns to sinks, and
 * puts the sums together. Everything that `value`, `price` and later commands report comes from here.
 *
 *     jk_valuation valuation = {0};
 *     jk_value_options options = jk_value_defaults(model);
 *     jk_value_run(tape, model, &options, sinks, sink_count, &valuation, &error);
 *     ...
 *     jk_valuation_reset(&valuation);
 */
#ifndef JALKI_VALUE_H
#define JALKI_VALUE_H

#include "jalki/plan.h"
#include "jalki/price.h"
#include "jalki/tape.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_value_options {
    int32_t cutoff;  /* days since 1970-01-01; JK_MISSING_INTEGER: the tape's */
    double irr;      /* required yearly return; NaN: the model's */
    unsigned allow;  /* actions allowed at all [all but JK_SELL] */
    const char *isa; /* see jk_plan_options */
    jk_run run;
} jk_value_options;

jk_value_options jk_value_defaults(void);

/* Why the decision is what it is: the first that applies (model.md section 6). */
typedef enum jk_reason {
    JK_REASON_BARRED,
    JK_REASON_STATUS,
    JK_REASON_UNECONOMIC,
    JK_REASON_BEST,
    JK_REASON_COUNT
} jk_reason;
const char *jk_reason_name(jk_reason reason); /* "barred", "status", "uneconomic", "best" */

/* Everything known of the rows of one block, valid during the sink's call. */
typedef struct jk_value_block {
    const jk_block *block; /* tape columns that were loaded; claim_id is loaded if a sink wants it */
    const jk_law_facts *law;
    const jk_score_columns *score;
    const jk_terms *terms;
    const jk_plan_results *plan;
    const uint8_t *reason; /* jk_reason */
} jk_value_block;

/* Takes results block by block. `block` is called from several threads at once, blocks in any order. */
typedef struct jk_value_sink {
    uint64_t columns; /* tape columns that the sink wants loaded, bit c for column c */
    jk_status (*block)(void *context, const jk_value_block *block, jk_error *error);
    void *context;
} jk_value_sink;

/* Sums over a group of claims, base currency. */
typedef struct jk_group {
    uint64_t claims;
    double face, value, erc_gross, erc_net;
} jk_group;

typedef struct jk_valuation {
    double irr;
    int32_t cutoff;
    jk_group total;
    jk_group decision[JK_ACTION_COUNT];
    uint64_t reason[JK_REASON_COUNT];
    size_t segment_count, country_count;
    jk_group *segment; /* in the model's order */
    jk_group *country; /* in alphabetical order of the code */
    const char **country_id;
    jk_cashflow flow;
    double onboarding; /* onboarding_cost x claims */
    const char *isa;
} jk_valuation;

/* Runs the whole job once. JK_ERROR_DATA where there is no cut-off, or the tape has rows that contradict it. */
jk_status jk_value_run(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                       const jk_value_sink *sinks, size_t sink_count, jk_valuation *valuation, jk_error *error);
void jk_valuation_reset(jk_valuation *valuation);

#ifdef __cplusplus
}
#endif
#endif
