/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the claims file against printf, on hand-picked and random values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/fmath.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "value/results/number.h"

static void assert_text(char *(*write)(char *, double), const char *format, double value) {
    char got[JK_NUMBER_TEXT + 1];
    char expected[64];
    *write(got, value) = '\0';
    (void)snprintf(expected, sizeof expected, format, value);
    if (strcmp(expected, "-0.00") == 0 || strcmp(expected, "-0") == 0) {
        memmove(expected, expected + 1, strlen(expected));
    }
    assert_string_equal(got, expected);
}

static void test_by_hand(void **state) {
    (void)state;
    const struct {
        double value;
        const char *cents, *digits9;
    } rows[] = {
        {0.0, "0.00", "0"},
        {-0.0, "0.00", "0"},
        {-0.001, "0.00", "-0.001"},
        {0.125, "0.12", "0.125"}, /* an exact half goes to even */
        {0.375, "0.38", "0.375"},
        {2.675, "2.67", "2.675"}, /* below the half in binary */
        {1.005, "1.00", "1.005"},
        {-1234.5, "-1234.50", "-1234.5"},
        {999999.995, "999999.99", "999999.995"}, /* 999999.99499999999534 in binary */
        {0.00012345678949, "0.00", "0.000123456789"},
        {123456789.0, "123456789.00", "123456789"},
        {100000000.0, "100000000.00", "100000000"},
        {1000000000.0, "1000000000.00", "1e+09"},
        {NAN, "", ""},
        {-INFINITY, "", ""},
        {-1.5e13, "-1.5e+13", "-1.5e+13"},
        {1.0 / 3.0, "0.33", "0.333333333"},
        {99.9999999996, "100.00", "100"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[JK_NUMBER_TEXT + 1];
        *jk_write_cents(text, rows[i].value) = '\0';
        assert_string_equal(text, rows[i].cents);
        *jk_write_digits9(text, rows[i].value) = '\0';
        assert_string_equal(text, rows[i].digits9);
    }
}

static void test_against_printf(void **state) {
    (void)state;
    for (uint64_t i = 0; i < 300000; i++) {
        jk_random4 random = jk_philox(7, 1, i);
        /* Log-uniform over 1e-7..1e12, both signs; single and double precision; and exact eighths of cents. */
        double value = jk_exp(43.7 * jk_uniform(random.word[0]) - 16.1) * (random.word[1] & 1 ? 1.0 : -1.0);
        assert_text(jk_write_cents, "%.2f", value);
        assert_text(jk_write_digits9, "%.9g", value);
        assert_text(jk_write_cents, "%.2f", (double)(float)value);
        assert_text(jk_write_digits9, "%.9g", (double)(float)value);
        assert_text(jk_write_cents, "%.2f", (double)(random.word[2] & 0xffffff) / 8.0);
        assert_text(jk_write_cents, "%.2f", (double)(random.word[2] & 0xffffff) / 1000.0);
        assert_text(jk_write_digits9, "%.9g", (double)random.word[3] / 32.0);
        double any = jk_bits_to_double((uint64_t)random.word[0] << 32 | random.word[1]);
        if (isfinite(any)) {
            assert_text(jk_write_digits9, "%.9g", any);
        }
    }
}

static void test_at_powers_of_ten(void **state) {
    (void)state;
    for (int e = -8; e <= 12; e++) {
        double power = strtod(
            (char[]){'1', 'e', e < 0 ? '-' : '+', (char)('0' + abs(e) / 10), (char)('0' + abs(e) % 10), 0}, NULL);
        for (int step = -3; step <= 3; step++) {
            double value = power;
            for (int i = 0; i < abs(step); i++) {
                value = nextafter(value, step < 0 ? 0.0 : INFINITY);
            }
            assert_text(jk_write_digits9, "%.9g", value);
            assert_text(jk_write_cents, "%.2f", value);
        }
    }
}

static void test_parts_by_hand(void **state) {
    (void)state;
    const struct {
        int64_t parts;
        int decimals;
        const char *text;
    } rows[] = {
        {0, 0, "0"},
        {5, 0, "5"},
        {-120, 0, "-120"},
        {0, 2, "0.00"},
        {-1, 2, "-0.01"},
        {100, 2, "1.00"},
        {1205, 3, "1.205"},
        {-10, 1, "-1.0"},
        {INT64_MAX, 0, "9223372036854775807"},
        {INT64_MIN, 0, "-9223372036854775808"},
        {INT64_MIN, 2, "-92233720368547758.08"},
        {INT64_MAX, 18, "9.223372036854775807"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[JK_NUMBER_TEXT + 1];
        *jk_write_parts(text, rows[i].parts, rows[i].decimals) = '\0';
        assert_string_equal(text, rows[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_against_printf),
        cmocka_unit_test(test_at_powers_of_ten),
        cmocka_unit_test(test_parts_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
