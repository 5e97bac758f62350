/* SPDX-License-Identifier: Apache-2.0 */
/* Golden section (Kiefer, Proceedings of the American Mathematical Society 4, 1953, 502-506). */
#ifndef JK_BASE_GOLDEN_H
#define JK_BASE_GOLDEN_H

#include <math.h>

typedef double jk_golden_function(void *context, double x);

/* Narrows [*low, *high] around the top of a function that has one there, `steps` times by 0.618, or until a value is at
 * least `enough` (INFINITY: none is). Returns the larger of the last two values within. */
static inline double jk_golden_top(jk_golden_function *at, void *context, int steps, double enough, double *low,
                                   double *high) {
    const double golden = 0.61803398874989484820;
    double a = *high - golden * (*high - *low), b = *low + golden * (*high - *low);
    double at_a = at(context, a), at_b = at(context, b);
    for (int step = 0; step < steps && !(at_a >= enough) && !(at_b >= enough); step++) {
        if (at_a > at_b) {
            *high = b;
            b = a;
            at_b = at_a;
            a = *high - golden * (*high - *low);
            at_a = at(context, a);
        } else {
            *low = a;
            a = b;
            at_a = at_b;
            b = *low + golden * (*high - *low);
            at_b = at(context, b);
        }
    }
    return fmax(at_a, at_b);
}

#endif
