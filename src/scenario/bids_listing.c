/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table: a row for each scenario, required return and group, the columns described once. */
#include <math.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "value/quote.h"

enum {
    SCENARIO,
    REQUIRED,
    IRR,
    GROUP,
    NAME,
    CLAIMS,
    FACE,
    VALUE,
    ONBOARDING,
    AT_RETURN,
    BID,
    PCT,
    GROSS,
    NET,
    GROSS_84,
    GROSS_120,
    GROSS_180,
    COST_SHARE,
    MULTIPLE,
    PAYBACK,
    BINDING,
    ATTAINABLE,
    ASKED_IRR,
    ASKED_OUTCOME,
    PLAN_IRR,
    QUOTE,
    COST = QUOTE + JK_QUOTE_COLUMNS,
    SALE,
    CHANGE,
    ASKED,
    ASKED_MULTIPLE,
    ASKED_PAYBACK,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [SCENARIO] = JK_LISTED_TEXT("scenario", "scenario", "base, or the scenario's name"),
    [REQUIRED] = {"required_return", "required return", "a year", "The return as asked for", JK_LISTING_NUMBER, -1},
    [IRR] = {"irr", NULL, "a year", "The return after what the scenario adds to it", JK_LISTING_NUMBER, -1},
    [GROUP] = JK_LISTED_TEXT("group", NULL, "What is grouped by: all, decision, segment or country"),
    [NAME] = JK_LISTED_TEXT("name", "name", "The decision, the segment's id, the country's code"),
    [CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims of the group"),
    [FACE] = JK_LISTED_MONEY("face", "face", "What they owe at the cut-off"),
    [VALUE] = JK_LISTED_MONEY("value", "value", "Worth of the net flows at the return"),
    [ONBOARDING] = JK_LISTED_MONEY("onboarding", "onboarding", "Cost of taking the claims over"),
    [AT_RETURN] = JK_LISTED_MONEY("bid_at_return", "bid at the return alone", "Value less onboarding"),
    [BID] = JK_LISTED_MONEY("bid", "bid", "The same after the floors"),
    [PCT] = {"bid_pct_of_face", "of face", "%", "Bid in per cent of face", JK_LISTING_NUMBER, 4},
    [GROSS] = JK_LISTED_MONEY("erc_gross", NULL, "Collections over the whole horizon"),
    [NET] = JK_LISTED_MONEY("net", "net", "Collections and sales less their cost"),
    [GROSS_84] = JK_LISTED_MONEY("erc_gross_84", NULL, "ERC-84: collections of the first 84 months"),
    [GROSS_120] = JK_LISTED_MONEY("erc_gross_120", NULL, "ERC-120: of the first 120 months"),
    [GROSS_180] = JK_LISTED_MONEY("erc_gross_180", NULL, "ERC-180: of the first 180 months"),
    [COST_SHARE] = {"cost_share", "  % of gross", "share", "Cost of collection as a part of collections",
                    JK_LISTING_NUMBER, 6},
    [MULTIPLE] = {"multiple", "net money multiple", "", "Net money multiple: net flows over bid and onboarding",
                  JK_LISTING_NUMBER, 6},
    [PAYBACK] = JK_LISTED_MONTHS("payback_months", "payback", "Month in which what was paid has come back"),
    [BINDING] = JK_LISTED_TEXT("binding", "bound by", "What bounds the bid: return or a kind of floor"),
    [ATTAINABLE] = JK_LISTED_TEXT("attainable", NULL, "yes, or no where no price meets the floors"),
    [ASKED_IRR] = {"asked_irr", "return if asked is paid", "a year", "Return where the price asked is paid",
                   JK_LISTING_NUMBER, 8},
    [ASKED_OUTCOME] = JK_LISTED_TEXT("asked_irr_outcome", NULL, "Whether one return fits the price asked"),
    [PLAN_IRR] = {"plan_irr", NULL, "a year", "The return whose plan the bid is made on", JK_LISTING_NUMBER, -1},
    JK_QUOTE_LISTING(QUOTE),
    [COST] = JK_LISTED_MONEY("cost", "cost of collection", "Cost of collection over the whole horizon"),
    [SALE] = JK_LISTED_MONEY("sale", "sale proceeds", "Proceeds of claims sold on"),
    [CHANGE] = {"change_pct", "change", "%", "Change of the bid against the base, in scenarios", JK_LISTING_NUMBER, 4},
    [ASKED] = JK_LISTED_MONEY("asked", "price asked", "The price asked, of all alone"),
    [ASKED_MULTIPLE] = {"asked_multiple", "  money multiple", "", "Net money multiple where the price asked is paid",
                        JK_LISTING_NUMBER, 6},
    [ASKED_PAYBACK] = JK_LISTED_MONTHS("asked_payback_months", "  payback", "Month in which it has come back then"),
};

static jk_status bid_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_bids *bids = listing->source[0];
    size_t line = row % bids->line_count;
    size_t r = row / bids->line_count % bids->return_count;
    size_t scenario = row / bids->line_count / bids->return_count;
    const jk_bid_cell *cell = jk_bid_at(bids, scenario, r, line);
    const jk_offer *offer = &cell->offer;
    jk_cell_set(&cells[SCENARIO], bids->scenario[scenario]);
    jk_cell_set(&cells[GROUP], jk_bid_kind_name(bids->line[line].kind));
    jk_cell_set(&cells[NAME], bids->line[line].name);
    jk_cell_set(&cells[BINDING], jk_bid_binding(bids, cell));
    jk_cell_set(&cells[ATTAINABLE], !cell->floored ? "" : offer->attainable ? "yes" : "no");
    jk_cell_set(&cells[ASKED_OUTCOME], isnan(offer->asked) ? "" : jk_irr_outcome_name(offer->asked_outcome));
    cells[REQUIRED].number = bids->irr[r];
    cells[IRR].number = offer->irr;
    cells[CLAIMS].number = (double)cell->group.claims;
    cells[FACE].number = cell->group.face;
    cells[VALUE].number = offer->value;
    cells[ONBOARDING].number = offer->onboarding;
    cells[AT_RETURN].number = offer->bid_at_return;
    cells[BID].number = offer->bid;
    cells[PCT].number = offer->bid_pct_of_face;
    cells[GROSS].number = cell->floored ? offer->sum.gross : cell->group.erc_gross;
    cells[NET].number = cell->floored ? offer->sum.net : cell->group.erc_net;
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        cells[GROSS_84 + i].number = offer->erc_gross[i];
    }
    cells[COST_SHARE].number = offer->cost_share;
    cells[MULTIPLE].number = offer->multiple;
    cells[PAYBACK].number = offer->payback > 0 ? (double)offer->payback : (double)NAN;
    cells[ASKED_IRR].number = offer->asked_irr;
    cells[PLAN_IRR].number = cell->plan_irr;
    jk_quote_fill(offer, &cells[QUOTE]);
    if (cell->floored) {
        cells[COST].number = offer->sum.cost;
        cells[SALE].number = offer->sum.sale;
    }
    if (scenario > 0) {
        const double base = jk_bid_at(bids, 0, r, line)->offer.bid;
        cells[CHANGE].number = jk_percent(offer->bid - base, base);
    }
    cells[ASKED].number = offer->asked;
    cells[ASKED_MULTIPLE].number = offer->asked_multiple;
    cells[ASKED_PAYBACK].number = offer->asked_payback > 0 ? (double)offer->asked_payback : (double)NAN;
    return JK_OK;
}

jk_listing jk_bids_listing(const jk_bids *bids) {
    return JK_LISTING_OF("price", columns,
                         bids == NULL ? 0 : bids->scenario_count * bids->return_count * bids->line_count, bid_cells,
                         bids);
}
