/* SPDX-License-Identifier: Apache-2.0 */
/* All segments' curves under one treatment as one, on which thin segments lean (fit_credibility.c). */
#ifndef JK_FIT_FIT_PARENT_H
#define JK_FIT_FIT_PARENT_H

#include "fit/fit_internal.h"

/* Steps of all segments' curves under a treatment, and what all together say of them. */
typedef struct jk_parent_curve {
    size_t count;
    double *month;
    double *intensity; /* at `reference`; 0 where nothing came in */
    double *most;      /* where exposure brought no cash: what one more debtor's payment would make of it */
    int32_t *parameter;
    int32_t class_parameter[JK_CAPACITY_COUNT];
    int reference;                         /* jk_capacity */
    double class_value[JK_CAPACITY_COUNT]; /* against the reference; NaN: no data */
    size_t payers;
} jk_parent_curve;

/* Months at which a step begins in any segment that has rows, into memory of the arena. */
jk_status jk_parent_join_steps(const jk_fit *fit, jk_arena *arena, size_t treatment, jk_parent_curve *parent,
                               jk_error *error);

/* The best class that brought cash; able where none did. */
void jk_parent_choose_reference(const jk_fit *fit, size_t treatment, jk_parent_curve *parent);

/* A step of the parent in which nothing came in takes over from the nearest step before it, else after it, but no more
 * than one payment would have made of its exposure. */
void jk_parent_fill_gaps(jk_parent_curve *parent);

#endif
