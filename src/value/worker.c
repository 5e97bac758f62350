/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of one thread: every column and workspace of a block in one piece, taken before the work starts. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "value/engine.h"

/* Hands out aligned parts of a piece of memory; with no base it only counts. */
typedef struct carving {
    unsigned char *base;
    size_t used;
} carving;

static void *carve(carving *carver, size_t count, size_t size) {
    void *part = carver->base == NULL ? NULL : carver->base + carver->used;
    carver->used += (count * size + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
    return part;
}

#define CARVE(carver, count, array) ((array) = carve(carver, count, sizeof *(array)))

static void carve_plan(carving *c, size_t rows, jk_plan_results *plan) {
    plan->rows = rows;
    CARVE(c, rows, plan->value);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        CARVE(c, rows, plan->action_value[a]);
    }
    CARVE(c, rows, plan->decision);
    CARVE(c, rows, plan->erc_gross);
    CARVE(c, rows, plan->erc_net);
    CARVE(c, rows, plan->gross_12m);
    CARVE(c, rows, plan->gross_60m);
}

static void carve_sums(carving *c, const jk_engine *engine, jk_worker *worker) {
    size_t segments = engine->model->segment_count;
    size_t cells = (size_t)engine->model->horizon_months * segments * JK_FLOW_COUNT;
    CARVE(c, engine->returns, worker->flow);
    CARVE(c, engine->returns, worker->sums);
    for (size_t r = 0; r < engine->returns; r++) {
        int64_t *cell = carve(c, cells, sizeof *cell);
        jk_sum *segment = carve(c, segments, sizeof *segment);
        jk_sum *country = carve(c, engine->country_count, sizeof *country);
        if (c->base != NULL) {
            worker->flow[r] = (jk_cashflow){engine->model->horizon_months, segments, cell};
            worker->sums[r].segment = segment;
            worker->sums[r].country = country;
        }
    }
}

size_t jk_worker_layout(const jk_engine *engine, size_t rows, unsigned char *base, jk_worker *worker) {
    carving c = {.base = base};
    carve_sums(&c, engine, worker); /* first: it must be zeroed, the rest need not */
    for (int column = 0; column < JK_COLUMN_COUNT; column++) {
        if ((engine->columns | engine->constant) >> column & 1) {
            bool text = jk_schema_column((jk_column)column)->type == JK_TYPE_TEXT;
            size_t size =
                text ? jk_tape_text_width(engine->tape, (jk_column)column) : jk_schema_element_size((jk_column)column);
            worker->block.column[column] = carve(&c, rows, size);
        }
    }
    void *law = carve(&c, jk_law_facts_size(rows), 1);
    void *score = carve(&c, jk_score_columns_size(rows), 1);
    void *terms = carve(&c, jk_terms_size(rows), 1);
    if (base != NULL) {
        jk_law_facts_place(&worker->law, rows, law);
        jk_score_columns_place(&worker->score, rows, score);
        jk_terms_place(&worker->terms, rows, terms);
    }
    carve_plan(&c, rows, &worker->plan);
    CARVE(&c, rows, worker->reason);
    worker->scratch = carve(&c, jk_score_scratch_size(engine->scorer, rows), 1);
    return c.used;
}

/* Columns that the seller did not give hold "missing" in every block: read once. */
static jk_status read_constant_columns(const jk_engine *engine, jk_worker *worker, jk_error *error) {
    size_t rows = engine->rows < engine->block_rows ? engine->rows : engine->block_rows;
    for (int column = 0; column < JK_COLUMN_COUNT; column++) {
        if (engine->constant >> column & 1) {
            JK_TRY(jk_tape_read(engine->tape, (jk_column)column, 0, rows, worker->block.column[column], error));
        }
    }
    return JK_OK;
}

jk_status jk_worker_create(const jk_engine *engine, jk_worker *worker, jk_error *error) {
    size_t bytes = jk_worker_layout(engine, engine->block_rows, NULL, worker);
    worker->memory = jk_columns_zero(bytes, 1); /* zeroed: sums start at 0, and every page is there before the work */
    worker->workspace = jk_plan_workspace_create(engine->plan[0], engine->block_rows);
    if (worker->memory == NULL || worker->workspace == NULL) {
        return jk_fail_memory(error, "a block of claims");
    }
    (void)jk_worker_layout(engine, engine->block_rows, worker->memory, worker);
    worker->block.text_width[0] = jk_tape_text_width(engine->tape, JK_COLUMN_CLAIM_ID);
    worker->block.text_width[1] = jk_tape_text_width(engine->tape, JK_COLUMN_DEBTOR_ID);
    return read_constant_columns(engine, worker, error);
}

void jk_worker_reset(jk_worker *worker) {
    jk_plan_workspace_free(worker->workspace);
    free(worker->memory);
    *worker = (jk_worker){0};
}
