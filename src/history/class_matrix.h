/* SPDX-License-Identifier: Apache-2.0 */
/* One monthly matrix of classes from rows of periods of several lengths. */
#ifndef JK_HISTORY_CLASS_MATRIX_H
#define JK_HISTORY_CLASS_MATRIX_H

#include "jalki/transitions.h"

enum { JK_CLASSES = JK_CAPACITY_COUNT };
typedef double jk_class_square[JK_CLASSES][JK_CLASSES];

/* Rows by length of their period: count[m - 1] is of periods of m months. */
typedef struct jk_class_counts {
    int64_t count[JK_TRANSITION_MONTHS_MAX][JK_CLASSES][JK_CLASSES];
} jk_class_counts;

/* Fills *matrix by the counts under Dirichlet priors of `weight` months a row, centred on `centre` (rows sum to 1). */
void jk_class_matrix_estimate(const jk_class_counts *counts, const jk_class_square centre, double weight,
                              jk_class_matrix *matrix);

#endif
