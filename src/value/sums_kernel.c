/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of row_sums.h, compiled once per instruction set: amounts become integers of the grid of sums
 * (base/number/grid.h), eight cells side by side, and a row is added whole to the lines of its decision, reason,
 * segment and country. Integers: the order of rows, blocks and threads does not show. */
#include <math.h>
#include <string.h>

#include "base/lanes/isa_name.h"
#include "base/number/grid.h"
#include "base/team/rows.h"
#include "value/row_sums.h"

/* The bits of a number without its sign go up with its size, and those of what is no number lie above infinity's. */
static double largest(const float *values, size_t count) {
    int32_t most = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        bits &= INT32_MAX;
        most = bits > most ? bits : most;
    }
    float size;
    memcpy(&size, &most, sizeof size);
    return size != size ? (double)INFINITY : (double)size;
}

static void put_cells(const int64_t *grid, size_t count, int cell, jk_line *rows) {
    for (size_t i = 0; i < count; i++) {
        rows[i][cell] = grid[i];
    }
}

static void put_floats(const float *from, size_t count, int cell, jk_line *rows) {
    int64_t grid[JK_SUMS_TILE];
    if (from != NULL) {
        JK_ROWS_APART
        for (size_t i = 0; i < count; i++) {
            grid[i] = jk_grid_from_double((double)from[i]);
        }
        put_cells(grid, count, cell, rows);
    }
}

static void add(const jk_sums_tile *tile, const int64_t *hours, jk_row_sums *sums) {
    jk_line rows[JK_SUMS_TILE] = {{0}};
    int64_t face[JK_SUMS_TILE];
    JK_ROWS_APART
    for (size_t i = 0; i < tile->count; i++) {
        face[i] = jk_grid_from_double(tile->face[i]);
    }
    put_cells(face, tile->count, JK_CELL_FACE, rows);
    put_floats(tile->value, tile->count, JK_CELL_VALUE, rows);
    put_floats(tile->gross, tile->count, JK_CELL_GROSS, rows);
    put_floats(tile->net, tile->count, JK_CELL_NET, rows);
    for (size_t i = 0; i < tile->count; i++) {
        size_t decision = tile->decision[i], segment = tile->segment[i];
        rows[i][JK_CELL_CLAIMS] = 1;
        rows[i][JK_CELL_HOURS] = hours[segment * JK_ACTION_COUNT + decision];
        sums->decision[decision] += rows[i];
        sums->reason[tile->reason[i]] += rows[i];
        sums->segment[segment] += rows[i];
        sums->country[tile->country[i]] += rows[i];
    }
}

extern const jk_sums_kernel JK_ISA_NAME(jk_sums_kernel_);
const jk_sums_kernel JK_ISA_NAME(jk_sums_kernel_) = {largest, add};
