/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the units at given prices p and temperature T: with r_a = v_a - p u_a, a unit adds its soft maximum
 * T log sum_a e^(r_a/T) to the value, its mean use to the gradient and the variance of its use to the curvature.
 *
 * An action that is 36 T behind counts for nothing. Where prices move by at most d, r_a - r_b changes by at most
 * d (u_a + u_b): a unit whose best action is further ahead than that and 36 T has this action wherever the prices go,
 * and adds v - p u. Such units are found while others are summed, and summed once; prices that leave the range for
 * which that holds bring all units back. */
#include "decide/allocate_pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "base/number/grid.h"
#include "base/team/parallel.h"

enum { BLOCK_UNITS = 16384 };
#define BEHIND 36.0 /* temperatures */
#define REACH  64.0 /* temperatures in the price of an average use */
/* Curvature sums are kept as integers of this fraction, so that their order does not matter. */
#define CURVATURE_GRID     16777216.0
#define LARGEST_SCALED_USE 1e4

typedef struct dual_pass {
    const dual_units *units;
    double temperature;               /* 0: hard maximum, no curvature */
    bool all, settles;                /* all units, not the open ones; units that are settled are taken out */
    const allocation_tariff *tariffs; /* by cell */
} dual_pass;

typedef struct softened_unit {
    int options, best;
    int action[JK_ACTION_COUNT];
    double weight[JK_ACTION_COUNT]; /* of each option; sum 1 */
    double value;                   /* soft maximum of the reduced values */
    double reduced[JK_ACTION_COUNT];
} softened_unit;

static softened_unit soften(const dual_pass *pass, size_t unit) {
    double temperature = pass->temperature;
    softened_unit soft = {0};
    allocation_reduced(pass->units->state, pass->tariffs, unit, soft.reduced);
    soft.best = allocation_best(soft.reduced);
    double sum = 0.0;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        double distance = soft.reduced[soft.best] - soft.reduced[a];
        if (a == soft.best || (temperature > 0.0 && distance < BEHIND * temperature)) {
            double weight = a == soft.best ? 1.0 : jk_exp(-distance / temperature);
            soft.action[soft.options] = a;
            soft.weight[soft.options++] = weight;
            sum += weight;
        }
    }
    for (int k = 0; k < soft.options; k++) {
        soft.weight[k] /= sum;
    }
    soft.value = soft.reduced[soft.best] + (soft.options > 1 ? temperature * jk_log(sum) : 0.0);
    return soft;
}

/* Whether the best action stays so within reach. */
static bool is_settled(const dual_pass *pass, const softened_unit *soft, size_t unit) {
    const dual_units *units = pass->units;
    const allocation_state *state = units->state;
    if (soft->options > 1) {
        return false;
    }
    const allocation_tariff *reach = &units->open.reach[allocation_cell_of(state, unit)];
    double best = allocation_cost(state->problem, reach, unit, soft->best);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        double moves = best + allocation_cost(state->problem, reach, unit, a);
        if (a != soft->best && soft->reduced[soft->best] - soft->reduced[a] < BEHIND * pass->temperature + moves) {
            return false;
        }
    }
    return true;
}

static void add_settled(const dual_units *units, dual_sums *sums, size_t unit, int action) {
    const allocation_state *state = units->state;
    const jk_allocation *p = state->problem;
    const allocation_cell *cell = &state->cells[allocation_cell_of(state, unit)];
    sums->settled += jk_grid_from_double((double)p->value[action][unit]);
    for (size_t k = 0; k < cell->count; k++) {
        size_t m = cell->limit[k];
        double use = allocation_use(p, &p->limits[m], unit, action);
        sums->settled_use[m] += jk_grid_from_double(use / units->scale[m]);
        sums->settled_parts[m] += (int64_t)use; /* whole */
    }
}

static void add_unit(const dual_units *units, dual_sums *sums, size_t unit, const softened_unit *soft) {
    const allocation_state *state = units->state;
    const jk_allocation *p = state->problem;
    sums->value += jk_grid_from_double(soft->value);
    const allocation_cell *cell = &state->cells[allocation_cell_of(state, unit)];
    double mean[JK_LIMITS_MAX];
    for (size_t k = 0; k < cell->count; k++) {
        size_t m = cell->limit[k];
        mean[k] = 0.0;
        for (int o = 0; o < soft->options; o++) {
            mean[k] += soft->weight[o] * allocation_use(p, &p->limits[m], unit, soft->action[o]);
        }
        mean[k] /= units->scale[m];
        sums->use[m] += jk_grid_from_double(mean[k]);
    }
    if (soft->options < 2) {
        return;
    }
    for (int o = 0; o < soft->options; o++) {
        double deviation[JK_LIMITS_MAX];
        for (size_t k = 0; k < cell->count; k++) {
            size_t m = cell->limit[k];
            double use = allocation_use(p, &p->limits[m], unit, soft->action[o]) / units->scale[m] - mean[k];
            deviation[k] = use > LARGEST_SCALED_USE ? LARGEST_SCALED_USE : use;
        }
        for (size_t k = 0; k < cell->count; k++) {
            for (size_t l = 0; l <= k; l++) { /* cells list limits ascending: the lower triangle */
                double product = soft->weight[o] * deviation[k] * deviation[l];
                size_t index = (size_t)cell->limit[k] * p->limit_count + cell->limit[l];
                sums->curvature[index] += (int64_t)nearbyint(product * CURVATURE_GRID);
            }
        }
    }
}

static jk_status pass_block(void *context, int thread, size_t block, jk_error *error) {
    const dual_pass *pass = context;
    const dual_units *units = pass->units;
    (void)error;
    const size_t first = block * BLOCK_UNITS, left = units->units - first;
    uint16_t *open = units->open.unit + first, *count = &units->open.count[block];
    const size_t look = !pass->all ? *count : (left < BLOCK_UNITS ? left : BLOCK_UNITS);
    dual_sums *sums = &units->sums[thread];
    size_t kept = 0;
    for (size_t i = 0; i < look; i++) {
        const uint16_t place = pass->all ? (uint16_t)i : open[i];
        const size_t unit = (first + place) * units->step;
        const softened_unit soft = soften(pass, unit);
        if (pass->settles && is_settled(pass, &soft, unit)) {
            add_settled(units, sums, unit, soft.best);
            continue;
        }
        add_unit(units, sums, unit, &soft);
        if (pass->settles) {
            open[kept++] = place;
        }
    }
    if (pass->settles) {
        *count = (uint16_t)kept;
    }
    return JK_OK;
}

static void clear_sums(const dual_units *units, bool settled) {
    for (int t = 0; t < units->threads; t++) {
        dual_sums *sums = &units->sums[t];
        sums->value = 0;
        memset(sums->use, 0, units->limits * sizeof *sums->use);
        memset(sums->curvature, 0, units->limits * units->limits * sizeof *sums->curvature);
        if (settled) {
            sums->settled = 0;
            memset(sums->settled_use, 0, units->limits * sizeof *sums->use);
            memset(sums->settled_parts, 0, units->limits * sizeof *sums->use);
        }
    }
}

static bool is_within(const dual_units *units, const double *price) {
    const dual_open *open = &units->open;
    for (size_t m = 0; m < units->limits; m++) {
        if (!(price[m] >= open->least[m] && price[m] <= open->most[m])) {
            return false;
        }
    }
    return true;
}

/* The range of prices around `price` for which units are settled from here on; within the range so far, if `narrower`.
 */
static void set_range(dual_units *units, const double *price, double temperature, bool narrower) {
    dual_open *open = &units->open;
    double reach[JK_LIMITS_MAX];
    for (size_t m = 0; m < units->limits; m++) {
        double far = REACH * temperature / units->scale[m];
        double least = price[m] - far, most = price[m] + far;
        open->least[m] = narrower && open->least[m] > least ? open->least[m] : least;
        open->most[m] = narrower && open->most[m] < most ? open->most[m] : most;
        reach[m] = far;
    }
    open->known = true;
    open->temperature = temperature;
    jk_allocation_tariffs(units->state, reach, open->reach);
}

static void add_up(const dual_units *units, const double *price, bool settled, double temperature, dual_point *point) {
    const size_t limits = units->limits;
    int64_t value = 0;
    for (int t = 0; t < units->threads; t++) {
        value += units->sums[t].value + (settled ? units->sums[t].settled : 0);
    }
    point->value = jk_grid_to_double(value);
    for (size_t m = 0; m < limits; m++) {
        int64_t use = 0, parts = 0;
        for (int t = 0; t < units->threads; t++) {
            use += units->sums[t].use[m] + (settled ? units->sums[t].settled_use[m] : 0);
            parts += settled ? units->sums[t].settled_parts[m] : 0;
        }
        point->value -= price[m] * (double)parts;
        point->use[m] = jk_grid_to_double(use);
        for (size_t n = 0; n <= m; n++) {
            int64_t curvature = 0;
            for (int t = 0; t < units->threads; t++) {
                curvature += units->sums[t].curvature[m * limits + n];
            }
            point->hessian[m * limits + n] = temperature > 0.0 ? (double)curvature / CURVATURE_GRID / temperature : 0.0;
        }
    }
}

jk_status jk_dual_at(dual_units *units, const double *price, double temperature, dual_point *point, jk_error *error) {
    const dual_open *open = &units->open;
    const bool soft = temperature > 0.0;
    const bool within = soft && open->known && temperature <= open->temperature && is_within(units, price);
    const bool settles = soft && !(within && temperature == open->temperature);
    if (settles) {
        set_range(units, price, temperature, within);
    }
    clear_sums(units, settles && !within);
    jk_allocation_tariffs(units->state, price, units->state->tariffs);
    dual_pass pass = {.units = units,
                      .temperature = temperature,
                      .all = !within,
                      .settles = settles,
                      .tariffs = units->state->tariffs};
    jk_run run = units->state->run != NULL ? *units->state->run : (jk_run){0};
    JK_TRY(jk_parallel_for(&run, (units->units + BLOCK_UNITS - 1) / BLOCK_UNITS, "pricing the limits", BLOCK_UNITS,
                           pass_block, &pass, error));
    add_up(units, price, soft, temperature, point);
    return JK_OK;
}

void jk_dual_units_sample(dual_units *units, size_t wanted) {
    const size_t all = units->state->problem->units;
    units->step = all > wanted ? all / wanted : 1;
    units->units = (all + units->step - 1) / units->step;
    units->open.known = false;
}

static bool create_sums(dual_sums *sums, size_t limits) {
    sums->use = jk_columns_zero(limits, sizeof(int64_t));
    sums->curvature = jk_columns_zero(limits * limits, sizeof(int64_t));
    sums->settled_use = jk_columns_zero(limits, sizeof(int64_t));
    sums->settled_parts = jk_columns_zero(limits, sizeof(int64_t));
    return sums->use != NULL && sums->curvature != NULL && sums->settled_use != NULL && sums->settled_parts != NULL;
}

jk_status jk_dual_units_create(const allocation_state *state, dual_units *units, jk_error *error) {
    const jk_allocation *p = state->problem;
    *units = (dual_units){.state = state, .limits = p->limit_count, .threads = jk_threads(state->run)};
    dual_open *open = &units->open;
    units->sums = calloc((size_t)units->threads, sizeof *units->sums);
    open->unit = jk_columns_alloc(p->units, sizeof *open->unit);
    open->count = jk_columns_zero(p->units / BLOCK_UNITS + 1, sizeof *open->count);
    open->reach = jk_columns_zero(state->countries * state->segments, sizeof *open->reach);
    bool complete = units->sums != NULL && open->unit != NULL && open->count != NULL && open->reach != NULL;
    for (int t = 0; complete && t < units->threads; t++) {
        complete = create_sums(&units->sums[t], units->limits);
    }
    if (!complete) {
        jk_dual_units_free(units);
        return jk_fail_memory(error, "the prices of the limits");
    }
    return JK_OK;
}

void jk_dual_units_free(dual_units *units) {
    for (int t = 0; units->sums != NULL && t < units->threads; t++) {
        free(units->sums[t].use);
        free(units->sums[t].curvature);
        free(units->sums[t].settled_use);
        free(units->sums[t].settled_parts);
    }
    free(units->sums);
    free(units->open.unit);
    free(units->open.count);
    free(units->open.reach);
    *units = (dual_units){0};
}
