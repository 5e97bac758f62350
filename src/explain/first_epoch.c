/* SPDX-License-Identifier: Apache-2.0 */
/* The first epoch of each action by the formulas of model.md sections 4 and 5, in 64 bits: the parts that an action's
 * value is made of. What the kernel's value has beyond the first epoch's reward is what comes later.
 */
#include <math.h>

#include "base/number/fmath.h"
#include "explain/explain_internal.h"
#include "model/economics.h"

enum { QUIET, PAYING, MOODS };

static double deadline(const jk_terms *terms, int title) {
    return (double)(title == JK_TITLE_NONE ? terms->bar_untitled[0] : terms->bar_titled[0]);
}

static double alive_share(double deadline_months, double length) {
    return fmin(1.0, fmax(0.0, deadline_months / length));
}

static double exit_rate(const jk_explanation *explanation, double length) {
    const jk_terms *terms = &explanation->terms;
    const jk_jurisdiction *jurisdiction = &explanation->model->jurisdictions[terms->jurisdiction[0]];
    double mortality = (double)terms->mortality[0] * jk_exp(jurisdiction->mortality.b * length / 24.0);
    return explanation->model->segments[terms->segment[0]].exit_monthly + (double)terms->exit_status[0] + mortality;
}

static double mid_epoch_balance(const jk_explanation *explanation, double length) {
    const jk_terms *terms = &explanation->terms;
    double cap = explanation->model->jurisdictions[terms->jurisdiction[0]].interest.accrual_months;
    return (double)terms->balance[0] + (double)terms->interest_monthly[0] * fmin(length / 2.0, cap);
}

/* Theta_0: the fading part at mid-epoch. */
static double theta(const jk_explanation *explanation, double length) {
    double fading = (double)explanation->terms.fading[0];
    double half_life = explanation->model->scorecard.half_life;
    double left = fading == 0.0 ? 0.0 : fading * jk_exp(-jk_log(2.0) * length / 2.0 / half_life);
    return (double)explanation->terms.theta[0] * jk_exp(left);
}

jk_explain_rates jk_explain_rates_of(const jk_explanation *explanation, jk_treatment treatment) {
    const jk_terms *terms = &explanation->terms;
    const jk_segment *segment = &explanation->model->segments[terms->segment[0]];
    const unsigned plans = JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE);
    double length = (double)explanation->model->epochs[0];
    const jk_scorecard *card = &explanation->model->scorecard;
    jk_capacity k = jk_terms_class(terms, 0);
    bool guessed = jk_terms_guessed(terms, 0);
    double share = jk_class_mean(card, segment->garnish_share, k, guessed);
    jk_title title = (jk_title)terms->title_state[0];
    double untouched = (double)terms->balance[0] / mid_epoch_balance(explanation, length); /* b_0 */
    double garnish = (double)terms->garnish[0] * untouched;
    double mean = jk_steps_integral(&segment->curve[treatment], (double)terms->age_months[0], length) / length;
    jk_explain_rates rates = {
        .new_payers = theta(explanation, length) * mean *
                      jk_class_mean(card, segment->class_multiplier[treatment], k, guessed) *
                      jk_pending_factor(segment, treatment, title),
        .settled_share = 1.0,
        .garnished = jk_garnished(treatment, title, share, garnish),
        .dividend = (double)terms->dividend[0],
    };
    if (segment->payers.given && (terms->allowed[0] & plans) != 0) {
        rates.settled_share = segment->payers.settled_share[treatment];
    }
    if (segment->payers.given) {
        double own =
            (double)terms->instalment[0] * untouched * jk_class_mean(card, segment->payers.monthly_share, k, guessed);
        rates.paid = jk_paid_by_payers(title, own, share, garnish);
        rates.breakage = segment->payers.breakage[treatment];
    }
    return rates;
}

static void treatment_parts(const jk_explanation *explanation, jk_treatment treatment, jk_explain_action *out) {
    const jk_terms *terms = &explanation->terms;
    const jk_segment *segment = &explanation->model->segments[terms->segment[0]];
    double length = (double)explanation->model->epochs[0];
    int title = terms->title_state[0], from = terms->paying[0] ? PAYING : QUIET;
    int legal = treatment == JK_TREAT_LEGAL;
    int moved = legal && title == JK_TITLE_NONE ? JK_TITLE_PENDING : title;
    const double alive[MOODS] = {alive_share(deadline(terms, moved), length),
                                 alive_share(deadline(terms, JK_TITLE_HELD), length)};
    jk_explain_rates rates = jk_explain_rates_of(explanation, treatment);
    double begin = (1.0 - rates.settled_share) * rates.new_payers * alive[QUIET];
    double settled = rates.settled_share * rates.new_payers;
    double gone = exit_rate(explanation, length) + jk_log(1.0 + explanation->irr) / 12.0;
    const jk_mood_rates moods = {.leave_quiet = settled + rates.garnished + rates.dividend + begin + gone,
                                 .leave_paying = rates.paid + rates.dividend + rates.breakage + gone,
                                 .begin = begin,
                                 .stop = rates.breakage};
    const double brings[MOODS] = {segment->recovery_share[treatment] * settled + rates.garnished + rates.dividend,
                                  rates.paid + rates.dividend};
    double monthly = jk_running_cost(segment, treatment, (jk_title)title);
    double letters = moved == JK_TITLE_NONE ? (double)terms->interruption[0] : 0.0;
    const double costs[MOODS] = {monthly * (double)terms->share[0] + letters,
                                 jk_paying_cost(segment, treatment) * (double)terms->share[0]};
    double hours = jk_hours_cost(segment, treatment) * (double)terms->share[0];
    double months[MOODS];
    jk_mood_months(&moods, length, from == PAYING, months);
    out->collected = out->running = out->hours = 0.0;
    for (int r = 0; r < MOODS; r++) {
        out->collected += alive[r] * mid_epoch_balance(explanation, length) * brings[r] * months[r];
        out->running += alive[r] * costs[r] * months[r];
        out->hours += alive[r] * hours * months[r];
    }
    out->fees = segment->cost[treatment].contingent * out->collected;
    out->filing = legal && title == JK_TITLE_NONE ? segment->filing * (double)terms->share[0] : 0.0;
    out->later = out->value - (out->collected - out->fees - out->running - out->filing);
}

void jk_explain_first_epoch(const jk_explanation *explanation, jk_action action, jk_explain_action *out) {
    if (isnan(out->value)) {
        out->collected = out->fees = out->running = out->hours = out->filing = out->sale = out->later = NAN;
    } else if (action == JK_SELL) {
        out->sale = out->value;
    } else if (action != JK_CLOSE) {
        treatment_parts(explanation, (jk_treatment)(action - JK_SURVEIL), out);
    }
}
