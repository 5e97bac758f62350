/* SPDX-License-Identifier: Apache-2.0 */
/* The CSV and the store of one generated tape are the same tape: the CSV imports without a reject, into the same cells.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "jalki/generate.h"
#include "jalki/import.h"
#include "jalki/tape.h"

enum { ROWS = 50000 };

static void *read_column(const jk_tape *tape, jk_column column, size_t *width) {
    bool text = jk_schema_column(column)->type == JK_TYPE_TEXT;
    *width = text ? jk_tape_text_width(tape, column) : jk_schema_element_size(column);
    void *cells = malloc(ROWS * *width);
    assert_non_null(cells);
    assert_int_equal(jk_tape_read(tape, column, 0, ROWS, cells, NULL), JK_OK);
    return cells;
}

/* Dictionaries may number their strings differently: what counts is the string. */
static void compare_strings(const jk_tape *a, const jk_tape *b, jk_column column, const int32_t *x, const int32_t *y) {
    size_t count = 0;
    const char *const *of_a = jk_tape_dictionary(a, column, &count);
    const char *const *of_b = jk_tape_dictionary(b, column, &count);
    for (size_t i = 0; i < ROWS; i++) {
        assert_true((x[i] == JK_MISSING_INDEX) == (y[i] == JK_MISSING_INDEX));
        if (x[i] != JK_MISSING_INDEX) {
            assert_string_equal(of_a[x[i]], of_b[y[i]]);
        }
    }
}

static void compare_tapes(const char *path_a, const char *path_b) {
    jk_tape *a = NULL;
    jk_tape *b = NULL;
    assert_int_equal(jk_tape_open(path_a, &a, NULL), JK_OK);
    assert_int_equal(jk_tape_open(path_b, &b, NULL), JK_OK);
    assert_int_equal(jk_tape_rows(a), ROWS);
    assert_int_equal(jk_tape_rows(b), ROWS);
    assert_int_equal(jk_tape_debtors(a), jk_tape_debtors(b));
    assert_int_equal(jk_tape_cutoff(a), jk_tape_cutoff(b));
    for (int column = 0; column < JK_TAPE_COLUMN_COUNT; column++) {
        size_t width_a = 0;
        size_t width_b = 0;
        void *x = read_column(a, (jk_column)column, &width_a);
        void *y = read_column(b, (jk_column)column, &width_b);
        if (jk_schema_column((jk_column)column)->type == JK_TYPE_DICTIONARY) {
            compare_strings(a, b, (jk_column)column, x, y);
        } else {
            assert_int_equal(width_a, width_b);
            assert_memory_equal(x, y, ROWS * width_a);
        }
        free(x);
        free(y);
    }
    jk_tape_close(a);
    jk_tape_close(b);
}

static void csv_and_store_are_the_same_tape(void **state) {
    (void)state;
    char folder[] = "/tmp/jalki-generate-import-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char csv[64];
    char imported[64];
    char direct[64];
    (void)snprintf(csv, sizeof csv, "%s/t.csv.gz", folder);
    (void)snprintf(imported, sizeof imported, "%s/a.h5", folder);
    (void)snprintf(direct, sizeof direct, "%s/b.h5", folder);
    jk_generate_options options = jk_generate_defaults();
    options.rows = ROWS;
    jk_error error = {0};
    assert_int_equal(jk_generate_csv(&options, csv, 1, NULL, &error), JK_OK);
    assert_int_equal(jk_generate_store(&options, direct, NULL, &error), JK_OK);
    const char *source = csv;
    jk_import_options import = {.sources = &source, .source_count = 1, .output = imported, .cutoff = options.cutoff};
    jk_import_summary *summary = NULL;
    assert_int_equal(jk_import(&import, NULL, &summary, &error), JK_OK);
    assert_int_equal(summary->rows_accepted, ROWS);
    assert_int_equal(summary->rows_rejected, 0);
    assert_int_equal(summary->missing_count, 0);
    jk_import_summary_free(summary);
    compare_tapes(imported, direct);
    assert_int_equal(unlink(csv), 0);
    assert_int_equal(unlink(imported), 0);
    assert_int_equal(unlink(direct), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(csv_and_store_are_the_same_tape)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
