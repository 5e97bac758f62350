/* SPDX-License-Identifier: Apache-2.0 */
/* What two models make of the same claims, as rows, JSON and CSV. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/file/run_record.h"
#include "base/policy.h"
#include "base/text/escape.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "jalki/challenge.h"
#include "value/results/json_parts.h"

enum {
    PLACE,
    CLAIM_ID,
    BALANCE,
    DECISION_A,
    DECISION_B,
    VALUE_A,
    VALUE_B,
    LOSS_A,
    LOSS_B,
    SCORE_A,
    SCORE_B,
    CLASS_A,
    CLASS_B,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [PLACE] = JK_LISTED_COUNT("place", "", "Place on the list, from 1"),
    [CLAIM_ID] = JK_LISTED_TEXT("claim_id", "claim", "The claim"),
    [BALANCE] = JK_LISTED_MONEY("balance", "balance", "What is owed"),
    [DECISION_A] = JK_LISTED_TEXT("decision", "champion", "The champion's decision"),
    [DECISION_B] = JK_LISTED_TEXT("decision_challenger", "challenger", "The challenger's"),
    [VALUE_A] = JK_LISTED_MONEY("value", "worth", "Value by the champion"),
    [VALUE_B] = JK_LISTED_MONEY("value_challenger", "by the challenger", "Value by the challenger"),
    [LOSS_A] = JK_LISTED_MONEY("loss_by_champion", "loss if it follows",
                               "By the champion: what the challenger's decision is worth less than its own"),
    [LOSS_B] = JK_LISTED_MONEY("loss_by_challenger", "loss if it does not",
                               "By the challenger: what the champion's decision is worth less than its own"),
    [SCORE_A] = JK_LISTED_COUNT("score", NULL, "Score by the champion"),
    [SCORE_B] = JK_LISTED_COUNT("score_challenger", NULL, "By the challenger"),
    [CLASS_A] = JK_LISTED_TEXT("class", NULL, "Capacity class by the champion"),
    [CLASS_B] = JK_LISTED_TEXT("class_challenger", NULL, "By the challenger"),
};

static jk_status row_cells(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    const jk_challenge *challenge = listing->source[0];
    const jk_challenge_row *row = &challenge->rows[i];
    char id[JK_TEXT_MAX + 1] = "";
    JK_TRY(jk_tape_read(challenge->tape, JK_COLUMN_CLAIM_ID, row->row, 1, id, error));
    jk_cell_set(&cells[CLAIM_ID], id);
    cells[PLACE].number = (double)(i + 1);
    cells[BALANCE].number = row->balance;
    for (int s = 0; s < 2; s++) {
        jk_cell_set(&cells[DECISION_A + s], jk_action_name((jk_action)row->decision[s]));
        jk_cell_set(&cells[CLASS_A + s], jk_capacity_name((jk_capacity)row->capacity_class[s]));
        cells[VALUE_A + s].number = row->value[s];
        cells[LOSS_A + s].number = row->loss[s];
        cells[SCORE_A + s].number = (double)row->score[s];
    }
    return JK_OK;
}

jk_listing jk_challenge_listing(const jk_challenge *challenge) {
    return JK_LISTING_OF("challenger", columns, challenge != NULL ? challenge->count : 0, row_cells, challenge);
}

/* ---- decisions against each other ------------------------------------------------------------------------------- */

enum { BY_A, BY_B, CLAIMS, FACE, WORTH_A, WORTH_B, LOST_A, LOST_B, CELL_COLUMNS };

static const jk_listing_column cell_columns[CELL_COLUMNS] = {
    [BY_A] = JK_LISTED_TEXT("decision", "champion", "The champion's decision"),
    [BY_B] = JK_LISTED_TEXT("decision_challenger", "challenger", "The challenger's"),
    [CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims of which they decide so"),
    [FACE] = JK_LISTED_MONEY("face", "face", "What they owe"),
    [WORTH_A] = JK_LISTED_MONEY("value", "value", "Their value by the champion"),
    [WORTH_B] = JK_LISTED_MONEY("value_challenger", "by the challenger", "By the challenger"),
    [LOST_A] = JK_LISTED_MONEY("loss_by_champion", "loss if it follows",
                               "By the champion: what the challenger's decisions are worth less"),
    [LOST_B] = JK_LISTED_MONEY("loss_by_challenger", "loss if it does not",
                               "By the challenger: what the champion's decisions are worth less"),
};

static jk_status decision_cells(const jk_listing *listing, size_t i, jk_cell *cells, jk_error *error) {
    int a = (int)i / JK_ACTION_COUNT, b = (int)i % JK_ACTION_COUNT;
    const jk_challenge_cell *cell = &((const jk_challenge *)listing->source[0])->cell[a][b];
    (void)error;
    jk_cell_set(&cells[BY_A], jk_action_name((jk_action)a));
    jk_cell_set(&cells[BY_B], jk_action_name((jk_action)b));
    cells[CLAIMS].number = (double)cell->claims;
    cells[FACE].number = cell->face;
    for (int s = 0; s < 2; s++) {
        cells[WORTH_A + s].number = cell->value[s];
        cells[LOST_A + s].number = cell->loss[s];
    }
    return JK_OK;
}

jk_listing jk_challenge_decisions_listing(const jk_challenge *challenge) {
    return JK_LISTING_OF("challenger decisions", cell_columns,
                         challenge != NULL ? (size_t)JK_ACTION_COUNT * JK_ACTION_COUNT : 0, decision_cells, challenge);
}

/* ---- JSON and CSV ----------------------------------------------------------------------------------------------- */

static json_t *side_json(jk_json_builder *b, const jk_challenge *challenge, int side) {
    const jk_model *model = challenge->model[side];
    json_t *object = jk_json_group(b, &challenge->total[side]);
    jk_json_put(b, object, "model", jk_json_string(model->name));
    jk_json_put(b, object, "version", model->version != NULL ? jk_json_string(model->version) : json_null());
    jk_json_put(b, object, "model_sha256", json_string(model->sha256));
    jk_json_put_numbers(b, object, {"irr", challenge->irr[side]}, {"bid", challenge->bid[side]});
    return object;
}

json_t *jk_json_challenge(jk_json_builder *b, const jk_challenge *challenge) {
    jk_listing rows = jk_challenge_listing(challenge), decisions = jk_challenge_decisions_listing(challenge);
    json_t *object = json_object();
    jk_json_put(b, object, "champion", side_json(b, challenge, 0));
    jk_json_put(b, object, "challenger", side_json(b, challenge, 1));
    jk_json_put(b, object, "differing", json_integer((json_int_t)challenge->differing));
    jk_json_put_numbers(b, object, {"rank_correlation", challenge->rank_correlation},
                        {"mean_difference", challenge->mean_difference});
    jk_json_put(b, object, "decisions", jk_listing_json(b, &decisions));
    jk_json_put(b, object, "rows", jk_listing_json(b, &rows));
    return object;
}

char *jk_challenge_page_json(const jk_challenge *challenge, int32_t cutoff) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    jk_json_put(&b, object, "currency", jk_json_string(challenge->model[0]->base_currency));
    jk_json_put(&b, object, "cutoff", jk_json_date(cutoff));
    json_t *both = jk_json_challenge(&b, challenge);
    for (size_t row = 0; !jk_policy_get()->with_ids && row < challenge->count; row++) { /* a page names nobody */
        jk_json_put(&b, json_array_get(json_object_get(both, "rows"), row), "claim_id",
                    jk_json_row_name(challenge->rows[row].row));
    }
    jk_json_put(&b, object, "challenge", both);
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}

jk_status jk_challenge_write_claims(const jk_challenge *challenge, const char *path, jk_error *error) {
    const jk_listing listing = jk_challenge_listing(challenge);
    return jk_listing_write(&listing, path, true, error);
}
