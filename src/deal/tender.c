/* SPDX-License-Identifier: Apache-2.0 */
/* Bids of a tender beside each other: belief and optimum are auction.c's. What a bid earns is the rate that makes the
 * flows worth bid and onboarding; "if won" the same with flows scaled by (worth given the win + onboarding) / (value +
 * onboarding), the winner's curse in the flows. */
#include "jalki/tender.h"

#include <math.h>

#include "base/error.h"
#include "base/words/listing.h"
#include "deal/auction.h"
#include "value/results/json_parts.h"

double jk_tender_value(const jk_valuation *valuation) {
    return jk_group_bid(valuation, &valuation->total);
}

/* Return of the flows, scaled, at an outlay. */
static double return_at(const double *net, int months, double factor, double outlay) {
    double scaled[JK_HORIZON_MAX] = {0};
    double rate = NAN;
    for (int t = 0; t < months; t++) {
        scaled[t] = factor * net[t];
    }
    return isfinite(factor) && jk_price_irr(scaled, months, outlay, &rate) == JK_IRR_FOUND ? rate : NAN;
}

typedef struct tender_flows {
    double net[JK_HORIZON_MAX];
    int months; /* 0: no flows */
    double onboarding;
} tender_flows;

static jk_tender_row row_of(const jk_tender *tender, const tender_flows *flows, jk_auction_bid at) {
    double value = tender->auction.value;
    jk_tender_row row = {.at = at,
                         .share_of_value = at.bid / value,
                         .pct_of_face = jk_percent(at.bid, tender->face),
                         .irr = NAN,
                         .irr_if_won = NAN};
    if (flows->months > 0) {
        double outlay = at.bid + flows->onboarding;
        double factor = (at.worth + flows->onboarding) / (value + flows->onboarding);
        row.irr = return_at(flows->net, flows->months, 1.0, outlay);
        row.irr_if_won = return_at(flows->net, flows->months, factor, outlay);
    }
    return row;
}

/* Flows that are worth `value` after onboarding. */
static void take_flows(const jk_valuation *valuation, double value, tender_flows *flows) {
    const double scale = (value + valuation->onboarding) / (jk_tender_value(valuation) + valuation->onboarding);
    flows->months = valuation->flow.months;
    flows->onboarding = valuation->onboarding;
    for (int t = 1; t <= flows->months; t++) {
        flows->net[t - 1] = scale * jk_valuation_month(valuation, t, valuation->flow.segments).net;
    }
}

jk_status jk_tender_make(const jk_auction *auction, const jk_valuation *valuation, double face, jk_tender *tender,
                         jk_error *error) {
    *tender = (jk_tender){
        .auction = *auction, .confounded_bid = NAN, .face = valuation != NULL ? valuation->total.face : face};
    if (!(auction->value > 0.0)) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL,
                       "the portfolio is worth nothing at the required return after onboarding: there is nothing to "
                       "bid for");
    }
    JK_TRY(jk_auction_check(auction, error));
    tender_flows flows = {.months = 0};
    if (valuation != NULL) {
        take_flows(valuation, auction->value, &flows);
    }
    jk_auction_advice advice = jk_auction_best(auction);
    tender->bids = advice.bids;
    tender->best = row_of(tender, &flows, advice.best);
    tender->naive = row_of(tender, &flows, advice.naive);
    tender->break_even = advice.break_even;
    tender->curse = 1.0 - advice.best.worth / auction->value;
    for (int i = 0; i < JK_TENDER_STEPS; i++) {
        double share = (50.0 + 5.0 * i) / 100.0;
        tender->step[i] = row_of(tender, &flows, jk_auction_at(auction, share * auction->value));
    }
    return JK_OK;
}

/* Rivals bid what they bid, whatever the portfolio is worth: their level is a share of our value as it was. */
void jk_tender_confound(jk_tender *tender, const jk_confounding *confounding) {
    jk_auction lower = tender->auction;
    tender->confounding = confounding;
    /* what its plan does not bring is not brought by this one either */
    double best = confounding->best * tender->auction.value / confounding->value;
    if (best > 0.0) {
        lower.level *= lower.value / best;
        lower.value = best;
        jk_auction_advice advice = jk_auction_best(&lower);
        tender->confounded_bid = advice.bids ? advice.best.bid : (double)NAN;
    }
}

/* ---- rows and JSON -------------------------------------------------------------------------------------------- */

enum { ROW, BID, SHARE, PCT_OF_FACE, CHANCE, WORTH, GAIN, EXPECTED, IRR, IRR_IF_WON, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [ROW] = JK_LISTED_TEXT("row", "", "best, or step; naive: the bid of who takes the value for certain"),
    [BID] = JK_LISTED_MONEY("bid", "bid", "The bid"),
    [SHARE] = {"share_of_value", "of value", "share", "Bid over value", JK_LISTING_NUMBER, 6},
    [PCT_OF_FACE] = {"pct_of_face", "of face", "%", "Bid in per cent of face", JK_LISTING_NUMBER, 4},
    [CHANCE] = {"chance", "chance to win", "share", "Chance to win with it", JK_LISTING_NUMBER, 8},
    [WORTH] = JK_LISTED_MONEY("worth_if_won", "worth if won", "Value once winning is known"),
    [GAIN] = JK_LISTED_MONEY("gain_if_won", "gain if won", "That less the bid"),
    [EXPECTED] = JK_LISTED_MONEY("expected_gain", "expected gain", "Gain times chance"),
    [IRR] = {"irr", "return", "a year", "Return at the bid", JK_LISTING_NUMBER, 6},
    [IRR_IF_WON] = {"irr_if_won", "return if won", "a year", "The same once winning is known", JK_LISTING_NUMBER, 6},
};

static void fill(const char *name, const jk_tender_row *row, jk_cell *cells) {
    jk_cell_set(&cells[ROW], name);
    cells[BID].number = row->at.bid;
    cells[SHARE].number = row->share_of_value;
    cells[PCT_OF_FACE].number = row->pct_of_face;
    cells[CHANCE].number = row->at.chance;
    cells[WORTH].number = row->at.worth;
    cells[GAIN].number = row->at.gain_if_won;
    cells[EXPECTED].number = row->at.expected_gain;
    cells[IRR].number = row->irr;
    cells[IRR_IF_WON].number = row->irr_if_won;
}

/* The naive bid stands behind the rows: JSON tells it apart. */
static jk_status bid_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_tender *tender = listing->source[0];
    (void)error;
    if (tender->bids && row == 0) {
        fill("best", &tender->best, cells);
    } else if (row == listing->rows) {
        fill("naive", &tender->naive, cells);
    } else {
        fill("step", &tender->step[tender->bids ? row - 1 : row], cells);
    }
    return JK_OK;
}

jk_listing jk_tender_listing(const jk_tender *tender) {
    return JK_LISTING_OF("bid", columns, tender == NULL ? 0 : (size_t)JK_TENDER_STEPS + (tender->bids ? 1 : 0),
                         bid_cells, tender);
}

/* The best bid among the steps: before the first that is not below it. */
static jk_status ladder_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_tender *tender = listing->source[0];
    size_t best = 0;
    while (best < JK_TENDER_STEPS && tender->step[best].at.bid < tender->best.at.bid) {
        best++;
    }
    const bool is_before = tender->bids && row < best, is_best = tender->bids && row == best;
    return bid_cells(listing, is_best ? 0 : is_before ? row + 1 : row, cells, error);
}

jk_listing jk_tender_ladder_listing(const jk_tender *tender) {
    jk_listing listing = jk_tender_listing(tender);
    listing.cells = ladder_cells;
    return listing;
}

static json_t *confounding_json(jk_json_builder *b, const jk_tender *tender) {
    const jk_confounding *at = tender->confounding;
    json_t *object = json_object();
    jk_json_put_numbers(b, object, {"factor", at->factor}, {"value", at->value}, {"kept", at->kept}, {"best", at->best},
                        {"bid", tender->confounded_bid});
    return object;
}

char *jk_tender_json(const jk_tender *tender, const char *manifest) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    const jk_auction *auction = &tender->auction;
    const jk_listing rows = jk_tender_listing(tender);
    jk_json_put_numbers(&b, object, {"value", auction->value}, {"overstated", tender->overstated});
    jk_json_put(&b, object, "face", jk_json_number(tender->face));
    jk_json_put(&b, object, "rivals", json_integer(auction->rivals));
    jk_json_put_numbers(&b, object, {"level", auction->level}, {"spread", auction->spread}, {"error", auction->error},
                        {"correlation", auction->correlation}, {"reserve", auction->reserve});
    jk_json_put(&b, object, "bids", json_boolean(tender->bids));
    jk_json_put(&b, object, "best", tender->bids ? jk_listing_row_json(&b, &rows, 0) : json_null());
    jk_json_put(&b, object, "naive", jk_listing_row_json(&b, &rows, rows.rows));
    jk_json_put(&b, object, "break_even", jk_json_number(tender->break_even));
    jk_json_put(&b, object, "curse", tender->bids ? jk_json_number(tender->curse) : json_null());
    json_t *steps = json_array();
    for (size_t row = tender->bids ? 1 : 0; row < rows.rows; row++) {
        jk_json_append(&b, steps, jk_listing_row_json(&b, &rows, row));
    }
    jk_json_put(&b, object, "steps", steps);
    jk_json_put_worth(&b, object, tender->worth);
    if (tender->confounding != NULL && tender->confounding->factor > 0.0) {
        jk_json_put(&b, object, "confounding", confounding_json(&b, tender));
    }
    jk_json_put_text(&b, object, "manifest", manifest);
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
