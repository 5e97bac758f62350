/* SPDX-License-Identifier: Apache-2.0 */
/* Competing exponential times within an epoch; states change class and title at its end. Over a stretch of length t in
 * which the balance falls at the rate c, R falls to R e^-ct and is R (1 - e^-ct)/c in the mean over time; discounted at
 * delta from the epoch's start, R e^-(delta s) (1 - e^-(c+delta)t)/(c + delta). Times are parts of the epoch. */
#include "simulate/paths/walk.h"

#include <math.h>
#include <string.h>

#include "base/number/fmath.h"

/* Numbers of a path: far more than an epoch's stops at the largest breakage ask for. */
#define NUMBERS_OF_PATH 20

jk_walk_luck jk_walk_luck_of(uint64_t seed, uint64_t stream, uint64_t path) {
    return (jk_walk_luck){.seed = seed, .stream = stream, .next = path << NUMBERS_OF_PATH, .used = 4};
}

static double draw(jk_walk_luck *luck) {
    if (luck->used == 4) {
        luck->four = jk_philox(luck->seed, luck->stream, luck->next++);
        luck->used = 0;
    }
    return jk_uniform(luck->four.word[luck->used++]);
}

typedef struct walker {
    const jk_path_state *state;
    const jk_path_work *work;
    const jk_path_epoch *epoch;
    jk_walk_luck *luck;
    double *flow;               /* of the epoch */
    double rest;                /* R */
    double time;                /* since the epoch's start */
    double settle, begin, stop; /* rates on this path, times the epoch */
    double taken, pays;         /* garnishment, instalments */
    double exit[2];
    bool paying;
} walker;

/* (1 - e^-ct)/c */
static double mean_time(double rate, double time) {
    return rate * time < 1e-9 && rate * time > -1e-9 ? time : (1.0 - jk_exp(-rate * time)) / rate;
}

static void collect(walker *w, double amount, double worth) {
    double fee = (double)w->state->contingent;
    w->flow[JK_PATH_GROSS] += amount;
    w->flow[JK_PATH_CONTINGENT] += fee * amount;
    w->flow[JK_PATH_KEPT] += (1.0 - fee) * (double)w->epoch->now * worth;
}

/* The claim stays in its mood for a while. */
static void stay(walker *w, double time) {
    const int mood = w->paying;
    const double discount = (double)w->epoch->discount, dividend = (double)w->work->dividend;
    double falls = dividend + (mood ? w->pays : w->taken);
    double lasts = w->rest * mean_time(falls, time);
    double worth = w->rest * jk_exp(-discount * w->time) * mean_time(falls + discount, time);
    double balance = (double)w->state->balance[mood], running = (double)w->state->running[mood];
    collect(w, balance * falls * lasts, balance * falls * worth);
    w->flow[JK_PATH_RUNNING] += running * lasts;
    w->flow[JK_PATH_SPENT] += running * worth * (double)w->epoch->now;
    w->rest *= jk_exp(-falls * time);
    w->time += time;
}

/* What happens next, or nothing until the epoch's end; false: the claim is gone. */
static bool step(walker *w) {
    double leave = w->exit[w->paying];
    double change = w->paying ? w->stop : w->begin, settle = w->paying ? 0.0 : w->settle;
    double all = leave + change + settle, left = 1.0 - w->time;
    double wait = all > 0.0 ? -jk_log(draw(w->luck)) / all : INFINITY;
    if (wait >= left) {
        stay(w, left);
        w->time = 1.0;
        return true;
    }
    stay(w, wait);
    double which = draw(w->luck) * all;
    if (which < change) {
        w->paying = !w->paying;
        return true;
    }
    if (which < change + settle) {
        double amount = (double)w->work->share * (double)w->state->balance[0] * w->rest;
        collect(w, amount, amount * jk_exp(-(double)w->epoch->discount * w->time));
    }
    return false;
}

static double spell_of(const jk_path_tile *tile, int row, int of, size_t lane) {
    return (double)tile->spells[(size_t)(row + of) * JK_PATH_LANES + lane];
}

static void read_rates(walker *w, const jk_path_tile *tile, int j, size_t lane) {
    const jk_path_work *work = w->work;
    const int a = work->treatment, k = work->capacity;
    double recovery = (double)tile->recovery[(size_t)j * JK_PATH_LANES + lane];
    double garnish = (double)tile->garnish[lane];
    double pace = recovery * (double)tile->multiplier[(size_t)work->factor * JK_PATH_LANES + lane];
    w->settle = pace * (double)work->settle * spell_of(tile, JK_PATH_SETTLES, a, lane);
    w->begin = pace * (double)work->begin * spell_of(tile, JK_PATH_BEGINS, a, lane);
    w->stop = (double)work->stop * spell_of(tile, JK_PATH_STOPS, a, lane);
    w->taken = garnish * (double)work->garnish;
    w->pays =
        fmax(recovery * (double)work->pays * spell_of(tile, JK_PATH_PAYS, k, lane), garnish * (double)work->floor);
    for (int mood = 0; mood < 2; mood++) {
        w->exit[mood] = fmax(0.0, (double)work->leaving[mood] - (double)work->dividend);
    }
}

/* The state at the epoch's end; -1: there is none. */
static int move_on(const walker *w) {
    const jk_path_state *state = w->state;
    double which = draw(w->luck);
    for (int to = 0; to < JK_CAPACITY_COUNT && state->continues[w->paying]; to++) {
        const int mood = w->paying * JK_STATES;
        which -= (double)(state->step[to] * state->stays);
        if (which < 0.0) {
            return mood + JK_STATE(state->title, to);
        }
        which -= (double)(state->step[to] * state->titled);
        if (which < 0.0) {
            return mood + JK_STATE(JK_TITLE_HELD, to);
        }
    }
    return -1;
}

static const jk_path_state *state_of(const jk_path_program *program, int j, int which) {
    const jk_path_state *state = program->state + program->epoch[j].first, *end = state + program->epoch[j].count;
    while (state < end && state->state != which) {
        state++;
    }
    return state < end ? state : NULL;
}

void jk_walk(const jk_path_program *program, const jk_path_tile *tile, size_t lane, jk_walk_luck *luck, int epochs,
             double *flow) {
    walker w = {.luck = luck, .rest = 1.0};
    int at = program->start;
    memset(flow, 0, (size_t)epochs * JK_PATH_FLOWS * sizeof *flow);
    for (int j = 0; j < program->epochs && at >= 0; j++) {
        w.epoch = &program->epoch[j];
        w.state = state_of(program, j, at);
        w.flow = flow + j * JK_PATH_FLOWS;
        if (w.state == NULL) { /* closed */
            return;
        }
        if (w.state->work < 0) {
            w.flow[JK_PATH_SALE] += w.rest * (double)w.state->start;
            return;
        }
        w.flow[JK_PATH_FILING] += w.rest * (double)w.state->start;
        w.work = program->work + w.epoch->first_work + w.state->work;
        w.paying = at >= JK_STATES;
        w.time = 0.0;
        read_rates(&w, tile, j, lane);
        while (w.time < 1.0) {
            if (!step(&w)) {
                return;
            }
        }
        at = move_on(&w);
    }
}
