/* SPDX-License-Identifier: Apache-2.0 */
/* What hangs on the day that claims are looked at: no date lies after it, interest up to it is added where the tape is
 * older, months are counted to it; and which columns all that needs. */
#include "law/law_internal.h"
#include "law/numbers.h"

#include "law/law_fixture.h"

#define CLAIM(where, since) .CELL(COUNTRY) = (where), .CELL(WRITTEN_OFF_ON) = (since), .CELL(PRINCIPAL) = "100"
#define BIT(NAME)           (UINT64_C(1) << JK_COLUMN_##NAME)

static jk_model *load_changed(const char *const *changes, size_t count) {
    const char *source = getenv("JALKI_SOURCE");
    char path[512];
    jk_error error = {0};
    jk_model *model = NULL;
    (void)snprintf(path, sizeof path, "%s/tests/law/rules.yaml", source ? source : ".");
    if (jk_model_load_told(path, changes, count, NULL, &model, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
    return model;
}

/* ---- dates after the day ----------------------------------------------------------------------------------------- */

/* The second claim's id is the longest there is, and the same debtor's as the third's. */
static char longest_id[JK_TEXT_MAX + 1];

static void try_date(const jk_model *model, jk_column column, const char *date, bool panel, bool late) {
    static const int32_t days[] = {20452, 20452, 20452}; /* 2025-12-30, that of the first period's row */
    row rows[] = {{CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_ID) = "A"},
                  {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_ID) = "B", .CELL(CLAIM_ID) = longest_id},
                  {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_ID) = "B"}};
    rows[1].cell[column] = date;
    tape_rows tape = tape_rows_open_as(rows, COUNT(rows), panel ? days : NULL);
    jk_law *law = NULL;
    jk_debtors debtors = {0};
    jk_error error = {0};
    assert_int_equal(jk_law_create(model, tape.tape, cell_date("2025-12-30"), &law, &error), JK_OK);
    assert_int_equal(jk_debtors_create(law, tape.tape, NULL, &debtors, &error), late ? JK_ERROR_DATA : JK_OK);
    if (late) {
        char wanted[JK_ERROR_MESSAGE_MAX];
        assert_string_equal(error.key, jk_schema_column(column)->name);
        (void)snprintf(wanted, sizeof wanted,
                       panel ? "1 row has dates after the start of the period, first '%s' (row 2, period from "
                               "2025-12-30) with %s;"
                             : "1 claim has dates after the cut-off 2025-12-30, first '%s' (row 2) with %s;",
                       longest_id, date);
        assert_memory_equal(error.message, wanted, strlen(wanted));
    }
    jk_debtors_reset(&debtors);
    for (int32_t only = 0; only < 2 && !panel; only++) { /* of one debtor, that debtor's dates alone */
        const jk_status status = jk_debtors_create_one(law, tape.tape, NULL, only, &debtors, NULL);
        assert_int_equal(status, late && only == 1 ? JK_ERROR_DATA : JK_OK);
        assert_true(status != JK_OK || debtors.claims[0] == (uint32_t)only + 1);
        jk_debtors_reset(&debtors);
    }
    jk_law_free(law);
    tape_rows_close(&tape);
}

static void no_date_lies_after_the_day(void **state) {
    (void)state;
    static const struct {
        jk_column column;
        const char *on, *after;
    } dates[] = {{JK_COLUMN_DEFAULTED_ON, "2025-12-30", "2025-12-31"},
                 {JK_COLUMN_WRITTEN_OFF_ON, "2025-12-30", "2025-12-31"},
                 {JK_COLUMN_LAST_PAID_ON, "2025-12-30", "2025-12-31"},
                 {JK_COLUMN_TITLE_ON, "2025-12-30", "2025-12-31"},
                 {JK_COLUMN_BIRTH_YEAR, "2025", "2026"}};
    jk_model *model = load_model("tests/law/rules.yaml");
    memset(longest_id, 'x', JK_TEXT_MAX);
    for (int panel = 0; panel < 2; panel++) {
        for (size_t c = 0; c < COUNT(dates); c++) {
            try_date(model, dates[c].column, dates[c].on, panel, false);
            try_date(model, dates[c].column, dates[c].after, panel, true);
        }
        try_date(model, JK_COLUMN_LIMITATION_ON, "2031-01-01", panel, false); /* may lie ahead */
    }
    jk_model_free(model);
}

/* Refused claims are counted over all blocks that are read at once, and the first of them is named in full. */
static void claims_without_a_currency_are_counted_over_the_whole_tape(void **state) {
    (void)state;
    enum { ROWS = 65800 };
    static row rows[ROWS];
    memset(longest_id, 'y', JK_TEXT_MAX);
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = (row){CLAIM("FI", "2024-01-15"), .CELL(CURRENCY) = i >= 65536 && i % 50 == 0 ? "GBP" : "EUR"};
        rows[i].CELL(CLAIM_ID) = i == 65550 ? longest_id : NULL;
    }
    tape_rows tape = tape_rows_open(rows, ROWS);
    jk_model *model = load_model("tests/law/rules.yaml");
    jk_error error = {0};
    jk_law *law = NULL;
    char wanted[JK_ERROR_MESSAGE_MAX];
    assert_int_equal(jk_law_create(model, tape.tape, cell_date("2026-06-30"), &law, &error), JK_ERROR_DATA);
    (void)snprintf(wanted, sizeof wanted, "5 claims, first '%s' with 'GBP': ", longest_id);
    assert_memory_equal(error.message, wanted, strlen(wanted));
    jk_model_free(model);
    tape_rows_close(&tape);
}

/* ---- interest up to the day -------------------------------------------------------------------------------------- */

/* P r min(t, accrual_months) / 12 in the claim's currency. From 2025-09-30 to 2026-06-30 are 273 days; DK's interest of
 * these rules ends after six months. */
static void interest_up_to_the_day_is_added(void **state) {
    (void)state;
    static const char *const changes[] = {
        "jurisdictions.DK.interest={consumer: 0.08, business: 0.12, accrual_months: 6}"};
    static const row rows[] = {
        {CLAIM("FI", "2024-01-15"), .CELL(FEES) = "20", .CELL(INTEREST_ACCRUED) = "3"},
        {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_TYPE) = "business", .CELL(CURRENCY) = "SEK"},
        {CLAIM("FI", "2024-01-15"), .CELL(DEBTOR_TYPE) = "business", .CELL(INTEREST_RATE) = "0.24"},
        {CLAIM("FI", "2024-01-15"), .CELL(INTEREST_RATE) = "0"},
        {CLAIM("DK", "2024-01-15"), .CELL(CURRENCY) = "DKK"},
        {CLAIM("LV", "2024-01-15"), .CELL(DEBTOR_TYPE) = "consumer"},
    };
    const double months = 273.0 / 30.4375;
    const double before[] = {123.0, 12.5, 100.0, 100.0, 25.0, 100.0};
    const double added[] = {100.0 * 0.08 * months / 12.0, 12.5 * 0.12 * months / 12.0,
                            100.0 * 0.24 * months / 12.0, 0.0,
                            25.0 * 0.08 * 6.0 / 12.0,     100.0 * 0.05 * months / 12.0};
    static const char *const nothing[] = {"", "2026-06-30", "2026-07-01"}; /* unknown, the day itself, a later one */
    for (size_t n = 0; n <= COUNT(nothing); n++) {
        fixture f;
        fixture_open(&f, load_changed(changes, 1), "2026-06-30", rows, COUNT(rows));
        const char *from = n < COUNT(nothing) ? nothing[n] : "2025-09-30";
        const bool accrues = n == COUNT(nothing);
        assert_true((jk_law_columns(f.law) & BIT(INTEREST_RATE)) != 0);
        jk_law_accrue(f.law, from[0] != '\0' ? cell_date(from) : JK_MISSING_INTEGER);
        assert_int_equal((f.law->debtor_columns & BIT(INTEREST_RATE)) != 0, accrues);
        jk_law_block(f.law, &f.rows.block, &f.facts);
        double number[COUNT(rows)];
        jk_law_numbers(f.law, JK_DERIVED_BALANCE, JK_COLUMN_COUNT, &f.rows.block, 1, COUNT(rows) - 1, number + 1);
        jk_debtors debtors = {0};
        assert_int_equal(jk_debtors_create(f.law, f.rows.tape, NULL, &debtors, NULL), JK_OK);
        for (size_t i = 0; i < COUNT(rows); i++) {
            const double wanted = before[i] + (accrues ? added[i] : 0.0);
            assert_true(fabs(f.facts.balance[i] - wanted) < 1e-11);
            assert_true(i == 0 || fabs(number[i] - wanted) < 1e-11);
            assert_true(fabs((double)debtors.balance[i] - wanted * 1e6) < 0.6);
            assert_true(f.facts.principal[i] == (i == 0 ? 100.0 : before[i])); /* as it was */
        }
        jk_debtors_reset(&debtors);
        fixture_close(&f);
    }
}

/* ---- months to the day ------------------------------------------------------------------------------------------- */

/* Whole months of dates before the day and, below 0, after it (model.md section 2: counted from the earlier); of
 * figures that a date of a panel's row lies ahead of, none. */
static void months_are_counted_to_the_day(void **state) {
    (void)state;
    static const struct {
        const char *date;
        double tape, panel; /* seen on 2026-06-30, and on 2026-02-15 */
    } cases[] = {
        {"2026-06-30", 0.0, -4.0},    {"2026-05-31", 1.0, -3.0},  {"2026-07-29", 0.0, -5.0}, {"2026-07-30", -1.0, -5.0},
        {"2027-06-30", -12.0, -16.0}, {"2026-02-28", 4.0, 0.0},   {"2026-02-15", 4.0, 0.0},  {"2026-03-14", 3.0, 0.0},
        {"2026-03-15", 3.0, -1.0},    {"2024-02-29", 28.0, 23.0}, {NULL, NAN, NAN}};
    enum { CASES = COUNT(cases), ROWS = 300 };
    static row rows[ROWS];
    static int32_t days[ROWS];
    jk_model *model = load_model("tests/law/rules.yaml");
    for (size_t i = 0; i < ROWS; i++) {
        const char *date = cases[i % CASES].date;
        rows[i] = (row){CLAIM("FI", date != NULL ? date : "2024-01-15"), .CELL(LIMITATION_ON) = date};
        days[i] = cell_date("2026-02-15");
    }
    for (int panel = 0; panel < 2; panel++) {
        tape_rows tape = tape_rows_open_as(rows, ROWS, panel ? days : NULL);
        jk_law *law = NULL;
        double months[ROWS], since[ROWS], dates[ROWS], flag[ROWS];
        const size_t first = 3, count = ROWS - first;
        assert_int_equal(jk_law_create(model, tape.tape, cell_date("2026-06-30"), &law, NULL), JK_OK);
        jk_law_months_since(law, JK_COLUMN_LIMITATION_ON, &tape.block, first, count, months);
        jk_law_numbers(law, JK_DERIVED_MONTHS_SINCE_WRITE_OFF, JK_COLUMN_COUNT, &tape.block, first, count, since);
        jk_law_numbers(law, JK_DERIVED_NONE, JK_COLUMN_LIMITATION_ON, &tape.block, first, count, dates);
        jk_law_numbers(law, JK_DERIVED_NONE, JK_COLUMN_VULNERABLE, &tape.block, first, count, flag);
        for (size_t i = 0; i < count; i++) {
            const char *date = cases[(first + i) % CASES].date;
            const double wanted = panel ? cases[(first + i) % CASES].panel : cases[(first + i) % CASES].tape;
            assert_true(date != NULL ? months[i] == wanted : isnan(months[i]));
            assert_true(date == NULL || since[i] == fmax(wanted, 0.0));
            assert_true(date != NULL ? dates[i] == cell_date(date) : isnan(dates[i]));
            assert_true(flag[i] == 0.0);
        }
        jk_law_free(law);
        tape_rows_close(&tape);
    }
    jk_model_free(model);
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static void the_columns_that_are_needed_are_asked_for(void **state) {
    (void)state;
    static const row rows[] = {{CLAIM("FI", "2024-01-15")}};
    static const char *const changes[] = {"jurisdictions.FI.attachable.housing_counts=false",
                                          "jurisdictions.FI.attachable.per_dependant=0", "unreachable_allow=[surveil]"};
    /* By what the rules' conditions, attachable income and segments name. */
    const uint64_t debtors = BIT(COUNTRY) | BIT(DEBTOR_TYPE) | BIT(CURRENCY) | BIT(DEFAULTED_ON) | BIT(WRITTEN_OFF_ON) |
                             BIT(LAST_PAID_ON) | BIT(LIMITATION_ON) | BIT(TITLE_ON) | BIT(PRINCIPAL) |
                             BIT(INTEREST_ACCRUED) | BIT(FEES) | BIT(LEGAL_STATUS) | BIT(VULNERABLE) | BIT(BIRTH_YEAR) |
                             BIT(DEBTOR_INDEX) | BIT(PRODUCT) | BIT(PLACEMENTS);
    const uint64_t all = debtors | BIT(INTEREST_RATE) | BIT(INCOME_MONTHLY) | BIT(OTHER_DEBT_ENFORCED) |
                         BIT(REACHABLE) | BIT(EMPLOYMENT);
    const uint64_t wanted[][2] = {{all | BIT(HOUSING_COST) | BIT(DEPENDANTS), debtors},
                                  {all | BIT(DEPENDANTS), debtors},
                                  {all, debtors},
                                  {all, debtors | BIT(REACHABLE)}};
    for (size_t changed = 0; changed < COUNT(wanted); changed++) {
        fixture f;
        fixture_open(&f, load_changed(changes, changed), "2026-06-30", rows, COUNT(rows));
        assert_true(jk_law_columns(f.law) == wanted[changed][0]);
        assert_true(f.law->debtor_columns == wanted[changed][1]);
        fixture_close(&f);
    }
    fixture f;
    fixture_open(&f, load_model("tests/law/payers.yaml"), "2026-06-30", rows, COUNT(rows));
    assert_true((jk_law_columns(f.law) & BIT(INSTALMENT_MONTHLY)) != 0);
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_date_lies_after_the_day),
        cmocka_unit_test(claims_without_a_currency_are_counted_over_the_whole_tape),
        cmocka_unit_test(interest_up_to_the_day_is_added),
        cmocka_unit_test(months_are_counted_to_the_day),
        cmocka_unit_test(the_columns_that_are_needed_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
