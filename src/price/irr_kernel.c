/* SPDX-License-Identifier: Apache-2.0 */
/* The same operations as `surplus` of irr.c, side by side: present value less outlay, sum net[t] exp(-(t + 1/2) force /
 * 12) - outlay, by Horner's rule in the monthly factor, at as many forces as keep the processor busy while each step of
 * one waits for the step before; neither fused nor reordered, so that each lane has the bits of the one-by-one loop. */
#include "price/irr.h"

#include "base/lanes/isa_name.h"
#include "base/lanes/lanes.h"
#include "base/number/fmath.h"

#if defined(JK_LANES_V4)
enum { SOME = 8 };
#elif defined(JK_LANES_V3)
enum { SOME = 4 };
#else
enum { SOME = 2 };
#endif
enum { PARTS = 8, HERE = PARTS * SOME };
typedef double some __attribute__((vector_size(SOME * sizeof(double))));

static void surplus_of_lanes(const jk_irr_problem *problem, const double *force, double *surplus) {
    union {
        double of[HERE];
        some part[PARTS];
    } factor, last;
    some value[PARTS];
    for (int k = 0; k < HERE; k++) {
        factor.of[k] = jk_exp(-force[k] / 12.0);
        last.of[k] = jk_exp(-force[k] / 24.0);
    }
    JK_UNROLL
    for (int p = 0; p < PARTS; p++) {
        value[p] = (some){0.0};
    }
    for (int t = problem->months - 1; t >= 0; t--) {
        const some net = problem->net[t] - (some){0.0};
        JK_UNROLL
        for (int p = 0; p < PARTS; p++) {
            value[p] = value[p] * factor.part[p] + net;
        }
    }
    JK_UNROLL
    for (int p = 0; p < PARTS; p++) {
        last.part[p] = value[p] * last.part[p] - problem->outlay;
    }
    for (int k = 0; k < HERE; k++) {
        surplus[k] = last.of[k];
    }
}

extern const jk_irr_kernel JK_ISA_NAME(jk_irr_kernel_);
const jk_irr_kernel JK_ISA_NAME(jk_irr_kernel_) = {HERE, surplus_of_lanes};
