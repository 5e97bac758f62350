/* SPDX-License-Identifier: Apache-2.0 */
/* The dual at given prices, smoothed, with its gradient and curvature: sums over the units. Units whose best action no
 * price within reach can change are summed once and left out of the evaluations that follow. */
#ifndef JK_DECIDE_ALLOCATE_PASS_H
#define JK_DECIDE_ALLOCATE_PASS_H

#include "decide/allocate.h"

/* Sums of one pass, as integers: exact in any order. Derivatives are by scaled price (price x scale of the limit). */
typedef struct dual_sums {
    int64_t value;
    int64_t *use;                         /* [limits], in units of scale x 2^-20 */
    int64_t *curvature;                   /* [limits][limits] */
    int64_t settled;                      /* value of the units left out, without the price of what they use */
    int64_t *settled_use, *settled_parts; /* [limits] of the units left out: as `use`, and in parts */
} dual_sums;

/* The units that are left to look at, and for which prices and temperatures that holds. */
typedef struct dual_open {
    bool known;
    double temperature;                               /* of this one and lower ones */
    double least[JK_LIMITS_MAX], most[JK_LIMITS_MAX]; /* prices */
    uint16_t *unit;                                   /* [units] by block: place in the block */
    uint16_t *count;                                  /* [blocks] */
    allocation_tariff *reach;                         /* by cell: how far prices may still move, up or down */
} dual_open;

/* The units that are looked at, every step-th, and working memory. */
typedef struct dual_units {
    const allocation_state *state;
    size_t limits, step, units;
    int threads;
    double scale[JK_LIMITS_MAX];
    dual_sums *sums; /* [threads] */
    dual_open open;
} dual_units;

/* Figures at one point, by scaled price. */
typedef struct dual_point {
    double value; /* without what the limits would sell for */
    double use[JK_LIMITS_MAX];
    double *hessian; /* [limits][limits], lower triangle */
} dual_point;

jk_status jk_dual_units_create(const allocation_state *state, dual_units *units, jk_error *error);
void jk_dual_units_free(dual_units *units);

/* Takes about `wanted` of the units from here on. */
void jk_dual_units_sample(dual_units *units, size_t wanted);

/* The sums at `price`; a temperature of 0 is the hard maximum over all units, without curvature. */
jk_status jk_dual_at(dual_units *units, const double *price, double temperature, dual_point *point, jk_error *error);

#endif
