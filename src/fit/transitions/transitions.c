/* SPDX-License-Identifier: Apache-2.0 */
/* From counts of rows to what a model takes (jalki/transitions.h has the method and its sources).
 *
 * Classes: the maximum of the likelihood through powers of the monthly matrix with a Dirichlet prior
 * (history/class_matrix.c), first for all segments around the base model's mean matrix, then for each around its own
 * matrix moved as all moved. Exits: (centre m + events - those known anyway) / (m + months) with m = w / centre, a
 * gamma prior worth w exits; intervals are the exact Poisson ones. The posterior has w + events for its shape, so that
 * the logarithm is known to root(w + events) / (w + events - known), beside the centre, which w of them lean on; that
 * of all segments, on which one exit of the base model's weighs, to 1 / root(1 + events). Titles: the rate h of the
 * likelihood product over rows of 1 - exp(-h m) or exp(-h m), whose derivative falls in h and is halved to 1e-13;
 * interval of ln h by the expected information I; with a prior worth w titles ln h is known to 1 / root(h^2 I + w). */
#include "fit/transitions/transitions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/distribution.h"
#include "base/number/fmath.h"
#include "history/class_matrix.h"
#include "history/history.h"

jk_transition_prior jk_transition_prior_default(void) {
    return (jk_transition_prior){.class_months = 240.0, .exits = 5.0, .titles = 5.0, .settlements = 20.0};
}

jk_transition_prior jk_transition_prior_none(void) {
    const double little = 1e-6; /* of a month, a title, a settlement */
    return (jk_transition_prior){.class_months = little, .exits = 0.0, .titles = little, .settlements = little};
}

/* ---- classes ----------------------------------------------------------------------------------------------------- */

static void add_counts(jk_class_counts *into, const jk_class_counts *from) {
    for (int m = 0; m < JK_TRANSITION_MONTHS_MAX; m++) {
        for (int a = 0; a < JK_CLASSES; a++) {
            for (int b = 0; b < JK_CLASSES; b++) {
                into->count[m][a][b] += from->count[m][a][b];
            }
        }
    }
}

static double months_from(const jk_class_counts *counts, int class) {
    double months = 0.0;
    for (int m = 0; m < JK_TRANSITION_MONTHS_MAX; m++) {
        for (int b = 0; b < JK_CLASSES; b++) {
            months += (double)counts->count[m][class][b] * (m + 1);
        }
    }
    return months;
}

/* The base model's matrix of all segments together: by the months that each was seen, evenly where none was. */
static void parent_base(const jk_history *history, const jk_model *base, int treatment, jk_class_square out) {
    for (int i = 0; i < JK_CLASSES; i++) {
        double total = 0.0;
        for (size_t g = 0; g < history->segments; g++) {
            total += months_from(&history->segment[g].classes[treatment], i);
        }
        double weights = 0.0;
        memset(out[i], 0, sizeof out[i]);
        for (size_t g = 0; g < history->segments; g++) {
            double weight = total > 0.0 ? months_from(&history->segment[g].classes[treatment], i) : 1.0;
            weights += weight;
            for (int j = 0; j < JK_CLASSES; j++) {
                out[i][j] += weight * base->segments[g].class_monthly[treatment][i][j];
            }
        }
        for (int j = 0; j < JK_CLASSES; j++) {
            out[i][j] /= weights;
        }
    }
}

/* A segment's own matrix, moved cell by cell as the parent moved from its base, rows made to sum to 1 again. */
static void move_with_parent(const double own[JK_CLASSES][JK_CLASSES], const double parent[JK_CLASSES][JK_CLASSES],
                             const double from[JK_CLASSES][JK_CLASSES], jk_class_square out) {
    for (int i = 0; i < JK_CLASSES; i++) {
        double sum = 0.0;
        for (int j = 0; j < JK_CLASSES; j++) {
            out[i][j] = from[i][j] > 0.0 ? own[i][j] * (parent[i][j] / from[i][j]) : parent[i][j];
            sum += out[i][j];
        }
        for (int j = 0; j < JK_CLASSES; j++) {
            out[i][j] = sum > 0.0 ? out[i][j] / sum : own[i][j];
        }
    }
}

static void estimate_classes(const jk_history *history, const jk_model *base, double weight, int treatment,
                             jk_transitions *transitions) {
    jk_class_counts all = {0};
    jk_class_square from;
    for (size_t g = 0; g < history->segments; g++) {
        add_counts(&all, &history->segment[g].classes[treatment]);
    }
    parent_base(history, base, treatment, from);
    jk_class_matrix *parent = &transitions->parent[treatment];
    jk_class_matrix_estimate(&all, from, weight, parent);
    for (size_t g = 0; g < history->segments; g++) {
        jk_class_square centre;
        move_with_parent(base->segments[g].class_monthly[treatment], parent->value, from, centre);
        jk_class_matrix_estimate(&history->segment[g].classes[treatment], centre, weight,
                                 &transitions->segment[g].classes[treatment]);
    }
}

/* ---- exits ------------------------------------------------------------------------------------------------------- */

/* Events less those that were to be expected anyway, per month; never below 0. */
static jk_estimate rate_of(double events, double known, double months) {
    jk_estimate rate = {.events = events, .exposure = months, .observed = (double)NAN, .low = 0.0, .high = INFINITY};
    if (months > 0.0) {
        double low = 0.0;
        double high = 0.0;
        jk_poisson_interval(events, &low, &high);
        rate.observed = fmax(0.0, events - known) / months;
        rate.low = fmax(0.0, low - known) / months;
        rate.high = fmax(0.0, high - known) / months;
    }
    rate.value = rate.observed;
    return rate;
}

/* Monthly rate of all segments together over the base model's, which weighs one exit: the factor by which all segments'
 * rates move. 0: the base model's are 0 and `*level`, the rate itself, stands for all. */
static double exits_of_all(const jk_history *history, const jk_model *base, double *level) {
    double events = 0.0;
    double months = 0.0;
    double expected = 0.0;
    for (size_t g = 0; g < history->segments; g++) {
        const jk_segment_history *counts = &history->segment[g];
        double here = jk_history_amount(counts->months);
        events += (double)counts->deaths + (double)counts->insolvencies - jk_history_square(counts->known_exits);
        months += here;
        expected += here * base->segments[g].exit_monthly;
    }
    *level = months > 0.0 ? fmax(0.0, events) / months : 0.0;
    return expected > 0.0 ? fmax(0.0, 1.0 + events) / (1.0 + expected) : 0.0;
}

/* Error of the logarithm of the exits of all segments; of nothing seen that of the one exit that the base model weighs.
 */
static double error_of_all(const jk_history *history) {
    double events = 1.0;
    for (size_t g = 0; g < history->segments; g++) {
        events += (double)history->segment[g].deaths + (double)history->segment[g].insolvencies;
    }
    return 1.0 / sqrt(events);
}

/* `centre` is what all segments say of this one; it weighs `exits` exits. */
static void estimate_exits(const jk_segment_history *counts, double centre, double exits, jk_segment_transitions *out) {
    double months = jk_history_amount(counts->months);
    double known = jk_history_square(counts->known_exits);
    double deaths = (double)counts->deaths;
    double insolvencies = (double)counts->insolvencies;
    out->death = rate_of(deaths, 0.0, months);
    out->insolvency = rate_of(insolvencies, 0.0, months);
    out->exit = rate_of(deaths + insolvencies, known, months);
    double prior_months = centre > 0.0 ? exits / centre : 0.0;
    out->exit.value = months + prior_months > 0.0
                          ? fmax(0.0, centre * prior_months + deaths + insolvencies - known) / (prior_months + months)
                          : centre;
    const double shape = exits + deaths + insolvencies;
    const double net = shape - known;
    out->exit.log_error = net > 0.0 ? sqrt(shape) / net : 0.0;
    out->exit_leans = net > 0.0 ? fmin(1.0, exits / net) : 0.0;
}

/* ---- titles ------------------------------------------------------------------------------------------------------ */

/* Derivative by h of the log likelihood of titles at periods' ends with probability 1 - exp(-h m); falls in h. */
static double title_slope(const jk_segment_history *counts, double h, double prior_titles, double prior_months) {
    double sum = prior_titles / h - prior_months;
    for (int m = 1; m <= JK_TRANSITION_MONTHS_MAX; m++) {
        double titles = (double)counts->titles[m - 1];
        double rows = (double)counts->pending[m - 1];
        if (rows > 0.0) {
            double still = jk_exp(-h * m);
            sum += titles * m * still / (1.0 - still) - (rows - titles) * m;
        }
    }
    return sum;
}

/* The h at which the slope is 0, between a title in 600 months and ten a month, which is at once. */
static double title_rate(const jk_segment_history *counts, double prior_titles, double prior_months) {
    double low = 1.0 / 600.0;
    double high = 10.0;
    while (high - low > 1e-13 * high) {
        double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) {
            break;
        }
        if (title_slope(counts, middle, prior_titles, prior_months) > 0.0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

/* Expected information of the rate. */
static double title_information(const jk_segment_history *counts, double rate) {
    double information = 0.0;
    for (int m = 1; m <= JK_TRANSITION_MONTHS_MAX; m++) {
        double still = jk_exp(-rate * m);
        information += (double)counts->pending[m - 1] * m * m * still / (1.0 - still);
    }
    return information;
}

/* Interval of log h by the expected information; from none or from titles in all rows only one side is known, by the
 * exact binomial bound. */
static void title_interval(const jk_segment_history *counts, double rate, jk_estimate *out) {
    const double information = title_information(counts, rate);
    double months = 0.0;
    double rows = 0.0;
    for (int m = 1; m <= JK_TRANSITION_MONTHS_MAX; m++) {
        double pending = (double)counts->pending[m - 1];
        months += pending * m;
        rows += pending;
    }
    double bound = -jk_log(0.025); /* months times rate at which no title at all has probability 2.5 % */
    if (!(out->events > 0.0)) {
        out->low = months / bound;
        out->high = INFINITY;
    } else if (out->events == rows) {
        out->low = 0.0;
        out->high = (months / rows) / -jk_log(1.0 - jk_exp(jk_log(0.025) / rows));
    } else {
        double factor = jk_exp(JK_NORMAL_95 / (rate * sqrt(information)));
        out->low = 1.0 / rate / factor;
        out->high = 1.0 / rate * factor;
    }
}

static void estimate_title(const jk_segment_history *counts, const jk_segment *base, double prior_titles,
                           jk_segment_transitions *out) {
    jk_estimate *title = &out->months_to_title;
    *title = (jk_estimate){.value = base->months_to_title, .observed = (double)NAN, .low = 0.0, .high = INFINITY};
    for (int m = 1; m <= JK_TRANSITION_MONTHS_MAX; m++) {
        title->events += (double)counts->titles[m - 1];
        title->exposure += (double)counts->pending[m - 1] * m;
    }
    if (!(title->exposure > 0.0)) {
        return;
    }
    double rate = title_rate(counts, 0.0, 0.0);
    title->observed = title->events > 0.0 ? 1.0 / rate : INFINITY;
    title_interval(counts, rate, title);
    /* A base model with titles at once gives a prior of a tenth of a month. */
    rate = title_rate(counts, prior_titles, prior_titles * fmax(base->months_to_title, 0.1));
    title->value = 1.0 / rate;
    title->log_error = 1.0 / sqrt(rate * rate * title_information(counts, rate) + prior_titles);
}

/* ---- settlements ------------------------------------------------------------------------------------------------- */

/* Cash over balance: a ratio of sums, its spread by the residuals cash - share * balance. */
static void estimate_share(const jk_settlement_sums *sums, double base, double prior, jk_estimate *out) {
    *out = (jk_estimate){.value = base, .observed = (double)NAN, .low = 0.0, .high = INFINITY};
    double n = (double)sums->count;
    double balance = jk_history_amount(sums->balance);
    out->events = n;
    out->exposure = balance;
    if (!(n > 0.0) || !(balance > 0.0)) {
        return;
    }
    double share = jk_history_amount(sums->cash) / balance;
    out->observed = share;
    out->value = fmin(1.0, (n * share + prior * base) / (n + prior));
    if (n > 1.0) {
        double squares = jk_history_square(sums->cash_cash) - 2.0 * share * jk_history_square(sums->cash_balance) +
                         share * share * jk_history_square(sums->balance_balance);
        double error = sqrt(fmax(0.0, squares) * n / (n - 1.0)) / balance;
        out->low = fmax(0.0, share - JK_NORMAL_95 * error);
        out->high = share + JK_NORMAL_95 * error;
    }
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

jk_status jk_transitions_estimate(const jk_history *history, const jk_model *base, const jk_transition_prior *prior,
                                  jk_transitions *transitions, jk_error *error) {
    *transitions = (jk_transitions){.segments = history->segments};
    if (history->segments != base->segment_count) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "the history has %zu segments, the model %zu",
                       history->segments, base->segment_count);
    }
    if (!(prior->class_months > 0.0 && prior->exits >= 0.0 && prior->titles > 0.0 && prior->settlements > 0.0)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "the weight of the base model must be above 0 for classes, titles and settlements, and at least "
                       "0 for exits");
    }
    transitions->segment = jk_columns_zero(history->segments, sizeof *transitions->segment);
    JK_TRY(jk_held(transitions->segment != NULL, error, "transitions"));
    transitions->too_long = history->too_long;
    transitions->rounded = history->rounded;
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        estimate_classes(history, base, prior->class_months, a, transitions);
    }
    transitions->class_weight = prior->class_months;
    transitions->exits_error = error_of_all(history);
    double level = 0.0;
    double factor = exits_of_all(history, base, &level);
    for (size_t g = 0; g < history->segments; g++) {
        const jk_segment_history *counts = &history->segment[g];
        const jk_segment *segment = &base->segments[g];
        jk_segment_transitions *out = &transitions->segment[g];
        estimate_exits(counts, factor > 0.0 ? factor * segment->exit_monthly : level, prior->exits, out);
        estimate_title(counts, segment, prior->titles, out);
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            estimate_share(&counts->settlement[a], segment->recovery_share[a], prior->settlements,
                           &out->recovery_share[a]);
        }
    }
    return JK_OK;
}

void jk_transitions_reset(jk_transitions *transitions) {
    free(transitions->segment);
    *transitions = (jk_transitions){0};
}
