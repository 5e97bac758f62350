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

/* Looks over a vector of claims for the first time. */
JK_INLINE void jk_part_note(jk_plan_tile *tile, size_t at) {
    int32_t least = tile->age[at], most = least;
    for (size_t i = at + 1; i < at + JK_LANES; i++) {
        int32_t age = tile->age[i];
        least = age < least ? age : least;
        most = age > most ? age : most;
    }
    jk_index allowed = jk_index_load(tile->allowed + at);
    tile->part[at / JK_LANES] = (jk_tile_part){.youngest = least,
                                               .window = most - least < JK_LANES,
                                               .sell = jk_any(jk_index_test(allowed, (int32_t)JK_ALLOW(JK_SELL)))};
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

/* Mean monthly intensity of each treatment over the epoch, before the class. */
typedef struct jk_pace {
    jk_vec of[JK_TREATMENT_COUNT], garnish;
} jk_pace;

JK_INLINE void jk_pace_read(const jk_plan_segment *segment, const jk_plan_epoch *epoch, int j, const jk_plan_tile *tile,
                            size_t at, const jk_ages *ages, const jk_curve_place *place, const jk_shape shape,
                            jk_pace *pace) {
    const jk_plan_span *span = &segment->spans[epoch->span];
    jk_vec theta = jk_load(tile->theta + at) * jk_set(segment->costs[j].recovery); /* times 1 changes no bit */
    pace->of[JK_TREAT_SURVEIL] = theta * jk_curve_read(span->curve[JK_TREAT_SURVEIL], ages, place);
    pace->of[JK_TREAT_AMICABLE] = theta * jk_curve_read(span->curve[JK_TREAT_AMICABLE], ages, place);
    if (shape.legal) {
        pace->of[JK_TREAT_LEGAL] = theta * jk_curve_read(span->curve[JK_TREAT_LEGAL], ages, place);
        pace->garnish = jk_load(tile->garnish + at);
    }
}

/* Monthly intensity of a treatment in class k; legal before a title, and with one. */
JK_INLINE jk_vec jk_rate_waiting(const jk_plan_segment *segment, const jk_pace *pace, int a, int k) {
    return pace->of[a] * jk_set(segment->class_multiplier[a][k]);
}
JK_INLINE jk_vec jk_rate_pending(const jk_plan_segment *segment, const jk_pace *pace, int k) {
    return pace->of[JK_TREAT_LEGAL] * jk_set(segment->pending_multiplier[k]);
}
JK_INLINE jk_vec jk_rate_title(const jk_plan_segment *segment, const jk_pace *pace, int k) {
    return jk_fma(pace->garnish, jk_set(segment->garnish_share[k]),
                  pace->of[JK_TREAT_LEGAL] * jk_set(segment->class_multiplier[JK_TREAT_LEGAL][k]));
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
    return jk_fma(pace->garnish, jk_set(segment->garnish_share_most),
                  pace->of[JK_TREAT_LEGAL] * jk_set(segment->class_multiplier_most[JK_TREAT_LEGAL]));
}

/* Monthly exit of the epoch, before the end of titles yet to come. */
JK_INLINE jk_vec jk_exit_rate(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int epoch) {
    const jk_plan_segment *segment = group->segment;
    jk_vec exit = jk_fma(jk_load(tile->exit_status + at), jk_set(segment->exit_factor), jk_set(segment->exit));
    return jk_fma(jk_load(tile->mortality + at), jk_set(group->jurisdiction->mortality[epoch] * segment->exit_factor),
                  exit);
}

/* The part of the epoch before a bar. */
JK_INLINE jk_vec jk_alive_part(jk_vec bar, const jk_plan_epoch *epoch) {
    jk_vec part = (bar - jk_set(epoch->start)) * jk_set(epoch->months_inverse);
    return jk_max(jk_min(part, jk_set(1.0f)), jk_set(0.0f));
}

/* The balance of the epoch; the court fee comes on top in title states after the first of a claim that began without.
 */
JK_INLINE jk_vec jk_balance_in(const jk_plan_group *group, const jk_plan_tile *tile, size_t at, int epoch) {
    return jk_fma(jk_load(tile->interest + at), jk_set(group->jurisdiction->accrual[epoch]),
                  jk_load(tile->balance + at));
}

/* What a sale brings at the epoch's start in title state z: nothing once barred. */
JK_INLINE jk_vec jk_sale_value(const jk_plan_segment *segment, const jk_plan_epoch *epoch, int z, jk_vec bar,
                               jk_vec balance, jk_vec price) {
    jk_vec time = bar - jk_set(epoch->start);
    jk_vec part = jk_min(time * jk_set(segment->bar_months_inverse), jk_set(1.0f));
    jk_vec value = price * jk_set(segment->title_factor[z]) * (part * balance);
    return jk_keep(jk_gt(time, jk_set(0.0f)), value);
}

#endif
