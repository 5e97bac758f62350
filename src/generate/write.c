/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a generated tape: pieces over threads, in order into a store or a CSV file. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/team/parallel.h"
#include "csv/row_writer.h"
#include "generate/shapes.h"
#include "jalki/generate.h"

enum { PIECE_ROWS = GENERATE_GROUP_ROWS };

typedef struct tape_writing {
    const jk_generate_options *options;
    jk_row_writer *writer;
    jk_block *blocks; /* per thread */
} tape_writing;

static jk_status write_piece(void *context, int thread, size_t piece, jk_error *error) {
    tape_writing *writing = context;
    jk_block *block = &writing->blocks[thread];
    uint64_t first = (uint64_t)piece * PIECE_ROWS;
    uint64_t left = writing->options->rows - first;
    jk_generate_rows(writing->options, first, left < PIECE_ROWS ? (size_t)left : PIECE_ROWS, block);
    return jk_row_writer_piece(writing->writer, thread, piece, block, JK_OK, NULL, NULL, error);
}

static jk_status check_options(const jk_generate_options *options, jk_error *error) {
    if (options->rows < 1 || options->rows > JK_GENERATE_ROWS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "a tape of %llu claims: expected 1 to %llu",
                       (unsigned long long)options->rows, (unsigned long long)JK_GENERATE_ROWS_MAX);
    }
    if (options->cutoff < jk_date_from_civil(1990, 1, 1) || options->cutoff > jk_date_from_civil(2100, 12, 31)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "the cut-off date of a synthetic tape lies from 1990-01-01 to 2100-12-31");
    }
    return JK_OK;
}

/* Makes and writes all pieces. */
static jk_status write_tape(tape_writing *writing, const jk_run *run, jk_error *error) {
    size_t pieces = (size_t)((writing->options->rows + PIECE_ROWS - 1) / PIECE_ROWS);
    int threads = jk_threads(run);
    jk_status status = JK_OK;
    writing->blocks = calloc((size_t)threads, sizeof *writing->blocks);
    JK_TRY(jk_held(writing->blocks != NULL, error, "the generator's threads"));
    for (int i = 0; i < threads && status == JK_OK; i++) {
        status = jk_generate_block_init(&writing->blocks[i], PIECE_ROWS, error);
    }
    if (status == JK_OK) {
        status = jk_parallel_for(run, pieces, "generate", PIECE_ROWS, write_piece, writing, error);
    }
    for (int i = 0; i < threads; i++) {
        jk_generate_block_reset(&writing->blocks[i]);
    }
    free(writing->blocks);
    return status;
}

static jk_status write_as(jk_row_form form, const jk_generate_options *options, const char *path, const jk_run *run,
                          jk_error *error) {
    JK_TRY(check_options(options, error));
    char name[128];
    char date[JK_DATE_TEXT];
    (void)snprintf(name, sizeof name, "jalki generate -n %llu --seed %llu --cutoff %s",
                   (unsigned long long)options->rows, (unsigned long long)options->seed,
                   jk_date_format(options->cutoff, date));
    const jk_row_writer_options rows = {
        .form = form,
        .store = {.source_name = name, .cutoff = options->cutoff, .threads = run == NULL ? 0 : run->threads},
        .text_width = {JK_GENERATE_TEXT_WIDTH, JK_GENERATE_TEXT_WIDTH},
        .piece_rows = PIECE_ROWS,
        .threads = jk_threads(run),
        .dictionary = jk_generate_dictionary};
    tape_writing writing = {.options = options};
    JK_TRY(jk_row_writer_create(path, &rows, &writing.writer, error));
    jk_status status = write_tape(&writing, run, error);
    return jk_row_writer_finish(writing.writer, status, NULL, error);
}

jk_status jk_generate_csv(const jk_generate_options *options, const char *path, int gzip, const jk_run *run,
                          jk_error *error) {
    return write_as(gzip ? JK_ROWS_CSV_GZIP : JK_ROWS_CSV, options, path, run, error);
}

jk_status jk_generate_store(const jk_generate_options *options, const char *path, const jk_run *run, jk_error *error) {
    return write_as(JK_ROWS_STORE, options, path, run, error);
}
