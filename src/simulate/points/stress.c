/* SPDX-License-Identifier: Apache-2.0 */
/* Claims under stress (stress.h). One in 2^k is enough: of a part of the claims and of the cells, weighted with the
 * part's share of each cell's collections, the same claims' flows under stress are compared with those in the base
 * case, so that who happens to be in the part is hardly seen. */
#include "simulate/points/stress.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "plan/plan.h"

double jk_extreme_at(const jk_extremes *extremes, int state, int32_t start) {
    switch (state) {
    case JK_STATE_WORSE:
        return extremes->worse;
    case JK_STATE_BETTER:
        return extremes->better;
    case JK_STATE_TURN:
        return sqrt(start < extremes->turn ? extremes->worse : extremes->better);
    case JK_STATE_BACK:
        return sqrt(start < extremes->back ? extremes->better : extremes->worse);
    default:
        return 1.0;
    }
}

size_t jk_stress_every(size_t claims) {
    size_t every = 1;
    while (claims / (2 * every) >= JK_STRESSED_LEAST) {
        every *= 2;
    }
    return every;
}

jk_status jk_stress_init(jk_stress *stress, jk_plan *const *plan, jk_plan_workspace *workspace, size_t rows,
                         jk_error *error) {
    const jk_model *model = plan[JK_STATE_BASE]->model;
    *stress = (jk_stress){.plan = plan, .workspace = workspace, .room = rows};
    stress->policy = jk_plan_policy_create(plan[JK_STATE_BASE], rows);
    stress->value = jk_columns_zero(rows, sizeof *stress->value);
    stress->memory = jk_columns_zero(jk_terms_size(rows), 1);
    JK_TRY(
        jk_held(stress->policy != NULL && stress->value != NULL && stress->memory != NULL, error, "the model points"));
    jk_terms_place(&stress->terms, rows, stress->memory);
    stress->terms.rows = 0;
    for (int s = JK_STATE_PART; s < JK_STRESS_STATES; s++) {
        JK_TRY(jk_cashflow_init(&stress->state[s].flow, model->horizon_months, model->segment_count, error));
    }
    return JK_OK;
}

void jk_stress_reset(jk_stress *stress) {
    jk_plan_policy_free(stress->policy);
    free(stress->value);
    free(stress->memory);
    for (int s = 0; s < JK_STRESS_STATES; s++) {
        jk_cashflow_reset(&stress->state[s].flow);
    }
    *stress = (jk_stress){0};
}

static void add_values(jk_stress *stress, int state, size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        stress->state[state].value += jk_grid_from_double((double)stress->value[row]);
    }
}

void jk_stress_block(jk_stress *stress, const jk_terms *terms, const jk_plan_policy *policy) {
    for (int s = JK_STATE_WORSE; s < JK_STRESS_STATES; s++) {
        jk_plan_results wanted = {.rows = terms->rows, .value = stress->value};
        jk_plan_block_follow(stress->plan[s], terms, policy, &wanted, &stress->state[s].flow, stress->workspace);
        add_values(stress, s, terms->rows);
    }
}

void jk_stress_claim(jk_stress *stress, const jk_cell_claim *claim) {
    jk_cell_claim_put(claim, &stress->terms, stress->terms.rows++);
    if (stress->terms.rows == stress->room) {
        jk_stress_finish(stress);
    }
}

void jk_stress_finish(jk_stress *stress) {
    const size_t rows = stress->terms.rows;
    if (rows > 0) {
        jk_plan_results wanted = {.rows = rows, .value = stress->value};
        jk_plan_block_keep(stress->plan[JK_STATE_BASE], &stress->terms, &wanted, &stress->state[JK_STATE_PART].flow,
                           stress->policy, stress->workspace);
        add_values(stress, JK_STATE_PART, rows);
        jk_stress_block(stress, &stress->terms, stress->policy);
        stress->terms.rows = 0;
    }
}

size_t jk_stress_row_bytes(const jk_plan *plan) {
    const size_t rows = 1024;
    return (jk_plan_policy_size(plan, rows) + jk_terms_size(rows)) / rows + sizeof(float);
}
