/* SPDX-License-Identifier: Apache-2.0 */
/* Summaries as JSON: the keys are the command line's contract. A number that is none is null. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "jalki/export.h"

/* Fifteen digits: 0.15 stays 0.15, and sums on the grid keep their cents. */
enum { JSON_FLAGS = JSON_INDENT(2) | JSON_REAL_PRECISION(15) };

static json_t *number(double value) {
    if (!isfinite(value)) {
        return json_null();
    }
    return json_real(value == 0.0 ? 0.0 : value); /* no -0 */
}

static json_t *months_or_null(int months) {
    return months < 0 ? json_null() : json_integer(months);
}

static json_t *text_or_null(const char *text) {
    return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

/* All json_*_new accept NULL for a value that could not be held and then fail: one flag at the end is enough. */
typedef struct builder {
    int failed;
} builder;

static void put(builder *b, json_t *object, const char *key, json_t *value) {
    b->failed |= json_object_set_new(object, key, value) != 0;
}

/* ---- pieces --------------------------------------------------------------------------------------------------- */

static json_t *returns_of(builder *b, const jk_valuation *valuations, size_t count) {
    if (count == 1) {
        return number(valuations[0].irr);
    }
    json_t *list = json_array();
    for (size_t r = 0; r < count; r++) {
        b->failed |= json_array_append_new(list, number(valuations[r].irr)) != 0;
    }
    return list;
}

static json_t *manifest(builder *b, const jk_tape *tape, const jk_model *model, const jk_valuation *valuations,
                        size_t count) {
    char date[JK_DATE_TEXT];
    json_t *object = json_object();
    json_t *options = json_object();
    put(b, object, "program", json_string("jalki"));
    put(b, object, "version", json_string(JALKI_VERSION));
    put(b, object, "tape_sha256", text_or_null(jk_tape_sha256(tape)));
    put(b, object, "model", text_or_null(model->name));
    put(b, object, "model_sha256", text_or_null(model->sha256));
    put(b, object, "base_currency", text_or_null(model->base_currency));
    put(b, object, "cutoff", json_string(jk_date_format(valuations[0].cutoff, date)));
    put(b, object, "irr", returns_of(b, valuations, count));
    put(b, object, "scenario", json_string("base"));
    put(b, object, "seed", json_null());
    put(b, options, "sell", json_boolean((valuations[0].allow & JK_ALLOW(JK_SELL)) != 0));
    put(b, object, "options", options);
    return object;
}

static json_t *group(builder *b, const jk_group *sums) {
    json_t *object = json_object();
    put(b, object, "claims", json_integer((json_int_t)sums->claims));
    put(b, object, "face", number(sums->face));
    put(b, object, "value", number(sums->value));
    return object;
}

static json_t *decisions(builder *b, const jk_valuation *valuation) {
    json_t *object = json_object();
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        put(b, object, jk_action_name((jk_action)a), group(b, &valuation->decision[a]));
    }
    return object;
}

static json_t *countries(builder *b, const jk_valuation *valuation) {
    json_t *object = json_object();
    for (size_t c = 0; c < valuation->country_count; c++) {
        put(b, object, valuation->country_id[c], group(b, &valuation->country[c]));
    }
    return object;
}

static json_t *segments(builder *b, const jk_valuation *valuation) {
    json_t *list = json_array();
    for (size_t s = 0; s < valuation->segment_count; s++) {
        jk_month sum = jk_valuation_months(valuation, valuation->flow.months, s);
        json_t *object = json_object();
        put(b, object, "id", json_string(valuation->segment_id[s]));
        put(b, object, "claims", json_integer((json_int_t)valuation->segment[s].claims));
        put(b, object, "face", number(valuation->segment[s].face));
        put(b, object, "value", number(valuation->segment[s].value));
        put(b, object, "erc_gross", number(sum.gross));
        put(b, object, "net", number(sum.net));
        b->failed |= json_array_append_new(list, object) != 0;
    }
    return list;
}

static json_t *collections(builder *b, const jk_offer *offer) {
    json_t *object = json_object();
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%d", jk_erc_months[i]);
        put(b, object, key, number(offer->erc_gross[i]));
    }
    return object;
}

/* Text of an object, which is freed; NULL if anything could not be held. */
static char *finish(const builder *b, json_t *object) {
    char *text = b->failed ? NULL : json_dumps(object, JSON_FLAGS);
    json_decref(object);
    if (text == NULL) {
        return NULL;
    }
    size_t length = strlen(text);
    char *ended = malloc(length + 2);
    if (ended != NULL) {
        memcpy(ended, text, length);
        memcpy(ended + length, "\n", 2);
    }
    free(text);
    return ended;
}

/* ---- whole texts ---------------------------------------------------------------------------------------------- */

char *jk_manifest_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuation) {
    builder b = {0};
    return finish(&b, manifest(&b, tape, model, valuation, 1));
}

char *jk_valuation_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuation) {
    builder b = {0};
    jk_offer offer = jk_offer_make(valuation, NULL, 0, NAN);
    json_t *object = json_object();
    put(&b, object, "claims", json_integer((json_int_t)valuation->total.claims));
    put(&b, object, "face", number(valuation->total.face));
    put(&b, object, "value", number(valuation->total.value));
    put(&b, object, "onboarding", number(valuation->onboarding));
    put(&b, object, "bid", number(offer.bid));
    put(&b, object, "bid_pct_of_face", number(offer.bid_pct_of_face));
    put(&b, object, "irr", number(valuation->irr));
    put(&b, object, "horizon_months", json_integer(valuation->flow.months));
    put(&b, object, "erc_gross", collections(&b, &offer));
    put(&b, object, "net", number(offer.sum.net));
    put(&b, object, "multiple", number(offer.multiple));
    put(&b, object, "payback_months", months_or_null(offer.payback));
    put(&b, object, "decisions", decisions(&b, valuation));
    put(&b, object, "segments", segments(&b, valuation));
    put(&b, object, "countries", countries(&b, valuation));
    put(&b, object, "manifest", manifest(&b, tape, model, valuation, 1));
    return finish(&b, object);
}

/* ---- offers --------------------------------------------------------------------------------------------------- */

static void put_bid(builder *b, json_t *object, const jk_valuation *valuation, const jk_group *sums) {
    double bid = jk_group_bid(valuation, sums);
    put(b, object, "onboarding", number(valuation->onboarding_cost * (double)sums->claims));
    put(b, object, "bid", number(bid));
    put(b, object, "bid_pct_of_face", number(jk_percent(bid, sums->face)));
}

static json_t *group_with_bid(builder *b, const jk_valuation *valuation, const jk_group *sums) {
    json_t *object = group(b, sums);
    put_bid(b, object, valuation, sums);
    put(b, object, "erc_gross", number(sums->erc_gross));
    put(b, object, "net", number(sums->erc_net));
    return object;
}

static void put_groups(builder *b, json_t *object, const jk_valuation *valuation) {
    json_t *by_decision = json_object();
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        put(b, by_decision, jk_action_name((jk_action)a), group_with_bid(b, valuation, &valuation->decision[a]));
    }
    json_t *by_country = json_object();
    for (size_t c = 0; c < valuation->country_count; c++) {
        put(b, by_country, valuation->country_id[c], group_with_bid(b, valuation, &valuation->country[c]));
    }
    json_t *by_segment = json_array();
    for (size_t s = 0; s < valuation->segment_count; s++) {
        json_t *entry = json_object();
        put(b, entry, "id", json_string(valuation->segment_id[s]));
        json_t *rest = group_with_bid(b, valuation, &valuation->segment[s]);
        b->failed |= json_object_update(entry, rest) != 0;
        json_decref(rest);
        b->failed |= json_array_append_new(by_segment, entry) != 0;
    }
    put(b, object, "decisions", by_decision);
    put(b, object, "segments", by_segment);
    put(b, object, "countries", by_country);
}

static json_t *asked_price(builder *b, const jk_offer *offer) {
    json_t *object = json_object();
    put(b, object, "price", number(offer->asked));
    put(b, object, "irr", number(offer->asked_irr));
    put(b, object, "irr_outcome", json_string(jk_irr_outcome_name(offer->asked_outcome)));
    put(b, object, "multiple", number(offer->asked_multiple));
    put(b, object, "payback_months", months_or_null(offer->asked_payback));
    return object;
}

static json_t *offer_at_return(builder *b, const jk_valuation *valuation, const jk_floor *floors, size_t floor_count,
                               double asked) {
    jk_offer offer = jk_offer_make(valuation, floors, floor_count, asked);
    json_t *object = json_object();
    put(b, object, "scenario", json_string("base"));
    put(b, object, "irr", number(offer.irr));
    put(b, object, "value", number(offer.value));
    put(b, object, "bid_at_return", number(offer.bid_at_return));
    put(b, object, "bid", number(offer.bid));
    put(b, object, "bid_pct_of_face", number(offer.bid_pct_of_face));
    put(b, object, "binding",
        json_string(offer.binding < 0 ? "return" : jk_floor_kind_name(floors[offer.binding].kind)));
    put(b, object, "attainable", json_boolean(offer.attainable));
    put(b, object, "erc_gross", collections(b, &offer));
    put(b, object, "gross", number(offer.sum.gross));
    put(b, object, "cost", number(offer.sum.cost));
    put(b, object, "cost_share", number(offer.cost_share));
    put(b, object, "sale", number(offer.sum.sale));
    put(b, object, "net", number(offer.sum.net));
    put(b, object, "multiple", number(offer.multiple));
    put(b, object, "payback_months", months_or_null(offer.payback));
    put(b, object, "asked", isnan(asked) ? json_null() : asked_price(b, &offer));
    put_groups(b, object, valuation);
    return object;
}

char *jk_offers_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuations, size_t count,
                     const jk_floor *floors, size_t floor_count, double asked) {
    builder b = {0};
    json_t *object = json_object();
    put(&b, object, "claims", json_integer((json_int_t)valuations[0].total.claims));
    put(&b, object, "face", number(valuations[0].total.face));
    put(&b, object, "onboarding", number(valuations[0].onboarding));
    put(&b, object, "horizon_months", json_integer(valuations[0].flow.months));
    json_t *conditions = json_array();
    for (size_t i = 0; i < floor_count; i++) {
        json_t *entry = json_object();
        put(&b, entry, "kind", json_string(jk_floor_kind_name(floors[i].kind)));
        put(&b, entry, "bound", number(floors[i].bound));
        b.failed |= json_array_append_new(conditions, entry) != 0;
    }
    put(&b, object, "floors", conditions);
    json_t *returns = json_array();
    for (size_t r = 0; r < count; r++) {
        b.failed |=
            json_array_append_new(returns, offer_at_return(&b, &valuations[r], floors, floor_count, asked)) != 0;
    }
    put(&b, object, "returns", returns);
    put(&b, object, "manifest", manifest(&b, tape, model, valuations, count));
    return finish(&b, object);
}
