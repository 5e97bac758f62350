/* SPDX-License-Identifier: Apache-2.0 */
/* The intensities of a row of history, and where its segment has payers the months that it is quiet and paying: the
 * rows' balance is that of their start, so that nothing resolves a claim on the way (jalki/expected.h). */
#include "jalki/expected.h"

#include "base/fmath.h"
#include "model/economics.h"

/* Cash per unit of balance of a row in a segment with payers; `begin` is the integral of new payers' intensity, `other`
 * the intensity of what resolves the claim besides. */
static double with_payers(const jk_segment *segment, const jk_panel_block *block, size_t i, double begin,
                          double other) {
    const jk_payers *payers = &segment->payers;
    jk_treatment treatment = (jk_treatment)block->treatment[i];
    double m = block->months[i], h = begin / m, settled = payers->settled_share[treatment];
    jk_capacity class = jk_expected_class(block, i);
    double size = jk_score_instalment_size(segment, block->score->instalment[i],
                                           (jk_capacity)block->score->capacity_class[i], class);
    double rho = jk_paid_by_payers(segment, (jk_title)block->title_state[i], class, size, block->garnish[i]);
    double begins = (1.0 - settled) * h, stop = payers->breakage[treatment], spent[2];
    jk_mood_months(&(jk_mood_rates){begins, stop + rho, begins, stop}, m, block->score->paying[i] != 0, spent);
    return (segment->recovery_share[treatment] * settled * h + other) * spent[0] +
           (rho + block->law->dividend[i]) * spent[1];
}

void jk_expected_cash(const jk_model *model, const jk_panel_block *block, double *cash) {
    for (size_t i = 0; i < block->rows; i++) {
        const jk_segment *segment = &model->segments[block->law->segment[i]];
        jk_treatment treatment = (jk_treatment)block->treatment[i];
        jk_capacity class = jk_expected_class(block, i);
        double theta = jk_exp(block->score->eta[i] - segment->theta_center[class]);
        jk_title title = (jk_title)block->title_state[i];
        double begin = theta * segment->class_multiplier[treatment][class] *
                       jk_steps_integral(&segment->curve[treatment], block->age_start[i], block->months[i]) *
                       jk_pending_factor(segment, treatment, title);
        double other = block->law->dividend[i] + jk_garnished(segment, treatment, title, class, block->garnish[i]);
        double part = segment->payers.given ? with_payers(segment, block, i, begin, other)
                                            : segment->recovery_share[treatment] * begin + other * block->months[i];
        cash[i] = block->balance_start[i] * part;
    }
}
