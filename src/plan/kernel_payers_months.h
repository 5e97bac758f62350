/* SPDX-License-Identifier: Apache-2.0 */
/* The months of an epoch. Whoever moves by the same pair of moods (treatment, class, title states that nothing tells
 * apart) brings in month m a flow r P^m v: r is who they are by mood at the epoch's start, P the pair over one month, v
 * what a month brings. As P is 2 x 2 (Cayley and Hamilton), every such flow obeys
 *
 *     flow(m + 2) = tr P flow(m + 1) - det P flow(m),
 *
 * so that a month costs two multiplications per flow once its first two months are known. Rounding adds at most
 * m^2/2 half units in the last place, so that a sequence runs over a year; longer epochs start a run from the two
 * before it, by trace and determinant of P^12. Runs are added up three pairs at a time, which keeps sequences in
 * registers.
 */
#ifndef JK_PLAN_KERNEL_PAYERS_MONTHS_H
#define JK_PLAN_KERNEL_PAYERS_MONTHS_H

#include "plan/kernel_pair.h"
#include "plan/kernel_tile.h"

enum {
    JK_SLOTS = 24,      /* pairs: 2 treatments and legal, by class and title state */
    JK_SLOTS_RUN = 3,   /* that are added up together */
    JK_MONTHS_RUN = 12, /* months of a run; even */
};

/* One pair's flows of two months that follow each other, and what the months after are made of. */
typedef struct jk_slot {
    jk_vec trace, det;
    jk_vec now[JK_MONTHLY_FLOWS], next[JK_MONTHLY_FLOWS];
} jk_slot;

/* What runs of a long epoch start from: trace and determinant over a run, and the starts of the two runs before. */
typedef struct jk_slot_run {
    jk_vec trace, det;
    jk_vec last[2][JK_MONTHLY_FLOWS], before[2][JK_MONTHLY_FLOWS];
} jk_slot_run;

typedef struct jk_slots {
    int count;
    jk_slot slot[JK_SLOTS];
    jk_slot_run run[JK_SLOTS]; /* of epochs that are longer than a run */
} jk_slots;

/* P a times P b, which commute: all that is added up is positive. */
JK_INLINE jk_moods jk_moods_times(const jk_moods *a, const jk_moods *b) {
    return (jk_moods){jk_fma(a->qq, b->qq, a->qp * b->pq), jk_fma(a->qq, b->qp, a->qp * b->pp),
                      jk_fma(a->pq, b->qq, a->pp * b->pq), jk_fma(a->pp, b->pp, a->pq * b->qp)};
}

JK_INLINE jk_moods jk_moods_squared(const jk_moods *a) {
    jk_vec there_and_back = a->qp * a->pq, trace = a->qq + a->pp;
    return (jk_moods){jk_fma(a->qq, a->qq, there_and_back), a->qp * trace, a->pq * trace,
                      jk_fma(a->pp, a->pp, there_and_back)};
}

/* P over `months`, of that over one: the odd part of the number first, then by squares. */
JK_INLINE jk_moods jk_moods_over(const jk_moods *month, int32_t months) {
    const int squares = __builtin_ctz((unsigned)months);
    const int32_t odd = months >> squares;
    jk_moods power = *month;
    if (odd == 3) {
        power = jk_moods_squared(month);
        power = jk_moods_times(&power, month);
    } else {
        for (int32_t bit = (1 << 30) >> __builtin_clz((unsigned)odd); bit > 0; bit >>= 1) {
            power = jk_moods_squared(&power);
            if ((odd & bit) != 0) {
                power = jk_moods_times(&power, month);
            }
        }
    }
    for (int i = 0; i < squares; i++) {
        power = jk_moods_squared(&power);
    }
    return power;
}

JK_INLINE jk_vec jk_moods_det(const jk_moods *moods) {
    return jk_fms(moods->qq, moods->pp, moods->qp * moods->pq);
}

/* Months of a run, summed over slots. */
typedef struct jk_run_sums {
    jk_vec of[JK_MONTHLY_FLOWS][JK_MONTHS_RUN];
} jk_run_sums;

/* Adds the coming month of `slots` slots to *sum. One after the other: a slot that is empty for a claim, and another's
 * reason to be there, changes no bit. */
JK_INLINE void jk_add_month(const int slots, const bool first, const jk_vec month[JK_SLOTS_RUN], jk_vec *sum) {
    jk_vec here = month[0];
    if (!first) {
        here = *sum + here;
    }
    JK_UNROLL
    for (int i = 1; i < slots; i++) {
        here = here + month[i];
    }
    *sum = here;
}

/* The sequences of one flow of some slots: the coming month and the one after it. */
typedef struct jk_run_flows {
    jk_vec now[JK_SLOTS_RUN], next[JK_SLOTS_RUN];
} jk_run_flows;

/* Two months on, and adds them up. */
JK_INLINE void jk_run_on(const jk_slot *slot, const int slots, const bool first, jk_run_flows *flows, jk_vec *sum) {
    JK_UNROLL
    for (int i = 0; i < slots; i++) {
        flows->now[i] = jk_fms(slot[i].trace, flows->next[i], slot[i].det * flows->now[i]);
        flows->next[i] = jk_fms(slot[i].trace, flows->now[i], slot[i].det * flows->next[i]);
    }
    jk_add_month(slots, first, flows->now, sum);
    jk_add_month(slots, first, flows->next, sum + 1);
}

/* Adds up one flow of `slots` slots over the months of a run, two at a time. `more`: another run follows. `known`: the
 * number of months is a constant. */
JK_INLINE void jk_run_flow(jk_slot *slot, const int slots, const bool first, const bool known, bool more, int f,
                           int32_t months, jk_vec *sum) {
    jk_run_flows flows;
    JK_UNROLL
    for (int i = 0; i < slots; i++) {
        flows.now[i] = slot[i].now[f];
        flows.next[i] = slot[i].next[f];
    }
    jk_add_month(slots, first, flows.now, sum);
    jk_add_month(slots, first, flows.next, sum + 1); /* of a run of one month nothing reads it */
    if (known) {
        JK_UNROLL
        for (int32_t m = 2; m < months - 1; m += 2) {
            jk_run_on(slot, slots, first, &flows, sum + m);
        }
    } else {
        JK_ROLLED
        for (int32_t m = 2; m < months - 1; m += 2) {
            jk_run_on(slot, slots, first, &flows, sum + m);
        }
    }
    const bool odd = months % 2 != 0 && months > 1;
    if (more || odd) {
        JK_UNROLL
        for (int i = 0; i < slots; i++) {
            flows.now[i] = jk_fms(slot[i].trace, flows.next[i], slot[i].det * flows.now[i]);
        }
    }
    if (odd) {
        jk_add_month(slots, first, flows.now, sum + months - 1);
    }
    if (more) {
        JK_UNROLL
        for (int i = 0; i < slots; i++) {
            slot[i].now[f] = flows.now[i];
            slot[i].next[f] = jk_fms(slot[i].trace, flows.now[i], slot[i].det * flows.next[i]);
        }
    }
}

/* Flows of up to JK_MONTHS_RUN months over all slots; nobody brings nothing. */
JK_INLINE void jk_sum_months(jk_slots *slots, const bool known, bool more, int32_t months, jk_run_sums *sums) {
    const int count = slots->count;
    for (int f = 0; f < JK_MONTHLY_FLOWS; f++) {
        jk_slot *slot = slots->slot;
        jk_vec *sum = sums->of[f];
        int left = count - JK_SLOTS_RUN;
        if (left < 0) {
            for (int32_t m = 0; m < months; m++) {
                sum[m] = jk_set(0.0f);
            }
            left = count;
        } else {
            jk_run_flow(slot, JK_SLOTS_RUN, true, known, more, f, months, sum);
            slot += JK_SLOTS_RUN;
        }
        for (; left >= JK_SLOTS_RUN; left -= JK_SLOTS_RUN, slot += JK_SLOTS_RUN) {
            jk_run_flow(slot, JK_SLOTS_RUN, false, known, more, f, months, sum);
        }
        if (left == 2) {
            jk_run_flow(slot, 2, false, known, more, f, months, sum);
        } else if (left == 1) {
            jk_run_flow(slot, 1, false, known, more, f, months, sum);
        }
    }
}

/* The same; lengths that epochs mostly have are compiled as such. */
JK_INLINE void jk_sum_run(jk_slots *slots, bool more, int32_t months, jk_run_sums *sums) {
    if (months == 12) {
        jk_sum_months(slots, true, more, 12, sums);
    } else if (months == 3) {
        jk_sum_months(slots, true, false, 3, sums);
    } else {
        jk_sum_months(slots, false, false, months, sums);
    }
}

/* Before run `number` of a long epoch: the first begins with the slots as they are and leaves them at the start of the
 * second; later ones begin where the two before say. */
JK_INLINE void jk_start_run(jk_slots *slots, int32_t number) {
    for (int i = 0; i < slots->count; i++) {
        jk_slot_run *run = &slots->run[i];
        for (int n = 0; n < 2 * JK_MONTHLY_FLOWS; n++) {
            const int month = n / JK_MONTHLY_FLOWS, f = n % JK_MONTHLY_FLOWS;
            jk_vec *start = month == 0 ? &slots->slot[i].now[f] : &slots->slot[i].next[f];
            if (number > 1) {
                *start = jk_fms(run->trace, run->last[month][f], run->det * run->before[month][f]);
            }
            if (number > 0) {
                run->before[month][f] = run->last[month][f];
            }
            run->last[month][f] = *start;
        }
    }
}

/* Rounded sums of a run for the cells; `small`: none of them exceeds 2^30. */
JK_INLINE void jk_add_months(int64_t *sums, int32_t months, bool small, const jk_run_sums *run) {
    for (int32_t m = 0; m < months; m++, sums += JK_MONTHLY_FLOWS * JK_GRID_LANES) {
        JK_UNROLL
        for (int f = 0; f < JK_MONTHLY_FLOWS; f++) {
            if (__builtin_expect(small, 1)) {
                jk_add_rounded_small(sums + f * JK_GRID_LANES, run->of[f][m]);
            } else {
                jk_add_rounded(sums + f * JK_GRID_LANES, run->of[f][m]);
            }
        }
    }
}

/* Adds months first..end-1 of a run to the totals. */
JK_INLINE void jk_total_months(int32_t first, int32_t end, const jk_run_sums *run, jk_vec total[JK_MONTHLY_FLOWS]) {
    for (int32_t m = first; m < end; m++) {
        JK_UNROLL
        for (int f = 0; f < JK_MONTHLY_FLOWS; f++) {
            total[f] = total[f] + run->of[f][m];
        }
    }
}

/* A run's months to the totals, and on the way a claim's gross of `months`, if they end within the run. */
JK_INLINE int32_t jk_total_until(int32_t before, int32_t done, int32_t count, int32_t months, jk_vec gross, float *to,
                                 const jk_run_sums *run, jk_vec total[JK_MONTHLY_FLOWS]) {
    int32_t end = months - before;
    if (end <= done || end > count) {
        return done;
    }
    jk_total_months(done, end, run, total);
    jk_store(to, gross + total[0]);
    return end;
}

#endif
