/* SPDX-License-Identifier: Apache-2.0 */
/* Shares settled and breakage of all segments and treatments: what each leans on, and how far. */
#ifndef JK_FIT_PAYERS_THIN_H
#define JK_FIT_PAYERS_THIN_H

#include <stdbool.h>
#include <stddef.h>

#include "jalki/model.h"

typedef struct jk_payer_thin_cell {
    double numerator, denominator;  /* given */
    double link, mean, information; /* made: of what it leans on; information: of its data about the link there */
} jk_payer_thin_cell;

typedef struct jk_payer_thin {
    bool share; /* the link is a logit, else a logarithm */
    size_t segments;
    const double *size;       /* [segments] mean logarithm of its debts */
    jk_payer_thin_cell *cell; /* [segments][treatments] */
    double between;           /* made: variance between cells on the link's scale, beside chance */
} jk_payer_thin;

void jk_fit_payers_thin(jk_payer_thin *thin);
/* The weight of a cell's own data, whose link has the variance `variance` by debtor; and their link, where all or none
 * were counted by a step from what the cell leans on. */
double jk_fit_payers_thin_weight(const jk_payer_thin *thin, size_t i, double variance);
double jk_fit_payers_thin_link(const jk_payer_thin *thin, size_t i);

#endif
