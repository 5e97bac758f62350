/* SPDX-License-Identifier: Apache-2.0 */
/* Generated rows into a file, in order. Threads make pieces of it side by side and put them into the file one at a
 * time: while one writes, the others make the next pieces. Where to - a store, CSV, gzipped CSV - is the writer's
 * business. */
#ifndef JK_CSV_ROW_WRITER_H
#define JK_CSV_ROW_WRITER_H

#include "jalki/tape.h"

typedef enum jk_row_form { JK_ROWS_STORE, JK_ROWS_CSV, JK_ROWS_CSV_GZIP } jk_row_form;

typedef struct jk_row_writer_options {
    jk_row_form form;
    jk_tape_writer_options store; /* kind also decides the columns of a CSV file */
    size_t text_width[2];         /* of claim_id and debtor_id */
    size_t piece_rows;            /* most rows of a piece */
    int threads;                  /* that make pieces */
    const char *const *(*dictionary)(jk_column column, size_t *count);
} jk_row_writer_options;

typedef struct jk_row_writer jk_row_writer;

jk_status jk_row_writer_create(const char *path, const jk_row_writer_options *options, jk_row_writer **writer,
                               jk_error *error);

/* Writes piece number `piece` when all before it are written; `made` is what making it came to: a failure is passed on
 * to all who wait. `in_turn` (may be NULL) is called before a block goes into the file, one at a time and in order. */
jk_status jk_row_writer_piece(jk_row_writer *writer, int thread, size_t piece, jk_block *block, jk_status made,
                              void (*in_turn)(void *context, jk_block *block), void *context, jk_error *error);

/* Finishes the file and frees the writer, also on failure; `status` other than JK_OK: nothing appears. */
jk_status jk_row_writer_finish(jk_row_writer *writer, jk_status status, const char *manifest_json, jk_error *error);

#endif
