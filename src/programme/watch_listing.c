/* SPDX-License-Identifier: Apache-2.0 */
/* The list of what changed and the sums by change as rows, and as JSON. */
#include <math.h>
#include <string.h>

#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/language.h"
#include "base/words/listing.h"
#include "jalki/watch.h"
#include "programme/words.h"
#include "value/results/json_parts.h"

/* ---- the list --------------------------------------------------------------------------------------------------- */

enum {
    PLACE,
    DEBTOR_ID,
    CLAIM_ID,
    CHANGES,
    CLASS_BEFORE,
    CLASS_NOW,
    DECISION_BEFORE,
    DECISION_NOW,
    BALANCE,
    VALUE_BEFORE,
    VALUE_NOW,
    GAIN,
    DEBTOR_GAIN,
    WHY,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [PLACE] = JK_LISTED_COUNT("place", "", "Place on the list, from 1"),
    [DEBTOR_ID] = JK_LISTED_TEXT("debtor_id", "debtor", "Whose claims stand together"),
    [CLAIM_ID] = JK_LISTED_TEXT("claim_id", "claim", "The claim"),
    [CHANGES] = JK_LISTED_TEXT("changes", NULL, "What changed, words with spaces between"),
    [CLASS_BEFORE] = JK_LISTED_TEXT("class_before", NULL, "Capacity class before"),
    [CLASS_NOW] = JK_LISTED_TEXT("class", NULL, "Capacity class now"),
    [DECISION_BEFORE] = JK_LISTED_TEXT("decision_before", "was", "Decision before"),
    [DECISION_NOW] = JK_LISTED_TEXT("decision", "do", "Decision now"),
    [BALANCE] = JK_LISTED_MONEY("balance", "balance", "What is owed now; of a claim that left: before"),
    [VALUE_BEFORE] = JK_LISTED_MONEY("value_before", "worth before", "Value before"),
    [VALUE_NOW] = JK_LISTED_MONEY("value", "worth", "Value now"),
    [GAIN] = JK_LISTED_MONEY("gain", "gain",
                             "What the new decision is worth more now than the old one; of a new claim: than waiting"),
    [DEBTOR_GAIN] = JK_LISTED_MONEY("debtor_gain", NULL, "Of all claims of the debtor that changed"),
    [WHY] = JK_LISTED_TEXT("why", "why", "In words"),
};

static void set_changes(uint32_t changes, jk_cell *cell) {
    char text[JK_CELL_TEXT] = "";
    size_t length = 0;
    for (int c = 0; c < JK_CHANGED_COUNT; c++) {
        if ((changes >> c & 1) != 0 && length < sizeof text) {
            int written = snprintf(text + length, sizeof text - length, "%s%s", length > 0 ? " " : "",
                                   jk_change_name((jk_change_kind)c));
            length += (size_t)written;
        }
    }
    jk_cell_set(cell, text);
}

static jk_status watch_cells(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    const jk_watch *watch = listing->source[0];
    const jk_watch_row *row = &watch->rows[i];
    bool is = row->to_row != UINT32_MAX;
    const jk_tape *tape = is ? watch->to.tape : watch->from.tape;
    size_t at = is ? row->to_row : row->from_row;
    char id[JK_TEXT_MAX + 1] = "", debtor[JK_TEXT_MAX + 1] = "", words[JK_WATCH_WORDS] = "";
    jk_status status = jk_watch_words(watch, row, words, error);
    status = status == JK_OK ? jk_tape_read(tape, JK_COLUMN_CLAIM_ID, at, 1, id, error) : status;
    status = status == JK_OK ? jk_tape_read(tape, JK_COLUMN_DEBTOR_ID, at, 1, debtor, error) : status;
    cells[PLACE].number = (double)(i + 1);
    jk_cell_set(&cells[CLAIM_ID], id);
    jk_cell_set(&cells[DEBTOR_ID], debtor);
    set_changes(row->changes, &cells[CHANGES]);
    for (int s = 0; s < 2; s++) {
        if (row->decision[s] < JK_ACTION_COUNT) {
            jk_cell_set(&cells[DECISION_BEFORE + s], jk_action_name((jk_action)row->decision[s]));
            jk_cell_set(&cells[CLASS_BEFORE + s], jk_capacity_name((jk_capacity)row->capacity_class[s]));
        }
    }
    cells[BALANCE].number = row->balance;
    cells[VALUE_BEFORE].number = row->value[0];
    cells[VALUE_NOW].number = row->value[1];
    cells[GAIN].number = row->gain;
    cells[DEBTOR_GAIN].number = row->debtor_gain;
    jk_cell_set(&cells[WHY], words);
    return status;
}

jk_listing jk_watch_listing(const jk_watch *watch) {
    return JK_LISTING_OF("watch", columns, watch != NULL ? watch->count : 0, watch_cells, watch);
}

/* ---- sums by change --------------------------------------------------------------------------------------------- */

enum { CHANGE, CLAIMS, FLIPS, SUM_BALANCE, SUM_BEFORE, SUM_NOW, SUM_GAIN, MEANING, SUM_COLUMNS };

static const jk_listing_column sum_columns[SUM_COLUMNS] = {
    [CHANGE] = JK_LISTED_TEXT("change", "change", "The change; a claim may have several"),
    [CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims with it"),
    [FLIPS] = JK_LISTED_COUNT("other_decision", "other decision", "Those of them with another decision"),
    [SUM_BALANCE] = JK_LISTED_MONEY("balance", "balance", "What they owe"),
    [SUM_BEFORE] = JK_LISTED_MONEY("value_before", "worth before", "Their value before"),
    [SUM_NOW] = JK_LISTED_MONEY("value", "worth", "Their value now"),
    [SUM_GAIN] = JK_LISTED_MONEY("gain", "gain", "What acting on the change brings"),
    [MEANING] = JK_LISTED_TEXT("meaning", "", "The change in words"),
};

static jk_status sum_cells(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    const jk_watch *watch = listing->source[0];
    const bool is_own = i >= JK_CHANGED_COUNT;
    const jk_watch_own *own = is_own ? &watch->own[i - JK_CHANGED_COUNT] : NULL;
    const jk_watch_sum *sum = is_own ? &own->sum : &watch->sum[i];
    (void)error;
    jk_cell_set(&cells[CHANGE], is_own ? own->name : jk_change_name((jk_change_kind)i));
    cells[CLAIMS].number = (double)sum->claims;
    cells[FLIPS].number = (double)sum->flips;
    cells[SUM_BALANCE].number = sum->balance;
    cells[SUM_BEFORE].number = sum->before;
    cells[SUM_NOW].number = sum->after;
    cells[SUM_GAIN].number = sum->gain;
    jk_cell_set(&cells[MEANING],
                jk_text(is_own ? "this own column has another value" : jk_change_meaning((jk_change_kind)i)));
    return JK_OK;
}

jk_listing jk_watch_sums_listing(const jk_watch *watch) {
    return JK_LISTING_OF("watch by change", sum_columns, watch != NULL ? JK_CHANGED_COUNT + watch->own_count : 0,
                         sum_cells, watch);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

static json_t *side_json(jk_json_builder *b, const jk_watch *watch, int side) {
    const jk_compare_side *of = side == 0 ? &watch->from : &watch->to;
    json_t *object = jk_json_group(b, &watch->total[side]);
    jk_json_put(b, object, "tape_sha256", jk_json_string(jk_tape_sha256(of->tape)));
    jk_json_put(b, object, "model", jk_json_string(of->model->name));
    jk_json_put(b, object, "model_sha256", json_string(of->model->sha256));
    jk_json_put(b, object, "cutoff", jk_json_date(watch->cutoff[side]));
    jk_json_put(b, object, "irr", jk_json_number(watch->irr[side]));
    return object;
}

char *jk_watch_json(const jk_watch *watch) {
    jk_json_builder b = {0};
    jk_listing list = jk_watch_listing(watch), sums = jk_watch_sums_listing(watch);
    json_t *object = json_object();
    jk_json_put(&b, object, "base_currency", json_string(watch->to.model->base_currency));
    jk_json_put(&b, object, "from", side_json(&b, watch, 0));
    jk_json_put(&b, object, "to", side_json(&b, watch, 1));
    jk_json_put(&b, object, "changed", json_integer((json_int_t)watch->changed));
    jk_json_put(&b, object, "changes", jk_listing_json(&b, &sums));
    json_t *apart = json_array();
    for (size_t i = 0; i < watch->own_apart_count; i++) {
        jk_json_append(&b, apart, json_string(watch->own_apart[i]));
    }
    jk_json_put(&b, object, "own_not_compared", apart);
    jk_json_put(&b, object, "rows", jk_listing_json(&b, &list));
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
