/* SPDX-License-Identifier: Apache-2.0 */
/* Prices for the limits. The dual — value of the best choice of every unit at given prices, plus what the limits would
 * sell for — is convex with kinks. Replacing each unit's maximum by a soft maximum of temperature T makes it smooth: a
 * few Newton steps, then T is lowered, until hardly a unit is undecided. Any non-negative prices give a valid bound, so
 * that the smoothing costs sharpness, never validity. A sample of the units finds where the prices lie; all units
 * settle them. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "decide/allocate_pass.h"

enum { SAMPLE_UNITS = 100000, MANY_UNITS = 20000, NEWTON_STEPS = 8, HALVINGS = 8 };
#define COOLING        0.25
#define COLDEST_SAMPLE 1e-4
#define COLDEST_ALL    1e-7
#define COLDEST_MANY   1e-5

/* Working memory of the search, and the figures of the point it stands at. */
typedef struct dual_search {
    allocation_state *state;
    size_t limits;
    dual_units units;
    dual_point point;
    double gradient[JK_LIMITS_MAX]; /* by scaled price */
    double *factor;                 /* scratch of the Newton step */
} dual_search;

/* Value of the (smoothed) dual at `price`; fills gradient and hessian. */
static jk_status evaluate(dual_search *search, const double *price, double temperature, double *value,
                          jk_error *error) {
    dual_units *units = &search->units;
    /* of the limits, what the sample stands for */
    const double share = (double)units->units / (double)search->state->problem->units;
    JK_TRY(jk_dual_at(units, price, temperature, &search->point, error));
    *value = search->point.value;
    for (size_t m = 0; m < search->limits; m++) {
        double limit = search->state->amount[m] * share;
        *value += price[m] * limit;
        search->gradient[m] = limit / units->scale[m] - search->point.use[m];
    }
    return JK_OK;
}

/* Solves (hessian + ridge) step = -gradient over the free limits by Cholesky; limits that are not free do not move. */
static void newton_step(dual_search *search, const bool *free_limit, double *step) {
    size_t n = search->limits;
    double *factor = search->factor;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            bool both = free_limit[i] && free_limit[j];
            double entry = both ? search->point.hessian[i * n + j] : 0.0;
            if (i == j) {
                entry = free_limit[i] ? entry * (1.0 + 1e-9) + 1e-12 * (1.0 + fabs(search->gradient[i])) : 1.0;
            }
            for (size_t k = 0; k < j; k++) {
                entry -= factor[i * n + k] * factor[j * n + k];
            }
            if (i == j) {
                factor[i * n + i] = sqrt(entry > 1e-300 ? entry : 1e-300);
            } else {
                factor[i * n + j] = entry / factor[j * n + j];
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        double sum = free_limit[i] ? -search->gradient[i] : 0.0;
        for (size_t k = 0; k < i; k++) {
            sum -= factor[i * n + k] * step[k];
        }
        step[i] = sum / factor[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        double sum = step[i];
        for (size_t k = i + 1; k < n; k++) {
            sum -= factor[k * n + i] * step[k];
        }
        step[i] = sum / factor[i * n + i];
    }
}

/* One temperature: projected Newton steps with halving until they promise less than a tenth of a temperature. */
static jk_status descend(dual_search *search, double temperature, jk_error *error) {
    double *price = search->state->price;
    double value = 0.0;
    JK_TRY(evaluate(search, price, temperature, &value, error));
    for (int iteration = 0; iteration < NEWTON_STEPS; iteration++) {
        bool free_limit[JK_LIMITS_MAX];
        double step[JK_LIMITS_MAX];
        for (size_t m = 0; m < search->limits; m++) {
            free_limit[m] = price[m] > 0.0 || search->gradient[m] < 0.0;
        }
        newton_step(search, free_limit, step);
        double promised = 0.0; /* what the step would gain if the curve were the parabola it looks like */
        for (size_t m = 0; m < search->limits; m++) {
            promised -= free_limit[m] ? 0.5 * search->gradient[m] * step[m] : 0.0;
        }
        if (promised < 0.1 * temperature) {
            return JK_OK;
        }
        double trial[JK_LIMITS_MAX];
        double trial_value = value;
        double length = 1.0;
        bool better = false;
        for (int halving = 0; halving < HALVINGS && !better; halving++, length *= 0.5) {
            for (size_t m = 0; m < search->limits; m++) {
                /* A step may not go further than a few temperatures in the price of an average use: beyond, the model
                 * of the curve says nothing. */
                double bound = 32.0 * temperature;
                double move = step[m] > bound ? bound : (step[m] < -bound ? -bound : step[m]);
                double next = price[m] + length * move / search->units.scale[m];
                trial[m] = next > 0.0 ? next : 0.0;
            }
            JK_TRY(evaluate(search, trial, temperature, &trial_value, error));
            better = trial_value < value;
        }
        if (!better) {
            return JK_OK;
        }
        memcpy(price, trial, search->limits * sizeof *price);
        value = trial_value;
    }
    return JK_OK;
}

/* Mean use of each limit where it is used at all, and the mean best value: the scales of the search. */
static double find_scales(dual_search *search) {
    const jk_allocation *p = search->state->problem;
    size_t step = p->units > SAMPLE_UNITS ? p->units / SAMPLE_UNITS : 1;
    double used[JK_LIMITS_MAX] = {0};
    double users[JK_LIMITS_MAX] = {0};
    double best_sum = 0.0;
    size_t count = 0;
    for (size_t i = 0; i < p->units; i += step, count++) {
        const allocation_cell *cell = &search->state->cells[allocation_cell_of(search->state, i)];
        double best = 0.0;
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            float value = p->value[a] != NULL ? p->value[a][i] : NAN;
            if (value != value) {
                continue;
            }
            best = (double)value > best ? (double)value : best;
            for (size_t k = 0; k < cell->count; k++) {
                double use = allocation_use(p, &p->limits[cell->limit[k]], i, a);
                used[cell->limit[k]] += use;
                users[cell->limit[k]] += use > 0.0;
            }
        }
        best_sum += best;
    }
    for (size_t m = 0; m < search->limits; m++) {
        search->units.scale[m] = users[m] > 0.0 ? used[m] / users[m] : 1.0;
    }
    return best_sum > 0.0 ? best_sum / (double)count : 1.0;
}

static jk_status search_prices(dual_search *search, double *bound, jk_error *error) {
    size_t units = search->state->problem->units;
    double warmest = find_scales(search);
    double temperature = warmest;
    if (units > 2 * SAMPLE_UNITS) {
        jk_dual_units_sample(&search->units, SAMPLE_UNITS);
        for (; temperature > COLDEST_SAMPLE * warmest; temperature *= COOLING) {
            JK_TRY(descend(search, temperature, error));
        }
        temperature /= COOLING; /* the whole moves the prices a little: start again somewhat warmer */
    }
    jk_dual_units_sample(&search->units, units);
    /* Of many units, a handful within a temperature of indifference costs nothing that can be seen in the sum. */
    double handful = 5.0 / (double)units;
    double coldest = warmest * (units < MANY_UNITS ? COLDEST_ALL : (handful > COLDEST_MANY ? handful : COLDEST_MANY));
    for (; temperature > coldest; temperature *= COOLING) {
        JK_TRY(descend(search, temperature, error));
    }
    return evaluate(search, search->state->price, 0.0, bound, error);
}

jk_status jk_allocation_dual(allocation_state *state, double *bound, jk_error *error) {
    size_t limits = state->problem->limit_count;
    dual_search search = {.state = state, .limits = limits};
    memset(state->price, 0, sizeof state->price);
    JK_TRY(jk_dual_units_create(state, &search.units, error));
    search.point.hessian = jk_columns_zero(limits * limits, sizeof(double));
    search.factor = jk_columns_zero(limits * limits, sizeof(double));
    jk_status status = search.point.hessian != NULL && search.factor != NULL
                           ? search_prices(&search, bound, error)
                           : jk_fail_memory(error, "the prices of the limits");
    jk_dual_units_free(&search.units);
    free(search.point.hessian);
    free(search.factor);
    return status;
}
