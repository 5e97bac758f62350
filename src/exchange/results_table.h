/* SPDX-License-Identifier: Apache-2.0 */
/* A table of results on its way into a data base. */
#ifndef JK_EXCHANGE_RESULTS_TABLE_H
#define JK_EXCHANGE_RESULTS_TABLE_H

#include <stdio.h>

#include "jalki/results_table.h"

/* Rows of all columns, a piece at a time. */
typedef struct jk_frame_piece {
    const jk_frame *frame;
    size_t first, count;
    char *data[JK_FRAME_COLUMNS];
} jk_frame_piece;

jk_status jk_frame_piece_open(const jk_frame *frame, jk_frame_piece *piece, jk_error *error);
/* The next rows; count 0 at the end. */
jk_status jk_frame_piece_next(jk_frame_piece *piece, jk_error *error);
void jk_frame_piece_close(jk_frame_piece *piece);

/* A cell: what it is, unless it is missing. */
typedef enum jk_cell_is { JK_CELL_IS_MISSING, JK_CELL_IS_TEXT, JK_CELL_IS_REAL, JK_CELL_IS_INTEGER } jk_cell_is;
typedef struct jk_frame_cell {
    jk_cell_is is;
    const char *text;
    size_t length;
    double real;
    int64_t integer;
} jk_frame_cell;
jk_frame_cell jk_frame_piece_cell(const jk_frame_piece *piece, size_t column, size_t row);

/* What the columns of a frame's type are in a data base, and which of them are the key, beside the cut-off. */
bool jk_frame_is_key(const jk_frame *frame, size_t column);

/* A name in double quotes, those within doubled. */
void jk_put_name(FILE *stream, const char *name);

/* "YYYY-MM-DD" of the results. */
const char *jk_results_table_cutoff(const jk_results_table *table);

jk_status jk_export_postgres(const jk_results_table *table, const char *name, const char *into, size_t *rows,
                             jk_error *error);
jk_status jk_export_sqlite(const jk_results_table *table, const char *path, const char *into, size_t *rows,
                           jk_error *error);

/* Its columns and rows; the table's. */
const jk_frame *jk_results_table_frame(const jk_results_table *table);

#endif
