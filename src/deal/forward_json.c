/* SPDX-License-Identifier: Apache-2.0 */
/* A forward-flow agreement as JSON. Prices are per cent of face. */
#include <math.h>

#include "base/words/listing.h"
#include "jalki/forward.h"
#include "value/results/json_parts.h"

static json_t *percent(double price) {
    return jk_json_number(100.0 * price);
}

static json_t *terms_of(jk_json_builder *b, const jk_forward_terms *terms) {
    json_t *object = json_object();
    json_t *mix = json_object();
    jk_json_put(b, object, "fresh_months", json_integer(terms->fresh));
    jk_json_put(b, object, "term", json_integer(terms->term));
    jk_json_put(b, object, "volume", jk_json_number(terms->volume));
    jk_json_put(b, object, "ramp", json_integer(terms->ramp));
    jk_json_put_numbers(b, object, {"cap", terms->cap}, {"drift", terms->drift}, {"cost_drift", terms->cost_drift});
    jk_json_put(b, object, "pay_after", json_integer(terms->pay_after));
    for (size_t i = 0; i < terms->mix_count; i++) {
        jk_json_put(b, mix, terms->mix[i].segment, jk_json_number(terms->mix[i].share));
    }
    jk_json_put(b, object, "mix", mix);
    return object;
}

static json_t *segments_of(jk_json_builder *b, const jk_forward *forward) {
    json_t *list = json_array();
    for (size_t s = 0; s < forward->segment_count; s++) {
        const jk_forward_part *part = &forward->segment[s];
        json_t *object = json_object();
        jk_json_put(b, object, "id", jk_json_string(part->name));
        jk_json_put(b, object, "claims", json_integer((json_int_t)part->claims));
        jk_json_put_numbers(b, object, {"face", part->face}, {"share", part->share});
        jk_json_put(b, object, "price_pct_of_face", percent(part->price));
        jk_json_put(b, object, "if_tenth_more", percent(part->if_tenth_more));
        jk_json_append(b, list, object);
    }
    return list;
}

static json_t *ages_of(jk_json_builder *b, const jk_forward *forward) {
    json_t *list = json_array();
    for (size_t i = 0; i < JK_FORWARD_BANDS; i++) {
        const jk_forward_part *part = &forward->age[i];
        json_t *object = json_object();
        jk_json_put(b, object, "from_months", json_integer(part->age_from));
        jk_json_put(b, object, "below_months", part->age_end > 0 ? json_integer(part->age_end) : json_null());
        jk_json_put(b, object, "claims", json_integer((json_int_t)part->claims));
        jk_json_put(b, object, "face", jk_json_number(part->face));
        jk_json_put(b, object, "price_pct_of_face", percent(part->price));
        jk_json_append(b, list, object);
    }
    return list;
}

/* ---- the months ------------------------------------------------------------------------------------------------- */

enum { MONTH, FACE, PAID, ONBOARDING, GROSS, COST, SALE, NET, CUMULATED, OWN_PRICE, COLUMNS };

#define MONEY(name, meaning)                                                                                           \
    { name, NULL, "money", meaning, JK_LISTING_NUMBER, 6 }
static const jk_listing_column columns[COLUMNS] = {
    [MONTH] = JK_LISTED_MONTHS("month", NULL, "Month of the agreement, from 1"),
    [FACE] = MONEY("face", "Delivered"),
    [PAID] = MONEY("paid", "Price paid"),
    [ONBOARDING] = MONEY("onboarding", "Cost of taking the claims over"),
    [GROSS] = MONEY("gross", "Collections"),
    [COST] = MONEY("cost", "Cost of collection"),
    [SALE] = MONEY("sale", "Sales"),
    [NET] = MONEY("net", "Collections and sales less costs, price and onboarding"),
    [CUMULATED] = MONEY("cumulated", "Of this month and all before"),
    [OWN_PRICE] = {"own_price_pct_of_face", NULL, "%", "What the month's batch would be worth by itself",
                   JK_LISTING_NUMBER, 6},
};
#undef MONEY

static jk_status month_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_forward_month *month = &((const jk_forward *)listing->source[0])->month[row];
    (void)error;
    cells[MONTH].number = (double)(row + 1);
    cells[FACE].number = month->face;
    cells[PAID].number = month->paid;
    cells[ONBOARDING].number = month->onboarding;
    cells[GROSS].number = month->gross;
    cells[COST].number = month->cost;
    cells[SALE].number = month->sale;
    cells[NET].number = month->net;
    cells[CUMULATED].number = month->cumulated;
    cells[OWN_PRICE].number = 100.0 * month->own_price;
    return JK_OK;
}

jk_listing jk_forward_listing(const jk_forward *forward) {
    return JK_LISTING_OF("forward", columns, forward == NULL ? 0 : (size_t)forward->months, month_cells, forward);
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static json_t *asked_of(jk_json_builder *b, const jk_forward *forward) {
    json_t *object = json_object();
    jk_json_put(b, object, "price_pct_of_face", percent(forward->terms.asked));
    jk_json_put(b, object, "irr", jk_json_number(forward->asked_irr));
    jk_json_put(b, object, "irr_outcome", json_string(jk_irr_outcome_name(forward->asked_outcome)));
    return object;
}

char *jk_forward_json(const jk_tape *tape, const jk_model *model, const jk_forward *forward) {
    const jk_listing months = jk_forward_listing(forward);
    jk_json_builder b = {0};
    json_t *object = json_object();
    jk_json_put(&b, object, "terms", terms_of(&b, &forward->terms));
    jk_json_put(&b, object, "fresh", jk_json_group(&b, &forward->fresh.total));
    jk_json_put(&b, object, "required_return", jk_json_number(forward->fresh.irr));
    jk_json_put(&b, object, "price_pct_of_face", percent(forward->price));
    jk_json_put(&b, object, "price_pct_of_face_own_mix", percent(forward->price_own_mix));
    jk_json_put(&b, object, "batches", json_integer(forward->batches));
    jk_json_put_numbers(&b, object, {"face", forward->face}, {"paid", forward->paid},
                        {"onboarding", forward->onboarding}, {"gross", forward->gross}, {"cost", forward->cost},
                        {"sale", forward->sale}, {"multiple", forward->multiple}, {"irr", forward->irr},
                        {"funding", forward->funding});
    jk_json_put(&b, object, "funding_month", json_integer(forward->funding_month));
    jk_json_put(&b, object, "payback_months", jk_json_months(forward->payback));
    jk_json_put(&b, object, "asked", isnan(forward->terms.asked) ? json_null() : asked_of(&b, forward));
    jk_json_put(&b, object, "segments", segments_of(&b, forward));
    jk_json_put(&b, object, "ages", ages_of(&b, forward));
    jk_json_put(&b, object, "months", jk_listing_json(&b, &months));
    jk_json_put(&b, object, "manifest", jk_json_manifest(&b, tape, model, &forward->fresh, &forward->fresh.irr, 1));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
