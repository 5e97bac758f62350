/* SPDX-License-Identifier: Apache-2.0 */
/* Views: one column reads a value, or missing, everywhere; the others and the tape itself are as they were. */
#include "cmocka_all.h"

#include "value/engine_case.h"

enum { ROWS = 300 };

static void one_column(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = ROWS});
    jk_tape *blank = NULL, *same = NULL;
    const int64_t income = 123456;
    int64_t before[ROWS], after[ROWS];
    assert_int_equal(jk_tape_view(tape, JK_COLUMN_INCOME_MONTHLY, NULL, &blank, NULL), JK_OK);
    assert_int_equal(jk_tape_view(tape, JK_COLUMN_INCOME_MONTHLY, &income, &same, NULL), JK_OK);
    assert_true(jk_tape_is_absent(blank, JK_COLUMN_INCOME_MONTHLY) &&
                jk_tape_is_absent(same, JK_COLUMN_INCOME_MONTHLY));
    assert_false(jk_tape_is_absent(tape, JK_COLUMN_INCOME_MONTHLY));
    assert_int_equal(jk_tape_read(blank, JK_COLUMN_INCOME_MONTHLY, 7, 100, after, NULL), JK_OK);
    assert_true(after[0] == JK_MISSING_MONEY && after[99] == JK_MISSING_MONEY);
    assert_int_equal(jk_tape_read(same, JK_COLUMN_INCOME_MONTHLY, 0, ROWS, after, NULL), JK_OK);
    assert_true(after[0] == income && after[ROWS - 1] == income);
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_PRINCIPAL, 0, ROWS, before, NULL), JK_OK);
    assert_int_equal(jk_tape_read(same, JK_COLUMN_PRINCIPAL, 0, ROWS, after, NULL), JK_OK);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(jk_tape_rows(same), ROWS);
    jk_tape_close(same);
    jk_tape_close(blank);
    assert_int_equal(jk_tape_read(tape, JK_COLUMN_INCOME_MONTHLY, 0, ROWS, after, NULL), JK_OK);
    assert_true(after[0] != income || after[1] != income); /* the tape outlives its views */

    /* Of words none stands for all rows; that there are none can be said. */
    const int32_t word = 0;
    int32_t words[ROWS];
    assert_int_equal(jk_tape_view(tape, JK_COLUMN_PRODUCT, &word, &same, NULL), JK_ERROR_ARGUMENT);
    assert_int_equal(jk_tape_view(tape, JK_COLUMN_PRODUCT, NULL, &blank, NULL), JK_OK);
    assert_int_equal(jk_tape_read(blank, JK_COLUMN_PRODUCT, 0, ROWS, words, NULL), JK_OK);
    assert_true(words[0] == JK_MISSING_INDEX && words[ROWS - 1] == JK_MISSING_INDEX);
    jk_tape_close(blank);

    const jk_column refused[] = {JK_COLUMN_CLAIM_ID, JK_COLUMN_PRINCIPAL, JK_COLUMN_DEBTOR_INDEX};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(jk_tape_view(tape, refused[i], &income, &same, NULL), JK_ERROR_ARGUMENT);
        assert_null(same);
    }
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_column)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
