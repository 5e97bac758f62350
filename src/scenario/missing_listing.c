/* SPDX-License-Identifier: Apache-2.0 */
/* The price of missing data by field as rows, the columns described once; and as JSON. */
#include "base/file/run_record.h"
#include "base/words/listing.h"
#include "jalki/missing.h"

enum {
    FIELD,
    GIVEN,
    BLANKED,
    WORST,
    BEST,
    AT_STAKE,
    GAP_CLAIMS,
    GAP_FACE,
    GAP_VALUE,
    GAP_WORST,
    GAP_BEST,
    EXPECTED,
    INFORMATION,
    GAP_EXPECTED,
    GAP_INFORMATION,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [FIELD] = JK_LISTED_TEXT("field", "field", "Column of the tape"),
    [GIVEN] = JK_LISTED_MONEY("given", NULL, "Value of the claims as given"),
    [BLANKED] = JK_LISTED_MONEY("blanked", "blanked", "If no claim had it"),
    [WORST] = JK_LISTED_MONEY("worst", "at worst", "If it were the worst everywhere"),
    [BEST] = JK_LISTED_MONEY("best", "at best", "If it were the best"),
    [AT_STAKE] = JK_LISTED_MONEY("at_stake", "at stake", "Given less worst"),
    [GAP_CLAIMS] = JK_LISTED_COUNT("gap_claims", "claims without", "Claims without it"),
    [GAP_FACE] = JK_LISTED_MONEY("gap_face", NULL, "What they owe"),
    [GAP_VALUE] = JK_LISTED_MONEY("gap_value", "worth now", "Their value as they are"),
    [GAP_WORST] = JK_LISTED_MONEY("gap_worst", "at worst", "If theirs were the worst"),
    [GAP_BEST] = JK_LISTED_MONEY("gap_best", "at best", "The best"),
    [EXPECTED] = JK_LISTED_MONEY("expected", NULL, "Value if it became known, on average"),
    [INFORMATION] = JK_LISTED_MONEY("information", "knowing it", "What knowing it is worth before deciding"),
    [GAP_EXPECTED] = JK_LISTED_MONEY("gap_expected", "expected", "The same of the claims without it"),
    [GAP_INFORMATION] = JK_LISTED_MONEY("gap_information", "knowing it", "Likewise"),
};

static jk_status missing_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_missing_field *field = &((const jk_missing_field *)listing->source[0])[row];
    (void)error;
    jk_cell_set(&cells[FIELD], jk_schema_column(field->column)->name);
    cells[GIVEN].number = field->given;
    cells[BLANKED].number = field->blanked;
    cells[WORST].number = field->worst;
    cells[BEST].number = field->best;
    cells[AT_STAKE].number = field->at_stake;
    cells[GAP_CLAIMS].number = (double)field->gap_claims;
    cells[GAP_FACE].number = field->gap_face;
    cells[GAP_VALUE].number = field->gap_value;
    cells[GAP_WORST].number = field->gap_worst;
    cells[GAP_BEST].number = field->gap_best;
    cells[EXPECTED].number = field->expected;
    cells[INFORMATION].number = field->information;
    cells[GAP_EXPECTED].number = field->gap_expected;
    cells[GAP_INFORMATION].number = field->gap_information;
    return JK_OK;
}

jk_listing jk_missing_listing(const jk_missing_field *fields, size_t count) {
    return JK_LISTING_OF("missing data", columns, count, missing_cells, fields);
}

char *jk_missing_json(const jk_missing_field *fields, size_t count, double irr) {
    const jk_listing rows = jk_missing_listing(fields, count);
    jk_json_builder b = {0};
    json_t *object = json_object();
    jk_json_put(&b, object, "irr", jk_json_number(irr));
    jk_json_put(&b, object, "fields", jk_listing_json(&b, &rows));
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
