/* SPDX-License-Identifier: Apache-2.0 */
/* The law stage against dates and amounts worked out by hand from tests/law/rules.yaml. The cut-off is 2026-06-30. */
#include "jalki/law.h"

#include "law/law_fixture.h"

static const char cutoff[] = "2026-06-30";

static void open_rows(fixture *f, const row *rows, size_t count) {
    fixture_open(f, load_model("tests/law/rules.yaml"), cutoff, rows, count);
}

/* Months from the cut-off to a date; NULL: never. */
static double months_to(const char *date) {
    return date == NULL ? INFINITY : (double)(cell_date(date) - cell_date(cutoff)) / 30.4375;
}

/* What every row of these tests has. */
#define CLAIM(where, since) .CELL(COUNTRY) = (where), .CELL(WRITTEN_OFF_ON) = (since), .CELL(PRINCIPAL) = "100"

typedef struct bar_case {
    const char *name;
    row given;
    const char *untitled, *titled; /* bar dates; NULL: never */
    jk_bar_basis basis;
    jk_title title;
    int barred;
    double interruption; /* per debtor and month */
} bar_case;

static const bar_case bar_cases[] = {
    {"default date is the write-off's where missing; no letter: 36 months",
     {CLAIM("DK", "2024-01-15")},
     "2027-01-15",
     NULL,
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     0,
     0},
    {"the default, not the write-off, starts the period",
     {CLAIM("DK", "2024-01-15"), .CELL(DEFAULTED_ON) = "2023-11-30"},
     "2026-11-30",
     NULL,
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     0,
     0},
    {"a payment starts it again",
     {CLAIM("DK", "2024-01-15"), .CELL(LAST_PAID_ON) = "2025-02-28"},
     "2028-02-28",
     NULL,
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     0,
     0},
    {"a payment before the default does not",
     {CLAIM("DK", "2024-01-15"), .CELL(LAST_PAID_ON) = "2023-02-28"},
     "2027-01-15",
     NULL,
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     0,
     0},
    {"a leap day becomes the 28th",
     {CLAIM("DK", "2024-02-29")},
     "2027-02-28",
     NULL,
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     0,
     0},
    {"a date on the tape wins",
     {CLAIM("DK", "2024-01-15"), .CELL(LIMITATION_ON) = "2029-05-05"},
     "2029-05-05",
     NULL,
     JK_BAR_LIMITATION_GIVEN,
     JK_TITLE_NONE,
     0,
     0},
    {"barred on the cut-off itself",
     {CLAIM("DK", "2023-06-30")},
     "2026-06-30",
     NULL,
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     1,
     0},
    {"alive for one more day",
     {CLAIM("DK", "2023-07-01")},
     "2026-07-01",
     NULL,
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     0,
     0},
    {"Danish business: final bar of ten years comes first",
     {CLAIM("DK", "2017-01-15"), .CELL(DEBTOR_TYPE) = "business", .CELL(LAST_PAID_ON) = "2024-06-01"},
     "2027-01-15",
     "2027-01-15",
     JK_BAR_FINAL,
     JK_TITLE_NONE,
     0,
     0},
    {"a letter interrupts: to the final bar, 1.80 in 36 months",
     {CLAIM("FI", "2024-01-15")},
     "2044-01-15",
     "2044-01-15",
     JK_BAR_FINAL,
     JK_TITLE_NONE,
     0,
     0.05},
    {"a letter comes too late on the day of the bar",
     {CLAIM("FI", "2023-06-30")},
     "2026-06-30",
     "2043-06-30",
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     1,
     0},
    {"a letter is in time the day before",
     {CLAIM("FI", "2023-07-01")},
     "2043-07-01",
     "2043-07-01",
     JK_BAR_FINAL,
     JK_TITLE_NONE,
     0,
     0.05},
    {"a past date on the tape is past for a letter too",
     {CLAIM("FI", "2025-01-15"), .CELL(LIMITATION_ON) = "2026-06-29"},
     "2026-06-29",
     "2045-01-15",
     JK_BAR_LIMITATION_GIVEN,
     JK_TITLE_NONE,
     1,
     0},
    {"a date ahead is moved by letters",
     {CLAIM("FI", "2010-01-15"), .CELL(LIMITATION_ON) = "2026-07-01"},
     "2030-01-15",
     "2030-01-15",
     JK_BAR_FINAL,
     JK_TITLE_NONE,
     0,
     0.05},
    {"the period of the first rule that matches: loans, 120 months",
     {CLAIM("FI", "2018-01-15"), .CELL(PRODUCT) = "loan"},
     "2038-01-15",
     "2038-01-15",
     JK_BAR_FINAL,
     JK_TITLE_NONE,
     0,
     1.8 / 120},
    {"three agencies: still the first rule",
     {CLAIM("FI", "2018-01-15"), .CELL(PRODUCT) = "loan", .CELL(PLACEMENTS) = "3"},
     "2038-01-15",
     "2038-01-15",
     JK_BAR_FINAL,
     JK_TITLE_NONE,
     0,
     1.8 / 120},
    {"three hundred agencies: still the first rule",
     {CLAIM("FI", "2018-01-15"), .CELL(PRODUCT) = "loan", .CELL(PLACEMENTS) = "300"},
     "2038-01-15",
     "2038-01-15",
     JK_BAR_FINAL,
     JK_TITLE_NONE,
     0,
     1.8 / 120},
    {"two agencies: the last rule, so barred",
     {CLAIM("FI", "2018-01-15"), .CELL(PRODUCT) = "loan", .CELL(PLACEMENTS) = "2"},
     "2021-01-15",
     "2038-01-15",
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     1,
     0},
    {"null period: never barred, no letters needed (currency missing: the base)",
     {CLAIM("FI", "2010-01-15"), .CELL(DEBTOR_TYPE) = "business"},
     NULL,
     NULL,
     JK_BAR_NEVER,
     JK_TITLE_NONE,
     0,
     0},
    {"business in another currency: 36 months by letters, never final",
     {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_TYPE) = "business", .CELL(CURRENCY) = "SEK"},
     NULL,
     NULL,
     JK_BAR_NEVER,
     JK_TITLE_NONE,
     0,
     0.05},
    {"final bar reached before any letter",
     {CLAIM("FI", "2006-06-30"), .CELL(LAST_PAID_ON) = "2026-01-01"},
     "2026-06-30",
     "2026-06-30",
     JK_BAR_FINAL,
     JK_TITLE_NONE,
     1,
     0.05},
    {"a country without rules has the fallback's",
     {CLAIM("LV", "2024-01-15")},
     "2029-01-15",
     NULL,
     JK_BAR_LIMITATION_RULE,
     JK_TITLE_NONE,
     0,
     0},
    {"filed: only the final bar",
     {CLAIM("FI", "2020-01-15"), .CELL(LEGAL_STATUS) = "filed"},
     "2023-01-15",
     "2040-01-15",
     JK_BAR_FINAL,
     JK_TITLE_PENDING,
     0,
     0},
    {"title ends after five years",
     {CLAIM("FI", "2020-01-15"), .CELL(TITLE_ON) = "2022-03-31"},
     "2023-01-15",
     "2027-03-31",
     JK_BAR_TITLE_END,
     JK_TITLE_HELD,
     0,
     0},
    {"title ended",
     {CLAIM("FI", "2016-01-15"), .CELL(TITLE_ON) = "2020-03-31"},
     "2019-01-15",
     "2025-03-31",
     JK_BAR_TITLE_END,
     JK_TITLE_HELD,
     1,
     0},
    {"final bar before the title's end",
     {CLAIM("FI", "2008-01-15"), .CELL(TITLE_ON) = "2026-03-31"},
     "2011-01-15",
     "2028-01-15",
     JK_BAR_FINAL,
     JK_TITLE_HELD,
     0,
     0},
    {"title before the default, its date odd",
     {CLAIM("FI", "2024-01-15"), .CELL(TITLE_ON) = "2023-01-31"},
     "2044-01-15",
     "2028-01-31",
     JK_BAR_TITLE_END,
     JK_TITLE_HELD,
     0,
     0.05},
    {"title without a date counts from the cut-off",
     {CLAIM("FI", "2020-01-15"), .CELL(LEGAL_STATUS) = "enforcement"},
     "2023-01-15",
     "2031-06-30",
     JK_BAR_TITLE_END,
     JK_TITLE_HELD,
     0,
     0},
    {"renewable title: its final end binds",
     {CLAIM("DK", "2008-01-15"), .CELL(TITLE_ON) = "2009-03-31"},
     "2011-01-15",
     "2029-03-31",
     JK_BAR_TITLE_FINAL,
     JK_TITLE_HELD,
     0,
     0},
    {"renewable title of a business: the final bar",
     {CLAIM("DK", "2018-01-15"), .CELL(DEBTOR_TYPE) = "business", .CELL(TITLE_ON) = "2019-03-31"},
     "2021-01-15",
     "2028-01-15",
     JK_BAR_FINAL,
     JK_TITLE_HELD,
     0,
     0},
    {"a title's date outweighs the status",
     {CLAIM("EU", "2010-01-15"), .CELL(TITLE_ON) = "2011-01-01", .CELL(LEGAL_STATUS) = "filed"},
     "2015-01-15",
     NULL,
     JK_BAR_NEVER,
     JK_TITLE_HELD,
     0,
     0},
};

static void bars_follow_the_rules(void **state) {
    (void)state;
    row rows[COUNT(bar_cases)];
    for (size_t i = 0; i < COUNT(bar_cases); i++) {
        rows[i] = bar_cases[i].given;
    }
    fixture f;
    open_rows(&f, rows, COUNT(bar_cases));
    for (size_t i = 0; i < COUNT(bar_cases); i++) {
        const bar_case *want = &bar_cases[i];
        if (f.facts.bar_untitled[i] != months_to(want->untitled) || f.facts.bar_titled[i] != months_to(want->titled) ||
            f.facts.basis[i] != want->basis || f.facts.title_state[i] != want->title ||
            f.facts.barred[i] != want->barred || f.facts.interruption[i] != want->interruption) {
            fail_msg("%s: d0 %g, d1 %g, basis %d, title %d, barred %d, I %g", want->name, f.facts.bar_untitled[i],
                     f.facts.bar_titled[i], f.facts.basis[i], f.facts.title_state[i], f.facts.barred[i],
                     f.facts.interruption[i]);
        }
    }
    fixture_close(&f);
}

static void explanations_agree_with_the_bars(void **state) {
    (void)state;
    row rows[COUNT(bar_cases)];
    for (size_t i = 0; i < COUNT(bar_cases); i++) {
        rows[i] = bar_cases[i].given;
    }
    fixture f;
    open_rows(&f, rows, COUNT(bar_cases));
    for (size_t i = 0; i < COUNT(bar_cases); i++) {
        jk_law_detail detail;
        jk_law_explain(f.law, &f.rows.block, i, &detail);
        const char *bar = bar_cases[i].title == JK_TITLE_NONE ? bar_cases[i].untitled : bar_cases[i].titled;
        assert_int_equal(detail.bar_on, bar == NULL ? INT32_MAX : cell_date(bar));
        assert_int_equal(detail.letter_interrupts,
                         bar_cases[i].interruption > 0.0 || detail.limitation_on == INT32_MAX);
    }
    fixture_close(&f);
}

static void status_and_vulnerability_limit_actions(void **state) {
    (void)state;
    enum {
        ALL = JK_ALLOW_ALL,
        CLOSE = JK_ALLOW(JK_CLOSE),
        SELL = JK_ALLOW(JK_SELL),
        SURVEIL = JK_ALLOW(JK_SURVEIL),
        LEGAL = JK_ALLOW(JK_LEGAL)
    };
    static const struct {
        const char *status, *vulnerable;
        int allowed, workable, class_override;
        double exit;
    } cases[] = {
        {NULL, NULL, ALL, 1, -1, 0.0},
        {"none", "0", ALL, 1, -1, 0.0},
        {"none", "1", SURVEIL | CLOSE, 1, -1, 0.0}, /* vulnerable_allow: surveil, close */
        {"filed", NULL, ALL, 1, -1, 0.0},
        {"title", NULL, ALL, 1, -1, 0.0},
        {"enforcement", NULL, ALL, 1, -1, 0.0},
        {"enforcement_insolvent", NULL, ALL, 1, JK_CAPACITY_NONE, 0.0},
        {"bankruptcy", NULL, SELL | CLOSE, 0, JK_CAPACITY_NONE, 0.0}, /* the model's own: no surveillance */
        {"bankruptcy", "1", CLOSE, 0, JK_CAPACITY_NONE, 0.0},
        {"debt_adjustment", NULL, SURVEIL | SELL | CLOSE, 1, JK_CAPACITY_NONE, 1.0 / 36.0},
        {"debt_adjustment", "1", SURVEIL | CLOSE, 1, JK_CAPACITY_NONE, 1.0 / 36.0},
        {"deceased", NULL, CLOSE, 0, -1, 0.0},
        {"disputed", NULL, SURVEIL | LEGAL | SELL | CLOSE, 1, -1, 0.0},
        {"disputed", "1", SURVEIL | CLOSE, 1, -1, 0.0},
    };
    row rows[COUNT(cases)];
    for (size_t i = 0; i < COUNT(cases); i++) {
        rows[i] = (row){CLAIM("FI", "2024-01-15"), .CELL(LEGAL_STATUS) = cases[i].status,
                        .CELL(VULNERABLE) = cases[i].vulnerable};
    }
    fixture f;
    open_rows(&f, rows, COUNT(cases));
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(f.facts.allowed[i], cases[i].allowed);
        assert_int_equal(f.facts.workable[i], cases[i].workable);
        assert_int_equal(f.facts.class_override[i], cases[i].class_override);
        assert_true(f.facts.exit_status[i] == cases[i].exit);
    }
    fixture_close(&f);
}

static void amounts_are_added_and_converted_once(void **state) {
    (void)state;
    static const row rows[] = {
        {.CELL(COUNTRY) = "FI",
         .CELL(WRITTEN_OFF_ON) = "2024-01-31",
         .CELL(PRINCIPAL) = "0.10",
         .CELL(INTEREST_ACCRUED) = "0.10",
         .CELL(FEES) = "0.10"},
        {.CELL(COUNTRY) = "FI",
         .CELL(WRITTEN_OFF_ON) = "2024-01-30",
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

/* A store may hold any 32-bit number as a date. */
static void extreme_dates_are_held_within_the_calendar(void **state) {
    (void)state;
    static const int32_t extreme[] = {INT32_MIN + 1, -1000000, -719163, -719162, 2932896, 2932897, INT32_MAX};
    row rows[COUNT(extreme)];
    for (size_t i = 0; i < COUNT(extreme); i++) {
        rows[i] = (row){CLAIM("FI", "2024-01-15")};
    }
    fixture f;
    open_rows(&f, rows, COUNT(extreme));
    static const jk_column dates[] = {JK_COLUMN_DEFAULTED_ON,  JK_COLUMN_WRITTEN_OFF_ON, JK_COLUMN_LAST_PAID_ON,
                                      JK_COLUMN_LIMITATION_ON, JK_COLUMN_TITLE_ON,       JK_COLUMN_BIRTH_YEAR};
    for (size_t c = 0; c < COUNT(dates); c++) {
        memcpy(f.rows.block.column[dates[c]], extreme, sizeof extreme);
        jk_law_block(f.law, &f.rows.block, &f.facts);
        jk_score_block(f.scorer, &f.rows.block, &f.facts, &f.score, f.memory[3]);
        jk_terms_block(f.model, &f.debtors, &f.rows.block, &f.facts, &f.score, JK_ALLOW_ALL, &f.terms);
        for (size_t i = 0; i < COUNT(extreme); i++) {
            assert_true(fabs(f.facts.bar_untitled[i]) < 400000.0 && fabs(f.facts.bar_titled[i]) < 400000.0);
            assert_true(f.facts.age_months[i] >= 0.0 && f.facts.age_months[i] < 30000.0);
            assert_true(isfinite(f.terms.mortality[i]) && f.terms.mortality[i] >= 0.0F);
            jk_law_detail detail;
            jk_law_explain(f.law, &f.rows.block, i, &detail);
        }
    }
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_follow_the_rules),
        cmocka_unit_test(explanations_agree_with_the_bars),
        cmocka_unit_test(status_and_vulnerability_limit_actions),
        cmocka_unit_test(amounts_are_added_and_converted_once),
        cmocka_unit_test(income_is_attached_by_bands),
        cmocka_unit_test(the_first_segment_that_matches_is_taken),
        cmocka_unit_test(extreme_dates_are_held_within_the_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
