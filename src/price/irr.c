/* SPDX-License-Identifier: Apache-2.0 */
/* The rate of return at an outlay. Nothing is guessed: the whole range of rates is scanned for every rate that fits,
 * unless the amounts change their sign once, when there is only one.
 *
 * Where several fit, one of them can still be the return. If what has come in less what has gone out, added up without
 * interest, changes its sign once, exactly one rate is above 0 (Norstrom 1972, "A sufficient condition for a unique
 * nonnegative internal rate of return"); where it never changes, none is, by summation by parts. The others are below
 * and come of costs after the last collections, which a negative rate blows up: the highest rate is then meant. */
#include <math.h>
#include <stdbool.h>

#include "base/lanes/isa.h"
#include "base/number/fmath.h"
#include "base/number/golden.h"
#include "jalki/price.h"
#include "price/irr.h"

enum { SCAN_STEPS = 4096, HALVINGS = 200, NARROWINGS = 80 };

#define ROUNDING    1e-14 /* of the sum of all amounts */
#define NEARLY_ZERO 1e-9  /* force of a rate that rounding alone keeps from 0 */

const char *jk_irr_outcome_name(jk_irr_outcome outcome) {
    static const char *const names[] = {"found", "none", "several", "above"};
    return (unsigned)outcome <= JK_IRR_ABOVE ? names[outcome] : "?";
}

JK_ISA_DECLARE(jk_irr_kernel, jk_irr_kernel_);

/* Present value less outlay at force = ln(1 + rate). */
static double surplus(const jk_irr_problem *problem, double force) {
    double factor = jk_exp(-force / 12.0);
    double value = 0.0;
    for (int t = problem->months - 1; t >= 0; t--) {
        value = value * factor + problem->net[t];
    }
    return value * jk_exp(-force / 24.0) - problem->outlay;
}

static inline double force_between(double low, double high, int step) {
    return low + (high - low) * ((double)step / SCAN_STEPS);
}

static double scan_force(int step) {
    return force_between(jk_log(1.0 + JK_IRR_LOWEST), jk_log(1.0 + JK_IRR_HIGHEST), step);
}

/* Present values less outlay at the kernel's number of forces, the same bits as one by one. */
static void surpluses(const jk_irr_problem *problem, const double *force, double *surplus_at) {
    problem->kernel->surplus(problem, force, surplus_at);
}

/* All middles that some halvings of [low, high] can come to: middle[1] is the first, those of its lower and upper half
 * are middle[2] and middle[3], and so on; middle[0] is none. */
static void middles_of(double low, double high, size_t lanes, double *middle) {
    double lows[JK_IRR_LANES], highs[JK_IRR_LANES];
    lows[1] = middle[0] = low;
    highs[1] = high;
    for (size_t n = 1; n < lanes; n++) {
        middle[n] = 0.5 * (lows[n] + highs[n]);
        if (2 * n < lanes) {
            lows[2 * n] = lows[n];
            highs[2 * n] = lows[2 * n + 1] = middle[n];
            highs[2 * n + 1] = highs[n];
        }
    }
}

/* Halves [low, high], whose ends have surpluses of opposite sign, to neighbouring numbers; three to six halvings wait
 * for one look at all their middles. */
static double halve(const jk_irr_problem *problem, double low, double high) {
    double low_surplus = surplus(problem, low), middle[JK_IRR_LANES], here[JK_IRR_LANES];
    const size_t lanes = (size_t)problem->kernel->lanes;
    for (int halvings = 0; halvings < HALVINGS;) {
        middles_of(low, high, lanes, middle);
        surpluses(problem, middle, here);
        for (size_t n = 1; n < lanes && halvings < HALVINGS; halvings++) {
            if (middle[n] <= low || middle[n] >= high) {
                return 0.5 * (low + high);
            }
            if (here[n] == 0.0) {
                return middle[n];
            }
            bool upper = (here[n] > 0.0) == (low_surplus > 0.0);
            *(upper ? &low : &high) = middle[n];
            n = 2 * n + upper;
        }
    }
    return 0.5 * (low + high);
}

typedef struct mirrored {
    const jk_irr_problem *problem;
    double sign;
} mirrored;

static double mirrored_surplus(void *context, double force) {
    const mirrored *self = context;
    return self->sign * surplus(self->problem, force);
}

/* true if the surplus, of one sign at both ends and nearest to 0 in between, crosses 0 twice there (golden section). */
static bool dips_through_zero(const jk_irr_problem *problem, double low, double high, bool positive) {
    mirrored self = {problem, positive ? -1.0 : 1.0};
    return jk_golden_top(mirrored_surplus, &self, NARROWINGS - 1, 0.0, &low, &high) >= 0.0;
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

/* Whether the amounts, the outlay first, change their sign once. */
static bool turns_once(const jk_irr_problem *problem) {
    double sign = -problem->outlay;
    int turns = 0;
    for (int t = 0; t < problem->months; t++) {
        double net = problem->net[t];
        if (net != 0.0) {
            turns += sign != 0.0 && (net > 0.0) != (sign > 0.0);
            sign = net;
        }
    }
    return turns == 1;
}

/* Amounts that change their sign once have one rate (Descartes' rule of signs), and the surplus is of one sign on
 * either side of it: the step in which the scan would meet it is found by halving. */
static bool find_only(const jk_irr_problem *problem, irr_roots *roots) {
    int low = 0, high = SCAN_STEPS;
    double first = surplus(problem, scan_force(low)), last = surplus(problem, scan_force(high));
    if (!isfinite(first) || !isfinite(last)) {
        return false;
    }
    if (first == 0.0 || (first > 0.0) == (last > 0.0)) {
        if (first == 0.0) {
            add_root(roots, scan_force(low), 1);
        }
        return true;
    }
    const int lanes = problem->kernel->lanes;
    for (int stride = SCAN_STEPS; stride > 1;) {
        stride = stride > lanes ? stride / lanes : 1;
        const int from = low;
        double force[JK_IRR_LANES], here[JK_IRR_LANES];
        for (int k = 0; k < lanes; k++) {
            force[k] = scan_force(from + k * stride);
        }
        surpluses(problem, force, here);
        while (high - low > stride) {
            int middle = (low + high) / 2, k = (middle - from) / stride;
            *(here[k] != 0.0 && (here[k] > 0.0) == (first > 0.0) ? &low : &high) = middle;
        }
    }
    bool met = surplus(problem, scan_force(high)) == 0.0;
    add_root(roots, met ? scan_force(high) : halve(problem, scan_force(low), scan_force(high)), 1);
    return true;
}

/* Every rate in the range; false where the flows are not numbers. */
static bool scan(const jk_irr_problem *problem, irr_roots *roots) {
    double before = NAN;   /* surplus two steps back; at first NAN, which is less than nothing */
    double previous = NAN; /* surplus one step back */
    const double low = jk_log(1.0 + JK_IRR_LOWEST), high = jk_log(1.0 + JK_IRR_HIGHEST);
    const int lanes = problem->kernel->lanes;
    double force[JK_IRR_LANES], ahead[JK_IRR_LANES];
    for (int step = 0; step <= SCAN_STEPS; step++) {
        if (step % lanes == 0) {
            for (int k = 0; k < lanes; k++) {
                force[k] = force_between(low, high, step + k < SCAN_STEPS ? step + k : SCAN_STEPS);
            }
            surpluses(problem, force, ahead);
        }
        double here = ahead[step % lanes];
        if (!isfinite(here)) {
            return false;
        }
        if (here == 0.0) {
            add_root(roots, scan_force(step), 1);
        } else if (step > 0 && previous != 0.0 && (here > 0.0) != (previous > 0.0)) {
            add_root(roots, halve(problem, scan_force(step - 1), scan_force(step)), 1);
        } else if (fabs(previous) < fabs(before) && fabs(previous) < fabs(here) && previous != 0.0 &&
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

static irr_shape shape_of(const jk_irr_problem *problem) {
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
    jk_irr_problem problem = {net, months, outlay, JK_ISA_OF(jk_irr_kernel_, jk_isa_usual())};
    irr_roots roots = {.highest = NAN};
    *rate = NAN;
    if (!(turns_once(&problem) ? find_only(&problem, &roots) : scan(&problem, &roots))) {
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
