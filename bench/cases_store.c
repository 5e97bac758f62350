/* SPDX-License-Identifier: Apache-2.0 */
/* The store: a block appended again and again, and all columns of a tape read block by block. bench_store has the same
 * beside pread and the HDF5 library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/team/parallel.h"
#include "bench.h"
#include "jalki/generate.h"
#include "jalki/tape.h"

enum { BLOCK_ROWS = 65536, THREADS_MAX = 64 };

typedef struct store_data {
    char path[512];
    char written[512];
    int threads;
    size_t rows;
    jk_tape *tape;
    void *room[THREADS_MAX]; /* of a thread: one column of a block */
    jk_generate_options options;
    jk_block block; /* what is written, again and again */
} store_data;

static size_t row_bytes(const void *context) {
    const jk_tape *tape = ((const store_data *)context)->tape;
    size_t bytes = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        jk_type type = jk_schema_column((jk_column)c)->type;
        bool absent = jk_tape_is_absent(tape, (jk_column)c);
        bytes += absent                 ? 0
                 : type == JK_TYPE_TEXT ? jk_tape_text_width(tape, (jk_column)c)
                                        : jk_schema_element_size((jk_column)c);
    }
    return bytes;
}

static void *set_up(const bench_case *self) {
    store_data *data = calloc(1, sizeof *data);
    bench_must(data == NULL ? JK_ERROR_MEMORY : JK_OK);
    (void)snprintf(data->path, sizeof data->path, "%s", bench_path("store.h5"));
    (void)snprintf(data->written, sizeof data->written, "%s", bench_path("written.h5"));
    data->threads = self->threads;
    data->rows = self->items;
    data->options = jk_generate_defaults();
    data->options.rows = self->items;
    bench_must(jk_generate_store(&data->options, data->path, &(jk_run){0}, bench_error()));
    bench_must(jk_generate_block_init(&data->block, BLOCK_ROWS, bench_error()));
    jk_generate_rows(&data->options, 0, BLOCK_ROWS, &data->block);
    bench_must(jk_tape_open(data->path, &data->tape, bench_error()));
    for (int t = 0; t < data->threads && t < THREADS_MAX; t++) {
        data->room[t] = jk_columns_alloc(BLOCK_ROWS, JK_TEXT_MAX);
        bench_must(data->room[t] == NULL ? JK_ERROR_MEMORY : JK_OK);
    }
    return data;
}

static jk_status read_block(void *context, int thread, size_t block, jk_error *error) {
    const store_data *data = context;
    size_t first = block * BLOCK_ROWS;
    size_t count = data->rows - first < BLOCK_ROWS ? data->rows - first : BLOCK_ROWS;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (!jk_tape_is_absent(data->tape, (jk_column)c)) {
            jk_status status = jk_tape_read(data->tape, (jk_column)c, first, count, data->room[thread], error);
            if (status != JK_OK) {
                return status;
            }
        }
    }
    return JK_OK;
}

static void run_read(void *context) {
    store_data *data = context;
    size_t blocks = (data->rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    jk_run run = {.threads = data->threads};
    bench_must(jk_parallel_for(&run, blocks, "read", BLOCK_ROWS, read_block, data, bench_error()));
}

/* To the disk: the store is synced before it gets its name. */
static void run_write(void *context) {
    store_data *data = context;
    jk_tape_writer_options options = {.source_name = "bench", .cutoff = data->options.cutoff, .threads = data->threads};
    jk_tape_writer *writer = NULL;
    bench_must(jk_tape_writer_create(data->written, &options, &writer, bench_error()));
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        size_t count = 0;
        const char *const *names = jk_generate_dictionary((jk_column)c, &count);
        for (size_t i = 0; i < count; i++) {
            int32_t index = 0;
            bench_must(jk_tape_writer_intern(writer, (jk_column)c, names[i], strlen(names[i]), &index, bench_error()));
        }
    }
    for (size_t rows = 0; rows < data->rows; rows += BLOCK_ROWS) {
        bench_must(jk_tape_writer_append(writer, &data->block, bench_error()));
    }
    bench_must(jk_tape_writer_finish(writer, NULL, NULL, bench_error()));
}

static void tear_down(void *context) {
    store_data *data = context;
    jk_tape_close(data->tape);
    jk_generate_block_reset(&data->block);
    for (int t = 0; t < THREADS_MAX; t++) {
        free(data->room[t]);
    }
    (void)unlink(data->path);
    (void)unlink(data->written);
    free(data);
}

enum { ROWS = 16 * BLOCK_ROWS };
static const bench_case cases[] = {
    {"store/read, plain/all sets/1", NULL, 1, ROWS, 0, set_up, run_read, tear_down, row_bytes},
    {"store/read, plain/all sets/2", NULL, 2, ROWS, 0, set_up, run_read, tear_down, row_bytes},
    {"store/write, plain/all sets/2", NULL, 2, ROWS, 0, set_up, run_write, tear_down, row_bytes},
};
const bench_table bench_store = {cases, sizeof cases / sizeof cases[0]};
