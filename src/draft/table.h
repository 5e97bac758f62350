/* SPDX-License-Identifier: Apache-2.0 */
/* A table of text held in memory, cut into cells with as few assumptions as possible: to be looked at, not to be
 * believed. */
#ifndef JK_DRAFT_TABLE_H
#define JK_DRAFT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"
#include "csv/sources/source.h"

typedef struct jk_draft_cell {
    const char *text; /* without quotes and the spaces around it */
    size_t length;
} jk_draft_cell;

typedef struct jk_draft_row {
    size_t line, count; /* physical line from 1; cells */
    jk_draft_cell *cells;
} jk_draft_row;

typedef struct jk_draft_table {
    const char *encoding, *encoding_why;
    bool is_sheet, whole;
    char separator;
    char *text;
    size_t length, row_count;
    jk_draft_row *rows;
    jk_arena *arena;
} jk_draft_table;

/* Reads at most `bytes` bytes, finds encoding and separator, and cuts rows. Rows without any text are left out. */
jk_status jk_draft_table_read(const char *path, const jk_csv_part *part, size_t bytes, jk_draft_table *table,
                              jk_error *error);
void jk_draft_table_free(jk_draft_table *table);

#endif
