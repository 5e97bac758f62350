/* SPDX-License-Identifier: Apache-2.0 */
/* The rate of return at an outlay. Nothing is guessed: the whole range of rates is scanned for every rate that fits. */
#include <math.h>

#include "base/fmath.h"
#include "jalki/price.h"

enum { SCAN_STEPS = 4096, HALVINGS = 200, NARROWINGS = 80 };

const char *jk_irr_outcome_name(jk_irr_outcome outcome) {
    static const char *const names[] = {"found", "none", "several"};
    return (unsigned)outcome <= JK_IRR_SEVERAL_ROOTS ? names[outcome] : "?";
}

typedef struct irr_problem {
    const double *net;
    int months;
    double outlay;
} irr_problem;

/* Present value less outlay at force = ln(1 + rate). */
static double surplus(const irr_problem *problem, double force) {
    double factor = jk_exp(-force / 12.0);
    double value = 0.0;
    for (int t = problem->months - 1; t >= 0; t--) {
        value = value * factor + problem->net[t];
    }
    return value * jk_exp(-force / 24.0) - problem->outlay;
}

static double scan_force(int step) {
    double low = jk_log(1.0 + JK_IRR_LOWEST);
    double high = jk_log(1.0 + JK_IRR_HIGHEST);
    return low + (high - low) * ((double)step / SCAN_STEPS);
}

/* Halves [low, high], whose ends have surpluses of opposite sign, to neighbouring numbers. */
static double halve(const irr_problem *problem, double low, double high) {
    double low_surplus = surplus(problem, low);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) {
            break;
        }
        double here = surplus(problem, middle);
        if (here == 0.0) {
            return middle;
        }
        if ((here > 0.0) == (low_surplus > 0.0)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

/* true if the surplus, of one sign at both ends and nearest to 0 in between, crosses 0 twice there (golden section). */
static int dips_through_zero(const irr_problem *problem, double low, double high, int positive) {
    const double golden = 0.61803398874989484820;
    double sign = positive ? 1.0 : -1.0;
    double a = high - golden * (high - low);
    double b = low + golden * (high - low);
    double at_a = sign * surplus(problem, a);
    double at_b = sign * surplus(problem, b);
    for (int i = 0; i < NARROWINGS; i++) {
        if (at_a <= 0.0 || at_b <= 0.0) {
            return 1;
        }
        if (at_a < at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - golden * (high - low);
            at_a = sign * surplus(problem, a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + golden * (high - low);
            at_b = sign * surplus(problem, b);
        }
    }
    return 0;
}

jk_irr_outcome jk_price_irr(const double *net, int months, double outlay, double *rate) {
    irr_problem problem = {net, months, outlay};
    *rate = NAN;
    int roots = 0;
    double root = NAN;
    double before = NAN;   /* surplus two steps back */
    double previous = NAN; /* surplus one step back */
    for (int step = 0; step <= SCAN_STEPS; step++) {
        double here = surplus(&problem, scan_force(step));
        if (!isfinite(here)) {
            return JK_IRR_NO_ROOT;
        }
        if (here == 0.0) {
            roots++;
            root = scan_force(step);
        } else if (step > 0 && previous != 0.0 && (here > 0.0) != (previous > 0.0)) {
            roots++;
            root = halve(&problem, scan_force(step - 1), scan_force(step));
        } else if (step > 1 && fabs(previous) < fabs(before) && fabs(previous) < fabs(here) && previous != 0.0 &&
                   (before > 0.0) == (previous > 0.0) && (here > 0.0) == (previous > 0.0) &&
                   dips_through_zero(&problem, scan_force(step - 2), scan_force(step), here > 0.0)) {
            roots += 2;
        }
        before = previous;
        previous = here;
    }
    if (roots != 1) {
        return roots == 0 ? JK_IRR_NO_ROOT : JK_IRR_SEVERAL_ROOTS;
    }
    *rate = jk_exp(root) - 1.0;
    return JK_IRR_FOUND;
}
