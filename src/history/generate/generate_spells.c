/* SPDX-License-Identifier: Apache-2.0 */
/* One period of one claim in a segment with payers: the two moods of model.md section 4, with payments that are made.
 *
 * While the debtor is quiet three intensities compete: h (new payers), g and v (garnishment, dividends: they resolve
 * the claim). A new payer settles with probability pi_a and brings the recovery share of the balance; else a spell
 * begins. A spell goes by months from its start: each begins with a payment, on average c of the balance that is left
 * (evenly from half to one and a half of it), which falls by it, and is the last one with probability q. With rho and
 * beta of the model
 *
 *     s = exp(-(rho + beta)),   c = rho (1 - s) / (rho + beta),   q = 1 - s / (1 - c),
 *
 * so that the share of debtors still paying and what they pay are those of the model's chain after every whole month.
 */
#include <math.h>

#include "base/number/fmath.h"
#include "base/number/random.h"
#include "history/generate/generate_history.h"
#include "model/economics.h"

static const double smallest_balance = 100.0; /* minor units: not worth a letter, it is paid off with the rest */

/* Random words of a claim's period, as many as its story needs. */
typedef struct story_words {
    uint64_t seed, index;
    uint64_t used;
} story_words;

static double next_uniform(story_words *words) {
    enum { STREAM_SPELLS = 0x480 };
    uint64_t n = words->used++;
    return jk_uniform(jk_philox(words->seed, STREAM_SPELLS + n / 4, words->index).word[n % 4]);
}

/* What happens to the quiet first. */
typedef struct quiet_rates {
    const jk_steps *curve;
    double age, factor, other; /* h = factor * curve(age + time), other = g + v */
} quiet_rates;

/* Time at which the integral of h + g + v from `from` reaches `target`, at most `limit`; *h is the intensity of new
 * payers there. */
static double next_event(const quiet_rates *rates, double from, double limit, double target, double *h) {
    const jk_steps *curve = rates->curve;
    double time = from;
    size_t i = 0;
    while (i + 1 < curve->count && (double)curve->month[i + 1] <= rates->age + time) {
        i++;
    }
    for (; time < limit; i++) {
        double end = i + 1 == curve->count ? limit : fmin(limit, (double)curve->month[i + 1] - rates->age);
        double rate = rates->factor * curve->value[i] + rates->other;
        *h = rates->factor * curve->value[i];
        if (rate * (end - time) >= target && rate > 0.0) {
            return time + target / rate;
        }
        target -= rate * (end - time);
        time = end;
    }
    return limit;
}

/* A payment and what is left after it; amounts in minor units, rounded at random. */
static int64_t pay(double amount, double u, int64_t left) {
    int64_t paid = (int64_t)floor(amount + u);
    paid = paid > 0 ? paid : 0;
    return paid < left ? paid : left;
}

/* The two figures of a spell by months. */
typedef struct spell_figures {
    double share, stop; /* c and q */
} spell_figures;

static spell_figures figures_of(const history_row *row, const history_claim *claim) {
    const jk_payers *payers = &row->segment->payers;
    double beta = payers->breakage[claim->treatment];
    double rho = jk_paid_by_payers((jk_title)claim->title, row->segment->payers.monthly_share[claim->class],
                                   row->segment->garnish_share[claim->class], row->garnish);
    double rate = rho + beta;
    if (!(rate > 0.0)) {
        return (spell_figures){0.0, 0.0};
    }
    double s = jk_exp(-rate), c = rho * (1.0 - s) / rate;
    return (spell_figures){c, fmax(0.0, 1.0 - s / (1.0 - c))};
}

void jk_history_spells(const jk_generate_panel_options *options, const history_row *row, history_claim *claim,
                       uint64_t index, double limit, history_outcome *outcome) {
    const jk_segment *segment = row->segment;
    story_words words = {.seed = options->seed, .index = index};
    jk_treatment treatment = (jk_treatment)claim->treatment;
    jk_title title = (jk_title)claim->title;
    const quiet_rates rates = {
        .curve = &segment->curve[claim->treatment],
        .age = row->age,
        .factor = row->readiness * jk_exp(row->eta - segment->theta_center[claim->class]) *
                  segment->class_multiplier[treatment][claim->class] * jk_pending_factor(segment, treatment, title),
        .other = row->dividend + jk_garnished(treatment, title, segment->garnish_share[claim->class], row->garnish)};
    const spell_figures spell = figures_of(row, claim);
    int64_t left = row->balance;
    double time = claim->quiet_from > 0.0 ? claim->quiet_from : 0.0;
    outcome->months = limit;
    while (left > 0) {
        if (claim->paying) {
            if (claim->due >= limit) {
                break;
            }
            double size = 0.5 + next_uniform(&words); /* nobody pays the same every month */
            int64_t paid = pay(size * spell.share * (double)left, next_uniform(&words), left);
            paid = (double)(left - paid) <= smallest_balance ? left : paid;
            outcome->cash += paid;
            outcome->paid_at = claim->due;
            left -= paid;
            claim->paying = next_uniform(&words) >= spell.stop;
            claim->due += 1.0;
            time = claim->due;
            if (left == 0) {
                outcome->months = fmin(outcome->paid_at + 1e-3, limit);
            }
            continue;
        }
        double h = 0.0;
        double at = time < limit ? next_event(&rates, time, limit, -jk_log(next_uniform(&words)), &h) : limit;
        if (at >= limit) {
            break;
        }
        bool begins = next_uniform(&words) * (h + rates.other) < h;
        bool settles = !begins || !row->plans || next_uniform(&words) < segment->payers.settled_share[claim->treatment];
        if (settles) {
            double share = begins ? segment->recovery_share[claim->treatment] : 1.0;
            outcome->cash += pay(share * (double)left, next_uniform(&words), left);
            outcome->paid_at = at;
            outcome->months = at > 0.0 ? at : 1e-3;
            left = 0;
        } else {
            claim->paying = true;
            claim->due = at;
        }
    }
    claim->quiet_from = claim->paying ? 0.0 : time;
    outcome->reduction = row->balance - left;
    outcome->exit = left == 0 ? JK_EXIT_PAID : JK_EXIT_NONE;
}
