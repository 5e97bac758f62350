/* SPDX-License-Identifier: Apache-2.0 */
/* The law stage against a slow second writing of model.md section 10 (law_by_hand.h) for random claims: bars, and the
 * dates behind them, of tapes and panels, with and without letters. Also: the order of rows does not matter. */
#include "law/law_by_hand.h"

/* The facts of a row, and the dates that explain them, against the rules on the day `cutoff`. */
static void compare(const jk_law *law, const jk_block *block, const jk_law_facts *facts, size_t i, const row *claim,
                    int cutoff, int lapses) {
    const expected want = expect(claim, cutoff, lapses);
    if (facts->bar_untitled[i] != want.untitled || facts->bar_titled[i] != want.titled ||
        facts->interruption[i] != want.interruption || facts->age_months[i] != want.age ||
        facts->title_state[i] != want.title || facts->barred[i] != want.barred || facts->workable[i] != want.workable) {
        fail_msg("day %d, claim %zu: d0 %g (%g), d1 %g (%g), I %g (%g), u %g (%g)", cutoff, i, facts->bar_untitled[i],
                 want.untitled, facts->bar_titled[i], want.titled, facts->interruption[i], want.interruption,
                 facts->age_months[i], want.age);
    }
    jk_law_detail found;
    jk_law_explain(law, block, i, &found);
    const int paid = claim->CELL(LAST_PAID_ON) != NULL ? cell_date(claim->CELL(LAST_PAID_ON)) : NEVER;
    const int pairs[][2] = {{found.defaulted_on, want.defaulted},
                            {found.written_off_on, cell_date(claim->CELL(WRITTEN_OFF_ON))},
                            {found.last_paid_on, paid},
                            {found.limitation_from, want.from},
                            {found.limitation_on, want.limitation},
                            {found.final_on, want.final},
                            {found.title_on, want.title_on},
                            {found.title_end_on, want.title_end},
                            {found.title_final_on, want.title_final},
                            {found.renewal_on, want.renewal},
                            {found.bar_on, want.bar}};
    for (size_t p = 0; p < COUNT(pairs); p++) {
        if (pairs[p][0] != (pairs[p][1] == NEVER ? INT32_MAX : pairs[p][1])) {
            fail_msg("day %d, claim %zu: date %zu is %d, expected %d", cutoff, i, p, pairs[p][0], pairs[p][1]);
        }
    }
    assert_int_equal(found.limitation_given, claim->CELL(LIMITATION_ON) != NULL);
    assert_int_equal(found.letter_interrupts, want.letter);
    assert_int_equal(found.title_dated, claim->CELL(TITLE_ON) != NULL);
    assert_true(found.limitation_months == (want.months == NEVER ? (double)INFINITY : want.months));
    const char *country = claim->CELL(COUNTRY);
    assert_string_equal(found.jurisdiction->id, strcmp(country, "LV") == 0 ? "EU" : country);
}

static void random_claims_follow_the_rules(void **state) {
    (void)state;
    static const char *const cutoffs[] = {"2026-06-30", "2024-02-29", "2025-02-28", "2026-05-31"};
    static row rows[ROWS];
    make_calendar();
    for (size_t c = 0; c < COUNT(cutoffs); c++) {
        int cutoff = cell_date(cutoffs[c]);
        for (size_t i = 0; i < ROWS; i++) {
            make_row(&rows[i], i, c, cutoff);
        }
        fixture f;
        fixture_open(&f, load_model("tests/law/rules.yaml"), cutoffs[c], rows, ROWS);
        for (int lapses = 0; lapses < 2; lapses++) {
            if (lapses) {
                jk_law_lapse(f.law);
                jk_law_block(f.law, &f.rows.block, &f.facts);
            }
            for (size_t i = 0; i < ROWS; i++) {
                compare(f.law, &f.rows.block, &f.facts, i, &rows[i], cutoff, lapses);
            }
        }
        fixture_close(&f);
    }
}

/* The rows of a panel are each seen on the day that their period begins. */
static void random_rows_of_a_panel_follow_the_rules_of_their_day(void **state) {
    (void)state;
    static row rows[ROWS];
    static int32_t day_of[ROWS];
    const int first = cell_date("2022-11-30");
    for (size_t i = 0; i < ROWS; i++) {
        day_of[i] = first + (int32_t)(i * 613 % 1100);
        make_row(&rows[i], i, 11, day_of[i]);
    }
    tape_rows panel = tape_rows_open_as(rows, ROWS, day_of);
    jk_model *model = load_model("tests/law/rules.yaml");
    jk_law *law = NULL;
    jk_debtors debtors = {0};
    jk_law_facts facts;
    void *memory = jk_columns_alloc(jk_law_facts_size(ROWS), 1);
    assert_int_equal(jk_law_create(model, panel.tape, JK_MISSING_INTEGER, &law, NULL), JK_OK);
    jk_law_facts_place(&facts, ROWS, memory);
    jk_law_block(law, &panel.block, &facts);
    assert_int_equal(facts.rows, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        compare(law, &panel.block, &facts, i, &rows[i], day_of[i], 0);
    }
    /* Sums of groups of rows: of sevens, against workable claims of 100 at their rates. */
    static int32_t group[ROWS];
    static int64_t all[7], workable[7];
    for (size_t i = 0; i < ROWS; i++) {
        const char *currency = rows[i].CELL(CURRENCY);
        const int64_t units = currency != NULL && strcmp(currency, "SEK") == 0 ? 12500000 : 100000000;
        group[i] = (int32_t)(i * 5 % 7);
        all[group[i]] += units;
        workable[group[i]] += expect(&rows[i], day_of[i], 0).workable ? units : 0;
    }
    const jk_run run = {.threads = 2, .block_rows = 300};
    assert_int_equal(jk_debtors_create_grouped(law, panel.tape, &run, group, 7, &debtors, NULL), JK_OK);
    assert_int_equal(debtors.count, 7);
    assert_memory_equal(debtors.balance, all, sizeof all);
    assert_memory_equal(debtors.workable_balance, workable, sizeof workable);
    jk_debtors_reset(&debtors);
    free(memory);
    jk_law_free(law);
    jk_model_free(model);
    tape_rows_close(&panel);
}

/* Columns of two results, of rows of so many bytes. */
typedef struct pair_of_columns {
    const char *name;
    const void *a, *b;
    size_t size;
} pair_of_columns;

#define PAIR(part, column)                                                                                             \
    { #column, a.part.column, b.part.column, sizeof *a.part.column }

/* Every figure of a claim is the same wherever it stands; amounts are its own. */
static void the_order_of_rows_does_not_matter(void **state) {
    (void)state;
    static row rows[ROWS];
    static row shuffled[ROWS];
    static char debtor[ROWS][16], principal[ROWS][16], other[ROWS][16], income[ROWS][16];
    int cutoff = cell_date("2026-06-30");
    for (size_t i = 0; i < ROWS; i++) {
        make_row(&rows[i], i, 7, cutoff);
        (void)snprintf(debtor[i], sizeof debtor[i], "D%zu", i * 31 % 997);
        (void)snprintf(principal[i], sizeof principal[i], "%zu", 200 + i);
        (void)snprintf(other[i], sizeof other[i], "%zu", 7 + i % 997 * 31 % 997);
        (void)snprintf(income[i], sizeof income[i], "%zu", 900 + 7 * i);
        rows[i].CELL(DEBTOR_ID) = debtor[i];
        rows[i].CELL(PRINCIPAL) = principal[i];
        rows[i].CELL(OTHER_DEBT_ENFORCED) = other[i];
        rows[i].CELL(INCOME_MONTHLY) = income[i];
        shuffled[i * 1009 % ROWS] = rows[i]; /* 1009 and 4000 share no factor */
    }
    fixture a;
    fixture b;
    fixture_open(&a, load_model("tests/law/rules.yaml"), "2026-06-30", rows, ROWS);
    fixture_open(&b, load_model("tests/law/rules.yaml"), "2026-06-30", shuffled, ROWS);
    const pair_of_columns pairs[] = {PAIR(facts, balance),
                                     PAIR(facts, principal),
                                     PAIR(facts, rate),
                                     PAIR(facts, age_months),
                                     PAIR(facts, debtor_age),
                                     PAIR(facts, bar_untitled),
                                     PAIR(facts, bar_titled),
                                     PAIR(facts, interruption),
                                     PAIR(facts, attachable),
                                     PAIR(facts, income),
                                     PAIR(facts, other_debt),
                                     PAIR(facts, exit_status),
                                     PAIR(facts, dividend),
                                     PAIR(facts, paid_months),
                                     PAIR(facts, title_state),
                                     PAIR(facts, allowed),
                                     PAIR(facts, barred),
                                     PAIR(facts, workable),
                                     PAIR(facts, segment),
                                     PAIR(facts, jurisdiction),
                                     PAIR(facts, class_override),
                                     PAIR(terms, balance),
                                     PAIR(terms, interest_monthly),
                                     PAIR(terms, theta),
                                     PAIR(terms, garnish),
                                     PAIR(terms, share),
                                     PAIR(terms, mortality),
                                     PAIR(terms, exit_status),
                                     PAIR(terms, interruption),
                                     PAIR(terms, fading),
                                     PAIR(terms, dividend),
                                     PAIR(terms, bar_untitled),
                                     PAIR(terms, bar_titled),
                                     PAIR(terms, age_months),
                                     PAIR(terms, allowed),
                                     PAIR(terms, segment),
                                     PAIR(terms, jurisdiction),
                                     PAIR(terms, title_state)};
    for (size_t p = 0; p < COUNT(pairs); p++) {
        const size_t size = pairs[p].size;
        for (size_t i = 0; i < ROWS; i++) {
            const size_t j = i * 1009 % ROWS;
            if (memcmp((const char *)pairs[p].a + i * size, (const char *)pairs[p].b + j * size, size) != 0) {
                fail_msg("%s of claim %zu is another where it stands elsewhere", pairs[p].name, i);
            }
        }
    }
    for (size_t i = 0; i < ROWS; i++) {
        const char *currency = rows[i].CELL(CURRENCY);
        const double rate = currency != NULL && strcmp(currency, "SEK") == 0 ? 0.125 : 1.0;
        assert_true(fabs(a.facts.principal[i] - rate * (double)(200 + i)) <= 1e-9);
        assert_true(fabs(a.facts.other_debt[i] - rate * (double)(7 + i % 997 * 31 % 997)) <= 1e-9);
        assert_true(fabs(a.facts.income[i] - rate * (double)(900 + 7 * i)) <= 1e-9);
    }
    fixture_close(&a);
    fixture_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_claims_follow_the_rules),
        cmocka_unit_test(random_rows_of_a_panel_follow_the_rules_of_their_day),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
