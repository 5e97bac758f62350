/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that a row gives by itself, by hand and of any part of a block; and the exchange rates that are told. */
#include "law/law_fixture.h"
#include "law/numbers.h"

static const row rows[] = {
    {.CELL(COUNTRY) = "FI",
     .CELL(WRITTEN_OFF_ON) = "2024-01-31",
     .CELL(PRINCIPAL) = "100",
     .CELL(INTEREST_ACCRUED) = "20",
     .CELL(FEES) = "3",
     .CELL(BIRTH_YEAR) = "1980",
     .CELL(LAST_PAID_ON) = "2025-12-31"},
    {.CELL(COUNTRY) = "FI",
     .CELL(WRITTEN_OFF_ON) = "2025-07-01",
     .CELL(DEFAULTED_ON) = "2025-06-15",
     .CELL(PRINCIPAL) = "1000",
     .CELL(CURRENCY) = "SEK"},
    {.CELL(COUNTRY) = "LV",
     .CELL(WRITTEN_OFF_ON) = "2026-06-30",
     .CELL(PRINCIPAL) = "7",
     .CELL(FEES) = "0.50",
     .CELL(DEBTOR_TYPE) = "business",
     .CELL(BIRTH_YEAR) = "1990",
     .CELL(LAST_PAID_ON) = "2026-06-30"},
    {.CELL(COUNTRY) = "FI",
     .CELL(WRITTEN_OFF_ON) = "2016-06-30",
     .CELL(PRINCIPAL) = "60",
     .CELL(INTEREST_ACCRUED) = "4",
     .CELL(BIRTH_YEAR) = "2000",
     .CELL(LAST_PAID_ON) = "2025-07-01"},
};

static const struct {
    jk_derived figure;
    jk_column column;
    double expected[COUNT(rows)];
} figures[] = {
    {JK_DERIVED_BALANCE, JK_COLUMN_PRINCIPAL, {123.0, 125.0, 7.5, 64.0}},
    {JK_DERIVED_AGE_YEARS, JK_COLUMN_BIRTH_YEAR, {46.0, NAN, NAN, 26.0}}, /* a business has none */
    {JK_DERIVED_MONTHS_SINCE_WRITE_OFF, JK_COLUMN_WRITTEN_OFF_ON, {29.0, 11.0, 0.0, 120.0}},
    {JK_DERIVED_MONTHS_SINCE_DEFAULT, JK_COLUMN_DEFAULTED_ON, {29.0, 12.0, 0.0, 120.0}},
    {JK_DERIVED_MONTHS_SINCE_LAST_PAYMENT, JK_COLUMN_LAST_PAID_ON, {6.0, NAN, 0.0, 11.0}},
    {JK_DERIVED_NONE, JK_COLUMN_PRINCIPAL, {100.0, 125.0, 7.0, 60.0}},
    {JK_DERIVED_NONE, JK_COLUMN_BIRTH_YEAR, {1980.0, NAN, 1990.0, 2000.0}},
};

static void rows_give_their_numbers_in_any_part(void **state) {
    (void)state;
    fixture f;
    fixture_open(&f, load_model("tests/law/rules.yaml"), "2026-06-30", rows, COUNT(rows));
    for (size_t k = 0; k < COUNT(figures); k++) {
        for (size_t first = 0; first < COUNT(rows); first++) {
            for (size_t count = 1; first + count <= COUNT(rows); count++) {
                double value[COUNT(rows)];
                jk_law_numbers(f.law, figures[k].figure, figures[k].column, &f.rows.block, first, count, value);
                for (size_t i = 0; i < count; i++) {
                    const double expected = figures[k].expected[first + i];
                    if (isnan(expected) ? !isnan(value[i]) : value[i] != expected) {
                        fail_msg("figure %zu of row %zu from %zu is %.17g, expected %.17g", k, first + i, first,
                                 value[i], expected);
                    }
                }
            }
        }
    }
    fixture_close(&f);
}

static void expect_rates(const jk_tape *tape, const jk_model *model, size_t count, const jk_rate_used *expected) {
    jk_rate_used told[JK_RATES_TOLD];
    assert_int_equal(jk_rates_used(tape, model, told, JK_RATES_TOLD), count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(told[i].currency, expected[i].currency);
        assert_true(told[i].rate == expected[i].rate);
    }
    assert_int_equal(jk_rates_used(tape, model, told, 0), 0);
}

/* Of EUR, SEK and DKK the tape has the first two; whichever the model names first. */
static void rates_of_the_tapes_currencies_are_told(void **state) {
    (void)state;
    fixture f;
    fixture_open(&f, load_model("tests/law/rules.yaml"), "2026-06-30", rows, COUNT(rows));
    const jk_rate_used sek = {"SEK", 0.125}, both[] = {{"DKK", 0.25}, {"SEK", 0.125}};
    expect_rates(f.rows.tape, f.model, 1, &sek);
    const jk_exchange_rate turned[] = {{.currency = "SEK", .rate = 0.125}, {.currency = "EUR", .rate = 1.0}};
    jk_model other = *f.model;
    other.exchange_rates = turned;
    other.exchange_rate_count = 2;
    expect_rates(f.rows.tape, &other, 1, &sek);
    /* The currency that the model file is written in is told, too. */
    const jk_exchange_rate three[] = {
        {.currency = "DKK", .rate = 0.25}, {.currency = "EUR", .rate = 1.0}, {.currency = "SEK", .rate = 0.125}};
    other.exchange_rates = three;
    other.exchange_rate_count = 3;
    other.written_currency = "DKK";
    expect_rates(f.rows.tape, &other, 2, both);
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_give_their_numbers_in_any_part),
        cmocka_unit_test(rates_of_the_tapes_currencies_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
