/* SPDX-License-Identifier: Apache-2.0 */
/* What a segment says of one claim under one treatment (model.md sections 4 and 5), in 64 bits, for all that look at
 * single claims: explanations, what is expected of rows of history, fits, and simulated history. The plan's kernel has
 * the same for vectors of claims (plan/kernel_claims.h and plan/kernel_payers_claims.h, from tables of
 * plan/tables.c), and the simulation reads it there.
 *
 * Rates are a month. `garnish` is gamma times the balance at the cut-off in the present one, `size` chi times the same.
 */
#ifndef JK_MODEL_ECONOMICS_H
#define JK_MODEL_ECONOMICS_H

#include <math.h>

#include "jalki/model.h"

enum { JK_EFFORT_PARTS = 10000 }; /* of an hour */

/* A figure of a class: of a class by the score the mean over what such claims truly are, as far as the model knows. */
static inline double jk_class_mean(const jk_scorecard *card, const double figure[JK_CAPACITY_COUNT], jk_capacity class,
                                   bool guessed) {
    const double *share = card->class_given_score[class];
    return guessed ? share[0] * figure[0] + share[1] * figure[1] + share[2] * figure[2] : figure[class];
}

/* psi under legal before a title, as the filing itself prompts payment; else 1. */
static inline double jk_pending_factor(const jk_segment *segment, jk_treatment treatment, jk_title title) {
    return treatment == JK_TREAT_LEGAL && title != JK_TITLE_HELD ? segment->pre_title_factor : 1.0;
}

/* What enforcement of a title takes: phi gamma under legal with a title, else 0. `share` is the class's phi. */
static inline double jk_garnished(jk_treatment treatment, jk_title title, double share, double garnish) {
    return treatment == JK_TREAT_LEGAL && title == JK_TITLE_HELD ? share * garnish : 0.0;
}

/* rho': what a debtor who pays pays, `own` of her own will; with a title not less than enforcement takes, as no owner
 * agrees to less. `share` is the class's phi. */
static inline double jk_paid_by_payers(jk_title title, double own, double share, double garnish) {
    double taken = title == JK_TITLE_HELD ? share * garnish : 0.0;
    return own > taken ? own : taken;
}

/* What the agents' hours of a treatment cost a month: effort_hours are those of the first epoch, and the treatment goes
 * on at that pace, with a title or without, whether the debtor pays or not. */
static inline double jk_hours_cost(const jk_segment *segment, jk_treatment treatment) {
    return segment->hour * segment->hours_monthly[treatment];
}

/* What a quiet debtor costs a month, hours included, before the claim's share of its debtor. */
static inline double jk_running_cost(const jk_segment *segment, jk_treatment treatment, jk_title title) {
    bool enforced = treatment == JK_TREAT_LEGAL && title == JK_TITLE_HELD;
    double monthly = enforced ? segment->enforcement_monthly : segment->cost[treatment].monthly;
    return monthly + jk_hours_cost(segment, treatment);
}

/* The same of a debtor who pays. */
static inline double jk_paying_cost(const jk_segment *segment, jk_treatment treatment) {
    return segment->payers.monthly[treatment] + jk_hours_cost(segment, treatment);
}

/* Agent hours of a treatment in the first epoch, in whole ten-thousandths, so that sums are exact. */
static inline int32_t jk_effort_parts(const jk_segment *segment, jk_treatment treatment) {
    return (int32_t)nearbyint(segment->effort_hours[treatment] * JK_EFFORT_PARTS); /* at most 1e4 hours */
}

/* Of a debtor who is quiet or pays: the two rates of leaving each mood, and those of changing it, all among the first:
 * x_q, x_p, s and beta of section 5. Leaving may be below 0, where money grows. */
typedef struct jk_mood_rates {
    double leave_quiet, leave_paying, begin, stop;
} jk_mood_rates;

/* The months of `months` spent quiet [0] and paying [1], by whether the debtor begins them paying. */
void jk_mood_months(const jk_mood_rates *rates, double months, bool paying, double spent[2]);

#endif
