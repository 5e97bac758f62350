/* SPDX-License-Identifier: Apache-2.0 */
/* The standard normal distribution, with our own exp: the same bits everywhere. Absolute error below 1e-15, relative
 * error of the lower tail below 1e-12 (tests/base/test_normal.c). */
#ifndef JK_BASE_NORMAL_H
#define JK_BASE_NORMAL_H

#include "base/fmath.h"

static inline double jk_normal_density(double x) {
    return 0.39894228040143267794 * jk_exp(-0.5 * x * x);
}

/* P(Z < x). Near 0 by the series of the integral (all terms of one sign), in the tails by its continued fraction. */
static inline double jk_normal_cdf(double x) {
    double size = fabs(x);
    if (!(size < 39.0)) { /* also where it is not a number */
        return x > 0.0 ? 1.0 : x < 0.0 ? 0.0 : x;
    }
    double density = jk_normal_density(size);
    if (size < 3.0) {
        double term = size;
        double sum = size;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= size * size / (2.0 * k + 1.0);
            sum += term;
        }
        return x > 0.0 ? 0.5 + density * sum : 0.5 - density * sum;
    }
    double fraction = size;
    for (int k = 12 + (int)(600.0 / (size * size)); k >= 1; k--) {
        fraction = size + k / fraction;
    }
    return x > 0.0 ? 1.0 - density / fraction : density / fraction;
}

#endif
