/* SPDX-License-Identifier: Apache-2.0 */
/* Correlations of factors from shocks z of periods t, with the chance variance s^2 of each (docs/fit.md). The shock of
 * a period is sigma x + chance, x of an autoregression: Cov(x_t, x_u) = f^|t-u|. Periods count by w = sigma^2 /
 * (sigma^2 + s^2), pairs of factors by g = w w'; z is taken from its mean with the weights w. Then, with u = w / sum w,
 *
 *     c_ij = sum_t g z_i z_j / sum_t g,     E c_ij = cov_ij b_ij,
 *     b_ij = sum_t g (1 - (F u_i)_t - (F u_j)_t + u_i' F u_j) / sum_t g,    F_tu = (f_i f_j)^(|t-u|/2)
 *     Var c_ij = sum_tu g_t g_u (C_i C_j + C_ij^2) / (sum_t g)^2,           C_i = sigma_i^2 F_i + diag(s_i^2)
 *
 * for normal shocks (Isserlis 1918), C_ij the prior's. A factor's own variance is such a c less its chance. It leans on
 * the model's sigma^2, whose deviation is taken as large as itself; correlations lean on the prior's, around which they
 * scatter with the variance tau^2: weight Z = tau^2 / (tau^2 + v), tau^2 by moments, with 1 / v^2 as weights:
 * sum (d^2 - v) / v^2 over sum 1 / v^2, of the distances d from the prior. */
#include "fit/factors/fit_factors.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "base/number/semidefinite.h"

#define DECIMALS     1e6  /* of a correlation in the file */
#define SPREAD_LEAST 0.25 /* of the model's: a spread is not less */

typedef struct estimating {
    jk_fit_factors *of;
    double *mean_weight; /* [factors][periods] w, adding up to 1 */
    double *centred;     /* [factors][periods] z */
    double *lag;         /* [3][periods] f^(lag) of a pair, of its one and of its other factor */
    double *around;      /* [2][periods] F u */
} estimating;

static double weight_of(const jk_factor_history *factor, size_t t) {
    const double own = factor->volatility * factor->volatility;
    return own / (own + factor->period[t].chance); /* 0 where nothing is expected */
}

static void centre(const estimating *self, size_t i) {
    const size_t periods = self->of->periods;
    const jk_factor_history *factor = &self->of->factor[i];
    double *u = self->mean_weight + i * periods, sum = 0.0, mean = 0.0;
    for (size_t t = 0; t < periods; t++) {
        u[t] = weight_of(factor, t);
        sum += u[t];
    }
    for (size_t t = 0; t < periods; t++) {
        u[t] = sum > 0.0 ? u[t] / sum : 0.0;
        mean += u[t] * factor->period[t].shock;
    }
    for (size_t t = 0; t < periods; t++) {
        self->centred[i * periods + t] = factor->period[t].shock - mean;
    }
}

static void fill_lags(double *lag, size_t periods, double keep) {
    for (size_t t = 0; t < periods; t++) { /* f^0 is 1 where f is 0, too */
        lag[t] = t == 0 ? 1.0 : keep > 0.0 ? jk_exp((double)t * jk_log(keep)) : 0.0;
    }
}

/* Of a pair, or of a factor with itself: c, b, and the variance of c with these deviations and covariance. */
typedef struct moment {
    double c, b, variance, chance;
} moment;

static void go_around(const estimating *self, size_t i, double *around) {
    const size_t periods = self->of->periods;
    const double *u = self->mean_weight + i * periods;
    for (size_t t = 0; t < periods; t++) {
        around[t] = 0.0;
        for (size_t s = 0; s < periods; s++) {
            around[t] += self->lag[t > s ? t - s : s - t] * u[s];
        }
    }
}

static moment moment_of(const estimating *self, size_t i, size_t j, double spread_i, double spread_j,
                        double covariance) {
    const size_t periods = self->of->periods;
    const jk_factor_history *a = &self->of->factor[i], *b = &self->of->factor[j];
    const double *z = self->centred + i * periods, *y = self->centred + j * periods;
    double *lag_i = self->lag + periods, *lag_j = lag_i + periods;
    double *around_i = self->around, *around_j = around_i + periods, between = 0.0, sum = 0.0;
    fill_lags(self->lag, periods, sqrt(a->keep * b->keep));
    fill_lags(lag_i, periods, a->keep);
    fill_lags(lag_j, periods, b->keep);
    go_around(self, i, around_i);
    go_around(self, j, around_j);
    for (size_t t = 0; t < periods; t++) {
        between += self->mean_weight[i * periods + t] * around_j[t];
    }
    moment found = {0};
    for (size_t t = 0; t < periods; t++) {
        const double g = weight_of(a, t) * weight_of(b, t);
        if (g == 0.0) {
            continue;
        }
        sum += g;
        found.c += g * z[t] * y[t];
        found.chance += i == j ? g * a->period[t].chance : 0.0;
        found.b += g * (1.0 - around_i[t] - around_j[t] + between);
        for (size_t s = 0; s < periods; s++) {
            const double h = weight_of(a, s) * weight_of(b, s);
            if (h > 0.0) {
                const size_t lag = t > s ? t - s : s - t;
                const double own_i = spread_i * spread_i * lag_i[lag] + (t == s ? a->period[t].chance : 0.0);
                const double own_j = spread_j * spread_j * lag_j[lag] + (t == s ? b->period[t].chance : 0.0);
                const double cross = i == j ? own_i : covariance * self->lag[lag];
                found.variance += g * h * (own_i * own_j + cross * cross);
            }
        }
    }
    if (sum > 0.0) {
        found.c /= sum;
        found.chance /= sum;
        found.b /= sum;
        found.variance /= sum * sum;
    }
    return found;
}

/* The deviation of a factor's shocks beside chance. */
static void find_spread(const estimating *self, size_t i) {
    jk_factor_history *factor = &self->of->factor[i];
    const double prior = factor->volatility, own = prior * prior;
    factor->spread = prior;
    const moment found = own > 0.0 ? moment_of(self, i, i, prior, prior, own) : (moment){0};
    if (found.b > 0.0) {
        const double estimate = (found.c - found.chance) / found.b, error = found.variance / (found.b * found.b);
        const double variance = own + own * own / (own * own + error) * (estimate - own);
        factor->spread = sqrt(fmax(variance, SPREAD_LEAST * SPREAD_LEAST * own));
    }
}

/* Distances from the prior and their variances, by pair; INFINITY where history says nothing of a pair. */
static void find_pairs(const estimating *self, double *variance) {
    const size_t n = self->of->count;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            const double a = self->of->factor[i].spread, b = self->of->factor[j].spread;
            const double prior = self->of->prior[i * n + j];
            const moment found = a > 0.0 && b > 0.0 ? moment_of(self, i, j, a, b, prior * a * b) : (moment){0};
            const bool known = found.b > 0.0;
            const double scale = found.b * a * b;
            self->of->observed[i * n + j] = known ? found.c / scale : prior;
            variance[i * n + j] = known ? found.variance / (scale * scale) : (double)INFINITY;
        }
    }
}

static double scatter_of(const jk_fit_factors *of, const double *variance) {
    const size_t n = of->count;
    double above = 0.0, below = 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            const double v = variance[i * n + j], d = of->observed[i * n + j] - of->prior[i * n + j];
            above += isfinite(v) ? (d * d - v) / (v * v) : 0.0;
            below += isfinite(v) ? 1.0 / (v * v) : 0.0;
        }
    }
    return below > 0.0 ? fmin(fmax(above / below, 0.0), 1.0) : 0.0;
}

/* Correlations with as many decimals as the file has, moved where they are none together. */
static void put_matrix(jk_fit_factors *of, double *root, double *scale) {
    const size_t n = of->count;
    double pivot = 0.0;
    for (size_t i = 0; i < n; i++) {
        of->matrix[i * n + i] = of->prior[i * n + i] = of->observed[i * n + i] = 1.0;
        for (size_t j = 0; j < i; j++) {
            const double prior = of->prior[i * n + j];
            const double r = prior + of->weight[i * n + j] * (of->observed[i * n + j] - prior);
            of->matrix[i * n + j] = of->matrix[j * n + i] = nearbyint(r * DECIMALS) / DECIMALS;
        }
    }
    of->moved = 0.0;
    if (jk_semidefinite_root(of->matrix, n, root, &pivot) == n) {
        return;
    }
    jk_semidefinite_near(of->matrix, n, root, scale);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            const double prior = of->prior[i * n + j];
            const double wanted = prior + of->weight[i * n + j] * (of->observed[i * n + j] - prior);
            const double r = nearbyint(of->matrix[i * n + j] * DECIMALS) / DECIMALS;
            of->moved = fmax(of->moved, fabs(r - wanted));
            of->matrix[i * n + j] = of->matrix[j * n + i] = r;
        }
    }
}

jk_status jk_fit_factors_estimate(jk_fit_factors *of, jk_arena *arena, jk_error *error) {
    const size_t n = of->count, cells = n * of->periods;
    estimating self = {.of = of,
                       .mean_weight = jk_arena_alloc(arena, cells + 1, sizeof(double)),
                       .centred = jk_arena_alloc(arena, cells + 1, sizeof(double)),
                       .lag = jk_arena_alloc(arena, 3 * of->periods + 1, sizeof(double)),
                       .around = jk_arena_alloc(arena, 2 * of->periods + 1, sizeof(double))};
    double *variance = jk_arena_alloc(arena, n * n, sizeof *variance),
           *root = jk_arena_alloc(arena, n * n, sizeof *root);
    double *scale = jk_arena_alloc(arena, n, sizeof *scale);
    of->observed = jk_arena_alloc(arena, n * n, sizeof *of->observed);
    of->weight = jk_arena_alloc(arena, n * n, sizeof *of->weight);
    of->matrix = jk_arena_alloc(arena, n * n, sizeof *of->matrix);
    JK_TRY(jk_held(self.mean_weight != NULL && self.centred != NULL && self.lag != NULL && self.around != NULL &&
                       variance != NULL && root != NULL && scale != NULL && of->observed != NULL &&
                       of->weight != NULL && of->matrix != NULL,
                   error, "the factors"));
    for (size_t i = 0; i < n; i++) {
        centre(&self, i);
        find_spread(&self, i);
    }
    find_pairs(&self, variance);
    const double scatter = scatter_of(of, variance);
    of->scatter = sqrt(scatter);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            const double v = variance[i * n + j], found = of->observed[i * n + j];
            const double weight = isfinite(v) && scatter > 0.0 ? scatter / (scatter + v) : 0.0;
            of->weight[i * n + j] = of->weight[j * n + i] = weight;
            of->observed[i * n + j] = of->observed[j * n + i] = fmin(fmax(found, -1.0), 1.0);
        }
    }
    put_matrix(of, root, scale);
    return JK_OK;
}
