/* SPDX-License-Identifier: Apache-2.0 */
/* The valuation of one claim, written a second time straight from model.md: 64 bits, libm, one claim at a time, no
 * table and no shortcut. Slow on purpose; what the engine's kernel is tested against. */
#ifndef JK_TEST_PLAN_REFERENCE_H
#define JK_TEST_PLAN_REFERENCE_H

#include "jalki/model.h"
#include "jalki/terms.h"

typedef struct reference_claim {
    double balance, interest_monthly, theta, garnish, share, mortality, exit_status;
    double bar_untitled, bar_titled, interruption;
    int age_months, segment, jurisdiction, capacity_class, title_state;
    unsigned allowed;
    const double *recovery; /* m_j of its segment by epoch; NULL: 1 */
} reference_claim;

/* Sized for horizons up to 600 months; allocate, do not put on the stack. */
typedef struct reference_plan {
    double value, action_value[JK_ACTION_COUNT]; /* NaN: not allowed or not available */
    int decision;
    int action[JK_EPOCHS_MAX][JK_CAPACITY_COUNT][JK_TITLE_COUNT];
    double state_value[JK_EPOCHS_MAX + 1][JK_CAPACITY_COUNT][JK_TITLE_COUNT];
    double probability[JK_EPOCHS_MAX + 1][JK_CAPACITY_COUNT][JK_TITLE_COUNT];
    double gross[JK_HORIZON_MAX], cost[JK_HORIZON_MAX], filing[JK_HORIZON_MAX], sale[JK_HORIZON_MAX]; /* by month - 1 */
    double choice[JK_EPOCHS_MAX][JK_CAPACITY_COUNT][JK_TITLE_COUNT][JK_ACTION_COUNT]; /* all action values */
} reference_plan;

reference_claim reference_claim_of(const jk_terms *terms, size_t row);

/* Sections 4 to 6. */
void reference_induct(const jk_model *model, const reference_claim *claim, double irr, reference_plan *plan);

/* Section 11, committed: values and action values where plan->action is given and kept to. */
void reference_evaluate(const jk_model *model, const reference_claim *claim, double irr, reference_plan *plan);

/* Section 7, under plan->action. */
void reference_project(const jk_model *model, const reference_claim *claim, reference_plan *plan);

#endif
