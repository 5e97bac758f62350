/* SPDX-License-Identifier: Apache-2.0 */
/* The run: law, debtors, scorer and plans once; then blocks of the tape over threads, each read, checked, planned,
 * added up and handed to the sinks; then the threads' sums put together. */
#include "value/engine.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/invariants.h"
#include "base/team/parallel.h"
#include "base/team/team.h"
#include "law/law_internal.h"

static jk_status read_block(const jk_engine *engine, jk_worker *worker, size_t number, jk_error *error) {
    jk_block *block = &worker->block;
    block->first_row = engine->first_row + number * engine->block_rows;
    size_t left = engine->end_row - block->first_row;
    block->rows = left < engine->block_rows ? left : engine->block_rows;
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

static jk_value_block view(const jk_engine *engine, const jk_worker *worker, int thread, size_t number) {
    bool last = engine->sinks_see_last && engine->case_count > 1;
    return (jk_value_block){.thread = thread,
                            .number = number,
                            .block = &worker->block,
                            .law = &worker->law,
                            .score = &worker->score,
                            .terms = &worker->terms,
                            .plan = last ? &worker->rest : &worker->first,
                            .reason = last ? worker->rest_reason : worker->reason,
                            .scorer = engine->scorer,
                            .policy = worker->policy[0],
                            .case_value = last ? NULL : worker->case_value,
                            .case_decision = last ? NULL : worker->case_decision};
}

static void plan_case(const jk_engine *engine, jk_worker *worker, size_t number, jk_plan_results *results) {
    const jk_plan *plan = engine->plan[number];
    jk_cashflow *flow = engine->project ? &worker->flow[number] : NULL;
    int keeps = engine->cases[number].keeps;
    const jk_terms *terms = jk_engine_terms(engine, worker, number);
    if (keeps >= 0) {
        jk_plan_block_follow(plan, terms, worker->policy[keeps], results, flow, worker->workspace);
    } else if (engine->kept[number]) {
        jk_plan_block_keep(plan, terms, results, flow, worker->policy[number], worker->workspace);
    } else {
        jk_plan_block(plan, terms, results, flow, worker->workspace);
    }
}

static jk_status compute_case(const jk_engine *engine, jk_worker *worker, size_t number, jk_error *error) {
    jk_plan_results *results = number == 0 ? &worker->first : &worker->rest;
    uint8_t *reason = number == 0 ? worker->reason : worker->rest_reason;
    if (worker->case_value != NULL) {
        results->value = (float *)worker->case_value[number];
        results->decision = (uint8_t *)worker->case_decision[number];
    }
    jk_engine_same_rows(engine, worker, number, results);
    plan_case(engine, worker, number, results);
    jk_reasons(worker, results, reason);
    if (number > 0) {
        jk_sums_add_changes(worker, results, &worker->sums[number]);
    }
    return jk_sums_add_block(engine, worker, results, reason, &worker->sums[number], error);
}

/* The terms have the split segments; sums and sinks see the segments that they were cut from. */
static void report_segments(const jk_engine *engine, jk_worker *worker) {
    const jk_model_origin *origin = engine->model->origin;
    for (size_t i = 0; origin != NULL && i < worker->block.rows; i++) {
        worker->law.segment[i] = origin->segment[worker->law.segment[i]];
    }
}

void jk_engine_leave_out(const jk_engine *engine, const jk_worker *worker, jk_terms *terms) {
    for (size_t i = 0; engine->age_end > 0 && i < worker->block.rows; i++) {
        if (!jk_worker_takes(engine, worker, i)) {
            terms->allowed[i] = 0;
        }
    }
}

jk_status jk_engine_block(jk_engine *engine, jk_worker *worker, jk_error *error) {
    const jk_block *block = &worker->block;
    worker->law.rows = block->rows;
    worker->score.rows = block->rows;
    worker->terms.rows = block->rows;
    worker->first.rows = worker->rest.rows = block->rows;
    jk_law_block(engine->law, block, &worker->law);
    assert(jk_places_below(JK_BLOCK_INT32(block, DEBTOR_INDEX), block->rows, engine->debtors.count));
    assert(jk_all_below(worker->law.segment, block->rows, engine->model->segment_count));
    assert(jk_all_below(worker->law.jurisdiction, block->rows, engine->model->jurisdiction_count));
    JK_TRY(add_face(engine, worker, error));
    jk_score_block(engine->scorer, block, &worker->law, &worker->score, worker->scratch);
    assert(jk_bytes_below(worker->score.capacity_class, block->rows, JK_CAPACITY_COUNT));
    jk_terms_block(engine->model, &engine->debtors, block, &worker->law, &worker->score, engine->allow, &worker->terms);
    assert(jk_all_within(worker->terms.share, block->rows, 1.0F));
    assert(jk_all_within(worker->terms.garnish, block->rows, 1.0F));
    jk_engine_leave_out(engine, worker, &worker->terms);
    report_segments(engine, worker);
    worker->changed_law = worker->rescored_by = -1;
    for (size_t c = 0; c < engine->case_count; c++) {
        JK_TRY(compute_case(engine, worker, c, error));
    }
    return JK_OK;
}

static jk_status compute_block(jk_engine *engine, int thread, size_t number, jk_error *error) {
    jk_worker *worker = &engine->workers[thread];
    JK_TRY(read_block(engine, worker, number, error));
    JK_TRY(jk_engine_block(engine, worker, error));
    jk_value_block seen = view(engine, worker, thread, number);
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
    assert(status != JK_OK || turn->next == number);
    (void)pthread_mutex_unlock(
        &turn->lock); /* the others are further on: they wait for `next` without the lock's help */
    jk_worker *worker = &engine->workers[thread];
    jk_value_block seen = view(engine, worker, thread, number);
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

/* The model of a case must be the run's but for figures: blocks of terms serve both, and plans are kept across them. */
static bool is_alike(const jk_model *model, const jk_model *other) {
    return other->segment_count == model->segment_count && other->jurisdiction_count == model->jurisdiction_count &&
           other->horizon_months == model->horizon_months && other->epoch_count == model->epoch_count &&
           memcmp(other->epochs, model->epochs, (size_t)model->epoch_count * sizeof *model->epochs) == 0;
}

static jk_status create_plan(jk_engine *engine, const jk_value_options *options, size_t number, jk_error *error) {
    const jk_value_case *wanted = &engine->cases[number];
    const jk_model *model = wanted->model == NULL ? engine->model : wanted->model;
    double irr = isnan(wanted->irr) ? engine->model->irr : wanted->irr;
    if (!(irr > -1.0) || !isfinite(irr)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "irr", "%g is not a yearly return; expected more than -1",
                       irr);
    }
    int keeps = wanted->keeps;
    if (keeps >= (int)number || (keeps >= 0 && engine->cases[keeps].keeps >= 0) || !is_alike(engine->model, model)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "case",
                       "case %zu cannot be valued beside the others; expected the same epochs, segments and "
                       "jurisdictions, and a case before it that plans for itself",
                       number);
    }
    if (keeps >= 0) {
        engine->kept[keeps] = true;
    }
    engine->irr[number] = irr;
    int law = engine->law_of[number];
    jk_plan_options plan = {.irr = irr,
                            .isa = options->isa,
                            .recovery = wanted->recovery,
                            .paying_recovery = wanted->paying_recovery,
                            .stress = wanted->stress,
                            .hour_price = wanted->hour_price,
                            .law_from = law < 0 ? 0.0 : engine->laws[law].from};

    return jk_plan_create(model, &plan, &engine->plan[number], error);
}

static jk_status create_plans(jk_engine *engine, const jk_value_options *options, size_t count, jk_error *error) {
    if (count < 1 || count > JK_CASES_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "irr", "%zu cases; expected 1 to %d", count,
                       (int)JK_CASES_MAX);
    }
    engine->irr = calloc(count, sizeof *engine->irr);
    engine->plan = calloc(count, sizeof *engine->plan);
    engine->kept = calloc(count, sizeof *engine->kept);
    JK_TRY(jk_held(engine->irr != NULL && engine->plan != NULL && engine->kept != NULL, error, "the plans"));
    engine->case_count = count;
    for (size_t s = 0; s < engine->sink_count; s++) {
        engine->kept[0] = engine->kept[0] || engine->sinks[s].plans;
    }
    for (size_t c = 0; c < count; c++) {
        JK_TRY(create_plan(engine, options, c, error));
    }
    return jk_engine_same_create(engine, error);
}

static jk_status choose_rows(jk_engine *engine, jk_error *error) {
    const jk_team_role role = jk_team_role_now();
    bool parted = true, shared = true;
    for (size_t s = 0; s < engine->sink_count; s++) {
        parted = parted && engine->sinks[s].parted;
        shared = shared && (engine->sinks[s].parted || engine->sinks[s].gather != NULL);
    }
    if ((role == JK_TEAM_PART || role == JK_TEAM_MERGE) && !parted) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "what this run makes of its claims needs all of them at once; it cannot be done in parts");
    }
    engine->shared = role != JK_TEAM_ALONE && shared;
    engine->end_row = engine->rows;
    if (engine->shared) {
        jk_team_rows(JK_PASS_RESULT, engine->rows, &engine->first_row, &engine->end_row);
    }
    return JK_OK;
}

static void choose_columns(jk_engine *engine) {
    uint64_t wanted =
        jk_law_columns(engine->law) | jk_scorer_columns(engine->scorer) | UINT64_C(1) << JK_COLUMN_COUNTRY;
    for (size_t i = 0; i < engine->law_count; i++) {
        wanted |= jk_law_columns(engine->laws[i].law);
    }
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
                            const jk_value_options *options, const jk_value_case *cases, size_t case_count,
                            const jk_value_sink *sinks, size_t sink_count, jk_error *error) {
    *engine = (jk_engine){.tape = tape,
                          .model = model,
                          .sinks = sinks,
                          .sink_count = sink_count,
                          .rows = jk_tape_rows(tape),
                          .allow = options->allow | JK_ALLOW(JK_CLOSE),
                          .age_from = options->age_from,
                          .age_end = options->age_end,
                          .accrued_to = options->accrued_to,
                          .lapses = options->lapses,
                          .project = !options->values_only,
                          .sinks_see_last = options->sinks_see_last,
                          .cases = cases};
    (void)pthread_mutex_init(&engine->turn.lock, NULL);
    (void)pthread_cond_init(&engine->turn.moved, NULL);
    (void)jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &engine->country_count);
    JK_TRY(choose_rows(engine, error));
    JK_TRY(choose_cutoff(engine, options, error));
    JK_TRY(jk_law_create(model, tape, engine->cutoff, &engine->law, error));
    jk_law_accrue(engine->law, options->accrued_to);
    if (options->lapses) {
        jk_law_lapse(engine->law);
    }
    /* The scorer keeps the address of the debtors' sums; they are filled before the first block. */
    JK_TRY(jk_scorer_create(model, tape, engine->law, &engine->debtors, &engine->scorer, error));
    JK_TRY(jk_engine_laws_create(engine, case_count, error));
    JK_TRY(jk_engine_rescored_create(engine, case_count, error));
    JK_TRY(jk_sums_hours(engine, error));
    choose_columns(engine);
    return create_plans(engine, options, case_count, error);
}

void jk_engine_reset(jk_engine *engine) {
    for (int t = 0; engine->workers != NULL && t < engine->threads; t++) {
        jk_worker_reset(engine, &engine->workers[t]);
    }
    free(engine->workers);
    for (size_t c = 0; c < engine->case_count; c++) {
        jk_plan_free(engine->plan[c]);
    }
    free(engine->hours);
    free(engine->irr);
    free(engine->plan);
    free(engine->kept);
    free(engine->same);
    jk_engine_laws_reset(engine);
    jk_engine_rescored_reset(engine);
    jk_scorer_free(engine->scorer);
    jk_debtors_reset(&engine->debtors);
    jk_law_free(engine->law);
    (void)pthread_cond_destroy(&engine->turn.moved);
    (void)pthread_mutex_destroy(&engine->turn.lock);
}

jk_status jk_engine_workers(jk_engine *engine, jk_error *error) {
    engine->workers = calloc((size_t)engine->threads, sizeof *engine->workers);
    JK_TRY(jk_held(engine->workers != NULL, error, "the threads' blocks"));
    for (int t = 0; t < engine->threads; t++) {
        JK_TRY(jk_worker_create(engine, &engine->workers[t], error));
    }
    return JK_OK;
}

static jk_status begin_sinks(const jk_engine *engine, jk_error *error) {
    jk_value_shape shape = {engine->rows, engine->block_rows, engine->threads, engine->shared};
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
    engine->block_count = (engine->end_row - engine->first_row + engine->block_rows - 1) / engine->block_rows;
    JK_TRY((engine->shared ? jk_debtors_create_own : jk_debtors_create)(engine->law, engine->tape, &run,
                                                                        &engine->debtors, error));
    JK_TRY(jk_engine_workers(engine, error));
    JK_TRY(begin_sinks(engine, error));
    JK_TRY(jk_parallel_for(&run, engine->block_count, "value", engine->block_rows, run_block, engine, error));
    for (size_t s = 0; engine->shared && s < engine->sink_count; s++) {
        if (engine->sinks[s].gather != NULL) {
            JK_TRY(engine->sinks[s].gather(engine->sinks[s].context, error));
        }
    }
    JK_TRY(jk_sums_gather(engine, error));
    for (size_t c = 0; c < engine->case_count; c++) {
        JK_TRY(jk_valuation_create(engine, c, &valuations[c], error));
        valuations[c].accepted = options->accepted;
    }
    return JK_OK;
}

jk_status jk_value_cases(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                         const jk_value_case *cases, size_t count, const jk_value_sink *sinks, size_t sink_count,
                         jk_valuation *valuations, jk_error *error) {
    jk_engine engine;
    jk_error own = {0}; /* the engine needs one to hand on, whether or not the caller does */
    for (size_t c = 0; c < count; c++) {
        valuations[c] = (jk_valuation){0};
    }
    jk_status status = jk_engine_prepare(&engine, tape, model, options, cases, count, sinks, sink_count, &own);
    if (status == JK_OK) {
        status = run_engine(&engine, options, valuations, &own);
    }
    if (status != JK_OK) {
        for (size_t c = 0; c < count; c++) {
            jk_valuation_reset(&valuations[c]);
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
    const jk_value_case plain = {.irr = options->irr, .keeps = -1};
    return jk_value_cases(tape, model, options, &plain, 1, sinks, sink_count, valuation, error);
}

jk_status jk_value_cases_memory(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                                const jk_value_case *cases, size_t count, const jk_value_sink *sinks, size_t sink_count,
                                jk_value_memory *memory, jk_error *error) {
    jk_engine engine;
    jk_status status = jk_engine_prepare(&engine, tape, model, options, cases, count, sinks, sink_count, error);
    if (status == JK_OK) {
        status = jk_engine_plan_memory(&engine, options, memory, error);
    }
    jk_engine_reset(&engine);
    return status;
}

jk_status jk_value_plan_memory(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                               size_t returns, const jk_value_sink *sinks, size_t sink_count, jk_value_memory *memory,
                               jk_error *error) {
    jk_value_case cases[JK_RETURNS_MAX];
    for (size_t r = 0; r < JK_RETURNS_MAX; r++) {
        cases[r] = (jk_value_case){.irr = options->irr, .keeps = -1};
    }
    if (returns > JK_RETURNS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "irr", "%zu required returns; expected 1 to %d", returns,
                       (int)JK_RETURNS_MAX);
    }
    return jk_value_cases_memory(tape, model, options, cases, returns, sinks, sink_count, memory, error);
}
