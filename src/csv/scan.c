/* SPDX-License-Identifier: Apache-2.0 */
/* Which instruction set reads rows. */
#include "csv/csv.h"

JK_ISA_DECLARE(jk_csv_kernel, jk_csv_kernel_);

const jk_csv_kernel *jk_csv_kernel_of(jk_isa isa) {
    return JK_ISA_OF(jk_csv_kernel_, isa);
}

static const jk_csv_kernel *best(void) {
    return jk_csv_kernel_of(jk_isa_best());
}

unsigned jk_csv_scan(const char *text, size_t length) {
    return best()->scan(text, length);
}

size_t jk_csv_tile(jk_csv_cursor *cursor, uint32_t *ends, uint32_t *line) {
    return best()->tile(cursor, ends, line);
}

/* A row of entries more than the tile's rows take, and two blocks of positions that are written before they are
 * counted. */
size_t jk_csv_tile_size(uint32_t fields) {
    return ((size_t)JK_CSV_TILE_ROWS * (fields + 1) + fields + 2 + 2 * 64) * sizeof(uint32_t);
}
