/* SPDX-License-Identifier: Apache-2.0 */
/* The standard normal distribution, with our own exp: the same bits everywhere. Absolute error below 1e-15, relative
 * error of the lower tail below 1e-12 (tests/base/test_normal.c). */
#ifndef JK_BASE_NORMAL_H
#define JK_BASE_NORMAL_H

#include "base/number/fmath.h"
#include "base/number/random.h"

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

/* The standard normal quantile of p in (0, 1), relative error about 1e-7: algorithm PPND7 of Wichura (1988), "The
 * percentage points of the normal distribution", Applied Statistics 37, AS 241. */
static inline double jk_normal_quantile(double p) {
    double q = p - 0.5;
    if (q >= -0.425 && q <= 0.425) {
        double r = 0.180625 - q * q;
        return q * (((5.9109374720e1 * r + 1.5929113202e2) * r + 5.0434271938e1) * r + 3.3871327179) /
               (((6.7187563600e1 * r + 7.8757757664e1) * r + 1.7895169469e1) * r + 1.0);
    }
    double r = sqrt(-jk_log(q < 0.0 ? p : 1.0 - p));
    double z;
    if (r <= 5.0) {
        r -= 1.6;
        z = (((1.7023821103e-1 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
            ((1.2021132975e-1 * r + 7.3700164250e-1) * r + 1.0);
    } else {
        r -= 5.0;
        z = (((1.7337203997e-2 * r + 4.2868294337e-1) * r + 3.0812263860) * r + 6.6579051150) /
            ((1.2258202635e-2 * r + 2.4197894225e-1) * r + 1.0);
    }
    return q < 0.0 ? -z : z;
}

/* A standard normal number from a word of jk_philox. */
static inline double jk_normal(uint32_t word) {
    return jk_normal_quantile(jk_uniform(word));
}

#endif
