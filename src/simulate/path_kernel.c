/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel of the simulation, compiled once per instruction set: one point over a tile of paths. */
#include "simulate/path_kernel.h"

#include "plan/kernel_decay.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)

typedef struct jk_path_sums {
    jk_vec of[JK_PATH_FLOWS];
} jk_path_sums;

/* Times above JK_DECAY_SHORT are rare: a country in which collections triple, the first months of a claim sure to pay.
 */
JK_INLINE jk_decay decay_of(jk_vec t) {
    jk_decay decay = jk_decay_short(t);
    if (__builtin_expect(jk_any(jk_gt(t, jk_set(JK_DECAY_SHORT))), 0)) {
        jk_decay_repair(t, JK_DECAY_SHORT, &decay);
    }
    return decay;
}

JK_INLINE void move_on(const jk_path_state *state, jk_vec mass, float *next) {
    for (int i = 0; i < state->moves; i++) {
        float *to = next + (size_t)state->move[i].to * JK_PATH_LANES;
        jk_vec part = jk_set(state->move[i].part);
        if (state->move[i].first) {
            jk_store(to, mass * part);
        } else {
            jk_store(to, jk_fma(mass, part, jk_load(to)));
        }
    }
}

JK_INLINE void run_state(const jk_path_state *state, const jk_path_epoch *epoch, const jk_path_tile *tile,
                         const float *probability, float *next, size_t at, jk_vec recovery, jk_path_sums *sums) {
    jk_vec p = jk_load(probability + (size_t)state->state * JK_PATH_LANES + at);
    if (state->factor < 0) {
        sums->of[JK_PATH_SALE] = jk_fma(p, jk_set(state->start), sums->of[JK_PATH_SALE]);
        return;
    }
    sums->of[JK_PATH_FILING] = jk_fma(p, jk_set(state->start), sums->of[JK_PATH_FILING]);
    jk_vec multiplier = jk_load(tile->multiplier + (size_t)state->factor * JK_PATH_LANES + at);
    jk_vec t = recovery * multiplier * jk_set(state->rate);
    t = jk_fma(jk_load(tile->garnish + at), jk_set(state->garnish), t);
    jk_vec time = t + jk_set(state->exit);
    jk_decay plain = decay_of(time);
    jk_decay discounted = decay_of(time + jk_set(epoch->discount));
    jk_vec alive = p * plain.share, worth = p * discounted.share;
    jk_vec resolved = alive * t;
    sums->of[JK_PATH_GROSS] = jk_fma(resolved, jk_set(state->gross), sums->of[JK_PATH_GROSS]);
    sums->of[JK_PATH_CONTINGENT] = jk_fma(resolved, jk_set(state->contingent), sums->of[JK_PATH_CONTINGENT]);
    sums->of[JK_PATH_RUNNING] = jk_fma(alive, jk_set(state->running), sums->of[JK_PATH_RUNNING]);
    sums->of[JK_PATH_KEPT] = jk_fma(worth * t, jk_set(state->kept), sums->of[JK_PATH_KEPT]);
    sums->of[JK_PATH_SPENT] = jk_fma(worth, jk_set(state->spent), sums->of[JK_PATH_SPENT]);
    sums->of[JK_PATH_SECOND] = jk_fma(resolved, jk_set(state->second), sums->of[JK_PATH_SECOND]);
    move_on(state, p * plain.left, next + at);
}

static void run_epoch(const jk_path_program *program, int j, const jk_path_tile *tile) {
    const jk_path_epoch *epoch = &program->epoch[j];
    const jk_path_state *first = program->state + epoch->first, *end = first + epoch->count;
    const float *probability = tile->probability[j % 2];
    float *next = tile->probability[1 - j % 2];
    float *flow = tile->flow + (size_t)j * JK_PATH_FLOWS * JK_PATH_LANES;
    const float *recovery = tile->recovery + (size_t)j * JK_PATH_LANES;
    for (size_t at = 0; at < tile->lanes; at += JK_LANES) {
        jk_path_sums sums;
        JK_UNROLL
        for (int f = 0; f < JK_PATH_FLOWS; f++) {
            sums.of[f] = jk_load(flow + (size_t)f * JK_PATH_LANES + at);
        }
        jk_vec m = jk_load(recovery + at);
        for (const jk_path_state *state = first; state < end; state++) {
            run_state(state, epoch, tile, probability, next, at, m, &sums);
        }
        JK_UNROLL
        for (int f = 0; f < JK_PATH_FLOWS; f++) {
            jk_store(flow + (size_t)f * JK_PATH_LANES + at, sums.of[f]);
        }
    }
}

static void run(const jk_path_program *program, const jk_path_tile *tile) {
    float *start = tile->probability[0] + (size_t)program->start * JK_PATH_LANES;
    for (size_t at = 0; at < tile->lanes; at += JK_LANES) {
        jk_store(start + at, jk_set(1.0f));
    }
    for (int j = 0; j < program->epochs; j++) {
        run_epoch(program, j, tile);
    }
}

const jk_path_kernel PASTE(jk_path_kernel_, JK_ISA) = {run};
