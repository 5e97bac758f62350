/* SPDX-License-Identifier: Apache-2.0 */
/* Explanations: the parts of an action's value, the words for what a bar rests on, and claims that are not there. */
#include "jalki/explain.h"

#include "law/law_fixture.h"
#include "model/model_files.h"

#define CLAIM(where, since, amount)                                                                                    \
    .CELL(COUNTRY) = (where), .CELL(WRITTEN_OFF_ON) = (since), .CELL(PRINCIPAL) = (amount)

static const row rows[] = {
    {CLAIM("FI", "2025-06-30", "1000"), .CELL(PRODUCT) = "credit_card", .CELL(BIRTH_YEAR) = "1970"},
    {CLAIM("FI", "2024-06-30", "1000"), .CELL(LEGAL_STATUS) = "filed", .CELL(FEES) = "86"},
    {CLAIM("FI", "2023-06-30", "1000"), .CELL(TITLE_ON) = "2024-01-31", .CELL(INCOME_MONTHLY) = "2500"},
    {CLAIM("SE", "2022-06-30", "8000"), .CELL(CURRENCY) = "SEK", .CELL(DEBTOR_TYPE) = "business"},
    {CLAIM("NO", "2025-06-30", "500"), .CELL(LEGAL_STATUS) = "disputed", .CELL(LAST_PAID_ON) = "2026-02-15"},
    {CLAIM("NO", "2020-06-30", "500")},
    {CLAIM("FI", "2025-06-30", "700"), .CELL(LEGAL_STATUS) = "deceased"},
    {CLAIM("FI", "2025-06-30", "700"), .CELL(VULNERABLE) = "1", .CELL(LIMITATION_ON) = "2027-05-04"},
    {CLAIM("FI", "2025-06-30", "0.05")},
    {CLAIM("FI", "2025-06-30", "1000"), .CELL(PRODUCT) = "credit_card", .CELL(CURRENCY) = "EUR",
     .CELL(VULNERABLE) = "0", .CELL(LAST_PAID_ON) = "2026-06-01", .CELL(INSTALMENT_MONTHLY) = "50",
     .CELL(PAYMENTS_12M) = "340"},
    {CLAIM("FI", "2023-06-30", "1000"), .CELL(PRODUCT) = "credit_card", .CELL(TITLE_ON) = "2024-01-31",
     .CELL(INCOME_MONTHLY) = "2500", .CELL(LAST_PAID_ON) = "2026-04-20"},
    {CLAIM("FI", "2023-06-30", "1000"), .CELL(PRODUCT) = "credit_card", .CELL(LEGAL_STATUS) = "enforcement",
     .CELL(INCOME_MONTHLY) = "2500", .CELL(LAST_PAID_ON) = "2026-04-20"},
    {CLAIM("FI", "2025-06-30", "1000"), .CELL(PRODUCT) = "credit_card", .CELL(LEGAL_STATUS) = "debt_adjustment",
     .CELL(LAST_PAID_ON) = "2026-06-20"},
    {CLAIM("FI", "2025-06-30", "1000"), .CELL(PRODUCT) = "credit_card", .CELL(REACHABLE) = "none",
     .CELL(LAST_PAID_ON) = "2026-01-20"},
};

static void explain_row(const tape_rows *tape, const jk_model *model, size_t i, jk_explanation *explanation) {
    char id[16];
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.cutoff = cell_date("2026-06-30");
    options.allow = JK_ALLOW_ALL;
    options.run.threads = 2;
    (void)snprintf(id, sizeof id, "C%zu", i);
    if (jk_explain_claim(tape->tape, model, &options, id, explanation, &error) != JK_OK) {
        fail_msg("%s", error.message);
    }
}

/* With one epoch nothing comes later: what the kernel finds is the first epoch's reward. */
static void one_epoch_is_all_first_epoch(void **state) {
    (void)state;
    jk_model *model = NULL;
    jk_error error = {0};
    if (load_edited(&model, &error, "horizon_months: 60\nepochs: [3, 3, 6, 12, 12, 24]",
                    "horizon_months: 36\nepochs: [36]", NULL) != JK_OK) {
        fail_msg("%s", error.message);
    }
    tape_rows tape = tape_rows_open(rows, COUNT(rows));
    int seen = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        jk_explanation e;
        explain_row(&tape, model, i, &e);
        for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
            if (!isnan(e.action[a].value)) {
                assert_true(fabs(e.action[a].later) < 1e-5 * (1 + e.facts.balance[0]));
                seen |= 1 << a;
            }
        }
        assert_true(e.action[JK_CLOSE].value == 0.0);
        jk_explanation_reset(&e);
    }
    assert_int_equal(seen, JK_ALLOW_ALL & ~JK_ALLOW(JK_CLOSE));
    tape_rows_close(&tape);
    jk_model_free(model);
}

static void words_say_what_things_rest_on(void **state) {
    (void)state;
    static const char *const expected[][4] = {
        {"barred on 2045-06-30: 240 months from the default of 2025-06-30, the final limit for consumers in FI",
         "limitation would come on 2028-06-30 (36 months from the default of 2025-06-30); a letter before it starts",
         "credit_card", "income unknown: 50.00 EUR a month is assumed attachable"},
        {"title                  filed, not yet decided", "barred on 2044-06-30", "legal status           filed",
         "principal 1000.00, fees 86.00 EUR"},
        {"barred on 2039-01-31: 180 months from the title of 2024-01-31, the final limit of titles in FI",
         "of an income of 2500.00 EUR a month, 833.35 can be attached", "title                  held", "Plan"},
        {"never barred: no limitation for such claims in SE", "a business has no wages to garnish",
         "balance                708.00 EUR (principal 8000.00 SEK)", "kind of debtor         business"},
        {"barred on 2029-02-15: 36 months from the last payment of 2026-02-15, the limitation period in NO",
         "a letter does not interrupt limitation in NO", "private creditors cannot garnish wages in NO",
         "amicable             -  not allowed with the status disputed"},
        {"Decision: close the claim: it has been barred since 2023-06-30 (barred)", "barred since 2023-06-30",
         "legal                -  the claim is barred", "sell                 -  the claim is barred"},
        {"close the claim: with the status deceased nothing else is allowed (status)",
         "surveil              -  not allowed with the status deceased", "legal status           deceased", "Score"},
        {"vulnerable             yes: never taken to court, never sold",
         "legal                -  not allowed with a vulnerable debtor",
         "limitation would come on 2027-05-04 (the date on the tape)",
         "sell                 -  not allowed with a vulnerable debtor"},
        {"Claim C8 (row 9 of 14)", "debtor                 of this claim only: 1 claim, 0.05 EUR together", "(row 9",
         "written off on         2025-06-30, 12 months before the cut-off 2026-06-30"},
        /* 50 of 1,000 a month, 20 instalments: (1 - e^-1.2) / 1.2 = 58 % arrives, as with 8.4 % a month and 6 %
           stopping */
        {"paying                 yes: the last payment is of 2026-06-01; what came in is about 7 instalments",
         "instalments            50.00 EUR a month, 8.3 % of the balance a month, 1.7 times what is typical of the "
         "class; "
         "the spell lasts 16.7 months on average when worked amicably and brings 58 % of the balance",
         "legal                -  nobody is sued who keeps to a plan", "+0.900 of it fades by half every 18 months"},
        {"paying                 yes: the last payment is of 2026-04-20",
         "instalments            not named, so what is typical",
         "legal                -  nobody is sued who keeps to a plan", ", paying: "},
        {"paying                 no: in enforcement the payment of 2026-04-20 may be what was garnished",
         "new payers, amicable", ", quiet: ", "35 % settle for 92 % of the balance, the others pay"},
        {"paying                 no: payments with the status debt_adjustment are dividends",
         "dividends              0.1 % of the balance a month by the status alone, whatever is done", "Plan", "Score"},
        {"paying                 no: the last payment, of 2026-01-20, is 5 months old, and who pays has paid less than "
         "4 months",
         "amicable             -  not allowed where the debtor is known to be out of reach",
         "court                  3 % of the cases that are decided are lost", "fades"},
    };
    jk_model *model = NULL;
    jk_error error = {0};
    char path[FILE_PATH_MAX];
    assert_int_equal(jk_model_load(example_path(path), &model, &error), JK_OK);
    tape_rows tape = tape_rows_open(rows, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        jk_explanation e;
        char *text = NULL;
        explain_row(&tape, model, i, &e);
        assert_int_equal(jk_explain_text(&e, &text, &error), JK_OK);
        for (size_t k = 0; k < COUNT(expected[i]); k++) {
            if (strstr(text, expected[i][k]) == NULL) {
                fail_msg("claim %zu lacks \"%s\":\n%s", i, expected[i][k], text);
            }
        }
        free(text);
        assert_int_equal(jk_explain_json(&e, &text, &error), JK_OK);
        assert_null(strstr(text, "nan"));
        free(text);
        jk_explanation_reset(&e);
    }
    tape_rows_close(&tape);
    jk_model_free(model);
}

static void an_explanation_needs_a_claim_and_a_cutoff(void **state) {
    (void)state;
    jk_model *model = load_model("tests/law/rules.yaml");
    tape_rows tape = tape_rows_open(rows, COUNT(rows));
    jk_value_options options = jk_value_defaults();
    jk_explanation e;
    jk_error error = {0};
    assert_int_equal(jk_explain_claim(tape.tape, model, &options, "C1", &e, &error), JK_ERROR_DATA);
    assert_non_null(strstr(error.message, "--cutoff"));
    jk_explanation_reset(&e);
    options.cutoff = cell_date("2026-06-30");
    static const struct {
        const char *id;
        jk_status status;
        const char *message;
    } cases[] = {
        {"C", JK_ERROR_DATA,
         "no claim 'C' among 14; the first with the longest beginning in common stands in "
         "row 1 (--with-ids names it)"},
        {"C77", JK_ERROR_DATA,
         "no claim 'C77' among 14; the first with the longest beginning in common stands in "
         "row 8 (--with-ids names it)"},
        {"X", JK_ERROR_DATA, "no claim 'X' among 14"},
        {"", JK_ERROR_ARGUMENT, "expected 1 to 128 bytes, found 0"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        error = (jk_error){0};
        assert_int_equal(jk_explain_claim(tape.tape, model, &options, cases[i].id, &e, &error), cases[i].status);
        assert_string_equal(error.message, cases[i].message);
        jk_explanation_reset(&e);
    }
    tape_rows_close(&tape);
    jk_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_epoch_is_all_first_epoch),
        cmocka_unit_test(words_say_what_things_rest_on),
        cmocka_unit_test(an_explanation_needs_a_claim_and_a_cutoff),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
