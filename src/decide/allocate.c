/* SPDX-License-Identifier: Apache-2.0 */
/* The allocation as a whole: cells of limits, prices, rounding, search of the core (jalki/allocate.h has the problem
 * and its sources).
 *
 * By Lagrange's duality (Fisher 1981) the value of any feasible choice is at most sum over units of the best value less
 * priced uses, plus sum of price times limit, for any prices not below 0: allocate_dual.c looks for the prices with the
 * lowest bound, allocate_round.c makes a feasible choice of them, allocate_core.c searches among the units near
 * indifference exactly (Balas, Zemel 1980). Uses are whole numbers, so that feasibility is exact; the distance of
 * choice and bound is told. */
#include "jalki/allocate.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "decide/allocate.h"

static size_t largest(const uint16_t *index, size_t count) {
    size_t most = 0;
    for (size_t i = 0; index != NULL && i < count; i++) {
        most = index[i] > most ? index[i] : most;
    }
    return most;
}

static jk_status check_limits(const jk_allocation *problem, jk_error *error) {
    if (problem->limit_count > JK_LIMITS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "%zu limits are given, at most %d are possible",
                       problem->limit_count, JK_LIMITS_MAX);
    }
    for (size_t m = 0; m < problem->limit_count; m++) {
        const jk_limit *limit = &problem->limits[m];
        if (!(limit->amount >= 0.0) || limit->amount > 1e12) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "a limit of %g is not between 0 and 1e12",
                           limit->amount);
        }
        if (limit->resource == JK_RESOURCE_CLAIMS && limit->action == JK_CLOSE) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "closing cannot be limited: it is always open");
        }
    }
    return JK_OK;
}

static jk_status build_cells(allocation_state *state, jk_error *error) {
    const jk_allocation *p = state->problem;
    state->countries = largest(p->country, p->units) + 1;
    state->segments = largest(p->segment, p->units) + 1;
    state->cells = jk_columns_zero(state->countries * state->segments, sizeof *state->cells);
    state->tariffs = jk_columns_zero(state->countries * state->segments, sizeof *state->tariffs);
    JK_TRY(jk_held(state->cells != NULL && state->tariffs != NULL, error, "the limits of the allocation"));
    for (size_t m = 0; m < p->limit_count; m++) {
        const jk_limit *limit = &p->limits[m];
        state->amount[m] = floor(limit->amount * allocation_parts(limit->resource) + 1e-6);
        for (size_t c = 0; c < state->countries * state->segments; c++) {
            if (allocation_covers(limit, (int)(c / state->segments), (int)(c % state->segments))) {
                state->cells[c].limit[state->cells[c].count++] = (uint16_t)m;
            }
        }
    }
    return JK_OK;
}

void jk_allocation_tariffs(const allocation_state *state, const double *price, allocation_tariff *tariffs) {
    for (size_t c = 0; c < state->countries * state->segments; c++) {
        tariffs[c] = (allocation_tariff){0};
        for (size_t k = 0; k < state->cells[c].count; k++) {
            size_t m = state->cells[c].limit[k];
            const jk_limit *limit = &state->problem->limits[m];
            switch (limit->resource) {
            case JK_RESOURCE_COURT:
                tariffs[c].court += price[m];
                break;
            case JK_RESOURCE_HOURS:
                tariffs[c].hours += price[m];
                break;
            case JK_RESOURCE_CLAIMS:
                tariffs[c].claims[limit->action] += price[m];
                break;
            }
        }
    }
}

/* Sum of every unit's best value: what could be had without limits. */
static double best_without_limits(const jk_allocation *p) {
    int64_t sum = 0;
    for (size_t i = 0; i < p->units; i++) {
        float best = p->value[JK_CLOSE][i];
        for (int a = JK_CLOSE + 1; a < JK_ACTION_COUNT; a++) {
            if (p->value[a] != NULL && p->value[a][i] > best) {
                best = p->value[a][i];
            }
        }
        sum += jk_grid_from_double((double)best);
    }
    return jk_grid_to_double(sum);
}

jk_status jk_allocate(const jk_allocation *problem, const jk_run *run, jk_allocation_result *result, jk_error *error) {
    JK_TRY(check_limits(problem, error));
    allocation_state *state = calloc(1, sizeof *state);
    JK_TRY(jk_held(state != NULL, error, "the allocation"));
    state->problem = problem;
    state->run = run;
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(build_cells(state, error));
    JK_TRY_CLEANUP(jk_allocation_dual(state, &result->bound, error));
    jk_allocation_tariffs(state, state->price, state->tariffs);
    JK_TRY_CLEANUP(jk_allocation_round(state, result->decision, error));
    result->objective = jk_allocation_sum(state, result->decision, result->use);
    JK_TRY_CLEANUP(jk_allocation_core(state, result->decision, &result->objective, &result->bound, error));
    result->objective = jk_allocation_sum(state, result->decision, result->use);
    for (size_t m = 0; m < problem->limit_count; m++) {
        double parts = allocation_parts(problem->limits[m].resource);
        assert(result->use[m] <= state->amount[m]); /* whole numbers */
        result->use[m] /= parts;
        result->price[m] = state->price[m] * parts;
    }
    result->unlimited = best_without_limits(problem);
    /* Both are sums of rounded amounts: a bound below the objective by rounding alone is the objective. */
    if (result->bound < result->objective) {
        result->bound = result->objective;
    }
cleanup:
    free(state->cells);
    free(state->tariffs);
    free(state);
    return status;
}
