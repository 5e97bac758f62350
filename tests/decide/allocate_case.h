/* SPDX-License-Identifier: Apache-2.0 */
/* The words of jalki/allocate.h written again, one unit at a time: whom a limit is for, what an action uses of it, what
 * is left of its value at prices; and states of an allocation whose prices a test sets. */
#ifndef JK_TESTS_ALLOCATE_CASE_H
#define JK_TESTS_ALLOCATE_CASE_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "cmocka_all.h"
#include "decide/allocate.h"

static inline bool is_for(const jk_limit *limit, int country, int segment) {
    bool of_team = limit->team == NULL;
    for (size_t k = 0; limit->team != NULL && k < limit->team->country_count; k++) {
        of_team = of_team || limit->team->country[k] == country;
    }
    for (size_t k = 0; limit->team != NULL && k < limit->team->segment_count; k++) {
        of_team = of_team || limit->team->segment[k] == segment;
    }
    return of_team && (limit->country < 0 || limit->country == country) &&
           (limit->segment < 0 || limit->segment == segment);
}

/* In parts: hundredths, ten-thousandths of an hour, claims. */
static inline double plain_use(const jk_allocation *p, const jk_limit *limit, size_t unit, int action) {
    if (!is_for(limit, p->country != NULL ? p->country[unit] : 0, p->segment != NULL ? p->segment[unit] : 0)) {
        return 0.0;
    }
    switch (limit->resource) {
    case JK_RESOURCE_COURT:
        return action == JK_LEGAL && p->court != NULL ? p->court[unit] : 0.0;
    case JK_RESOURCE_HOURS:
        return action >= JK_SURVEIL && p->hours[action - JK_SURVEIL] != NULL ? p->hours[action - JK_SURVEIL][unit]
                                                                             : 0.0;
    default:
        return action != (int)limit->action ? 0.0 : p->claims[action] != NULL ? p->claims[action][unit] : 1.0;
    }
}

static inline double plain_parts(const jk_limit *limit) {
    return limit->resource == JK_RESOURCE_COURT ? 100.0 : limit->resource == JK_RESOURCE_HOURS ? 10000.0 : 1.0;
}

/* Value less the price of what is used, prices by part; NaN: not allowed. */
static inline double plain_reduced(const jk_allocation *p, const double *price, size_t unit, int action) {
    double left = p->value[action] != NULL ? (double)p->value[action][unit] : (double)NAN;
    for (size_t m = 0; m < p->limit_count; m++) {
        left -= price[m] * plain_use(p, &p->limits[m], unit, action);
    }
    return left;
}

/* The first of the best. */
static inline int plain_best(const jk_allocation *p, const double *price, size_t unit) {
    int best = JK_CLOSE;
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        best = plain_reduced(p, price, unit, a) > plain_reduced(p, price, unit, best) ? a : best;
    }
    return best;
}

/* Fills the cells of a state of the problem with the limits that are for each, ascending. */
static inline void set_cells(const jk_allocation *p, allocation_state *state) {
    for (size_t c = 0; c < state->countries * state->segments; c++) {
        allocation_cell *cell = &state->cells[c];
        cell->count = 0;
        for (size_t m = 0; m < p->limit_count; m++) {
            if (is_for(&p->limits[m], (int)(c / state->segments), (int)(c % state->segments))) {
                cell->limit[cell->count++] = (uint16_t)m;
            }
        }
    }
}

#endif
