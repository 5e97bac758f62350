/* SPDX-License-Identifier: Apache-2.0 */
/* What two models make of the same claims, as rows, JSON and CSV. */
#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/listing.h"
#include "base/output.h"
#include "base/policy.h"
#include "base/run_record.h"
#include "jalki/challenge.h"
#include "value/json_parts.h"

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
    [PLACE] = {"place", "", "", "Place on the list, from 1", JK_LISTING_COUNT, 0},
    [CLAIM_ID] = {"claim_id", "claim", "", "The claim", JK_LISTING_TEXT, 0},
    [BALANCE] = {"balance", "balance", "money", "What is owed", JK_LISTING_NUMBER, 2},
    [DECISION_A] = {"decision", "champion", "", "The champion's decision", JK_LISTING_TEXT, 0},
    [DECISION_B] = {"decision_challenger", "challenger", "", "The challenger's", JK_LISTING_TEXT, 0},
    [VALUE_A] = {"value", "worth", "money", "Value by the champion", JK_LISTING_NUMBER, 2},
    [VALUE_B] = {"value_challenger", "by the challenger", "money", "Value by the challenger", JK_LISTING_NUMBER, 2},
    [LOSS_A] = {"loss_by_champion", "loss if it follows", "money",
                "By the champion: what the challenger's decision is worth less than its own", JK_LISTING_NUMBER, 2},
    [LOSS_B] = {"loss_by_challenger", "loss if it does not", "money",
                "By the challenger: what the champion's decision is worth less than its own", JK_LISTING_NUMBER, 2},
    [SCORE_A] = {"score", NULL, "", "Score by the champion", JK_LISTING_COUNT, 0},
    [SCORE_B] = {"score_challenger", NULL, "", "By the challenger", JK_LISTING_COUNT, 0},
    [CLASS_A] = {"class", NULL, "", "Capacity class by the champion", JK_LISTING_TEXT, 0},
    [CLASS_B] = {"class_challenger", NULL, "", "By the challenger", JK_LISTING_TEXT, 0},
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
    return (jk_listing){.name = "challenger",
                        .columns = columns,
                        .column_count = COLUMNS,
                        .rows = challenge != NULL ? challenge->count : 0,
                        .choice = -1,
                        .source = {challenge, NULL},
                        .cells = row_cells};
}

/* ---- decisions against each other ------------------------------------------------------------------------------- */

enum { BY_A, BY_B, CLAIMS, FACE, WORTH_A, WORTH_B, LOST_A, LOST_B, CELL_COLUMNS };

static const jk_listing_column cell_columns[CELL_COLUMNS] = {
    [BY_A] = {"decision", "champion", "", "The champion's decision", JK_LISTING_TEXT, 0},
    [BY_B] = {"decision_challenger", "challenger", "", "The challenger's", JK_LISTING_TEXT, 0},
    [CLAIMS] = {"claims", "claims", "", "Claims of which they decide so", JK_LISTING_COUNT, 0},
    [FACE] = {"face", "face", "money", "What they owe", JK_LISTING_NUMBER, 2},
    [WORTH_A] = {"value", "value", "money", "Their value by the champion", JK_LISTING_NUMBER, 2},
    [WORTH_B] = {"value_challenger", "by the challenger", "money", "By the challenger", JK_LISTING_NUMBER, 2},
    [LOST_A] = {"loss_by_champion", "loss if it follows", "money",
                "By the champion: what the challenger's decisions are worth less", JK_LISTING_NUMBER, 2},
    [LOST_B] = {"loss_by_challenger", "loss if it does not", "money",
                "By the challenger: what the champion's decisions are worth less", JK_LISTING_NUMBER, 2},
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
    return (jk_listing){.name = "challenger decisions",
                        .columns = cell_columns,
                        .column_count = CELL_COLUMNS,
                        .rows = challenge != NULL ? (size_t)JK_ACTION_COUNT * JK_ACTION_COUNT : 0,
                        .choice = -1,
                        .source = {challenge, NULL},
                        .cells = decision_cells};
}

/* ---- JSON and CSV ----------------------------------------------------------------------------------------------- */

static json_t *side_json(jk_json_builder *b, const jk_challenge *challenge, int side) {
    const jk_model *model = challenge->model[side];
    json_t *object = jk_json_group(b, &challenge->total[side]);
    jk_json_put(b, object, "model", jk_json_string(model->name));
    jk_json_put(b, object, "version", model->version != NULL ? jk_json_string(model->version) : json_null());
    jk_json_put(b, object, "model_sha256", json_string(model->sha256));
    jk_json_put(b, object, "irr", jk_json_number(challenge->irr[side]));
    jk_json_put(b, object, "bid", jk_json_number(challenge->bid[side]));
    return object;
}

json_t *jk_json_challenge(jk_json_builder *b, const jk_challenge *challenge) {
    jk_listing rows = jk_challenge_listing(challenge), decisions = jk_challenge_decisions_listing(challenge);
    json_t *object = json_object();
    jk_json_put(b, object, "champion", side_json(b, challenge, 0));
    jk_json_put(b, object, "challenger", side_json(b, challenge, 1));
    jk_json_put(b, object, "differing", json_integer((json_int_t)challenge->differing));
    jk_json_put(b, object, "rank_correlation", jk_json_number(challenge->rank_correlation));
    jk_json_put(b, object, "mean_difference", jk_json_number(challenge->mean_difference));
    jk_json_put(b, object, "decisions", jk_listing_json(b, &decisions));
    jk_json_put(b, object, "rows", jk_listing_json(b, &rows));
    return object;
}

char *jk_challenge_page_json(const jk_challenge *challenge, int32_t cutoff) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    char date[JK_DATE_TEXT];
    jk_json_put(&b, object, "currency", jk_json_string(challenge->model[0]->base_currency));
    jk_json_put(&b, object, "cutoff", json_string(jk_date_format(cutoff, date)));
    json_t *both = jk_json_challenge(&b, challenge);
    for (size_t row = 0; !jk_policy_get()->with_ids && row < challenge->count; row++) { /* a page names nobody */
        jk_json_put(&b, json_array_get(json_object_get(both, "rows"), row), "claim_id",
                    jk_json_row_name(challenge->rows[row].row));
    }
    jk_json_put(&b, object, "challenge", both);
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}

static void put_cell(FILE *out, const jk_listing_column *column, const jk_cell *cell) {
    char text[6 * JK_CELL_TEXT + 8];
    if (column->kind == JK_LISTING_TEXT) {
        char *end = jk_cell_write(text, cell->text, strlen(cell->text));
        (void)fwrite(text, 1, (size_t)(end - text), out);
    } else if (!isnan(cell->number)) {
        (void)fprintf(out, "%.*f", column->decimals > 0 ? column->decimals : 0, cell->number);
    }
}

jk_status jk_challenge_write_claims(const jk_challenge *challenge, const char *path, jk_error *error) {
    jk_listing listing = jk_challenge_listing(challenge);
    jk_cell cells[JK_LISTING_COLUMNS];
    jk_output output = {0};
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_output_open(&output, path, JK_OUTPUT_PERSONAL, error));
    JK_TRY_CLEANUP(jk_output_stream(&output, error));
    for (size_t c = 0; c < listing.column_count; c++) {
        (void)fprintf(output.stream, "%s%s", c > 0 ? "," : "", listing.columns[c].name);
    }
    (void)fputc('\n', output.stream);
    for (size_t row = 0; row < listing.rows; row++) {
        JK_TRY_CLEANUP(jk_listing_row(&listing, row, cells, error));
        for (size_t c = 0; c < listing.column_count; c++) {
            (void)fputs(c > 0 ? "," : "", output.stream);
            put_cell(output.stream, &listing.columns[c], &cells[c]);
        }
        (void)fputc('\n', output.stream);
    }
    JK_TRY_CLEANUP(jk_output_commit(&output, error));
cleanup:
    jk_output_abort(&output);
    return status;
}
