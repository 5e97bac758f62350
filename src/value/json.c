/* SPDX-License-Identifier: Apache-2.0 */
/* Summaries as JSON: the keys are the command line's contract. A number that is none is null. */
#include <math.h>

#include "base/calendar.h"
#include "base/json.h"
#include "jalki/export.h"

/* Fifteen digits: 0.15 stays 0.15, and sums on the grid keep their cents. */
enum { JSON_FLAGS = JSON_INDENT(2) | JSON_REAL_PRECISION(15) };

static json_t *months_or_null(int months) {
    return months < 0 ? json_null() : json_integer(months);
}

static json_t *text_or_null(const char *text) {
    return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

/* ---- pieces --------------------------------------------------------------------------------------------------- */

static json_t *returns_of(jk_json_builder *b, const jk_valuation *valuations, size_t count) {
    if (count == 1) {
        return jk_json_number(valuations[0].irr);
    }
    json_t *list = json_array();
    for (size_t r = 0; r < count; r++) {
        jk_json_append(b, list, jk_json_number(valuations[r].irr));
    }
    return list;
}

static json_t *manifest(jk_json_builder *b, const jk_tape *tape, const jk_model *model, const jk_valuation *valuations,
                        size_t count) {
    char date[JK_DATE_TEXT];
    json_t *object = json_object();
    json_t *options = json_object();
    jk_json_put(b, object, "program", json_string("jalki"));
    jk_json_put(b, object, "version", json_string(JALKI_VERSION));
    jk_json_put(b, object, "tape_sha256", text_or_null(jk_tape_sha256(tape)));
    jk_json_put(b, object, "model", text_or_null(model->name));
    jk_json_put(b, object, "model_sha256", text_or_null(model->sha256));
    jk_json_put(b, object, "base_currency", text_or_null(model->base_currency));
    jk_json_put(b, object, "cutoff", json_string(jk_date_format(valuations[0].cutoff, date)));
    jk_json_put(b, object, "irr", returns_of(b, valuations, count));
    jk_json_put(b, object, "scenario", json_string("base"));
    jk_json_put(b, object, "seed", json_null());
    jk_json_put(b, options, "sell", json_boolean((valuations[0].allow & JK_ALLOW(JK_SELL)) != 0));
    jk_json_put(b, object, "options", options);
    return object;
}

static json_t *group(jk_json_builder *b, const jk_group *sums) {
    json_t *object = json_object();
    jk_json_put(b, object, "claims", json_integer((json_int_t)sums->claims));
    jk_json_put(b, object, "face", jk_json_number(sums->face));
    jk_json_put(b, object, "value", jk_json_number(sums->value));
    return object;
}

static json_t *decisions(jk_json_builder *b, const jk_valuation *valuation) {
    json_t *object = json_object();
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        jk_json_put(b, object, jk_action_name((jk_action)a), group(b, &valuation->decision[a]));
    }
    return object;
}

static json_t *countries(jk_json_builder *b, const jk_valuation *valuation) {
    json_t *object = json_object();
    for (size_t c = 0; c < valuation->country_count; c++) {
        jk_json_put(b, object, valuation->country_id[c], group(b, &valuation->country[c]));
    }
    return object;
}

static json_t *segments(jk_json_builder *b, const jk_valuation *valuation) {
    json_t *list = json_array();
    for (size_t s = 0; s < valuation->segment_count; s++) {
        jk_month sum = jk_valuation_months(valuation, valuation->flow.months, s);
        json_t *object = json_object();
        jk_json_put(b, object, "id", json_string(valuation->segment_id[s]));
        jk_json_put(b, object, "claims", json_integer((json_int_t)valuation->segment[s].claims));
        jk_json_put(b, object, "face", jk_json_number(valuation->segment[s].face));
        jk_json_put(b, object, "value", jk_json_number(valuation->segment[s].value));
        jk_json_put(b, object, "erc_gross", jk_json_number(sum.gross));
        jk_json_put(b, object, "net", jk_json_number(sum.net));
        jk_json_append(b, list, object);
    }
    return list;
}

static json_t *collections(jk_json_builder *b, const jk_offer *offer) {
    json_t *object = json_object();
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%d", jk_erc_months[i]);
        jk_json_put(b, object, key, jk_json_number(offer->erc_gross[i]));
    }
    return object;
}

/* ---- whole texts ---------------------------------------------------------------------------------------------- */

char *jk_manifest_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuation) {
    jk_json_builder b = {0};
    return jk_json_text(&b, manifest(&b, tape, model, valuation, 1), JSON_FLAGS);
}

char *jk_valuation_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuation) {
    jk_json_builder b = {0};
    jk_offer offer = jk_offer_make(valuation, NULL, 0, NAN);
    json_t *object = json_object();
    jk_json_put(&b, object, "claims", json_integer((json_int_t)valuation->total.claims));
    jk_json_put(&b, object, "face", jk_json_number(valuation->total.face));
    jk_json_put(&b, object, "value", jk_json_number(valuation->total.value));
    jk_json_put(&b, object, "onboarding", jk_json_number(valuation->onboarding));
    jk_json_put(&b, object, "bid", jk_json_number(offer.bid));
    jk_json_put(&b, object, "bid_pct_of_face", jk_json_number(offer.bid_pct_of_face));
    jk_json_put(&b, object, "irr", jk_json_number(valuation->irr));
    jk_json_put(&b, object, "horizon_months", json_integer(valuation->flow.months));
    jk_json_put(&b, object, "erc_gross", collections(&b, &offer));
    jk_json_put(&b, object, "net", jk_json_number(offer.sum.net));
    jk_json_put(&b, object, "multiple", jk_json_number(offer.multiple));
    jk_json_put(&b, object, "payback_months", months_or_null(offer.payback));
    jk_json_put(&b, object, "decisions", decisions(&b, valuation));
    jk_json_put(&b, object, "segments", segments(&b, valuation));
    jk_json_put(&b, object, "countries", countries(&b, valuation));
    jk_json_put(&b, object, "manifest", manifest(&b, tape, model, valuation, 1));
    return jk_json_text(&b, object, JSON_FLAGS);
}

/* ---- offers --------------------------------------------------------------------------------------------------- */

static void put_bid(jk_json_builder *b, json_t *object, const jk_valuation *valuation, const jk_group *sums) {
    double bid = jk_group_bid(valuation, sums);
    jk_json_put(b, object, "onboarding", jk_json_number(valuation->onboarding_cost * (double)sums->claims));
    jk_json_put(b, object, "bid", jk_json_number(bid));
    jk_json_put(b, object, "bid_pct_of_face", jk_json_number(jk_percent(bid, sums->face)));
}

static json_t *group_with_bid(jk_json_builder *b, const jk_valuation *valuation, const jk_group *sums) {
    json_t *object = group(b, sums);
    put_bid(b, object, valuation, sums);
    jk_json_put(b, object, "erc_gross", jk_json_number(sums->erc_gross));
    jk_json_put(b, object, "net", jk_json_number(sums->erc_net));
    return object;
}

static void put_groups(jk_json_builder *b, json_t *object, const jk_valuation *valuation) {
    json_t *by_decision = json_object();
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        jk_json_put(b, by_decision, jk_action_name((jk_action)a),
                    group_with_bid(b, valuation, &valuation->decision[a]));
    }
    json_t *by_country = json_object();
    for (size_t c = 0; c < valuation->country_count; c++) {
        jk_json_put(b, by_country, valuation->country_id[c], group_with_bid(b, valuation, &valuation->country[c]));
    }
    json_t *by_segment = json_array();
    for (size_t s = 0; s < valuation->segment_count; s++) {
        json_t *entry = json_object();
        jk_json_put(b, entry, "id", json_string(valuation->segment_id[s]));
        json_t *rest = group_with_bid(b, valuation, &valuation->segment[s]);
        b->failed |= json_object_update(entry, rest) != 0;
        json_decref(rest);
        jk_json_append(b, by_segment, entry);
    }
    jk_json_put(b, object, "decisions", by_decision);
    jk_json_put(b, object, "segments", by_segment);
    jk_json_put(b, object, "countries", by_country);
}

static json_t *asked_price(jk_json_builder *b, const jk_offer *offer) {
    json_t *object = json_object();
    jk_json_put(b, object, "price", jk_json_number(offer->asked));
    jk_json_put(b, object, "irr", jk_json_number(offer->asked_irr));
    jk_json_put(b, object, "irr_outcome", json_string(jk_irr_outcome_name(offer->asked_outcome)));
    jk_json_put(b, object, "multiple", jk_json_number(offer->asked_multiple));
    jk_json_put(b, object, "payback_months", months_or_null(offer->asked_payback));
    return object;
}

static json_t *offer_at_return(jk_json_builder *b, const jk_valuation *valuation, const jk_floor *floors,
                               size_t floor_count, double asked) {
    jk_offer offer = jk_offer_make(valuation, floors, floor_count, asked);
    json_t *object = json_object();
    jk_json_put(b, object, "scenario", json_string("base"));
    jk_json_put(b, object, "irr", jk_json_number(offer.irr));
    jk_json_put(b, object, "value", jk_json_number(offer.value));
    jk_json_put(b, object, "bid_at_return", jk_json_number(offer.bid_at_return));
    jk_json_put(b, object, "bid", jk_json_number(offer.bid));
    jk_json_put(b, object, "bid_pct_of_face", jk_json_number(offer.bid_pct_of_face));
    jk_json_put(b, object, "binding",
                json_string(offer.binding < 0 ? "return" : jk_floor_kind_name(floors[offer.binding].kind)));
    jk_json_put(b, object, "attainable", json_boolean(offer.attainable));
    jk_json_put(b, object, "erc_gross", collections(b, &offer));
    jk_json_put(b, object, "gross", jk_json_number(offer.sum.gross));
    jk_json_put(b, object, "cost", jk_json_number(offer.sum.cost));
    jk_json_put(b, object, "cost_share", jk_json_number(offer.cost_share));
    jk_json_put(b, object, "sale", jk_json_number(offer.sum.sale));
    jk_json_put(b, object, "net", jk_json_number(offer.sum.net));
    jk_json_put(b, object, "multiple", jk_json_number(offer.multiple));
    jk_json_put(b, object, "payback_months", months_or_null(offer.payback));
    jk_json_put(b, object, "asked", isnan(asked) ? json_null() : asked_price(b, &offer));
    put_groups(b, object, valuation);
    return object;
}

char *jk_offers_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuations, size_t count,
                     const jk_floor *floors, size_t floor_count, double asked) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    jk_json_put(&b, object, "claims", json_integer((json_int_t)valuations[0].total.claims));
    jk_json_put(&b, object, "face", jk_json_number(valuations[0].total.face));
    jk_json_put(&b, object, "onboarding", jk_json_number(valuations[0].onboarding));
    jk_json_put(&b, object, "horizon_months", json_integer(valuations[0].flow.months));
    json_t *conditions = json_array();
    for (size_t i = 0; i < floor_count; i++) {
        json_t *entry = json_object();
        jk_json_put(&b, entry, "kind", json_string(jk_floor_kind_name(floors[i].kind)));
        jk_json_put(&b, entry, "bound", jk_json_number(floors[i].bound));
        jk_json_append(&b, conditions, entry);
    }
    jk_json_put(&b, object, "floors", conditions);
    json_t *returns = json_array();
    for (size_t r = 0; r < count; r++) {
        b.failed |=
            json_array_append_new(returns, offer_at_return(&b, &valuations[r], floors, floor_count, asked)) != 0;
    }
    jk_json_put(&b, object, "returns", returns);
    jk_json_put(&b, object, "manifest", manifest(&b, tape, model, valuations, count));
    return jk_json_text(&b, object, JSON_FLAGS);
}
