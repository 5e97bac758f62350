/* SPDX-License-Identifier: Apache-2.0 */
/* What induction and projection share: a vector of claims, and what model.md section 4 says of it in an epoch. */
#ifndef JK_PLAN_KERNEL_CLAIMS_H
#define JK_PLAN_KERNEL_CLAIMS_H

#include "plan/kernel_decay.h"
#include "plan/plan_kernel.h"

/* Which states a group can be in: title states first..last. Passed as constants, so that each kind of group has code of
 * its own without tests for states it cannot reach. */
typedef struct jk_shape {
    int first, last;
    bool legal;
    bool ends;   /* titles yet to come end at a constant rate, which is felt in the last title state only */
    bool follow; /* the plan is given: its value is found, not the best one's */
} jk_shape;

/* Planned actions of a vector of claims in an epoch: `states` (JK_STATES or JK_ALL_STATES) rows of a tile. */
JK_INLINE uint8_t *jk_decisions_at(const jk_plan_tile *tile, size_t states, int epoch, size_t at) {
    return tile->decisions + (size_t)epoch * states * JK_TILE_ROWS + at;
}

JK_INLINE bool jk_any_set(const float *column) {
    jk_vec a = jk_load(column);
    return jk_any(jk_either(jk_gt(a, jk_set(0.0f)), jk_gt(jk_set(0.0f), a)));
}

#define JK_THETA_MOST 1e12f /* beyond this a claim resolves at once anyway; the limit keeps products finite */

/* Looks over a vector of claims for the first time. */
JK_INLINE void jk_part_note(jk_plan_tile *tile, size_t at) {
    int32_t least = tile->age[at], most = least;
    for (size_t i = at + 1; i < at + JK_LANES; i++) {
        int32_t age = tile->age[i];
        least = age < least ? age : least;
        most = age > most ? age : most;
    }
    jk_index allowed = jk_index_load(tile->allowed + at);
    tile->part[at / JK_LANES] = (jk_tile_part){
        .youngest = least,
        .window = most - least < JK_LANES,
        .sell = jk_any(jk_index_test(allowed, (int32_t)JK_ALLOW(JK_SELL))),
        .fades = jk_any_set(tile->fading + at),
        .dividends = jk_any_set(tile->dividend + at),
        .garnished = jk_any_set(tile->garnish + at) || (tile->law_changes && jk_any_set(tile->garnish_later + at))};
}

/* Where the claims of a vector stand on the curves: ages are base plus an offset per lane. Claims are sorted by age, so
 * that the ages of a vector mostly lie within one window and no gather is needed. */
typedef struct jk_ages {
    int32_t base, last;
    jk_index offset;
    bool window;
} jk_ages;

JK_INLINE jk_ages jk_ages_load(const jk_plan_tile *tile, size_t at, int32_t last_age) {
    const jk_tile_part *part = &tile->part[at / JK_LANES];
    return (jk_ages){.base = part->youngest,
                     .last = last_age,
                     .offset = jk_index_add(jk_index_load(tile->age + at), -part->youngest),
                     .window = part->window};
}

/* curve[min(age + months, last_age)] */
typedef struct jk_curve_place {
    int32_t base;
    jk_index index;
} jk_curve_place;

JK_INLINE jk_curve_place jk_curve_place_after(const jk_ages *ages, int32_t months) {
    int32_t base = ages->base + months < ages->last ? ages->base + months : ages->last;
    return (jk_curve_place){base, jk_index_min(ages->offset, ages->last - base)};
}

JK_INLINE jk_vec jk_curve_read(const float *curve, const jk_ages *ages, const jk_curve_place *place) {
    return ages->window ? jk_window(curve + place->base, place->index) : jk_gather(curve + place->base, place->index);
}

/* The balance of the epoch; the court fee comes on top in title states after the first of a claim that began without.
 */
JK_INLINE jk_vec jk_balance_in(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int epoch) {
    return jk_fma(jk_load(tile->interest + at), jk_set(group->jurisdiction->accrual[epoch]),
                  jk_load(tile->balance + at));
}

/* b: the balance at the cut-off in that of the epoch, for income that does not grow because interest does. */
JK_INLINE jk_vec jk_balance_share(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int epoch) {
    const jk_vec least = jk_set(1e-30f); /* empty claims owe nothing */
    return jk_max(jk_load(tile->balance + at), least) / jk_max(jk_balance_in(group, tile, at, epoch), least);
}

/* e^(scale * fading) in the epoch. */
JK_INLINE jk_vec jk_faded(const jk_plan_tile *tile, size_t at, const jk_plan_epoch *epoch, float scale) {
    return jk_decay_any(jk_load(tile->fading + at) * jk_set(-scale * epoch->fade)).left;
}

/* The relative intensity of the epoch: the lasting part times what is left of the fading one. */
JK_INLINE jk_vec jk_theta_in(const jk_plan_tile *tile, size_t at, const jk_plan_epoch *epoch) {
    jk_vec theta = jk_load(tile->theta + at);
    if (tile->part[at / JK_LANES].fades) { /* a part that does not fade is times 1, to the bit */
        theta = jk_min(theta * jk_faded(tile, at, epoch, 1.0f), jk_set(JK_THETA_MOST));
    }
    return theta;
}

/* Mean monthly intensity of each treatment over the epoch, before the class, and of garnishment. */
typedef struct jk_pace {
    jk_vec of[JK_TREATMENT_COUNT], garnish;
} jk_pace;

JK_INLINE void jk_pace_read(const jk_plan_group *group, int j, const jk_plan_tile *tile, size_t at, const jk_ages *ages,
                            const jk_curve_place *place, const jk_shape shape, jk_pace *pace) {
    const jk_plan_segment *segment = group->segment;
    const jk_plan_epoch *epoch = &group->tables->epochs[j];
    const jk_plan_span *span = &segment->spans[epoch->span];
    jk_vec theta = jk_theta_in(tile, at, epoch) * jk_set(segment->costs[j].recovery); /* times 1 changes no bit */
    pace->of[JK_TREAT_SURVEIL] = theta * jk_curve_read(span->curve[JK_TREAT_SURVEIL], ages, place);
    pace->of[JK_TREAT_AMICABLE] = theta * jk_curve_read(span->curve[JK_TREAT_AMICABLE], ages, place);
    if (shape.legal) {
        pace->of[JK_TREAT_LEGAL] = theta * jk_curve_read(span->curve[JK_TREAT_LEGAL], ages, place);
    }
    pace->garnish = jk_set(0.0f);
    if (shape.last == JK_TITLE_HELD && tile->part[at / JK_LANES].garnished) {
        jk_vec garnish = jk_load(tile->garnish + at);
        if (epoch->later > 0.0f) {
            garnish = jk_fma(jk_set(epoch->later), jk_load(tile->garnish_later + at) - garnish, garnish);
        }
        pace->garnish = garnish * jk_balance_share(group, tile, at, j);
    }
}

/* Monthly intensity of a treatment in class k; legal before a title, and with one. */
JK_INLINE jk_vec jk_rate_waiting(const jk_plan_segment *segment, const jk_pace *pace, int a, int k) {
    return pace->of[a] * jk_set(segment->class_multiplier[a][k]);
}
JK_INLINE jk_vec jk_rate_pending(const jk_plan_segment *segment, const jk_pace *pace, int k) {
    return pace->of[JK_TREAT_LEGAL] * jk_set(segment->pending_multiplier[k]);
}
JK_INLINE jk_vec jk_rate_garnish(const jk_plan_segment *segment, const jk_pace *pace, int k) {
    return pace->garnish * jk_set(segment->garnish_share[k]);
}

/* Bounds of the above over the classes: rounding is monotone, so that no class exceeds them. */
JK_INLINE jk_vec jk_rate_bound(const jk_plan_segment *segment, const jk_pace *pace, const jk_shape shape) {
    jk_vec bound = jk_max(pace->of[JK_TREAT_SURVEIL] * jk_set(segment->class_multiplier_most[JK_TREAT_SURVEIL]),
                          pace->of[JK_TREAT_AMICABLE] * jk_set(segment->class_multiplier_most[JK_TREAT_AMICABLE]));
    if (shape.legal && shape.first < JK_TITLE_HELD) {
        bound = jk_max(bound, pace->of[JK_TREAT_LEGAL] * jk_set(segment->pending_multiplier_most));
    }
    return bound;
}
JK_INLINE jk_vec jk_rate_title_bound(const jk_plan_segment *segment, const jk_pace *pace) {
    return pace->garnish * jk_set(segment->garnish_share_most) +
           pace->of[JK_TREAT_LEGAL] * jk_set(segment->class_multiplier_most[JK_TREAT_LEGAL]);
}

/* What takes a claim away whatever is done, per month: exits, before the end of titles yet to come, and dividends. */
JK_INLINE jk_vec jk_leaving_rate(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int epoch) {
    const jk_plan_segment *segment = group->segment;
    jk_vec exit = jk_fma(jk_load(tile->exit_status + at), jk_set(segment->exit_factor), jk_set(segment->exit));
    exit = jk_fma(jk_load(tile->mortality + at), jk_set(group->jurisdiction->mortality[epoch] * segment->exit_factor),
                  exit);
    return exit + jk_load(tile->dividend + at);
}

/* A vector's bar, without a title or with one: when it falls. */
typedef struct jk_bar {
    jk_vec months, epoch, part;
} jk_bar;

JK_INLINE jk_bar jk_bar_load(const jk_plan_tile *tile, size_t at, int titled) {
    return (jk_bar){jk_load(tile->bar[titled] + at), jk_load(tile->bar_epoch[titled] + at),
                    jk_load(tile->bar_part[titled] + at)};
}

/* f: the part of epoch j before the bar. */
JK_INLINE jk_vec jk_alive_part(const jk_bar *bar, int j) {
    jk_vec now = jk_set((float)j);
    return jk_select(jk_gt(bar->epoch, now), jk_set(1.0f), jk_keep(jk_ge(bar->epoch, now), bar->part));
}

/* c: not barred at the end of epoch j. */
JK_INLINE jk_mask jk_continues(const jk_bar *bar, int j) {
    return jk_gt(bar->epoch, jk_set((float)j));
}

/* Price by what a buyer knows of the claim: min(cap, theta * kappa / reference)^informed. */
JK_INLINE void jk_insight_read(const jk_plan_segment *segment, const jk_plan_tile *tile, size_t at,
                               const jk_plan_epoch *epoch, jk_vec insight[JK_CAPACITY_COUNT]) {
    if (!(segment->informed > 0.0f)) { /* the buyer pays the average price for every claim */
        insight[0] = insight[1] = insight[2] = jk_set(1.0f);
        return;
    }
    jk_vec known = jk_load(tile->insight + at);
    if (tile->part[at / JK_LANES].fades) {
        known = jk_min(known * jk_faded(tile, at, epoch, segment->informed), jk_set(1e30f));
    }
    JK_UNROLL
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        insight[k] = jk_min(known * jk_set(segment->insight_multiplier[k]), jk_set(segment->insight_most));
    }
}

/* What a sale brings at the start of epoch j in title state z, before what the buyer knows: nothing once barred. */
JK_INLINE jk_vec jk_sale_value(const jk_plan_segment *segment, const jk_plan_epoch *epoch, int j, int z,
                               const jk_bar *bar, jk_vec balance, jk_vec price) {
    jk_mask last = jk_ge(jk_set((float)j), bar->epoch); /* time to a bar within the epoch: by its part */
    jk_vec time = jk_select(last, jk_alive_part(bar, j) * jk_set(epoch->months), bar->months - jk_set(epoch->start));
    jk_vec part = jk_min(time * jk_set(segment->bar_months_inverse), jk_set(1.0f));
    return price * jk_set(segment->title_factor[z]) * (part * balance);
}

#endif
