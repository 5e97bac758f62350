/* SPDX-License-Identifier: Apache-2.0 */
/* What an epoch says of those who pay in spells (model.md sections 4 and 5), for one vector of claims: how fast they
 * begin, with what and how long they pay. */
#ifndef JK_PLAN_KERNEL_PAYERS_CLAIMS_H
#define JK_PLAN_KERNEL_PAYERS_CLAIMS_H

#include "plan/kernel_claims.h"
#include "plan/kernel_pair.h"

typedef struct jk_spells {
    jk_pace pace;
    jk_vec leaving[2];                   /* exits and dividends a month: before a title, with one */
    jk_vec begin[2][JK_TREATMENT_COUNT]; /* pace in the part of the epoch before the bar: untitled, titled */
    jk_vec pays[2][JK_CAPACITY_COUNT];   /* rho': before a title, with one */
    jk_vec dividend;
    jk_vec alive[2];
    jk_vec least;           /* of jk_modes_of */
    jk_mask untitled_apart; /* the untitled bar falls into this epoch or before it, the titled one does not */
    jk_mask title_apart[JK_CAPACITY_COUNT]; /* with a title a payer pays more, or the title ends */
    bool any_untitled_apart, any_title_apart;
} jk_spells;

JK_INLINE void jk_spells_pay(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                             const jk_shape shape, jk_spells *spells) {
    const jk_plan_segment *segment = group->segment;
    jk_vec size = jk_load(tile->instalment + at) * jk_set(segment->costs[j].paying_recovery) *
                  jk_balance_share(group, tile, at, j);
    const bool ends = shape.first < JK_TITLE_HELD && group->jurisdiction->title_end > 0.0f;
    spells->any_title_apart = ends;
    JK_UNROLL
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        jk_vec pays = size * jk_set(segment->monthly_share[k]);
        spells->pays[0][k] = spells->pays[1][k] = pays;
        if (shape.last == JK_TITLE_HELD) { /* no owner agrees to less than enforcement takes */
            jk_vec taken = jk_rate_garnish(segment, &spells->pace, k);
            jk_mask more = jk_gt(taken, pays);
            spells->pays[1][k] = jk_max(taken, pays);
            spells->title_apart[k] = ends ? jk_ge(pays, pays) : more;
            spells->any_title_apart = spells->any_title_apart || jk_any(more);
        }
    }
}

/* `discount` a month is added to all rates alike: 0 for what is not discounted. */
JK_INLINE void jk_spells_read(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int j,
                              const jk_ages *ages, const jk_curve_place *place, float discount, const jk_shape shape,
                              jk_spells *spells) {
    const jk_bar untitled = jk_bar_load(tile, at, 0), titled = jk_bar_load(tile, at, 1);
    const int treatments = shape.legal ? JK_TREATMENT_COUNT : JK_TREAT_LEGAL;
    jk_pace_read(group, j, tile, at, ages, place, shape, &spells->pace);
    spells->leaving[0] = spells->leaving[1] = jk_leaving_rate(group, tile, at, j) + jk_set(discount);
    if (shape.first < JK_TITLE_HELD) { /* titles yet to come may end */
        spells->leaving[1] = spells->leaving[0] + jk_set(group->jurisdiction->title_end);
    }
    spells->least = jk_set(group->tables->epochs[j].modes_least);
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
        spells->begin[0][a] = spells->pace.of[a] * spells->alive[0];
        spells->begin[1][a] = spells->pace.of[a] * spells->alive[1];
    }
    jk_spells_pay(group, tile, at, j, shape, spells);
}

/* The pair of a treatment that waits (surveil, amicable) in title state z and class k. */
JK_INLINE jk_pair jk_spells_waiting(const jk_plan_segment *segment, const jk_spells *spells, int a, int z, int k) {
    const int titled = z == JK_TITLE_HELD;
    jk_vec begin = spells->begin[z > 0][a] * jk_set(segment->begin_multiplier[a][k]);
    jk_vec stop = jk_set(segment->breakage[a]), leaving = spells->leaving[titled];
    jk_vec quiet = jk_fma(spells->pace.of[a], jk_set(segment->settle_multiplier[a][k]), leaving);
    return jk_pair_of(quiet, spells->pays[titled][k] + leaving, begin, stop);
}

/* The pair of legal: while the case is pending, and with a title. */
JK_INLINE jk_pair jk_spells_pending(const jk_plan_segment *segment, const jk_spells *spells, int k) {
    jk_vec begin = spells->begin[1][JK_TREAT_LEGAL] * jk_set(segment->begin_pending[k]);
    jk_vec stop = jk_set(segment->breakage[JK_TREAT_LEGAL]), leaving = spells->leaving[0];
    jk_vec quiet = jk_fma(spells->pace.of[JK_TREAT_LEGAL], jk_set(segment->settle_pending[k]), leaving);
    return jk_pair_of(quiet, spells->pays[0][k] + leaving, begin, stop);
}
JK_INLINE jk_pair jk_spells_title(const jk_plan_segment *segment, const jk_spells *spells, int k, jk_vec garnish) {
    const int a = JK_TREAT_LEGAL;
    jk_vec begin = spells->begin[1][a] * jk_set(segment->begin_multiplier[a][k]);
    jk_vec stop = jk_set(segment->breakage[a]), leaving = spells->leaving[1];
    jk_vec quiet = jk_fma(spells->pace.of[a], jk_set(segment->settle_multiplier[a][k]), garnish + leaving);
    return jk_pair_of(quiet, spells->pays[1][k] + leaving, begin, stop);
}

#endif
