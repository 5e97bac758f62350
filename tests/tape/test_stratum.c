/* SPDX-License-Identifier: Apache-2.0 */
/* What claims are grouped by: codes stay in the bits that a key has for their column. */
#include "tape/stratum.h"

#include "base/number/calendar.h"
#include "cmocka_all.h"

/* A store made otherwise may hold any year; what no code can say is missing, and leaves the column beside it alone. */
static void test_vintages(void **state) {
    (void)state;
    const int32_t years[] = {1, 1899, 1900, 2020, 5994, 5995, 9999};
    const char *const wanted[] = {"missing", "missing", "1900", "2020", "5994", "missing", "missing"};
    const jk_stratum_list list = {
        .count = 2,
        .by = {{.source = JK_STRATUM_BALANCE, .name = "balance_band"},
               {.source = JK_STRATUM_VINTAGE, .column = JK_COLUMN_WRITTEN_OFF_ON, .name = "vintage"}}};
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        int32_t date = jk_date_from_civil(years[i], 6, 15);
        jk_block block = {.rows = 1};
        jk_cell cells[2];
        block.column[JK_COLUMN_WRITTEN_OFF_ON] = &date;
        uint64_t key = 0;
        for (size_t c = 0; c < list.count; c++) {
            const uint32_t code = jk_stratum_code(&list.by[c], &block, 300.0, 0, 0);
            assert_true(code < 1U << JK_STRATUM_BITS);
            key = jk_stratum_key(key, code);
        }
        jk_stratum_put_words(&list, key + 1, cells);
        assert_string_equal(cells[0].text, "250-500");
        assert_string_equal(cells[1].text, wanted[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vintages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
