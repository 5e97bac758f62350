/* SPDX-License-Identifier: Apache-2.0 */
/* Backward induction over quiet and paying states (model.md sections 5 and 6) for one vector of claims. As in
 * kernel_induct.h, with a pair of moods in the place of a decay: from quiet an action is worth
 *
 *     unit_q M_qq + unit_p M_qp + P_qq next_q + P_qp next_p,
 *
 * from paying likewise with the other row. A pair serves all states that have it: title states that are told apart by
 * neither bar nor floor nor the end of titles.
 */
#ifndef JK_PLAN_KERNEL_PAYERS_INDUCT_H
#define JK_PLAN_KERNEL_PAYERS_INDUCT_H

#include "plan/kernel_induct.h"
#include "plan/kernel_payers_claims.h"

/* Of a debtor who pays: gain per rate by balance (without and with the court fee) and cost, both times f·E. */
typedef struct jk_paying_stake {
    jk_vec gain[JK_TREATMENT_COUNT][2], cost[JK_TREATMENT_COUNT];
    jk_vec sale[JK_TITLE_COUNT];
} jk_paying_stake;

JK_INLINE void jk_paying_stake_read(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                                    const jk_ages *ages, const jk_curve_place *place, bool sell, const jk_shape shape,
                                    const jk_spells *spells, const jk_stake *quiet, jk_paying_stake *stake) {
    const jk_plan_segment *segment = group->segment;
    const jk_plan_epoch *epoch = &group->tables->epochs[j];
    const jk_plan_costs *costs = &segment->costs[j];
    jk_vec share = jk_load(tile->share + at), alive = spells->alive[1] * jk_set(epoch->months);
    const int treatments = shape.legal ? JK_TREATMENT_COUNT : JK_TREAT_LEGAL;
    jk_vec balance = jk_balance_in(group, tile, at, j);
    jk_vec later = shape.first == 0 ? jk_fma(share, jk_set(segment->fee), balance) : balance;
    JK_UNROLL
    for (int a = 0; a < treatments; a++) {
        jk_vec open = alive * jk_set(segment->open_share[a]);
        stake->gain[a][0] = open * balance;
        stake->gain[a][1] = open * later;
        stake->cost[a] = alive * share * jk_set(costs->paying[a]);
    }
    if (sell) {
        const jk_bar titled = jk_bar_load(tile, at, 1);
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            jk_vec sale = quiet->sale[z];
            if (z == 0) {
                sale =
                    jk_sale_value(segment, epoch, j, z, &titled, balance, jk_curve_read(segment->market, ages, place));
            }
            stake->sale[z] = sale * jk_set(segment->payer_factor);
        }
    }
}

/* Action values of an epoch in the first title state: [mood][action][class]. Those of the first epoch, planned last,
 * stay. */
typedef float (*jk_mood_values)[JK_ACTION_COUNT][JK_CAPACITY_COUNT][JK_LANES];

/* What is the same for all classes of an epoch. */
typedef struct jk_turn {
    const jk_plan_group *group;
    const jk_plan_span *span;
    jk_spells spells;
    jk_stake stake;
    jk_paying_stake paying;
    jk_vec growth;
    const jk_vec *grown;                           /* of jk_stay_over: growth, where money grows */
    jk_ladder next[2][JK_TITLE_COUNT], pending[2]; /* by mood: quiet, paying */
    jk_mask may[2], may_sell;
    jk_mood_values start;
} jk_turn;

/* The choices of a class: by mood and title state. */
typedef struct jk_choices {
    jk_choice best[2][JK_TITLE_COUNT];
    jk_index planned[2][JK_TITLE_COUNT];
} jk_choices;

/* The pairs of a class, and where the stays are that they make: of treatments that wait by title state (the same one
 * where nothing tells the states apart), of cases and of titles. */
typedef struct jk_pairs {
    jk_pair pair[2 * JK_TITLE_COUNT + 2];
    jk_stay stay[2 * JK_TITLE_COUNT + 2];
    const jk_stay *waiting[2][JK_TITLE_COUNT], *pending, *title;
} jk_pairs;

/* P and M over an epoch of several pairs: code of its own, that has the processor's registers for itself. */
static __attribute__((noinline)) void jk_stays_over(const jk_pair *pair, const jk_pair *end, const jk_vec *grown,
                                                    jk_stay *stay) {
    for (; pair < end; pair++, stay++) {
        *stay = jk_stay_over(pair, grown);
    }
}

/* What the pairs of class k do in the epoch. */
JK_INLINE void jk_pairs_read(const jk_turn *turn, const jk_shape shape, int k, jk_pairs *pairs) {
    const jk_plan_segment *segment = turn->group->segment;
    const jk_spells *spells = &turn->spells;
    jk_pair *pair = pairs->pair;
    const jk_stay *stay = pairs->stay; /* of *pair */
    JK_UNROLL
    for (int a = 0; a < 2; a++) {
        jk_vec settles = spells->pace.of[a] * jk_set(segment->settle_multiplier[a][k]);
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            bool same = z > shape.first && !(z == JK_TITLE_HELD ? spells->title_apart[k] : spells->any_untitled_apart);
            if (!same) {
                *pair++ = jk_spells_pair(spells, a, z, k, settles, segment->begin_multiplier[a][k]);
                stay++;
            }
            pairs->waiting[a][z] = stay - 1;
        }
    }
    if (shape.legal) {
        const int a = JK_TREAT_LEGAL;
        if (shape.first < JK_TITLE_HELD) {
            *pair++ =
                jk_spells_pair(spells, a, JK_TITLE_PENDING, k, spells->pace.of[a] * jk_set(segment->settle_pending[k]),
                               segment->begin_pending[k]);
            pairs->pending = stay++;
        }
        jk_vec settles = spells->pace.of[a] * jk_set(segment->settle_multiplier[a][k]);
        jk_vec garnish = jk_rate_garnish(segment, &spells->pace, k);
        *pair++ = jk_spells_pair(spells, a, JK_TITLE_HELD, k, garnish + settles, segment->begin_multiplier[a][k]);
        pairs->title = stay;
    }
    jk_stays_over(pairs->pair, pair, turn->grown, pairs->stay);
}

JK_INLINE void jk_weigh(const jk_turn *turn, const jk_shape shape, int mood, int z, int k, jk_action action,
                        jk_mask available, jk_vec value, jk_choices *choices) {
    jk_consider(shape, &choices->best[mood][z], choices->planned[mood][z], available, value, action);
    if (z == shape.first) {
        jk_store(turn->start[mood][action][k], value);
    }
}

JK_INLINE void jk_weigh_sale(const jk_turn *turn, const jk_shape shape, int k, jk_choices *choices) {
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            jk_vec price = (mood == 0 ? turn->stake.sale[z] : turn->paying.sale[z]) * turn->stake.insight[k];
            jk_weigh(turn, shape, mood, z, k, JK_SELL, turn->may_sell, price, choices);
        }
    }
}

/* Surveil and amicable, from quiet and from paying. */
JK_INLINE void jk_weigh_waiting(const jk_turn *turn, const jk_pairs *pairs, const jk_shape shape, int a, int k,
                                jk_choices *choices) {
    const jk_plan_segment *segment = turn->group->segment;
    const jk_spells *spells = &turn->spells;
    const float *row = turn->span->class_step[a][k];
    const jk_action action = (jk_action)(a + JK_SURVEIL);
    jk_vec settles = spells->pace.of[a] * jk_set(segment->settle_multiplier[a][k]);
    JK_UNROLL
    for (int z = shape.first; z <= shape.last; z++) {
        const jk_moods *share = &pairs->waiting[a][z]->share;
        const jk_moods *left = &pairs->waiting[a][z]->left;
        jk_vec pays = spells->pays[z == JK_TITLE_HELD][k] + spells->dividend;
        jk_vec quiet = jk_fms(turn->stake.waiting[a].gain[z > 0], settles, turn->stake.waiting[a].cost[z > 0]);
        jk_vec paying = jk_fms(turn->paying.gain[a][z > 0], pays, turn->paying.cost[a]);
        jk_vec quiet_next = jk_step(row, &turn->next[0][z]), paying_next = jk_step(row, &turn->next[1][z]);
        jk_vec q = jk_fma(share->qq, quiet, jk_fma(share->qp, paying, left->qp * paying_next));
        jk_vec p = jk_fma(share->pp, paying, jk_fma(share->pq, quiet, left->pq * quiet_next));
        jk_weigh(turn, shape, 0, z, k, action, turn->may[a], jk_fma(left->qq, quiet_next, q), choices);
        jk_weigh(turn, shape, 1, z, k, action, turn->may[a], jk_fma(left->pp, paying_next, p), choices);
    }
}

/* Legal before a title, from quiet alone: nobody is sued who keeps to a plan. */
JK_INLINE void jk_weigh_case(const jk_turn *turn, const jk_pairs *pairs, const jk_shape shape, int k,
                             jk_choices *choices) {
    const jk_plan_segment *segment = turn->group->segment;
    const jk_spells *spells = &turn->spells;
    const float *row = turn->span->class_step[JK_TREAT_LEGAL][k];
    const jk_stake *stake = &turn->stake;
    jk_vec settles = spells->pace.of[JK_TREAT_LEGAL] * jk_set(segment->settle_pending[k]);
    const jk_moods *share = &pairs->pending->share, *left = &pairs->pending->left;
    jk_vec pays = spells->pays[0][k] + spells->dividend;
    jk_vec after = jk_fma(left->qq, jk_step(row, &turn->pending[0]), left->qp * jk_step(row, &turn->pending[1]));
    JK_UNROLL
    for (int z = shape.first; z < JK_TITLE_HELD; z++) {
        jk_vec quiet = jk_fms(stake->legal_gain[z], settles, z == 0 ? stake->filed_cost : stake->pending_cost);
        jk_vec paying = jk_fms(turn->paying.gain[JK_TREAT_LEGAL][z], pays, turn->paying.cost[JK_TREAT_LEGAL]);
        jk_vec q = after;
        if (z == 0) {
            q = q - stake->filing;
        }
        q = jk_fma(share->qp, paying, q);
        jk_weigh(turn, shape, 0, z, k, JK_LEGAL, z == 0 ? stake->may_file : stake->may_enforce,
                 jk_fma(share->qq, quiet, q), choices);
    }
}

/* Legal with a title, from quiet. */
JK_INLINE void jk_weigh_title(const jk_turn *turn, const jk_pairs *pairs, const jk_shape shape, int k,
                              jk_choices *choices) {
    const jk_plan_segment *segment = turn->group->segment;
    const jk_spells *spells = &turn->spells;
    const float *row = turn->span->class_step[JK_TREAT_LEGAL][k];
    const jk_stake *stake = &turn->stake;
    const int a = JK_TREAT_LEGAL, z = JK_TITLE_HELD;
    jk_vec garnish = jk_rate_garnish(segment, &spells->pace, k);
    jk_vec settles = spells->pace.of[a] * jk_set(segment->settle_multiplier[a][k]);
    const jk_moods *share = &pairs->title->share, *left = &pairs->title->left;
    jk_vec pays = spells->pays[1][k] + spells->dividend;
    jk_vec quiet = jk_fma(stake->garnish_gain, garnish, jk_fms(stake->legal_gain[1], settles, stake->title_cost));
    jk_vec paying = jk_fms(turn->paying.gain[a][1], pays, turn->paying.cost[a]);
    jk_vec after = jk_fma(left->qq, jk_step(row, &turn->next[0][z]), left->qp * jk_step(row, &turn->next[1][z]));
    jk_vec q = jk_fma(share->qq, quiet, jk_fma(share->qp, paying, after));
    jk_weigh(turn, shape, 0, z, k, JK_LEGAL, stake->may_enforce, q, choices);
}

JK_INLINE void jk_turn_read(const jk_plan_group *group, jk_plan_tile *tile, size_t at, int j, const jk_ages *ages,
                            bool sell, const jk_shape shape, const jk_states value[2], jk_turn *turn) {
    const jk_plan_epoch *epoch = &group->tables->epochs[j];
    const jk_plan_segment *segment = group->segment;
    jk_curve_place place = jk_curve_place_after(ages, epoch->first_month);
    turn->group = group;
    turn->span = &segment->spans[epoch->span];
    const float discount = group->tables->discount;
    turn->growth = jk_set(discount * epoch->months);
    turn->grown = discount < 0.0f ? &turn->growth : NULL;
    jk_spells_read(group, tile, at, j, ages, &place, discount < 0.0f ? 0.0f : discount, epoch->months, shape,
                   &turn->spells);
    jk_stake_read(group, tile, at, j, ages, &place, sell, shape, &turn->stake);
    jk_paying_stake_read(group, tile, at, j, ages, &place, sell, shape, &turn->spells, &turn->stake, &turn->paying);
    const jk_bar untitled = jk_bar_load(tile, at, 0), titled = jk_bar_load(tile, at, 1);
    jk_mask continues = jk_continues(&titled, j);
    jk_continue(segment, turn->span, jk_continues(&untitled, j), continues, shape, &value[0], turn->next[0],
                &turn->pending[0]);
    jk_continue(segment, turn->span, continues, continues, shape, &value[1], turn->next[1], &turn->pending[1]);
    jk_index allowed = jk_index_load(tile->allowed + at);
    turn->may[0] = jk_index_test(allowed, (int32_t)JK_ALLOW(JK_SURVEIL));
    turn->may[1] = jk_index_test(allowed, (int32_t)JK_ALLOW(JK_AMICABLE));
    turn->may_sell = jk_index_test(allowed, (int32_t)JK_ALLOW(JK_SELL));
}

/* One epoch back: value[mood] goes from V_{j+1} to V_j. */
JK_INLINE void jk_payers_epoch(const jk_plan_group *group, jk_plan_tile *tile, size_t at, int j, const jk_ages *ages,
                               bool sell, jk_mood_values start, const jk_shape shape, jk_states value[2]) {
    uint8_t *decisions = jk_decisions_at(tile, JK_ALL_STATES, j, at);
    jk_turn turn;
    turn.start = start;
    jk_turn_read(group, tile, at, j, ages, sell, shape, value, &turn);
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) { /* one body: unrolled, it is too much code */
        jk_choices choices;
        jk_pairs pairs;
        jk_pairs_read(&turn, shape, k, &pairs);
        JK_UNROLL
        for (int s = 0; s < 2 * JK_TITLE_COUNT; s++) {
            const int mood = s / JK_TITLE_COUNT, z = s % JK_TITLE_COUNT;
            choices.best[mood][z] = (jk_choice){jk_set(0.0f), jk_codes_set(JK_CLOSE)};
            choices.planned[mood][z] = jk_index_load(tile->allowed + at); /* not looked at unless a plan is given */
            if (shape.follow) {
                choices.planned[mood][z] =
                    jk_index_load_bytes(decisions + (size_t)(mood * JK_STATES + JK_STATE(z, k)) * JK_TILE_ROWS);
            }
        }
        if (sell) {
            jk_weigh_sale(&turn, shape, k, &choices);
        }
        for (int a = 0; a < 2; a++) {
            jk_weigh_waiting(&turn, &pairs, shape, a, k, &choices);
        }
        if (shape.legal && shape.first < JK_TITLE_HELD) {
            jk_weigh_case(&turn, &pairs, shape, k, &choices);
        }
        if (shape.legal) {
            jk_weigh_title(&turn, &pairs, shape, k, &choices);
        }
        JK_UNROLL
        for (int mood = 0; mood < 2; mood++) {
            JK_UNROLL
            for (int z = shape.first; z <= shape.last; z++) {
                value[mood].of[z][k] = choices.best[mood][z].value;
                if (!shape.follow) {
                    jk_codes_store(decisions + (size_t)(mood * JK_STATES + JK_STATE(z, k)) * JK_TILE_ROWS,
                                   choices.best[mood][z].action);
                }
            }
        }
    }
}

/* The figures of the first epoch in the claims' present states: those of the quiet, and of who is paying. */
JK_INLINE void jk_payers_report_start(jk_plan_tile *tile, size_t at, const jk_shape shape, const jk_states value[2],
                                      float start[2][JK_ACTION_COUNT][JK_CAPACITY_COUNT][JK_LANES]) {
    jk_report_start(tile, at, shape, &value[1], start[1]);
    float paying_value[2 + JK_ACTION_COUNT][JK_LANES];
    memcpy(paying_value[0], tile->value + at, sizeof paying_value[0]);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        memcpy(paying_value[1 + a], tile->action_value[a] + at, sizeof paying_value[0]);
    }
    jk_report_start(tile, at, shape, &value[0], start[0]);
    for (size_t i = 0; i < JK_LANES; i++) {
        if (tile->paying[at + i]) {
            tile->value[at + i] = paying_value[0][i];
            for (int a = 0; a < JK_ACTION_COUNT; a++) {
                tile->action_value[a][at + i] = a == JK_LEGAL ? __builtin_nanf("") : paying_value[1 + a][i];
            }
        }
    }
}

JK_INLINE void jk_payers_induct(const jk_plan_group *group, jk_plan_tile *tile, size_t at, const jk_shape shape) {
    alignas(64) float start[2][JK_ACTION_COUNT][JK_CAPACITY_COUNT][JK_LANES] = {{{{0.0f}}}};
    jk_ages ages = jk_ages_load(tile, at, group->segment->last_age);
    bool sell = tile->part[at / JK_LANES].sell;
    jk_states value[2];
    for (int mood = 0; mood < 2; mood++) {
        for (int s = 0; s < JK_STATES; s++) {
            value[mood].of[s / JK_CAPACITY_COUNT][s % JK_CAPACITY_COUNT] = jk_set(0.0f);
        }
    }
    for (int j = tile->epochs - 1; j >= 0; j--) {
        const jk_plan_group in = jk_plan_group_in(group, j);
        jk_payers_epoch(&in, tile, at, j, &ages, sell, start, shape, value);
        if (tile->trace_value != NULL && at == 0) {
            jk_trace_values(tile, j, 0, shape, &value[0]);
            jk_trace_values(tile, j, JK_STATES, shape, &value[1]);
        }
    }
    jk_payers_report_start(tile, at, shape, value, start);
}

#endif
