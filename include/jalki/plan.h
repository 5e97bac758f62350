/* SPDX-License-Identifier: Apache-2.0 */
/* The plan stage: backward induction over the epochs, then projection of cash under the plan found
 * (model.md sections 4 to 7). The kernel runs over lanes of claims in 32-bit floats, one source compiled per
 * instruction set, chosen once; results are the same bits for any instruction set, block size and order of rows.
 *
 * A jk_plan holds the tables that are uniform over a segment and jurisdiction. It is constant after
 * creation and shared by threads; each thread has its own jk_plan_workspace.
 */
#ifndef JALKI_PLAN_H
#define JALKI_PLAN_H

#include "jalki/model.h"
#include "jalki/terms.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_plan jk_plan;
typedef struct jk_plan_workspace jk_plan_workspace;

/* What a stress changes that stands in no segment's figures; multipliers, by segment. */
typedef struct jk_plan_stress {
    double exit;         /* of all exits: the segment's, the status's and mortality; not of the end of titles */
    double interruption; /* of the cost of interrupting limitation */
    double breakage;     /* of the intensity with which instalments stop, where the segment has payers */
} jk_plan_stress;

typedef struct jk_plan_options {
    double irr;      /* required yearly return, > -1 */
    const char *isa; /* "v4", "v3", "base", or NULL: JALKI_ISA of the environment, else the best that runs here */
    /* [segments][epochs] what multiplies the intensity of new payers, m_j of model.md section 4 with delay and
     * new_payers, 0..JK_RECOVERY_MAX; NULL: 1 everywhere */
    const double *recovery;
    const double *paying_recovery; /* likewise, what multiplies the instalments of those who pay; NULL: as recovery */
    const jk_plan_stress *stress;  /* [segments], each 0..JK_STRESS_MAX; NULL: 1 everywhere */
    const double *hour_price; /* [epochs] charged for an agent hour beside the segments' own price, 0..JK_HOUR_MAX at
                                 the prices of the cut-off; NULL: nothing */
    double law_from;          /* > 0: months from the cut-off until terms->garnish_later is attached; 0: it never is */
} jk_plan_options;

#define JK_RECOVERY_MAX 1000.0 /* largest multipliers: they keep the kernel's products finite */
#define JK_STRESS_MAX   100.0
#define JK_HOUR_MAX     1e6

/* Builds the tables. JK_ERROR_UNSUPPORTED if the wanted instruction set does not run here. `model` must outlive it. */
jk_status jk_plan_create(const jk_model *model, const jk_plan_options *options, jk_plan **plan, jk_error *error);
void jk_plan_free(jk_plan *plan);
const char *jk_plan_isa(const jk_plan *plan); /* "v4", "v3" or "base" */

/* Rows per block that suit the plan stage: enough for full tiles of claims that share segment and title state, few
 * enough for a core's cache. Results do not depend on it. */
enum { JK_PLAN_BLOCK_ROWS = 16384 };

/* Workspace for blocks of up to max_rows rows; one per thread. NULL if there is no memory. */
jk_plan_workspace *jk_plan_workspace_create(const jk_plan *plan, size_t max_rows);
void jk_plan_workspace_free(jk_plan_workspace *workspace);
size_t jk_plan_workspace_size(const jk_plan *plan, size_t max_rows); /* bytes */

/* What comes out per claim, `rows` elements each, base currency. Claims whose `allowed` is 0 get 0 everywhere, decision
 * close and NaN for the four other action values. Any pointer may be NULL: that column is not wanted. Where no column
 * of the projection (erc_gross to gross_60m) and no cash flow is wanted, nothing is projected, which takes half the
 * time. */
typedef struct jk_plan_results {
    size_t rows;
    float *value;
    float *action_value[JK_ACTION_COUNT]; /* at epoch 0 in the present state; NaN: not allowed or not available */
    uint8_t *decision;                    /* jk_action */
    float *erc_gross, *erc_net, *gross_12m, *gross_60m;
} jk_plan_results;

/* Portfolio cash flow: int64 sums of amounts that were first rounded, claim by claim, to the grid of 2^-20 currency
 * units. cell[((month-1) * segments + segment) * JK_FLOW_COUNT + flow], month 1..months. */
typedef enum jk_flow {
    JK_FLOW_GROSS,       /* collections before cost */
    JK_FLOW_INSTALMENTS, /* the part of them that payers bring month by month */
    JK_FLOW_COST,        /* running cost and contingent fees, without filing */
    JK_FLOW_FILING,      /* court filing fees, paid at the start of their month */
    JK_FLOW_SALE,        /* sale proceeds, at the start of their month */
    JK_FLOW_PAYERS,      /* no money: expected number of payers, in the first month of each epoch, at its start */
    JK_FLOW_COUNT
} jk_flow;
typedef struct jk_cashflow {
    int months;
    size_t segments;
    int64_t *cell;
} jk_cashflow;

jk_status jk_cashflow_init(jk_cashflow *flow, int months, size_t segments, jk_error *error); /* zeroed */
void jk_cashflow_reset(jk_cashflow *flow);
void jk_cashflow_add(jk_cashflow *into, const jk_cashflow *from); /* exact: any order gives the same sums */

/* Plans and projects every claim of the block and adds its flows to `flow` (which may be NULL: no projection sums).
 * Cannot fail; allocates nothing. */
void jk_plan_block(const jk_plan *plan, const jk_terms *terms, jk_plan_results *results, jk_cashflow *flow,
                   jk_plan_workspace *workspace);

/* ---- a plan kept --------------------------------------------------------------------------------------------------
 *
 * A policy is the plan found for a block: the action of every claim, epoch and state that it can reach. Under a policy
 * the same claims can be projected with the tables of another plan, whose owner does not change course (model.md
 * section 11, committed): no induction, no sorting. The other plan must come from a model with the same epochs and the
 * same numbers of segments and jurisdictions; figures may differ. */
typedef struct jk_plan_policy jk_plan_policy;

/* Room for blocks of up to max_rows rows: about epochs x 9 bytes a row. NULL if there is no memory. */
jk_plan_policy *jk_plan_policy_create(const jk_plan *plan, size_t max_rows);
void jk_plan_policy_free(jk_plan_policy *policy);
size_t jk_plan_policy_size(const jk_plan *plan, size_t max_rows); /* bytes */

/* As jk_plan_block, and keeps the plan found. */
void jk_plan_block_keep(const jk_plan *plan, const jk_terms *terms, jk_plan_results *results, jk_cashflow *flow,
                        jk_plan_policy *policy, jk_plan_workspace *workspace);

/* The block that the policy was kept of, under that policy and with this plan's figures: `terms` must hold the same
 * claims in the same rows, and what decides where they can go (segment, jurisdiction, title state, allowed) must be as
 * it was; balances, thetas, classes and bars may differ (where a claim lives on that was to be barred, it is closed
 * then). Results: `decision` is the policy's; `value` is what the policy is worth at this plan's return, by the
 * induction's own arithmetic, so that it can be below 0 and equals the plan's value to the bit where nothing else
 * changed; `action_value` is of taking that action now and keeping to the policy from the next epoch on. Where neither
 * value nor action values are wanted, only flows are computed. Cannot fail. */
void jk_plan_block_follow(const jk_plan *plan, const jk_terms *terms, const jk_plan_policy *policy,
                          jk_plan_results *results, jk_cashflow *flow, jk_plan_workspace *workspace);

/* One claim's plan, epoch by epoch, for `explain`. Arrays are [epoch_count][JK_CAPACITY_COUNT][JK_TITLE_COUNT], for the
 * quiet states and, named so, for the paying ones. A state that the claim cannot come to (a title state before its own,
 * or after it where legal is not allowed; paying, where nobody begins to pay) has probability 0, action close and
 * value 0. Owned by the caller: jk_plan_trace_init allocates, jk_plan_trace_reset frees. */
typedef struct jk_plan_trace {
    int epochs;
    bool payers;                              /* the claim can come to paying states */
    float *probability, *paying_probability;  /* of the state at the epoch's start, alive */
    uint8_t *action, *paying_action;          /* planned jk_action in that state */
    float *value, *paying_value;              /* V_j(k, z, r) */
    float *gross, *instalments, *cost, *sale; /* [epochs] expected, undiscounted, in the epoch */
} jk_plan_trace;

jk_status jk_plan_trace_init(jk_plan_trace *trace, const jk_plan *plan, jk_error *error);
void jk_plan_trace_reset(jk_plan_trace *trace);

/* Traces row `row` of the terms. The figures are those of jk_plan_block, not a second computation. */
void jk_plan_explain(const jk_plan *plan, const jk_terms *terms, size_t row, jk_plan_trace *trace,
                     jk_plan_workspace *workspace);

#ifdef __cplusplus
}
#endif
#endif
