/* SPDX-License-Identifier: Apache-2.0 */
/* Credibility of cells with actual a_i, expected e_i and ratios x_i = a_i / e_i (Buhlmann and Straub 1970; estimators
 * of Buhlmann and Gisler, A Course in Credibility Theory, 2005, section 4.8, with e_i as weights):
 *
 *     x    = sum a / sum e
 *     tau  = max(0, (sum e_i (x_i - x)^2 - (n - 1) s^2) / (sum e - sum e^2 / sum e)),   s^2 = `within`, given
 *     Z_i  = e_i / (e_i + s^2 / tau),   factor_i = Z_i x_i + (1 - Z_i) c,   c the complement, or x
 *
 * tau = 0: nothing tells the cells apart, all take the complement. One cell alone is believed. */
#include <math.h>

#include "fit/fit_internal.h"

double jk_fit_straub(const double *actual, const double *expected, size_t count, double within, double complement,
                     double *factor, double *credibility) {
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
    double between =
        cells > 1.0 && freedom > 1e-9 * volume ? fmax((spread - (cells - 1.0) * within) / freedom, 0.0) : 0.0;
    complement = isnan(complement) ? mean : complement;
    for (size_t i = 0; i < count; i++) {
        double ratio = expected[i] > 0.0 ? actual[i] / expected[i] : complement;
        credibility[i] = !(expected[i] > 0.0) ? 0.0
                         : cells == 1.0       ? 1.0
                         : between > 0.0      ? expected[i] / (expected[i] + within / between)
                                              : 0.0;
        factor[i] = credibility[i] * ratio + (1.0 - credibility[i]) * complement;
    }
    return between;
}
