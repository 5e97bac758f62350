/* SPDX-License-Identifier: Apache-2.0 */
/* Binding a model to a tape and the sums per debtor: what is refused, and that sums are exact. */
#include <math.h>

#include "law/law_internal.h"
#include "law/numbers.h"

#include "law/law_fixture.h"

static const char cutoff[] = "2026-06-30";

#define CLAIM(where, since) .CELL(COUNTRY) = (where), .CELL(WRITTEN_OFF_ON) = (since), .CELL(PRINCIPAL) = "100"

static void currencies_without_a_rate_are_counted(void **state) {
    (void)state;
    static const row rows[] = {
        {CLAIM("FI", "2024-01-15"), .CELL(CURRENCY) = "EUR"},
        {CLAIM("FI", "2024-01-15"), .CELL(CURRENCY) = "GBP"},
        {CLAIM("FI", "2024-01-15"), .CELL(CURRENCY) = "GBP"},
    };
    tape_rows tape = tape_rows_open(rows, COUNT(rows));
    jk_model *model = load_model("tests/law/rules.yaml");
    jk_error error = {0};
    jk_law *law = (jk_law *)(void *)&error; /* what is refused leaves nothing that might be freed */
    assert_int_equal(jk_law_create(model, tape.tape, cell_date(cutoff), &law, &error), JK_ERROR_DATA);
    assert_null(law);
    assert_string_equal(error.key, "currency");
    assert_string_equal(error.message,
                        "2 claims, first 'C1' with 'GBP': the model has no exchange rate; expected it under 'fx'");
    jk_model_free(model);
    tape_rows_close(&tape);
}

static void dates_after_the_cutoff_are_refused(void **state) {
    (void)state;
    static const row rows[] = {
        {CLAIM("FI", "2024-01-15"), .CELL(LIMITATION_ON) = "2030-01-01"}, /* may lie ahead */
        {CLAIM("FI", "2024-01-15"), .CELL(BIRTH_YEAR) = "2025"},
        {CLAIM("FI", "2024-01-15"), .CELL(LAST_PAID_ON) = "2025-05-06"},
        {CLAIM("FI", "2024-01-15"), .CELL(LAST_PAID_ON) = "2024-12-31"},
        {CLAIM("FI", "2025-01-02")},
    };
    tape_rows tape = tape_rows_open(rows, COUNT(rows));
    jk_model *model = load_model("tests/law/rules.yaml");
    jk_error error = {0};
    jk_law *law = NULL;
    jk_debtors debtors = {0};
    assert_int_equal(jk_law_create(model, tape.tape, cell_date("2024-12-31"), &law, &error), JK_OK);
    jk_run run = {.threads = 2, .block_rows = 1};
    assert_int_equal(jk_debtors_create(law, tape.tape, &run, &debtors, &error), JK_ERROR_DATA);
    assert_null(debtors.balance);
    assert_string_equal(error.key, "birth_year");
    assert_non_null(
        strstr(error.message, "3 claims have dates after the cut-off 2024-12-31, first 'C1' (row 2) with 2025"));
    jk_law_free(law);
    jk_model_free(model);
    tape_rows_close(&tape);
}

static void a_balance_that_import_would_refuse_is_refused(void **state) {
    (void)state;
    static const row rows[] = {
        {CLAIM("FI", "2024-01-15")},
        {.CELL(COUNTRY) = "FI", .CELL(WRITTEN_OFF_ON) = "2024-01-15", .CELL(PRINCIPAL) = "0"},
    };
    tape_rows tape = tape_rows_open(rows, COUNT(rows));
    jk_model *model = load_model("tests/law/rules.yaml");
    jk_error error = {0};
    jk_law *law = NULL;
    jk_debtors debtors = {0};
    assert_int_equal(jk_law_create(model, tape.tape, cell_date(cutoff), &law, &error), JK_OK);
    assert_int_equal(jk_debtors_create(law, tape.tape, NULL, &debtors, &error), JK_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "row 2 has a balance of 0.00"));
    jk_law_free(law);
    jk_model_free(model);
    tape_rows_close(&tape);
}

static void debtors_sums_do_not_depend_on_blocks_or_threads(void **state) {
    (void)state;
    enum { ROWS = 997 };
    static row rows[ROWS];
    static char text[ROWS][2][24];
    for (size_t i = 0; i < ROWS; i++) {
        (void)snprintf(text[i][0], sizeof text[i][0], "D%zu", i * 7919 % 311);
        (void)snprintf(text[i][1], sizeof text[i][1], "%zu.%02zu", i * 104729 % 5003 + 1, i % 100);
        rows[i] = (row){.CELL(COUNTRY) = i % 3 ? "FI" : "DK",
                        .CELL(WRITTEN_OFF_ON) = i % 5 ? "2024-01-15" : "2020-01-15",
                        .CELL(PRINCIPAL) = text[i][1],
                        .CELL(DEBTOR_ID) = text[i][0],
                        .CELL(LEGAL_STATUS) = i % 11 ? "none" : "deceased"};
    }
    fixture f;
    fixture_open(&f, load_model("tests/law/rules.yaml"), cutoff, rows, ROWS);
    assert_int_equal(f.debtors.count, 311);
    /* Independently: hundredths of the base currency, row by row. */
    for (size_t d = 0; d < 311; d++) {
        int64_t all = 0;
        int64_t workable = 0;
        uint32_t claims = 0;
        for (size_t i = 0; i < ROWS; i++) {
            if ((size_t)JK_BLOCK_INT32(&f.rows.block, DEBTOR_INDEX)[i] == d) {
                all += cell_money(text[i][1]) * 10000;
                workable += i % 5 && i % 11 ? cell_money(text[i][1]) * 10000 : 0;
                claims++;
            }
        }
        assert_int_equal(f.debtors.balance[d], all);
        assert_int_equal(f.debtors.workable_balance[d], workable);
        assert_int_equal(f.debtors.claims[d], claims);
    }
    for (int32_t d = 0; d < 311; d += 31) {
        jk_debtors one = {0};
        jk_run run = {.threads = 2, .block_rows = 100};
        assert_int_equal(jk_debtors_create_one(f.law, f.rows.tape, &run, d, &one, NULL), JK_OK);
        assert_int_equal(one.count, 1);
        assert_int_equal(one.balance[0], f.debtors.balance[d]);
        assert_int_equal(one.workable_balance[0], f.debtors.workable_balance[d]);
        assert_int_equal(one.claims[0], f.debtors.claims[d]);
        jk_debtors_reset(&one);
    }
    for (size_t block = 1; block < 5000; block = block * 3 + 1) {
        jk_debtors again = {0};
        jk_run run = {.threads = 3, .block_rows = block};
        assert_int_equal(jk_debtors_create(f.law, f.rows.tape, &run, &again, NULL), JK_OK);
        assert_memory_equal(again.balance, f.debtors.balance, 311 * sizeof *again.balance);
        assert_memory_equal(again.workable_balance, f.debtors.workable_balance, 311 * sizeof *again.balance);
        jk_debtors_reset(&again);
    }
    fixture_close(&f);
}

/* Section 3: of what can be taken of the income, a claim gets its share of all that the debtor owes, at most all of
 * itself. An income of 1500 lets 250 be taken in FI. */
static void what_is_garnished_is_shared(void **state) {
    (void)state;
    static const row rows[] = {
        {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_ID) = "A", .CELL(INCOME_MONTHLY) = "1500"},
        {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_ID) = "B", .CELL(INCOME_MONTHLY) = "1500",
         .CELL(OTHER_DEBT_ENFORCED) = "400"},
        {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_ID) = "C", .CELL(INCOME_MONTHLY) = "1500",
         .CELL(OTHER_DEBT_ENFORCED) = "700"},
        {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_ID) = "C", .CELL(INCOME_MONTHLY) = "1500",
         .CELL(OTHER_DEBT_ENFORCED) = "700"},
        {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_ID) = "D", .CELL(INCOME_MONTHLY) = "1500",
         .CELL(LEGAL_STATUS) = "deceased"},
    };
    static const double shares[] = {1.0, 250.0 / 500.0, 250.0 / 900.0, 250.0 / 900.0, 0.0};
    fixture f;
    fixture_open(&f, load_model("tests/law/rules.yaml"), cutoff, rows, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        int32_t debtor = JK_BLOCK_INT32(&f.rows.block, DEBTOR_INDEX)[i];
        double share = jk_law_garnish(&f.facts, i, &f.debtors, debtor);
        if (!(fabs(share - shares[i]) < 1e-12)) {
            fail_msg("row %zu: %.17g, expected %.17g", i, share, shares[i]);
        }
    }
    fixture_close(&f);
}

/* Ages and rates of a part of the rows that is longer than the rows that are looked at together, and does not begin
 * with them. The model's rates are 8 and 12 % of FI, 5 and 6 % of EU. */
static void numbers_are_those_of_the_rows_asked_for(void **state) {
    (void)state;
    enum { ROWS = 700, FIRST = 130 };
    static row rows[ROWS];
    static char born[ROWS][8];
    for (int i = 0; i < ROWS; i++) {
        (void)snprintf(born[i], sizeof born[i], "%d", 1930 + i * 31 % 75);
        rows[i] =
            (row){CLAIM(i % 3 ? "FI" : "EU", "2024-01-15"), .CELL(BIRTH_YEAR) = i % 7 ? born[i] : NULL,
                  .CELL(DEBTOR_TYPE) = i % 5 ? "consumer" : "business", .CELL(INTEREST_RATE) = i % 11 ? NULL : "0.25"};
    }
    fixture f;
    fixture_open(&f, load_model("tests/law/rules.yaml"), cutoff, rows, ROWS);
    static double age[ROWS], rate[ROWS];
    jk_law_numbers(f.law, JK_DERIVED_AGE_YEARS, JK_COLUMN_BIRTH_YEAR, &f.rows.block, FIRST, ROWS - FIRST, age);
    jk_law_numbers(f.law, JK_DERIVED_NONE, JK_COLUMN_INTEREST_RATE, &f.rows.block, FIRST, ROWS - FIRST, rate);
    for (int i = FIRST; i < ROWS; i++) {
        double years = i % 7 && i % 5 ? 2026.0 - (1930 + i * 31 % 75) : (double)NAN;
        double yearly = i % 3 ? (i % 5 ? 0.08 : 0.12) : (i % 5 ? 0.05 : 0.06);
        yearly = i % 11 ? yearly : 0.25;
        if ((isnan(years) ? !isnan(age[i - FIRST]) : age[i - FIRST] != years) || rate[i - FIRST] != yearly) {
            fail_msg("row %d: %g years and %g, expected %g and %g", i, age[i - FIRST], rate[i - FIRST], years, yearly);
        }
    }
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(currencies_without_a_rate_are_counted),
        cmocka_unit_test(dates_after_the_cutoff_are_refused),
        cmocka_unit_test(a_balance_that_import_would_refuse_is_refused),
        cmocka_unit_test(debtors_sums_do_not_depend_on_blocks_or_threads),
        cmocka_unit_test(what_is_garnished_is_shared),
        cmocka_unit_test(numbers_are_those_of_the_rows_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
