/* SPDX-License-Identifier: Apache-2.0 */
/* The first epoch of each action by the formulas of model.md sections 4 and 5, in 64 bits: the parts that an action's
 * value is made of. What the kernel's value has beyond the first epoch's reward is what comes later. */
#include <math.h>

#include "base/fmath.h"
#include "explain/explain_internal.h"

/* Mean of a step function over [from, from + length]; the last step runs on for ever. */
static double mean_of_steps(const jk_steps *steps, double from, double length) {
    double sum = 0.0;
    for (size_t i = 0; i < steps->count; i++) {
        double low = fmax(from, (double)steps->month[i]);
        double high = i + 1 < steps->count ? fmin(from + length, (double)steps->month[i + 1]) : from + length;
        sum += high > low ? steps->value[i] * (high - low) : 0.0;
    }
    return sum / length;
}

static double deadline(const jk_terms *terms, int title) {
    return (double)(title == JK_TITLE_NONE ? terms->bar_untitled[0] : terms->bar_titled[0]);
}

static double resolution(const jk_segment *segment, const jk_terms *terms, jk_treatment treatment, double length) {
    int k = terms->capacity_class[0];
    double mean = mean_of_steps(&segment->curve[treatment], (double)terms->age_months[0], length);
    double base = (double)terms->theta[0] * segment->class_multiplier[treatment][k] * mean;
    if (treatment != JK_TREAT_LEGAL) {
        return base;
    }
    return terms->title_state[0] == JK_TITLE_HELD ? base + segment->garnish_share[k] * (double)terms->garnish[0]
                                                  : base * segment->pre_title_factor;
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

static void treatment_parts(const jk_explanation *explanation, jk_treatment treatment, jk_explain_action *out) {
    const jk_terms *terms = &explanation->terms;
    const jk_segment *segment = &explanation->model->segments[terms->segment[0]];
    double length = (double)explanation->model->epochs[0];
    int title = terms->title_state[0];
    int legal = treatment == JK_TREAT_LEGAL;
    int moved = legal && title == JK_TITLE_NONE ? JK_TITLE_PENDING : title;
    double alive = fmin(1.0, fmax(0.0, deadline(terms, moved) / length));
    double intensity = resolution(segment, terms, treatment, length);
    double decay = intensity + exit_rate(explanation, length) + jk_log(1.0 + explanation->irr) / 12.0;
    double months = decay == 0.0 ? length : (1.0 - jk_exp(-decay * length)) / decay;
    double monthly = legal && title == JK_TITLE_HELD ? segment->enforcement_monthly : segment->cost[treatment].monthly;
    double letters = moved == JK_TITLE_NONE ? (double)terms->interruption[0] : 0.0;
    out->collected =
        alive * segment->recovery_share[treatment] * mid_epoch_balance(explanation, length) * intensity * months;
    out->fees = segment->cost[treatment].contingent * out->collected;
    out->running = alive * (monthly * (double)terms->share[0] + letters) * months;
    out->filing = legal && title == JK_TITLE_NONE ? segment->filing * (double)terms->share[0] : 0.0;
    out->later = out->value - (out->collected - out->fees - out->running - out->filing);
}

void jk_explain_first_epoch(const jk_explanation *explanation, jk_action action, jk_explain_action *out) {
    if (isnan(out->value)) {
        out->collected = out->fees = out->running = out->filing = out->sale = out->later = NAN;
    } else if (action == JK_SELL) {
        out->sale = out->value;
    } else if (action != JK_CLOSE) {
        treatment_parts(explanation, (jk_treatment)(action - JK_SURVEIL), out);
    }
}
