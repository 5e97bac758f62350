/* SPDX-License-Identifier: Apache-2.0 */
/* Projection of quiet and paying states under the plan (model.md section 7), for one vector of claims.
 *
 * All states that move by the same pair (treatment, class, and title states that nothing tells apart) are carried
 * together, as one work (kernel_payers_works.h). A work that no claim of the vector is in is left out; where a claim's
 * title states are told apart, its part goes by a work of its own and adds nothing to the common one, so that a claim's
 * sums are the same whatever its neighbours do. Amounts are in grid units, as in kernel_project.h.
 */
#ifndef JK_PLAN_KERNEL_PAYERS_PROJECT_H
#define JK_PLAN_KERNEL_PAYERS_PROJECT_H

#include "plan/kernel_payers_works.h"
#include "plan/kernel_project.h"

/* People by mood, and their balances. */
typedef struct jk_crowd {
    jk_vec people[2], money[2];
} jk_crowd;

JK_INLINE jk_crowd jk_nobody(void) {
    const jk_vec none = jk_set(0.0f);
    return (jk_crowd){{none, none}, {none, none}};
}

/* Adds people of title state z. */
JK_INLINE void jk_crowd_add(const jk_passage *passage, int z, const jk_vec people[2], jk_crowd *crowd) {
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        crowd->people[mood] = crowd->people[mood] + people[mood];
        crowd->money[mood] = jk_fma(passage->balance[z > 0], people[mood], crowd->money[mood]);
    }
}

JK_INLINE bool jk_is_empty(const jk_crowd *crowd) {
    return !jk_any(jk_gt(crowd->people[0] + crowd->people[1], jk_set(0.0f)));
}

/* The claims' people of a class, and what is planned for them: by mood and title state. */
typedef struct jk_planned {
    jk_vec people[2][JK_TITLE_COUNT];
    jk_index action[2][JK_TITLE_COUNT];
} jk_planned;

JK_INLINE void jk_planned_read(const jk_plan_tile *tile, size_t at, int j, const jk_shape shape, size_t k,
                               jk_planned *planned) {
    const float(*probability)[JK_TILE_ROWS] = tile->probability + k;
    const uint8_t *decisions = jk_decisions_at(tile, JK_ALL_STATES, j, at) + k * JK_TILE_ROWS;
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            const size_t s = (size_t)(mood * JK_STATES + JK_STATE(z, 0));
            planned->people[mood][z] = jk_load(probability[s] + at);
            planned->action[mood][z] = jk_index_load_bytes(decisions + s * JK_TILE_ROWS);
        }
    }
}

/* People of title state z under an action, by mood. */
JK_INLINE void jk_people_under(const jk_planned *planned, int z, jk_action action, jk_vec people[2]) {
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        people[mood] = jk_keep(jk_index_equal(planned->action[mood][z], (int)action), planned->people[mood][z]);
    }
}

/* Some people of the work who go on in title state z. */
JK_INLINE void jk_work_onward(jk_onward *onward, int z, const jk_vec people[2]) {
    onward->people[0] = people[0];
    onward->people[1] = people[1];
    onward->title = (size_t)z;
}

/* The work of a crowd in title state z and class k: new payers settle at a rate of `settles`, begin to pay at `begins`
 * times the pace, and `garnish` is taken. */
JK_INLINE void jk_work_put(const jk_passage *passage, const jk_crowd *crowd, int a, int z, int k, jk_vec settles,
                           float begins, jk_vec garnish, size_t onwards, jk_work *work) {
    const jk_plan_segment *segment = passage->group->segment;
    const jk_spells *spells = &passage->spells;
    const int legal = a == JK_TREAT_LEGAL, before = z > 0 || legal, titled = z == JK_TITLE_HELD;
    work->quiet = (garnish + settles) + spells->leaving[titled];
    work->begin = spells->begin[before][a] * jk_set(begins);
    work->gross = jk_fma(settles, jk_set(segment->share_by_action[a + JK_SURVEIL]), garnish + spells->dividend) *
                  spells->alive[before];
    JK_UNROLL
    for (int mood = 0; mood < 2; mood++) {
        work->people[mood] = crowd->people[mood];
        work->money[mood] = crowd->money[mood];
    }
    work->paid = &passage->yields.paid[titled][k];
    work->spent = &passage->yields.spent[a][legal ? titled : before];
    work->step = passage->span->class_step[a][k];
    work->stop = spells->stop[a];
    work->contingent = segment->contingent_by_action[a + JK_SURVEIL];
    work->onwards = onwards;
}

/* Of the people in title state z, those who go by the pair of `slot`, a title state: who has a title by that of titles,
 * who has none by a pair of their own where the bars tell them apart, and the others by the pair of pending cases. */
JK_INLINE void jk_part_people(const jk_passage *passage, const jk_shape shape, int slot, int z, jk_vec people[2]) {
    if (z == JK_TITLE_NONE && shape.last > JK_TITLE_NONE) {
        JK_UNROLL
        for (int mood = 0; mood < 2; mood++) {
            jk_vec own = jk_keep(passage->spells.untitled_apart, people[mood]), others = people[mood] - own;
            people[mood] = slot == z ? own : others;
        }
    }
}

/* Surveil and amicable in class k. Here and below: works from *work on; returns the end of them. */
JK_INLINE jk_work *jk_pass_waiting(const jk_passage *passage, const jk_planned *planned, const jk_shape shape, int a,
                                   int k, jk_work *work) {
    const jk_plan_segment *segment = passage->group->segment;
    jk_vec settles = passage->spells.pace.of[a] * jk_set(segment->settle_multiplier[a][k]);
    const bool title_apart = jk_title_is_apart(passage->group, shape, k);
    JK_UNROLL
    for (int slot = shape.first; slot <= shape.last; slot++) { /* the pair of a title state */
        if ((slot == JK_TITLE_NONE && shape.last > JK_TITLE_NONE && !passage->spells.any_untitled_apart) ||
            (slot == JK_TITLE_HELD && !title_apart)) {
            continue;
        }
        jk_crowd crowd = jk_nobody();
        const bool shared = slot == JK_TITLE_PENDING; /* with the title states that are not told apart */
        const bool waits = passage->interrupted && slot != JK_TITLE_HELD;
        JK_UNROLL
        for (int z = shape.first; z <= shape.last; z++) {
            if (z != slot && (!shared || (z == JK_TITLE_HELD && title_apart))) {
                continue;
            }
            jk_vec people[2];
            jk_people_under(planned, z, (jk_action)(a + JK_SURVEIL), people);
            jk_part_people(passage, shape, slot, z, people);
            jk_crowd_add(passage, z, people, &crowd);
            jk_work_onward(&work->onward[shared ? z - shape.first : 0], z, people);
            if (z == 0 && waits) {
                work->waiting[0] = people[0];
                work->waiting[1] = people[1];
            }
        }
        if (!jk_is_empty(&crowd)) {
            work->waiting_cost = waits ? &passage->yields.waiting_cost[slot > 0] : NULL;
            const int last = shared && !title_apart ? shape.last : slot, first = shared ? shape.first : slot;
            jk_work_put(passage, &crowd, a, slot, k, settles, segment->begin_multiplier[a][k], jk_set(0.0f),
                        (size_t)(last - first + 1), work++);
        }
    }
    return work;
}

/* What is filed in the epoch, and pending. Legal is chosen for the quiet alone: nobody is sued who keeps to a plan, and
 * a case interrupts by itself. */
JK_INLINE jk_work *jk_pass_case(jk_passage *passage, const jk_planned *planned, const jk_shape shape, int k,
                                jk_work *work) {
    const jk_plan_segment *segment = passage->group->segment;
    jk_crowd crowd = jk_nobody();
    JK_UNROLL
    for (int z = shape.first; z < JK_TITLE_HELD; z++) {
        jk_vec people[2];
        jk_people_under(planned, z, JK_LEGAL, people);
        people[1] = jk_set(0.0f);
        jk_crowd_add(passage, z, people, &crowd);
        if (z == 0) {
            passage->filed = passage->filed + people[0];
        }
    }
    if (jk_is_empty(&crowd)) {
        return work;
    }
    jk_vec decided = crowd.people[0] * jk_set(passage->span->title_probability);
    const jk_vec open[2] = {crowd.people[0] - decided, jk_set(0.0f)};
    const jk_vec won[2] = {decided * jk_set(segment->title_kept), jk_set(0.0f)};
    jk_work_onward(&work->onward[0], JK_TITLE_PENDING, open);
    jk_work_onward(&work->onward[1], JK_TITLE_HELD, won);
    jk_vec settles = passage->spells.pace.of[JK_TREAT_LEGAL] * jk_set(segment->settle_pending[k]);
    work->waiting_cost = NULL;
    jk_work_put(passage, &crowd, JK_TREAT_LEGAL, JK_TITLE_PENDING, k, settles, segment->begin_pending[k], jk_set(0.0f),
                2, work);
    return work + 1;
}

/* What has a title. */
JK_INLINE jk_work *jk_pass_title(const jk_passage *passage, const jk_planned *planned, int k, jk_work *work) {
    const jk_plan_segment *segment = passage->group->segment;
    const int a = JK_TREAT_LEGAL, z = JK_TITLE_HELD;
    jk_crowd crowd = jk_nobody();
    jk_vec people[2];
    jk_people_under(planned, z, JK_LEGAL, people);
    people[1] = jk_set(0.0f);
    jk_crowd_add(passage, z, people, &crowd);
    if (jk_is_empty(&crowd)) {
        return work;
    }
    jk_work_onward(&work->onward[0], z, people);
    jk_vec settles = passage->spells.pace.of[a] * jk_set(segment->settle_multiplier[a][k]);
    jk_vec garnish = jk_rate_garnish(segment, &passage->spells.pace, k);
    work->waiting_cost = NULL;
    jk_work_put(passage, &crowd, a, z, k, settles, segment->begin_multiplier[a][k], garnish, 1, work);
    return work + 1;
}

/* What is sold at the epoch's start. */
JK_INLINE jk_vec jk_pass_sales(const jk_passage *passage, const jk_plan_tile *tile, size_t at, int j,
                               const jk_ages *ages, const jk_curve_place *place, const jk_shape shape) {
    const jk_plan_segment *segment = passage->group->segment;
    const jk_bar bar[2] = {jk_bar_load(tile, at, 0), jk_bar_load(tile, at, 1)};
    jk_vec price = jk_curve_read(segment->market, ages, place), sold = jk_set(0.0f), insight[JK_CAPACITY_COUNT];
    jk_insight_read(segment, tile, at, passage->epoch, insight);
    const uint8_t *decisions = jk_decisions_at(tile, JK_ALL_STATES, j, at);
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
                jk_index action = jk_index_load_bytes(decisions + (size_t)s * JK_TILE_ROWS);
                jk_vec part = jk_keep(jk_index_equal(action, JK_SELL), jk_load(tile->probability[s] + at));
                sold = jk_fma(part * insight[k], sale, sold);
            }
        }
    }
    return sold;
}

JK_INLINE void jk_yields_read(const jk_passage *passage, const jk_plan_tile *tile, size_t at, const jk_shape shape,
                              jk_yields *yields) {
    const jk_spells *spells = &passage->spells;
    const jk_plan_costs *costs = passage->costs;
    const int treatments = shape.legal ? JK_TREATMENT_COUNT : JK_TREAT_LEGAL;
    jk_vec unit = jk_set(JK_GRID_UNITS), share = jk_load(tile->share + at) * unit;
    const jk_vec alive = spells->alive[1], work[2] = {share * spells->alive[0], share * alive};
    JK_UNROLL
    for (int titled = 0; titled < 2; titled++) {
        if (titled == 0 ? shape.first == JK_TITLE_HELD : shape.last < JK_TITLE_HELD) {
            continue;
        }
        JK_UNROLL
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            jk_vec pays = spells->pays[titled][k];
            yields->paid[titled][k] = (jk_paid){.rate = pays + spells->leaving[titled],
                                                .gross = (pays + spells->dividend) * alive,
                                                .instalments = pays * alive};
        }
    }
    JK_UNROLL
    for (int a = 0; a < treatments; a++) {
        const int legal = a == JK_TREAT_LEGAL;
        jk_vec paying = work[1] * jk_set(costs->paying[a]);
        yields->spent[a][0] =
            (jk_spent){work[legal] * jk_set(costs->running_by_action[!legal][a + JK_SURVEIL]), paying};
        yields->spent[a][1] = (jk_spent){work[1] * jk_set(costs->running_by_action[1][a + JK_SURVEIL]), paying};
    }
    jk_vec interruption = jk_load(tile->interruption + at) * unit * jk_set(costs->inflation);
    yields->waiting_cost[0] = interruption * spells->alive[0];
    yields->waiting_cost[1] = interruption * alive;
}

JK_INLINE void jk_passage_read(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                               const jk_ages *ages, const jk_curve_place *place, const jk_shape shape,
                               jk_passage *passage) {
    const jk_plan_segment *segment = group->segment;
    passage->group = group;
    passage->epoch = &group->tables->epochs[j];
    passage->span = &segment->spans[passage->epoch->span];
    passage->costs = &segment->costs[j];
    jk_spells_read(group, tile, at, j, ages, place, 0.0f, 1.0f, shape, &passage->spells);
    jk_vec share = jk_load(tile->share + at), balance = jk_balance_in(group, tile, at, j);
    jk_vec later = shape.first == 0 ? jk_fma(share, jk_set(segment->fee), balance) : balance;
    passage->interrupted = shape.first == 0 && jk_any_set(tile->interruption + at);
    jk_yields_read(passage, tile, at, shape, &passage->yields);
    passage->balance[0] = balance * jk_set(JK_GRID_UNITS);
    passage->balance[1] = later * jk_set(JK_GRID_UNITS);
    const jk_bar untitled = jk_bar_load(tile, at, 0), titled = jk_bar_load(tile, at, 1);
    passage->continues[0] = jk_continues(&untitled, j);
    passage->continues[1] = jk_continues(&titled, j);
    passage->filed = jk_set(0.0f);
    passage->slots.count = 0;
    JK_UNROLL
    for (int z = shape.first; z <= shape.last; z++) {
        passage->reached_end[z] = passage->reached[z];
    }
}

/* The months of the epoch: sums for the cells, and the claims' own totals. */
static __attribute__((noinline)) void jk_run_slots(jk_passage *passage, jk_plan_tile *tile, size_t at, jk_vec filing,
                                                   jk_vec sale) {
    const jk_plan_epoch *epoch = passage->epoch;
    jk_slots *slots = &passage->slots;
    jk_vec total[JK_MONTHLY_FLOWS] = {jk_set(0.0f), jk_set(0.0f), jk_set(0.0f)};
    jk_vec before = jk_load(tile->gross + at);
    int64_t *sums = tile->monthly;
    for (int32_t done = 0; done < epoch->month_count; done += JK_MONTHS_RUN) {
        int32_t left = epoch->month_count - done, months = left < JK_MONTHS_RUN ? left : JK_MONTHS_RUN;
        jk_run_sums sum;
        if (epoch->month_count > JK_MONTHS_RUN) {
            jk_start_run(slots, done / JK_MONTHS_RUN);
        }
        jk_sum_run(slots, left > JK_MONTHS_RUN, months, &sum);
        int32_t now = epoch->first_month + done;
        int32_t added = jk_total_until(now, 0, months, 12, before, tile->gross_12m + at, &sum, total);
        added = jk_total_until(now, added, months, 60, before, tile->gross_60m + at, &sum, total);
        jk_total_months(added, months, &sum, total);
        /* Gross and cost are not below 0, instalments are a part of gross: no month exceeds the epoch's sum. */
        bool small = epoch->month_count <= JK_MONTHS_RUN && !jk_any(jk_gt(total[0] + total[1], jk_set(0x1p30f)));
        jk_add_months(sums, months, small, &sum);
        sums += months * JK_MONTHLY_FLOWS * JK_GRID_LANES;
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

/* Who is where at the start of the next epoch. */
JK_INLINE void jk_put_people(const jk_passage *passage, size_t at, const jk_shape shape, jk_plan_tile *tile) {
    JK_UNROLL
    for (int z = shape.first; z <= shape.last; z++) {
        jk_vec next[2][JK_CAPACITY_COUNT];
        jk_put_reached(passage->reached[z], passage->reached_end[z], passage->continues[z > 0], passage->continues[1],
                       next);
        JK_UNROLL
        for (int c = 0; c < JK_CAPACITY_COUNT; c++) {
            jk_store(tile->probability[JK_STATE(z, c)] + at, next[0][c]);
            jk_store(tile->probability[JK_STATES + JK_STATE(z, c)] + at, next[1][c]);
        }
    }
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
        jk_work *end = passage.work;
        jk_planned planned;
        jk_planned_read(tile, at, j, shape, (size_t)k, &planned);
        for (int a = 0; a < 2; a++) {
            end = jk_pass_waiting(&passage, &planned, shape, a, k, end);
        }
        if (shape.legal && shape.first < JK_TITLE_HELD) {
            end = jk_pass_case(&passage, &planned, shape, k, end);
        }
        if (shape.legal) {
            end = jk_pass_title(&passage, &planned, k, end);
        }
        jk_run_works(&passage, (size_t)(end - passage.work));
    }
    jk_vec filing = jk_set(0.0f);
    if (shape.legal && shape.first == 0) {
        jk_vec share = jk_load(tile->share + at) * jk_set(JK_GRID_UNITS);
        filing = passage.filed * (share * jk_set(passage.costs->filing));
        jk_add_rounded(sums->filing, filing);
    }
    jk_put_people(&passage, at, shape, tile);
    jk_run_slots(&passage, tile, at, filing, sale);
}

#endif
