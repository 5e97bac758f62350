/* SPDX-License-Identifier: Apache-2.0 */
/* Columns that commands add to files of claims: none may be the name of an own column, which stands beside them. */
#include "cli/help/outputs_described.h"
#include "cmocka_all.h"
#include "jalki/schema.h"

static void test_names_are_taken(void **state) {
    (void)state;
    const jk_listing *const added[] = {&jk_cli_decide_claims_rows, &jk_cli_checks_claims_rows};
    for (size_t i = 0; i < sizeof added / sizeof added[0]; i++) {
        assert_true(added[i]->column_count > 0);
        for (size_t c = 0; c < added[i]->column_count; c++) {
            if (jk_extra_name_problem(added[i]->columns[c].name) == NULL) {
                fail_msg("an own column may be called %s", added[i]->columns[c].name);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_are_taken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
