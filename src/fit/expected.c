/* SPDX-License-Identifier: Apache-2.0 */
/* Where a segment has payers a row's months are spent quiet and paying: with the rates x_q = s and x_p = beta + rho,
 * what leaves each mood, and d = x_q - x_p, w = sqrt(d^2 + 4 s beta), e1, e2 = (x_q + x_p -+ w) / 2,   phi(e) = (1 -
 * exp(-e m)) / e,   D = (phi(e1) - phi(e2)) / w, M_qq = phi(e2) + (w - d) / 2 D,   M_qp = s D,   M_pq = beta D,   M_pp
 * = phi(e2) + (w + d) / 2 D are the months spent in the second mood by who began in the first (model.md section 5). */
#include "jalki/expected.h"

#include <math.h>

#include "base/fmath.h"

double jk_steps_integral(const jk_steps *steps, double from, double months) {
    double end = from + months, sum = 0.0;
    for (size_t i = 0; i < steps->count; i++) {
        double low = (double)steps->month[i] > from ? (double)steps->month[i] : from;
        double high = i + 1 < steps->count && (double)steps->month[i + 1] < end ? (double)steps->month[i + 1] : end;
        sum += high > low ? steps->value[i] * (high - low) : 0.0;
    }
    return sum;
}

/* (1 - exp(-e m)) / e, by its series where e m is small. */
static double months_left(double e, double m) {
    double x = e * m;
    return x < 1e-5 ? m * (1.0 - x / 2.0 + x * x / 6.0) : (1.0 - jk_exp(-x)) / e;
}

/* Months of m spent quiet and paying, by who begins quiet or paying. */
static void moods(double s, double beta, double rho, double m, int paying, double *quiet_months,
                  double *paying_months) {
    double d = s - beta - rho, w = sqrt(d * d + 4.0 * s * beta), sum = s + beta + rho;
    double slow = months_left(fmax(0.0, (sum - w) / 2.0), m), fast = months_left((sum + w) / 2.0, m);
    double both = w * m > 1e-6 ? (slow - fast) / w : m * m / 2.0;
    *quiet_months = paying ? beta * both : fast + (w - d) / 2.0 * both;
    *paying_months = paying ? fast + (w + d) / 2.0 * both : s * both;
}

/* Cash per unit of balance of a row in a segment with payers; `begin` is the integral of new payers' intensity, `other`
 * the intensity of what resolves the claim besides. */
static double with_payers(const jk_segment *segment, const jk_panel_block *block, size_t i, double begin,
                          double other) {
    const jk_payers *payers = &segment->payers;
    jk_treatment treatment = (jk_treatment)block->treatment[i];
    jk_capacity class = jk_expected_class(block, i);
    double m = block->months[i], h = begin / m, settled = payers->settled_share[treatment];
    double rho =
        payers->monthly_share[class] * jk_score_instalment_size(segment, block->score->instalment[i],
                                                                (jk_capacity)block->score->capacity_class[i], class);
    if (block->title_state[i] == JK_TITLE_HELD) { /* no owner agrees to less than enforcement takes */
        rho = fmax(rho, segment->garnish_share[class] * block->garnish[i]);
    }
    double quiet = 0.0, paying = 0.0;
    moods((1.0 - settled) * h, payers->breakage[treatment], rho, m, block->score->paying[i], &quiet, &paying);
    return (segment->recovery_share[treatment] * settled * h + other) * quiet +
           (rho + block->law->dividend[i]) * paying;
}

void jk_expected_cash(const jk_model *model, const jk_panel_block *block, double *cash) {
    for (size_t i = 0; i < block->rows; i++) {
        const jk_segment *segment = &model->segments[block->law->segment[i]];
        jk_treatment treatment = (jk_treatment)block->treatment[i];
        jk_capacity class = jk_expected_class(block, i);
        double theta = jk_exp(block->score->eta[i] - segment->theta_center[class]);
        double begin = theta * segment->class_multiplier[treatment][class] *
                       jk_steps_integral(&segment->curve[treatment], block->age_start[i], block->months[i]);
        double other = block->law->dividend[i];
        if (treatment == JK_TREAT_LEGAL && block->title_state[i] != JK_TITLE_HELD) {
            begin *= segment->pre_title_factor;
        } else if (treatment == JK_TREAT_LEGAL) {
            other += segment->garnish_share[class] * block->garnish[i];
        }
        double part = segment->payers.given ? with_payers(segment, block, i, begin, other)
                                            : segment->recovery_share[treatment] * begin + other * block->months[i];
        cash[i] = block->balance_start[i] * part;
    }
}
