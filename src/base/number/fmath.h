/* SPDX-License-Identifier: Apache-2.0 */
/* exp and log in 64 bits, in plain C without a mathematics library and without fused operations: the same bits from
 * every compiler and on every machine. Relative error below 4e-16 (tests/base/test_fmath.c measures it). */
#ifndef JK_BASE_FMATH_H
#define JK_BASE_FMATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline double jk_bits_to_double(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t jk_double_to_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* ln 2 in two parts; the first has 32 trailing zero bits, so that its product with a small integer is exact. */
#define JK_LN2_HIGH 0x1.62e42feep-1
#define JK_LN2_LOW  0x1.a39ef35793c76p-33

/* exp(x); 0 below -745, infinity above 709.78; NaN for NaN. */
static inline double jk_exp(double x) {
    double clamped = x < -745.0 ? -745.0 : (x > 709.75 ? 709.75 : x);
    /* Round to the nearest integer by adding and taking away 1.5 * 2^52. */
    double k = (clamped * 1.44269504088896340736 + 0x1.8p52) - 0x1.8p52;
    double r = (clamped - k * JK_LN2_HIGH) - k * JK_LN2_LOW;
    /* Taylor series to r^13 on |r| <= 0.35: the rest is below 5e-18. */
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    double result = 1.0 + (r + r * r * p);
    /* 2^k in two factors, so that results near the ends of the range do not overflow half way. */
    int32_t n = x != x ? 0 : (int32_t)k;
    int32_t half = n / 2;
    result *= jk_bits_to_double((uint64_t)(1023 + half) << 52);
    result *= jk_bits_to_double((uint64_t)(1023 + n - half) << 52);
    return x != x ? x : (x < -745.0 ? 0.0 : (x > 709.75 ? (double)INFINITY : result));
}

/* log(x) for finite x > 0 (normal numbers); -infinity for 0, NaN below. */
static inline double jk_log(double x) {
    if (!(x > 0.0)) {
        return x == 0.0 ? -(double)INFINITY : (double)NAN;
    }
    if (x > 0x1.fffffffffffffp1023) {
        return x;
    }
    uint64_t bits = jk_double_to_bits(x);
    int64_t k = (int64_t)(bits >> 52) - 1023;
    double m = jk_bits_to_double((bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull);
    if (m > 1.41421356237309504880) { /* m into [sqrt(1/2), sqrt(2)] */
        m *= 0.5;
        k += 1;
    }
    /* log m = 2 atanh(s) with s = (m - 1)/(m + 1), |s| <= 0.1716; series to s^23. */
    double f = m - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double p = 2.0 / 23.0;
    p = p * z + 2.0 / 21.0;
    p = p * z + 2.0 / 19.0;
    p = p * z + 2.0 / 17.0;
    p = p * z + 2.0 / 15.0;
    p = p * z + 2.0 / 13.0;
    p = p * z + 2.0 / 11.0;
    p = p * z + 2.0 / 9.0;
    p = p * z + 2.0 / 7.0;
    p = p * z + 2.0 / 5.0;
    p = p * z + 2.0 / 3.0;
    /* log(1 + f) = f - f^2/2 + s (f^2/2 + z p): keeps the leading term exact. */
    double half_square = 0.5 * f * f;
    double kd = (double)k;
    return kd * JK_LN2_HIGH - ((half_square - (s * (half_square + z * p) + kd * JK_LN2_LOW)) - f);
}

#endif
