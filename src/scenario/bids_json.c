/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table as JSON: one object per scenario and return, with the groups inside. */
#include <math.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "value/quote.h"
#include "value/results/json_parts.h"

static json_t *binding_of(const jk_bids *bids, const jk_bid_cell *cell) {
    return cell->floored ? json_string(jk_bid_binding(bids, cell)) : json_null();
}

/* A group's own offer. What the floors made of it is null where they were not applied. */
static json_t *group_offer(jk_json_builder *b, const jk_bids *bids, const jk_bid_cell *cell) {
    const jk_offer *offer = &cell->offer;
    json_t *object = jk_json_group(b, &cell->group);
    jk_json_put_numbers(b, object, {"onboarding", offer->onboarding}, {"bid_at_return", offer->bid_at_return},
                        {"bid", offer->bid}, {"bid_pct_of_face", offer->bid_pct_of_face});
    jk_json_put(b, object, "binding", binding_of(bids, cell));
    jk_json_put(b, object, "attainable", cell->floored ? json_boolean(offer->attainable) : json_null());
    jk_json_put_numbers(b, object, {"plan_irr", cell->plan_irr}, {"erc_gross", cell->group.erc_gross},
                        {"net", cell->group.erc_net}, {"multiple", offer->multiple});
    jk_json_put(b, object, "payback_months", jk_json_months(offer->payback));
    jk_quote_json(b, object, offer);
    return object;
}

/* Decisions and countries are keys; segments are a list, in the model's order. */
static void put_groups(jk_json_builder *b, json_t *object, const jk_bids *bids, size_t scenario, size_t r) {
    json_t *decisions = json_object();
    json_t *segments = json_array();
    json_t *countries = json_object();
    for (size_t line = 0; line < bids->line_count; line++) {
        const jk_bid_line *group = &bids->line[line];
        json_t *offer = group_offer(b, bids, jk_bid_at(bids, scenario, r, line));
        if (group->kind == JK_BID_DECISION) {
            jk_json_put(b, decisions, group->name, offer);
        } else if (group->kind == JK_BID_COUNTRY) {
            jk_json_put(b, countries, group->name, offer);
        } else if (group->kind == JK_BID_SEGMENT) {
            json_t *entry = json_object();
            jk_json_put(b, entry, "id", jk_json_string(group->name));
            b->failed |= json_object_update(entry, offer) != 0;
            json_decref(offer);
            jk_json_append(b, segments, entry);
        } else {
            json_decref(offer);
        }
    }
    jk_json_put(b, object, "decisions", decisions);
    jk_json_put(b, object, "segments", segments);
    jk_json_put(b, object, "countries", countries);
}

static json_t *asked_price(jk_json_builder *b, const jk_offer *offer) {
    json_t *object = json_object();
    jk_json_put_numbers(b, object, {"price", offer->asked}, {"irr", offer->asked_irr});
    jk_json_put(b, object, "irr_outcome", json_string(jk_irr_outcome_name(offer->asked_outcome)));
    jk_json_put(b, object, "multiple", jk_json_number(offer->asked_multiple));
    jk_json_put(b, object, "payback_months", jk_json_months(offer->asked_payback));
    return object;
}

static json_t *offer_at_return(jk_json_builder *b, const jk_bids *bids, size_t scenario, size_t r) {
    const jk_bid_cell *cell = jk_bid_at(bids, scenario, r, 0);
    const jk_offer *offer = &cell->offer;
    json_t *object = json_object();
    jk_json_put(b, object, "scenario", jk_json_string(bids->scenario[scenario]));
    jk_json_put_numbers(b, object, {"required_return", bids->irr[r]}, {"irr", offer->irr}, {"value", offer->value},
                        {"bid_at_return", offer->bid_at_return}, {"bid", offer->bid},
                        {"bid_pct_of_face", offer->bid_pct_of_face});
    jk_json_put(b, object, "binding", binding_of(bids, cell));
    jk_json_put(b, object, "attainable", json_boolean(offer->attainable));
    jk_json_put(b, object, "plan_irr", jk_json_number(cell->plan_irr));
    jk_json_put(b, object, "erc_gross", jk_json_collections(b, offer));
    jk_json_put_numbers(b, object, {"gross", offer->sum.gross}, {"cost", offer->sum.cost},
                        {"cost_share", offer->cost_share}, {"sale", offer->sum.sale}, {"net", offer->sum.net},
                        {"multiple", offer->multiple});
    jk_json_put(b, object, "payback_months", jk_json_months(offer->payback));
    jk_quote_json(b, object, offer);
    jk_json_put(b, object, "asked", isnan(offer->asked) ? json_null() : asked_price(b, offer));
    jk_json_put_hours(b, object, bids->hours != NULL ? &bids->hours[r] : NULL);
    put_groups(b, object, bids, scenario, r);
    return object;
}

static json_t *floors_of(jk_json_builder *b, const jk_bids *bids) {
    json_t *list = json_array();
    for (size_t i = 0; i < bids->floor_count; i++) {
        json_t *entry = json_object();
        jk_json_put(b, entry, "kind", json_string(jk_floor_kind_name(bids->floors[i].kind)));
        jk_json_put(b, entry, "bound", jk_json_number(bids->floors[i].bound));
        jk_json_append(b, list, entry);
    }
    return list;
}

char *jk_bids_json(const jk_tape *tape, const jk_model *model, const jk_bids *bids) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    jk_json_put(&b, object, "claims", json_integer((json_int_t)bids->first.total.claims));
    jk_json_put_numbers(&b, object, {"face", bids->first.total.face}, {"onboarding", bids->first.onboarding});
    jk_json_put(&b, object, "horizon_months", json_integer(bids->first.flow.months));
    jk_json_put(&b, object, "floors", floors_of(&b, bids));
    jk_json_put(&b, object, "committed", json_boolean(bids->committed));
    json_t *returns = json_array();
    for (size_t s = 0; s < bids->scenario_count; s++) {
        for (size_t r = 0; r < bids->return_count; r++) {
            jk_json_append(&b, returns, offer_at_return(&b, bids, s, r));
        }
    }
    jk_json_put(&b, object, "returns", returns);
    jk_listing rows = jk_bids_listing(bids);
    jk_json_put(&b, object, "rows", jk_listing_json(&b, &rows));
    if (bids->strata != NULL) {
        jk_listing strata = jk_strata_cases_listing(bids->strata);
        jk_json_put(&b, object, "strata", jk_listing_json(&b, &strata));
    }
    jk_json_put_worth(&b, object, bids->first.worth);
    jk_json_put(&b, object, "manifest", jk_json_manifest(&b, tape, model, &bids->first, bids->irr, bids->return_count));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
