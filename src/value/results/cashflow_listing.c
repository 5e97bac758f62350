/* SPDX-License-Identifier: Apache-2.0 */
/* The portfolio's cash flow month by month, and that of its segments, the columns described once. */
#include "jalki/export.h"
#include "value/results/cashflow_columns.h"

enum { MONTH, FLOWS, CUMULATIVE = FLOWS + JK_CASHFLOW_COUNT, COLUMNS };
enum { OF_MONTH, OF_SEGMENT, OF_FLOWS, OF_COLUMNS = OF_FLOWS + JK_CASHFLOW_COUNT };

#define MONTHS JK_LISTED_MONTHS("month", "month", "Month after the cut-off, from 1")
static const jk_listing_column columns[COLUMNS] = {
    [MONTH] = MONTHS,
    JK_CASHFLOW_LISTING(FLOWS),
    [CUMULATIVE] = JK_LISTED_MONEY("cumulative_net", "cumulative_net", "Net of this month and all before"),
};

static const jk_listing_column of_segments[OF_COLUMNS] = {
    [OF_MONTH] = MONTHS,
    [OF_SEGMENT] = JK_LISTED_TEXT("segment", NULL, "Segment of the model"),
    JK_CASHFLOW_LISTING(OF_FLOWS),
};
#undef MONTHS

void jk_cashflow_amounts(const jk_month *month, double flows[JK_CASHFLOW_COUNT]) {
    flows[JK_CASHFLOW_GROSS] = month->gross;
    flows[JK_CASHFLOW_INSTALMENTS] = month->instalments;
    flows[JK_CASHFLOW_COST] = month->cost;
    flows[JK_CASHFLOW_SALE] = month->sale;
    flows[JK_CASHFLOW_NET] = month->net;
}

static jk_status month_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_valuation *valuation = listing->source[0];
    const int month = (int)row + 1;
    const jk_month sums = jk_valuation_month(valuation, month, valuation->segment_count);
    double flows[JK_CASHFLOW_COUNT];
    jk_cashflow_amounts(&sums, flows);
    cells[MONTH].number = month;
    for (int f = 0; f < JK_CASHFLOW_COUNT; f++) {
        cells[FLOWS + f].number = flows[f];
    }
    cells[CUMULATIVE].number = jk_valuation_months(valuation, month, valuation->segment_count).net;
    return JK_OK;
}

jk_listing jk_cashflow_listing(const jk_valuation *valuation) {
    return JK_LISTING_OF("cashflow", columns, valuation == NULL ? 0 : (size_t)valuation->flow.months, month_cells,
                         valuation);
}

jk_listing jk_cashflow_columns(void) {
    return JK_LISTING_FILE("cashflow by segment", of_segments);
}
