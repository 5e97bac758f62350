/* SPDX-License-Identifier: Apache-2.0 */
/* Volume-weighted chain ladder and Mack's standard errors (T. Mack, "Distribution-free calculation of the standard
 * error of chain ladder reserve estimates", ASTIN Bulletin 23 (1993)). C(i, k) is the cumulative amount of origin i at
 * age k.
 *
 * Factors f(k) = sum C(i, k + 1) / sum C(i, k) over the origins that are seen at both ages; variances sigma^2(k) = sum
 * C(i, k) (C(i, k + 1) / C(i, k) - f(k))^2 / (pairs - 1), the last by Mack's rule min(b^2 / a, a, b) of the two before
 * it. An origin's mean squared error is U^2 sum sigma^2(k) / f(k)^2 (1 / C(i, k) + 1 / sum C(j, k)); that of all
 * origins adds twice the covariances by the factors that two share. With a prior, Bornhuetter and Ferguson's (1972)
 * reserve is prior (1 - 1 / product of the factors still to come). Plain sums in 64 bits, single-threaded: a triangle
 * is small. */
#include "jalki/chain_ladder.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text/text.h"
#include "ladder/triangle.h"

/* Everything the formulas look up more than once. */
typedef struct ladder_state {
    const jk_triangle *triangle;
    size_t origins, ages;
    double *completed;  /* [origins][ages]: observed, then projected */
    double *weight;     /* [ages - 1]: sum over the origins that a factor was formed from, at its first age */
    const uint8_t *out; /* [origins][ages]: 1 where the step from this age on is in no factor */
    const double *factor, *sigma_squared;
} ladder_state;

static double cell(const jk_triangle *triangle, size_t origin, size_t age) {
    return triangle->cumulative[origin * triangle->ages + age];
}

static bool is_used(const ladder_state *ladder, size_t origin, size_t age) {
    return ladder->triangle->observed[origin] > age + 1 && !ladder->out[origin * ladder->ages + age];
}

/* ---- what is left out -------------------------------------------------------------------------------------------- */

static jk_status exclude_step(const jk_triangle *triangle, const char *text, uint8_t *out, jk_error *error) {
    const char *colon = strrchr(text, ':');
    size_t length = colon != NULL ? (size_t)(colon - text) : 0;
    double age = 0.0;
    if (colon != NULL && jk_text_to_real(colon + 1, strlen(colon + 1), &age)) {
        for (size_t i = 0; i < triangle->origins; i++) {
            if (strlen(triangle->origin[i]) != length || strncmp(triangle->origin[i], text, length) != 0) {
                continue;
            }
            for (size_t k = 0; k + 1 < triangle->observed[i]; k++) {
                if (jk_triangle_age(triangle, k) == age) {
                    out[i * triangle->ages + k] = 1;
                    return JK_OK;
                }
            }
        }
    }
    return jk_fail(
        error, JK_ERROR_ARGUMENT, NULL, 0, "exclude",
        "'%s' is no step of the triangle; expected ORIGIN:AGE of an origin observed at that age and the next", text);
}

static jk_status leave_out(const jk_triangle *triangle, const jk_chain_ladder_options *options, uint8_t *out,
                           jk_error *error) {
    for (size_t e = 0; e < options->exclude_count; e++) {
        JK_TRY(exclude_step(triangle, options->exclude[e], out, error));
    }
    for (size_t k = 0; options->last > 0 && k + 1 < triangle->ages; k++) {
        size_t seen = 0;
        for (size_t i = triangle->origins; i-- > 0;) { /* the latest origins first */
            if (triangle->observed[i] > k + 1 && ++seen > options->last) {
                out[i * triangle->ages + k] = 1;
            }
        }
    }
    return JK_OK;
}

/* ---- factors ----------------------------------------------------------------------------------------------------- */

static jk_status fit_factors(const ladder_state *ladder, double *factor, double *weight, jk_error *error) {
    const jk_triangle *triangle = ladder->triangle;
    for (size_t k = 0; k + 1 < triangle->ages; k++) {
        double from = 0.0;
        double to = 0.0;
        for (size_t i = 0; i < triangle->origins; i++) {
            if (is_used(ladder, i, k)) {
                from += cell(triangle, i, k);
                to += cell(triangle, i, k + 1);
            }
        }
        if (!(from > 0.0)) {
            return jk_fail(error, JK_ERROR_DATA, NULL, 0, "development",
                           "no factor from age %zu to age %zu: the origins observed at both have no positive amount at "
                           "the first, or all are left out",
                           k + 1, k + 2);
        }
        weight[k] = from;
        factor[k] = to / from;
    }
    return JK_OK;
}

/* Squared deviations of single factors, weighted by amount; the last one by Mack's rule from the two before it. */
static void fit_variances(const ladder_state *ladder, const double *factor, double *sigma_squared) {
    const jk_triangle *triangle = ladder->triangle;
    size_t count = triangle->ages - 1;
    for (size_t k = 0; k < count; k++) {
        double sum = 0.0;
        size_t pairs = 0;
        for (size_t i = 0; i < triangle->origins; i++) {
            double from = cell(triangle, i, k);
            if (is_used(ladder, i, k) && from > 0.0) {
                double deviation = cell(triangle, i, k + 1) / from - factor[k];
                sum += from * deviation * deviation;
                pairs++;
            }
        }
        sigma_squared[k] = pairs > 1 ? sum / (double)(pairs - 1) : (double)NAN;
        if (pairs <= 1 && k >= 2) {
            double a = sigma_squared[k - 2];
            double b = sigma_squared[k - 1];
            double extrapolated = a > 0.0 ? b * b / a : 0.0; /* with a = 0 the smaller of a and b rules anyway */
            sigma_squared[k] = fmin(extrapolated, fmin(a, b));
        }
    }
}

static void complete(const ladder_state *ladder) {
    for (size_t i = 0; i < ladder->origins; i++) {
        double *row = ladder->completed + i * ladder->ages;
        assert(ladder->triangle->observed[i] >= 1 && ladder->triangle->observed[i] <= ladder->ages);
        for (size_t k = 0; k < ladder->ages; k++) {
            row[k] =
                k < ladder->triangle->observed[i] ? cell(ladder->triangle, i, k) : row[k - 1] * ladder->factor[k - 1];
        }
    }
}

/* Mack's mean squared error of one origin's reserve. */
static double origin_error_squared(const ladder_state *ladder, size_t i) {
    const double *row = ladder->completed + i * ladder->ages;
    double sum = 0.0;
    for (size_t k = ladder->triangle->observed[i] - 1; k + 1 < ladder->ages; k++) {
        double process = row[k] > 0.0 ? 1.0 / row[k] : 0.0;
        sum += ladder->sigma_squared[k] / (ladder->factor[k] * ladder->factor[k]) * (process + 1.0 / ladder->weight[k]);
    }
    double ultimate = row[ladder->ages - 1];
    return ultimate * ultimate * sum;
}

/* Twice the covariance of two origins' reserves: they share the errors of the factors that both still need. */
static double shared_error(const ladder_state *ladder, size_t i, size_t j) {
    size_t from_i = ladder->triangle->observed[i] - 1;
    size_t from_j = ladder->triangle->observed[j] - 1;
    double sum = 0.0;
    for (size_t k = from_i > from_j ? from_i : from_j; k + 1 < ladder->ages; k++) {
        sum += 2.0 * ladder->sigma_squared[k] / (ladder->factor[k] * ladder->factor[k]) / ladder->weight[k];
    }
    return sum * ladder->completed[i * ladder->ages + ladder->ages - 1] *
           ladder->completed[j * ladder->ages + ladder->ages - 1];
}

/* The factors from the present to the end say which part of the ultimate is still open: 1 - 1 / their product. */
static void apply_prior(const ladder_state *ladder, const double *prior, jk_chain_ladder *result) {
    jk_chain_ladder_origin *total = &result->total;
    total->prior = total->bf_reserve = total->bf_ultimate = prior != NULL ? 0.0 : (double)NAN;
    for (size_t i = 0; i < ladder->origins; i++) {
        jk_chain_ladder_origin *origin = &result->origin[i];
        double open = result->tail;
        for (size_t k = ladder->triangle->observed[i] - 1; k + 1 < ladder->ages; k++) {
            open *= ladder->factor[k];
        }
        bool given = prior != NULL && !isnan(prior[i]); /* else at the last age, where nothing but a tail is open */
        origin->prior = given ? prior[i] : prior != NULL ? origin->ultimate : (double)NAN;
        origin->bf_reserve = origin->prior * (1.0 - 1.0 / open);
        origin->bf_ultimate = origin->latest + origin->bf_reserve;
        if (prior != NULL) {
            total->prior += origin->prior;
            total->bf_reserve += origin->bf_reserve;
            total->bf_ultimate += origin->bf_ultimate;
        }
    }
}

static void sum_up(const ladder_state *ladder, jk_chain_ladder *result) {
    double total_error_squared = 0.0;
    for (size_t i = 0; i < ladder->origins; i++) {
        jk_chain_ladder_origin *origin = &result->origin[i];
        origin->latest = ladder->completed[i * ladder->ages + ladder->triangle->observed[i] - 1];
        origin->ultimate = ladder->completed[i * ladder->ages + ladder->ages - 1] * result->tail;
        origin->reserve = origin->ultimate - origin->latest;
        double error_squared = origin_error_squared(ladder, i) * result->tail * result->tail;
        origin->std_error = sqrt(error_squared);
        total_error_squared += error_squared;
        for (size_t j = 0; j < i; j++) {
            total_error_squared += shared_error(ladder, i, j) * result->tail * result->tail;
        }
        result->total.latest += origin->latest;
        result->total.ultimate += origin->ultimate;
        result->total.reserve += origin->reserve;
    }
    result->total.std_error = sqrt(total_error_squared);
}

jk_status jk_chain_ladder_fit(const jk_triangle *triangle, const jk_chain_ladder_options *options,
                              jk_chain_ladder *result, jk_error *error) {
    static const jk_chain_ladder_options all = {0};
    options = options != NULL ? options : &all;
    *result = (jk_chain_ladder){.origins = triangle->origins, .ages = triangle->ages, .tail = 1.0};
    if (options->tail < 0.0 || !isfinite(options->tail)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "tail", "%g is no factor; expected a number above 0",
                       options->tail);
    }
    result->tail = options->tail > 0.0 ? options->tail : 1.0;
    if (triangle->origins < 2 || triangle->ages < 2) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL,
                       "a triangle needs at least two origins and two ages, this one has %zu and %zu",
                       triangle->origins, triangle->ages);
    }
    size_t factors = triangle->ages - 1;
    result->factor = jk_columns_zero(factors, sizeof(double));
    result->sigma_squared = jk_columns_zero(factors, sizeof(double));
    result->origin = jk_columns_zero(triangle->origins, sizeof *result->origin);
    ladder_state ladder = {.triangle = triangle, .origins = triangle->origins, .ages = triangle->ages};
    ladder.completed = jk_columns_zero(triangle->origins * triangle->ages, sizeof(double));
    ladder.weight = jk_columns_zero(factors, sizeof(double));
    uint8_t *out = jk_columns_zero(triangle->origins * triangle->ages, 1);
    ladder.out = out;
    ladder.factor = result->factor;
    ladder.sigma_squared = result->sigma_squared;
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(
        jk_held(result->factor && result->sigma_squared && result->origin && ladder.completed && ladder.weight && out,
                error, "the chain ladder"));
    JK_TRY_CLEANUP(leave_out(triangle, options, out, error));
    JK_TRY_CLEANUP(fit_factors(&ladder, result->factor, ladder.weight, error));
    fit_variances(&ladder, result->factor, result->sigma_squared);
    complete(&ladder);
    sum_up(&ladder, result);
    apply_prior(&ladder, options->prior, result);
cleanup:
    free(ladder.completed);
    free(ladder.weight);
    free(out);
    if (status != JK_OK) {
        jk_chain_ladder_reset(result);
    }
    return status;
}

void jk_chain_ladder_reset(jk_chain_ladder *result) {
    free(result->factor);
    free(result->sigma_squared);
    free(result->origin);
    *result = (jk_chain_ladder){0};
}

void jk_triangle_reset(jk_triangle *triangle) {
    for (size_t i = 0; triangle->origin != NULL && i < triangle->origins; i++) {
        free(triangle->origin[i]);
    }
    free(triangle->origin);
    free(triangle->observed);
    free(triangle->cumulative);
    free(triangle->age);
    *triangle = (jk_triangle){0};
}
