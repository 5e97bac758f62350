/* SPDX-License-Identifier: Apache-2.0 */
/* The day on which a panel's period ends, by hand: whole months by the calendar, what is left over in whole days. */
#include "tape/panel_period.h"

#include "cmocka_all.h"

static void periods_end_by_the_calendar(void **state) {
    (void)state;
    static const struct {
        int32_t from[3], end[3];
        double months;
    } cases[] = {
        {{2023, 1, 31}, {2023, 2, 28}, 1.0},  {{2024, 1, 31}, {2024, 2, 29}, 1.0},
        {{2023, 3, 15}, {2024, 3, 15}, 12.0}, {{2023, 3, 1}, {2023, 3, 16}, 0.5},         /* 15.2 days */
        {{2023, 3, 1}, {2023, 3, 31}, 0.999}, {{2023, 3, 1}, {2023, 4, 1}, 0.9999999999}, /* of a month's rest */
        {{2023, 3, 1}, {2023, 3, 1}, 0.03},   {{9999, 6, 1}, {9999, 12, 31}, 7.0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const int32_t *f = cases[i].from, *e = cases[i].end;
        assert_int_equal(jk_period_end(jk_date_from_civil(f[0], f[1], f[2]), cases[i].months),
                         jk_date_from_civil(e[0], e[1], e[2]));
    }
    /* Days as parts of a month, whole ones again, also as a file of six decimals has them. */
    for (int whole = 0; whole <= 24; whole++) {
        for (int days = 1; days <= 30; days++) {
            const int32_t start = jk_date_from_civil(2022, 5, 1);
            const int32_t wanted = jk_date_add_months(start, whole) + days;
            const double months = whole + days / 30.4375;
            assert_int_equal(jk_period_end(start, months), wanted);
            assert_int_equal(jk_period_end(start, ceil(months * 1e6) / 1e6), wanted);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(periods_end_by_the_calendar)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
