/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of claims are called: none of it may be the name of an own column of a tape, which stands in the
 * same files and stores; and months as columns. */
#include <string.h>

#include "base/words/listing.h"
#include "cmocka_all.h"
#include "jalki/export.h"
#include "jalki/scenario.h"
#include "jalki/schema.h"
#include "jalki/shares.h"
#include "value/results/cashflow_columns.h"

static void test_names_are_taken(void **state) {
    (void)state;
    const jk_listing claims = jk_claims_columns();
    assert_int_equal(claims.column_count, 25);
    for (size_t c = 0; c < claims.column_count; c++) {
        if (jk_extra_name_problem(claims.columns[c].name) == NULL) {
            fail_msg("an own column may be called %s", claims.columns[c].name);
        }
    }
    assert_null(jk_extra_name_problem("store_of_origin"));
}

static void test_no_name_twice(void **state) {
    (void)state;
    const jk_listing files[] = {jk_claims_columns(), jk_cashflow_columns(), jk_shares_columns(),
                                jk_scenario_claims_columns()};
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        char head[JK_LISTING_HEAD], *rest = head;
        const size_t length = jk_listing_head(&files[f], head);
        assert_int_equal(length, strlen(head));
        for (size_t c = 0; c < files[f].column_count; c++) {
            const jk_listing_column *column = &files[f].columns[c];
            assert_string_equal(strsep(&rest, ","), column->name);
            assert_true(strlen(column->meaning) > 0 && column->meaning[strlen(column->meaning) - 1] != '.');
            for (size_t other = 0; other < c; other++) {
                assert_string_not_equal(files[f].columns[other].name, column->name);
            }
        }
        assert_null(rest);
    }
}

static void test_amounts_of_a_month(void **state) {
    (void)state;
    const jk_month month = {.gross = 10.0, .instalments = 4.0, .cost = 3.0, .sale = 2.0, .net = 9.0};
    const jk_listing columns = jk_cashflow_columns();
    double amounts[JK_CASHFLOW_COUNT];
    jk_cashflow_amounts(&month, amounts);
    const struct {
        const char *name;
        double amount;
    } expected[] = {{"gross", 10.0}, {"instalments", 4.0}, {"cost", 3.0}, {"sale", 2.0}, {"net", 9.0}};
    assert_int_equal(columns.column_count, 2 + JK_CASHFLOW_COUNT);
    for (size_t i = 0; i < JK_CASHFLOW_COUNT; i++) {
        assert_string_equal(columns.columns[2 + i].name, expected[i].name);
        assert_true(amounts[i] == expected[i].amount);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_are_taken), cmocka_unit_test(test_no_name_twice),
                                       cmocka_unit_test(test_amounts_of_a_month)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
