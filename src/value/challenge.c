/* SPDX-License-Identifier: Apache-2.0 */
/* The challenger is an engine of its own that is fed with the champion's blocks: a sink of the champion's run. */
#include "jalki/challenge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "base/team/team.h"
#include "value/engine.h"

enum { A, B };

/* A claim as both models see it. */
typedef struct sight {
    float value[2], loss[2], balance;
    int16_t score[2];
    uint8_t decision[2], capacity_class[2];
} sight;

struct jk_challenger {
    jk_challenge_options options;
    const jk_model *champion;
    jk_value_case plain;
    jk_engine engine; /* of the challenger */
    sight *seen;      /* [rows] */
};

static void see(const jk_plan_results *plan, const jk_score_columns *score, int side, size_t i, sight *to) {
    to->value[side] = plan->value[i];
    to->score[side] = (int16_t)score->score[i];
    to->decision[side] = plan->decision[i];
    to->capacity_class[side] = score->capacity_class[i];
}

/* What the other's decision loses in a model's eyes; what is not allowed is worth as much as closing. */
static float loss_of(const jk_plan_results *plan, size_t i, uint8_t other) {
    float on = plan->action_value[other][i];
    return plan->value[i] - (isnan(on) ? 0.0f : on);
}

static jk_status take_block(void *context, const jk_value_block *rows, jk_error *error) {
    jk_challenger *work = context;
    jk_worker *worker = &work->engine.workers[rows->thread];
    worker->block = *rows->block;
    JK_TRY(jk_engine_block(&work->engine, worker, error));
    for (size_t i = 0; i < rows->block->rows; i++) {
        sight *to = &work->seen[rows->block->first_row + i];
        see(rows->plan, rows->score, A, i, to);
        see(&worker->first, &worker->score, B, i, to);
        to->balance = (float)rows->law->balance[i];
        to->loss[A] = loss_of(rows->plan, i, to->decision[B]);
        to->loss[B] = loss_of(&worker->first, i, to->decision[A]);
    }
    return JK_OK;
}

/* Threads and blocks are those of the champion. */
static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    jk_challenger *work = context;
    jk_engine *engine = &work->engine;
    jk_run run = work->options.value.run;
    run.threads = engine->threads = shape->threads;
    run.block_rows = engine->block_rows = shape->block_rows;
    JK_TRY(jk_debtors_create(engine->law, engine->tape, &run, &engine->debtors, error));
    return jk_engine_workers(engine, error);
}

/* ---- what comes of it ------------------------------------------------------------------------------------------- */

typedef struct ranked {
    float value;
    uint32_t row;
} ranked;

static int by_value(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    return x->value != y->value ? (x->value < y->value ? -1 : 1) : (x->row > y->row) - (x->row < y->row);
}

/* Ranks from 1, ties at their mean, twice over so that they are whole. */
static void rank_rows(const sight *seen, int side, size_t rows, ranked *order, uint64_t *rank) {
    for (size_t i = 0; i < rows; i++) {
        order[i] = (ranked){seen[i].value[side], (uint32_t)i};
    }
    jk_sort(order, rows, sizeof *order, by_value);
    for (size_t first = 0, end = 0; first < rows; first = end) {
        while (end < rows && order[end].value == order[first].value) {
            end++;
        }
        for (size_t i = first; i < end; i++) {
            rank[order[i].row] = first + end + 1;
        }
    }
}

/* Spearman's rho: the correlation of ranks. Sums are of whole numbers in 128 bits, exact for any order. */
static jk_status correlate(const jk_challenger *work, size_t rows, jk_challenge *challenge, jk_error *error) {
    ranked *order = jk_columns_alloc(rows, sizeof *order);
    uint64_t *rank[2] = {jk_columns_alloc(rows, sizeof(uint64_t)), jk_columns_alloc(rows, sizeof(uint64_t))};
    jk_status status =
        order == NULL || rank[A] == NULL || rank[B] == NULL ? jk_fail_memory(error, "ranks of claims") : JK_OK;
    if (status == JK_OK) {
        jk_wide sum[2] = {0, 0}, square[2] = {0, 0}, product = 0;
        for (int s = A; s <= B; s++) {
            rank_rows(work->seen, s, rows, order, rank[s]);
        }
        for (size_t i = 0; i < rows; i++) {
            for (int s = A; s <= B; s++) {
                sum[s] += (jk_wide)rank[s][i];
                square[s] += (jk_wide)rank[s][i] * (jk_wide)rank[s][i];
            }
            product += (jk_wide)rank[A][i] * (jk_wide)rank[B][i];
        }
        double n = (double)rows, mean[2] = {(double)sum[A] / n, (double)sum[B] / n};
        double spread[2] = {(double)square[A] / n - mean[A] * mean[A], (double)square[B] / n - mean[B] * mean[B]};
        double both = (double)product / n - mean[A] * mean[B];
        challenge->rank_correlation = both / sqrt(spread[A] * spread[B]);
    }
    free(order);
    free(rank[A]);
    free(rank[B]);
    return status;
}

typedef struct cell_sums {
    int64_t face, value[2], loss[2];
} cell_sums;

static void sum_cells(const jk_challenger *work, size_t rows, jk_challenge *challenge) {
    cell_sums exact[JK_ACTION_COUNT][JK_ACTION_COUNT] = {{{0}}};
    int64_t apart = 0;
    for (size_t i = 0; i < rows; i++) {
        const sight *seen = &work->seen[i];
        cell_sums *to = &exact[seen->decision[A]][seen->decision[B]];
        challenge->cell[seen->decision[A]][seen->decision[B]].claims++;
        challenge->differing += seen->decision[A] != seen->decision[B];
        to->face += jk_grid_from_double((double)seen->balance);
        apart += jk_grid_from_double(fabs((double)seen->value[B] - (double)seen->value[A]));
        for (int s = A; s <= B; s++) {
            to->value[s] += jk_grid_from_double((double)seen->value[s]);
            to->loss[s] += jk_grid_from_double((double)seen->loss[s]);
        }
    }
    challenge->mean_difference = rows > 0 ? jk_grid_to_double(apart) / (double)rows : 0.0;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        for (int b = 0; b < JK_ACTION_COUNT; b++) {
            jk_challenge_cell *to = &challenge->cell[a][b];
            to->face = jk_grid_to_double(exact[a][b].face);
            for (int s = A; s <= B; s++) {
                to->value[s] = jk_grid_to_double(exact[a][b].value[s]);
                to->loss[s] = jk_grid_to_double(exact[a][b].loss[s]);
            }
        }
    }
}

static int by_loss(const void *a, const void *b) {
    const jk_challenge_row *x = a, *y = b;
    double one = x->loss[A] + x->loss[B], other = y->loss[A] + y->loss[B];
    return one != other ? (one > other ? -1 : 1) : (x->row > y->row) - (x->row < y->row);
}

static jk_status list_rows(const jk_challenger *work, size_t rows, jk_challenge *challenge, jk_error *error) {
    challenge->rows = jk_columns_alloc(challenge->differing, sizeof *challenge->rows);
    JK_TRY(jk_held(challenge->rows != NULL, error, "claims on which the models disagree"));
    size_t count = 0;
    for (size_t i = 0; i < rows; i++) {
        const sight *seen = &work->seen[i];
        if (seen->decision[A] != seen->decision[B]) {
            challenge->rows[count++] =
                (jk_challenge_row){.row = (uint32_t)i,
                                   .decision = {seen->decision[A], seen->decision[B]},
                                   .capacity_class = {seen->capacity_class[A], seen->capacity_class[B]},
                                   .score = {seen->score[A], seen->score[B]},
                                   .balance = (double)seen->balance,
                                   .value = {(double)seen->value[A], (double)seen->value[B]},
                                   .loss = {(double)seen->loss[A], (double)seen->loss[B]}};
        }
    }
    jk_sort(challenge->rows, count, sizeof *challenge->rows, by_loss);
    challenge->count = count < work->options.top ? count : work->options.top;
    return JK_OK;
}

/* ---- the run ---------------------------------------------------------------------------------------------------- */

static jk_status check_models(const jk_model *champion, const jk_model *challenger, jk_error *error) {
    if (jk_team_role_now() == JK_TEAM_PART || jk_team_role_now() == JK_TEAM_MERGE) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "challenger",
                       "needs all claims at once; it cannot be done in parts");
    }
    return strcmp(champion->base_currency, challenger->base_currency) == 0
               ? JK_OK
               : jk_fail(error, JK_ERROR_DATA, challenger->path, 0, "base_currency",
                         "is %s, and that of the champion %s; expected the same to compare values",
                         challenger->base_currency, champion->base_currency);
}

static jk_status open_challenger(jk_challenger *work, const jk_tape *tape, const jk_model *challenger,
                                 jk_value_sink *sink, jk_error *error) {
    jk_engine *engine = &work->engine;
    size_t rows = jk_tape_rows(tape);
    JK_TRY(check_models(work->champion, challenger, error));
    work->seen = jk_columns_zero(rows, sizeof *work->seen);
    JK_TRY(jk_held(work->seen != NULL, error, "the claims as two models see them"));
    work->plain = (jk_value_case){.irr = work->options.value.irr, .keeps = -1};
    JK_TRY(jk_engine_prepare(engine, tape, challenger, &work->options.value, &work->plain, 1, NULL, 0, error));
    engine->shared = false; /* it sees all rows: the sink is not put together from those of several processes */
    *sink = (jk_value_sink){.columns = engine->columns | engine->constant,
                            .row_bytes = jk_worker_layout(engine, 64, NULL, &(jk_worker){.memory = NULL}) / 64,
                            .begin = begin,
                            .block = take_block,
                            .context = work,
                            .held = rows * sizeof *work->seen};
    engine->columns = engine->constant = 0; /* it gets the champion's */
    return JK_OK;
}

jk_status jk_challenge_open(const jk_tape *tape, const jk_model *champion, const jk_model *challenger,
                            const jk_challenge_options *options, jk_challenger **handle, jk_value_sink *sink,
                            jk_error *error) {
    *handle = calloc(1, sizeof **handle);
    JK_TRY(jk_held(*handle != NULL, error, "a challenger"));
    (*handle)->options = *options;
    (*handle)->champion = champion;
    jk_status status = open_challenger(*handle, tape, challenger, sink, error);
    if (status != JK_OK) {
        jk_challenge_close(*handle);
        *handle = NULL;
    }
    return status;
}

jk_status jk_challenge_finish(jk_challenger *work, const jk_valuation *champion, jk_challenge *challenge,
                              jk_error *error) {
    jk_engine *engine = &work->engine;
    jk_valuation own = {0};
    size_t rows = jk_tape_rows(engine->tape);
    *challenge = (jk_challenge){.model = {work->champion, engine->model}, .tape = engine->tape};
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_sums_gather(engine, error));
    JK_TRY_CLEANUP(jk_valuation_create(engine, 0, &own, error));
    const jk_valuation *sides[2] = {champion, &own};
    for (int s = A; s <= B; s++) {
        challenge->total[s] = sides[s]->total;
        challenge->irr[s] = sides[s]->irr;
        challenge->bid[s] = jk_group_bid(sides[s], &sides[s]->total);
    }
    sum_cells(work, rows, challenge);
    JK_TRY_CLEANUP(correlate(work, rows, challenge, error));
    JK_TRY_CLEANUP(list_rows(work, rows, challenge, error));
cleanup:
    jk_valuation_reset(&own);
    if (status != JK_OK) {
        jk_challenge_reset(challenge);
    }
    return status;
}

void jk_challenge_close(jk_challenger *handle) {
    if (handle == NULL) {
        return;
    }
    if (handle->engine.tape != NULL) {
        jk_engine_reset(&handle->engine);
    }
    free(handle->seen);
    free(handle);
}

void jk_challenge_reset(jk_challenge *challenge) {
    free(challenge->rows);
    *challenge = (jk_challenge){0};
}
