/* SPDX-License-Identifier: Apache-2.0 */
/* What claims bring in states of stress under their own kept plans: of every claim of a small tape, of one in so many
 * of a large one, chosen by what it is, so that neither the order of the claims nor how they are shared among threads
 * matters. Those are planned again side by side, as a block of the tape has too few of them. */
#ifndef JK_SIMULATE_STRESS_H
#define JK_SIMULATE_STRESS_H

#include "simulate/points/cells.h"

/* States in which claims and points are compared: all claims as expected; and of those that are looked at under stress,
 * too: as expected; all collections times a factor for good; a milder slump that turns into a boom; and, which the
 * points are not fitted to, a boom that turns into a slump sooner. */
enum { JK_STATE_BASE, JK_STATE_PART, JK_STATE_WORSE, JK_STATE_BETTER, JK_STATE_TURN, JK_STATE_BACK, JK_STRESS_STATES };
enum { JK_STRESSED_LEAST = 250000 }; /* claims that are looked at, of tapes that have as many: up to twice that */

typedef struct jk_extremes {
    double worse, better;
    int32_t turn, back; /* months after which either turns */
} jk_extremes;

/* The multiplier of collections in an epoch that begins after `start` months. */
double jk_extreme_at(const jk_extremes *extremes, int state, int32_t start);

/* What a portfolio, or what stands for it, brings in a state. */
typedef struct jk_outcome_flows {
    int64_t value; /* 2^-20 */
    jk_cashflow flow;
} jk_outcome_flows;

/* One thread's. */
typedef struct jk_stress {
    jk_plan *const *plan; /* [JK_STRESS_STATES]; none of JK_STATE_PART, whose is the base plan */
    jk_plan_workspace *workspace;
    jk_plan_policy *policy;
    float *value; /* [room] */
    jk_terms terms;
    void *memory;
    size_t room;
    jk_outcome_flows
        state[JK_STRESS_STATES]; /* from JK_STATE_PART on, which is left empty where all claims are looked at */
} jk_stress;

/* One claim of how many is looked at. */
size_t jk_stress_every(size_t claims);

/* For blocks of so many rows; the workspace, of the base plan for as many, and the plans must outlive it. */
jk_status jk_stress_init(jk_stress *stress, jk_plan *const *plan, jk_plan_workspace *workspace, size_t rows,
                         jk_error *error);
void jk_stress_reset(jk_stress *stress);

/* A block whose claims are all looked at, under the policy that was kept of it. */
void jk_stress_block(jk_stress *stress, const jk_terms *terms, const jk_plan_policy *policy);

/* A claim that was chosen; runs those that wait once there are enough of them. */
void jk_stress_claim(jk_stress *stress, const jk_cell_claim *claim);

/* Runs those that wait. */
void jk_stress_finish(jk_stress *stress);

/* Bytes for each row of a block. */
size_t jk_stress_row_bytes(const jk_plan *plan);

#endif
