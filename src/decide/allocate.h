/* SPDX-License-Identifier: Apache-2.0 */
/* What the three parts of the allocation share: the dual (allocate_dual.c), rounding and repair (allocate_round.c), the
 * search of the core (allocate_core.c). */
#ifndef JK_DECIDE_ALLOCATE_H
#define JK_DECIDE_ALLOCATE_H

#include <math.h>
#include <stdbool.h>

#include "jalki/allocate.h"

/* Which limits a unit can touch depends on its country and segment only: a cell. */
typedef struct allocation_cell {
    size_t count;
    uint16_t limit[JK_LIMITS_MAX];
} allocation_cell;

typedef struct allocation_state {
    const jk_allocation *problem;
    const jk_run *run;
    size_t countries, segments; /* cell index = country * segments + segment */
    allocation_cell *cells;
    double amount[JK_LIMITS_MAX];      /* of the limits, in the whole parts that uses are counted in */
    double price[JK_LIMITS_MAX];       /* of one part */
    struct allocation_tariff *tariffs; /* of the prices above, by cell; made after the dual */
} allocation_state;

/* Parts in which a resource is counted: hundredths of the currency, ten-thousandths of an hour, claims. */
static inline double allocation_parts(jk_resource resource) {
    return resource == JK_RESOURCE_COURT ? 100.0 : (resource == JK_RESOURCE_HOURS ? 10000.0 : 1.0);
}

static inline size_t allocation_cell_of(const allocation_state *state, size_t unit) {
    const jk_allocation *p = state->problem;
    size_t country = p->country != NULL ? p->country[unit] : 0;
    size_t segment = p->segment != NULL ? p->segment[unit] : 0;
    return country * state->segments + segment;
}

static inline bool allocation_is_member(const int *member, size_t count, int index) {
    for (size_t i = 0; i < count; i++) {
        if (member[i] == index) {
            return true;
        }
    }
    return false;
}

/* Whether a limit is for units of this country and segment. */
static inline bool allocation_covers(const jk_limit *limit, int country, int segment) {
    const jk_team *team = limit->team;
    if (team != NULL) {
        return allocation_is_member(team->country, team->country_count, country) ||
               allocation_is_member(team->segment, team->segment_count, segment);
    }
    return (limit->country == JK_SCOPE_ALL || limit->country == country) &&
           (limit->segment == JK_SCOPE_ALL || limit->segment == segment);
}

/* Parts that `unit` uses of limit `limit` (which must be one of its cell's) under `action`. */
static inline double allocation_use(const jk_allocation *p, const jk_limit *limit, size_t unit, int action) {
    switch (limit->resource) {
    case JK_RESOURCE_COURT:
        return action == JK_LEGAL && p->court != NULL ? (double)p->court[unit] : 0.0;
    case JK_RESOURCE_HOURS: {
        const int32_t *hours = action >= JK_SURVEIL ? p->hours[action - JK_SURVEIL] : NULL;
        return hours != NULL ? (double)hours[unit] : 0.0;
    }
    default:
        if (action != (int)limit->action) {
            return 0.0;
        }
        return p->claims[action] != NULL ? (double)p->claims[action][unit] : 1.0;
    }
}

/* What a unit of a cell pays per part of each resource: sums of the prices of the cell's limits. */
typedef struct allocation_tariff {
    double court, hours;
    double claims[JK_ACTION_COUNT];
} allocation_tariff;

/* Fills tariffs[countries * segments] from the prices of the limits. */
void jk_allocation_tariffs(const allocation_state *state, const double *price, allocation_tariff *tariffs);

/* What an action of a unit of a cell costs by the cell's tariff. */
static inline double allocation_cost(const jk_allocation *p, const allocation_tariff *tariff, size_t unit, int action) {
    double claims = p->claims[action] != NULL ? (double)p->claims[action][unit] : 1.0;
    double cost = tariff->claims[action] * claims;
    if (action >= JK_SURVEIL && p->hours[action - JK_SURVEIL] != NULL) {
        cost += tariff->hours * (double)p->hours[action - JK_SURVEIL][unit];
    }
    if (action == JK_LEGAL && p->court != NULL) {
        cost += tariff->court * (double)p->court[unit];
    }
    return cost;
}

/* Value less the price of what the action uses, for all actions; -infinity where one is not allowed. */
static inline void allocation_reduced(const allocation_state *state, const allocation_tariff *tariffs, size_t unit,
                                      double reduced[JK_ACTION_COUNT]) {
    const jk_allocation *p = state->problem;
    const allocation_tariff *tariff = &tariffs[allocation_cell_of(state, unit)];
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        float value = p->value[a] != NULL ? p->value[a][unit] : (float)NAN;
        reduced[a] = value == value ? (double)value - allocation_cost(p, tariff, unit, a) : -(double)INFINITY;
    }
}

/* The action with the largest reduced value, the earliest of equals. */
static inline int allocation_best(const double reduced[JK_ACTION_COUNT]) {
    int best = JK_CLOSE;
    for (int a = JK_CLOSE + 1; a < JK_ACTION_COUNT; a++) {
        best = reduced[a] > reduced[best] ? a : best;
    }
    return best;
}

/* Finds prices that make the dual bound small; writes them to state->price and the bound (exact for those prices). */
jk_status jk_allocation_dual(allocation_state *state, double *bound, jk_error *error);

/* From prices to a feasible allocation: best reduced values, repair of what is over a limit, filling of what is left.
 */
jk_status jk_allocation_round(const allocation_state *state, uint8_t *decision, jk_error *error);

/* Searches the units whose choice the bound leaves open, within a number of steps; improves decision, objective and
 * bound. */
jk_status jk_allocation_core(const allocation_state *state, uint8_t *decision, double *objective, double *bound,
                             jk_error *error);

/* Sums of value and of use of every limit, in parts (exact, any order). */
double jk_allocation_sum(const allocation_state *state, const uint8_t *decision, double *use);

/* Solves. result->decision must hold `units` bytes. Deterministic for any number of threads. Equal reduced values go to
 * the earlier action. JK_ERROR_ARGUMENT for a negative or unreadable limit, JK_ERROR_MEMORY, JK_ERROR_INTERRUPTED. */
jk_status jk_allocate(const jk_allocation *problem, const jk_run *run, jk_allocation_result *result, jk_error *error);

#endif
