/* SPDX-License-Identifier: Apache-2.0 */
/* A worklist as JSON: stable keys for those who take it into their own systems. */
#include <stdlib.h>

#include "base/json.h"
#include "jalki/export.h"
#include "jalki/worklist.h"

static json_t *row_of(jk_json_builder *b, const jk_candidates *candidates, const jk_worklist_row *row) {
    char id[JK_TEXT_MAX + 1] = "";
    char words[JK_WORKLIST_WORDS_MAX];
    json_t *object = json_object();
    b->failed |= jk_tape_read(candidates->tape, JK_COLUMN_CLAIM_ID, row->row, 1, id, NULL) != JK_OK;
    jk_json_put(b, object, "claim_id", jk_json_string(id));
    jk_json_put(b, object, "action", json_string(jk_action_name(row->action)));
    jk_json_put(b, object, "gain", json_real(row->gain));
    jk_json_put(b, object, "hours", json_real(row->hours));
    jk_json_put(b, object, "gain_per_hour", row->hours > 0.0 ? json_real(row->gain / row->hours) : json_null());
    jk_json_put(b, object, "balance", json_real(candidates->balance[row->row]));
    jk_json_put(b, object, "why", jk_json_string(jk_worklist_words(candidates, row, words)));
    return object;
}

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
    json_t *rows = json_array();
    json_t *excluded = json_object();
    jk_json_put(&b, root, "by", json_string(jk_worklist_order_name(options->order)));
    jk_json_put(&b, root, "treatment",
                options->treatment < 0 ? json_null() : json_string(jk_action_name((jk_action)options->treatment)));
    jk_json_put(&b, root, "eligible", json_integer((json_int_t)worklist->eligible));
    jk_json_put(&b, root, "listed", sums(&b, worklist->count, worklist->hours, worklist->gain));
    jk_json_put(&b, root, "largest_first",
                sums(&b, worklist->largest_first_claims, worklist->largest_first_hours, worklist->largest_first_gain));
    for (int e = JK_EXCLUDED_BARRED; e < JK_EXCLUSION_COUNT; e++) {
        json_t *entry = json_object();
        jk_json_put(&b, entry, "claims", json_integer((json_int_t)worklist->excluded[e]));
        jk_json_put(&b, entry, "balance", json_real(worklist->excluded_balance[e]));
        jk_json_put(&b, excluded, jk_exclusion_name((jk_exclusion)e), entry);
    }
    jk_json_put(&b, root, "excluded", excluded);
    for (size_t i = 0; i < worklist->count; i++) {
        jk_json_append(&b, rows, row_of(&b, candidates, &worklist->rows[i]));
    }
    jk_json_put(&b, root, "rows", rows);
    char *manifest = jk_manifest_json(candidates->tape, candidates->model, valuation);
    jk_json_put(&b, root, "manifest", manifest == NULL ? NULL : json_loads(manifest, 0, NULL));
    free(manifest);
    return jk_json_text(&b, root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
