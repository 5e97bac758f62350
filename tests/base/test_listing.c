/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that are written one after the other, as CSV and as JSON; how numbers of a column are written. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words/listing.h"
#include "cmocka_all.h"
#include "support/must.h"

static const jk_listing_column columns[] = {
    JK_LISTED_TEXT("item", "item", "What is counted"),
    JK_LISTED_COUNT("rows", "rows", "How many"),
    {"share", NULL, "", "A number of two decimals", JK_LISTING_NUMBER, 2},
    JK_LISTED_FIGURE("value", "as the figure is", "A figure, or a date"),
};
static const jk_listing empty = {
    .name = "test", .columns = columns, .column_count = sizeof columns / sizeof columns[0]};

static jk_listed *made(void) {
    jk_listed *listed = jk_listed_create(&empty);
    char item[] = "claims";
    jk_listed_texts(listed, item);
    jk_listed_number(listed, 3.0);
    jk_listed_number(listed, -0.001);
    jk_listed_figure(listed, 0.125, -1);
    memset(item, '-', sizeof item - 1); /* texts are copies */
    jk_listed_texts(listed, "claims");
    jk_listed_number(listed, 9007199254740992.0);
    jk_listed_number(listed, (double)NAN);
    jk_listed_figure(listed, -0.0, 2);
    jk_listed_texts(listed, "=last, \"day\"");
    jk_listed_number(listed, (double)NAN);
    jk_listed_number(listed, (double)INFINITY);
    jk_listed_date(listed, 20634); /* 2026-06-30: 56 years of 365 days, 14 leap days, 180 days */
    return listed;
}

static void test_csv(void **state) {
    (void)state;
    jk_error error = {0};
    char *text = NULL;
    size_t size = 0;
    jk_listed *listed = made();
    const jk_listing rows = jk_listed_rows(listed);
    assert_int_equal(rows.rows, 3);
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    must(jk_listing_csv(&rows, stream, &error), &error);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(text, "item,rows,share,value\n"
                              "claims,3,-0.00,0.125\n"
                              "claims,9007199254740992,,0.00\n"
                              "\"'=last, \"\"day\"\"\",,,2026-06-30\n");
    free(text);
    jk_listed_free(listed);
}

/* Names of columns may be a template's: cells like others. */
static void test_names(void **state) {
    (void)state;
    const jk_listing_column named[] = {JK_LISTED_TEXT("=1+2", "a", "A"), JK_LISTED_TEXT("Debtor, \033", "b", "B")};
    const jk_listing none = {.name = "test", .columns = named, .column_count = 2};
    jk_error error = {0};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    must(jk_listing_csv(&none, stream, &error), &error);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(text, "'=1+2,\"Debtor, \\u001b\"\n");
    free(text);
}

static void test_json(void **state) {
    (void)state;
    jk_json_builder builder = {0};
    jk_listed *listed = made();
    const jk_listing rows = jk_listed_rows(listed);
    json_t *list = jk_listing_json(&builder, &rows), *first = json_array_get(list, 0), *last = json_array_get(list, 2);
    assert_int_equal(builder.failed, 0);
    assert_int_equal(json_integer_value(json_object_get(first, "rows")), 3);
    assert_true(json_real_value(json_object_get(first, "value")) == 0.125);
    assert_true(json_is_null(json_object_get(last, "rows")));
    assert_string_equal(json_string_value(json_object_get(last, "value")), "2026-06-30");
    json_decref(list);
    jk_listed_free(listed);
}

/* Columns without rows; and memory that ran out is told, not taken for no rows. */
static void test_none(void **state) {
    (void)state;
    jk_error error = {0};
    jk_listed *listed = jk_listed_create(&empty);
    assert_int_equal(jk_listed_rows(listed).rows, 0);
    jk_listed_free(listed);
    jk_listed_free(NULL);
    jk_listed_texts(NULL, "nothing");
    const jk_listing lost = jk_listed_rows(NULL);
    assert_int_equal(lost.rows, 1);
    jk_cell cells[JK_LISTING_COLUMNS];
    assert_int_equal(jk_listing_row(&lost, 0, cells, &error), JK_ERROR_MEMORY);
}

static void test_numbers(void **state) {
    (void)state;
    char text[64];
    assert_string_equal(jk_listing_number(1.0 / 3.0, 4, text, sizeof text), "0.3333");
    assert_string_equal(jk_listing_number(1.0 / 3.0, -1, text, sizeof text), "0.333333333");
    assert_string_equal(jk_listing_number(1.0 / 3.0, -3, text, sizeof text), "0.333");
    assert_string_equal(jk_listing_number(-0.0, 0, text, sizeof text), "0");
    assert_string_equal(jk_listing_number((double)NAN, 2, text, sizeof text), "");
}

static void test_long_text(void **state) {
    (void)state;
    char text[2 * JK_CELL_TEXT];
    jk_cell cell;
    memset(text, 'a', sizeof text);
    text[JK_CELL_TEXT - 1] = '\0'; /* the longest that fits */
    jk_cell_set(&cell, text);
    assert_string_equal(cell.text, text);
    text[JK_CELL_TEXT - 1] = 'a';
    text[sizeof text - 1] = '\0';
    jk_cell_set(&cell, text);
    assert_int_equal(strlen(cell.text), JK_CELL_TEXT - 1);
    assert_string_equal(cell.text + JK_CELL_TEXT - 5, "a\xe2\x80\xa6");
    memcpy(text + JK_CELL_TEXT - 5, "\xc3\xa4", 2); /* a letter of two bytes of which one has room */
    jk_cell_set(&cell, text);
    assert_int_equal(strlen(cell.text), JK_CELL_TEXT - 2);
    assert_string_equal(cell.text + JK_CELL_TEXT - 6, "a\xe2\x80\xa6");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_csv),     cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_json),    cmocka_unit_test(test_none),
                                       cmocka_unit_test(test_numbers), cmocka_unit_test(test_long_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
