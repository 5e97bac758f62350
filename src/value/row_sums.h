/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of rows in 64-bit integers: a row is one line of cells, added whole to the line of its decision, its reason, its
 * segment and its country. Lines are emptied into the wide sums before they could overflow. */
#ifndef JK_VALUE_ROW_SUMS_H
#define JK_VALUE_ROW_SUMS_H

#include "jalki/value.h"

/* Cells of a line: claims, amounts in grid units, hours in parts of 1/JK_EFFORT_PARTS; two are not used. */
enum { JK_CELL_CLAIMS, JK_CELL_FACE, JK_CELL_VALUE, JK_CELL_GROSS, JK_CELL_NET, JK_CELL_HOURS, JK_LINE_CELLS = 8 };
typedef int64_t jk_line __attribute__((vector_size(JK_LINE_CELLS * sizeof(int64_t))));

enum { JK_SUMS_TILE = 256 };

typedef struct jk_row_sums {
    jk_line decision[JK_ACTION_COUNT];
    jk_line reason[JK_REASON_COUNT];
    jk_line *segment; /* [segments] */
    jk_line *country; /* [countries of the tape's dictionary] */
    double bound;     /* no amount in them is larger, in currency units */
} jk_row_sums;

/* Columns of at most JK_SUMS_TILE rows. */
typedef struct jk_sums_tile {
    size_t count;
    const double *face;
    const float *value, *gross, *net; /* gross and net may be NULL: 0 */
    const uint8_t *decision, *reason;
    const uint16_t *segment;
    const int32_t *country;
} jk_sums_tile;

/* Compiled once per instruction set (sums_kernel.c). */
typedef struct jk_sums_kernel {
    /* The largest size among `count` numbers; infinity where one is not a number. */
    double (*largest)(const float *values, size_t count);
    /* Adds the rows; `hours` is by segment and decision. */
    void (*add)(const jk_sums_tile *tile, const int64_t *hours, jk_row_sums *sums);
} jk_sums_kernel;

#endif
