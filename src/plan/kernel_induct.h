/* SPDX-License-Identifier: Apache-2.0 */
/* Backward induction (model.md sections 5 and 6) for one vector of claims: values and planned actions of every state it
 * can reach, from the last epoch to the first. Where the plan is given (jk_shape.follow), the same arithmetic finds
 * what that plan is worth, so that an optimal plan has the value of the induction to the bit.
 *
 * An action's value is written as  unit * share + left * next, with unit = f·E·(kept·B·rate - cost): the epoch's length
 * stands in the coefficients, so that the decay of a kind of work and class serves all states that have it.
 */
#ifndef JK_PLAN_KERNEL_INDUCT_H
#define JK_PLAN_KERNEL_INDUCT_H

#include "plan/kernel_claims.h"

/* Coefficients of an epoch that do not depend on the class: gain per rate and cost, both times f·E. [0] is for claims
 * that wait without a title, [1] for the others; legal from no title is told from legal from pending by its balance. */
typedef struct jk_unit {
    jk_vec gain[2], cost[2];
} jk_unit;
typedef struct jk_stake {
    jk_unit waiting[2]; /* surveil, amicable */
    jk_vec legal_gain[2], filed_cost, pending_cost, title_cost;
    jk_vec garnish_gain; /* of garnishment, per its rate */
    jk_vec filing;
    jk_vec sale[JK_TITLE_COUNT], insight[JK_CAPACITY_COUNT]; /* price of a sale: their product */
    jk_mask may_file, may_enforce;                           /* legal from no title; legal from the later states */
} jk_stake;

/* The best action of a state so far. */
typedef struct jk_choice {
    jk_vec value;
    jk_codes action;
} jk_choice;

/* Under a given plan the action is `planned`, and the best is what it is worth. */
JK_INLINE void jk_consider(const jk_shape shape, jk_choice *best, jk_index planned, jk_mask available, jk_vec value,
                           jk_action action) {
    if (shape.follow) {
        best->value = jk_select(jk_index_equal(planned, (int)action), value, best->value);
        return;
    }
    jk_mask better = jk_gt_and(available, value, best->value);
    best->value = jk_select(better, value, best->value);
    best->action = jk_codes_select(better, (int)action, best->action);
}

/* Dividends come at a constant rate whatever is done: they are taken off the costs. `gain`: balance with the title
 * states' fee; `filed`: without it, before the titled bar; `here`: before the untitled one. */
JK_INLINE void jk_stake_dividends(const jk_plan_segment *segment, jk_vec dividend, jk_vec gain, jk_vec filed,
                                  jk_vec here, const jk_shape shape, jk_stake *stake) {
    JK_UNROLL
    for (int a = 0; a < 2; a++) {
        jk_vec share = dividend * jk_set(segment->open_share[a]);
        stake->waiting[a].cost[1] = jk_fnma(gain, share, stake->waiting[a].cost[1]);
        if (shape.first == 0) {
            stake->waiting[a].cost[0] = jk_fnma(here, share, stake->waiting[a].cost[0]);
        }
    }
    if (shape.legal) {
        jk_vec share = dividend * jk_set(segment->open_share[JK_TREAT_LEGAL]);
        stake->filed_cost = jk_fnma(filed, share, stake->filed_cost);
        stake->pending_cost = jk_fnma(gain, share, stake->pending_cost);
        stake->title_cost = jk_fnma(gain, share, stake->title_cost);
    }
}

JK_INLINE void jk_stake_read(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                             const jk_ages *ages, const jk_curve_place *place, bool sell, const jk_shape shape,
                             jk_stake *stake) {
    const jk_plan_segment *segment = group->segment;
    const jk_plan_epoch *epoch = &group->tables->epochs[j];
    const jk_plan_costs *costs = &segment->costs[j];
    jk_vec share = jk_load(tile->share + at), months = jk_set(epoch->months);
    const jk_bar untitled = jk_bar_load(tile, at, 0), titled = jk_bar_load(tile, at, 1);
    jk_vec balance = jk_balance_in(group, tile, at, j);
    jk_vec later_balance = shape.first == 0 ? jk_fma(share, jk_set(segment->fee), balance) : balance;
    jk_vec part = jk_alive_part(&titled, j), alive = part * months, work = alive * share;
    jk_vec here_part = shape.first == 0 ? jk_alive_part(&untitled, j) : part, here = here_part * months;
    jk_vec gain = alive * later_balance;
    jk_mask allowed = jk_index_test(jk_index_load(tile->allowed + at), (int32_t)JK_ALLOW(JK_LEGAL));
    stake->may_enforce = jk_gt_and(allowed, part, jk_set(0.0f));
    stake->may_file = jk_gt_and(stake->may_enforce, here_part, jk_set(0.0f));
    JK_UNROLL
    for (int a = 0; a < 2; a++) {
        jk_vec running = jk_set(costs->running_by_action[1][a + JK_SURVEIL]);
        stake->waiting[a].gain[1] = gain * jk_set(segment->kept_share[a]);
        stake->waiting[a].cost[1] = work * running;
        if (shape.first == 0) {
            jk_vec interruption = jk_load(tile->interruption + at) * jk_set(costs->inflation);
            stake->waiting[a].gain[0] = here * balance * jk_set(segment->kept_share[a]);
            stake->waiting[a].cost[0] = here * jk_fma(share, running, interruption);
        }
    }
    if (shape.legal) {
        stake->legal_gain[0] = alive * balance * jk_set(segment->kept_share[JK_TREAT_LEGAL]);
        stake->legal_gain[1] = gain * jk_set(segment->kept_share[JK_TREAT_LEGAL]);
        stake->garnish_gain = gain * jk_set(segment->open_share[JK_TREAT_LEGAL]);
        stake->pending_cost = work * jk_set(costs->running_by_action[0][JK_LEGAL]);
        stake->filed_cost = stake->pending_cost; /* of what is filed in this epoch */
        stake->title_cost = work * jk_set(costs->running_by_action[1][JK_LEGAL]);
        stake->filing = share * jk_set(costs->filing);
    }
    if (tile->part[at / JK_LANES].dividends) {
        jk_stake_dividends(segment, jk_load(tile->dividend + at), gain, alive * balance, here * balance, shape, stake);
    }
    if (sell) {
        jk_vec price = jk_curve_read(segment->market, ages, place);
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            stake->sale[z] = jk_sale_value(segment, epoch, j, z, z == 0 ? &untitled : &titled,
                                           z == 0 ? balance : later_balance, price);
        }
        jk_insight_read(segment, tile, at, epoch, stake->insight);
    }
}

/* Exit, dividends and discount over the epoch, and whether some decay may need repair. */
typedef struct jk_drift {
    jk_vec months, before_title, title;
    bool repair;
} jk_drift;

JK_INLINE void jk_drift_read(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                             const jk_pace *pace, const jk_shape shape, jk_drift *drift) {
    const jk_plan_tables *tables = group->tables;
    drift->months = jk_set(tables->epochs[j].months);
    drift->before_title = (jk_leaving_rate(group, tile, at, j) + jk_set(tables->discount)) * drift->months;
    drift->title = drift->before_title;
    if (shape.ends) {
        drift->title = jk_fma(jk_set(group->jurisdiction->title_end), drift->months, drift->before_title);
    }
    jk_vec longest = jk_fma(jk_rate_bound(group->segment, pace, shape), drift->months, drift->title);
    jk_mask outside = jk_gt(longest, jk_set(JK_DECAY_SHORT));
    if (shape.legal) {
        longest = jk_fma(jk_rate_title_bound(group->segment, pace), drift->months, drift->title);
        outside = jk_either(outside, jk_gt(longest, jk_set(JK_DECAY_LONG)));
    }
    drift->repair = jk_any(outside) || tables->discount < 0.0f;
}

JK_INLINE jk_decay jk_decay_over(const jk_drift *drift, jk_vec rate, jk_vec base, const float limit) {
    jk_vec t = jk_fma(rate, drift->months, base);
    jk_decay decay = limit == JK_DECAY_SHORT ? jk_decay_short(t) : jk_decay_long(t);
    if (__builtin_expect(drift->repair, 0)) {
        jk_decay_repair(t, limit, &decay);
    }
    return decay;
}

/* Values of the three classes, kept as the first and the gains of the others over it: as rows of a class matrix sum to
 * 1, an expectation takes two multiply-adds. */
typedef struct jk_ladder {
    jk_vec none, weak_gain, able_gain;
} jk_ladder;

JK_INLINE jk_ladder jk_ladder_of(const jk_vec value[JK_CAPACITY_COUNT]) {
    return (jk_ladder){value[0], value[1] - value[0], value[2] - value[0]};
}

/* Expected value over the class at the epoch's end. */
JK_INLINE jk_vec jk_step(const float row[JK_CAPACITY_COUNT], const jk_ladder *next) {
    return jk_fma(jk_set(row[2]), next->able_gain, jk_fma(jk_set(row[1]), next->weak_gain, next->none));
}

typedef struct jk_states {
    jk_vec of[JK_TITLE_COUNT][JK_CAPACITY_COUNT];
} jk_states;

/* What remains at the epoch's end if the claim is not barred by then; under legal, a pending claim's mix of states,
 * as far as its case is not lost. */
JK_INLINE void jk_continue(const jk_plan_segment *segment, const jk_plan_span *span, jk_mask untitled, jk_mask titled,
                           const jk_shape shape, const jk_states *value, jk_ladder next[JK_TITLE_COUNT],
                           jk_ladder *pending) {
    JK_UNROLL
    for (int z = shape.first; z <= shape.last; z++) {
        jk_vec kept[JK_CAPACITY_COUNT];
        JK_UNROLL
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            kept[k] = jk_keep(z == 0 ? untitled : titled, value->of[z][k]);
        }
        next[z] = jk_ladder_of(kept);
    }
    if (shape.legal && shape.first < JK_TITLE_HELD) {
        jk_vec q = jk_set(span->title_probability), kept = jk_set(segment->title_kept);
        const jk_ladder *from = &next[JK_TITLE_PENDING], *to = &next[JK_TITLE_HELD];
        pending->none = jk_fma(q, to->none * kept - from->none, from->none);
        pending->weak_gain = jk_fma(q, to->weak_gain * kept - from->weak_gain, from->weak_gain);
        pending->able_gain = jk_fma(q, to->able_gain * kept - from->able_gain, from->able_gain);
    }
}

/* Where the action values of the present title state go in the first epoch; elsewhere NULL. */
typedef float (*jk_start_values)[JK_CAPACITY_COUNT][JK_LANES];

JK_INLINE void jk_report(jk_start_values start, const jk_shape shape, int z, int k, jk_action action, jk_vec value) {
    if (z == shape.first && start != NULL) {
        jk_store(start[action][k], value);
    }
}

/* One epoch back: *value goes from V_{j+1} to V_j. */
JK_INLINE void jk_induct_epoch(const jk_plan_group *group, jk_plan_tile *tile, size_t at, int j, const jk_ages *ages,
                               bool sell, jk_start_values start, const jk_shape shape, jk_states *value) {
    const jk_plan_epoch *epoch = &group->tables->epochs[j];
    const jk_plan_span *span = &group->segment->spans[epoch->span];
    uint8_t *decisions = jk_decisions_at(tile, JK_STATES, j, at);
    jk_curve_place place = jk_curve_place_after(ages, epoch->first_month);
    const jk_plan_segment *segment = group->segment;
    jk_pace pace;
    jk_pace_read(group, j, tile, at, ages, &place, shape, &pace);
    jk_drift drift;
    jk_drift_read(group, tile, at, j, &pace, shape, &drift);
    jk_stake stake;
    jk_stake_read(group, tile, at, j, ages, &place, sell, shape, &stake);
    jk_ladder next[JK_TITLE_COUNT], pending;
    const jk_bar untitled = jk_bar_load(tile, at, 0), titled = jk_bar_load(tile, at, 1);
    jk_continue(segment, span, jk_continues(&untitled, j), jk_continues(&titled, j), shape, value, next, &pending);

    jk_index allowed = jk_index_load(tile->allowed + at);
    jk_mask may[2] = {jk_index_test(allowed, (int32_t)JK_ALLOW(JK_SURVEIL)),
                      jk_index_test(allowed, (int32_t)JK_ALLOW(JK_AMICABLE))};
    const jk_mask may_sell = jk_index_test(allowed, (int32_t)JK_ALLOW(JK_SELL));
    JK_UNROLL
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        jk_choice best[JK_TITLE_COUNT];
        jk_index planned[JK_TITLE_COUNT];
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            best[z] = (jk_choice){jk_set(0.0f), jk_codes_set(JK_CLOSE)};
            planned[z] = allowed; /* not looked at unless a plan is given */
            if (shape.follow) {
                planned[z] = jk_index_load_bytes(decisions + (size_t)JK_STATE(z, k) * JK_TILE_ROWS);
            }
            if (sell) {
                jk_vec price = stake.sale[z] * stake.insight[k];
                jk_consider(shape, &best[z], planned[z], may_sell, price, JK_SELL);
                jk_report(start, shape, z, k, JK_SELL, price);
            }
        }
        JK_UNROLL
        for (int a = 0; a < 2; a++) {
            jk_action action = (jk_action)(a + JK_SURVEIL);
            jk_vec rate = jk_rate_waiting(segment, &pace, a, k);
            const jk_decay decay = jk_decay_over(&drift, rate, drift.before_title, JK_DECAY_SHORT);
            const jk_decay title_decay = shape.ends ? jk_decay_over(&drift, rate, drift.title, JK_DECAY_SHORT) : decay;
            jk_vec reward =
                jk_fms(stake.waiting[a].gain[1], rate, stake.waiting[a].cost[1]); /* times the share: with title */
            JK_UNROLL
            for (int z = shape.first; z <= shape.last; z++) {
                const jk_decay own = z == JK_TITLE_HELD ? title_decay : decay;
                jk_vec unit = z == 0 ? jk_fms(stake.waiting[a].gain[0], rate, stake.waiting[a].cost[0]) : reward;
                jk_vec q = jk_fma(own.left, jk_step(span->class_step[a][k], &next[z]), unit * own.share);
                jk_consider(shape, &best[z], planned[z], may[a], q, action);
                jk_report(start, shape, z, k, action, q);
            }
        }
        if (shape.legal) {
            const float *row = span->class_step[JK_TREAT_LEGAL][k];
            if (shape.first < JK_TITLE_HELD) {
                jk_vec rate = jk_rate_pending(segment, &pace, k);
                const jk_decay decay = jk_decay_over(&drift, rate, drift.before_title, JK_DECAY_SHORT);
                jk_vec after = decay.left * jk_step(row, &pending), after_filing = after - stake.filing;
                JK_UNROLL
                for (int z = shape.first; z < JK_TITLE_HELD; z++) {
                    jk_vec unit = jk_fms(stake.legal_gain[z], rate, z == 0 ? stake.filed_cost : stake.pending_cost);
                    jk_vec q = jk_fma(unit, decay.share, z == 0 ? after_filing : after);
                    jk_consider(shape, &best[z], planned[z], z == 0 ? stake.may_file : stake.may_enforce, q, JK_LEGAL);
                    jk_report(start, shape, z, k, JK_LEGAL, q);
                }
            }
            jk_vec rate = jk_rate_waiting(segment, &pace, JK_TREAT_LEGAL, k),
                   garnish = jk_rate_garnish(segment, &pace, k);
            const jk_decay decay = jk_decay_over(&drift, garnish + rate, drift.title, JK_DECAY_LONG);
            jk_vec unit = jk_fma(stake.garnish_gain, garnish, jk_fms(stake.legal_gain[1], rate, stake.title_cost));
            jk_vec q = jk_fma(decay.left, jk_step(row, &next[JK_TITLE_HELD]), unit * decay.share);
            jk_consider(shape, &best[JK_TITLE_HELD], planned[JK_TITLE_HELD], stake.may_enforce, q, JK_LEGAL);
            jk_report(start, shape, JK_TITLE_HELD, k, JK_LEGAL, q);
        }
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            value->of[z][k] = best[z].value;
            if (!shape.follow) {
                jk_codes_store(decisions + (size_t)JK_STATE(z, k) * JK_TILE_ROWS, best[z].action);
            }
        }
    }
}

/* The figures of the first epoch in the claims' present states. */
JK_INLINE void jk_report_start(jk_plan_tile *tile, size_t at, const jk_shape shape, const jk_states *value,
                               float start[JK_ACTION_COUNT][JK_CAPACITY_COUNT][JK_LANES]) {
    jk_index capacity = jk_index_load(tile->capacity_class + at), allowed = jk_index_load(tile->allowed + at);
    jk_mask weak = jk_index_equal(capacity, JK_CAPACITY_WEAK), able = jk_index_equal(capacity, JK_CAPACITY_ABLE);
    const jk_vec *present = value->of[shape.first];
    jk_store(tile->value + at, jk_select(able, present[2], jk_select(weak, present[1], present[0])));
    const jk_vec none = jk_set(__builtin_nanf(""));
    jk_store(tile->action_value[JK_CLOSE] + at, jk_set(0.0f));
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        jk_mask available = jk_index_test(allowed, (int32_t)JK_ALLOW(a));
        jk_vec q = jk_load(start[a][0]);
        q = jk_select(able, jk_load(start[a][2]), jk_select(weak, jk_load(start[a][1]), q));
        if (a == JK_LEGAL) {
            const jk_bar untitled = jk_bar_load(tile, at, 0), titled = jk_bar_load(tile, at, 1);
            available = jk_gt_and(available, jk_alive_part(&titled, 0), jk_set(0.0f));
            if (shape.first == 0) {
                available = jk_gt_and(available, jk_alive_part(&untitled, 0), jk_set(0.0f));
            }
        }
        jk_store(tile->action_value[a] + at, jk_select(available, q, none));
    }
}

/* `from`: 0 for the quiet states, JK_STATES for the paying ones. */
JK_INLINE void jk_trace_values(jk_plan_tile *tile, int epoch, int from, const jk_shape shape, const jk_states *value) {
    for (int z = shape.first; z <= shape.last; z++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            jk_store(tile->trace_value +
                         ((size_t)epoch * JK_ALL_STATES + (size_t)(from + JK_STATE(z, k))) * JK_TILE_STEP,
                     value->of[z][k]);
        }
    }
}

JK_INLINE void jk_induct(const jk_plan_group *group, jk_plan_tile *tile, size_t at, const jk_shape shape) {
    alignas(64) float start[JK_ACTION_COUNT][JK_CAPACITY_COUNT][JK_LANES] = {{{0.0f}}};
    jk_ages ages = jk_ages_load(tile, at, group->segment->last_age);
    bool sell = tile->part[at / JK_LANES].sell;
    jk_states value;
    for (int z = 0; z < JK_TITLE_COUNT; z++) {
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            value.of[z][k] = jk_set(0.0f);
        }
    }
    for (int j = tile->epochs - 1; j >= 0; j--) {
        const jk_plan_group in = jk_plan_group_in(group, j);
        jk_induct_epoch(&in, tile, at, j, &ages, sell, j == 0 ? start : NULL, shape, &value);
        if (tile->trace_value != NULL && at == 0) {
            jk_trace_values(tile, j, 0, shape, &value);
        }
    }
    jk_report_start(tile, at, shape, &value, start);
}

#endif
