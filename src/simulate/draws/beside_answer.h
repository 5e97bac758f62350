/* SPDX-License-Identifier: Apache-2.0 */
/* How collections and costs answer to what is not known beside the cash. */
#ifndef JK_SIMULATE_BESIDE_ANSWER_H
#define JK_SIMULATE_BESIDE_ANSWER_H

#include "simulate/draws/beside.h"
#include "simulate/points/calibrate.h"

typedef struct jk_beside_answer {
    size_t places;        /* segments x epochs x JK_SCALE_COUNT; 0: nothing is drawn */
    double *log;          /* [JK_BESIDE_DRAWS][places] of each pair of models drawn */
    double *half_squares; /* [places] half the sum of their squares */
} jk_beside_answer;

/* Runs the points, their plans kept, under pairs of models drawn. Nothing is drawn where `beside` has no figure. */
jk_status jk_beside_answer_measure(jk_beside_answer *answer, const jk_beside *beside, const jk_points *points,
                                   const jk_survey *survey, const jk_run *run, jk_error *error);
void jk_beside_answer_reset(jk_beside_answer *answer);

/* What the flows of a path are multiplied by: factor [places]. */
void jk_beside_answer_draw(const jk_beside_answer *answer, uint64_t seed, uint64_t path, double *factor);

#endif
