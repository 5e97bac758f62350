/* SPDX-License-Identifier: Apache-2.0 */
/* The valuation of one claim, written a second time straight from model.md: 64 bits, libm, one claim at a time, no
 * table and no shortcut. Slow on purpose; what the engine's kernel is tested against. */
#ifndef JK_TEST_PLAN_REFERENCE_H
#define JK_TEST_PLAN_REFERENCE_H

#include <stdbool.h>

#include "jalki/model.h"
#include "jalki/terms.h"

typedef struct reference_claim {
    double balance, interest_monthly, theta, fading, garnish, share, mortality, exit_status, dividend, instalment;
    double bar_untitled, bar_titled, interruption;
    int age_months, segment, jurisdiction, capacity_class, title_state;
    unsigned allowed;
    bool paying;
    const double *recovery;        /* m_j of its segment by epoch on new payers; NULL: 1 */
    const double *paying_recovery; /* and on instalments; NULL: as recovery */
} reference_claim;

/* Sized for horizons up to 600 months; allocate, do not put on the stack. States are [mood][class][title], mood 0 quiet
 * and 1 paying. */
enum { REFERENCE_MOODS = 2 };
typedef struct reference_plan {
    double value, action_value[JK_ACTION_COUNT]; /* NaN: not allowed or not available */
    int decision;
    int action[JK_EPOCHS_MAX][REFERENCE_MOODS][JK_CAPACITY_COUNT][JK_TITLE_COUNT];
    double state_value[JK_EPOCHS_MAX + 1][REFERENCE_MOODS][JK_CAPACITY_COUNT][JK_TITLE_COUNT];
    double probability[JK_EPOCHS_MAX + 1][REFERENCE_MOODS][JK_CAPACITY_COUNT][JK_TITLE_COUNT];
    /* by month - 1; instalments are a part of gross */
    double gross[JK_HORIZON_MAX], instalments[JK_HORIZON_MAX], cost[JK_HORIZON_MAX], filing[JK_HORIZON_MAX];
    double sale[JK_HORIZON_MAX];
    /* all action values */
    double choice[JK_EPOCHS_MAX][REFERENCE_MOODS][JK_CAPACITY_COUNT][JK_TITLE_COUNT][JK_ACTION_COUNT];
} reference_plan;

reference_claim reference_claim_of(const jk_terms *terms, size_t row);

/* e^-tA and its integral over 0..t for A = [[x_q, -s], [-beta, x_p]]: by rows from quiet and from paying. */
typedef struct reference_pair {
    double stay[2][2], time[2][2];
} reference_pair;
reference_pair reference_pair_of(double quiet, double paying, double begin, double stop, double months);

/* Sections 4 to 6. */
void reference_induct(const jk_model *model, const reference_claim *claim, double irr, reference_plan *plan);

/* Section 11, committed: values and action values where plan->action is given and kept to. */
void reference_evaluate(const jk_model *model, const reference_claim *claim, double irr, reference_plan *plan);

/* Section 7, under plan->action. */
void reference_project(const jk_model *model, const reference_claim *claim, reference_plan *plan);

#endif
