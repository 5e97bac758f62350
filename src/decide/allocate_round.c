/* SPDX-License-Identifier: Apache-2.0 */
/* From prices to a feasible allocation. At good prices the best choices of all units keep the limits but for the few
 * units that are nearly indifferent; those are moved, cheapest first, until every limit holds, and what is then left of
 * the limits is given to those that gain by it. */
#include <stdlib.h>

#include "base/error.h"
#include "base/number/grid.h"
#include "base/number/sort.h"
#include "base/team/parallel.h"
#include "decide/allocate.h"

enum { BLOCK_UNITS = 16384, FILL_ROUNDS = 4 };
#define WIDEN 16.0

/* A unit that could move to another action, and what that costs at the prices. */
typedef struct unit_move {
    double key; /* smaller is better */
    size_t unit;
    uint8_t to;
} unit_move;

typedef struct move_list {
    unit_move *moves;
    size_t count, capacity;
} move_list;

typedef struct gather_job {
    const allocation_state *state;
    uint8_t *decision;
    const double *slack; /* of each limit; negative: over it */
    int over;            /* the limit that must come down, or -1: look for gains that fit */
    double widest;       /* largest key that is taken */
    move_list *lists;    /* one per thread */
} gather_job;

/* A limit that comes down by the move is none that it could break. */
static bool fits(const allocation_state *state, const double *slack, size_t unit, int from, int to) {
    const jk_allocation *p = state->problem;
    const allocation_cell *cell = &state->cells[allocation_cell_of(state, unit)];
    for (size_t k = 0; k < cell->count; k++) {
        int m = cell->limit[k];
        const jk_limit *limit = &p->limits[m];
        double change = allocation_use(p, limit, unit, to) - allocation_use(p, limit, unit, from);
        if (change > 0.0 && change > slack[m]) {
            return false;
        }
    }
    return true;
}

static bool is_allowed(const allocation_state *state, size_t unit, int action) {
    const float *value = state->problem->value[action];
    return value != NULL && value[unit] == value[unit];
}

/* The best move of a unit for the job; key is infinity where there is none. */
static unit_move best_move(const gather_job *job, size_t unit) {
    const allocation_state *state = job->state;
    const jk_allocation *p = state->problem;
    int from = job->decision[unit];
    unit_move best = {.key = (double)INFINITY, .unit = unit};
    double reduced[JK_ACTION_COUNT];
    allocation_reduced(state, state->tariffs, unit, reduced);
    for (int to = 0; to < JK_ACTION_COUNT; to++) {
        if (to == from || !is_allowed(state, unit, to)) {
            continue;
        }
        double loss = reduced[from] - reduced[to];
        double key = loss;
        if (job->over >= 0) {
            const jk_limit *limit = &p->limits[job->over];
            double freed = allocation_use(p, limit, unit, from) - allocation_use(p, limit, unit, to);
            if (!(freed > 0.0)) {
                continue;
            }
            key = loss / freed;
        } else if (!(p->value[to][unit] > p->value[from][unit]) || !fits(state, job->slack, unit, from, to)) {
            continue;
        }
        if (key < best.key && (job->over < 0 || to == JK_CLOSE || fits(state, job->slack, unit, from, to))) {
            best.key = key;
            best.to = (uint8_t)to;
        }
    }
    return best;
}

static jk_status gather_block(void *context, int thread, size_t block, jk_error *error) {
    const gather_job *job = context;
    move_list *list = &job->lists[thread];
    size_t units = job->state->problem->units;
    size_t end = (block + 1) * BLOCK_UNITS < units ? (block + 1) * BLOCK_UNITS : units;
    for (size_t i = block * BLOCK_UNITS; i < end; i++) {
        if (job->over >= 0) {
            const jk_allocation *p = job->state->problem;
            const jk_limit *limit = &p->limits[job->over];
            if (!allocation_covers(limit, p->country != NULL ? p->country[i] : 0,
                                   p->segment != NULL ? p->segment[i] : 0)) {
                continue;
            }
        }
        unit_move move = best_move(job, i);
        if (!(move.key <= job->widest)) {
            continue;
        }
        if (list->count == list->capacity) {
            size_t capacity = list->capacity ? 2 * list->capacity : 1024;
            unit_move *grown = realloc(list->moves, capacity * sizeof *grown);
            JK_TRY(jk_held(grown != NULL, error, "the moves of the allocation"));
            list->moves = grown;
            list->capacity = capacity;
        }
        list->moves[list->count++] = move;
    }
    return JK_OK;
}

static int compare_moves(const void *a, const void *b) {
    const unit_move *x = a;
    const unit_move *y = b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* All moves of the job with a key up to job->widest, best first, in *all (the caller frees all->moves). */
static jk_status gather(gather_job *job, move_list *all, jk_error *error) {
    int threads = jk_threads(job->state->run);
    *all = (move_list){0};
    job->lists = calloc((size_t)threads, sizeof *job->lists);
    JK_TRY(jk_held(job->lists != NULL, error, "the moves of the allocation"));
    size_t blocks = (job->state->problem->units + BLOCK_UNITS - 1) / BLOCK_UNITS;
    jk_status status =
        jk_parallel_for(job->state->run, blocks, "keeping the limits", BLOCK_UNITS, gather_block, job, error);
    size_t count = 0;
    for (int t = 0; t < threads; t++) {
        count += job->lists[t].count;
    }
    if (status == JK_OK && count > 0) {
        all->moves = malloc(count * sizeof *all->moves);
        status = jk_held(all->moves != NULL, error, "the moves of the allocation");
    }
    for (int t = 0; t < threads; t++) {
        for (size_t i = 0; status == JK_OK && i < job->lists[t].count; i++) {
            all->moves[all->count++] = job->lists[t].moves[i];
        }
        free(job->lists[t].moves);
    }
    free(job->lists);
    if (all->count > 0) {
        jk_sort(all->moves, all->count, sizeof *all->moves, compare_moves);
    }
    return status;
}

static void apply(const allocation_state *state, uint8_t *decision, double *slack, size_t unit, int to) {
    const jk_allocation *p = state->problem;
    const allocation_cell *cell = &state->cells[allocation_cell_of(state, unit)];
    for (size_t k = 0; k < cell->count; k++) {
        const jk_limit *limit = &p->limits[cell->limit[k]];
        slack[cell->limit[k]] -= allocation_use(p, limit, unit, to) - allocation_use(p, limit, unit, decision[unit]);
    }
    decision[unit] = (uint8_t)to;
}

static void measure_slack(const allocation_state *state, const uint8_t *decision, double *slack) {
    (void)jk_allocation_sum(state, decision, slack);
    for (size_t m = 0; m < state->problem->limit_count; m++) {
        slack[m] = state->amount[m] - slack[m];
    }
}

/* Brings one limit down: moves in order of loss per unit freed, from a narrow band of losses to all. */
static jk_status repair(const allocation_state *state, uint8_t *decision, double *slack, int over, jk_error *error) {
    double price = state->price[over];
    for (double widest = 1e-6 * (price > 1e-9 ? price : 1e-9); slack[over] < 0.0; widest *= WIDEN) {
        gather_job job = {.state = state, .decision = decision, .slack = slack, .over = over, .widest = widest};
        move_list all;
        jk_status status = gather(&job, &all, error);
        for (size_t i = 0; status == JK_OK && i < all.count && slack[over] < 0.0; i++) {
            const unit_move *move = &all.moves[i];
            bool free_move = fits(state, slack, move->unit, decision[move->unit], move->to);
            apply(state, decision, slack, move->unit, free_move ? move->to : JK_CLOSE);
        }
        free(all.moves);
        JK_TRY(status);
        if (widest > 1e300) {
            return jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL,
                           "a limit cannot be kept although closing uses nothing");
        }
    }
    return JK_OK;
}

/* Gives what is left of the limits to units that gain by it, those nearest to indifference first. */
static jk_status fill(const allocation_state *state, uint8_t *decision, double *slack, jk_error *error) {
    const jk_allocation *p = state->problem;
    for (int round = 0; round < FILL_ROUNDS; round++) {
        double worth = 0.0; /* of what is left, at the prices: no move that loses more can gain */
        for (size_t m = 0; m < p->limit_count; m++) {
            worth += state->price[m] * slack[m];
        }
        gather_job job = {.state = state, .decision = decision, .slack = slack, .over = -1, .widest = worth};
        move_list all;
        jk_status status = gather(&job, &all, error);
        size_t moved = 0;
        for (size_t i = 0; status == JK_OK && i < all.count; i++) {
            const unit_move *move = &all.moves[i];
            if (fits(state, slack, move->unit, decision[move->unit], move->to)) {
                apply(state, decision, slack, move->unit, move->to);
                moved++;
            }
        }
        free(all.moves);
        JK_TRY(status);
        if (moved == 0) {
            break;
        }
    }
    return JK_OK;
}

typedef struct choose_job {
    const allocation_state *state;
    uint8_t *decision;
} choose_job;

static jk_status choose_block(void *context, int thread, size_t block, jk_error *error) {
    const choose_job *job = context;
    size_t units = job->state->problem->units;
    size_t end = (block + 1) * BLOCK_UNITS < units ? (block + 1) * BLOCK_UNITS : units;
    (void)thread;
    (void)error;
    for (size_t i = block * BLOCK_UNITS; i < end; i++) {
        double reduced[JK_ACTION_COUNT];
        allocation_reduced(job->state, job->state->tariffs, i, reduced);
        job->decision[i] = (uint8_t)allocation_best(reduced);
    }
    return JK_OK;
}

jk_status jk_allocation_round(const allocation_state *state, uint8_t *decision, jk_error *error) {
    size_t blocks = (state->problem->units + BLOCK_UNITS - 1) / BLOCK_UNITS;
    choose_job job = {state, decision};
    JK_TRY(jk_parallel_for(state->run, blocks, "choosing", BLOCK_UNITS, choose_block, &job, error));
    double slack[JK_LIMITS_MAX];
    measure_slack(state, decision, slack);
    for (size_t m = 0; m < state->problem->limit_count; m++) {
        JK_TRY(repair(state, decision, slack, (int)m, error));
    }
    return fill(state, decision, slack, error);
}

double jk_allocation_sum(const allocation_state *state, const uint8_t *decision, double *use) {
    const jk_allocation *p = state->problem;
    int64_t value = 0;
    int64_t sums[JK_LIMITS_MAX] = {0};
    for (size_t i = 0; i < p->units; i++) {
        value += jk_grid_from_double((double)p->value[decision[i]][i]);
        const allocation_cell *cell = &state->cells[allocation_cell_of(state, i)];
        for (size_t k = 0; k < cell->count; k++) {
            const jk_limit *limit = &p->limits[cell->limit[k]];
            sums[cell->limit[k]] += (int64_t)allocation_use(p, limit, i, decision[i]);
        }
    }
    for (size_t m = 0; m < p->limit_count; m++) {
        use[m] = (double)sums[m];
    }
    return jk_grid_to_double(value);
}
