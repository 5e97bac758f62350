/* SPDX-License-Identifier: Apache-2.0 */
/* An amount shared out in whole cents, in proportion to values, by largest remainders: every share is its proportion
 * rounded down, and the cents that are left go to the largest remainders, one each. The shares add up to the amount to
 * the cent, no share is a cent away from its proportion, and the order of the values does not matter.
 *
 *     jk_apportion_make(1763359.31, value, rows, &plan, &error);
 *     for each row: cents = jk_apportion_share(&plan, value[row], &tied); plan.taken of the tied rows get one more
 *
 * Proportions are exact: values are integers on the grid of 2^-20 currency units, products have 128 bits. */
#ifndef JK_DEAL_APPORTION_H
#define JK_DEAL_APPORTION_H

#include "jalki/status.h"

typedef struct jk_apportion {
    uint64_t cents;  /* shared out */
    uint64_t weight; /* sum of the values, in grid units */
    uint64_t cut;    /* remainders above it get a cent more */
    size_t tied;     /* rows whose remainder is the cut itself */
    size_t taken;    /* how many of them get a cent more: the caller says which */
} jk_apportion;

/* The amount (0 to 1e15 currency units) is rounded to whole cents. Values below 0 count as 0. JK_ERROR_DATA where an
 * amount above 0 meets values that are all 0, or where the values are too large to add; JK_ERROR_MEMORY. */
jk_status jk_apportion_make(double amount, const float *value, size_t rows, jk_apportion *plan, jk_error *error);

/* Cents of one value, without the further cent that tied rows may get. */
int64_t jk_apportion_share(const jk_apportion *plan, float value, int *tied);

#endif
