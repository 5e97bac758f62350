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

static json_t *asked_of(jk_json_builder *b, const jk_forward *forward) {
    json_t *object = json_object();
    jk_json_put(b, object, "price_pct_of_face", percent(forward->terms.asked));
    jk_json_put(b, object, "irr", jk_json_number(forward->asked_irr));
    jk_json_put(b, object, "irr_outcome", json_string(jk_irr_outcome_name(forward->asked_outcome)));
    return object;
}

char *jk_forward_json(const jk_tape *tape, const jk_model *model, const jk_forward *forward) {
    const jk_listing months = jk_forward_listing(forward), segments = jk_forward_segments_listing(forward);
    const jk_listing ages = jk_forward_ages_listing(forward);
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
    jk_json_put(&b, object, "segments", jk_listing_json(&b, &segments));
    jk_json_put(&b, object, "ages", jk_listing_json(&b, &ages));
    jk_json_put(&b, object, "months", jk_listing_json(&b, &months));
    jk_json_put(&b, object, "manifest", jk_json_manifest(&b, tape, model, &forward->fresh, &forward->fresh.irr, 1));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
