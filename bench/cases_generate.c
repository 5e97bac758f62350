/* SPDX-License-Identifier: Apache-2.0 */
/* Making synthetic claims: columns in memory, the store, CSV. */
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "jalki/generate.h"

typedef struct generate_data {
    jk_generate_options options;
    jk_run run;
    jk_block block;
    char path[512];
} generate_data;

static void *set_up(const bench_case *self) {
    generate_data *data = calloc(1, sizeof *data);
    if (data == NULL) {
        return NULL;
    }
    data->options = jk_generate_defaults();
    data->options.rows = self->items;
    data->run.threads = self->threads;
    const char *path = bench_path(self->variant);
    for (size_t i = 0; path[i] != '\0' && i + 1 < sizeof data->path; i++) {
        data->path[i] = path[i];
    }
    bench_must(jk_generate_block_init(&data->block, 4096, bench_error()));
    return data;
}

static void tear_down(void *context) {
    generate_data *data = context;
    (void)unlink(data->path);
    jk_generate_block_reset(&data->block);
    free(data);
}

static void run_columns(void *context) {
    generate_data *data = context;
    for (uint64_t first = 0; first < data->options.rows; first += 4096) {
        jk_generate_rows(&data->options, first, 4096, &data->block);
    }
}

static void run_store(void *context) {
    generate_data *data = context;
    bench_must(jk_generate_store(&data->options, data->path, &data->run, bench_error()));
}

static void run_csv(void *context) {
    generate_data *data = context;
    bench_must(jk_generate_csv(&data->options, data->path, 0, &data->run, bench_error()));
}

static const bench_case cases[] = {
    {"generate/columns/1", "none", 1, 262144, 0, set_up, run_columns, tear_down, NULL},
    {"generate/store/1", "tape.h5", 1, 1000000, 0, set_up, run_store, tear_down, NULL},
    {"generate/store/2", "tape.h5", 2, 1000000, 0, set_up, run_store, tear_down, NULL},
    {"generate/csv/1", "tape.csv", 1, 1000000, 0, set_up, run_csv, tear_down, NULL},
    {"generate/csv/2", "tape.csv", 2, 1000000, 0, set_up, run_csv, tear_down, NULL},
};
const bench_table bench_generate = {cases, sizeof cases / sizeof cases[0]};
