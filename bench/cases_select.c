/* SPDX-License-Identifier: Apache-2.0 */
/* The worklist's order over ten million claims. */
#include <stdlib.h>

#include "base/number/random.h"
#include "bench.h"
#include "decide/select.h"

typedef struct select_data {
    float *key;
    double *balance;
    uint32_t *order;
    size_t rows;
    jk_run run;
} select_data;

static void tear_down(void *context) {
    select_data *data = context;
    free(data->key);
    free(data->balance);
    free(data->order);
    free(data);
}

/* Values per hour: skewed, with a fifth of the claims worth nothing. */
static void *set_up(const bench_case *self) {
    select_data *data = calloc(1, sizeof *data);
    if (data == NULL) {
        return NULL;
    }
    data->rows = self->items;
    data->run.threads = self->threads;
    data->key = malloc(self->items * sizeof *data->key);
    data->balance = malloc(self->items * sizeof *data->balance);
    data->order = calloc(self->items, sizeof *data->order);
    if (data->key == NULL || data->balance == NULL || data->order == NULL) {
        tear_down(data);
        return NULL;
    }
    for (size_t i = 0; i < self->items; i++) {
        jk_random4 random = jk_philox(1, 1, i);
        double u = jk_uniform(random.word[0]);
        data->key[i] = u < 0.2 ? 0.0f : (float)(10.0 / (1.001 - u));
        data->balance[i] = (double)random.word[1] * 1e-6;
        data->order[i] = 0; /* touched, as a caller's reused memory is */
    }
    return data;
}

static void select_first(select_data *data, size_t top) {
    jk_select_columns columns = {.rows = data->rows, .key = data->key, .balance = data->balance};
    size_t count = 0;
    bench_must(jk_select_top(&columns, top, &data->run, data->order, &count, bench_error()));
}

static void run_top(void *context) {
    select_first(context, 100000);
}

static void run_all(void *context) {
    select_data *data = context;
    select_first(data, data->rows);
}

static const bench_case cases[] = {
    {"select/first 100,000 of 10 million/1", NULL, 1, 10000000, 4, set_up, run_top, tear_down, NULL},
    {"select/first 100,000 of 10 million/2", NULL, 2, 10000000, 4, set_up, run_top, tear_down, NULL},
    {"select/full order of 10 million/1", NULL, 1, 10000000, 4, set_up, run_all, tear_down, NULL},
    {"select/full order of 10 million/2", NULL, 2, 10000000, 4, set_up, run_all, tear_down, NULL},
};
const bench_table bench_select = {cases, sizeof cases / sizeof cases[0]};
