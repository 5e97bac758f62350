/* SPDX-License-Identifier: Apache-2.0 */
/* Projection under the plan (model.md section 7): expected collections, costs and proceeds month by month.
 *
 * Within an epoch every state's flows shrink by the same factor each month, so a month costs one multiplication per
 * state and flow. Amounts are in grid units throughout (a power of two: no rounding), and are rounded to whole units
 * claim by claim before they are added up.
 */
#ifndef JK_PLAN_KERNEL_PROJECT_H
#define JK_PLAN_KERNEL_PROJECT_H

#include "plan/kernel_tile.h"

/* 1 for the actions that work a claim. */
static const alignas(32) float jk_works_by_action[JK_ACTION_SLOTS] = {
    [JK_SURVEIL] = 1, [JK_AMICABLE] = 1, [JK_LEGAL] = 1};

/* One state of a vector of claims through an epoch: flows of the coming month, factor to the next, mass at the end. */
typedef struct jk_flows {
    jk_vec gross[JK_STATES], cost[JK_STATES], factor[JK_STATES], mass[JK_STATES];
    jk_mask filed[JK_CAPACITY_COUNT]; /* legal from no title */
} jk_flows;

/* What of an epoch does not depend on the state. */
typedef struct jk_scene {
    jk_vec share, interruption; /* grid units */
    jk_vec exit, title_exit;    /* with dividends */
    jk_vec balance[2];          /* grid units: without and with the court fee */
    bool repair;                /* some decay may be too fast for the short form */
    jk_vec alive[2];            /* part of the epoch before the bar: without and with title */
    jk_mask continues[2];       /* not barred at the end */
    jk_vec sale[JK_TITLE_COUNT], insight[JK_CAPACITY_COUNT];
    bool dividends;
} jk_scene;

JK_INLINE void jk_scene_read(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                             const jk_ages *ages, const jk_curve_place *place, const jk_pace *pace, bool sell,
                             const jk_shape shape, jk_scene *scene) {
    const jk_plan_segment *segment = group->segment;
    const jk_plan_epoch *epoch = &group->tables->epochs[j];
    const jk_bar bar[2] = {jk_bar_load(tile, at, 0), jk_bar_load(tile, at, 1)};
    jk_vec balance = jk_balance_in(group, tile, at, j);
    jk_vec share = jk_load(tile->share + at);
    scene->share = share * jk_set(JK_GRID_UNITS);
    scene->interruption = jk_load(tile->interruption + at) * jk_set(JK_GRID_UNITS);
    scene->exit = jk_leaving_rate(group, tile, at, j);
    scene->title_exit = scene->exit;
    if (shape.ends) {
        scene->title_exit = scene->exit + jk_set(group->jurisdiction->title_end);
    }
    jk_vec later = shape.first == 0 ? jk_fma(share, jk_set(segment->fee), balance) : balance;
    scene->balance[0] = balance * jk_set(JK_GRID_UNITS);
    scene->balance[1] = later * jk_set(JK_GRID_UNITS);
    JK_UNROLL
    for (int titled = 0; titled < 2; titled++) {
        scene->alive[titled] = jk_alive_part(&bar[titled], j);
        scene->continues[titled] = jk_continues(&bar[titled], j);
    }
    jk_vec fastest = jk_rate_bound(segment, pace, shape);
    if (shape.legal) {
        fastest = jk_max(fastest, jk_rate_title_bound(segment, pace));
    }
    scene->dividends = tile->part[at / JK_LANES].dividends;
    scene->repair = jk_any(jk_gt(fastest + scene->title_exit, jk_set(JK_DECAY_SHORT)));
    if (sell) {
        jk_vec price = jk_curve_read(segment->market, ages, place);
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            scene->sale[z] = jk_sale_value(segment, epoch, j, z, &bar[z > 0], scene->balance[z > 0], price);
        }
        jk_insight_read(segment, tile, at, epoch, scene->insight);
    }
}

/* r^months for all states: squaring and multiplying from the highest bit of months down. The usual lengths of epochs
 * are written out, in the same order of operations. */
JK_INLINE void jk_powers(const jk_vec *factor, int32_t months, const int first, const int last, jk_vec *power) {
    if (months == 12 || months == 6 || months == 3) {
        JK_UNROLL
        for (int s = first; s < last; s++) {
            power[s] = factor[s] * factor[s] * factor[s];
        }
        for (; months > 3; months /= 2) {
            JK_UNROLL
            for (int s = first; s < last; s++) {
                power[s] = power[s] * power[s];
            }
        }
        return;
    }
    JK_UNROLL
    for (int s = first; s < last; s++) {
        power[s] = factor[s];
    }
    for (int32_t bit = (1 << (31 - __builtin_clz((unsigned)months))) >> 1; bit > 0; bit >>= 1) {
        JK_UNROLL
        for (int s = first; s < last; s++) {
            power[s] = power[s] * power[s];
            if (months & bit) {
                power[s] = power[s] * factor[s];
            }
        }
    }
}

/* Flows and masses of all states under their planned actions; filing and sale are added to the sums and to *others. */
JK_INLINE void jk_flows_read(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                             const jk_pace *pace, const jk_scene *scene, const jk_index action[JK_STATES], bool sell,
                             const jk_shape shape, jk_flows *flows, jk_vec *filing, jk_vec *sale) {
    const jk_plan_segment *segment = group->segment;
    const jk_plan_costs *costs = &segment->costs[j];
    const int first = JK_STATE(shape.first, 0), last = JK_STATE(shape.last, JK_CAPACITY_COUNT);
    jk_vec rate_waiting[2][JK_CAPACITY_COUNT], rate_pending[JK_CAPACITY_COUNT];
    jk_vec rate_title[JK_CAPACITY_COUNT], rate_garnish[JK_CAPACITY_COUNT];
    JK_UNROLL
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        rate_waiting[0][k] = jk_rate_waiting(segment, pace, JK_TREAT_SURVEIL, k);
        rate_waiting[1][k] = jk_rate_waiting(segment, pace, JK_TREAT_AMICABLE, k);
        if (shape.legal) {
            rate_pending[k] = jk_rate_pending(segment, pace, k);
            rate_title[k] = jk_rate_waiting(segment, pace, JK_TREAT_LEGAL, k);
            rate_garnish[k] = jk_rate_garnish(segment, pace, k);
        }
    }
    jk_vec sold = jk_set(0.0f), filed = jk_set(0.0f);
    JK_UNROLL
    for (int s = first; s < last; s++) {
        const int z = s / JK_CAPACITY_COUNT, k = s % JK_CAPACITY_COUNT, titled = z > 0;
        jk_vec probability = jk_load(tile->probability[s] + at);
        jk_vec alive = scene->alive[titled];
        jk_vec rate = jk_select(jk_index_equal(action[s], JK_AMICABLE), rate_waiting[1][k], rate_waiting[0][k]);
        jk_vec running = scene->share * jk_lookup(costs->running_by_action[z == JK_TITLE_HELD], action[s]);
        if (z == 0) {
            running = jk_fma(scene->interruption, jk_lookup(costs->interruption_by_action, action[s]), running);
        }
        jk_vec garnish = jk_set(0.0f);
        if (shape.legal) {
            jk_mask legal = jk_index_equal(action[s], JK_LEGAL);
            if (z == JK_TITLE_HELD) {
                garnish = jk_keep(legal, rate_garnish[k]);
            }
            rate = jk_select(legal, z == JK_TITLE_HELD ? rate_title[k] : rate_pending[k], rate);
            if (z == 0) {
                flows->filed[k] = legal;
                alive = jk_select(legal, scene->alive[1], alive);
                filed = filed + jk_keep(legal, probability);
            }
        }
        if (sell) {
            jk_vec part = jk_keep(jk_index_equal(action[s], JK_SELL), probability);
            sold = jk_fma(part * scene->insight[k], scene->sale[z], sold);
        }
        jk_vec exit = z == JK_TITLE_HELD ? scene->title_exit : scene->exit;
        jk_vec time = rate;
        if (shape.legal && z == JK_TITLE_HELD) {
            time = garnish + rate;
        }
        time = time + exit;
        jk_decay decay = jk_decay_short(time);
        if (__builtin_expect(scene->repair, 0)) {
            jk_decay_repair(time, JK_DECAY_SHORT, &decay);
        }
        jk_vec present = probability * alive * decay.share;
        jk_vec gain = scene->balance[titled] * jk_lookup(segment->share_by_action, action[s]) * rate;
        if (shape.legal && z == JK_TITLE_HELD) {
            gain = jk_fma(scene->balance[titled], garnish, gain);
        }
        if (scene->dividends) {
            jk_vec dividend = jk_load(tile->dividend + at) * jk_lookup(jk_works_by_action, action[s]);
            gain = jk_fma(scene->balance[titled], dividend, gain);
        }
        flows->gross[s] = present * gain;
        flows->cost[s] =
            jk_fma(flows->gross[s], jk_lookup(segment->contingent_by_action, action[s]), present * running);
        flows->factor[s] = decay.left;
    }
    jk_powers(flows->factor, group->tables->epochs[j].month_count, first, last, flows->mass);
    JK_UNROLL
    for (int s = first; s < last; s++) {
        flows->mass[s] = flows->mass[s] * jk_load(tile->probability[s] + at);
    }
    *filing = filed * (scene->share * jk_set(costs->filing));
    *sale = sold;
}

/* Probabilities at the next epoch's start. */
JK_INLINE void jk_move(const jk_plan_segment *segment, const jk_plan_span *span, jk_plan_tile *tile, size_t at,
                       const jk_scene *scene, const jk_flows *flows, const jk_index action[JK_STATES],
                       const jk_shape shape) {
    jk_vec next[JK_STATES], pending[JK_CAPACITY_COUNT];
    jk_vec filed[JK_CAPACITY_COUNT]; /* mass that legal moves on: filed in this epoch or pending before */
    JK_UNROLL
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        pending[k] = filed[k] = jk_set(0.0f);
    }
    JK_UNROLL
    for (int z = shape.first; z <= shape.last; z++) {
        jk_vec mass[JK_CAPACITY_COUNT];
        JK_UNROLL
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            const int s = JK_STATE(z, k);
            mass[k] = jk_keep(scene->continues[z > 0], flows->mass[s]);
            if (shape.legal && z == 0) {
                jk_vec kept = jk_keep(scene->continues[1], flows->mass[s]);
                filed[k] = jk_keep(flows->filed[k], kept);
            } else if (shape.legal && z == JK_TITLE_PENDING) {
                filed[k] = filed[k] + jk_keep(jk_index_equal(action[s], JK_LEGAL), mass[k]);
            }
        }
        JK_UNROLL
        for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
            jk_vec sum = mass[0] * jk_lookup(span->class_by_action[z == JK_TITLE_HELD][0][to], action[JK_STATE(z, 0)]);
            sum = jk_fma(mass[1], jk_lookup(span->class_by_action[z == JK_TITLE_HELD][1][to], action[JK_STATE(z, 1)]),
                         sum);
            next[JK_STATE(z, to)] = jk_fma(
                mass[2], jk_lookup(span->class_by_action[z == JK_TITLE_HELD][2][to], action[JK_STATE(z, 2)]), sum);
        }
    }
    if (shape.legal && shape.first < JK_TITLE_HELD) {
        JK_UNROLL
        for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
            JK_UNROLL
            for (int from = 0; from < JK_CAPACITY_COUNT; from++) {
                pending[to] = jk_fma(filed[from], jk_set(span->class_step[JK_TREAT_LEGAL][from][to]), pending[to]);
            }
            jk_vec titled = pending[to] * jk_set(span->title_probability);
            next[JK_STATE(JK_TITLE_HELD, to)] =
                next[JK_STATE(JK_TITLE_HELD, to)] + titled * jk_set(segment->title_kept);
            next[JK_STATE(JK_TITLE_PENDING, to)] = next[JK_STATE(JK_TITLE_PENDING, to)] + (pending[to] - titled);
        }
    }
    JK_UNROLL
    for (int s = JK_STATE(shape.first, 0); s < JK_STATE(shape.last, JK_CAPACITY_COUNT); s++) {
        jk_store(tile->probability[s] + at, next[s]);
    }
}

/* Sum over states in a fixed order that is short to wait for. */
JK_INLINE jk_vec jk_sum_states(const jk_vec *flow, const jk_shape shape) {
    jk_vec sum[JK_TITLE_COUNT];
    JK_UNROLL
    for (int z = shape.first; z <= shape.last; z++) {
        const int s = JK_STATE(z, 0);
        sum[z] = (flow[s] + flow[s + 1]) + flow[s + 2];
    }
    jk_vec total = sum[shape.first];
    JK_UNROLL
    for (int z = shape.first + 1; z <= shape.last; z++) {
        total = total + sum[z];
    }
    return total;
}

/* Flows of the coming month over all states; the states' flows then shrink to the month after. */
JK_INLINE void jk_next_month(const jk_shape shape, jk_flows *flows, jk_vec *gross, jk_vec *cost) {
    *gross = jk_sum_states(flows->gross, shape);
    *cost = jk_sum_states(flows->cost, shape);
    JK_UNROLL
    for (int s = JK_STATE(shape.first, 0); s < JK_STATE(shape.last, JK_CAPACITY_COUNT); s++) {
        flows->gross[s] = flows->gross[s] * flows->factor[s];
        flows->cost[s] = flows->cost[s] * flows->factor[s];
    }
}

/* The claims' totals over an epoch. */
typedef struct jk_totals {
    jk_vec gross, cost;
} jk_totals;

/* The months of an epoch: rounded sums for the cells, and the claims' own totals. `small`: every amount is below 2^31
 * grid units. */
JK_INLINE jk_totals jk_months(const jk_plan_epoch *epoch, jk_plan_tile *tile, size_t at, const jk_shape shape,
                              const bool small, jk_flows *flows) {
    jk_vec gross_before = jk_load(tile->gross + at);
    jk_totals total = {jk_set(0.0f), jk_set(0.0f)};
    int64_t *sums = tile->monthly;
    for (int32_t month = 1; month <= epoch->month_count; month++, sums += JK_MONTHLY_FLOWS * JK_GRID_LANES) {
        jk_vec gross, cost;
        jk_next_month(shape, flows, &gross, &cost);
        total.gross = total.gross + gross;
        total.cost = total.cost + cost;
        if (small) {
            jk_add_rounded_small(sums, gross);
            jk_add_rounded_small(sums + JK_GRID_LANES, cost);
        } else {
            jk_add_rounded(sums, gross);
            jk_add_rounded(sums + JK_GRID_LANES, cost);
        }
        if (epoch->first_month + month == 12) {
            jk_store(tile->gross_12m + at, gross_before + total.gross);
        } else if (epoch->first_month + month == 60) {
            jk_store(tile->gross_60m + at, gross_before + total.gross);
        }
    }
    return total;
}

/* Amounts shrink from month to month, so that the first tells whether all are below 2^31 (with room for the rounding of
 * sums). */
JK_INLINE bool jk_is_small(const jk_flows *flows, const jk_shape shape) {
    jk_vec most = jk_max(jk_sum_states(flows->gross, shape), jk_sum_states(flows->cost, shape));
    return !jk_any(jk_gt(most, jk_set(0x1p30f)));
}

/* Months of the epoch, and what they add to the claims' totals; `others` is paid at the epoch's start. */
JK_INLINE void jk_run_months(const jk_plan_epoch *epoch, jk_plan_tile *tile, size_t at, const jk_shape shape,
                             jk_flows *flows, jk_vec others) {
    jk_totals total;
    if (__builtin_expect(jk_is_small(flows, shape), 1)) {
        total = jk_months(epoch, tile, at, shape, true, flows);
    } else {
        total = jk_months(epoch, tile, at, shape, false, flows);
    }
    jk_vec gross = jk_load(tile->gross + at) + total.gross;
    jk_store(tile->gross + at, gross);
    jk_store(tile->net + at, jk_load(tile->net + at) + (total.gross - total.cost + others));
    if (epoch->end < 12.0f) {
        jk_store(tile->gross_12m + at, gross);
    }
    if (epoch->end < 60.0f) {
        jk_store(tile->gross_60m + at, gross);
    }
    if (tile->trace_flow != NULL && at == 0) {
        jk_store(tile->trace_flow, total.gross);
        jk_store(tile->trace_flow + JK_TILE_STEP, total.cost);
    }
}

JK_INLINE void jk_project_epoch(const jk_plan_group *group, jk_plan_tile *tile, size_t at, int j, const jk_shape shape,
                                jk_epoch_sums *sums) {
    const jk_plan_epoch *epoch = &group->tables->epochs[j];
    const jk_plan_span *span = &group->segment->spans[epoch->span];
    const uint8_t *decisions = jk_decisions_at(tile, JK_STATES, j, at);
    jk_ages ages = jk_ages_load(tile, at, group->segment->last_age);
    jk_curve_place place = jk_curve_place_after(&ages, epoch->first_month);
    bool sell = tile->part[at / JK_LANES].sell;
    jk_index action[JK_STATES];
    JK_UNROLL
    for (int s = JK_STATE(shape.first, 0); s < JK_STATE(shape.last, JK_CAPACITY_COUNT); s++) {
        action[s] = jk_index_load_bytes(decisions + (size_t)s * JK_TILE_ROWS);
    }
    jk_pace pace;
    jk_pace_read(group, j, tile, at, &ages, &place, shape, &pace);
    jk_scene scene;
    jk_scene_read(group, tile, at, j, &ages, &place, &pace, sell, shape, &scene);
    jk_flows flows;
    jk_vec filing, sale;
    jk_flows_read(group, tile, at, j, &pace, &scene, action, sell, shape, &flows, &filing, &sale);
    jk_move(group->segment, span, tile, at, &scene, &flows, action, shape);
    if (shape.legal && shape.first == 0) {
        jk_add_rounded(sums->filing, filing);
    }
    if (sell) {
        jk_add_rounded(sums->sale, sale);
    }
    jk_run_months(epoch, tile, at, shape, &flows, sale - filing);
    if (tile->trace_flow != NULL && at == 0) {
        jk_store(tile->trace_flow + JK_TILE_STEP, jk_load(tile->trace_flow + JK_TILE_STEP) + filing);
        jk_store(tile->trace_flow + 2 * JK_TILE_STEP, sale);
    }
}

#endif
