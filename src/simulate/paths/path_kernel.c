/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel of the simulation, compiled once per instruction set: one model point over a tile of paths.
 *
 * A point's plan is known; a path only scales its intensities. In each epoch a state is left at the rate settle +
 * garnish + leaving, over which the share that stays and the mean time are exp(-t) and (1 - exp(-t)) / t
 * (plan/kernel_decay.h), or, where debtors pay in spells, those of the two moods (plan/kernel_pair.h). So an epoch
 * costs a few operations a state and path, without a jump; cash is probability times mean time times yield. Rates come
 * from the plan's own scene (path_program.c), so that a path without draws is the plan's projection. combine() is the
 * product of a lower triangular factor with columns of normal numbers, added up in the same order on every instruction
 * set. */
#include "simulate/paths/path_kernel.h"

#include "base/lanes/isa_name.h"
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

/* What a work does over the epoch, of who begins it in a mood. */
typedef struct jk_path_stay {
    jk_stay stay;
    jk_moods later;       /* mean time in a mood, discounted within the epoch */
    jk_vec quiet, paying; /* what a unit of time in the mood brings per unit of balance */
    jk_vec settle, open;  /* where nobody pays in spells: the parts of `quiet`, settled and otherwise */
} jk_path_stay;

/* A row of the segment's spells on these paths. */
JK_INLINE jk_vec spell_of(const jk_path_tile *tile, int row, int of, size_t at) {
    return jk_load(tile->spells + (size_t)(row + of) * JK_PATH_LANES + at);
}

/* A work's pair of moods on these paths, and what a unit of time in a mood brings. */
JK_INLINE jk_pair pair_of(const jk_path_work *work, const jk_path_tile *tile, size_t at, jk_vec recovery,
                          jk_vec yield[2]) {
    const int a = work->treatment;
    jk_vec multiplier = jk_load(tile->multiplier + (size_t)work->factor * JK_PATH_LANES + at);
    jk_vec garnish = jk_load(tile->garnish + at), pace = recovery * multiplier, dividend = jk_set(work->dividend);
    jk_vec taken = garnish * jk_set(work->garnish);
    jk_vec settle = pace * jk_set(work->settle) * spell_of(tile, JK_PATH_SETTLES, a, at);
    jk_vec pays = recovery * jk_set(work->pays) * spell_of(tile, JK_PATH_PAYS, work->capacity, at);
    pays = jk_max(pays, garnish * jk_set(work->floor));
    yield[0] = jk_fma(settle, jk_set(work->share), taken + dividend);
    yield[1] = pays + dividend;
    return (jk_pair){settle + taken + jk_set(work->leaving[0]), pays + jk_set(work->leaving[1]),
                     pace * jk_set(work->begin) * spell_of(tile, JK_PATH_BEGINS, a, at),
                     jk_set(work->stop) * spell_of(tile, JK_PATH_STOPS, a, at)};
}

/* The series for P and M, plain and discounted, side by side; true: not on all paths do they hold. */
JK_INLINE bool stay_in_spells(const jk_path_work *work, jk_vec discount, const jk_path_tile *tile, size_t at,
                              jk_vec recovery, jk_path_stay *stay) {
    const jk_vec limit = jk_set(JK_PAIR_EPOCH);
    jk_vec yield[2];
    const jk_pair pair = pair_of(work, tile, at, recovery, yield);
    const jk_pair later = {pair.quiet + discount, pair.paying + discount, pair.begin, pair.stop};
    const jk_matrix matrix[] = {jk_matrix_of(&pair), jk_matrix_of(&later)};
    jk_linear share[2];
    jk_shares_in_epoch(matrix, 2, share);
    stay->stay = jk_stay_of(&pair, &matrix[0], &share[0]);
    stay->later = jk_stay_of(&later, &matrix[1], &share[1]).share;
    stay->quiet = yield[0];
    stay->paying = yield[1];
    return jk_any(jk_either(jk_gt(matrix[0].trace, limit), jk_gt(matrix[1].trace, limit)));
}

/* The same for rates of any size, lane by lane where the series do not hold, and for a discount below 0. Apart, so that
 * the common way keeps its numbers in registers. */
static __attribute__((noinline)) void stays_repair(const jk_path_work *work, int32_t works, float rate,
                                                   const jk_path_tile *tile, size_t at, jk_vec recovery,
                                                   jk_path_stay *stay) {
    const jk_vec discount = jk_set(rate);
    for (int32_t i = 0; i < works; i++) {
        jk_vec yield[2];
        const jk_pair pair = pair_of(&work[i], tile, at, recovery, yield);
        const jk_pair later = {pair.quiet + discount, pair.paying + discount, pair.begin, pair.stop};
        stay[i].stay = jk_stay_over(&pair, NULL);
        const jk_stay discounted = rate < 0.0f ? jk_stay_over(&pair, &discount) : jk_stay_over(&later, NULL);
        stay[i].later = discounted.share;
    }
}

JK_INLINE void stays_in_spells(const jk_path_work *work, const jk_path_epoch *epoch, const jk_path_tile *tile,
                               size_t at, jk_vec recovery, jk_path_stay *stay) {
    const jk_vec discount = jk_set(epoch->discount);
    bool far = epoch->discount < 0.0f;
    for (int32_t i = 0; i < epoch->works; i++) {
        far |= stay_in_spells(&work[i], discount, tile, at, recovery, &stay[i]);
    }
    if (__builtin_expect(far, 0)) {
        stays_repair(work, epoch->works, epoch->discount, tile, at, recovery, stay);
    }
}

/* Who pays, pays at once. */
JK_INLINE void stay_quiet(const jk_path_work *work, const jk_path_epoch *epoch, const jk_path_tile *tile, size_t at,
                          jk_vec recovery, jk_path_stay *stay) {
    jk_vec multiplier = jk_load(tile->multiplier + (size_t)work->factor * JK_PATH_LANES + at);
    jk_vec settle = recovery * multiplier * jk_set(work->settle);
    jk_vec taken = jk_load(tile->garnish + at) * jk_set(work->garnish);
    jk_vec time = settle + taken + jk_set(work->leaving[0]);
    const jk_decay plain = decay_of(time), discounted = decay_of(time + jk_set(epoch->discount));
    stay->settle = settle;
    stay->open = taken + jk_set(work->dividend);
    stay->quiet = jk_fma(settle, jk_set(work->share), stay->open);
    stay->stay.left.qq = plain.left;
    stay->stay.share.qq = plain.share;
    stay->later.qq = discounted.share;
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
    sums->of[JK_PATH_KEPT] = jk_fma(worth, jk_set(state->kept), sums->of[JK_PATH_KEPT]);
    sums->of[JK_PATH_SPENT] = jk_fma(spent, jk_set(epoch->now), sums->of[JK_PATH_SPENT]);
}

/* A worked state: its flows, and who is in which mood at the epoch's end; the state's own mood is where it begins. */
JK_INLINE void run_state(const jk_path_state *state, const jk_path_epoch *epoch, const jk_path_stay *stay,
                         const bool spells, jk_vec p, jk_path_sums *sums, float *mass) {
    const jk_vec none = jk_set(0.0f);
    const jk_moods *share = &stay->stay.share, *later = &stay->later, *left = &stay->stay.left;
    if (!spells) {
        const jk_path_times times = {p * share->qq, none, p * later->qq, none};
        add_flows(state, epoch, &times, stay->quiet, none, sums);
        jk_vec second = jk_fma(stay->settle, jk_set(state->second[0]), stay->open * jk_set(state->second[1]));
        sums->of[JK_PATH_SECOND] = jk_fma(times.quiet, second, sums->of[JK_PATH_SECOND]);
        jk_store(mass, p * left->qq);
    } else if (state->state < JK_STATES) {
        const jk_path_times times = {p * share->qq, p * share->qp, p * later->qq, p * later->qp};
        add_flows(state, epoch, &times, stay->quiet, stay->paying, sums);
        jk_store(mass, p * left->qq);
        jk_store(mass + JK_PATH_BLOCK, p * left->qp);
    } else {
        const jk_path_times times = {p * share->pq, p * share->pp, p * later->pq, p * later->pp};
        add_flows(state, epoch, &times, stay->quiet, stay->paying, sums);
        jk_store(mass, p * left->pq);
        jk_store(mass + JK_PATH_BLOCK, p * left->pp);
    }
}

JK_INLINE void run_states(const jk_path_program *program, const jk_path_epoch *epoch, const jk_path_stay *stay,
                          const bool spells, const float *probability, jk_path_sums *sums, float *mass) {
    const jk_path_state *state = program->state + epoch->first, *end = state + epoch->count;
    for (; state < end; state++, mass += (ptrdiff_t)2 * JK_PATH_BLOCK) {
        jk_vec p = jk_load(probability + (size_t)state->state * JK_PATH_LANES);
        if (state->work < 0) {
            sums->of[JK_PATH_SALE] = jk_fma(p, jk_set(state->start), sums->of[JK_PATH_SALE]);
        } else {
            sums->of[JK_PATH_FILING] = jk_fma(p, jk_set(state->start), sums->of[JK_PATH_FILING]);
            run_state(state, epoch, stay + state->work, spells, p, sums, mass);
        }
    }
}

/* Who goes on in a state, of some vectors of paths side by side: each sum waits for itself alone. */
enum { BESIDE = 5 };

JK_INLINE void arrive_beside(const jk_path_arrival *arrival, int count, const float *mass, const int vectors,
                             float *next) {
    jk_vec sum[BESIDE];
    const jk_vec first = jk_set(arrival->part);
    JK_UNROLL
    for (int v = 0; v < vectors; v++) {
        sum[v] = jk_load(mass + arrival->mass + v * JK_LANES) * first;
    }
    for (int i = 1; i < count; i++) {
        const jk_vec part = jk_set(arrival[i].part);
        const float *from = mass + arrival[i].mass;
        JK_UNROLL
        for (int v = 0; v < vectors; v++) {
            sum[v] = jk_fma(jk_load(from + (ptrdiff_t)v * JK_LANES), part, sum[v]);
        }
    }
    JK_UNROLL
    for (int v = 0; v < vectors; v++) {
        jk_store(next + (ptrdiff_t)v * JK_LANES, sum[v]);
    }
}

/* Who goes on in which state, of a block of paths. */
static void arrive(const jk_path_arrivals *arrivals, const jk_path_epoch *epoch, const float *mass, size_t lanes,
                   float *next) {
    for (int to = 0; to < JK_ALL_STATES; to++, next += JK_PATH_LANES) {
        const int count = epoch->arrivals[to];
        size_t at = 0;
        for (; count > 0 && at + (size_t)BESIDE * JK_LANES <= lanes; at += (size_t)BESIDE * JK_LANES) {
            arrive_beside(arrivals[to], count, mass + at, BESIDE, next + at);
        }
        for (; count > 0 && at < lanes; at += JK_LANES) {
            arrive_beside(arrivals[to], count, mass + at, 1, next + at);
        }
    }
}

/* An epoch of a vector of paths: works first, each by itself, as the steps of one wait for each other and those of
 * several do not. */
JK_INLINE void run_paths(const jk_path_program *program, int j, const jk_path_tile *tile, const bool spells, size_t at,
                         float *mass) {
    const jk_path_epoch *epoch = &program->epoch[j];
    const jk_path_work *work = program->work + epoch->first_work;
    float *flow = tile->flow + (size_t)j * JK_PATH_FLOWS * JK_PATH_LANES + at;
    jk_path_stay stay[JK_ALL_STATES];
    const jk_vec recovery = jk_load(tile->recovery + (size_t)j * JK_PATH_LANES + at);
    if (spells) {
        stays_in_spells(work, epoch, tile, at, recovery, stay);
    } else {
        for (int32_t i = 0; i < epoch->works; i++) {
            stay_quiet(&work[i], epoch, tile, at, recovery, &stay[i]);
        }
    }
    jk_path_sums sums;
    JK_UNROLL
    for (int f = 0; f < JK_PATH_FLOWS; f++) {
        sums.of[f] = jk_load(flow + (size_t)f * JK_PATH_LANES);
    }
    run_states(program, epoch, stay, spells, tile->probability[j % 2] + at, &sums, mass);
    JK_UNROLL
    for (int f = 0; f < JK_PATH_FLOWS; f++) {
        jk_store(flow + (size_t)f * JK_PATH_LANES, sums.of[f]);
    }
}

/* An epoch of the paths of a block, first..end-1. */
static void run_epoch(const jk_path_program *program, int j, const jk_path_tile *tile, size_t first, size_t end) {
    alignas(64) float mass[2 * JK_ALL_STATES * JK_PATH_BLOCK];
    for (size_t at = first; at < end; at += JK_LANES) {
        if (program->pairs) {
            run_paths(program, j, tile, true, at, mass + (at - first));
        } else {
            run_paths(program, j, tile, false, at, mass + (at - first));
        }
    }
    arrive(program->arrival + (size_t)j * JK_ALL_STATES, &program->epoch[j], mass, end - first,
           tile->probability[1 - j % 2] + first);
}

/* Block by block: what an epoch reads and adds to stays in the nearest cache. */
static void run(const jk_path_program *program, const jk_path_tile *tile) {
    float *start = tile->probability[0] + (size_t)program->start * JK_PATH_LANES;
    for (size_t first = 0; first < tile->lanes; first += JK_PATH_BLOCK) {
        const size_t end = tile->lanes - first < JK_PATH_BLOCK ? tile->lanes : first + JK_PATH_BLOCK;
        for (size_t at = first; at < end; at += JK_LANES) {
            jk_store(start + at, jk_set(1.0f));
        }
        for (int j = 0; j < program->epochs; j++) {
            run_epoch(program, j, tile, first, end);
        }
    }
}

/* Some paths, and as many sums as registers hold. Neither fused nor reordered. */
#if defined(JK_LANES_BASE)
enum { SOME = 2, ROWS = 1 };
#else
enum { SOME = 4, ROWS = 2 };
#endif
enum { PARTS = JK_PATH_STEP / SOME };
typedef double some __attribute__((vector_size(SOME * sizeof(double))));

JK_INLINE void add_column(const double *factor, size_t stride, const int first, const int rows, const some *normal,
                          some sum[ROWS][PARTS]) {
    JK_UNROLL
    for (int r = first; r < rows; r++) {
        const some all = factor[(size_t)r * stride] - (some){0.0};
        JK_UNROLL
        for (int q = 0; q < PARTS; q++) {
            sum[r][q] = sum[r][q] + all * normal[q];
        }
    }
}

/* Rows i..i+rows-1 of the product, side by side, so that numbers are loaded once for all; each is longer by one than
 * the row before. */
JK_INLINE void combine_rows(const double *factor, size_t count, size_t i, const int rows, const double *normal,
                            double *drawn) {
    some sum[ROWS][PARTS] = {{{0.0}}};
    const double *row = factor + i * count;
    const some *column = (const some *)(const void *)normal;
    for (size_t k = 0; k <= i; k++, column += PARTS) {
        add_column(row + k, count, 0, rows, column, sum);
    }
    JK_UNROLL
    for (int r = 1; r < rows; r++, column += PARTS) {
        add_column(row + i + r, count, r, rows, column, sum);
    }
    some *to = (some *)(void *)(drawn + i * JK_PATH_STEP);
    JK_UNROLL
    for (int r = 0; r < rows; r++) {
        JK_UNROLL
        for (int q = 0; q < PARTS; q++) {
            to[r * PARTS + q] = sum[r][q];
        }
    }
}

static void combine(const double *factor, size_t count, const double *normal, double *drawn) {
    size_t i = 0;
    for (; i + ROWS <= count; i += ROWS) {
        combine_rows(factor, count, i, ROWS, normal, drawn);
    }
    if (i < count) {
        combine_rows(factor, count, i, 1, normal, drawn);
    }
}

const jk_path_kernel JK_ISA_NAME(jk_path_kernel_) = {read, run, combine};
