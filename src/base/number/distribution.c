/* SPDX-License-Identifier: Apache-2.0 */
/* The regularised incomplete functions of gamma and beta distributions, and what is found by halving in them:
 *
 *     P(a, x) = x^a e^-x / Gamma(a) * sum over n of x^n / (a (a + 1) ... (a + n))       where x < a + 1 (DLMF 8.11.4)
 *     1 - P(a, x) = x^a e^-x / Gamma(a) * 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - ...))   elsewhere (DLMF 8.9.2)
 *     I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) * 1 / (1 + d_1 / (1 + d_2 / (1 + ...)))                 (DLMF 8.17.22)
 *
 * and 1 - I_1-x(b, a) where that converges sooner. Both fractions go from their head (Lentz, Applied Optics 15 (1976),
 * 668), until a factor is 1 within 1e-16. Quantiles are halved to 1e-12 of themselves rather than sought by Newton's
 * steps: they always arrive, and on the same bits. */
#include "base/number/distribution.h"

#include <math.h>

#include "base/number/fmath.h"

enum { TERMS_MAX = 100000, BISECTIONS = 200 };
static const double tiny = 1e-300;
static const double enough = 1e-16;

double jk_log_gamma(double x) {
    enum { LARGE = 16 };
    double shift = 0.0;
    while (x < LARGE) { /* Gamma(x) = Gamma(x + 1) / x */
        shift += jk_log(x);
        x += 1.0;
    }
    double inverse = 1.0 / x;
    double square = inverse * inverse;
    double series =
        1.0 / 12.0 +
        square * (-1.0 / 360.0 + square * (1.0 / 1260.0 + square * (-1.0 / 1680.0 + square * (1.0 / 1188.0))));
    const double half_log_two_pi = 0.91893853320467274178;
    return (x - 0.5) * jk_log(x) - x + half_log_two_pi + series * inverse - shift;
}

/* ---- incomplete gamma and beta functions ------------------------------------------------------------------------- */

static double gamma_series(double a, double x) {
    double term = 1.0 / a;
    double sum = term;
    for (int n = 1; n < TERMS_MAX && term > sum * enough; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * jk_exp(a * jk_log(x) - x - jk_log_gamma(a));
}

/* The upper tail as a continued fraction, by Lentz's method. */
static double gamma_fraction(double a, double x) {
    double b = x + 1.0 - a;
    double c = 1.0 / tiny;
    double d = 1.0 / b;
    double value = d;
    for (int n = 1; n < TERMS_MAX; n++) {
        double numerator = -n * (n - a);
        b += 2.0;
        d = numerator * d + b;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = b + numerator / c;
        c = fabs(c) < tiny ? tiny : c;
        double change = d * c;
        value *= change;
        if (fabs(change - 1.0) < enough) {
            break;
        }
    }
    return value * jk_exp(a * jk_log(x) - x - jk_log_gamma(a));
}

double jk_gamma_probability(double a, double x) {
    if (!(x > 0.0)) {
        return 0.0;
    }
    return x < a + 1.0 ? gamma_series(a, x) : 1.0 - gamma_fraction(a, x);
}

/* The fraction of I_x: the d of even places, then that of odd ones. */
static double beta_fraction(double a, double b, double x) {
    double c = 1.0;
    double d = 1.0 - (a + b) * x / (a + 1.0);
    d = 1.0 / (fabs(d) < tiny ? tiny : d);
    double value = d;
    for (int m = 1; m < TERMS_MAX; m++) {
        double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        double change = 1.0;
        for (int part = 0; part < 2; part++) {
            double numerator = part == 0 ? even : odd;
            d = 1.0 + numerator * d;
            d = 1.0 / (fabs(d) < tiny ? tiny : d);
            c = 1.0 + numerator / c;
            c = fabs(c) < tiny ? tiny : c;
            change = d * c;
            value *= change;
        }
        if (fabs(change - 1.0) < enough) {
            break;
        }
    }
    return value;
}

double jk_beta_probability(double a, double b, double x) {
    if (!(x > 0.0)) {
        return 0.0;
    }
    if (!(x < 1.0)) {
        return 1.0;
    }
    double front =
        jk_exp(jk_log_gamma(a + b) - jk_log_gamma(a) - jk_log_gamma(b) + a * jk_log(x) + b * jk_log(1.0 - x));
    return x < (a + 1.0) / (a + b + 2.0) ? front * beta_fraction(a, b, x) / a
                                         : 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

/* ---- quantiles --------------------------------------------------------------------------------------------------- */

/* Halves [low, high] until its middle does not change any more. */
double jk_gamma_quantile(double a, double p) {
    double low = 0.0;
    double high = a + 50.0 * sqrt(a) + 100.0;
    for (int i = 0; i < BISECTIONS && high - low > 1e-12 * high; i++) {
        double middle = 0.5 * (low + high);
        if (jk_gamma_probability(a, middle) < p) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

double jk_beta_quantile(double a, double b, double p) {
    double low = 0.0;
    double high = 1.0;
    for (int i = 0; i < BISECTIONS && high - low > 1e-12 * high; i++) {
        double middle = 0.5 * (low + high);
        if (jk_beta_probability(a, b, middle) < p) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

double jk_student_95(double degrees) {
    const double many = 1e6;
    if (degrees > many) {
        return JK_NORMAL_95;
    }
    double x = jk_beta_quantile(0.5 * degrees, 0.5, 0.05); /* degrees / (degrees + t^2) */
    return sqrt(degrees * (1.0 - x) / x);
}

void jk_poisson_interval(double count, double *low, double *high) {
    *low = count > 0.0 ? jk_gamma_quantile(count, 0.025) : 0.0;
    *high = jk_gamma_quantile(count + 1.0, 0.975);
}
