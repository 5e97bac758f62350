/* SPDX-License-Identifier: Apache-2.0 */
/* How what model points miss of the claims goes with the collections of a path. Points of one cell are one claim where
 * the cell has several, of which the quick ones are gone sooner; so what is missing goes with how much has been
 * collected so far. And some of a claim's cash is of the debtor's own will, some garnished or a dividend; where a point
 * has another share of either, what is missing goes with the multiplier of the moment. With x = ln of the mean
 * multiplier of all months so far and y = ln of the epoch's own, less x,
 *
 *     ln(claims / points) = a x + b x^2 + d y
 *
 * where in the base case, x = y = 0, the points are scaled to the claims. Two constant stresses (y = 0) give a and b,
 * one that turns gives d. */
#ifndef JK_SIMULATE_ANSWER_H
#define JK_SIMULATE_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

/* Collections of a path up to an epoch: x and y. */
typedef struct jk_course {
    double mean, turn;
} jk_course;

/* What is left in the end: a, b and d. */
typedef struct jk_answer {
    double mean, square, turn;
} jk_answer;

/* A turn below this says nothing of d. */
#define JK_TURN_LEAST 1e-3

/* The course at an epoch of `months` that ends after `end`. `total` carries multiplier times months from epoch to
 * epoch, from 0. */
jk_course jk_course_next(double multiplier, int32_t months, int32_t end, double *total);

/* a and b from claims / points at two constant courses. */
void jk_answer_constant(jk_answer *answer, jk_course worse, double worse_ratio, jk_course better, double better_ratio);

/* Then d from claims / points at a course that has turned; false, and d is 0, where it has not. */
bool jk_answer_turned(jk_answer *answer, jk_course course, double ratio);

/* claims / points on a course. */
double jk_answer_at(const jk_answer *answer, jk_course course);

#endif
