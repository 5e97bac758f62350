/* SPDX-License-Identifier: Apache-2.0 */
/* From face to bid, bids at several returns, and the cash flow behind them. */
#include <math.h>
#include <stdbool.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "report/figures.h"
#include "value/quote.h"

int jk_figures_decimals(const jk_valuation *valuation) {
    return valuation->total.face < 1e6 ? 2 : 0;
}

/* ---- the waterfall ---------------------------------------------------------------------------------------------- */

/* Levels are rounded to the decimals shown and steps are differences of rounded levels, so that what the reader sees
 * adds up exactly. */
typedef struct waterfall {
    jk_json_builder *b;
    json_t *list;
    double unit;  /* 1, or 100 where cents are shown */
    double level; /* reached, in units */
} waterfall;

static void add_bar(waterfall *fall, const char *name, const char *kind, double units) {
    json_t *bar = json_object();
    jk_json_put(fall->b, bar, "name", jk_json_string(name));
    jk_json_put(fall->b, bar, "kind", json_string(kind));
    jk_json_put(fall->b, bar, "amount", jk_json_number(units / fall->unit));
    jk_json_append(fall->b, fall->list, bar);
}

static void step_to(waterfall *fall, const char *name, double amount) {
    double level = nearbyint(amount * fall->unit);
    add_bar(fall, name, "step", level - fall->level);
    fall->level = level;
}

static void show_level(waterfall *fall, const char *name) {
    add_bar(fall, name, "level", fall->level);
}

double jk_figures_bid(const jk_figures *figures) {
    for (size_t r = 0; r < figures->bids.return_count; r++) {
        const jk_offer *offer = &jk_bid_at(&figures->bids, 0, r, 0)->offer;
        if (offer->irr == figures->valuation.irr) {
            return offer->bid;
        }
    }
    return (double)NAN;
}

json_t *jk_figures_waterfall(jk_json_builder *b, const jk_figures *figures) {
    const jk_valuation *valuation = &figures->valuation;
    const jk_report_options *options = figures->options;
    jk_offer offer = jk_offer_make(valuation, options->floors, options->floor_count, (double)NAN);
    offer.bid = jk_figures_bid(figures); /* of the best plan */
    waterfall fall = {b, json_array(), jk_figures_decimals(valuation) == 2 ? 100.0 : 1.0, 0.0};
    fall.level = nearbyint(valuation->total.face * fall.unit);
    show_level(&fall, "face");
    step_to(&fall, "never_collected", offer.sum.gross);
    show_level(&fall, "gross");
    step_to(&fall, "cost", offer.sum.gross - offer.sum.cost);
    if (offer.sum.sale > 0.0) {
        step_to(&fall, "sale", offer.sum.net);
    }
    step_to(&fall, "time_value", offer.value);
    show_level(&fall, "value");
    step_to(&fall, "onboarding", offer.value - offer.onboarding);
    if (offer.value < offer.onboarding) {
        step_to(&fall, "not_below_zero", offer.bid_at_return);
    }
    if (offer.bid < offer.bid_at_return) {
        step_to(&fall, "floor", offer.bid);
    }
    show_level(&fall, "bid");
    return fall.list;
}

/* ---- bids ------------------------------------------------------------------------------------------------------- */

static json_t *payback(int months) {
    return months < 0 ? json_null() : json_integer(months);
}

static json_t *bid_of(jk_json_builder *b, const jk_figures *figures, size_t which_return) {
    const jk_bid_cell *cell = jk_bid_at(&figures->bids, 0, which_return, 0);
    jk_offer offer = cell->offer;
    json_t *object = json_object();
    jk_json_put(b, object, "irr", jk_json_number(offer.irr));
    jk_json_put(b, object, "chosen", json_boolean(offer.irr == figures->valuation.irr));
    jk_json_put_numbers(b, object, {"value", offer.value}, {"onboarding", offer.onboarding},
                        {"bid_at_return", offer.bid_at_return}, {"bid", offer.bid},
                        {"bid_pct_of_face", offer.bid_pct_of_face});
    jk_json_put(b, object, "binding", json_string(jk_bid_binding(&figures->bids, cell)));
    jk_json_put(b, object, "attainable", json_boolean(offer.attainable));
    jk_json_put_numbers(b, object, {"gross", offer.sum.gross}, {"cost", offer.sum.cost}, {"sale", offer.sum.sale},
                        {"net", offer.sum.net}, {"cost_share", offer.cost_share}, {"multiple", offer.multiple});
    jk_json_put(b, object, "payback_months", payback(offer.payback));
    jk_quote_json(b, object, &offer);
    if (!isnan(figures->options->asked)) {
        json_t *asked = json_object();
        jk_json_put_numbers(b, asked, {"price", offer.asked}, {"irr", offer.asked_irr});
        jk_json_put(b, asked, "irr_outcome", json_string(jk_irr_outcome_name(offer.asked_outcome)));
        jk_json_put(b, asked, "multiple", jk_json_number(offer.asked_multiple));
        jk_json_put(b, asked, "payback_months", payback(offer.asked_payback));
        jk_json_put(b, object, "asked", asked);
    }
    return object;
}

/* What a segment or a country would be bid for by itself, one bid for each return. */
static json_t *line_of(jk_json_builder *b, const jk_figures *figures, size_t line) {
    const jk_bids *bids = &figures->bids;
    const jk_group *group = &jk_bid_at(bids, 0, 0, line)->group;
    json_t *object = json_object();
    json_t *amounts = json_array();
    json_t *binding = json_array();
    jk_json_put(b, object, "kind", json_string(jk_bid_kind_name(bids->line[line].kind)));
    jk_json_put(b, object, "name", jk_json_string(bids->line[line].name));
    jk_json_put(b, object, "claims", json_integer((json_int_t)group->claims));
    jk_json_put(b, object, "face", jk_json_number(group->face));
    for (size_t r = 0; r < figures->returns; r++) {
        const jk_bid_cell *cell = jk_bid_at(bids, 0, figures->rising[r], line);
        jk_json_append(b, amounts, jk_json_number(cell->offer.bid));
        jk_json_append(b, binding, json_string(jk_bid_binding(bids, cell)));
    }
    jk_json_put(b, object, "bids", amounts);
    jk_json_put(b, object, "binding", binding);
    return object;
}

static json_t *lines_of(jk_json_builder *b, const jk_figures *figures) {
    const jk_bids *bids = &figures->bids;
    json_t *list = json_array();
    for (size_t l = 0; l < bids->line_count; l++) {
        bool by_itself = bids->line[l].kind == JK_BID_SEGMENT || bids->line[l].kind == JK_BID_COUNTRY;
        if (by_itself && jk_bid_at(bids, 0, 0, l)->group.claims > 0) {
            jk_json_append(b, list, line_of(b, figures, l));
        }
    }
    return list;
}

json_t *jk_figures_returns(jk_json_builder *b, const jk_figures *figures) {
    json_t *object = json_object();
    json_t *floors = json_array();
    json_t *bids = json_array();
    for (size_t i = 0; i < figures->options->floor_count; i++) {
        json_t *entry = json_object();
        jk_json_put(b, entry, "kind", json_string(jk_floor_kind_name(figures->options->floors[i].kind)));
        jk_json_put(b, entry, "bound", jk_json_number(figures->options->floors[i].bound));
        jk_json_append(b, floors, entry);
    }
    for (size_t r = 0; r < figures->returns; r++) {
        jk_json_append(b, bids, bid_of(b, figures, figures->rising[r]));
    }
    jk_json_put(b, object, "floors", floors);
    jk_json_put(b, object, "bids", bids);
    jk_json_put(b, object, "alone", lines_of(b, figures));
    return object;
}

/* ---- flows and reasons --------------------------------------------------------------------------------------------
 */

/* Claims expected to be paying, at the start of each epoch; null where no segment has payers. */
static json_t *payers_of(jk_json_builder *b, const jk_model *model, const jk_valuation *valuation) {
    if (!jk_model_has_payers(model)) {
        return json_null();
    }
    const jk_listing rows = jk_valuation_payers_listing(valuation, model);
    json_t *epochs = jk_listing_json(b, &rows), *list = json_array();
    for (size_t j = 0; j < json_array_size(epochs); j++) {
        const json_t *epoch = json_array_get(epochs, j);
        json_t *item = json_object();
        jk_json_put(b, item, "month", json_incref(json_object_get(epoch, "after_months")));
        jk_json_put(b, item, "claims", json_incref(json_object_get(epoch, "payers")));
        jk_json_append(b, list, item);
    }
    json_decref(epochs);
    return list;
}

json_t *jk_figures_months(jk_json_builder *b, const jk_model *model, const jk_valuation *valuation) {
    json_t *gross = json_array();
    json_t *instalments = json_array();
    json_t *cost = json_array();
    json_t *sale = json_array();
    json_t *net = json_array();
    for (int t = 1; t <= valuation->flow.months; t++) {
        jk_month month = jk_valuation_month(valuation, t, valuation->segment_count);
        jk_json_append(b, gross, jk_json_number(month.gross));
        jk_json_append(b, instalments, jk_json_number(month.instalments));
        jk_json_append(b, cost, jk_json_number(month.cost));
        jk_json_append(b, sale, jk_json_number(month.sale));
        jk_json_append(b, net, jk_json_number(month.net));
    }
    json_t *object = json_object();
    jk_json_put(b, object, "gross", gross);
    jk_json_put(b, object, "instalments", instalments);
    jk_json_put(b, object, "cost", cost);
    jk_json_put(b, object, "sale", sale);
    jk_json_put(b, object, "net", net);
    jk_json_put(b, object, "payers", payers_of(b, model, valuation));
    return object;
}

json_t *jk_figures_reasons(jk_json_builder *b, const jk_valuation *valuation) {
    json_t *list = json_array();
    for (int r = 0; r < JK_REASON_COUNT; r++) {
        json_t *entry = json_object();
        jk_json_put(b, entry, "reason", json_string(jk_reason_name((jk_reason)r)));
        jk_json_put(b, entry, "claims", json_integer((json_int_t)valuation->reason[r]));
        jk_json_put(b, entry, "face", jk_json_number(valuation->reason_face[r]));
        jk_json_append(b, list, entry);
    }
    return list;
}
