/* SPDX-License-Identifier: Apache-2.0 */
/* The portfolio's cash flow by year as the trade reads it, the columns described once.
 *
 *     cost to collect of a year = cost / gross        liquidation to a year = gross so far / face
 *     npv of a year = sum over its months t of net_t (1 + irr)^(-(t - 1/2) / 12)     contract, model.md section 8 */
#include "base/words/listing.h"
#include "jalki/export.h"

enum {
    YEAR,
    GROSS,
    INSTALMENTS,
    COST,
    SALE,
    NET,
    COST_TO_COLLECT,
    SO_FAR,
    LIQUIDATION,
    REMAINING,
    NPV,
    NPV_SO_FAR,
    COLUMNS
};
enum { MONTHS_A_YEAR = 12 };

#define MONEY(name, head, meaning)                                                                                     \
    { name, head, "money", meaning, JK_LISTING_NUMBER, 2 }
static const jk_listing_column columns[COLUMNS] = {
    [YEAR] = JK_LISTED_COUNT("year", "year", "Year after the cut-off, from 1"),
    [GROSS] = MONEY("gross", "gross", "Expected collections of the year (ERC)"),
    [INSTALMENTS] = MONEY("instalments", NULL, "The part of it that debtors who pay bring month by month"),
    [COST] = MONEY("cost", "cost", "Running costs, contingent fees and court fees"),
    [SALE] = MONEY("sale", NULL, "Proceeds of claims sold on"),
    [NET] = MONEY("net", "net", "Collections and sales less their cost"),
    [COST_TO_COLLECT] = {"cost_to_collect", "cost to collect", "%", "Cost in per cent of collections",
                         JK_LISTING_NUMBER, 4},
    [SO_FAR] = MONEY("gross_so_far", NULL, "Collections of this year and all before"),
    [LIQUIDATION] = {"liquidation", "liquidation", "%", "The same in per cent of face: the liquidation curve",
                     JK_LISTING_NUMBER, 4},
    [REMAINING] = MONEY("erc_remaining", "ERC left", "Collections expected after the year's end"),
    [NPV] = MONEY("npv", NULL, "Present value of the year's net at the required return"),
    [NPV_SO_FAR] = MONEY("npv_so_far", "NPV so far", "Of this year and all before"),
};
#undef MONEY

static double discounted(const jk_valuation *valuation, int months) {
    double net[JK_HORIZON_MAX] = {0};
    for (int t = 1; t <= months; t++) {
        net[t - 1] = jk_valuation_month(valuation, t, valuation->segment_count).net;
    }
    return jk_price_present_value(net, months, valuation->irr);
}

static jk_status year_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_valuation *valuation = listing->source[0];
    int start = (int)row * MONTHS_A_YEAR, end = start + MONTHS_A_YEAR;
    end = end < valuation->flow.months ? end : valuation->flow.months;
    jk_month before = jk_valuation_months(valuation, start, valuation->segment_count);
    jk_month after = jk_valuation_months(valuation, end, valuation->segment_count);
    jk_month all = jk_valuation_months(valuation, valuation->flow.months, valuation->segment_count);
    double cost = after.cost - before.cost;
    cells[YEAR].number = (double)row + 1.0;
    cells[GROSS].number = after.gross - before.gross;
    cells[INSTALMENTS].number = after.instalments - before.instalments;
    cells[COST].number = cost;
    cells[SALE].number = after.sale - before.sale;
    cells[NET].number = after.net - before.net;
    cells[COST_TO_COLLECT].number = jk_percent(cost, after.gross - before.gross);
    cells[SO_FAR].number = after.gross;
    cells[LIQUIDATION].number = jk_percent(after.gross, valuation->total.face);
    cells[REMAINING].number = all.gross - after.gross;
    cells[NPV_SO_FAR].number = discounted(valuation, end);
    cells[NPV].number = cells[NPV_SO_FAR].number - discounted(valuation, start);
    return JK_OK;
}

jk_listing jk_years_listing(const jk_valuation *valuation) {
    int months = valuation == NULL ? 0 : valuation->flow.months;
    return JK_LISTING_OF("years", columns, (size_t)((months + MONTHS_A_YEAR - 1) / MONTHS_A_YEAR), year_cells,
                         valuation);
}
