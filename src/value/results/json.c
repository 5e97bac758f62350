/* SPDX-License-Identifier: Apache-2.0 */
/* Summaries as JSON: the keys are the command line's contract. A number that is none is null. */
#include <math.h>
#include <string.h>

#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "jalki/export.h"
#include "jalki/hours.h"
#include "jalki/law.h"
#include "jalki/strata.h"
#include "jalki/worth.h"
#include "tape/findings_json.h"
#include "value/quote.h"
#include "value/results/json_parts.h"

json_t *jk_json_months(int months) {
    return months < 0 ? json_null() : json_integer(months);
}

/* ---- pieces --------------------------------------------------------------------------------------------------- */

static json_t *returns_of(jk_json_builder *b, const double *irr, size_t count) {
    if (count == 1) {
        return jk_json_number(irr[0]);
    }
    json_t *list = json_array();
    for (size_t r = 0; r < count; r++) {
        jk_json_append(b, list, jk_json_number(irr[r]));
    }
    return list;
}

void jk_json_put_rates(jk_json_builder *b, json_t *object, const jk_tape *tape, const jk_model *model) {
    jk_rate_used used[JK_RATES_TOLD];
    size_t count = jk_rates_used(tape, model, used, JK_RATES_TOLD);
    json_t *rates = count > 0 ? json_object() : NULL;
    for (size_t i = 0; i < count; i++) {
        jk_json_put(b, rates, used[i].currency, jk_json_number(used[i].rate));
    }
    if (count > 0) {
        jk_json_put(b, object, "exchange_rates", rates);
    }
}

json_t *jk_json_manifest(jk_json_builder *b, const jk_tape *tape, const jk_model *model, const jk_valuation *valuation,
                         const double *irr, size_t count) {
    json_t *object = jk_run_record_manifest(b);
    json_t *options = json_object();
    jk_json_put(b, object, "tape_sha256", jk_json_text_or_null(jk_tape_sha256(tape)));
    jk_json_put(b, object, "model", jk_json_text_or_null(model->name));
    jk_json_put(b, object, "model_sha256", jk_json_text_or_null(model->sha256));
    jk_json_put(b, object, "base_currency", jk_json_text_or_null(model->base_currency));
    jk_json_put_rates(b, object, tape, model);
    jk_json_put(b, object, "cutoff", jk_json_date(valuation->cutoff));
    jk_json_put(b, object, "irr", returns_of(b, irr, count));
    jk_json_put(b, object, "scenario", json_string("base"));
    jk_json_put(b, object, "seed", json_null());
    jk_json_put(b, options, "sell", json_boolean((valuation->allow & JK_ALLOW(JK_SELL)) != 0));
    jk_json_put(b, object, "options", options);
    if (valuation->accepted != 0) {
        jk_json_put(b, object, "accepted", jk_accepted_json(b, valuation->accepted));
    }
    return object;
}

json_t *jk_json_group(jk_json_builder *b, const jk_group *sums) {
    json_t *object = json_object();
    jk_json_put(b, object, "claims", json_integer((json_int_t)sums->claims));
    jk_json_put_numbers(b, object, {"face", sums->face}, {"value", sums->value});
    return object;
}

/* Adds the figures of a row of the groups' listing that the contract has here; NULL-ended. */
static void put_figures(jk_json_builder *b, json_t *object, const jk_listing *listing, size_t row,
                        const char *const *names) {
    json_t *whole = jk_listing_row_json(b, listing, row);
    for (; *names != NULL; names++) {
        const char *key = strcmp(*names, "erc_net") == 0 ? "net" : *names; /* its name in the contract */
        jk_json_put(b, object, key, json_incref(json_object_get(whole, *names)));
    }
    json_decref(whole);
}

/* Decisions and countries by their names; segments as a list in the model's order. */
static void put_groups(jk_json_builder *b, json_t *object, const jk_valuation *valuation) {
    static const char *const figures[] = {"claims", "face", "value", "agent_hours", NULL};
    static const char *const of_segments[] = {"claims", "face", "value", "erc_gross", "erc_net", "agent_hours", NULL};
    jk_listing listing = jk_groups_listing(valuation);
    json_t *decisions = json_object(), *segments = json_array(), *countries = json_object();
    size_t row = 1; /* 0 is all */
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        json_t *one = json_object();
        put_figures(b, one, &listing, row++, figures);
        jk_json_put(b, decisions, jk_action_name((jk_action)a), one);
    }
    for (size_t s = 0; s < valuation->segment_count; s++) {
        json_t *one = json_object();
        jk_json_put(b, one, "id", json_string(valuation->segment_id[s]));
        put_figures(b, one, &listing, row++, of_segments);
        jk_json_append(b, segments, one);
    }
    for (size_t c = 0; c < valuation->country_count; c++) {
        json_t *one = json_object();
        put_figures(b, one, &listing, row++, figures);
        jk_json_put(b, countries, valuation->country_id[c], one);
    }
    jk_json_put(b, object, "decisions", decisions);
    jk_json_put(b, object, "segments", segments);
    jk_json_put(b, object, "countries", countries);
}

static json_t *reasons(jk_json_builder *b, const jk_valuation *valuation) {
    static const char *const figures[] = {"claims", "face", NULL};
    const jk_listing listing = jk_groups_listing(valuation);
    json_t *object = json_object();
    for (size_t r = 0; r < JK_REASON_COUNT; r++) { /* the last rows */
        json_t *one = json_object();
        put_figures(b, one, &listing, listing.rows - JK_REASON_COUNT + r, figures);
        jk_json_put(b, object, jk_reason_name((jk_reason)r), one);
    }
    return object;
}

/* Who pays, by epoch; and the numbers of payers alone. */
static void put_payers(jk_json_builder *b, json_t *object, const jk_model *model, const jk_valuation *valuation) {
    const jk_listing rows = jk_valuation_payers_listing(valuation, model);
    json_t *epochs = jk_listing_json(b, &rows), *list = json_array();
    for (size_t j = 0; j < json_array_size(epochs); j++) {
        jk_json_append(b, list, json_incref(json_object_get(json_array_get(epochs, j), "payers")));
    }
    jk_json_put(b, object, "payers", list);
    jk_json_put(b, object, "payers_by_epoch", epochs);
}

json_t *jk_json_collections(jk_json_builder *b, const jk_offer *offer) {
    json_t *object = json_object();
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%d", jk_erc_months[i]);
        jk_json_put(b, object, key, jk_json_number(offer->erc_gross[i]));
    }
    return object;
}

void jk_json_put_worth(jk_json_builder *b, json_t *object, const jk_worth *worth) {
    if (worth == NULL || worth->draws == 0) {
        return;
    }
    json_t *fit = json_object();
    jk_json_put_counts(b, fit, {"draws", worth->draws}, {"parameters", worth->parameters});
    jk_json_put_numbers(b, fit, {"curse", worth->curse}, {"curse_error", worth->curse_error},
                        {"overstated", worth->overstated}, {"overstated_error", worth->overstated_error});
    if (!isnan(worth->spread)) {
        jk_json_put(b, fit, "spread", jk_json_number(worth->spread));
    }
    jk_json_put(b, object, "fit", fit);
}

void jk_json_put_hours(jk_json_builder *b, json_t *object, const jk_hours *hours) {
    if (hours == NULL) {
        return;
    }
    const jk_listing epochs = jk_hours_listing(hours);
    json_t *limit = json_object();
    jk_json_put_numbers(b, limit, {"value", hours->value}, {"unlimited", hours->unlimited}, {"bound", hours->bound});
    jk_json_put(b, limit, "rounds", json_integer(hours->rounds));
    jk_json_put(b, limit, "epochs", jk_listing_json(b, &epochs));
    jk_json_put(b, object, "hours", limit);
}

/* ---- whole texts ---------------------------------------------------------------------------------------------- */

char *jk_manifest_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuation) {
    jk_json_builder b = {0};
    json_t *object = valuation == NULL ? jk_run_record_manifest(&b)
                                       : jk_json_manifest(&b, tape, model, valuation, &valuation->irr, 1);
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}

char *jk_valuation_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuation) {
    jk_json_builder b = {0};
    jk_offer offer = jk_offer_make(valuation, NULL, 0, NAN);
    jk_listing years = jk_years_listing(valuation), rows = jk_groups_listing(valuation);
    json_t *object = json_object();
    jk_json_put(&b, object, "claims", json_integer((json_int_t)valuation->total.claims));
    jk_json_put_numbers(&b, object, {"face", valuation->total.face}, {"value", valuation->total.value},
                        {"onboarding", valuation->onboarding}, {"bid", offer.bid},
                        {"bid_pct_of_face", offer.bid_pct_of_face}, {"irr", valuation->irr});
    jk_json_put(&b, object, "horizon_months", json_integer(valuation->flow.months));
    jk_json_put(&b, object, "erc_gross", jk_json_collections(&b, &offer));
    jk_json_put_numbers(&b, object, {"net", offer.sum.net}, {"multiple", offer.multiple});
    jk_json_put(&b, object, "payback_months", jk_json_months(offer.payback));
    jk_json_put_numbers(&b, object, {"gross", offer.sum.gross}, {"cost", offer.sum.cost}, {"sale", offer.sum.sale},
                        {"cost_share", offer.cost_share});
    jk_quote_json(&b, object, &offer);
    jk_json_put(&b, object, "years", jk_listing_json(&b, &years));
    jk_json_put(&b, object, "reasons", reasons(&b, valuation));
    jk_json_put(&b, object, "agent_hours", jk_json_number(valuation->total.hours));
    put_groups(&b, object, valuation);
    put_payers(&b, object, model, valuation);
    jk_json_put(&b, object, "rows", jk_listing_json(&b, &rows));
    jk_json_put_worth(&b, object, valuation->worth);
    jk_json_put_hours(&b, object, valuation->hours);
    if (valuation->strata != NULL) {
        jk_listing strata = jk_strata_listing(valuation->strata);
        jk_json_put(&b, object, "strata", jk_listing_json(&b, &strata));
    }
    if (valuation->challenge != NULL) {
        jk_json_put(&b, object, "challenge", jk_json_challenge(&b, valuation->challenge));
    }
    jk_json_put(&b, object, "manifest", jk_json_manifest(&b, tape, model, valuation, &valuation->irr, 1));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
