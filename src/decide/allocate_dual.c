/* SPDX-License-Identifier: Apache-2.0 */
/* Prices for the limits. The dual — value of the best choice of every unit at given prices, plus what the limits would
 * sell for — is convex with kinks. Replacing each unit's maximum by a soft maximum of temperature T makes it smooth: a
 * few Newton steps, then T is lowered, until hardly a unit is undecided. Any non-negative prices give a valid bound, so
 * that the smoothing costs sharpness, never validity. A sample of the units finds where the prices lie; all units
 * settle them. */
#include <stdatomic.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fmath.h"
#include "base/grid.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "decide/allocate.h"

enum { BLOCK_UNITS = 16384, SAMPLE_UNITS = 100000, MANY_UNITS = 20000, NEWTON_STEPS = 8, HALVINGS = 8 };
#define COOLING        0.25
#define COLDEST_SAMPLE 1e-4
#define COLDEST_ALL    1e-7
#define COLDEST_MANY   1e-5
/* Curvature sums are kept as integers of this fraction, so that their order does not matter. */
#define CURVATURE_GRID     16777216.0
#define LARGEST_SCALED_USE 1e4

/* Sums of one pass, as integers: exact in any order. Derivatives are by scaled price (price x scale of the limit). */
typedef struct dual_sums {
    int64_t value;
    int64_t *use;       /* [limits], in units of scale x 2^-20 */
    int64_t *curvature; /* [limits][limits] */
} dual_sums;

typedef struct dual_pass {
    allocation_state *state;
    double temperature; /* 0: hard maximum, no curvature */
    size_t step;        /* every step-th unit */
    size_t units;       /* looked at */
    const allocation_tariff *tariffs;
    const double *scale;
    dual_sums *thread_sums;
} dual_pass;

typedef struct softened_unit {
    int options;
    int action[JK_ACTION_COUNT];
    double weight[JK_ACTION_COUNT]; /* of each option; sum 1 */
    double value;                   /* soft maximum of the reduced values */
} softened_unit;

static softened_unit soften(const dual_pass *pass, size_t unit) {
    double temperature = pass->temperature;
    double reduced[JK_ACTION_COUNT];
    allocation_reduced(pass->state, pass->tariffs, unit, reduced);
    int best = allocation_best(reduced);
    softened_unit soft = {0};
    double sum = 0.0;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        double distance = reduced[best] - reduced[a];
        if (a == best || (temperature > 0.0 && distance < 36.0 * temperature)) {
            double weight = a == best ? 1.0 : jk_exp(-distance / temperature);
            soft.action[soft.options] = a;
            soft.weight[soft.options++] = weight;
            sum += weight;
        }
    }
    for (int k = 0; k < soft.options; k++) {
        soft.weight[k] /= sum;
    }
    soft.value = reduced[best] + (soft.options > 1 ? temperature * jk_log(sum) : 0.0);
    return soft;
}

static void add_unit(const dual_pass *pass, dual_sums *sums, size_t unit) {
    const allocation_state *state = pass->state;
    const jk_allocation *p = state->problem;
    softened_unit soft = soften(pass, unit);
    sums->value += jk_grid_from_double(soft.value);
    const allocation_cell *cell = &state->cells[allocation_cell_of(state, unit)];
    double mean[JK_LIMITS_MAX];
    for (size_t k = 0; k < cell->count; k++) {
        size_t m = cell->limit[k];
        mean[k] = 0.0;
        for (int o = 0; o < soft.options; o++) {
            mean[k] += soft.weight[o] * allocation_use(p, &p->limits[m], unit, soft.action[o]);
        }
        mean[k] /= pass->scale[m];
        sums->use[m] += jk_grid_from_double(mean[k]);
    }
    if (soft.options < 2) {
        return;
    }
    for (int o = 0; o < soft.options; o++) {
        double deviation[JK_LIMITS_MAX];
        for (size_t k = 0; k < cell->count; k++) {
            size_t m = cell->limit[k];
            double use = allocation_use(p, &p->limits[m], unit, soft.action[o]) / pass->scale[m] - mean[k];
            deviation[k] = use > LARGEST_SCALED_USE ? LARGEST_SCALED_USE : use;
        }
        for (size_t k = 0; k < cell->count; k++) {
            for (size_t l = 0; l <= k; l++) {
                double product = soft.weight[o] * deviation[k] * deviation[l];
                size_t index = (size_t)cell->limit[k] * p->limit_count + cell->limit[l];
                sums->curvature[index] += (int64_t)nearbyint(product * CURVATURE_GRID);
            }
        }
    }
}

static jk_status pass_block(void *context, int thread, size_t block, jk_error *error) {
    const dual_pass *pass = context;
    (void)error;
    size_t end = (block + 1) * BLOCK_UNITS < pass->units ? (block + 1) * BLOCK_UNITS : pass->units;
    for (size_t i = block * BLOCK_UNITS; i < end; i++) {
        add_unit(pass, &pass->thread_sums[thread], i * pass->step);
    }
    return JK_OK;
}

/* Working memory of the search, and the figures of the point it stands at. */
typedef struct dual_search {
    allocation_state *state;
    size_t limits;
    int threads;
    size_t step, units; /* the sample in use */
    double share;       /* of the limits that the sample stands for */
    double scale[JK_LIMITS_MAX];
    double gradient[JK_LIMITS_MAX]; /* by scaled price */
    double *hessian;                /* [limits][limits], lower triangle */
    double *factor;                 /* scratch of the Newton step */
    dual_sums *sums;                /* [threads] */
} dual_search;

static void clear_sums(dual_search *search) {
    for (int t = 0; t < search->threads; t++) {
        search->sums[t].value = 0;
        memset(search->sums[t].use, 0, search->limits * sizeof(int64_t));
        memset(search->sums[t].curvature, 0, search->limits * search->limits * sizeof(int64_t));
    }
}

/* Value of the (smoothed) dual at `price`; fills gradient and hessian. */
static jk_status evaluate(dual_search *search, const double *price, double temperature, double *value,
                          jk_error *error) {
    size_t limits = search->limits;
    clear_sums(search);
    jk_allocation_tariffs(search->state, price, search->state->tariffs);
    dual_pass pass = {.state = search->state,
                      .temperature = temperature,
                      .step = search->step,
                      .units = search->units,
                      .tariffs = search->state->tariffs,
                      .scale = search->scale,
                      .thread_sums = search->sums};
    jk_run run = search->state->run != NULL ? *search->state->run : (jk_run){0};
    JK_TRY(jk_parallel_for(&run, (search->units + BLOCK_UNITS - 1) / BLOCK_UNITS, "pricing the limits", BLOCK_UNITS,
                           pass_block, &pass, error));
    int64_t sum = 0;
    for (int t = 0; t < search->threads; t++) {
        sum += search->sums[t].value;
    }
    *value = jk_grid_to_double(sum);
    for (size_t m = 0; m < limits; m++) {
        int64_t use = 0;
        for (int t = 0; t < search->threads; t++) {
            use += search->sums[t].use[m];
        }
        double limit = search->state->amount[m] * search->share;
        *value += price[m] * limit;
        search->gradient[m] = limit / search->scale[m] - jk_grid_to_double(use);
        for (size_t n = 0; n <= m; n++) {
            int64_t curvature = 0;
            for (int t = 0; t < search->threads; t++) {
                /* add_unit stores the pair under (first limit of the cell's order, second): cells list limits
                 * ascending. */
                curvature += search->sums[t].curvature[m * limits + n];
            }
            search->hessian[m * limits + n] =
                temperature > 0.0 ? (double)curvature / CURVATURE_GRID / temperature : 0.0;
        }
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
            double entry = both ? search->hessian[i * n + j] : 0.0;
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
                double next = price[m] + length * move / search->scale[m];
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
        search->scale[m] = users[m] > 0.0 && used[m] > 0.0 ? used[m] / users[m] : 1.0;
    }
    return count > 0 && best_sum > 0.0 ? best_sum / (double)count : 1.0;
}

static void use_sample(dual_search *search, size_t wanted) {
    size_t units = search->state->problem->units;
    search->step = units > wanted ? units / wanted : 1;
    search->units = (units + search->step - 1) / search->step;
    search->share = (double)search->units / (double)units;
}

static jk_status search_prices(dual_search *search, double *bound, jk_error *error) {
    size_t units = search->state->problem->units;
    double warmest = find_scales(search);
    double temperature = warmest;
    if (units > 2 * SAMPLE_UNITS) {
        use_sample(search, SAMPLE_UNITS);
        for (; temperature > COLDEST_SAMPLE * warmest; temperature *= COOLING) {
            JK_TRY(descend(search, temperature, error));
        }
        temperature /= COOLING; /* the whole moves the prices a little: start again somewhat warmer */
    }
    use_sample(search, units);
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
    dual_search search = {.state = state, .limits = limits, .threads = jk_threads(state->run)};
    memset(state->price, 0, sizeof state->price);
    size_t square = limits * limits;
    search.hessian = jk_columns_zero(square, sizeof(double));
    search.factor = jk_columns_zero(square, sizeof(double));
    search.sums = calloc((size_t)search.threads, sizeof *search.sums);
    bool complete = search.hessian && search.factor && search.sums;
    for (int t = 0; complete && t < search.threads; t++) {
        search.sums[t].use = jk_columns_zero(limits + 8, sizeof(int64_t));
        search.sums[t].curvature = jk_columns_zero(square + 8, sizeof(int64_t));
        complete = search.sums[t].use && search.sums[t].curvature;
    }
    jk_status status =
        complete ? search_prices(&search, bound, error) : jk_fail_memory(error, "the prices of the limits");
    for (int t = 0; search.sums != NULL && t < search.threads; t++) {
        free(search.sums[t].use);
        free(search.sums[t].curvature);
    }
    free(search.sums);
    free(search.hessian);
    free(search.factor);
    return status;
}
