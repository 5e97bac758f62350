/* SPDX-License-Identifier: Apache-2.0 */
/* Break-evens as rows, the columns described once; and as JSON. */
#include "base/file/run_record.h"
#include "base/words/listing.h"
#include "jalki/break_even.h"
#include "scenario/break_even.h"

enum { KEY, MEASURE, MODE, IRR, TARGET, FOUND, FIGURE, REACHED, BASE, LOW, AT_LOW, HIGH, AT_HIGH, COLUMNS };

#define OF_MEASURE(name, head, meaning)                                                                                \
    { name, head, "as the measure", meaning, JK_LISTING_NUMBER, 6 }
#define OF_KEY(name, head, meaning, decimals)                                                                          \
    { name, head, "as the key", meaning, JK_LISTING_NUMBER, decimals }
static const jk_listing_column columns[COLUMNS] = {
    [KEY] = JK_LISTED_TEXT("key", NULL, "What is moved"),
    [MEASURE] = JK_LISTED_TEXT("measure", NULL, "What is to reach the target"),
    [MODE] = JK_LISTED_TEXT("mode", NULL, "replanned or committed"),
    [IRR] = {"irr", NULL, "a year", "Required return", JK_LISTING_NUMBER, -6},
    [TARGET] = {"target", "asked", "as the measure", "What is to be reached", JK_LISTING_NUMBER, -10},
    [FOUND] = {"found", NULL, "", "Whether it is reached", JK_LISTING_FLAG, 0},
    [FIGURE] = OF_KEY("figure", "figure", "Where", 8),
    [REACHED] = OF_MEASURE("reached", "there", "The measure there"),
    [BASE] = OF_MEASURE("base", "now", "The measure as things are"),
    [LOW] = OF_KEY("low", NULL, "Lowest figure tried", 6),
    [AT_LOW] = OF_MEASURE("at_low", NULL, "The measure there"),
    [HIGH] = OF_KEY("high", NULL, "Highest figure tried", 6),
    [AT_HIGH] = OF_MEASURE("at_high", NULL, "The measure there"),
};
#undef OF_MEASURE
#undef OF_KEY

static jk_status break_even_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_break_even_wish *wish = &((const jk_break_even_wish *)listing->source[0])[row];
    const jk_break_even *result = &((const jk_break_even *)listing->source[1])[row];
    (void)error;
    jk_cell_set(&cells[KEY], jk_stress_field_of(wish->key)->name);
    jk_cell_set(&cells[MEASURE], jk_measure_name(wish->measure));
    jk_cell_set(&cells[MODE], wish->committed ? "committed" : "replanned");
    cells[IRR].number = wish->irr;
    cells[TARGET].number = wish->target;
    cells[FOUND].number = result->found;
    cells[FIGURE].number = result->figure;
    cells[REACHED].number = result->reached;
    cells[BASE].number = result->base;
    cells[LOW].number = result->low;
    cells[AT_LOW].number = result->at_low;
    cells[HIGH].number = result->high;
    cells[AT_HIGH].number = result->at_high;
    return JK_OK;
}

jk_listing jk_break_even_listing(const jk_break_even_wish *wishes, const jk_break_even *results, size_t count) {
    return JK_LISTING_OF("break-even", columns, count, break_even_cells, wishes, results);
}

char *jk_break_even_json(const jk_break_even_wish *wishes, const jk_break_even *results, size_t count) {
    const jk_listing rows = jk_break_even_listing(wishes, results, count);
    const jk_stress_field *field = jk_stress_field_of(wishes[0].key);
    jk_json_builder b = {0};
    json_t *object = json_object();
    jk_json_put(&b, object, "key", json_string(field->name));
    jk_json_put(&b, object, "measure", json_string(jk_measure_name(wishes[0].measure)));
    jk_json_put(&b, object, "mode", json_string(wishes[0].committed ? "committed" : "replanned"));
    jk_json_put_numbers(&b, object, {"irr", wishes[0].irr}, {"neutral", field->neutral}, {"base", results[0].base});
    jk_json_put(&b, object, "results", jk_listing_json(&b, &rows));
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
