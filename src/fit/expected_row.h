/* SPDX-License-Identifier: Apache-2.0 */
/* What a row of history is expected to bring, as a function of how readily its debtor begins to pay. */
#ifndef JK_FIT_EXPECTED_ROW_H
#define JK_FIT_EXPECTED_ROW_H

#include "jalki/expected.h"

typedef struct jk_expected_row {
    double balance, months, share;
    double begin; /* integral of the intensity that theta multiplies, by the model */
    double other; /* a month: garnishment and dividends of who is quiet */
    /* of segments with payers */
    double settled, stop, paid, dividend;
    bool has_payers, paying;
} jk_expected_row;

jk_expected_row jk_expected_row_of(const jk_model *model, const jk_panel_block *block, size_t row);

/* Expected cash with another integral in the place of `begin`. */
double jk_expected_row_cash(const jk_expected_row *row, double begin);

#endif
