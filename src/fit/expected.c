/* SPDX-License-Identifier: Apache-2.0 */
/* The intensities of a row of history, and where its segment has payers the months that it is quiet and paying: the
 * rows' balance is that of their start, so that nothing resolves a claim on the way (jalki/expected.h). */
#include "jalki/expected.h"

#include "base/number/fmath.h"
#include "fit/expected_row.h"
#include "model/economics.h"

/* Whether a row's class is the score's and the model knows how often that is right. */
static bool is_guessed(const jk_panel_block *block, size_t row) {
    return block->class_start[row] < 0 && block->score->class_guessed[row] != 0;
}

jk_expected_row jk_expected_row_of(const jk_model *model, const jk_panel_block *block, size_t i) {
    const jk_scorecard *card = &model->scorecard;
    const jk_segment *segment = &model->segments[block->law->segment[i]];
    jk_treatment treatment = (jk_treatment)block->treatment[i];
    jk_capacity class = jk_expected_class(block, i);
    double theta = jk_exp(block->score->eta[i] - segment->theta_center[class]);
    jk_title title = (jk_title)block->title_state[i];
    bool guessed = is_guessed(block, i);
    double garnish_share = jk_class_mean(card, segment->garnish_share, class, guessed);
    jk_expected_row row = {
        .balance = block->balance_start[i],
        .months = block->months[i],
        .share = segment->recovery_share[treatment],
        .begin = theta * jk_class_mean(card, segment->class_multiplier[treatment], class, guessed) *
                 jk_steps_integral(&segment->curve[treatment], block->age_start[i], block->months[i]) *
                 jk_pending_factor(segment, treatment, title),
        .other = block->law->dividend[i] + jk_garnished(treatment, title, garnish_share, block->garnish[i]),
        .has_payers = segment->payers.given};
    if (row.has_payers) {
        const double *shares = segment->payers.monthly_share;
        double size = block->score->instalment[i];
        double typical = jk_class_mean(card, shares, (jk_capacity)block->score->capacity_class[i],
                                       block->score->class_guessed[i] != 0);
        double own = guessed ? size * typical : jk_score_instalment_size(segment, size, typical, class) * shares[class];
        row.settled = segment->payers.settled_share[treatment];
        row.stop = segment->payers.breakage[treatment];
        row.paid = jk_paid_by_payers(title, own, garnish_share, block->garnish[i]);
        row.dividend = block->law->dividend[i];
        row.paying = block->score->paying[i] != 0;
    }
    return row;
}

/* In a segment with payers `begin` is the integral of new payers' intensity. */
double jk_expected_row_cash(const jk_expected_row *row, double begin) {
    double m = row->months;
    if (!row->has_payers) {
        return row->balance * (row->share * begin + row->other * m);
    }
    double h = begin / m, begins = (1.0 - row->settled) * h, spent[2];
    jk_mood_months(&(jk_mood_rates){begins, row->stop + row->paid, begins, row->stop}, m, row->paying, spent);
    return row->balance *
           ((row->share * row->settled * h + row->other) * spent[0] + (row->paid + row->dividend) * spent[1]);
}

void jk_expected_cash(const jk_model *model, const jk_panel_block *block, double *cash) {
    for (size_t i = 0; i < block->rows; i++) {
        jk_expected_row row = jk_expected_row_of(model, block, i);
        cash[i] = jk_expected_row_cash(&row, row.begin);
    }
}
