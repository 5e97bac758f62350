/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison as JSON; the page compare.js draws it. */
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "programme/compare.h"
#include "programme/words.h"
#include "value/results/json_parts.h"

static json_t *side_json(jk_json_builder *b, const jk_comparison *comparison, int side) {
    const jk_compare_side *of = side == 0 ? &comparison->from : &comparison->to;
    json_t *object = jk_json_group(b, &comparison->total[side]);
    jk_json_put(b, object, "tape", jk_json_string(jk_tape_path(of->tape)));
    jk_json_put(b, object, "tape_sha256", jk_json_string(jk_tape_sha256(of->tape)));
    jk_json_put(b, object, "model", jk_json_string(of->model->name));
    jk_json_put(b, object, "model_sha256", json_string(of->model->sha256));
    jk_json_put_rates(b, object, of->tape, of->model);
    jk_json_put(b, object, "cutoff", jk_json_date(comparison->cutoff[side]));
    jk_json_put(b, object, "irr", jk_json_number(comparison->irr[side]));
    return object;
}

char *jk_comparison_json(const jk_comparison *comparison) {
    jk_json_builder b = {0};
    jk_listing listing = jk_comparison_listing(comparison);
    json_t *object = json_object(), *order = json_array();
    for (int s = 0; s < JK_STEP_COUNT; s++) {
        jk_json_append(&b, order, json_string(jk_step_name((jk_step)s)));
    }
    jk_json_put(&b, object, "currency", json_string(comparison->base_currency));
    jk_json_put(&b, object, "from", side_json(&b, comparison, 0));
    jk_json_put(&b, object, "to", side_json(&b, comparison, 1));
    jk_json_put(&b, object, "months", jk_json_number(comparison->months));
    jk_json_put(&b, object, "payments", json_string(comparison->payments_given ? "list" : "balances"));
    jk_json_put(&b, object, "payments_in_period",
                comparison->payments_given ? json_integer((json_int_t)comparison->payments) : json_null());
    jk_json_put(&b, object, "payments_of_unknown_claims",
                comparison->payments_given ? json_integer((json_int_t)comparison->unknown_payments) : json_null());
    jk_json_put(&b, object, "payments_rejected",
                comparison->payments_given ? json_integer((json_int_t)comparison->rejected_payments) : json_null());
    jk_json_put(&b, object, "order", order);
    jk_json_put(&b, object, "rows", jk_listing_json(&b, &listing));
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
