/* SPDX-License-Identifier: Apache-2.0 */
/* A worklist as JSON: stable keys for those who take it into their own systems. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "jalki/export.h"
#include "jalki/worklist.h"

typedef struct builder {
    int failed;
} builder;

static void put(builder *b, json_t *object, const char *key, json_t *value) {
    b->failed |= json_object_set_new(object, key, value) != 0;
}

static json_t *row_of(builder *b, const jk_candidates *candidates, const jk_worklist_row *row) {
    char id[JK_TEXT_MAX + 1] = "";
    char words[JK_WORKLIST_WORDS_MAX];
    json_t *object = json_object();
    b->failed |= jk_tape_read(candidates->tape, JK_COLUMN_CLAIM_ID, row->row, 1, id, NULL) != JK_OK;
    put(b, object, "claim_id", json_string(id));
    put(b, object, "action", json_string(jk_action_name(row->action)));
    put(b, object, "gain", json_real(row->gain));
    put(b, object, "hours", json_real(row->hours));
    put(b, object, "gain_per_hour", row->hours > 0.0 ? json_real(row->gain / row->hours) : json_null());
    put(b, object, "balance", json_real(candidates->balance[row->row]));
    put(b, object, "why", json_string(jk_worklist_words(candidates, row, words)));
    return object;
}

static json_t *sums(builder *b, uint64_t claims, double hours, double gain) {
    json_t *object = json_object();
    put(b, object, "claims", json_integer((json_int_t)claims));
    put(b, object, "hours", json_real(hours));
    put(b, object, "gain", json_real(gain));
    return object;
}

char *jk_worklist_json(const jk_candidates *candidates, const jk_valuation *valuation,
                       const jk_worklist_options *options, const jk_worklist *worklist) {
    builder b = {0};
    json_t *root = json_object();
    json_t *rows = json_array();
    json_t *excluded = json_object();
    put(&b, root, "by", json_string(jk_worklist_order_name(options->order)));
    put(&b, root, "treatment",
        options->treatment < 0 ? json_null() : json_string(jk_action_name((jk_action)options->treatment)));
    put(&b, root, "eligible", json_integer((json_int_t)worklist->eligible));
    put(&b, root, "listed", sums(&b, worklist->count, worklist->hours, worklist->gain));
    put(&b, root, "largest_first",
        sums(&b, worklist->largest_first_claims, worklist->largest_first_hours, worklist->largest_first_gain));
    for (int e = JK_EXCLUDED_BARRED; e < JK_EXCLUSION_COUNT; e++) {
        json_t *entry = json_object();
        put(&b, entry, "claims", json_integer((json_int_t)worklist->excluded[e]));
        put(&b, entry, "balance", json_real(worklist->excluded_balance[e]));
        put(&b, excluded, jk_exclusion_name((jk_exclusion)e), entry);
    }
    put(&b, root, "excluded", excluded);
    for (size_t i = 0; i < worklist->count; i++) {
        b.failed |= json_array_append_new(rows, row_of(&b, candidates, &worklist->rows[i])) != 0;
    }
    put(&b, root, "rows", rows);
    char *manifest = jk_manifest_json(candidates->tape, candidates->model, valuation);
    put(&b, root, "manifest", manifest == NULL ? NULL : json_loads(manifest, 0, NULL));
    free(manifest);
    char *text = b.failed ? NULL : json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(root);
    size_t length = text == NULL ? 0 : strlen(text);
    char *with_end = text == NULL ? NULL : realloc(text, length + 2);
    if (with_end == NULL) {
        free(text);
        return NULL;
    }
    memcpy(with_end + length, "\n", 2);
    return with_end;
}
