/* SPDX-License-Identifier: Apache-2.0 */
/* The portfolio's cash flow month by month, the columns described once. */
#include "base/words/listing.h"
#include "jalki/export.h"

enum { MONTH, GROSS, INSTALMENTS, COST, SALE, NET, CUMULATIVE, COLUMNS };

#define MONEY(name, meaning)                                                                                           \
    { name, name, "money", meaning, JK_LISTING_NUMBER, 2 }
static const jk_listing_column columns[COLUMNS] = {
    [MONTH] = JK_LISTED_MONTHS("month", "month", "Month after the cut-off, from 1"),
    [GROSS] = MONEY("gross", "Expected collections"),
    [INSTALMENTS] = MONEY("instalments", "The part of it that debtors who pay bring month by month"),
    [COST] = MONEY("cost", "Running costs, contingent fees and court fees"),
    [SALE] = MONEY("sale", "Proceeds of claims sold on"),
    [NET] = MONEY("net", "Collections and sales less their cost"),
    [CUMULATIVE] = MONEY("cumulative_net", "Net of this month and all before"),
};
#undef MONEY

static jk_status month_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_valuation *valuation = listing->source[0];
    int month = (int)row + 1;
    jk_month sums = jk_valuation_month(valuation, month, valuation->segment_count);
    cells[MONTH].number = month;
    cells[GROSS].number = sums.gross;
    cells[INSTALMENTS].number = sums.instalments;
    cells[COST].number = sums.cost;
    cells[SALE].number = sums.sale;
    cells[NET].number = sums.net;
    cells[CUMULATIVE].number = jk_valuation_months(valuation, month, valuation->segment_count).net;
    return JK_OK;
}

jk_listing jk_cashflow_listing(const jk_valuation *valuation) {
    return JK_LISTING_OF("cashflow", columns, valuation == NULL ? 0 : (size_t)valuation->flow.months, month_cells,
                         valuation);
}
