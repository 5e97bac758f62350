/* SPDX-License-Identifier: Apache-2.0 */
/* A listing through templates: columns by other names, in another order, more than once, fixed texts; templates that
 * are none, and what is said of them. */
#include "jalki/listing_template.h"

#include "base/error.h"
#include "base/words/listing.h"
#include "support/refusal.h"
#include "value/engine_case.h"

enum { ROWS = 3 };

static const jk_listing_column columns[] = {JK_LISTED_COUNT("place", "", "Place on the list"),
                                            JK_LISTED_TEXT("claim_id", "claim", "The claim"),
                                            JK_LISTED_MONEY("balance", "balance", "What is owed")};

static jk_status cells_of(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)listing;
    char id[8];
    if (row == ROWS) {
        return jk_fail_memory(error, "the row behind the last");
    }
    (void)snprintf(id, sizeof id, "C%zu", 7 + row);
    cells[0].number = 1.0 + (double)row;
    jk_cell_set(&cells[1], id);
    cells[2].number = 20.5 + (double)row;
    return JK_OK;
}

static const jk_listing ours = {
    .name = "owed", .columns = columns, .column_count = 3, .rows = ROWS, .choice = 2, .cells = cells_of};

static jk_status read_text(const char *text, jk_listing_template *made, jk_error *error) {
    write_file(file_name("bad.h5"), text, strlen(text));
    return jk_listing_template_read(file_name("bad.h5"), &ours, made, error);
}

static void columns_are_shown_as_they_are_named(void **state) {
    (void)state;
    jk_error error = {0};
    jk_listing_template made;
    jk_cell cells[JK_LISTING_COLUMNS];
    must(read_text("Owed: balance\nQueue: {text: north}\nNo: place\nAgain: balance\nLine: {text: 7}\nId: claim_id\n",
                   &made, &error),
         &error);
    const jk_listing through = jk_listing_through(&made, &ours);
    static const char *const names[] = {"Owed", "Queue", "No", "Again", "Line", "Id"};
    static const jk_listing_kind kinds[] = {JK_LISTING_NUMBER, JK_LISTING_TEXT, JK_LISTING_COUNT,
                                            JK_LISTING_NUMBER, JK_LISTING_TEXT, JK_LISTING_TEXT};
    assert_string_equal(through.name, "owed");
    assert_true(through.column_count == 6 && through.rows == ROWS && through.choice == 2);
    for (size_t c = 0; c < 6; c++) {
        assert_string_equal(through.columns[c].name, names[c]);
        assert_string_equal(through.columns[c].head, names[c]);
        assert_string_equal(through.columns[c].unit, kinds[c] == JK_LISTING_NUMBER ? "money" : "");
        assert_int_equal(through.columns[c].kind, kinds[c]);
        assert_int_equal(through.columns[c].decimals, kinds[c] == JK_LISTING_NUMBER ? 2 : 0);
    }
    for (size_t row = 0; row < ROWS; row++) {
        char id[8];
        (void)snprintf(id, sizeof id, "C%zu", 7 + row);
        must(jk_listing_row(&through, row, cells, &error), &error);
        assert_true(cells[0].number == 20.5 + (double)row && cells[3].number == 20.5 + (double)row);
        assert_true(cells[2].number == 1.0 + (double)row);
        assert_string_equal(cells[1].text, "north");
        assert_string_equal(cells[4].text, "7");
        assert_string_equal(cells[5].text, id);
    }
    assert_int_equal(jk_listing_row(&through, ROWS, cells, &error), JK_ERROR_MEMORY); /* as the listing fails */
    jk_listing_template_reset(&made);
    jk_listing_template_reset(&made); /* nothing is left that could be given back twice */
    assert_true(made.count == 0 && made.arena == NULL);
}

/* One column and as many as there may be, and names of a single byte and of as many as there may be. */
static void few_and_many_columns(void **state) {
    (void)state;
    jk_error error = {0};
    jk_listing_template made;
    char text[4096] = "", name[160];
    must(read_text("x: place\n", &made, &error), &error);
    assert_int_equal(made.count, 1);
    jk_listing_template_reset(&made);
    for (int c = 0; c < JK_LISTING_COLUMNS; c++) {
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "n%d: %s\n", c, columns[c % 3].name);
    }
    must(read_text(text, &made, &error), &error);
    assert_int_equal(made.count, JK_LISTING_COLUMNS);
    assert_string_equal(made.columns[JK_LISTING_COLUMNS - 1].name, "n39");
    assert_int_equal(made.from[JK_LISTING_COLUMNS - 1], 0);
    jk_listing_template_reset(&made);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "more: place\n");
    assert_int_equal(read_text(text, &made, &error), JK_ERROR_MODEL);
    (void)snprintf(name, sizeof name, "%0128d: balance\n", 0);
    must(read_text(name, &made, &error), &error);
    assert_int_equal(strlen(made.columns[0].name), 128);
    jk_listing_template_reset(&made);
    (void)snprintf(name, sizeof name, "%0129d: balance\n", 0);
    assert_int_equal(read_text(name, &made, &error), JK_ERROR_MODEL);
}

static void other_files_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *words;
        int line;
    } cases[] = {{"No: place\nOwed: balanse\n", "there is no column 'balanse', did you mean balance?", 2},
                 {"No: place\nOwed: whatever_this_is\n", "; docs/outputs.md has them", 2},
                 {"Owed: [balance]\n", "expected one of our columns, or {text: WORDS}, found", 1},
                 {"Owed: {text: [north]}\n", "or {text: WORDS}, found", 1},
                 {"Owed: {words: north}\n", "or {text: WORDS}, found", 1},
                 {"Owed: {text: north, more: south}\n", "or {text: WORDS}, found", 1},
                 {"\"\": balance\n", "expected a name of 1 to 128 bytes in a line", 1},
                 {"\"a\\nb\": balance\n", "expected a name of 1 to 128 bytes in a line", 1},
                 {"\"a\\rb\": balance\n", "expected a name of 1 to 128 bytes in a line", 1},
                 {"{}\n", "expected a map of 1 to 40 columns", 1},
                 {"balance\n", "expected a map of 1 to 40 columns", 1},
                 {"- balance\n", "expected a map of 1 to 40 columns", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_error error = {0};
        jk_listing_template made;
        memset(&made, 0x5a, sizeof made);
        const jk_status status = read_text(cases[i].text, &made, &error);
        if (status != JK_ERROR_MODEL || strstr(error.message, cases[i].words) == NULL || error.line != cases[i].line) {
            fail_msg("case %zu: line %d, %s", i, (int)error.line, error.message);
        }
        assert_true(made.count == 0 && made.arena == NULL);
    }
    jk_error error = {0};
    jk_listing_template made;
    assert_int_not_equal(read_text("Owed: {\n", &made, &error), JK_OK);
    assert_int_equal(jk_listing_template_read(file_name("nothing"), &ours, &made, &error), JK_ERROR_IO);
}

static jk_status read_once(void *context, jk_error *error) {
    jk_listing_template made;
    (void)context;
    const jk_status status = jk_listing_template_read(file_name("bad.h5"), &ours, &made, error);
    assert_true(status == JK_OK ? made.count == 2 : status == JK_ERROR_MEMORY && made.arena == NULL);
    jk_listing_template_reset(&made);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    static const char text[] = "Owed: balance\nQueue: {text: north}\n";
    long without = 0;
    write_file(file_name("bad.h5"), text, sizeof text - 1);
    assert_true(refuse_each_allocation(read_once, NULL, &without) > without);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_shown_as_they_are_named), cmocka_unit_test(few_and_many_columns),
        cmocka_unit_test(other_files_are_refused), cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
