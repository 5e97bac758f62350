/* SPDX-License-Identifier: Apache-2.0 */
/* Credibility of cells with actual a_i, expected e_i and ratios x_i = a_i / e_i (Buhlmann and Straub 1970; estimators
 * of Buhlmann and Gisler, A Course in Credibility Theory, 2005, section 4.8, with e_i as weights):
 *
 *     x    = sum a / sum e
 *     tau  = max(0, (sum e_i (x_i - x)^2 - (n - 1) s^2) / (sum e - sum e^2 / sum e)),   s^2 = `within`, given
 *     Z_i  = e_i / (e_i + s^2 / tau),   factor_i = Z_i x_i + (1 - Z_i) c,   c the complement, or x
 *
 * tau = 0: nothing tells the cells apart, all take the complement. One cell alone is believed.
 *
 * Few cells know little of tau. Were all alike, the sum of squares would be s^2 times a chi-square of n - 1 degrees, so
 * that the estimate t of tau before it is cut off at 0 has the standard error
 *
 *     u = s^2 sqrt(2 (n - 1)) / (sum e - sum e^2 / sum e),
 *
 * and an estimate of 0 must not be taken for the truth (Morris 1983, JASA 78). Beforehand tau is exponential with the
 * mean `usual`, cells that differ by a half: without that the few payers of a thin history would leave open that
 * segments differ by any factor, and most of what plans are then said to lose would be between models that nobody has
 * seen. Beside the normal distribution about t that makes one about t - u^2 / usual, cut off below 0, with the mean
 *
 *     m = u (a + phi(a) / Phi(a)),   a = (t - u^2 / usual) / u.
 *
 * A cell's factor then has the variance m s^2/(s^2 + e_i m) about its mean; as much of it as what is told with tau,
 * Z_i s^2 / e_i, leaves out is `unknown`. */
#include <math.h>

#include "base/number/normal.h"
#include "fit/fit_internal.h"

/* Of tau, beforehand, for cells whose mean ratio is 1: a half and a little more, squared. Of 0.1, 0.3 and no limit it
 * is the one under which plans of 21 simulated histories of 3,000 claims were told to be overstated as they truly were.
 */
static const double usual = 0.3;

/* Of all cells together. */
typedef struct cells_moments {
    double cells, mean, freedom, raw; /* raw: tau before it is cut off; NaN: one cell, or nothing tells */
} cells_moments;

static cells_moments moments_of(const double *actual, const double *expected, size_t count, double within) {
    double cash = 0.0, volume = 0.0, square = 0.0, cells = 0.0, spread = 0.0;
    for (size_t i = 0; i < count; i++) {
        cash += actual[i];
        volume += expected[i];
        square += expected[i] * expected[i];
        cells += expected[i] > 0.0;
    }
    double mean = volume > 0.0 ? cash / volume : 1.0;
    for (size_t i = 0; i < count; i++) {
        double ratio = expected[i] > 0.0 ? actual[i] / expected[i] : mean;
        spread += expected[i] * (ratio - mean) * (ratio - mean);
    }
    double freedom = volume > 0.0 ? volume - square / volume : 0.0;
    bool told = cells > 1.0 && freedom > 1e-9 * volume;
    return (cells_moments){cells, mean, freedom, told ? (spread - (cells - 1.0) * within) / freedom : (double)NAN};
}

double jk_fit_straub(const double *actual, const double *expected, size_t count, double within, double complement,
                     double *factor, double *credibility) {
    const cells_moments all = moments_of(actual, expected, count, within);
    const double between = fmax(all.raw, 0.0);
    complement = isnan(complement) ? all.mean : complement;
    for (size_t i = 0; i < count; i++) {
        double ratio = expected[i] > 0.0 ? actual[i] / expected[i] : complement;
        credibility[i] = !(expected[i] > 0.0) ? 0.0
                         : all.cells == 1.0   ? 1.0
                         : between > 0.0      ? expected[i] / (expected[i] + within / between)
                                              : 0.0;
        factor[i] = credibility[i] * ratio + (1.0 - credibility[i]) * complement;
    }
    return between;
}

void jk_fit_straub_unknown(const double *actual, const double *expected, size_t count, double within, double *unknown) {
    const cells_moments all = moments_of(actual, expected, count, within);
    const double error = within * sqrt(2.0 * (all.cells - 1.0)) / all.freedom;
    const double taken = fmax(all.raw, 0.0), mean_square = all.mean * all.mean;
    const double away = all.raw / error - error / (usual * mean_square);
    double mean = error * (away + jk_normal_density(away) / jk_normal_cdf(away));
    mean = away < -30.0 ? -error / away : mean; /* the distribution's tail, where the quotient is one of noughts */
    for (size_t i = 0; i < count; i++) {
        double told = taken * within / (within + expected[i] * taken),
               all_of_it = mean * within / (within + expected[i] * mean);
        unknown[i] = isfinite(away) && mean_square > 0.0 ? fmax(all_of_it - told, 0.0) / mean_square : 0.0;
    }
}
