/* SPDX-License-Identifier: Apache-2.0 */
/* The terms stage: shares, garnishment, mortality and what is planned, worked out by hand from tests/law/rules.yaml. */
#include "jalki/terms.h"

#include "law/law_fixture.h"

#define CLAIM(amount) .CELL(COUNTRY) = "FI", .CELL(WRITTEN_OFF_ON) = "2024-01-15", .CELL(PRINCIPAL) = (amount)

static void open_rows(fixture *f, const row *rows, size_t count) {
    fixture_open(f, load_model("tests/law/rules.yaml"), "2026-06-30", rows, count);
}

static void a_debtors_workable_claims_share_costs_and_income(void **state) {
    (void)state;
    static const row rows[] = {
        /* A: workable 300 and 100 (800 kronor); the deceased's and the barred claim do not count */
        {CLAIM("300"), .CELL(DEBTOR_ID) = "A", .CELL(INCOME_MONTHLY) = "1200", .CELL(OTHER_DEBT_ENFORCED) = "100"},
        {CLAIM("800"), .CELL(DEBTOR_ID) = "A", .CELL(CURRENCY) = "SEK"},
        {CLAIM("5000"), .CELL(DEBTOR_ID) = "A", .CELL(LEGAL_STATUS) = "deceased", .CELL(INCOME_MONTHLY) = "1200"},
        {CLAIM("7000"), .CELL(DEBTOR_ID) = "A", .CELL(LIMITATION_ON) = "2026-06-30"},
        /* sell and close only: no use for a share, but planned */
        {CLAIM("9000"), .CELL(DEBTOR_ID) = "A", .CELL(LEGAL_STATUS) = "bankruptcy"},
        /* B: more attachable than owed */
        {CLAIM("80"), .CELL(DEBTOR_ID) = "B", .CELL(INCOME_MONTHLY) = "1200"},
        /* C: nothing attachable */
        {CLAIM("80"), .CELL(DEBTOR_ID) = "C", .CELL(INCOME_MONTHLY) = "900"},
        /* two claims of a hundredth of a kronor */
        {CLAIM("0.01"), .CELL(DEBTOR_ID) = "D", .CELL(CURRENCY) = "SEK"},
        {CLAIM("0.01"), .CELL(DEBTOR_ID) = "D", .CELL(CURRENCY) = "SEK"},
    };
    static const float share[] = {0.75F, 0.25F, 0, 0, 0, 1, 1, 0.5F, 0.5F};
    /* 1200 leaves 100 a month; A owes 400 here and 100 elsewhere; on the second row of A 25 are assumed */
    static const float garnish[] = {0.2F, 25.0F / 400.0F, 0, 0, 0, 1, 0, 1, 1};
    static const unsigned planned[] = {
        JK_ALLOW_ALL, JK_ALLOW_ALL, 0,           0, JK_ALLOW(JK_CLOSE) | JK_ALLOW(JK_SELL), JK_ALLOW_ALL,
        JK_ALLOW_ALL, JK_ALLOW_ALL, JK_ALLOW_ALL};
    fixture f;
    open_rows(&f, rows, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(f.terms.share[i] == share[i]);
        assert_true(f.terms.garnish[i] == garnish[i]);
        assert_true(f.terms.interruption[i] == (float)(1.8 / 36 * (double)share[i]));
        assert_int_equal(f.terms.allowed[i], planned[i]);
    }
    /* without selling, a claim that may only be sold is not planned */
    jk_terms_block(f.model, &f.debtors, &f.rows.block, &f.facts, &f.score, JK_ALLOW_ALL & ~JK_ALLOW(JK_SELL), &f.terms);
    assert_int_equal(f.terms.allowed[0], JK_ALLOW_ALL & ~JK_ALLOW(JK_SELL));
    assert_int_equal(f.terms.allowed[4], 0);
    fixture_close(&f);
}

static void columns_are_rounded_once(void **state) {
    (void)state;
    static const row rows[] = {
        {CLAIM("1234.56"), .CELL(FEES) = "11.11", .CELL(BIRTH_YEAR) = "1990", .CELL(INTEREST_RATE) = "0.07"},
        {CLAIM("1234.56")},
        {CLAIM("1234.56"), .CELL(DEBTOR_TYPE) = "business"},
        {CLAIM("1234.56"), .CELL(LEGAL_STATUS) = "debt_adjustment"},
        {CLAIM("10000000000"), .CELL(BIRTH_YEAR) = "1850"}, /* absurd, and finite all the same */
    };
    fixture f;
    open_rows(&f, rows, COUNT(rows));
    assert_true(f.terms.balance[0] == 1245.67F);
    assert_true(f.terms.interest_monthly[0] == (float)(1234.56 * 0.07 / 12.0));
    assert_true(f.terms.interest_monthly[2] == (float)(1234.56 * 0.12 / 12.0));
    assert_true(fabs(f.terms.mortality[0] / (0.0001 * exp(3.6) / 12.0) - 1.0) < 1e-7);
    assert_true(fabs(f.terms.mortality[1] / (0.0001 * exp(5.0) / 12.0) - 1.0) < 1e-7);
    assert_true(f.terms.mortality[2] == 0.0F);
    assert_true(isfinite(f.terms.mortality[4]));
    assert_true(f.terms.exit_status[3] == (float)(1.0 / 36.0));
    assert_true(f.terms.exit_status[0] == 0.0F);
    assert_int_equal(f.terms.age_months[0], 29);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(f.terms.theta[i] == 1.0F);
        assert_int_equal(f.terms.capacity_class[i], i == 3 ? JK_CAPACITY_NONE : JK_CAPACITY_WEAK);
        assert_int_equal(f.terms.segment[i], f.facts.segment[i]);
        assert_int_equal(f.terms.title_state[i], JK_TITLE_NONE);
        assert_true(f.terms.bar_untitled[i] == f.facts.bar_untitled[i]);
        assert_true(f.terms.bar_titled[i] == f.facts.bar_titled[i]);
    }
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_debtors_workable_claims_share_costs_and_income),
        cmocka_unit_test(columns_are_rounded_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
