/* SPDX-License-Identifier: Apache-2.0 */
/* A store made by the generator holds the generated columns, cell by cell, for any number of threads. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "jalki/generate.h"
#include "jalki/tape.h"

enum { ROWS = 30001 };

static size_t width_of(const jk_tape *tape, jk_column column) {
    bool text = jk_schema_column(column)->type == JK_TYPE_TEXT;
    return text ? jk_tape_text_width(tape, column) : jk_schema_element_size(column);
}

/* Text may be stored wider than it was made. */
static void compare_column(const jk_tape *tape, const jk_block *expected, jk_column column) {
    size_t width = width_of(tape, column);
    char *stored = calloc(ROWS, width);
    assert_non_null(stored);
    assert_int_equal(jk_tape_read(tape, column, 0, ROWS, stored, NULL), JK_OK);
    if (jk_schema_column(column)->type == JK_TYPE_TEXT) {
        assert_true(width >= JK_GENERATE_TEXT_WIDTH);
        for (size_t i = 0; i < ROWS; i++) {
            const char *cell = stored + i * width;
            assert_memory_equal(cell, (const char *)expected->column[column] + i * JK_GENERATE_TEXT_WIDTH,
                                JK_GENERATE_TEXT_WIDTH);
            assert_int_equal(strnlen(cell, width), JK_GENERATE_TEXT_WIDTH);
        }
    } else {
        assert_memory_equal(stored, expected->column[column], ROWS * width);
    }
    free(stored);
}

static void compare_store(const char *path, const jk_generate_options *options, const jk_block *expected) {
    jk_tape *tape = NULL;
    jk_error error = {0};
    assert_int_equal(jk_tape_open(path, &tape, &error), JK_OK);
    assert_int_equal(jk_tape_rows(tape), ROWS);
    assert_int_equal(jk_tape_cutoff(tape), options->cutoff);
    int32_t debtors = 0;
    for (size_t i = 0; i < ROWS; i++) {
        int32_t number = JK_BLOCK_INT32(expected, DEBTOR_INDEX)[i];
        debtors = number >= debtors ? number + 1 : debtors;
    }
    assert_int_equal(jk_tape_debtors(tape), debtors);
    for (int column = 0; column < JK_TAPE_COLUMN_COUNT; column++) {
        compare_column(tape, expected, (jk_column)column);
        if (jk_schema_column((jk_column)column)->type == JK_TYPE_DICTIONARY) {
            size_t count = 0;
            size_t expected_count = 0;
            const char *const *strings = jk_tape_dictionary(tape, (jk_column)column, &count);
            const char *const *names = jk_generate_dictionary((jk_column)column, &expected_count);
            assert_int_equal(count, expected_count);
            for (size_t i = 0; i < count; i++) {
                assert_string_equal(strings[i], names[i]);
            }
        }
    }
    jk_tape_close(tape);
}

static void stores_hold_the_generated_columns(void **state) {
    (void)state;
    char path[] = "/tmp/jalki-generate-store-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    jk_generate_options options = jk_generate_defaults();
    options.rows = ROWS;
    options.seed = 42;
    jk_block expected;
    assert_int_equal(jk_generate_block_init(&expected, ROWS, NULL), JK_OK);
    jk_generate_rows(&options, 0, ROWS, &expected);
    for (int threads = 1; threads <= 4; threads += 3) {
        jk_run run = {.threads = threads};
        jk_error error = {0};
        assert_int_equal(jk_generate_store(&options, path, &run, &error), JK_OK);
        compare_store(path, &options, &expected);
    }
    jk_generate_block_reset(&expected);
    assert_int_equal(unlink(path), 0);
}

static void a_store_that_cannot_be_written_is_reported(void **state) {
    (void)state;
    jk_error error = {0};
    jk_generate_options options = jk_generate_defaults();
    assert_int_equal(jk_generate_store(&options, "/no/such/folder/t.h5", NULL, &error), JK_ERROR_IO);
    assert_string_equal(error.file, "/no/such/folder/t.h5");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores_hold_the_generated_columns),
        cmocka_unit_test(a_store_that_cannot_be_written_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
