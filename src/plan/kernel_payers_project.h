/* SPDX-License-Identifier: Apache-2.0 */
/* Projection of quiet and paying states under the plan (model.md section 7), for one vector of claims.
 *
 * All states that move by the same pair (treatment, class, and title states that nothing tells apart) are carried
 * together: a pair's flows are two geometric sequences, of its slow and of its fast rate, so that a month costs two
 * multiplications per pair and flow. A pair that no claim of the vector is in is left out; where a claim's title states
 * are told apart, its part goes by a pair of its own and adds nothing to the common one, so that a claim's sums are
 * the same whatever its neighbours do. Amounts are in grid units, as in kernel_project.h.
 */
#ifndef JK_PLAN_KERNEL_PAYERS_PROJECT_H
#define JK_PLAN_KERNEL_PAYERS_PROJECT_H

#include "plan/kernel_payers_claims.h"
#include "plan/kernel_project.h"

enum {
    JK_MODES = 2,       /* slow, fast */
    JK_SLOTS = 24,      /* pairs: 2 treatments and legal in two title states, by class and title state */
    JK_MONTHS_RUN = 12, /* months that are summed up in one go */
};

/* One pair's flows of the coming month by mode, and what they are multiplied by from month to month. */
typedef struct jk_slot {
    jk_vec flow[JK_MONTHLY_FLOWS][JK_MODES], factor[JK_MODES];
} jk_slot;

/* Who moves by a pair: probabilities by mood, their balances in grid units, and those of them who wait without a title
 * behind an interrupted limitation. */
typedef struct jk_crowd {
    jk_vec people[2], money[2], waiting[2];
} jk_crowd;

/* What they bring and cost a month, as shares of the balance, and of the people; times the part of the epoch before the
 * bar. */
typedef struct jk_yields {
    jk_vec quiet, instalments, dividends, quiet_cost, paying_cost, waiting_cost;
    float contingent;
} jk_yields;

typedef struct jk_passage {
    const jk_plan_group *group;
    const jk_plan_epoch *epoch;
    const jk_plan_span *span;
    const jk_plan_costs *costs;
    jk_spells spells;
    jk_vec share, interruption, balance[2]; /* grid units */
    jk_mask continues[2];
    jk_vec probability[JK_ALL_STATES], next[JK_ALL_STATES];
    jk_index action[JK_ALL_STATES];
    jk_vec filed;
    jk_slot slot[JK_SLOTS];
    int slots;
} jk_passage;

JK_INLINE void jk_part_modes(const jk_modes *modes, const jk_vec from[2], jk_vec quiet[JK_MODES],
                             jk_vec paying[JK_MODES]) {
    quiet[0] = jk_fma(modes->quiet_slow, from[0], modes->stop * from[1]);
    paying[0] = jk_fma(modes->begin, from[0], modes->paying_slow * from[1]);
    quiet[1] = from[0] - quiet[0];
    paying[1] = from[1] - paying[0];
}

/* Appends a slot, and returns what the pair does over the whole epoch. */
JK_INLINE jk_moods jk_slot_put(jk_passage *passage, const jk_pair *pair, const jk_crowd *crowd,
                               const jk_yields *yields) {
    jk_slot *slot = &passage->slot[passage->slots++];
    const jk_modes modes = jk_modes_of(pair, passage->spells.least);
    jk_decay decay[JK_MODES] = {jk_decay_short(modes.slow), jk_decay_short(modes.fast)};
    jk_decay_repair(modes.slow, JK_DECAY_SHORT, &decay[0]);
    jk_decay_repair(modes.fast, JK_DECAY_SHORT, &decay[1]);
    jk_vec quiet[JK_MODES], paying[JK_MODES], quiet_people[JK_MODES], paying_people[JK_MODES], waiting[JK_MODES],
        unused[JK_MODES];
    jk_part_modes(&modes, crowd->money, quiet, paying);
    jk_part_modes(&modes, crowd->people, quiet_people, paying_people);
    jk_part_modes(&modes, crowd->waiting, waiting, unused);
    JK_UNROLL
    for (int mode = 0; mode < JK_MODES; mode++) {
        jk_vec share = decay[mode].share;
        jk_vec instalments = paying[mode] * yields->instalments;
        jk_vec gross = jk_fma(quiet[mode], yields->quiet, jk_fma(paying[mode], yields->dividends, instalments)) * share;
        jk_vec running = jk_fma(quiet_people[mode], yields->quiet_cost, paying_people[mode] * yields->paying_cost);
        running = jk_fma(waiting[mode], yields->waiting_cost, running);
        slot->flow[0][mode] = gross;
        slot->flow[1][mode] = jk_fma(gross, jk_set(yields->contingent), running * share);
        slot->flow[2][mode] = instalments * share;
        slot->factor[mode] = decay[mode].left;
    }
    jk_vec share, psi;
    return jk_left_over(pair, jk_set(passage->epoch->months), jk_set(0.0f), &share, &psi);
}

/* Adds part of the claims in title state z to a crowd. */
JK_INLINE void jk_crowd_add(const jk_passage *passage, int z, const jk_vec people[2], jk_crowd *crowd) {
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        crowd->people[mood] = crowd->people[mood] + people[mood];
        crowd->money[mood] = jk_fma(passage->balance[z > 0], people[mood], crowd->money[mood]);
        if (z == 0) {
            crowd->waiting[mood] = people[mood];
        }
    }
}

JK_INLINE bool jk_is_empty(const jk_vec people[2]) {
    return !jk_any(jk_gt(people[0] + people[1], jk_set(0.0f)));
}

/* People of title state z and class k under an action, by mood. */
JK_INLINE void jk_people_under(const jk_passage *passage, int z, int k, jk_action action, jk_vec people[2]) {
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        const int s = mood * JK_STATES + JK_STATE(z, k);
        people[mood] = jk_keep(jk_index_equal(passage->action[s], (int)action), passage->probability[s]);
    }
}

/* The mass at the epoch's end, of what began it as people[]: by mood. */
JK_INLINE void jk_mass_of(const jk_moods *left, const jk_vec people[2], jk_vec mass[2]) {
    mass[0] = jk_fma(people[0], left->qq, jk_fma(people[1], left->pq, mass[0]));
    mass[1] = jk_fma(people[0], left->qp, jk_fma(people[1], left->pp, mass[1]));
}

/* Surveil and amicable in class k. */
JK_INLINE void jk_pass_waiting(jk_passage *passage, const jk_shape shape, int a, int k) {
    const jk_plan_segment *segment = passage->group->segment;
    const jk_spells *spells = &passage->spells;
    const jk_action action = (jk_action)(a + JK_SURVEIL);
    const int common = shape.first == shape.last || shape.first > 0 ? shape.first : JK_TITLE_PENDING;
    jk_vec people[JK_TITLE_COUNT][2], mass[JK_TITLE_COUNT][2], all[2] = {jk_set(0.0f), jk_set(0.0f)};
    JK_UNROLL
    for (int z = shape.first; z <= shape.last; z++) {
        jk_people_under(passage, z, k, action, people[z]);
        all[0] = all[0] + people[z][0];
        all[1] = all[1] + people[z][1];
        mass[z][0] = mass[z][1] = jk_set(0.0f);
    }
    if (jk_is_empty(all)) {
        return;
    }
    JK_UNROLL
    for (int slot = shape.first; slot <= shape.last; slot++) { /* the slot of a title state */
        jk_vec here[JK_TITLE_COUNT][2];
        jk_crowd crowd = {{jk_set(0.0f), jk_set(0.0f)}, {jk_set(0.0f), jk_set(0.0f)}, {jk_set(0.0f), jk_set(0.0f)}};
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            if (z != slot && slot != common) {
                continue;
            }
            JK_UNROLL
            for (int mood = 0; mood < 2; mood++) {
                jk_vec part = people[z][mood];
                if (z != common) {
                    jk_mask apart = z == JK_TITLE_HELD ? spells->title_apart[k] : spells->untitled_apart;
                    jk_vec own = jk_keep(apart, part);
                    if (slot == z) {
                        part = own;
                    } else {
                        part = part - own;
                    }
                }
                here[z][mood] = part;
            }
            jk_crowd_add(passage, z, here[z], &crowd);
        }
        if (jk_is_empty(crowd.people)) {
            continue;
        }
        const int titled = slot == JK_TITLE_HELD;
        jk_vec quiet_alive = spells->alive[slot > 0], alive = spells->alive[1];
        jk_vec settles = spells->pace.of[a] * jk_set(segment->settle_multiplier[a][k]);
        jk_yields yields = {
            .quiet = jk_fma(settles, jk_set(segment->share_by_action[action]), spells->dividend) * quiet_alive,
            .instalments = spells->pays[titled][k] * alive,
            .dividends = spells->dividend * alive,
            .quiet_cost = passage->share * jk_set(passage->costs->running_by_action[1][action]) * quiet_alive,
            .paying_cost = passage->share * jk_set(passage->costs->paying[a]) * alive,
            .waiting_cost = passage->interruption * jk_set(passage->costs->inflation) * quiet_alive,
            .contingent = segment->contingent_by_action[action]};
        jk_pair pair = jk_spells_waiting(segment, spells, a, slot, k);
        jk_moods left = jk_slot_put(passage, &pair, &crowd, &yields);
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            if (z == slot || slot == common) {
                jk_mass_of(&left, here[z], mass[z]);
            }
        }
    }
    JK_UNROLL
    for (int z = shape.first; z <= shape.last; z++) {
        jk_vec kept[2] = {jk_keep(passage->continues[z > 0], mass[z][0]), jk_keep(passage->continues[1], mass[z][1])};
        JK_UNROLL
        for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
            jk_vec step = jk_set(passage->span->class_step[a][k][to]);
            const int s = JK_STATE(z, to);
            passage->next[s] = jk_fma(kept[0], step, passage->next[s]);
            passage->next[JK_STATES + s] = jk_fma(kept[1], step, passage->next[JK_STATES + s]);
        }
    }
}

/* Legal in class k: what is filed and pending, then what has a title. */
JK_INLINE void jk_pass_legal(jk_passage *passage, const jk_shape shape, int k) {
    const jk_plan_segment *segment = passage->group->segment;
    const jk_spells *spells = &passage->spells;
    const int a = JK_TREAT_LEGAL;
    JK_UNROLL
    for (int held = shape.first == JK_TITLE_HELD; held < 2; held++) {
        jk_crowd crowd = {{jk_set(0.0f), jk_set(0.0f)}, {jk_set(0.0f), jk_set(0.0f)}, {jk_set(0.0f), jk_set(0.0f)}};
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            if ((z == JK_TITLE_HELD) != (held == 1)) {
                continue;
            }
            jk_vec people[2];
            jk_people_under(passage, z, k, JK_LEGAL, people);
            people[1] = jk_set(0.0f); /* nobody is sued who keeps to a plan */
            jk_crowd_add(passage, z, people, &crowd);
            if (z == 0) {
                passage->filed = passage->filed + people[0];
            }
        }
        crowd.waiting[0] = crowd.waiting[1] = jk_set(0.0f); /* a court case interrupts by itself */
        if (jk_is_empty(crowd.people)) {
            continue;
        }
        jk_vec alive = spells->alive[1], garnish = jk_set(0.0f), settles;
        jk_pair pair;
        if (held) {
            garnish = jk_rate_garnish(segment, &spells->pace, k);
            settles = spells->pace.of[a] * jk_set(segment->settle_multiplier[a][k]);
            pair = jk_spells_title(segment, spells, k, garnish);
        } else {
            settles = spells->pace.of[a] * jk_set(segment->settle_pending[k]);
            pair = jk_spells_pending(segment, spells, k);
        }
        jk_vec open = garnish + spells->dividend;
        jk_yields yields = {.quiet = jk_fma(settles, jk_set(segment->share_by_action[JK_LEGAL]), open) * alive,
                            .instalments = spells->pays[held][k] * alive,
                            .dividends = spells->dividend * alive,
                            .quiet_cost =
                                passage->share * jk_set(passage->costs->running_by_action[held][JK_LEGAL]) * alive,
                            .paying_cost = passage->share * jk_set(passage->costs->paying[a]) * alive,
                            .waiting_cost = jk_set(0.0f),
                            .contingent = segment->contingent_by_action[JK_LEGAL]};
        jk_moods left = jk_slot_put(passage, &pair, &crowd, &yields);
        jk_vec mass[2] = {jk_set(0.0f), jk_set(0.0f)};
        jk_mass_of(&left, crowd.people, mass);
        JK_UNROLL
        for (int mood = 0; mood < 2; mood++) {
            jk_vec kept = jk_keep(passage->continues[1], mass[mood]);
            jk_vec titled = kept, won = kept;
            if (!held) {
                titled = kept * jk_set(passage->span->title_probability);
                won = titled * jk_set(segment->title_kept);
            }
            JK_UNROLL
            for (int to = 0; to < JK_CAPACITY_COUNT; to++) {
                jk_vec step = jk_set(passage->span->class_step[a][k][to]);
                const int s = mood * JK_STATES + JK_STATE(JK_TITLE_HELD, to);
                const int pending = mood * JK_STATES + JK_STATE(JK_TITLE_PENDING, to);
                passage->next[s] = jk_fma(won, step, passage->next[s]);
                if (!held) {
                    passage->next[pending] = jk_fma(kept - titled, step, passage->next[pending]);
                }
            }
        }
    }
}

/* What is sold at the epoch's start. */
JK_INLINE jk_vec jk_pass_sales(const jk_passage *passage, const jk_plan_tile *tile, size_t at, int j,
                               const jk_ages *ages, const jk_curve_place *place, const jk_shape shape) {
    const jk_plan_segment *segment = passage->group->segment;
    const jk_bar bar[2] = {jk_bar_load(tile, at, 0), jk_bar_load(tile, at, 1)};
    jk_vec price = jk_curve_read(segment->market, ages, place), sold = jk_set(0.0f), insight[JK_CAPACITY_COUNT];
    jk_insight_read(segment, tile, at, passage->epoch, insight);
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            jk_vec sale =
                jk_sale_value(segment, passage->epoch, j, z, &bar[z > 0 || mood == 1], passage->balance[z > 0], price);
            if (mood == 1) {
                sale = sale * jk_set(segment->payer_factor);
            }
            JK_UNROLL
            for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                const int s = mood * JK_STATES + JK_STATE(z, k);
                jk_vec part = jk_keep(jk_index_equal(passage->action[s], JK_SELL), passage->probability[s]);
                sold = jk_fma(part * insight[k], sale, sold);
            }
        }
    }
    return sold;
}

JK_INLINE void jk_passage_read(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                               const jk_ages *ages, const jk_curve_place *place, const jk_shape shape,
                               jk_passage *passage) {
    const jk_plan_segment *segment = group->segment;
    const uint8_t *decisions = jk_decisions_at(tile, JK_ALL_STATES, j, at);
    passage->group = group;
    passage->epoch = &group->tables->epochs[j];
    passage->span = &segment->spans[passage->epoch->span];
    passage->costs = &segment->costs[j];
    jk_spells_read(group, tile, at, j, ages, place, 0.0f, shape, &passage->spells);
    jk_vec share = jk_load(tile->share + at), balance = jk_balance_in(group, tile, at, j);
    jk_vec later = shape.first == 0 ? jk_fma(share, jk_set(segment->fee), balance) : balance;
    passage->share = share * jk_set(JK_GRID_UNITS);
    passage->interruption = jk_load(tile->interruption + at) * jk_set(JK_GRID_UNITS);
    passage->balance[0] = balance * jk_set(JK_GRID_UNITS);
    passage->balance[1] = later * jk_set(JK_GRID_UNITS);
    const jk_bar untitled = jk_bar_load(tile, at, 0), titled = jk_bar_load(tile, at, 1);
    passage->continues[0] = jk_continues(&untitled, j);
    passage->continues[1] = jk_continues(&titled, j);
    passage->filed = jk_set(0.0f);
    passage->slots = 0;
    for (int s = 0; s < JK_ALL_STATES; s++) {
        passage->next[s] = jk_set(0.0f);
    }
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        JK_UNROLL
        for (int i = JK_STATE(shape.first, 0); i < JK_STATE(shape.last, JK_CAPACITY_COUNT); i++) {
            const int s = mood * JK_STATES + i;
            passage->probability[s] = jk_load(tile->probability[s] + at);
            passage->action[s] = jk_index_load_bytes(decisions + (size_t)s * JK_TILE_ROWS);
        }
    }
}

/* Flows of up to JK_MONTHS_RUN months over all slots; the slots then stand at the month after. */
JK_INLINE void jk_sum_slots(jk_passage *passage, int32_t months, jk_vec sum[JK_MONTHS_RUN][JK_MONTHLY_FLOWS]) {
    for (int32_t m = 0; m < months; m++) {
        sum[m][0] = sum[m][1] = sum[m][2] = jk_set(0.0f);
    }
    for (int i = 0; i < passage->slots; i++) {
        jk_slot slot = passage->slot[i];
        for (int32_t m = 0; m < months; m++) {
            JK_UNROLL
            for (int f = 0; f < JK_MONTHLY_FLOWS; f++) {
                sum[m][f] = sum[m][f] + (slot.flow[f][0] + slot.flow[f][1]);
                slot.flow[f][0] = slot.flow[f][0] * slot.factor[0];
                slot.flow[f][1] = slot.flow[f][1] * slot.factor[1];
            }
        }
        passage->slot[i] = slot;
    }
}

/* Rounded sums for the cells. */
JK_INLINE void jk_add_months(int64_t *sums, int32_t months, const jk_vec sum[JK_MONTHS_RUN][JK_MONTHLY_FLOWS]) {
    jk_vec most = jk_set(0.0f);
    for (int32_t m = 0; m < months; m++) {
        most = jk_max(most, jk_max(jk_abs(sum[m][0]), jk_abs(sum[m][1])));
    }
    bool small = !jk_any(jk_gt(most, jk_set(0x1p30f))); /* instalments are a part of gross */
    for (int32_t m = 0; m < months; m++, sums += JK_MONTHLY_FLOWS * JK_GRID_LANES) {
        JK_UNROLL
        for (int f = 0; f < JK_MONTHLY_FLOWS; f++) {
            if (__builtin_expect(small, 1)) {
                jk_add_rounded_small(sums + f * JK_GRID_LANES, sum[m][f]);
            } else {
                jk_add_rounded(sums + f * JK_GRID_LANES, sum[m][f]);
            }
        }
    }
}

/* The months of the epoch: sums for the cells, and the claims' own totals; `others` is paid at the epoch's start. */
JK_INLINE void jk_run_slots(jk_passage *passage, jk_plan_tile *tile, size_t at, jk_vec filing, jk_vec sale) {
    const jk_plan_epoch *epoch = passage->epoch;
    jk_vec total[JK_MONTHLY_FLOWS] = {jk_set(0.0f), jk_set(0.0f), jk_set(0.0f)};
    jk_vec before = jk_load(tile->gross + at);
    int64_t *sums = tile->monthly;
    for (int32_t done = 0; done < epoch->month_count; done += JK_MONTHS_RUN) {
        int32_t left = epoch->month_count - done, months = left < JK_MONTHS_RUN ? left : JK_MONTHS_RUN;
        jk_vec sum[JK_MONTHS_RUN][JK_MONTHLY_FLOWS];
        jk_sum_slots(passage, months, sum);
        jk_add_months(sums, months, sum);
        sums += months * JK_MONTHLY_FLOWS * JK_GRID_LANES;
        for (int32_t m = 0; m < months; m++) {
            JK_UNROLL
            for (int f = 0; f < JK_MONTHLY_FLOWS; f++) {
                total[f] = total[f] + sum[m][f];
            }
            int32_t month = epoch->first_month + done + m + 1;
            if (month == 12) {
                jk_store(tile->gross_12m + at, before + total[0]);
            } else if (month == 60) {
                jk_store(tile->gross_60m + at, before + total[0]);
            }
        }
    }
    jk_vec gross = before + total[0];
    jk_store(tile->gross + at, gross);
    jk_store(tile->net + at, jk_load(tile->net + at) + (total[0] - total[1] + (sale - filing)));
    if (epoch->end < 12.0f) {
        jk_store(tile->gross_12m + at, gross);
    }
    if (epoch->end < 60.0f) {
        jk_store(tile->gross_60m + at, gross);
    }
    if (tile->trace_flow != NULL && at == 0) {
        jk_store(tile->trace_flow, total[0]);
        jk_store(tile->trace_flow + JK_TILE_STEP, total[1] + filing);
        jk_store(tile->trace_flow + 2 * JK_TILE_STEP, sale);
        jk_store(tile->trace_flow + 3 * JK_TILE_STEP, total[2]);
    }
}

/* Expected number of payers at the start of an epoch. */
JK_INLINE void jk_count_payers(const jk_plan_tile *tile, size_t at, const jk_shape shape, jk_epoch_sums *sums) {
    jk_vec payers = jk_set(0.0f);
    JK_UNROLL
    for (int s = JK_PAYING_STATE(shape.first, 0); s < JK_PAYING_STATE(shape.last, JK_CAPACITY_COUNT); s++) {
        payers = payers + jk_load(tile->probability[s] + at);
    }
    jk_add_rounded(sums->payers, payers * jk_set(JK_GRID_UNITS));
}

JK_INLINE void jk_payers_project_epoch(const jk_plan_group *group, jk_plan_tile *tile, size_t at, int j,
                                       const jk_shape shape, jk_epoch_sums *sums) {
    jk_ages ages = jk_ages_load(tile, at, group->segment->last_age);
    jk_curve_place place = jk_curve_place_after(&ages, group->tables->epochs[j].first_month);
    jk_passage passage;
    jk_passage_read(group, tile, at, j, &ages, &place, shape, &passage);
    jk_vec sale = jk_set(0.0f);
    if (tile->part[at / JK_LANES].sell) {
        sale = jk_pass_sales(&passage, tile, at, j, &ages, &place, shape);
        jk_add_rounded(sums->sale, sale);
    }
    jk_count_payers(tile, at, shape, sums);
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) { /* one body: unrolled, it is too much code */
        for (int a = 0; a < 2; a++) {
            jk_pass_waiting(&passage, shape, a, k);
        }
        if (shape.legal) {
            jk_pass_legal(&passage, shape, k);
        }
    }
    jk_vec filing = jk_set(0.0f);
    if (shape.legal && shape.first == 0) {
        filing = passage.filed * (passage.share * jk_set(passage.costs->filing));
        jk_add_rounded(sums->filing, filing);
    }
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        JK_UNROLL
        for (int i = JK_STATE(shape.first, 0); i < JK_STATE(shape.last, JK_CAPACITY_COUNT); i++) {
            jk_store(tile->probability[mood * JK_STATES + i] + at, passage.next[mood * JK_STATES + i]);
        }
    }
    jk_run_slots(&passage, tile, at, filing, sale);
}

#endif
