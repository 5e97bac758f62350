/* SPDX-License-Identifier: Apache-2.0 */
/* The worklist's order: the first K of N claims by a key, descending (model.md section 12).
 *
 * Equal keys: the larger balance first; equal balances: the lower row first. 0 and -0 are equal. Claims whose key
 * is not a number are left out. This is a total order, so the result is the same for any number of threads.
 */
#ifndef JK_DECIDE_SELECT_H
#define JK_DECIDE_SELECT_H

#include "jalki/status.h"

/* What is ordered: `rows` elements each (at most 2^32 - 1). */
typedef struct jk_select_columns {
    size_t rows;
    const float *key;      /* for example value per agent hour; NaN: left out */
    const double *balance; /* decides between equal keys; no NaN; read only where keys are equal */
} jk_select_columns;

/* Writes the row numbers of the first `top` claims, best first, into order[], which holds at least min(top, rows)
 * elements, and their number (less than that where keys are NaN) into *count. top >= rows gives the full order.
 *
 * A small share of the rows costs one sample, two passes over the keys and a sort of little more than `top` claims; a
 * large share is sorted whole. Memory: 16 bytes for each claim that is sorted. JK_ERROR_MEMORY or JK_ERROR_ARGUMENT
 * (too many rows). */
jk_status jk_select_top(const jk_select_columns *columns, size_t top, const jk_run *run, uint32_t *order, size_t *count,
                        jk_error *error);

#endif
