/* SPDX-License-Identifier: Apache-2.0 */
/* What a model expects a row of history to bring: the intensity of model.md section 4 at the row's treatment, class,
 * title state and age, times the balance at the period's start and the share that a resolution brings in.
 *
 *     surveil, amicable:     balance · share · theta · kappa · integral of the curve over the period
 *     legal before a title:  the same times the factor of pending cases (a claim under legal is filed at once)
 *     legal with a title:    plus balance · phi · gamma · months
 *     dividends of a status: plus balance · v · months
 *
 * Where the segment has payers the first is for the quiet who settle; the others begin to pay, and who pays (the score
 * says who does at the period's start) brings chi · rho of the balance a month until breakage ends it.
 *
 * The class is the panel's where it gives one, else the score's (figures are then means over class_given_score, if the
 * model has it); theta is centred on that class. The integral runs over
 * the row's months at risk (`months`), over as many steps of the curve as they span. Periods are taken as they are: the
 * balance is that of their start throughout. */
#ifndef JALKI_EXPECTED_H
#define JALKI_EXPECTED_H

#include "jalki/panel.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Class by which a row's intensity is taken: the panel's, else the score's. */
static inline jk_capacity jk_expected_class(const jk_panel_block *block, size_t row) {
    return (jk_capacity)(block->class_start[row] >= 0 ? block->class_start[row] : block->score->capacity_class[row]);
}

/* Expected cash of all rows of a block of a panel bound to `model`, base currency, into cash[block->rows]. 0 where the
 * model expects nothing; never NaN. */
void jk_expected_cash(const jk_model *model, const jk_panel_block *block, double *cash);

#ifdef __cplusplus
}
#endif
#endif
