/* SPDX-License-Identifier: Apache-2.0 */
/* One period of one claim. Three things compete: a resolution with intensity (1 - instalments) * l, which brings the
 * recovery share of the balance and ends the claim; instalments with intensity instalments * l / 0.05, each of 5 % of
 * that; and an exit with intensity mu. l is the intensity of model.md section 4 at the row's treatment, class, title
 * state and age, a step function of time within the period. The row's months end with the claim. The expectation of
 * cash is then share * balance * E[integral of l over those months], whatever mu is. */
#include <math.h>

#include "base/number/fmath.h"
#include "base/number/random.h"
#include "history/generate/generate_history.h"
#include "model/economics.h"

static const double instalment = 0.05;    /* of the balance at the period's start */
static const double sale_monthly = 0.001; /* claims sold, whatever they are */

/* l(s) = factor * curve(age + s) */
typedef struct intensity {
    const jk_steps *curve;
    double age, factor;
} intensity;

/* Walks the steps until the integral of l reaches `target` or the time `months`; returns the time, *sum the integral.
 */
static double walk(const intensity *of, double target, double months, double *sum) {
    double s = 0.0;
    *sum = 0.0;
    size_t i = 0;
    while (i + 1 < of->curve->count && (double)of->curve->month[i + 1] <= of->age) {
        i++;
    }
    for (; s < months; i++) {
        bool last = i + 1 == of->curve->count;
        double end = last ? months : (double)of->curve->month[i + 1] - of->age;
        end = end < months ? end : months;
        double rate = of->factor * of->curve->value[i];
        if (*sum + rate * (end - s) >= target && rate > 0.0) {
            s += (target - *sum) / rate;
            *sum = target;
            return s < end ? s : end;
        }
        *sum += rate * (end - s);
        s = end;
    }
    return months;
}

static double exponential(uint32_t word) {
    return -jk_log(jk_uniform(word));
}

/* Poisson by inversion; large means are rounded at random, which keeps the expectation. */
static double poisson(uint32_t word, double mean) {
    static const double largest = 500.0;
    double u = jk_uniform(word);
    if (mean > largest) {
        return floor(mean + u);
    }
    double term = jk_exp(-mean);
    double sum = term;
    double n = 0.0;
    while (u > sum && n < 10.0 * largest) {
        n += 1.0;
        term *= mean / n;
        sum += term;
    }
    return n;
}

static int8_t next_class(const double *power, int8_t from, uint32_t word) {
    double u = jk_uniform(word);
    for (int8_t to = 0; to < JK_CAPACITY_COUNT - 1; to++) {
        u -= power[from * JK_CAPACITY_COUNT + to];
        if (u < 0.0) {
            return to;
        }
    }
    return JK_CAPACITY_COUNT - 1;
}

/* An amount in minor units to one of its two neighbours, so that its expectation is kept. */
static int64_t round_at_random(double amount, uint32_t word) {
    double most = (double)JK_MONEY_MAX;
    return (int64_t)floor((amount < most ? amount : most) + jk_uniform(word));
}

static int64_t cost_of(const history_row *row, jk_treatment treatment, uint8_t title, const history_outcome *outcome) {
    const jk_segment *segment = row->segment;
    double monthly = jk_running_cost(segment, treatment, (jk_title)title);
    double filing = treatment == JK_TREAT_LEGAL && title == JK_TITLE_NONE ? segment->filing : 0.0;
    double base = monthly * outcome->months + filing;
    return (int64_t)(base / row->exchange * 100.0 + segment->cost[treatment].contingent * (double)outcome->cash + 0.5);
}

/* Whoever pays, pays at once, but for the share of instalments. */
static void draw_payments(const jk_generate_panel_options *options, const history_row *row, const history_claim *claim,
                          const uint32_t word[DRAW_COUNT], double limit, history_outcome *outcome) {
    jk_treatment treatment = (jk_treatment)claim->treatment;
    const jk_segment *segment = row->segment;
    jk_title title = (jk_title)claim->title;
    double theta = jk_exp(row->eta - segment->theta_center[claim->class]);
    const intensity of = {.curve = &segment->curve[treatment],
                          .age = row->age,
                          .factor = row->readiness * theta * segment->class_multiplier[treatment][claim->class] *
                                    jk_pending_factor(segment, treatment, title)};
    /* What is garnished, and dividends, resolve the claim too, and no share is taken off. */
    double other = row->dividend + jk_garnished(treatment, title, segment->garnish_share[claim->class], row->garnish);
    double taken = other > 0.0 ? exponential(word[DRAW_OTHER]) / other : limit;
    double sum = 0.0;
    double target = exponential(word[DRAW_RESOLVE]) / (1.0 - options->instalments);
    outcome->months = walk(&of, target, taken < limit ? taken : limit, &sum);
    bool resolved = sum >= target;
    double parts = options->instalments > 0.0
                       ? poisson(word[DRAW_INSTALMENTS], options->instalments * sum / instalment) * instalment
                       : 0.0;
    double share = segment->recovery_share[treatment];
    double whole = resolved ? share : taken < limit ? 1.0 : 0.0;
    outcome->cash = round_at_random((whole + parts * share) * (double)row->balance, word[DRAW_ROUND]);
    outcome->reduction = (int64_t)((parts < 1.0 ? parts : 1.0) * (double)row->balance + 0.5);
    outcome->exit = whole > 0.0 ? JK_EXIT_PAID : JK_EXIT_NONE;
}

history_outcome jk_history_draw(const jk_generate_panel_options *options, const history_row *row, history_claim *claim,
                                const uint32_t word[DRAW_COUNT], uint64_t index) {
    jk_treatment treatment = (jk_treatment)claim->treatment;
    const jk_segment *segment = row->segment;
    bool legal = treatment == JK_TREAT_LEGAL, held = claim->title == JK_TITLE_HELD;
    double months = options->period_months;
    double mu = row->exit + row->mortality;
    double leaves = mu > 0.0 ? exponential(word[DRAW_EXIT]) / mu : months;
    double limit = leaves < months ? leaves : months;
    history_outcome outcome = {.months = limit, .paid_at = -1.0, .exit = JK_EXIT_NONE, .class_end = -1};
    if (segment->payers.given) {
        jk_history_spells(options, row, claim, index, limit, &outcome);
    } else {
        draw_payments(options, row, claim, word, limit, &outcome);
    }
    outcome.cost = cost_of(row, treatment, claim->title, &outcome);
    if (outcome.exit == JK_EXIT_PAID) {
        return outcome;
    }
    if (leaves < months) {
        outcome.exit = jk_uniform(word[DRAW_EXIT_KIND]) * mu < row->mortality ? JK_EXIT_DEATH : JK_EXIT_INSOLVENCY;
        return outcome;
    }
    const double *power = row->class_power + (size_t)treatment * JK_CAPACITY_COUNT * JK_CAPACITY_COUNT;
    double granted = segment->months_to_title > 0.0 ? 1.0 - jk_exp(-months / segment->months_to_title) : 1.0;
    outcome.class_end = next_class(power, claim->class, word[DRAW_CLASS]);
    outcome.titled = held || (legal && jk_uniform(word[DRAW_TITLE]) < granted);
    outcome.pending = !outcome.titled && (legal || claim->title == JK_TITLE_PENDING);
    if (row->balance - outcome.reduction <= 100) { /* a unit of the currency is not worth a letter */
        outcome.exit = JK_EXIT_PAID;
    } else if (jk_uniform(word[DRAW_SALE]) < sale_monthly * months) {
        outcome.exit = JK_EXIT_SOLD;
    }
    return outcome;
}

int8_t jk_history_treatment(const history_claim *claim, unsigned allowed, double balance,
                            const uint32_t word[DRAW_COUNT]) {
    static const double weights[JK_TREATMENT_COUNT] = {0.30, 0.45, 0.25};
    static const double smallest_suit = 100.0, keep = 0.8;
    const unsigned plans = JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE);
    double weight[JK_TREATMENT_COUNT];
    double all = 0.0;
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        bool sued = t == JK_TREAT_LEGAL && claim->paying && (allowed & plans) != 0; /* nobody who keeps to a plan is */
        bool open = (allowed & JK_ALLOW(JK_SURVEIL + t)) != 0 && !sued &&
                    (t != JK_TREAT_LEGAL || balance >= smallest_suit || claim->title != JK_TITLE_NONE);
        weight[t] = open ? weights[t] : 0.0;
        all += weight[t];
    }
    if (!(all > 0.0)) {
        return -1;
    }
    bool open = claim->treatment >= 0 && weight[claim->treatment] > 0.0;
    if (open && jk_uniform(word[DRAW_KEEP_TREATMENT]) < keep) {
        return claim->treatment;
    }
    double u = jk_uniform(word[DRAW_TREATMENT]) * all;
    int8_t last = 0;
    for (int8_t t = 0; t < JK_TREATMENT_COUNT; t++) {
        if (weight[t] > 0.0) {
            last = t;
            if (u < weight[t]) {
                return t;
            }
            u -= weight[t];
        }
    }
    return last;
}
