/* SPDX-License-Identifier: Apache-2.0 */
/* Shares of a price in memory, for the file that is made of them. */
#ifndef JK_DEAL_SHARES_INTERNAL_H
#define JK_DEAL_SHARES_INTERNAL_H

#include "deal/apportion.h"
#include "jalki/shares.h"

enum { SHARES_BLOCK = 16384 }; /* rows whose names are read at once */

struct jk_shares {
    const jk_tape *tape;
    size_t rows;
    float *value;
    double *face;
    jk_apportion plan;
    size_t *taken; /* tied rows that get a cent more, ascending */
    size_t taken_count;
};

/* Cents of a row; rows are to be asked in order, with *taken 0 before the first. */
int64_t jk_shares_next(const jk_shares *shares, size_t row, size_t *taken);

#endif
