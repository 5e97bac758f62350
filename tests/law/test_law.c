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
    {"a period of one month: 1.80 in each",
     {CLAIM("FI", "2026-06-15"), .CELL(PRODUCT) = "loan", .CELL(PLACEMENTS) = "7"},
     "2046-06-15",
     "2046-06-15",
     JK_BAR_FINAL,
     JK_TITLE_NONE,
     0,
     1.8},
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

/* A country that the model lacks is refused where there is nothing to fall back on; a claim would else be valued by
 * the law of another. */
static void countries_that_the_model_lacks_are_refused(void **state) {
    (void)state;
    const row rows[] = {{CLAIM("FI", "2024-01-15")}, {CLAIM("JP", "2024-01-15")}, {CLAIM("DK", "2024-01-15")}};
    for (size_t count = 1; count <= COUNT(rows); count++) {
        jk_model *model = load_model("tests/law/rules.yaml");
        tape_rows tape = tape_rows_open(rows, count);
        jk_error error = {0};
        jk_law *law = NULL;
        model->fallback_jurisdiction = -1;
        const jk_status status = jk_law_create(model, tape.tape, cell_date(cutoff), &law, &error);
        assert_int_equal(status, count == 1 ? JK_OK : JK_ERROR_DATA);
        if (count > 1) {
            char text[JK_ERROR_TEXT_MAX];
            assert_non_null(strstr(jk_error_text(&error, text, sizeof text), "with 'JP'"));
            assert_non_null(strstr(text, "1 claim,"));
        }
        jk_law_free(law);
        tape_rows_close(&tape);
        jk_model_free(model);
    }
}

/* The lower bound of a range is in it, the upper is not, and either may be missing. */
static void ranges_choose_segments(void **state) {
    (void)state;
    static const struct {
        const char *change;
        double from, below;
    } ranges[] = {{"segments[phone].when={balance: [100, 200]}", 100.0, 200.0},
                  {"segments[phone].when={balance: {from: 100}}", 100.0, INFINITY},
                  {"segments[phone].when={balance: {below: 200}}", -INFINITY, 200.0}};
    static const char *const balances[] = {"0.01", "99.99", "100", "150.5", "199.99", "200", "5000"};
    const char *source = getenv("JALKI_SOURCE");
    char path[512];
    row rows[COUNT(balances)];
    (void)snprintf(path, sizeof path, "%s/tests/law/rules.yaml", source ? source : ".");
    for (size_t i = 0; i < COUNT(balances); i++) {
        rows[i] = (row){CLAIM("FI", "2024-01-15")};
        rows[i].CELL(PRINCIPAL) = balances[i];
    }
    for (size_t r = 0; r < COUNT(ranges); r++) {
        jk_model *model = NULL;
        fixture f;
        assert_int_equal(jk_model_load_told(path, &ranges[r].change, 1, NULL, &model, NULL), JK_OK);
        fixture_open(&f, model, cutoff, rows, COUNT(balances));
        for (size_t i = 0; i < COUNT(balances); i++) {
            const double balance = (double)cell_money(balances[i]) / 100.0;
            const bool within = balance >= ranges[r].from && balance < ranges[r].below;
            assert_int_equal(strcmp(f.model->segments[f.facts.segment[i]].id, "phone") == 0, within);
        }
        fixture_close(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_follow_the_rules),
        cmocka_unit_test(explanations_agree_with_the_bars),
        cmocka_unit_test(status_and_vulnerability_limit_actions),
        cmocka_unit_test(extreme_dates_are_held_within_the_calendar),
        cmocka_unit_test(countries_that_the_model_lacks_are_refused),
        cmocka_unit_test(ranges_choose_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
