/* SPDX-License-Identifier: Apache-2.0 */
/* Months spent quiet and paying: a row of M = integral of e^-tA over 0..m (model.md section 5), in 64 bits, by the
 * eigenvalues e = (x_q + x_p -+ w)/2 of A, w = sqrt(d^2 + 4 s beta), d = x_q - x_p. With phi(e) = (1 - e^(-e m))/e and
 * D = (phi(slow) - phi(fast))/w,
 *
 *     M_qq = phi(fast) + (w - d)/2 D     M_qp = s D     M_pq = beta D     M_pp = phi(fast) + (w + d)/2 D.
 *
 * Where the two meet, D is the slope of phi.
 */
#include "model/economics.h"

#include <math.h>

#include "base/number/fmath.h"

double jk_steps_integral(const jk_steps *steps, double from, double months) {
    double end = from + months, sum = 0.0;
    for (size_t i = 0; i < steps->count; i++) {
        double low = (double)steps->month[i] > from ? (double)steps->month[i] : from;
        double high = i + 1 < steps->count && (double)steps->month[i + 1] < end ? (double)steps->month[i + 1] : end;
        sum += high > low ? steps->value[i] * (high - low) : 0.0;
    }
    return sum;
}

/* (1 - e^(-e m))/e, by its series where e m is small. */
static double months_left(double e, double m) {
    double x = e * m;
    return fabs(x) < 1e-5 ? m * (1.0 - x / 2.0 + x * x / 6.0) : (1.0 - jk_exp(-x)) / e;
}

/* Minus its slope: (1 - e^(-x) (1 + x))/e^2 with x = e m. */
static double months_slope(double e, double m) {
    double x = e * m;
    return fabs(x) < 1e-4 ? m * m * (0.5 - x / 3.0 + x * x / 8.0) : (1.0 - jk_exp(-x) * (1.0 + x)) / (e * e);
}

void jk_mood_months(const jk_mood_rates *rates, double months, bool paying, double spent[2]) {
    double d = rates->leave_quiet - rates->leave_paying, sum = rates->leave_quiet + rates->leave_paying;
    double w = sqrt(d * d + 4.0 * rates->begin * rates->stop);
    double slow = months_left((sum - w) / 2.0, months), fast = months_left((sum + w) / 2.0, months);
    double both = w * months > 1e-6 ? (slow - fast) / w : months_slope(sum / 2.0, months);
    spent[0] = paying ? rates->stop * both : fast + (w - d) / 2.0 * both;
    spent[1] = paying ? fast + (w + d) / 2.0 * both : rates->begin * both;
}
