/* SPDX-License-Identifier: Apache-2.0 */
/* Works: those claims of a vector that are under one treatment in one class, and move by one pair of moods. Each brings
 * a sequence of months (kernel_payers_months.h), and its people are elsewhere at the epoch's end, by powers of the pair
 * over one month.
 */
#ifndef JK_PLAN_KERNEL_PAYERS_WORKS_H
#define JK_PLAN_KERNEL_PAYERS_WORKS_H

#include "plan/kernel_payers_claims.h"
#include "plan/kernel_payers_months.h"

/* What those who pay resolve with and bring a month, and how much of it are instalments, before the bar. */
typedef struct jk_paid {
    jk_vec rate, gross, instalments;
} jk_paid;

/* What quiet debtors cost a month and what those who pay do, before the bar; in grid units. */
typedef struct jk_spent {
    jk_vec quiet, paying;
} jk_spent;

/* Figures that several works share: by [titled][class], by [treatment][before which bar; of legal: titled], by [before
 * which bar]. */
typedef struct jk_yields {
    jk_paid paid[2][JK_CAPACITY_COUNT];
    jk_spent spent[JK_TREATMENT_COUNT][2];
    jk_vec waiting_cost[2];
} jk_yields;

/* Part of a work's people, by mood, and the title state in which they are at the epoch's end. */
typedef struct jk_onward {
    jk_vec people[2];
    size_t title;
} jk_onward;

/* Who moves by a pair, how the quiet among them do, and where they go. */
typedef struct jk_work {
    jk_vec quiet, begin, gross; /* a month: what resolves from quiet, what begins to pay, what the quiet bring */
    jk_vec people[2], money[2]; /* probabilities; their balances in grid units */
    jk_vec waiting[2];          /* those who wait without a title behind an interrupted limitation, where some do */
    const jk_paid *paid;
    const jk_spent *spent;
    const jk_vec *waiting_cost; /* NULL: nobody waits */
    const float *step;          /* class matrix over the epoch, the row of the class */
    float stop, contingent;
    size_t onwards;
    jk_onward onward[JK_TITLE_COUNT];
} jk_work;

enum {
    JK_WORKS = 2 * JK_TITLE_COUNT + 2,  /* of a class */
    JK_COHORTS = 4 * JK_CAPACITY_COUNT, /* that reach a title state: 2 of each treatment, or 2 and 2 of legal */
};

/* People of a class and treatment, by mood, at the epoch's end in one title state, and the row of their class. */
typedef struct jk_cohort {
    jk_vec mass[2];
    const float *step;
} jk_cohort;

typedef struct jk_passage {
    const jk_plan_group *group;
    const jk_plan_epoch *epoch;
    const jk_plan_span *span;
    const jk_plan_costs *costs;
    jk_spells spells;
    jk_yields yields;
    jk_vec balance[2]; /* grid units */
    bool interrupted;  /* somebody's limitation is */
    jk_mask continues[2];
    jk_vec filed;
    jk_work work[JK_WORKS];
    jk_cohort reached[JK_TITLE_COUNT][JK_COHORTS], *reached_end[JK_TITLE_COUNT];
    jk_slots slots;
} jk_passage;

/* a.b, of row vector and column vector by mood. */
JK_INLINE jk_vec jk_moods_dot(const jk_vec a[2], const jk_vec b[2]) {
    return jk_fma(a[0], b[0], a[1] * b[1]);
}

/* Some time later. */
JK_INLINE void jk_moods_move(const jk_moods *left, const jk_vec from[2], jk_vec to[2]) {
    to[0] = jk_fma(from[0], left->qq, from[1] * left->pq);
    to[1] = jk_fma(from[0], left->qp, from[1] * left->pp);
}

/* P and M of a work over a month. */
JK_INLINE jk_stay jk_work_month(const jk_work *work) {
    const jk_pair pair = {work->quiet, work->paid->rate, work->begin, jk_set(work->stop)};
    return jk_stay_month(&pair);
}

/* The slot of a work. */
JK_INLINE void jk_slot_put(const jk_work *work, const jk_stay *month, jk_slot *slot) {
    const jk_moods *share = &month->share, *left = &month->left;
    const jk_paid *paid = work->paid;
    const jk_spent *spent = work->spent;
    slot->trace = left->qq + left->pp;
    slot->det = jk_moods_det(left);
    /* What a month brings and costs, of who begins it quiet and paying. */
    const jk_vec gross[2] = {jk_fma(share->qq, work->gross, share->qp * paid->gross),
                             jk_fma(share->pq, work->gross, share->pp * paid->gross)};
    const jk_vec instalments[2] = {share->qp * paid->instalments, share->pp * paid->instalments};
    const jk_vec cost[2] = {jk_fma(share->qq, spent->quiet, share->qp * spent->paying),
                            jk_fma(share->pq, spent->quiet, share->pp * spent->paying)};
    jk_vec money[2], people[2];
    jk_moods_move(left, work->money, money);
    jk_moods_move(left, work->people, people);
    jk_vec running[2] = {jk_moods_dot(work->people, cost), jk_moods_dot(people, cost)};
    if (work->waiting_cost != NULL) {
        const jk_vec interruption[2] = {share->qq * *work->waiting_cost, share->pq * *work->waiting_cost};
        jk_vec waiting[2];
        jk_moods_move(left, work->waiting, waiting);
        running[0] = running[0] + jk_moods_dot(work->waiting, interruption);
        running[1] = running[1] + jk_moods_dot(waiting, interruption);
    }
    const jk_vec contingent = jk_set(work->contingent);
    jk_vec now = jk_moods_dot(work->money, gross), next = jk_moods_dot(money, gross);
    slot->now[0] = now;
    slot->next[0] = next;
    slot->now[1] = jk_fma(now, contingent, running[0]);
    slot->next[1] = jk_fma(next, contingent, running[1]);
    slot->now[2] = jk_moods_dot(work->money, instalments);
    slot->next[2] = jk_moods_dot(money, instalments);
}

/* People at the epoch's end; `reached`: the end of those known so far, by title state. */
JK_INLINE void jk_pass_mass(const jk_work *work, const jk_moods *left, jk_cohort **reached) {
    const jk_onward *end = work->onward + work->onwards;
    const float *step = work->step;
    JK_ROLLED
    for (const jk_onward *onward = work->onward; onward < end; onward++) {
        jk_cohort *cohort = reached[onward->title]++;
        jk_moods_move(left, onward->people, cohort->mass);
        cohort->step = step;
    }
}

/* The same of all works of a class, `months` after the epoch's start. */
JK_INLINE void jk_pass_masses(const jk_work *work, const jk_stay *month, size_t works, int32_t months,
                              jk_cohort **reached) {
    const jk_work *end = work + works;
    JK_ROLLED
    for (; work < end; work++, month++) {
        const jk_moods left = jk_moods_over(&month->left, months);
        jk_pass_mass(work, &left, reached);
    }
}

/* The works of a class: their slots, and where their people are at the epoch's end. Code of its own, the same for all
 * kinds of group; loops are split, as a work's steps wait for each other and those of different works do not. */
static __attribute__((noinline)) void jk_run_works(jk_passage *passage, size_t works) {
    const int32_t months = passage->epoch->month_count;
    const size_t first = (size_t)passage->slots.count;
    const jk_work *work = passage->work;
    jk_slot *slot = passage->slots.slot + first;
    jk_slot_run *runs = passage->slots.run + first;
    jk_stay month[JK_WORKS];
    for (size_t i = 0; i < works; i++) {
        month[i] = jk_work_month(&work[i]);
    }
    for (size_t i = 0; i < works; i++) {
        jk_slot_put(&work[i], &month[i], &slot[i]);
    }
    for (size_t i = 0; i < works && months > JK_MONTHS_RUN; i++) {
        const jk_moods run = jk_moods_over(&month[i].left, JK_MONTHS_RUN);
        runs[i].trace = run.qq + run.pp;
        runs[i].det = jk_moods_det(&run);
    }
    if (months == 12) { /* lengths that epochs mostly have */
        jk_pass_masses(work, month, works, 12, passage->reached_end);
    } else if (months == 3) {
        jk_pass_masses(work, month, works, 3, passage->reached_end);
    } else {
        jk_pass_masses(work, month, works, months, passage->reached_end);
    }
    passage->slots.count = (int)(first + works);
}

/* Probabilities of a title state's classes at the start of the next epoch, quiet and paying, of those who are not
 * barred by then. */
JK_INLINE void jk_put_reached(const jk_cohort *cohort, const jk_cohort *end, jk_mask quiet_go_on, jk_mask paying_go_on,
                              jk_vec next[2][JK_CAPACITY_COUNT]) {
    JK_UNROLL
    for (int c = 0; c < JK_CAPACITY_COUNT; c++) {
        next[0][c] = next[1][c] = jk_set(0.0f);
    }
    JK_ROLLED
    for (; cohort < end; cohort++) {
        JK_UNROLL
        for (int c = 0; c < JK_CAPACITY_COUNT; c++) {
            const jk_vec step = jk_set(cohort->step[c]);
            next[0][c] = jk_fma(cohort->mass[0], step, next[0][c]);
            next[1][c] = jk_fma(cohort->mass[1], step, next[1][c]);
        }
    }
    JK_UNROLL
    for (int c = 0; c < JK_CAPACITY_COUNT; c++) {
        next[0][c] = jk_keep(quiet_go_on, next[0][c]);
        next[1][c] = jk_keep(paying_go_on, next[1][c]);
    }
}

#endif
