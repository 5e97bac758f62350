/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions under limits: choose one option per unit so that the sum of values is largest and no limit on court budget,
 * agent hours or number of claims is broken (model.md section 12).
 *
 * A unit is a claim, or a debtor whose claims are decided together. Its options are the five actions; close is always
 * allowed and uses nothing. The method is Lagrangian: a price per unit of each resource, found by a smoothed Newton
 * method on the dual, gives an upper bound on what any allocation can reach; rounding, repair and a search of the few
 * units near indifference give an integral, feasible one. The distance between the two is the certified gap. Source of
 * the method: M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management
 * Science 27 (1981); E. Balas and E. Zemel, "An algorithm for large zero-one knapsack problems", Operations Research 28
 * (1980), for the search of the core. */
#ifndef JALKI_ALLOCATE_H
#define JALKI_ALLOCATE_H

#include "jalki/model.h"
#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_resource {
    JK_RESOURCE_COURT, /* court fees paid now, base currency */
    JK_RESOURCE_HOURS, /* agent hours in the first epoch */
    JK_RESOURCE_CLAIMS /* number of claims under one action */
} jk_resource;

enum { JK_LIMITS_MAX = 256, JK_SCOPE_ALL = -1 };

/* A team works whole countries and segments: a unit is its if its country or its segment is named. */
enum { JK_TEAM_MEMBERS_MAX = 64 };
typedef struct jk_team {
    const char *name;
    size_t country_count, segment_count;
    int country[JK_TEAM_MEMBERS_MAX], segment[JK_TEAM_MEMBERS_MAX]; /* indexes, as in jk_limit */
} jk_team;

typedef struct jk_limit {
    jk_resource resource;
    jk_action action;    /* JK_RESOURCE_CLAIMS: the action that is counted, any but close */
    int country;         /* index of the country it is for, or JK_SCOPE_ALL */
    int segment;         /* index of the segment it is for, or JK_SCOPE_ALL */
    double amount;       /* >= 0 */
    const jk_team *team; /* the team it is for (country and segment are then JK_SCOPE_ALL); NULL: none */
} jk_limit;

/* The units, `units` elements in every array. Uses are whole numbers of small parts, so that feasibility is exact. */
typedef struct jk_allocation {
    size_t units;
    const float *value[JK_ACTION_COUNT];      /* NaN: not allowed; [JK_CLOSE] is never NaN */
    const int32_t *court;                     /* court fees that JK_LEGAL would cost now, hundredths; NULL: 0 */
    const int32_t *hours[JK_TREATMENT_COUNT]; /* agent hours by treatment, ten-thousandths; NULL: 0 */
    const int32_t *claims[JK_ACTION_COUNT];   /* claims that come under the action; NULL: 1 */
    const uint16_t *country, *segment;        /* NULL: all 0 */
    size_t limit_count;
    const jk_limit *limits;
} jk_allocation;

typedef struct jk_allocation_result {
    uint8_t *decision;           /* [units] jk_action; the caller's array */
    double objective;            /* sum of the values of the decisions */
    double bound;                /* no allocation within the limits can be worth more */
    double price[JK_LIMITS_MAX]; /* what one more unit of the limit is worth, base currency */
    double use[JK_LIMITS_MAX];   /* of each limit by the decisions */
    double unlimited;            /* sum of the best values without limits */
} jk_allocation_result;

#ifdef __cplusplus
}
#endif
#endif
