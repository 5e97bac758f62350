/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/tender.h"

#include <math.h>

#include "base/error.h"
#include "base/run_record.h"
#include "value/json_parts.h"

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

static void take_flows(const jk_valuation *valuation, tender_flows *flows) {
    flows->months = valuation->flow.months;
    flows->onboarding = valuation->onboarding;
    for (int t = 1; t <= flows->months; t++) {
        flows->net[t - 1] = jk_valuation_month(valuation, t, valuation->flow.segments).net;
    }
}

jk_status jk_tender_make(const jk_auction *auction, const jk_valuation *valuation, double face, jk_tender *tender,
                         jk_error *error) {
    *tender = (jk_tender){.auction = *auction, .face = valuation != NULL ? valuation->total.face : face};
    if (!(auction->value > 0.0)) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL,
                       "the portfolio is worth nothing at the required return after onboarding: there is nothing to "
                       "bid for");
    }
    JK_TRY(jk_auction_check(auction, error));
    tender_flows flows = {.months = 0};
    if (valuation != NULL) {
        take_flows(valuation, &flows);
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

/* ---- JSON ----------------------------------------------------------------------------------------------------- */

static json_t *row_json(jk_json_builder *b, const jk_tender_row *row) {
    json_t *object = json_object();
    const struct {
        const char *key;
        double number;
    } numbers[] = {{"bid", row->at.bid},
                   {"share_of_value", row->share_of_value},
                   {"pct_of_face", row->pct_of_face},
                   {"chance", row->at.chance},
                   {"worth_if_won", row->at.worth},
                   {"gain_if_won", row->at.gain_if_won},
                   {"expected_gain", row->at.expected_gain},
                   {"irr", row->irr},
                   {"irr_if_won", row->irr_if_won}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        jk_json_put(b, object, numbers[i].key, jk_json_number(numbers[i].number));
    }
    return object;
}

char *jk_tender_json(const jk_tender *tender, const char *manifest) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    const jk_auction *auction = &tender->auction;
    jk_json_put(&b, object, "value", jk_json_number(auction->value));
    jk_json_put(&b, object, "face", jk_json_number(tender->face));
    jk_json_put(&b, object, "rivals", json_integer(auction->rivals));
    jk_json_put(&b, object, "level", jk_json_number(auction->level));
    jk_json_put(&b, object, "spread", jk_json_number(auction->spread));
    jk_json_put(&b, object, "error", jk_json_number(auction->error));
    jk_json_put(&b, object, "correlation", jk_json_number(auction->correlation));
    jk_json_put(&b, object, "reserve", jk_json_number(auction->reserve));
    jk_json_put(&b, object, "bids", json_boolean(tender->bids));
    jk_json_put(&b, object, "best", tender->bids ? row_json(&b, &tender->best) : json_null());
    jk_json_put(&b, object, "naive", row_json(&b, &tender->naive));
    jk_json_put(&b, object, "break_even", jk_json_number(tender->break_even));
    jk_json_put(&b, object, "curse", tender->bids ? jk_json_number(tender->curse) : json_null());
    json_t *steps = json_array();
    for (int i = 0; i < JK_TENDER_STEPS; i++) {
        jk_json_append(&b, steps, row_json(&b, &tender->step[i]));
    }
    jk_json_put(&b, object, "steps", steps);
    jk_json_put_worth(&b, object, tender->worth);
    jk_json_put(&b, object, "manifest", manifest == NULL ? jk_run_record_manifest(&b) : json_loads(manifest, 0, NULL));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
