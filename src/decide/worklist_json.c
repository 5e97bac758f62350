/* SPDX-License-Identifier: Apache-2.0 */
/* A worklist as JSON: stable keys for those who take it into their own systems. */
#include <stdlib.h>

#include "base/text/json.h"
#include "base/words/listing.h"
#include "decide/words.h"
#include "jalki/export.h"
#include "jalki/worklist.h"

static json_t *sums(jk_json_builder *b, uint64_t claims, double hours, double gain) {
    json_t *object = json_object();
    jk_json_put(b, object, "claims", json_integer((json_int_t)claims));
    jk_json_put(b, object, "hours", json_real(hours));
    jk_json_put(b, object, "gain", json_real(gain));
    return object;
}

char *jk_worklist_json(const jk_candidates *candidates, const jk_valuation *valuation,
                       const jk_worklist_options *options, const jk_worklist *worklist) {
    jk_json_builder b = {0};
    json_t *root = json_object();
    json_t *excluded = json_object();
    jk_json_put(&b, root, "by", json_string(jk_worklist_order_name(options->order)));
    jk_json_put(&b, root, "treatment",
                options->treatment < 0 ? json_null() : json_string(jk_action_name((jk_action)options->treatment)));
    jk_json_put(&b, root, "eligible", json_integer((json_int_t)worklist->eligible));
    jk_json_put(&b, root, "listed", sums(&b, worklist->count, worklist->hours, worklist->gain));
    jk_json_put(&b, root, "largest_first",
                sums(&b, worklist->largest_first_claims, worklist->largest_first_hours, worklist->largest_first_gain));
    jk_json_put(&b, root, "by_debtor", json_boolean(options->by_debtor != 0));
    jk_json_put(&b, root, "hours_available", options->hours > 0.0 ? json_real(options->hours) : json_null());
    jk_json_put_numbers(&b, root, {"hours_decided", worklist->hours_decided},
                        {"value_decided", worklist->value_decided}, {"hour_price", worklist->hour_price});
    const jk_listing left_out = jk_worklist_excluded_listing(worklist);
    for (size_t row = 0; row < left_out.rows; row++) {
        json_t *entry = jk_listing_row_json(&b, &left_out, row);
        const char *reason = json_string_value(json_object_get(entry, "reason"));
        jk_json_put(&b, excluded, reason, json_incref(entry));
        (void)json_object_del(entry, "reason");
        json_decref(entry);
    }
    jk_json_put(&b, root, "excluded", excluded);
    jk_listing listing = jk_worklist_listing(candidates, worklist);
    listing = options->columns != NULL ? jk_listing_through(options->columns, &listing) : listing;
    jk_json_put(&b, root, "rows", jk_listing_json(&b, &listing));
    char *manifest = jk_manifest_json(candidates->tape, candidates->model, valuation);
    jk_json_put_text(&b, root, "manifest", manifest);
    free(manifest);
    return jk_json_text(&b, root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
