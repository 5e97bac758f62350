/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks: what is refused, and that nothing is left behind then. What stands in them, tests/python/test_xlsx.py
 * reads with another program. */
#include "jalki/xlsx.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"

static const jk_listing_column columns[] = {{"name", "name", "", "What", JK_LISTING_TEXT, 0},
                                            {"amount", "amount", "money", "How much", JK_LISTING_NUMBER, 2}};

static jk_status cells_of(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)listing;
    (void)error;
    (void)snprintf(cells[0].text, sizeof cells[0].text, "=row %zu", row);
    cells[1].number = row == 0 ? (double)INFINITY : (double)NAN;
    return JK_OK;
}

static jk_listing listing_of(size_t rows) {
    return (jk_listing){.name = "test", .columns = columns, .column_count = 2, .rows = rows, .cells = cells_of};
}

static const char path[] = "test_xlsx.xlsx";

static bool is_there(void) {
    struct stat facts;
    return stat(path, &facts) == 0;
}

static void test_names_that_no_sheet_can_have(void **state) {
    (void)state;
    static const char *const names[] = {"", "a sheet's name of thirty-two chars", "a/b", "[x]", "one"};
    jk_listing listing = listing_of(2);
    jk_xlsx *book = NULL;
    jk_error error = {0};
    assert_int_equal(jk_xlsx_open(path, "EUR", false, &book, &error), JK_OK);
    assert_int_equal(jk_xlsx_add(book, &(jk_xlsx_table){.sheet = "one", .title = "", .listing = &listing}, &error),
                     JK_OK);
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) { /* the last is taken */
        jk_xlsx_table table = {.sheet = names[n], .title = "", .listing = &listing};
        assert_int_equal(jk_xlsx_add(book, &table, &error), JK_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "can be no sheet's name here"));
    }
    jk_xlsx_abort(book);
    assert_false(is_there());
}

static void test_without_a_manifest_there_is_no_file(void **state) {
    (void)state;
    jk_xlsx *book = NULL;
    jk_error error = {0};
    assert_int_equal(jk_xlsx_open(path, "EUR", false, &book, &error), JK_OK);
    assert_int_equal(jk_xlsx_commit(book, NULL, &error), JK_ERROR_MEMORY);
    assert_false(is_there());
}

static void test_more_rows_than_a_sheet_holds(void **state) {
    (void)state;
    jk_listing listing = listing_of(JK_SHEET_ROWS);
    jk_xlsx *book = NULL;
    jk_error error = {0};
    assert_int_equal(jk_xlsx_open(path, "EUR", false, &book, &error), JK_OK);
    assert_int_equal(jk_xlsx_add(book, &(jk_xlsx_table){.sheet = "many", .title = "", .listing = &listing}, &error),
                     JK_ERROR_UNSUPPORTED);
    assert_string_equal(error.key, "many");
    jk_xlsx_abort(book);
    assert_false(is_there());
}

static void test_no_folder(void **state) {
    (void)state;
    jk_xlsx *book = NULL;
    jk_error error = {0};
    assert_int_equal(jk_xlsx_open("no/such/folder.xlsx", "EUR", false, &book, &error), JK_ERROR_IO);
    assert_null(book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_that_no_sheet_can_have),
        cmocka_unit_test(test_without_a_manifest_there_is_no_file),
        cmocka_unit_test(test_more_rows_than_a_sheet_holds),
        cmocka_unit_test(test_no_folder),
    };
    (void)unlink(path);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
