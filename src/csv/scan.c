/* SPDX-License-Identifier: Apache-2.0 */
/* Which instruction set reads rows. */
#include "csv/csv.h"

extern const jk_csv_kernel jk_csv_kernel_base;
#ifdef JK_HAVE_X86_LEVELS
extern const jk_csv_kernel jk_csv_kernel_v3, jk_csv_kernel_v4;
#endif

const jk_csv_kernel *jk_csv_kernel_of(jk_isa isa) {
#ifdef JK_HAVE_X86_LEVELS
    return isa == JK_ISA_V4 ? &jk_csv_kernel_v4 : isa == JK_ISA_V3 ? &jk_csv_kernel_v3 : &jk_csv_kernel_base;
#else
    (void)isa;
    return &jk_csv_kernel_base;
#endif
}

static const jk_csv_kernel *best(void) {
    return jk_csv_kernel_of(jk_isa_runs(JK_ISA_V4) ? JK_ISA_V4 : jk_isa_runs(JK_ISA_V3) ? JK_ISA_V3 : JK_ISA_BASE);
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
