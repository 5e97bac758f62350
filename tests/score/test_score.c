/* SPDX-License-Identifier: Apache-2.0 */
/* The score stage: every kind of characteristic, its bins, what stands for missing, the cuts, theta. Points of the test
 * cards are distinct powers of ten, so that the sum tells which were given. The cut-off is 2026-06-30. */
#include "jalki/score.h"

#include "law/law_fixture.h"
#include "score/levels.h"

static void open_card(fixture *f, const char *characteristics, const row *rows, size_t count) {
    fixture_open(f, load_with_scorecard(characteristics), "2026-06-30", rows, count);
}

#define CLAIM .CELL(COUNTRY) = "FI", .CELL(WRITTEN_OFF_ON) = "2024-01-15", .CELL(PRINCIPAL) = "100"

/* One numeric characteristic with bins below 1, below 2, the rest: points 1, 10, 100; missing 1000. */
typedef struct number_case {
    const char *name;
    row given;
    double value; /* NaN: missing */
} number_case;

static const number_case number_cases[] = {
    {"balance", {CLAIM, .CELL(FEES) = "1.5"}, 101.5},
    {"balance", {CLAIM, .CELL(CURRENCY) = "SEK"}, 12.5},
    {"age_years", {CLAIM, .CELL(BIRTH_YEAR) = "1980"}, 46},
    {"age_years", {CLAIM}, NAN}, /* the assumed age serves mortality only */
    {"age_years", {CLAIM, .CELL(BIRTH_YEAR) = "1980", .CELL(DEBTOR_TYPE) = "business"}, NAN},
    {"months_since_write_off", {CLAIM}, 29},
    {"months_since_default", {CLAIM}, 29},
    {"months_since_default", {CLAIM, .CELL(DEFAULTED_ON) = "2023-12-31"}, 30},
    {"months_since_last_payment", {CLAIM}, NAN},
    {"months_since_last_payment", {CLAIM, .CELL(LAST_PAID_ON) = "2026-06-30"}, 0},
    {"months_since_last_payment", {CLAIM, .CELL(LAST_PAID_ON) = "2026-05-31"}, 1},
    {"months_to_bar", {CLAIM, .CELL(TITLE_ON) = "2023-06-30"}, 731 / 30.4375},
    {"months_to_bar", {CLAIM, .CELL(DEBTOR_TYPE) = "business", .CELL(CURRENCY) = "EUR"}, INFINITY},
    {"paid_12m_share", {CLAIM}, NAN}, /* what the tape does not say is missing */
    {"paid_12m_share", {CLAIM, .CELL(PAYMENTS_12M) = "0"}, 0},
    {"paid_12m_share", {CLAIM, .CELL(PAYMENTS_12M) = "30", .CELL(FEES) = "20"}, 0.25},
    {"paid_24m_share", {CLAIM, .CELL(PAYMENTS_24M) = "7", .CELL(CURRENCY) = "SEK"}, 0.07},
    {"principal_share", {CLAIM, .CELL(INTEREST_ACCRUED) = "25"}, 0.8},
    {"kept_share", {CLAIM}, NAN},
    {"kept_share", {CLAIM, .CELL(PROMISES_KEPT) = "0", .CELL(PROMISES_BROKEN) = "0"}, NAN}, /* 0 of 0 */
    {"kept_share", {CLAIM, .CELL(PROMISES_KEPT) = "3"}, NAN},                               /* of how many? */
    {"kept_share", {CLAIM, .CELL(PROMISES_KEPT) = "3", .CELL(PROMISES_BROKEN) = "0"}, 1},
    {"kept_share", {CLAIM, .CELL(PROMISES_KEPT) = "0", .CELL(PROMISES_BROKEN) = "3"}, 0},
    {"kept_share", {CLAIM, .CELL(PROMISES_KEPT) = "1", .CELL(PROMISES_BROKEN) = "3"}, 0.25},
    {"attachable", {CLAIM, .CELL(INCOME_MONTHLY) = "1500"}, 250},
    {"attachable", {CLAIM}, 25},
    {"attachable_years", {CLAIM, .CELL(INCOME_MONTHLY) = "1500"}, 30},
    {"debtor_claims", {CLAIM}, 1},
    {"debtor_balance", {CLAIM}, 100},
    {"principal", {CLAIM, .CELL(FEES) = "1"}, 100},
    {"interest_accrued", {CLAIM}, NAN},
    {"interest_accrued", {CLAIM, .CELL(INTEREST_ACCRUED) = "0"}, 0},
    {"interest_accrued", {CLAIM, .CELL(INTEREST_ACCRUED) = "8", .CELL(CURRENCY) = "SEK"}, 1},
    {"fees", {CLAIM, .CELL(FEES) = "1.99"}, 1.99},
    {"original_principal", {CLAIM}, NAN},
    {"original_principal", {CLAIM, .CELL(ORIGINAL_PRINCIPAL) = "0.5"}, 0.5},
    {"interest_rate", {CLAIM}, 0.08}, /* statutory where missing */
    {"interest_rate", {CLAIM, .CELL(INTEREST_RATE) = "1.5"}, 1.5},
    {"birth_year", {CLAIM}, NAN},
    {"birth_year", {CLAIM, .CELL(BIRTH_YEAR) = "1980"}, 1980},
    {"income_monthly", {CLAIM}, NAN},
    {"income_monthly", {CLAIM, .CELL(INCOME_MONTHLY) = "0"}, 0},
    {"dependants", {CLAIM}, NAN},
    {"dependants", {CLAIM, .CELL(DEPENDANTS) = "0"}, 0},
    {"dependants", {CLAIM, .CELL(DEPENDANTS) = "1"}, 1},
    {"housing_cost", {CLAIM, .CELL(HOUSING_COST) = "8", .CELL(CURRENCY) = "SEK"}, 1},
    {"housing_cost", {CLAIM}, NAN},
    {"housing_cost", {CLAIM, .CELL(HOUSING_COST) = "0"}, 0},
    {"other_debt_enforced", {CLAIM}, NAN},
    {"other_debt_enforced", {CLAIM, .CELL(OTHER_DEBT_ENFORCED) = "0"}, 0},
    {"other_debt_enforced", {CLAIM, .CELL(OTHER_DEBT_ENFORCED) = "3"}, 3},
    {"default_marks", {CLAIM}, NAN},
    {"default_marks", {CLAIM, .CELL(DEFAULT_MARKS) = "1"}, 1},
    {"payments_12m", {CLAIM}, NAN},
    {"payments_12m", {CLAIM, .CELL(PAYMENTS_12M) = "0"}, 0},
    {"payments_24m", {CLAIM, .CELL(PAYMENTS_24M) = "1"}, 1},
    {"promises_kept", {CLAIM}, NAN},
    {"promises_kept", {CLAIM, .CELL(PROMISES_KEPT) = "0"}, 0},
    {"promises_broken", {CLAIM, .CELL(PROMISES_BROKEN) = "1"}, 1},
    {"placements", {CLAIM}, NAN},
    {"placements", {CLAIM, .CELL(PLACEMENTS) = "0"}, 0},
    {"placements", {CLAIM, .CELL(PLACEMENTS) = "2"}, 2},
};

static void numbers_fall_into_their_bins(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(number_cases); i++) {
        const number_case *want = &number_cases[i];
        char card[256];
        (void)snprintf(card, sizeof card,
                       "  characteristics:\n    - {name: %s, missing: 100, bins: [{below: 1, points: 1}, "
                       "{below: 2, points: 10}, {points: 50}]}",
                       want->name);
        fixture f;
        open_card(&f, card, &want->given, 1);
        jk_score_detail detail;
        jk_score_explain(f.scorer, &f.rows.block, &f.facts, 0, f.memory[3], &detail);
        double points = isnan(want->value) ? 100 : want->value < 1 ? 1 : want->value < 2 ? 10 : 50;
        const char *level = isnan(want->value) ? "missing"
                            : want->value < 1  ? "below 1"
                            : want->value < 2  ? "1 to below 2"
                                               : "2 and more";
        if (f.score.eta[0] != points || !(detail.value == want->value || isnan(want->value) == isnan(detail.value)) ||
            (!isnan(want->value) && detail.value != want->value) || detail.points != points ||
            strcmp(detail.level, level) != 0) {
            fail_msg("%s (case %zu): eta %g, value %.17g, level %s", want->name, i, f.score.eta[0], detail.value,
                     detail.level);
        }
        uint16_t bin = 9;
        double number = 0.0;
        char words[64];
        jk_score_levels(f.scorer, 0, &f.rows.block, &f.facts, &bin);
        jk_score_numbers(f.scorer, 0, &f.rows.block, &f.facts, &number);
        const jk_characteristic *from = &f.model->scorecard.characteristics[0];
        assert_int_equal(bin, isnan(want->value) ? 3 : want->value < 1 ? 0 : want->value < 2 ? 1 : 2);
        assert_true(number == want->value || (isnan(number) && isnan(want->value)));
        assert_string_equal(jk_score_level_name(from, bin, words), level);
        assert_true(jk_score_level_points(from, bin) == points);
        fixture_close(&f);
    }
}

typedef struct level_case {
    const char *name;
    const char *levels;
    row given;
    double points;
    const char *level;
} level_case;

/* `missing` gives 0.5, `other` 0.25. */
static const level_case level_cases[] = {
    {"country", "{FI: 1, DK: 2}", {CLAIM}, 1, "FI"},
    {"country", "{DK: 2}", {CLAIM}, 0.25, "FI"},
    {"product", "{other: 1, loan: 2}", {CLAIM}, 1, "other"}, /* the tape's default is a level */
    {"product", "{loan: 2}", {CLAIM}, 0.25, "other"},
    {"product", "{loan: 2}", {CLAIM, .CELL(PRODUCT) = "loan"}, 2, "loan"},
    {"product", "{loan: 2}", {CLAIM, .CELL(PRODUCT) = "unknown"}, 0.5, "unknown"},
    {"product", "{unknown: 3}", {CLAIM, .CELL(PRODUCT) = "unknown"}, 3, "unknown"},
    {"currency", "{EUR: 1}", {CLAIM}, 1, "EUR"},
    {"currency", "{EUR: 1}", {CLAIM, .CELL(CURRENCY) = "SEK"}, 0.25, "SEK"},
    {"debtor_type", "{consumer: 1}", {CLAIM}, 1, "consumer"},
    {"legal_status", "{none: 1, title: 2}", {CLAIM}, 1, "none"},
    {"legal_status", "{title: 2}", {CLAIM}, 0.25, "none"},
    {"employment", "{employed: 1}", {CLAIM}, 0.5, "unknown"},
    {"employment", "{employed: 1, unknown: 2}", {CLAIM}, 2, "unknown"},
    {"employment", "{employed: 1, unknown: 2}", {CLAIM, .CELL(EMPLOYMENT) = "unknown"}, 2, "unknown"},
    {"employment", "{employed: 1}", {CLAIM, .CELL(EMPLOYMENT) = "retired"}, 0.25, "retired"},
    {"reachable", "{none: 1}", {CLAIM}, 0.5, "unknown"}, /* none is a channel, not missing */
    {"reachable", "{none: 1}", {CLAIM, .CELL(REACHABLE) = "none"}, 1, "none"},
    {"vulnerable", "{\"0\": 1, \"1\": 2}", {CLAIM}, 1, "0"},
    {"vulnerable", "{\"1\": 2}", {CLAIM, .CELL(VULNERABLE) = "1"}, 2, "1"},
};

static void levels_give_their_points(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(level_cases); i++) {
        const level_case *want = &level_cases[i];
        char card[256];
        (void)snprintf(card, sizeof card, "  characteristics:\n    - {name: %s, missing: 0.5, other: 0.25, levels: %s}",
                       want->name, want->levels);
        fixture f;
        open_card(&f, card, &want->given, 1);
        jk_score_detail detail;
        jk_score_explain(f.scorer, &f.rows.block, &f.facts, 0, f.memory[3], &detail);
        if (f.score.eta[0] != want->points || detail.value != -1.0 || strcmp(detail.level, want->level) != 0) {
            fail_msg("%s (case %zu): eta %g, level %s", want->name, i, f.score.eta[0], detail.level);
        }
        uint16_t level = 99;
        jk_score_levels(f.scorer, 0, &f.rows.block, &f.facts, &level);
        const jk_characteristic *from = &f.model->scorecard.characteristics[0];
        assert_true(level < jk_score_level_count(from) && jk_score_level_points(from, level) == want->points);
        fixture_close(&f);
    }
}

static void a_debtors_claims_are_all_counted(void **state) {
    (void)state;
    static const row rows[] = {
        {CLAIM, .CELL(DEBTOR_ID) = "A"},
        {CLAIM, .CELL(DEBTOR_ID) = "A", .CELL(LEGAL_STATUS) = "deceased", .CELL(FEES) = "0.01"},
        {CLAIM, .CELL(DEBTOR_ID) = "B"},
        {CLAIM, .CELL(DEBTOR_ID) = "A", .CELL(CURRENCY) = "SEK", .CELL(INCOME_MONTHLY) = "12000"},
    };
    fixture f;
    open_card(
        &f,
        "  characteristics:\n"
        "    - {name: debtor_claims, bins: [{below: 2, points: 1}, {below: 3, points: 2}, {points: 3}]}\n"
        "    - {name: debtor_balance, bins: [{below: 212.51, points: 10}, {points: 20}]}\n"
        "    - {name: attachable_years, bins: [{below: 14.11, points: 50}, {below: 14.12, points: 60}, {points: 70}]}",
        rows, COUNT(rows));
    /* A: 100 + 100.01 + 12.50 = 212.51, on the bound and so not below it; 12 x 250 / 212.51 = 14.117 */
    assert_true(f.score.eta[0] == 3 + 20 + 50);
    assert_true(f.score.eta[1] == 3 + 20 + 50);
    assert_true(f.score.eta[2] == 1 + 10 + 50);
    assert_true(f.score.eta[3] == 3 + 20 + 60);
    fixture_close(&f);
}

/* 100 points more doubles: ln 2 is 0.693147…; weak from 430, able from 560. */
static void scores_round_half_up_and_cut_at_the_rounded_score(void **state) {
    (void)state;
    static const struct {
        const char *intercept;
        int score;
        jk_capacity class;
    } cases[] = {
        {"0", 500, JK_CAPACITY_WEAK},
        {"0.69314718055994530942", 600, JK_CAPACITY_ABLE},
        {"-0.69314718055994530942", 400, JK_CAPACITY_NONE},
        {"0.41241", 559, JK_CAPACITY_WEAK},  /* 559.498 */
        {"0.41244", 560, JK_CAPACITY_ABLE},  /* 559.503 */
        {"-0.48867", 429, JK_CAPACITY_NONE}, /* 429.499 */
        {"-0.48864", 430, JK_CAPACITY_WEAK}, /* 429.503 */
        {"3.46", 999, JK_CAPACITY_ABLE},
        {"9", 1000, JK_CAPACITY_ABLE},
        {"-9", 0, JK_CAPACITY_NONE},
    };
    static const row rows[] = {{CLAIM, .CELL(PRODUCT) = "loan"},
                               {CLAIM, .CELL(LEGAL_STATUS) = "bankruptcy"},
                               {CLAIM, .CELL(LEGAL_STATUS) = "enforcement_insolvent"},
                               {CLAIM, .CELL(LEGAL_STATUS) = "debt_adjustment"}};
    static const double center[] = {0.5, 0.25, 0.125}; /* of the segment of loans */
    for (size_t i = 0; i < COUNT(cases); i++) {
        char card[256];
        (void)snprintf(card, sizeof card,
                       "  characteristics: [{name: principal, bins: [{below: 1, points: 9}, {points: %s}]}]",
                       cases[i].intercept);
        fixture f;
        open_card(&f, card, rows, COUNT(rows));
        assert_int_equal(f.score.score[0], cases[i].score);
        assert_int_equal(f.score.capacity_class[0], cases[i].class);
        double eta = strtod(cases[i].intercept, NULL);
        assert_true(fabs(f.score.theta[0] / exp(eta - center[cases[i].class]) - 1.0) < 1e-14);
        for (size_t r = 1; r < COUNT(rows); r++) {
            assert_int_equal(f.score.capacity_class[r], JK_CAPACITY_NONE); /* the status decides */
            assert_int_equal(f.score.score[r], cases[i].score);
            assert_true(fabs(f.score.theta[r] / exp(eta) - 1.0) < 1e-14);
        }
        fixture_close(&f);
    }
}

static void blocks_of_any_size_give_the_same(void **state) {
    (void)state;
    enum { ROWS = 2500 };
    static row rows[ROWS];
    static char text[ROWS][16];
    for (size_t i = 0; i < ROWS; i++) {
        (void)snprintf(text[i], sizeof text[i], "%zu", i * 7919 % 5003 + 1);
        rows[i] = (row){.CELL(COUNTRY) = i % 3 ? "FI" : "DK",
                        .CELL(WRITTEN_OFF_ON) = i % 5 ? "2024-01-15" : "2020-01-15",
                        .CELL(PRINCIPAL) = text[i],
                        .CELL(PLACEMENTS) = i % 2 ? text[i] : "0",
                        .CELL(INCOME_MONTHLY) = i % 7 ? text[i] : NULL};
    }
    fixture f;
    open_card(&f,
              "  characteristics:\n"
              "    - {name: balance, bins: [{below: 1000, points: 0.3}, {below: 3000, points: 0.1}, {points: -0.2}]}\n"
              "    - {name: attachable, missing: 7, bins: [{below: 30, points: -0.1}, {points: 0.7}]}\n"
              "    - {name: country, levels: {FI: 0.1, DK: -0.1}}\n"
              "    - {name: placements, bins: [{below: 1, points: 0.3}, {points: 0}]}",
              rows, ROWS);
    for (size_t i = 0; i < ROWS; i++) { /* blocks of one row, and the rule by hand */
        jk_block one = f.rows.block;
        one.rows = 1;
        for (int c = 0; c < JK_COLUMN_COUNT; c++) {
            char *column = f.rows.block.column[c];
            one.column[c] = column == NULL ? NULL : column + i * jk_schema_element_size((jk_column)c);
        }
        double theta = f.score.theta[i];
        double eta = f.score.eta[i];
        jk_score_columns out;
        void *columns = jk_columns_alloc(jk_score_columns_size(1), 1);
        jk_score_columns_place(&out, 1, columns);
        jk_law_facts facts;
        void *memory = jk_columns_alloc(jk_law_facts_size(1), 1);
        jk_law_facts_place(&facts, 1, memory);
        jk_law_block(f.law, &one, &facts);
        jk_score_block(f.scorer, &one, &facts, &out, f.memory[3]);
        assert_memory_equal(out.eta, &eta, sizeof eta);
        assert_memory_equal(out.theta, &theta, sizeof theta);
        double balance = strtod(text[i], NULL);
        double hand = 0.0;
        hand += balance < 1000 ? 0.3 : balance < 3000 ? 0.1 : -0.2;
        hand += facts.attachable[0] < 30 ? -0.1 : 0.7;
        hand += i % 3 ? 0.1 : -0.1;
        hand += i % 2 ? 0 : 0.3;
        assert_true(hand == eta);
        free(columns);
        free(memory);
    }
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_fall_into_their_bins),
        cmocka_unit_test(levels_give_their_points),
        cmocka_unit_test(a_debtors_claims_are_all_counted),
        cmocka_unit_test(scores_round_half_up_and_cut_at_the_rounded_score),
        cmocka_unit_test(blocks_of_any_size_give_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
