/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number/calendar.h"

#include <string.h>

#include "cmocka_all.h"

static int32_t date(const char *text) {
    int32_t days = 0;
    assert_true(jk_date_parse(text, strlen(text), &days));
    return days;
}

static void known_days(void **state) {
    (void)state;
    assert_int_equal(date("1970-01-01"), 0);
    assert_int_equal(date("2000-03-01"), 11017);
    assert_int_equal(date("1969-12-31"), -1);
    assert_int_equal(date("2026-11-22"), 20779);
}

static void every_day_of_four_centuries_round_trips(void **state) {
    (void)state;
    int32_t day = date("1800-01-01");
    for (int32_t year = 1800; year < 2200; year++) {
        for (int32_t month = 1; month <= 12; month++) {
            for (int32_t d = 1; d <= jk_days_in_month(year, month); d++, day++) {
                assert_int_equal(jk_date_from_civil(year, month, d), day);
                jk_civil civil = jk_civil_from_date(day);
                assert_int_equal(civil.year * 10000 + civil.month * 100 + civil.day, year * 10000 + month * 100 + d);
            }
        }
    }
}

static void impossible_dates_are_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"2023-02-29", "2023-13-01", "2023-00-10", "2023-01-00", "2023-04-31",  "23-01-01",
                                      "2023/01/01", "2023-1-1",   "0000-01-01", "1900-02-29", "2023-01-011", ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int32_t days = 0;
        assert_false(jk_date_parse(bad[i], strlen(bad[i]), &days));
    }
    assert_int_equal(date("2000-02-29") + 1, date("2000-03-01"));
}

static void months_between_counts_whole_months(void **state) {
    (void)state;
    assert_int_equal(jk_months_between(date("2020-01-15"), date("2020-02-14")), 0);
    assert_int_equal(jk_months_between(date("2020-01-15"), date("2020-02-15")), 1);
    assert_int_equal(jk_months_between(date("2020-01-31"), date("2020-02-29")), 1); /* last day of its month */
    assert_int_equal(jk_months_between(date("2020-01-31"), date("2020-02-28")), 0);
    assert_int_equal(jk_months_between(date("2020-01-31"), date("2021-02-28")), 13);
    assert_int_equal(jk_months_between(date("2021-02-28"), date("2020-01-31")), -13);
    assert_int_equal(jk_months_between(date("2020-05-05"), date("2020-05-05")), 0);
}

static void adding_months_keeps_the_day_or_takes_the_last(void **state) {
    (void)state;
    assert_int_equal(jk_date_add_months(date("2020-01-31"), 1), date("2020-02-29"));
    assert_int_equal(jk_date_add_months(date("2020-01-31"), 13), date("2021-02-28"));
    assert_int_equal(jk_date_add_months(date("2020-03-31"), -1), date("2020-02-29"));
    assert_int_equal(jk_date_add_months(date("2020-01-15"), -25), date("2017-12-15"));
    assert_int_equal(jk_date_add_months(date("2011-06-30"), 240), date("2031-06-30"));
}

static void formats_what_it_parses(void **state) {
    (void)state;
    char text[JK_DATE_TEXT];
    assert_string_equal(jk_date_format(date("0987-06-05"), text), "0987-06-05");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days),
        cmocka_unit_test(every_day_of_four_centuries_round_trips),
        cmocka_unit_test(impossible_dates_are_refused),
        cmocka_unit_test(months_between_counts_whole_months),
        cmocka_unit_test(adding_months_keeps_the_day_or_takes_the_last),
        cmocka_unit_test(formats_what_it_parses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
