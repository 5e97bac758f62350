/* SPDX-License-Identifier: Apache-2.0 */
/* Model points: rows of terms that stand for many claims. A point is the mean claim of a cell with the sums of what is
 * proportional to size (value and flows are homogeneous of degree one in balance, interest, share of costs and cost of
 * interruption), so that it is a claim like any other to the plan. */
#ifndef JK_SIMULATE_POINTS_H
#define JK_SIMULATE_POINTS_H

#include "simulate/points/survey.h"

/* Consecutive points that share segment, jurisdiction and class at the cut-off: the unit in which paths are summed up.
 */
enum { JK_RUN_POINTS = 64 };
typedef struct jk_point_run {
    size_t first, count;
    uint16_t segment, jurisdiction;
    uint8_t capacity_class;
} jk_point_run;

typedef struct jk_points {
    size_t count, cells; /* rows: first those of cells, then the largest claims one by one */
    int level;
    jk_terms terms;
    void *memory;
    uint8_t *actions; /* [count][epochs][JK_ALL_STATES]: the plan kept */
    double *spread;   /* [cells] sum of squared balances over the square of their sum */
    double *part;     /* [count] share of the collections that claims bring which are looked at under stress */
    jk_point_run *run;
    size_t run_count; /* of the cells; the largest claims are runs of one point each */
} jk_points;

/* Points of the finished survey's cells at `level`, and its largest claims. */
jk_status jk_points_create(jk_points *points, const jk_survey *survey, int level, const jk_run *run, jk_error *error);
void jk_points_reset(jk_points *points);

#endif
