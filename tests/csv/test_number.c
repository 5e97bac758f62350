/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as people write them, by docs/mapping-file.md: what each text is worth as an amount, a whole number, a real
 * one and a decimal of eighteen places, up to the limits of each. */
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "csv/value.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { BAD = -1, TOO_LARGE = -2 }; /* no amounts below are */

static const jk_csv_format point = {.decimal = '.', .date = "%Y-%m-%d"};
static const jk_csv_format comma = {.decimal = ',', .thousands = ".", .date = "%Y-%m-%d"};

static const struct {
    const char *text;
    int64_t with_point, with_comma; /* hundredths, or BAD, or TOO_LARGE */
} amounts[] = {
    {"5", 500, 500},
    {"\xe2\x82\xac 5", 500, 500},
    {"5 \xe2\x82\xac", 500, 500},
    {"\xe2\x82\xac"
     "5\xe2\x82\xac",
     BAD, BAD},
    {"kr 5", 500, 500},
    {"5 kr.", 500, 500},
    {"5kr", 500, 500},
    {"EUR 5", 500, 500},
    {"5 sek", 500, 500},
    {"5 PLN", 500, 500},
    {"5 PLN EUR", BAD, BAD},
    {"5 XYZ", BAD, BAD},
    {"$5", 500, 500},
    {"\xc2\xa3"
     "5",
     500, 500},
    {"kr", BAD, BAD},
    {"-5", -500, -500},
    {"5-", -500, -500},
    {"5 -", -500, -500},
    {"\xe2\x88\x92"
     "5",
     -500, -500},
    {"5\xe2\x80\x93", -500, -500},
    {"+5", 500, 500},
    {"5+", BAD, BAD},
    {"--5", BAD, BAD},
    {"-5-", BAD, BAD},
    {"+-5", BAD, BAD},
    {"- 5 kr", -500, -500},
    {"kr -5", -500, -500},
    {"(5)", -500, -500},
    {"( 5 )", -500, -500},
    {"(kr 5)", -500, -500},
    {"(-5)", BAD, BAD},
    {"((5))", BAD, BAD},
    {"()", BAD, BAD},
    {"(5", BAD, BAD},
    {"5)", BAD, BAD},
    {"100.-", 10000, BAD},
    {"100,-", BAD, 10000},
    {"100:-", 10000, 10000},
    {":-", BAD, BAD},
    {"1 234.50", 123450, BAD},
    {"1 234,50", BAD, 123450},
    {"1'234", 123400, 123400},
    {"1\xe2\x80\x99"
     "234",
     123400, 123400},
    {"1\xc2\xa0"
     "234",
     123400, 123400},
    {"12 345 678", 1234567800, 1234567800},
    {"123 456", 12345600, 12345600},
    {"1234 567", BAD, BAD},
    {"12 34", BAD, BAD},
    {"1 234 5", BAD, BAD},
    {"1 2345", BAD, BAD},
    {"1  234", BAD, BAD},
    {"1'", BAD, BAD},
    {"1,234.50", 123450, BAD},
    {"1.234,50", BAD, 123450},
    {"1,234", BAD, 123}, /* a fraction there */
    {"1.234", 123, 123400},
    {"12.34", 1234, BAD},
    {"1.234.567,8", BAD, 123456780},
    {"1234.567", 123457, BAD},
    {".5", 50, BAD},
    {",5", BAD, 50},
    {"5.", 500, BAD},
    {"5,", BAD, 500},
    {"5..", BAD, BAD},
    {".", BAD, BAD},
    {"", BAD, BAD},
    {" ", BAD, BAD},
    {"1e2", 10000, 10000},
    {"1E+2", 10000, 10000},
    {"1e-2", 1, 1},
    {"1.5e3", 150000, BAD},
    {"1e", BAD, BAD},
    {"1e+", BAD, BAD},
    {"1e-", BAD, BAD},
    {"1e2x", BAD, BAD},
    {"1f2", BAD, BAD},
    {"e2", BAD, BAD},
    {"-1e2", -10000, -10000},
    {"1e10", 1000000000000, 1000000000000}, /* the largest amount */
    {"1e11", TOO_LARGE, TOO_LARGE},
    {"1e30", TOO_LARGE, TOO_LARGE},
    {"1e31", BAD, BAD},
    {"0e30", 0, 0},
    {"1e-30", 0, 0},
    {"1e-31", BAD, BAD},
    {"1e99999999999", BAD, BAD},
    {"5%", BAD, BAD},
    {"10000000000", 1000000000000, 1000000000000},
    {"999999999999999999", TOO_LARGE, TOO_LARGE},
    {"1000000000000000000", TOO_LARGE, TOO_LARGE},
    {"1000000000000000000x", BAD, BAD},
    {"0000000000000000000000005", 500, 500},
    {"1 000 000 000 000 000 000", TOO_LARGE, TOO_LARGE},
    {"five", BAD, BAD},
    {"5 5", BAD, BAD},
};

/* The text among other bytes: what lies around must not matter. */
static const char *among(const char *text, char other) {
    static char memory[256];
    memset(memory, other, sizeof memory);
    memcpy(memory + 64, text, strlen(text));
    return memory + 64;
}

static void amounts_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(amounts); i++) {
        const char *text = amounts[i / 2].text;
        for (const char *other = "7-.,e% '("; *other != '\0'; other++) {
            int64_t with = 7, alone = 7;
            const jk_csv_format *format = i % 2 == 0 ? &point : &comma;
            const jk_csv_read read = jk_csv_to_money(text, strlen(text), format, &alone);
            if (jk_csv_to_money(among(text, *other), strlen(text), format, &with) != read || with != alone) {
                fail_msg("'%s' among '%c': %lld, alone %lld", text, *other, (long long)with, (long long)alone);
            }
        }
        const int64_t wanted = i % 2 == 0 ? amounts[i / 2].with_point : amounts[i / 2].with_comma;
        int64_t money = 7;
        const jk_csv_read read = jk_csv_to_money(text, strlen(text), i % 2 == 0 ? &point : &comma, &money);
        const int64_t found = read == JK_CSV_BAD ? BAD : read == JK_CSV_RANGE ? TOO_LARGE : money;
        if (found != wanted) {
            fail_msg("'%s' with a %s: %lld, expected %lld", text, i % 2 == 0 ? "point" : "comma", (long long)found,
                     (long long)wanted);
        }
    }
}

/* As many digits as there is room for, and one more. */
static void long_numbers_are_read_or_refused(void **state) {
    (void)state;
    char text[300];
    for (size_t zeros = 1; zeros < 120; zeros++) {
        double real = 0.0;
        (void)snprintf(text, sizeof text, "%0*d 001", (int)zeros, 0); /* in a group: no reader of plain ones takes it */
        const bool fits = jk_csv_to_real(text, strlen(text), &point, &real) == JK_CSV_OK;
        assert_true(fits == (zeros <= 3) && (!fits || real == 1.0));
        (void)snprintf(text, sizeof text, "kr 1.%0*d", (int)zeros, 5);
        const bool room = jk_csv_to_real(text, strlen(text), &point, &real) == JK_CSV_OK;
        assert_int_equal(room, 2 + zeros <= JK_CSV_PLAIN_MAX - 1);
        (void)snprintf(text, sizeof text, "kr %0*d", (int)zeros, 5);
        assert_int_equal(jk_csv_to_real(text, strlen(text), &point, &real) == JK_CSV_OK, zeros <= JK_CSV_PLAIN_MAX - 1);
    }
}

static void whole_numbers_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        jk_csv_read read;
        int32_t value;
    } cases[] = {{"0", JK_CSV_OK, 0},
                 {"2.0", JK_CSV_OK, 2},
                 {"2.5", JK_CSV_BAD, 0},
                 {"2.000000000000000001", JK_CSV_BAD, 0},
                 {"-7", JK_CSV_OK, -7},
                 {"1e3", JK_CSV_OK, 1000},
                 {"1 000", JK_CSV_OK, 1000},
                 {"2147483647", JK_CSV_OK, 2147483647},
                 {"2147483648", JK_CSV_RANGE, 0},
                 {"-2147483647", JK_CSV_OK, -2147483647},
                 {"-2147483648", JK_CSV_RANGE, 0}, /* stands for missing */
                 {"99999999999999999999", JK_CSV_RANGE, 0},
                 {"x", JK_CSV_BAD, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int32_t value = 0;
        assert_int_equal(jk_csv_to_integer(cases[i].text, strlen(cases[i].text), &point, &value), cases[i].read);
        assert_true(cases[i].read != JK_CSV_OK || value == cases[i].value);
    }
}

static void real_numbers_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int scale;
        bool good;
        double value;
    } cases[] = {{"0.1", 0, true, 0.1},
                 {"0.12345678901234567", 0, true, 0.12345678901234567},
                 {" 7 ", 0, true, 7.0},
                 {"5%", 0, true, 0.05},
                 {"5 %", 0, true, 0.05},
                 {"5%", -2, true, 0.05}, /* in percent once, with or without the unit */
                 {"5", -2, true, 0.05},
                 {"5%%", 0, false, 0.0},
                 {"5 % kr", 0, false, 0.0},
                 {"-5%", 0, true, -0.05},
                 {"1.5", 3, true, 1500.0},
                 {"1 000.5", 0, true, 1000.5},
                 {"1 000.5", 3, true, 1000500.0},
                 {"1.5e2%", 0, true, 1.5},
                 {"1 000e2", 0, true, 100000.0},
                 {"", 0, false, 0.0},
                 {"x", 0, false, 0.0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        jk_csv_format format = point;
        double value = 0.0;
        format.scale = cases[i].scale;
        const bool good = jk_csv_to_real(cases[i].text, strlen(cases[i].text), &format, &value) == JK_CSV_OK;
        if (good != cases[i].good || (good && value != cases[i].value)) {
            fail_msg("'%s': %.17g", cases[i].text, value);
        }
    }
}

/* Eighteen places; what lies beyond is cut. */
static void decimals_are_exact(void **state) {
    (void)state;
    const jk_csv_decimal unit = JK_CSV_DECIMAL_UNIT;
    static const struct {
        const char *text;
        jk_csv_read read;
        int64_t whole, rest; /* of 10^-18 */
    } cases[] = {{"0.123456789012345678", JK_CSV_OK, 0, 123456789012345678},
                 {"0.1234567890123456789", JK_CSV_OK, 0, 123456789012345678},
                 {"-1.5", JK_CSV_OK, -1, -500000000000000000},
                 {"999999999999999999", JK_CSV_OK, 999999999999999999, 0},
                 {"1000000000000000000", JK_CSV_RANGE, 0, 0},
                 {"1e18", JK_CSV_OK, 1000000000000000000, 0},
                 {"1e-18", JK_CSV_OK, 0, 1},
                 {"19e-19", JK_CSV_OK, 0, 1},
                 {"9e-19", JK_CSV_OK, 0, 0},
                 {"12%", JK_CSV_OK, 0, 120000000000000000},
                 {"1 000", JK_CSV_OK, 1000, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        jk_csv_decimal value = 0;
        const jk_csv_read read = jk_csv_to_decimal(cases[i].text, strlen(cases[i].text), &point, &value);
        assert_int_equal(read, cases[i].read);
        assert_true(read != JK_CSV_OK || value == cases[i].whole * unit + cases[i].rest);
    }
    jk_csv_format percent = point;
    jk_csv_decimal value = 0; /* of 127 bits and a sign: below 1.7015e38 */
    assert_int_equal(jk_csv_to_decimal("170e18", 6, &point, &value), JK_CSV_OK);
    assert_true(value == unit * 1000000000000000000 * 170);
    assert_int_equal(jk_csv_to_decimal("171e18", 6, &point, &value), JK_CSV_RANGE);
    percent.scale = -2; /* which divides, then */
    assert_true(jk_csv_to_decimal("12%", 3, &percent, &value) == JK_CSV_OK && value == 12 * unit);
}

static void decimals_are_rounded_once(void **state) {
    (void)state;
    const jk_csv_decimal unit = JK_CSV_DECIMAL_UNIT;
    static const struct {
        int64_t part; /* of 10^-6 */
        int scale;
        int64_t money;
    } cases[] = {{5000, 0, 1},    {4999, 0, 0},    {-5000, 0, -1},       {-4999, 0, 0}, {15000, 0, 2}, {14999, 0, 1},
                 {500000, -2, 1}, {499999, -2, 0}, {1000000, 3, 100000}, {5, 3, 1},     {4, 3, 0},     {-5, 3, -1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t money = 7;
        assert_int_equal(jk_csv_decimal_to_money(cases[i].part * (unit / 1000000), cases[i].scale, &money), JK_CSV_OK);
        assert_int_equal(money, cases[i].money);
    }
    int64_t money = 0;
    assert_int_equal(jk_csv_decimal_to_money(unit * 10000000000 + unit / 1000 * 5 - 1, 0, &money), JK_CSV_OK);
    assert_int_equal(money, 1000000000000);
    assert_int_equal(jk_csv_decimal_to_money(unit * 10000000000 + unit / 1000 * 5, 0, &money), JK_CSV_RANGE);
    assert_int_equal(jk_csv_decimal_to_money(-unit * 10000000000, 0, &money), JK_CSV_OK);
    assert_int_equal(money, -1000000000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_read),       cmocka_unit_test(long_numbers_are_read_or_refused),
        cmocka_unit_test(whole_numbers_are_read), cmocka_unit_test(real_numbers_are_read),
        cmocka_unit_test(decimals_are_exact),     cmocka_unit_test(decimals_are_rounded_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
