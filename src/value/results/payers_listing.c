/* SPDX-License-Identifier: Apache-2.0 */
/* Who is expected to pay at the start of each epoch of the model, as rows, the columns described once. */
#include "base/words/listing.h"
#include "jalki/export.h"

enum { AFTER_MONTHS, PAYERS, SHARE, INSTALMENTS, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [AFTER_MONTHS] = JK_LISTED_MONTHS("after_months", "after months", "Months from the cut-off to the epoch's start"),
    [PAYERS] = {"payers", "payers", "claims", "Claims expected to bring instalments then", JK_LISTING_NUMBER, 2},
    [SHARE] = {"share_of_claims", "% of claims", "%", "The same in per cent of all claims", JK_LISTING_NUMBER, 4},
    [INSTALMENTS] = JK_LISTED_MONEY("instalments", "instalments until the next",
                                    "What debtors who pay bring month by month, within the epoch"),
};

static jk_status payers_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_valuation *valuation = listing->source[0];
    const jk_model *model = listing->source[1];
    int start = 0;
    (void)error;
    for (size_t j = 0; j < row; j++) {
        start += model->epochs[j];
    }
    const jk_month before = jk_valuation_months(valuation, start, valuation->segment_count);
    const jk_month after = jk_valuation_months(valuation, start + model->epochs[row], valuation->segment_count);
    cells[AFTER_MONTHS].number = start;
    cells[PAYERS].number = jk_valuation_payers(valuation, start + 1);
    cells[SHARE].number = jk_percent(cells[PAYERS].number, (double)valuation->total.claims);
    cells[INSTALMENTS].number = after.instalments - before.instalments;
    return JK_OK;
}

jk_listing jk_valuation_payers_listing(const jk_valuation *valuation, const jk_model *model) {
    return JK_LISTING_OF("payers by epoch", columns, valuation == NULL ? 0 : (size_t)model->epoch_count, payers_cells,
                         valuation, model);
}
