/* SPDX-License-Identifier: Apache-2.0 */
/* The stages before and after the plan, one thread, blocks as the engine uses them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bench.h"
#include "claims.h"
#include "planner.h"
#include "value/engine.h"

static void *set_up(const bench_case *self) {
    return bench_claims_make(self->items);
}

static void tear_down(void *data) {
    bench_claims_free(data);
}

static size_t column_bytes(uint64_t columns) {
    size_t bytes = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        bytes += (columns >> c & 1) != 0 ? jk_schema_element_size((jk_column)c) : 0;
    }
    return bytes;
}

static void run_law(void *data) {
    bench_claims_law(data);
}

static size_t law_bytes(const void *data) {
    const bench_claims *claims = data;
    return column_bytes(jk_law_columns(claims->law)) + jk_law_facts_size(claims->rows) / claims->rows;
}

static void run_score(void *data) {
    bench_claims_score(data);
}

static size_t score_bytes(const void *data) {
    const bench_claims *claims = data;
    return column_bytes(jk_scorer_columns(claims->scorer)) +
           (jk_law_facts_size(claims->rows) + jk_score_columns_size(claims->rows)) / claims->rows;
}

static void run_terms(void *data) {
    bench_claims_terms(data);
}

static size_t terms_bytes(const void *data) {
    size_t rows = ((const bench_claims *)data)->rows;
    return (jk_law_facts_size(rows) + jk_score_columns_size(rows) + jk_terms_size(rows)) / rows;
}

/* ---- sums of a block that is planned ------------------------------------------------------------------------ */

typedef struct sums_data {
    bench_claims *claims;
    bench_planner *planner;
    jk_engine engine; /* only its tape's name would be used, for an error */
    jk_worker worker;
    jk_sums sums;
    uint8_t *reason;
} sums_data;

static void *set_up_sums(const bench_case *self) {
    sums_data *data = calloc(1, sizeof *data);
    bench_must(data == NULL ? JK_ERROR_MEMORY : JK_OK);
    size_t countries = 0;
    data->claims = bench_claims_make(self->items);
    data->planner = bench_planner_make(data->claims, NULL, 1);
    bench_planner_run(data->planner, 1);
    (void)jk_tape_dictionary(data->claims->tape, JK_COLUMN_COUNTRY, &countries);
    data->engine = (jk_engine){.tape = data->claims->tape, .model = data->claims->model};
    data->worker.block = data->claims->block;
    data->worker.law = data->claims->facts;
    data->worker.terms = data->claims->terms;
    data->sums.segment = jk_columns_zero(data->claims->model->segment_count, sizeof *data->sums.segment);
    data->sums.country = jk_columns_zero(countries, sizeof *data->sums.country);
    data->reason = jk_columns_zero(self->items, 1);
    data->worker.rows = jk_columns_zero(1, sizeof *data->worker.rows);
    bench_must(data->sums.segment == NULL || data->sums.country == NULL || data->reason == NULL ||
                       data->worker.rows == NULL
                   ? JK_ERROR_MEMORY
                   : JK_OK);
    data->worker.rows->segment = jk_columns_zero(data->claims->model->segment_count, sizeof(jk_line));
    data->worker.rows->country = jk_columns_zero(countries, sizeof(jk_line));
    bench_must(data->worker.rows->segment == NULL || data->worker.rows->country == NULL ? JK_ERROR_MEMORY : JK_OK);
    data->engine.country_count = countries;
    bench_must(jk_sums_hours(&data->engine, bench_error()));
    return data;
}

static void run_sums(void *context) {
    sums_data *data = context;
    const jk_plan_results *plan = bench_planner_results(data->planner);
    jk_reasons(&data->worker, plan, data->reason);
    bench_must(jk_sums_add_block(&data->engine, &data->worker, plan, data->reason, &data->sums, bench_error()));
}

static void tear_down_sums(void *context) {
    sums_data *data = context;
    bench_planner_free(data->planner);
    bench_claims_free(data->claims);
    free(data->engine.hours);
    free(data->worker.rows->segment);
    free(data->worker.rows->country);
    free(data->worker.rows);
    free(data->sums.segment);
    free(data->sums.country);
    free(data->reason);
    free(data);
}

/* Balance, three results, segment and country; decision, reason written and read, allowed, barred. */
enum { SUMS_BYTES = 8 + 3 * 4 + 2 * 4 + 5 };

static const bench_case cases[] = {
    {"law/block/all sets/1", NULL, 1, 16384, 0, set_up, run_law, tear_down, law_bytes},
    {"score/block/all sets/1", NULL, 1, 16384, 0, set_up, run_score, tear_down, score_bytes},
    {"terms/block/all sets/1", NULL, 1, 16384, 0, set_up, run_terms, tear_down, terms_bytes},
    {"sums/block/all sets/1", NULL, 1, 16384, SUMS_BYTES, set_up_sums, run_sums, tear_down_sums, NULL},
};
const bench_table bench_stages = {cases, sizeof cases / sizeof cases[0]};
