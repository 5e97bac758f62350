/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of `value` on a store in the page cache: read, law, score, terms, plan, sums; no output files. */
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "jalki/generate.h"
#include "jalki/value.h"

typedef struct value_data {
    jk_tape *tape;
    jk_model *model;
    jk_value_options options;
} value_data;

static void *set_up(const bench_case *self) {
    value_data *data = calloc(1, sizeof *data);
    if (data == NULL) {
        return NULL;
    }
    jk_generate_options options = jk_generate_defaults();
    options.rows = self->items;
    const char *path = bench_path("value.h5");
    bench_must(jk_generate_store(&options, path, NULL, bench_error()));
    bench_must(jk_tape_open(path, &data->tape, bench_error()));
    (void)unlink(path);
    bench_must(jk_model_load(bench_model_path(), &data->model, bench_error()));
    data->options = jk_value_defaults();
    data->options.run.threads = self->threads;
    return data;
}

static void run(void *context) {
    value_data *data = context;
    jk_valuation valuation = {0};
    bench_must(jk_value_run(data->tape, data->model, &data->options, NULL, 0, &valuation, bench_error()));
    jk_valuation_reset(&valuation);
}

static void tear_down(void *context) {
    value_data *data = context;
    jk_tape_close(data->tape);
    jk_model_free(data->model);
    free(data);
}

static const bench_case cases[] = {
    {"value/whole/10 thousand/2", NULL, 2, 10000, 0, set_up, run, tear_down, NULL},
    {"value/whole/100 thousand/2", NULL, 2, 100000, 0, set_up, run, tear_down, NULL},
    {"value/whole/1 million/1", NULL, 1, 1000000, 0, set_up, run, tear_down, NULL},
    {"value/whole/1 million/2", NULL, 2, 1000000, 0, set_up, run, tear_down, NULL},
};
const bench_table bench_value = {cases, sizeof cases / sizeof cases[0]};
