/* SPDX-License-Identifier: Apache-2.0 */
/* What an epoch says of those who pay in spells (model.md sections 4 and 5), for one vector of claims: how fast they
 * begin, with what and how long they pay. */
#ifndef JK_PLAN_KERNEL_PAYERS_CLAIMS_H
#define JK_PLAN_KERNEL_PAYERS_CLAIMS_H

#include "plan/kernel_claims.h"
#include "plan/kernel_pair.h"

typedef struct jk_spells {
    jk_pace pace;
    jk_vec unit;                         /* months that rates of pairs are for */
    jk_vec leaving[2];                   /* exits and dividends in a unit: before a title, with one */
    jk_vec begin[2][JK_TREATMENT_COUNT]; /* pace in a unit, in the part of the epoch before the bar: untitled, titled */
    float stop[JK_TREATMENT_COUNT];      /* breakage in a unit */
    jk_vec pays[2][JK_CAPACITY_COUNT];   /* rho' a month: before a title, with one */
    jk_vec dividend;
    jk_vec alive[2];
    jk_mask untitled_apart; /* the untitled bar falls into this epoch or before it, the titled one does not */
    bool any_untitled_apart;
    bool title_apart[JK_CAPACITY_COUNT]; /* with a title somebody pays more, or the title ends */
} jk_spells;

/* Claims of the group go by pairs of their own with a title: those of class k pay more where enforcement takes more, or
 * the title ends. */
JK_INLINE bool jk_title_is_apart(const jk_plan_group *group, const jk_shape shape, int k) {
    return shape.first == JK_TITLE_HELD || group->segment->garnish_share[k] > 0.0f ||
           group->jurisdiction->title_end > 0.0f;
}

JK_INLINE void jk_spells_pay(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                             const jk_shape shape, jk_spells *spells) {
    const jk_plan_segment *segment = group->segment;
    jk_vec size = jk_load(tile->instalment + at) * jk_set(segment->costs[j].paying_recovery) *
                  jk_balance_share(group, tile, at, j);
    const bool ends = shape.first < JK_TITLE_HELD && group->jurisdiction->title_end > 0.0f;
    JK_UNROLL
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        jk_vec pays = size * jk_set(segment->monthly_share[k]);
        spells->pays[0][k] = spells->pays[1][k] = pays;
        if (shape.last == JK_TITLE_HELD) { /* no owner agrees to less than enforcement takes */
            jk_vec taken = jk_rate_garnish(segment, &spells->pace, k);
            spells->pays[1][k] = jk_max(taken, pays);
            spells->title_apart[k] = ends || jk_any(jk_gt(taken, pays));
        }
    }
}

/* `discount` a month is added to all rates alike: 0 for what is not discounted. Pairs are to last `months`. */
JK_INLINE void jk_spells_read(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                              const jk_ages *ages, const jk_curve_place *place, float discount, float months,
                              const jk_shape shape, jk_spells *spells) {
    const jk_bar untitled = jk_bar_load(tile, at, 0), titled = jk_bar_load(tile, at, 1);
    const int treatments = shape.legal ? JK_TREATMENT_COUNT : JK_TREAT_LEGAL;
    const jk_vec unit = jk_set(months);
    jk_pace_read(group, j, tile, at, ages, place, shape, &spells->pace);
    spells->unit = unit;
    spells->leaving[0] = (jk_leaving_rate(group, tile, at, j) + jk_set(discount)) * unit;
    spells->leaving[1] = spells->leaving[0];
    if (shape.first < JK_TITLE_HELD) { /* titles yet to come may end */
        spells->leaving[1] = jk_fma(jk_set(group->jurisdiction->title_end), unit, spells->leaving[0]);
    }
    spells->dividend = jk_load(tile->dividend + at);
    spells->alive[0] = jk_alive_part(&untitled, j);
    spells->alive[1] = jk_alive_part(&titled, j);
    jk_vec least = jk_min(spells->alive[0], spells->alive[1]), most = jk_max(spells->alive[0], spells->alive[1]);
    spells->untitled_apart = jk_gt(most, least);
    spells->any_untitled_apart = jk_any(spells->untitled_apart);
    JK_UNROLL
    for (int a = 0; a < treatments; a++) {
        /* Beyond this everybody begins at once; the limit keeps products finite. */
        spells->pace.of[a] = jk_min(spells->pace.of[a], jk_set(1e10f));
        spells->begin[0][a] = spells->pace.of[a] * spells->alive[0] * unit;
        spells->begin[1][a] = spells->pace.of[a] * spells->alive[1] * unit;
        spells->stop[a] = group->segment->breakage[a] * months;
    }
    jk_spells_pay(group, tile, at, j, shape, spells);
}

/* The pair of a treatment in title state z and class k, where new payers settle at a rate of `settles` a month and
 * begin to pay at `begins` times the pace, and `taken` a month is garnished. */
JK_INLINE jk_pair jk_spells_pair(const jk_spells *spells, int a, int z, int k, jk_vec settles, float begins) {
    const bool titled = z == JK_TITLE_HELD, alive = z > 0 || a == JK_TREAT_LEGAL;
    jk_vec leaving = spells->leaving[titled];
    return (jk_pair){.quiet = jk_fma(settles, spells->unit, leaving),
                     .paying = jk_fma(spells->pays[titled][k], spells->unit, leaving),
                     .begin = spells->begin[alive][a] * jk_set(begins),
                     .stop = jk_set(spells->stop[a])};
}

#endif
