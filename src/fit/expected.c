/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/expected.h"

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

void jk_expected_cash(const jk_model *model, const jk_panel_block *block, double *cash) {
    for (size_t i = 0; i < block->rows; i++) {
        const jk_segment *segment = &model->segments[block->law->segment[i]];
        jk_treatment treatment = (jk_treatment)block->treatment[i];
        jk_capacity class = jk_expected_class(block, i);
        double theta = jk_exp(block->score->eta[i] - segment->theta_center[class]);
        double intensity = theta * segment->class_multiplier[treatment][class] *
                           jk_steps_integral(&segment->curve[treatment], block->age_start[i], block->months[i]);
        if (treatment == JK_TREAT_LEGAL && block->title_state[i] != JK_TITLE_HELD) {
            intensity *= segment->pre_title_factor;
        } else if (treatment == JK_TREAT_LEGAL) {
            intensity += segment->garnish_share[class] * block->garnish[i] * block->months[i];
        }
        cash[i] = segment->recovery_share[treatment] * block->balance_start[i] * intensity;
    }
}
