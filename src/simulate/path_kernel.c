/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel of the simulation, compiled once per instruction set: one point over a tile of paths. */
#include "simulate/path_kernel.h"

#include "base/isa_name.h"
#include "plan/kernel_payers_claims.h"

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

/* ---- a point's scene ------------------------------------------------------------------------------------------ */

JK_INLINE float first_of(jk_vec a) {
    alignas(64) float lanes[JK_LANES];
    jk_store(lanes, a);
    return lanes[0];
}

static void read_sales(const jk_plan_group *group, const jk_plan_tile *point, int j, const jk_ages *ages,
                       const jk_curve_place *place, jk_path_scene *scene) {
    const jk_plan_segment *segment = group->segment;
    const jk_plan_epoch *epoch = &group->tables->epochs[j];
    const jk_bar bar[2] = {jk_bar_load(point, 0, 0), jk_bar_load(point, 0, 1)};
    jk_vec price = jk_curve_read(segment->market, ages, place), insight[JK_CAPACITY_COUNT];
    jk_insight_read(segment, point, 0, epoch, insight);
    for (int s = 0; s < JK_ALL_STATES; s++) {
        int paying = s / JK_STATES, z = s % JK_STATES / JK_CAPACITY_COUNT, k = s % JK_CAPACITY_COUNT;
        jk_vec sale =
            jk_sale_value(segment, epoch, j, z, &bar[z > 0 || paying == 1], jk_set(scene->balance[z > 0]), price);
        scene->sale[s] = first_of(insight[k] * sale * jk_set(paying ? segment->payer_factor : 1.0f));
    }
}

static void read(const jk_plan_group *group, jk_plan_tile *point, int j, jk_path_scene *scene) {
    const jk_plan_segment *segment = group->segment;
    const jk_plan_epoch *epoch = &group->tables->epochs[j];
    const jk_shape shape = {
        .first = (int)group->title, .last = group->legal ? JK_TITLE_HELD : (int)group->title, .legal = group->legal};
    jk_part_note(point, 0);
    jk_ages ages = jk_ages_load(point, 0, segment->last_age);
    jk_curve_place place = jk_curve_place_after(&ages, epoch->first_month);
    jk_spells spells;
    memset(&spells, 0, sizeof spells);
    jk_spells_read(group, point, 0, j, &ages, &place, 0.0f, 1.0f, shape, &spells);
    *scene = (jk_path_scene){.garnish = first_of(spells.pace.garnish),
                             .dividend = first_of(spells.dividend),
                             .leaving = {first_of(spells.leaving[0]), first_of(spells.leaving[1])},
                             .alive = {first_of(spells.alive[0]), first_of(spells.alive[1])}};
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        scene->pace[a] = first_of(spells.pace.of[a]);
        scene->begin[0][a] = first_of(spells.begin[0][a]);
        scene->begin[1][a] = first_of(spells.begin[1][a]);
    }
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        scene->pays[k] = first_of(spells.pays[0][k]); /* without what enforcement takes at least */
    }
    float fee = group->title == JK_TITLE_NONE ? point->share[0] * segment->fee : 0.0f;
    scene->balance[0] = first_of(jk_balance_in(group, point, 0, j));
    scene->balance[1] = scene->balance[0] + fee;
    for (int titled = 0; titled < 2; titled++) {
        scene->continues[titled] = point->bar_epoch[titled][0] > (float)j;
    }
    if (point->part[0].sell) {
        read_sales(group, point, j, &ages, &place, scene);
    }
}

/* ---- paths ---------------------------------------------------------------------------------------------------- */

JK_INLINE void move_on(const jk_path_state *state, jk_vec quiet, jk_vec paying, float *next) {
    for (int i = 0; i < state->moves; i++) {
        float *to = next + (size_t)state->move[i].to * JK_PATH_LANES;
        jk_vec mass = state->move[i].paying ? paying : quiet, part = jk_set(state->move[i].part);
        if (state->move[i].first) {
            jk_store(to, mass * part);
        } else {
            jk_store(to, jk_fma(mass, part, jk_load(to)));
        }
    }
}

/* What a state brings: probability times mean time in each mood, plain and discounted within the epoch, times yields.
 */
typedef struct jk_path_times {
    jk_vec quiet, paying, quiet_worth, paying_worth;
} jk_path_times;

JK_INLINE void add_flows(const jk_path_state *state, const jk_path_epoch *epoch, const jk_path_times *times,
                         jk_vec quiet_yield, jk_vec paying_yield, jk_path_sums *sums) {
    jk_vec quiet = quiet_yield * jk_set(state->balance[0]), paying = paying_yield * jk_set(state->balance[1]);
    jk_vec gross = jk_fma(times->quiet, quiet, times->paying * paying);
    jk_vec worth = jk_fma(times->quiet_worth, quiet, times->paying_worth * paying);
    jk_vec running = jk_fma(times->quiet, jk_set(state->running[0]), times->paying * jk_set(state->running[1]));
    jk_vec spent =
        jk_fma(times->quiet_worth, jk_set(state->running[0]), times->paying_worth * jk_set(state->running[1]));
    sums->of[JK_PATH_GROSS] = sums->of[JK_PATH_GROSS] + gross;
    sums->of[JK_PATH_CONTINGENT] = jk_fma(gross, jk_set(state->contingent), sums->of[JK_PATH_CONTINGENT]);
    sums->of[JK_PATH_RUNNING] = sums->of[JK_PATH_RUNNING] + running;
    sums->of[JK_PATH_KEPT] = jk_fma(worth, jk_set((1.0f - state->contingent) * epoch->now), sums->of[JK_PATH_KEPT]);
    sums->of[JK_PATH_SPENT] = jk_fma(spent, jk_set(epoch->now), sums->of[JK_PATH_SPENT]);
}

/* Quiet and paying change into each other; the state's own mood is where it begins. */
JK_INLINE void run_pair(const jk_path_state *state, const jk_path_epoch *epoch, jk_vec p, jk_vec settle, jk_vec begin,
                        jk_vec taken, jk_vec pays, jk_vec stop, float *next, jk_path_sums *sums) {
    const bool paying = state->state >= JK_STATES;
    const jk_vec discount = jk_set(epoch->discount), dividend = jk_set(state->dividend);
    jk_vec quiet_rate = settle + taken + jk_set(state->leaving[0]), paying_rate = pays + jk_set(state->leaving[1]);
    const jk_pair pair = {quiet_rate, paying_rate, begin, stop};
    jk_stay stay = jk_stay_over(&pair, NULL), later;
    if (epoch->discount >= 0.0f) {
        const jk_pair discounted = {quiet_rate + discount, paying_rate + discount, begin, stop};
        later = jk_stay_over(&discounted, NULL);
    } else {
        later = jk_stay_over(&pair, &discount);
    }
    jk_path_times times = {p * (paying ? stay.share.pq : stay.share.qq), p * (paying ? stay.share.pp : stay.share.qp),
                           p * (paying ? later.share.pq : later.share.qq),
                           p * (paying ? later.share.pp : later.share.qp)};
    add_flows(state, epoch, &times, jk_fma(settle, jk_set(state->share), taken + dividend), pays + dividend, sums);
    move_on(state, p * (paying ? stay.left.pq : stay.left.qq), p * (paying ? stay.left.pp : stay.left.qp), next);
}

/* A row of the segment's spells on these paths. */
JK_INLINE jk_vec spell_of(const jk_path_tile *tile, int row, int of, size_t at) {
    return jk_load(tile->spells + (size_t)(row + of) * JK_PATH_LANES + at);
}

JK_INLINE void run_state(const jk_path_state *state, const jk_path_epoch *epoch, const jk_path_tile *tile,
                         const float *probability, float *next, size_t at, jk_vec recovery, jk_path_sums *sums) {
    const jk_vec none = jk_set(0.0f);
    jk_vec p = jk_load(probability + (size_t)state->state * JK_PATH_LANES + at);
    if (state->factor < 0) {
        sums->of[JK_PATH_SALE] = jk_fma(p, jk_set(state->start), sums->of[JK_PATH_SALE]);
        return;
    }
    sums->of[JK_PATH_FILING] = jk_fma(p, jk_set(state->start), sums->of[JK_PATH_FILING]);
    jk_vec multiplier = jk_load(tile->multiplier + (size_t)state->factor * JK_PATH_LANES + at);
    jk_vec garnish = jk_load(tile->garnish + at), pace = recovery * multiplier;
    jk_vec settle = pace * jk_set(state->settle), taken = garnish * jk_set(state->garnish);
    if (state->pair) {
        const int a = state->treatment, k = state->state % JK_CAPACITY_COUNT;
        jk_vec pays = recovery * jk_set(state->pays) * spell_of(tile, JK_PATH_PAYS, k, at);
        jk_vec begin = pace * jk_set(state->begin) * spell_of(tile, JK_PATH_BEGINS, a, at);
        jk_vec stop = jk_set(state->stop) * spell_of(tile, JK_PATH_STOPS, a, at);
        settle = settle * spell_of(tile, JK_PATH_SETTLES, a, at);
        run_pair(state, epoch, p, settle, begin, taken, jk_max(pays, garnish * jk_set(state->floor)), stop, next + at,
                 sums);
        return;
    }
    jk_vec open = taken + jk_set(state->dividend);
    jk_vec time = settle + taken + jk_set(state->leaving[0]);
    jk_decay plain = decay_of(time);
    jk_decay discounted = decay_of(time + jk_set(epoch->discount));
    jk_path_times times = {p * plain.share, none, p * discounted.share, none};
    add_flows(state, epoch, &times, jk_fma(settle, jk_set(state->share), open), none, sums);
    jk_vec second = jk_fma(settle, jk_set(state->second[0]), open * jk_set(state->second[1]));
    sums->of[JK_PATH_SECOND] = jk_fma(times.quiet, second, sums->of[JK_PATH_SECOND]);
    move_on(state, p * plain.left, none, next + at);
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

const jk_path_kernel JK_ISA_NAME(jk_path_kernel_) = {read, run};
