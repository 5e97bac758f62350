/* SPDX-License-Identifier: Apache-2.0 */
/* The factors of countries and segments on paths (docs/simulate.md):
 *
 *     x_t = f x_(t-1) + sqrt(1 - f^2) e_t,   f = persistence^(1/12), x_1 standard normal as all later ones;
 *     m_t = exp(sigma x_t - sigma^2 / 2), so that E[m_t] = 1
 *     e_t = sqrt(rho) common_t + sqrt(1 - rho) own_t   where any two countries have the correlation rho
 *     e_t = R n_t,  R R' = the matrix, n_t standard normal   where the model has a matrix
 *
 * Products with R are exact: R is rounded to multiples of 2^-24 and normal numbers to 2^-21. Rows of R have the norm 1,
 * so that the absolute values of a row add up to at most root(512) < 23; with |n| < 6.4 all partial sums stay below 2^8
 * and are multiples of 2^-45: 53 bits. Then no order of summation changes a bit (base/number/dense.h). */
#include "simulate/draws/factors.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "simulate/draws/draws.h"

enum { MONTHS_OF_YEAR = 12 };
#define ROOT_GRID   0x1p24
#define NORMAL_GRID 0x1p21
_Static_assert(JK_RISK_FACTORS_MOST <= 1024, "root(1024) * 6.4 < 2^8: sums of products must be exact");

static double on_grid(double number, double per_unit) {
    return nearbyint(number * per_unit) / per_unit;
}

static size_t chunks_of(const jk_model *model) {
    return ((size_t)model->horizon_months + JK_DENSE_ROWS - 1) / JK_DENSE_ROWS;
}

/* The factor of a claim: that of the matrix, or its country. */
static uint32_t factor_of(const jk_model *model, size_t segment, size_t country) {
    const jk_risk_correlation *c = model->risk.correlation;
    return c->count > 0 ? c->of[segment * model->jurisdiction_count + country] : (uint32_t)country;
}

/* Claims of one factor share a series where their countries are as volatile and persistent. */
static void set_series(jk_factors *self) {
    const jk_model *model = self->model;
    const size_t countries = model->jurisdiction_count, factors = model->risk.correlation->count;
    for (uint32_t f = 0; f < (factors > 0 ? factors : countries); f++) {
        const size_t first = self->count;
        for (size_t place = 0; place < model->segment_count * countries; place++) {
            const jk_risk_factor *is = &model->risk.jurisdiction[place % countries];
            if (factor_of(model, place / countries, place % countries) != f) {
                continue;
            }
            size_t i = first;
            while (i < self->count && (self->series[i].is.volatility != is->volatility ||
                                       self->series[i].is.persistence != is->persistence)) {
                i++;
            }
            self->of[place] = (uint32_t)i;
            self->series[i] = (jk_factor_series){f, *is};
            self->count = i == self->count ? i + 1 : self->count;
        }
    }
}

jk_status jk_factors_init(jk_factors *self, const jk_model *model, uint64_t seed, jk_error *error) {
    const jk_risk_correlation *c = model->risk.correlation;
    const size_t places = model->segment_count * model->jurisdiction_count;
    const size_t column = chunks_of(model) * c->count * JK_DENSE_ROWS;
    *self = (jk_factors){.model = model,
                         .seed = seed,
                         .series = jk_columns_zero(places, sizeof *self->series),
                         .of = jk_columns_zero(places, sizeof *self->of),
                         .root = jk_columns_zero(c->count * c->count, sizeof *self->root),
                         .normal = jk_columns_zero(column, sizeof *self->normal),
                         .shock = jk_columns_zero(column, sizeof *self->shock),
                         .month = jk_columns_zero(2 * (size_t)model->horizon_months, sizeof *self->month),
                         .kernel = jk_dense_own(JK_ISA_BASE)};
    if (self->series == NULL || self->of == NULL || self->root == NULL || self->normal == NULL || self->shock == NULL ||
        self->month == NULL) {
        jk_factors_reset(self);
        return jk_fail_memory(error, "the paths");
    }
    set_series(self);
    for (size_t i = 0; i < c->count; i++) {
        for (size_t k = 0; k <= i; k++) {
            self->root[i * c->count + k] = on_grid(c->root[i * c->count + k], ROOT_GRID);
        }
    }
    return JK_OK;
}

void jk_factors_reset(jk_factors *self) {
    free(self->series);
    free(self->of);
    free(self->root);
    free(self->normal);
    free(self->shock);
    free(self->month);
    *self = (jk_factors){0};
}

/* ---- shocks ------------------------------------------------------------------------------------------------------ */

/* Of all factors of the matrix on a path. */
static void draw_shocks(const jk_factors *self, uint64_t path) {
    const size_t factors = self->model->risk.correlation->count, months = (size_t)self->model->horizon_months;
    for (size_t f = 0; f < factors; f++) {
        double *own = self->month;
        jk_draw_normals(self->seed, jk_stream(JK_STREAM_FACTOR, f), path, own, months);
        for (size_t t = 0; t < months; t++) {
            const size_t chunk = t / JK_DENSE_ROWS;
            self->normal[(chunk * factors + f) * JK_DENSE_ROWS + t % JK_DENSE_ROWS] = on_grid(own[t], NORMAL_GRID);
        }
    }
    for (size_t chunk = 0; chunk < chunks_of(self->model); chunk++) {
        const size_t at = chunk * factors * JK_DENSE_ROWS;
        self->kernel->product(self->normal + at, factors, self->root, factors, self->shock + at);
    }
}

/* Of a country, beside the common numbers; in place. */
static void draw_country(const jk_factors *self, size_t country, uint64_t path) {
    const size_t months = (size_t)self->model->horizon_months;
    const double correlation = self->model->risk.correlation->countries;
    const double shared = sqrt(correlation), alone = sqrt(1.0 - correlation);
    double *common = self->month, *own = common + months;
    jk_draw_normals(self->seed, jk_stream(JK_STREAM_COUNTRY, country), path, own, months);
    for (size_t t = 0; t < months; t++) {
        own[t] = shared * common[t] + alone * own[t];
    }
}

/* The drawn shock of a factor in a month; of countries only the last one's is there. */
static double shock_of(const jk_factors *self, size_t factor, size_t t) {
    const size_t factors = self->model->risk.correlation->count, chunk = t / JK_DENSE_ROWS;
    return factors > 0 ? self->shock[(chunk * factors + factor) * JK_DENSE_ROWS + t % JK_DENSE_ROWS]
                       : self->month[(size_t)self->model->horizon_months + t];
}

/* ---- series ------------------------------------------------------------------------------------------------------ */

static void draw_series(const jk_factors *self, const jk_factor_series *series, const jk_factor_lanes *to, size_t at) {
    const jk_model *model = self->model;
    const jk_risk_factor *is = &series->is;
    double keep = is->persistence > 0.0 ? jk_exp(jk_log(is->persistence) / MONTHS_OF_YEAR) : 0.0;
    double fresh = sqrt(fmax(0.0, 1.0 - keep * keep)), x = 0.0, total = 0.0;
    int month = 0;
    for (int j = 0; j < model->epoch_count; j++) {
        double sum = 0.0;
        for (int32_t i = 0; i < model->epochs[j]; i++, month++) {
            double shock = shock_of(self, series->factor, (size_t)month);
            x = month == 0 ? shock : keep * x + fresh * shock;
            sum += (double)jk_draw_log_normal(is->volatility, x);
        }
        double multiplier = sum / (double)model->epochs[j];
        const jk_course course = jk_course_next(multiplier, model->epochs[j], month, &total);
        to->recovery[at] = (float)multiplier;
        to->mean[at] = (float)course.mean;
        to->turn[at] = (float)course.turn;
        at += JK_PATH_LANES;
    }
}

void jk_factors_draw(const jk_factors *self, uint64_t path, size_t lane, const jk_factor_lanes *to) {
    const jk_model *model = self->model;
    const size_t months = (size_t)model->horizon_months, epochs = (size_t)model->epoch_count;
    const bool matrix = model->risk.correlation->count > 0;
    if (matrix) {
        draw_shocks(self, path);
    } else {
        jk_draw_normals(self->seed, jk_stream(JK_STREAM_COMMON, 0), path, self->month, months);
    }
    for (size_t i = 0; i < self->count; i++) {
        const jk_factor_series *series = &self->series[i];
        const size_t first = i * epochs * JK_PATH_LANES + lane;
        if (series->is.volatility == 0.0) {
            for (size_t j = 0; j < epochs; j++) {
                to->recovery[first + j * JK_PATH_LANES] = 1.0f;
                to->mean[first + j * JK_PATH_LANES] = to->turn[first + j * JK_PATH_LANES] = 0.0f;
            }
            continue;
        }
        if (!matrix) {
            draw_country(self, series->factor, path);
        }
        draw_series(self, series, to, first);
    }
}
