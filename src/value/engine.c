/* SPDX-License-Identifier: Apache-2.0 */
/* The run: law, debtors, scorer and plans once; then blocks of the tape over threads, each read, checked, planned,
 * added up and handed to the sinks; then the threads' sums put together. */
#include "value/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parallel.h"

static jk_status read_block(const jk_engine *engine, jk_worker *worker, size_t number, jk_error *error) {
    jk_block *block = &worker->block;
    block->first_row = number * engine->block_rows;
    size_t left = engine->rows - block->first_row;
    block->rows = left < engine->block_rows ? left : engine->block_rows;
    worker->law.rows = block->rows;
    worker->score.rows = block->rows;
    worker->terms.rows = block->rows;
    worker->plan.rows = block->rows;
    for (int column = 0; column < JK_COLUMN_COUNT; column++) {
        if (engine->columns >> column & 1) {
            JK_TRY(jk_tape_read(engine->tape, (jk_column)column, block->first_row, block->rows, block->column[column],
                                error));
        }
    }
    return JK_OK;
}

/* Balances are above zero: the pass over the debtors has refused a tape where one is not. */
static jk_status add_face(const jk_engine *engine, jk_worker *worker, jk_error *error) {
    for (size_t i = 0; i < worker->block.rows; i++) {
        worker->face += worker->law.balance[i];
    }
    return jk_face_check(engine, worker->face, error);
}

static jk_value_block view(const jk_worker *worker, int thread, size_t number) {
    return (jk_value_block){thread,         number,         &worker->block, &worker->law,
                            &worker->score, &worker->terms, &worker->plan,  worker->reason};
}

static jk_status compute_block(jk_engine *engine, int thread, size_t number, jk_error *error) {
    jk_worker *worker = &engine->workers[thread];
    JK_TRY(read_block(engine, worker, number, error));
    const jk_block *block = &worker->block;
    jk_law_block(engine->law, block, &worker->law);
    JK_TRY(add_face(engine, worker, error));
    jk_score_block(engine->scorer, block, &worker->law, &worker->score, worker->scratch);
    jk_terms_block(engine->model, &engine->debtors, block, &worker->law, &worker->score, engine->allow, &worker->terms);
    for (size_t r = 0; r < engine->returns; r++) {
        jk_plan_block(engine->plan[r], &worker->terms, &worker->plan, &worker->flow[r], worker->workspace);
        jk_reasons(worker, worker->reason);
        JK_TRY(jk_sums_add_block(engine, worker, &worker->sums[r], error));
    }
    jk_value_block seen = view(worker, thread, number);
    for (size_t s = 0; s < engine->sink_count; s++) {
        if (engine->sinks[s].block != NULL) {
            JK_TRY(engine->sinks[s].block(engine->sinks[s].context, &seen, error));
        }
    }
    return JK_OK;
}

/* Blocks are handed out in order, so the thread that holds the lowest one never waits: no deadlock. A failure wakes all
 * that wait and is what they return. */
static jk_status hand_over_in_order(jk_engine *engine, int thread, size_t number, jk_status status, jk_error *error) {
    jk_turn *turn = &engine->turn;
    (void)pthread_mutex_lock(&turn->lock);
    while (status == JK_OK && turn->status == JK_OK && turn->next != number) {
        (void)pthread_cond_wait(&turn->moved, &turn->lock);
    }
    if (status == JK_OK && turn->status != JK_OK) {
        status = turn->status;
        *error = turn->error;
    }
    (void)pthread_mutex_unlock(
        &turn->lock); /* the others are further on: they wait for `next` without the lock's help */
    jk_worker *worker = &engine->workers[thread];
    jk_value_block seen = view(worker, thread, number);
    for (size_t s = 0; status == JK_OK && s < engine->sink_count; s++) {
        if (engine->sinks[s].ordered != NULL) {
            status = engine->sinks[s].ordered(engine->sinks[s].context, &seen, error);
        }
    }
    (void)pthread_mutex_lock(&turn->lock);
    if (status == JK_OK) {
        turn->next = number + 1;
    } else if (turn->status == JK_OK) {
        turn->status = status;
        turn->error = *error;
    }
    (void)pthread_cond_broadcast(&turn->moved);
    (void)pthread_mutex_unlock(&turn->lock);
    return status;
}

static jk_status run_block(void *context, int thread, size_t number, jk_error *error) {
    jk_engine *engine = context;
    jk_status status = compute_block(engine, thread, number, error);
    return engine->has_ordered ? hand_over_in_order(engine, thread, number, status, error) : status;
}

/* ---- before the work ------------------------------------------------------------------------------------------ */

static jk_status choose_cutoff(jk_engine *engine, const jk_value_options *options, jk_error *error) {
    engine->cutoff = options->cutoff != JK_MISSING_INTEGER ? options->cutoff : jk_tape_cutoff(engine->tape);
    if (engine->cutoff == JK_MISSING_INTEGER) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(engine->tape), 0, NULL,
                       "the tape names no cut-off date and none was given; expected --cutoff YYYY-MM-DD");
    }
    return JK_OK;
}

static jk_status create_plans(jk_engine *engine, const jk_value_options *options, const double *irr, size_t returns,
                              jk_error *error) {
    if (returns < 1 || returns > JK_RETURNS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "irr", "%zu required returns; expected 1 to %d", returns,
                       (int)JK_RETURNS_MAX);
    }
    for (size_t r = 0; r < returns; r++) {
        engine->irr[r] = isnan(irr[r]) ? engine->model->irr : irr[r];
        if (!(engine->irr[r] > -1.0) || !isfinite(engine->irr[r])) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "irr", "%g is not a yearly return; expected more than -1",
                           irr[r]);
        }
        jk_plan_options plan = {.irr = engine->irr[r], .isa = options->isa};
        JK_TRY(jk_plan_create(engine->model, &plan, &engine->plan[r], error));
        engine->returns = r + 1;
    }
    return JK_OK;
}

static void choose_columns(jk_engine *engine) {
    uint64_t wanted =
        jk_law_columns(engine->law) | jk_scorer_columns(engine->scorer) | UINT64_C(1) << JK_COLUMN_COUNTRY;
    for (size_t s = 0; s < engine->sink_count; s++) {
        wanted |= engine->sinks[s].columns;
        engine->has_ordered = engine->has_ordered || engine->sinks[s].ordered != NULL;
    }
    for (int column = 0; column < JK_COLUMN_COUNT; column++) {
        if (wanted >> column & 1) {
            bool absent = jk_tape_is_absent(engine->tape, (jk_column)column);
            *(absent ? &engine->constant : &engine->columns) |= UINT64_C(1) << column;
        }
    }
}

jk_status jk_engine_prepare(jk_engine *engine, const jk_tape *tape, const jk_model *model,
                            const jk_value_options *options, const double *irr, size_t returns,
                            const jk_value_sink *sinks, size_t sink_count, jk_error *error) {
    *engine = (jk_engine){.tape = tape,
                          .model = model,
                          .sinks = sinks,
                          .sink_count = sink_count,
                          .rows = jk_tape_rows(tape),
                          .allow = options->allow | JK_ALLOW(JK_CLOSE)};
    (void)pthread_mutex_init(&engine->turn.lock, NULL);
    (void)pthread_cond_init(&engine->turn.moved, NULL);
    (void)jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &engine->country_count);
    JK_TRY(choose_cutoff(engine, options, error));
    JK_TRY(jk_law_create(model, tape, engine->cutoff, &engine->law, error));
    /* The scorer keeps the address of the debtors' sums; they are filled before the first block. */
    JK_TRY(jk_scorer_create(model, tape, engine->law, &engine->debtors, &engine->scorer, error));
    choose_columns(engine);
    return create_plans(engine, options, irr, returns, error);
}

void jk_engine_reset(jk_engine *engine) {
    for (int t = 0; engine->workers != NULL && t < engine->threads; t++) {
        jk_worker_reset(&engine->workers[t]);
    }
    free(engine->workers);
    for (size_t r = 0; r < JK_RETURNS_MAX; r++) {
        jk_plan_free(engine->plan[r]);
    }
    jk_scorer_free(engine->scorer);
    jk_debtors_reset(&engine->debtors);
    jk_law_free(engine->law);
    (void)pthread_cond_destroy(&engine->turn.moved);
    (void)pthread_mutex_destroy(&engine->turn.lock);
}

static jk_status create_workers(jk_engine *engine, jk_error *error) {
    engine->workers = calloc((size_t)engine->threads, sizeof *engine->workers);
    if (engine->workers == NULL) {
        return jk_fail_memory(error, "the threads' blocks");
    }
    for (int t = 0; t < engine->threads; t++) {
        JK_TRY(jk_worker_create(engine, &engine->workers[t], error));
    }
    jk_value_shape shape = {engine->rows, engine->block_rows, engine->threads};
    for (size_t s = 0; s < engine->sink_count; s++) {
        if (engine->sinks[s].begin != NULL) {
            JK_TRY(engine->sinks[s].begin(engine->sinks[s].context, &shape, error));
        }
    }
    return JK_OK;
}

/* ---- the run -------------------------------------------------------------------------------------------------- */

static jk_status run_engine(jk_engine *engine, const jk_value_options *options, jk_valuation *valuations,
                            jk_error *error) {
    jk_value_memory memory;
    JK_TRY(jk_engine_plan_memory(engine, options, &memory, error));
    jk_run run = options->run;
    run.threads = engine->threads = memory.threads;
    run.block_rows = engine->block_rows = memory.block_rows;
    engine->block_count = (engine->rows + engine->block_rows - 1) / engine->block_rows;
    JK_TRY(jk_debtors_create(engine->law, engine->tape, &run, &engine->debtors, error));
    JK_TRY(create_workers(engine, error));
    JK_TRY(jk_parallel_for(&run, engine->block_count, "value", engine->block_rows, run_block, engine, error));
    for (size_t r = 0; r < engine->returns; r++) {
        JK_TRY(jk_valuation_create(engine, r, &valuations[r], error));
    }
    return JK_OK;
}

static jk_status value_all(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                           const double *irr, size_t count, const jk_value_sink *sinks, size_t sink_count,
                           jk_valuation *valuations, jk_error *error) {
    jk_engine engine;
    jk_error own = {0}; /* the engine needs one to hand on, whether or not the caller does */
    for (size_t r = 0; r < count && r < JK_RETURNS_MAX; r++) {
        valuations[r] = (jk_valuation){0};
    }
    jk_status status = jk_engine_prepare(&engine, tape, model, options, irr, count, sinks, sink_count, &own);
    if (status == JK_OK) {
        status = run_engine(&engine, options, valuations, &own);
    }
    if (status != JK_OK) {
        for (size_t r = 0; r < count && r < JK_RETURNS_MAX; r++) {
            jk_valuation_reset(&valuations[r]);
        }
        if (error != NULL && error->status == JK_OK) {
            *error = own;
        }
    }
    jk_engine_reset(&engine);
    return status;
}

jk_status jk_value_run(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                       const jk_value_sink *sinks, size_t sink_count, jk_valuation *valuation, jk_error *error) {
    return value_all(tape, model, options, &options->irr, 1, sinks, sink_count, valuation, error);
}

jk_status jk_value_returns(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                           const double *irr, size_t count, jk_valuation *valuations, jk_error *error) {
    return value_all(tape, model, options, irr, count, NULL, 0, valuations, error);
}

jk_status jk_value_plan_memory(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                               size_t returns, const jk_value_sink *sinks, size_t sink_count, jk_value_memory *memory,
                               jk_error *error) {
    double irr[JK_RETURNS_MAX];
    for (size_t r = 0; r < JK_RETURNS_MAX; r++) {
        irr[r] = options->irr;
    }
    jk_engine engine;
    jk_status status = jk_engine_prepare(&engine, tape, model, options, irr, returns, sinks, sink_count, error);
    if (status == JK_OK) {
        status = jk_engine_plan_memory(&engine, options, memory, error);
    }
    jk_engine_reset(&engine);
    return status;
}
