/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of one thread: every column and workspace of a block in one piece, taken before the work starts. */
#include <stdlib.h>

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

static void carve_plan(carving *c, size_t rows, bool project, jk_plan_results *plan) {
    plan->rows = rows;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        CARVE(c, rows, plan->action_value[a]);
    }
    if (project) {
        CARVE(c, rows, plan->erc_gross);
        CARVE(c, rows, plan->erc_net);
        CARVE(c, rows, plan->gross_12m);
        CARVE(c, rows, plan->gross_60m);
    }
}

/* Values and decisions of all cases are kept apart, the rest of the later cases serves one after the other. */
static void carve_plans(carving *c, const jk_engine *engine, size_t rows, jk_worker *worker) {
    carve_plan(c, rows, engine->project, &worker->first);
    CARVE(c, rows, worker->reason);
    if (engine->case_count == 1) {
        CARVE(c, rows, worker->first.value);
        CARVE(c, rows, worker->first.decision);
        return;
    }
    carve_plan(c, rows, engine->project, &worker->rest);
    CARVE(c, rows, worker->rest_reason);
    CARVE(c, engine->case_count, worker->case_value);
    CARVE(c, engine->case_count, worker->case_decision);
    for (size_t i = 0; i < engine->case_count; i++) {
        const float *value = carve(c, rows, sizeof *value);
        const uint8_t *decision = carve(c, rows, sizeof *decision);
        if (c->base != NULL) {
            worker->case_value[i] = value;
            worker->case_decision[i] = decision;
        }
    }
}

static void carve_sums(carving *c, const jk_engine *engine, jk_worker *worker) {
    size_t segments = engine->model->segment_count;
    size_t cells = (size_t)engine->model->horizon_months * segments * JK_FLOW_COUNT;
    CARVE(c, engine->case_count, worker->flow);
    CARVE(c, engine->case_count, worker->sums);
    CARVE(c, engine->case_count, worker->policy);
    CARVE(c, 1, worker->rows);
    jk_line *row_segment = carve(c, segments, sizeof *row_segment);
    jk_line *row_country = carve(c, engine->country_count, sizeof *row_country);
    if (c->base != NULL) {
        worker->rows->segment = row_segment;
        worker->rows->country = row_country;
    }
    for (size_t r = 0; r < engine->case_count; r++) {
        int64_t *cell = carve(c, cells, sizeof *cell);
        jk_sum *segment = carve(c, segments, sizeof *segment);
        jk_sum *country = carve(c, engine->country_count, sizeof *country);
        jk_change_sum(*change)[JK_ACTION_COUNT] = NULL;
        if (r > 0) {
            change = carve(c, JK_ACTION_COUNT, sizeof *change);
        }
        if (c->base != NULL) {
            worker->flow[r] = (jk_cashflow){engine->model->horizon_months, segments, cell};
            worker->sums[r].segment = segment;
            worker->sums[r].country = country;
            worker->sums[r].change = change;
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
    bool changes = engine->law_count > 0;
    void *later = carve(&c, changes ? jk_law_facts_size(rows) : 0, 1);
    void *changed = carve(&c, changes ? jk_terms_size(rows) : 0, 1);
    bool rescores = engine->rescored_count > 0;
    void *other = carve(&c, rescores ? jk_score_columns_size(rows) : 0, 1);
    void *rescored = carve(&c, rescores ? jk_terms_size(rows) : 0, 1);
    if (base != NULL && rescores) {
        jk_score_columns_place(&worker->rescored_score, rows, other);
        jk_terms_place(&worker->rescored, rows, rescored);
    }
    if (base != NULL && changes) {
        jk_law_facts_place(&worker->later, rows, later);
        jk_terms_place(&worker->changed, rows, changed);
    }
    if (base != NULL) {
        jk_law_facts_place(&worker->law, rows, law);
        jk_score_columns_place(&worker->score, rows, score);
        jk_terms_place(&worker->terms, rows, terms);
    }
    carve_plans(&c, engine, rows, worker);
    worker->scratch = carve(&c, jk_engine_scratch_size(engine, rows), 1);
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
    worker->workspace = jk_plan_workspace_create(jk_engine_largest_plan(engine), engine->block_rows);
    JK_TRY(jk_held(worker->memory != NULL && worker->workspace != NULL, error, "a block of claims"));
    (void)jk_worker_layout(engine, engine->block_rows, worker->memory, worker);
    for (size_t c = 0; c < engine->case_count; c++) {
        if (engine->kept[c]) {
            worker->policy[c] = jk_plan_policy_create(engine->plan[c], engine->block_rows);
            JK_TRY(jk_held(worker->policy[c] != NULL, error, "the plans of a block"));
        }
    }
    return read_constant_columns(engine, worker, error);
}

void jk_worker_reset(const jk_engine *engine, jk_worker *worker) {
    for (size_t c = 0; worker->policy != NULL && c < engine->case_count; c++) {
        jk_plan_policy_free(worker->policy[c]);
    }
    jk_plan_workspace_free(worker->workspace);
    free(worker->memory);
    *worker = (jk_worker){0};
}
