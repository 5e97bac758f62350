/* SPDX-License-Identifier: Apache-2.0 */
/* Triangles in the making: cells as they stand in a file, and what their labels mean. */
#ifndef JK_LADDER_TRIANGLE_H
#define JK_LADDER_TRIANGLE_H

#include <stdbool.h>

#include "base/memory.h"
#include "jalki/chain_ladder.h"

/* The age of a column as it is written. */
static inline double jk_triangle_age(const jk_triangle *triangle, size_t column) {
    return triangle->age != NULL ? triangle->age[column] : (double)(column + 1);
}

/* What a text of the origin or development column can be read as. */
typedef struct jk_label {
    const char *text; /* terminated; of an arena */
    bool is_number;   /* `number` is set */
    bool is_period;   /* `month` is set; a year, YYYYMM and YYYYMMDD are both */
    double number;    /* as written */
    int32_t month;    /* first month of the period, counted from the year 0 */
} jk_label;

/* Reads a label of an arena's text. */
jk_label jk_label_read(const char *text);

/* One row of the file. */
typedef struct jk_triangle_cell {
    jk_label origin, development;
    double value;
    int64_t line;
    double age;    /* set by jk_triangle_build: comparable between origins */
    size_t column; /* the same */
    size_t last;   /* the same: of a calendar period, the column of its origin's cell at the present; else SIZE_MAX */
} jk_triangle_cell;

/* Puts cells in order and makes a triangle of them; what jk_triangle_read promises of the content. `path` is for
 * messages. Changes the order of the cells. */
jk_status jk_triangle_build(jk_triangle_cell *cells, size_t count, bool incremental, const char *path,
                            jk_triangle *triangle, jk_error *error);

#endif
