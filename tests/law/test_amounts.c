/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts, attachable income and segments, worked out by hand from tests/law/rules.yaml. The cut-off is 2026-06-30. */
#include "law/law_fixture.h"

static void open_rows(fixture *f, const row *rows, size_t count) {
    fixture_open(f, load_model("tests/law/rules.yaml"), "2026-06-30", rows, count);
}

#define CLAIM(where, since) .CELL(COUNTRY) = (where), .CELL(WRITTEN_OFF_ON) = (since), .CELL(PRINCIPAL) = "100"

static void amounts_are_added_and_converted_once(void **state) {
    (void)state;
    static const row rows[] = {
        {.CELL(COUNTRY) = "FI",
         .CELL(WRITTEN_OFF_ON) = "2024-01-31",
         .CELL(LAST_PAID_ON) = "2025-12-31",
         .CELL(PRINCIPAL) = "0.10",
         .CELL(INTEREST_ACCRUED) = "0.10",
         .CELL(FEES) = "0.10"},
        {.CELL(COUNTRY) = "FI",
         .CELL(WRITTEN_OFF_ON) = "2024-01-30",
         .CELL(LAST_PAID_ON) = "2025-07-01",
         .CELL(PRINCIPAL) = "1000",
         .CELL(FEES) = "8",
         .CELL(CURRENCY) = "SEK",
         .CELL(OTHER_DEBT_ENFORCED) = "80",
         .CELL(INTEREST_RATE) = "0.2"},
        {.CELL(COUNTRY) = "LV",
         .CELL(WRITTEN_OFF_ON) = "2026-06-30",
         .CELL(PRINCIPAL) = "10000000000",
         .CELL(DEBTOR_TYPE) = "business",
         .CELL(BIRTH_YEAR) = "1980"},
        {.CELL(COUNTRY) = "FI",
         .CELL(WRITTEN_OFF_ON) = "2026-05-31",
         .CELL(LAST_PAID_ON) = "2026-06-30",
         .CELL(PRINCIPAL) = "1",
         .CELL(BIRTH_YEAR) = "1980",
         .CELL(INTEREST_RATE) = "0"},
    };
    fixture f;
    open_rows(&f, rows, COUNT(rows));
    assert_true(f.facts.balance[0] == 0.3); /* 0.1 + 0.1 + 0.1 is not */
    assert_true(f.facts.balance[1] == 126.0);
    assert_true(f.facts.principal[1] == 125.0);
    assert_true(f.facts.other_debt[1] == 10.0);
    assert_true(f.facts.balance[2] == 1e10);
    assert_true(f.facts.rate[0] == 0.08);
    assert_true(f.facts.rate[1] == 0.2);
    assert_true(f.facts.rate[2] == 0.06);
    assert_true(f.facts.rate[3] == 0.0);
    assert_true(f.facts.age_months[0] == 29.0); /* the cut-off is the last day of its month: the 31st has come */
    assert_true(f.facts.age_months[1] == 29.0);
    assert_true(f.facts.age_months[2] == 0.0);
    assert_true(f.facts.age_months[3] == 1.0);
    assert_int_equal(f.facts.paid_months[0], 6);
    assert_int_equal(f.facts.paid_months[1], 11); /* twelve months are over on the next day */
    assert_int_equal(f.facts.paid_months[2], INT32_MAX);
    assert_int_equal(f.facts.paid_months[3], 0);
    assert_true(f.facts.debtor_age[0] == 50.0);
    assert_true(isnan(f.facts.debtor_age[2]));
    assert_true(f.facts.debtor_age[3] == 46.0);
    fixture_close(&f);
}

/* FI: protected is 1000 + 200 a dependant + housing; half of it taken from 1 to 2 times that, a quarter from 2 to 4
 * times, all above; at most half of the income. */
static void income_is_attached_by_bands(void **state) {
    (void)state;
    static const struct {
        const char *country, *type, *currency, *income, *dependants, *housing;
        double attachable;
    } cases[] = {
        {"FI", NULL, NULL, "999.99", NULL, NULL, 0.0},
        {"FI", NULL, NULL, "1000", NULL, NULL, 0.0},
        {"FI", NULL, NULL, "1500", NULL, NULL, 250.0},
        {"FI", NULL, NULL, "2000", NULL, NULL, 500.0},
        {"FI", NULL, NULL, "3000", NULL, NULL, 750.0},
        {"FI", NULL, NULL, "4000", NULL, NULL, 1000.0},
        {"FI", NULL, NULL, "4500", NULL, NULL, 1500.0},
        {"FI", NULL, NULL, "6000", NULL, NULL, 3000.0},  /* 3000 by the bands, 3000 by the cap */
        {"FI", NULL, NULL, "7000", NULL, NULL, 3500.0},  /* 4000 by the bands, 3500 by the cap */
        {"FI", NULL, NULL, "3000", "2", "100", 750.0},   /* protected 1500: 1500 above it */
        {"FI", NULL, NULL, "3500", "2", "100", 875.0},   /* 750 + a quarter of 500 */
        {"FI", NULL, "SEK", "28000", "2", "800", 875.0}, /* the same in kronor: 3500 and 100 */
        {"FI", NULL, NULL, NULL, NULL, NULL, 25.0},      /* unknown: assumed */
        {"FI", NULL, NULL, "0", NULL, NULL, 0.0},
        {"FI", "business", NULL, "5000", NULL, NULL, 0.0},
        {"FI", "business", NULL, NULL, NULL, NULL, 0.0},
        {"DK", NULL, NULL, "9000", NULL, NULL, 0.0}, /* private creditors cannot garnish */
        {"DK", NULL, NULL, NULL, NULL, NULL, 0.0},
        {"EU", NULL, NULL, "1500", "3", "700", 200.0}, /* housing and dependants do not count */
        {"EU", NULL, NULL, NULL, NULL, NULL, 0.0},     /* nothing assumed */
    };
    row rows[COUNT(cases)];
    for (size_t i = 0; i < COUNT(cases); i++) {
        rows[i] = (row){CLAIM(cases[i].country, "2025-01-15"),   .CELL(DEBTOR_TYPE) = cases[i].type,
                        .CELL(CURRENCY) = cases[i].currency,     .CELL(INCOME_MONTHLY) = cases[i].income,
                        .CELL(DEPENDANTS) = cases[i].dependants, .CELL(HOUSING_COST) = cases[i].housing};
    }
    fixture f;
    open_rows(&f, rows, COUNT(cases));
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (f.facts.attachable[i] != cases[i].attachable) {
            fail_msg("case %zu: %.17g", i, f.facts.attachable[i]);
        }
        assert_int_equal(isnan(f.facts.income[i]), cases[i].income == NULL);
    }
    fixture_close(&f);
}

static void the_first_segment_that_matches_is_taken(void **state) {
    (void)state;
    static const row rows[] = {
        {CLAIM("FI", "2025-01-15"), .CELL(PRODUCT) = "loan"},
        {CLAIM("DK", "2025-01-15"), .CELL(PRODUCT) = "loan", .CELL(LEGAL_STATUS) = "filed", .CELL(VULNERABLE) = "0"},
        {CLAIM("FI", "2025-01-15"), .CELL(PRODUCT) = "loan", .CELL(VULNERABLE) = "1"},
        {CLAIM("FI", "2025-01-15"), .CELL(PRODUCT) = "loan", .CELL(LEGAL_STATUS) = "title"},
        {CLAIM("EU", "2025-01-15"), .CELL(PRODUCT) = "loan", .CELL(REACHABLE) = "phone"},
        {CLAIM("EU", "2025-01-15"), .CELL(REACHABLE) = "phone", .CELL(EMPLOYMENT) = "unknown"},
        {CLAIM("EU", "2025-01-15"), .CELL(REACHABLE) = "phone", .CELL(EMPLOYMENT) = "retired", .CELL(CURRENCY) = "EUR"},
        {CLAIM("EU", "2025-01-15"), .CELL(CURRENCY) = "SEK"},
    };
    static const int segments[] = {0, 0, 2, 2, 1, 1, 2, 3};
    fixture f;
    open_rows(&f, rows, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(f.facts.segment[i], segments[i]);
    }
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_added_and_converted_once),
        cmocka_unit_test(income_is_attached_by_bands),
        cmocka_unit_test(the_first_segment_that_matches_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
