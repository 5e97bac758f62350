/* SPDX-License-Identifier: Apache-2.0 */
/* The rate of return at an outlay. Nothing is guessed: the whole range of rates is scanned for every rate that fits.
 *
 * Where several fit, one of them can still be the return. If what has come in less what has gone out, added up without
 * interest, changes its sign once, exactly one rate is above 0 (Norstrom 1972, "A sufficient condition for a unique
 * nonnegative internal rate of return"); where it never changes, none is, by summation by parts. The others are below
 * and come of costs after the last collections, which a negative rate blows up: the highest rate is then meant. */
#include <math.h>
#include <stdbool.h>

#include "base/fmath.h"
#include "jalki/price.h"

enum { SCAN_STEPS = 4096, HALVINGS = 200, NARROWINGS = 80 };

#define ROUNDING    1e-14 /* of the sum of all amounts */
#define NEARLY_ZERO 1e-9  /* force of a rate that rounding alone keeps from 0 */

const char *jk_irr_outcome_name(jk_irr_outcome outcome) {
    static const char *const names[] = {"found", "none", "several", "above"};
    return (unsigned)outcome <= JK_IRR_ABOVE ? names[outcome] : "?";
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

/* The rates that fit, as forces. */
typedef struct irr_roots {
    int count, positive; /* all; those above 0 */
    double highest;
} irr_roots;

static void add_root(irr_roots *roots, double force, int count) {
    roots->count += count;
    roots->positive += force > 0.0 ? count : 0;
    roots->highest = force; /* the scan ascends */
}

/* Every rate in the range; false where the flows are not numbers. */
static bool scan(const irr_problem *problem, irr_roots *roots) {
    double before = NAN;   /* surplus two steps back */
    double previous = NAN; /* surplus one step back */
    for (int step = 0; step <= SCAN_STEPS; step++) {
        double here = surplus(problem, scan_force(step));
        if (!isfinite(here)) {
            return false;
        }
        if (here == 0.0) {
            add_root(roots, scan_force(step), 1);
        } else if (step > 0 && previous != 0.0 && (here > 0.0) != (previous > 0.0)) {
            add_root(roots, halve(problem, scan_force(step - 1), scan_force(step)), 1);
        } else if (step > 1 && fabs(previous) < fabs(before) && fabs(previous) < fabs(here) && previous != 0.0 &&
                   (before > 0.0) == (previous > 0.0) && (here > 0.0) == (previous > 0.0) &&
                   dips_through_zero(problem, scan_force(step - 2), scan_force(step), here > 0.0)) {
            add_root(roots, scan_force(step), 2);
        }
        before = previous;
        previous = here;
    }
    return true;
}

/* What the flows say of themselves without interest. */
typedef struct irr_shape {
    int turns;     /* changes of sign of the cumulated flow */
    bool invested; /* money goes out first */
    double rest;   /* all that comes in less all that goes out */
    double volume; /* sum of the amounts */
} irr_shape;

static irr_shape shape_of(const irr_problem *problem) {
    irr_shape shape = {.invested = problem->outlay > 0.0, .rest = -problem->outlay, .volume = fabs(problem->outlay)};
    double sign = shape.rest;
    for (int t = 0; t < problem->months; t++) {
        double net = problem->net[t];
        shape.invested = shape.volume == 0.0 ? net < 0.0 : shape.invested;
        shape.rest += net;
        shape.volume += fabs(net);
        if (shape.rest != 0.0) {
            shape.turns += sign != 0.0 && (shape.rest > 0.0) != (sign > 0.0);
            sign = shape.rest;
        }
    }
    return shape;
}

jk_irr_outcome jk_price_irr(const double *net, int months, double outlay, double *rate) {
    irr_problem problem = {net, months, outlay};
    irr_roots roots = {.highest = NAN};
    *rate = NAN;
    if (!scan(&problem, &roots)) {
        return JK_IRR_NO_ROOT;
    }
    irr_shape shape = shape_of(&problem);
    bool above = shape.invested && surplus(&problem, scan_force(SCAN_STEPS)) > 0.0;
    if (roots.count == 0) {
        return above ? JK_IRR_ABOVE : JK_IRR_NO_ROOT;
    }
    if (roots.count + above > 1 && (roots.positive + above > 1 || shape.turns > 1)) {
        return JK_IRR_SEVERAL_ROOTS;
    }
    if (above) {
        return JK_IRR_ABOVE;
    }
    /* All comes back and no more, but for rounding: 0, not the least number beside it. */
    *rate = fabs(shape.rest) <= ROUNDING * shape.volume && fabs(roots.highest) < NEARLY_ZERO
                ? 0.0
                : jk_exp(roots.highest) - 1.0;
    return JK_IRR_FOUND;
}
