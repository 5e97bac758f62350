/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule a row matches first: random conditions against asking rule by rule, term by term, from the cells as they
 * were written. More rules than one word of 64 bits has, parts of a block that begin and end between tiles, and the
 * columns that the rules need, from the table of what each figure is made of. */
#include "law/law_internal.h"

#include "base/number/random.h"
#include "law/law_fixture.h"

#define BIT(NAME) (UINT64_C(1) << JK_COLUMN_##NAME)

enum { ROWS = 700, RULES = 200, TERMS = 4, WORDS = 3 };

static const int cutoff_year = 2026;
static row rows[ROWS];
static char texts[ROWS][6][32];

/* ---- what conditions may ask ------------------------------------------------------------------------------------- */

static const struct {
    jk_column column;
    const char *missing; /* what a missing cell stands for */
    const char *words[6];
} lists[] = {
    {JK_COLUMN_COUNTRY, NULL, {"FI", "DK", "EU", "LV", "XX", "FI"}},
    {JK_COLUMN_DEBTOR_TYPE, "consumer", {"consumer", "business", "consumer", "business", "consumer", "business"}},
    {JK_COLUMN_PRODUCT, "other", {"loan", "other", "card", "never", "telecom", "rent"}},
    {JK_COLUMN_CURRENCY, "EUR", {"EUR", "SEK", "DKK", "EUR", "SEK", "USD"}},
    {JK_COLUMN_LEGAL_STATUS, "none", {"none", "filed", "title", "enforcement", "disputed", "deceased"}},
    {JK_COLUMN_VULNERABLE, "0", {"0", "1", "0", "1", "0", "1"}},
    {JK_COLUMN_PLACEMENTS, "0", {"0", "1", "255", "256", "7", "100000"}},
};

static const struct {
    jk_derived figure;
    jk_column column;
    uint64_t reads;
    double bounds[5];
} numbers[] = {
    {JK_DERIVED_BALANCE,
     JK_COLUMN_COUNT,
     BIT(PRINCIPAL) | BIT(INTEREST_ACCRUED) | BIT(FEES) | BIT(CURRENCY) | BIT(COUNTRY),
     {0.0, 12.5, 100.0, 101.0, 400.0}},
    {JK_DERIVED_AGE_YEARS, JK_COLUMN_COUNT, BIT(BIRTH_YEAR) | BIT(DEBTOR_TYPE), {18.0, 30.0, 46.0, 47.0, 80.0}},
    {JK_DERIVED_MONTHS_SINCE_WRITE_OFF, JK_COLUMN_COUNT, BIT(WRITTEN_OFF_ON), {0.0, 1.0, 12.0, 24.0, 36.0}},
    {JK_DERIVED_NONE, JK_COLUMN_PLACEMENTS, BIT(PLACEMENTS), {0.0, 1.0, 7.0, 255.0, 256.0}},
    {JK_DERIVED_NONE, JK_COLUMN_PRINCIPAL, BIT(PRINCIPAL) | BIT(CURRENCY), {0.0, 12.5, 100.0, 250.0, 400.0}},
    {JK_DERIVED_NONE,
     JK_COLUMN_INTEREST_RATE,
     BIT(INTEREST_RATE) | BIT(COUNTRY) | BIT(DEBTOR_TYPE),
     {0.0, 0.05, 0.08, 0.1, 0.25}},
    {JK_DERIVED_NONE, JK_COLUMN_WRITTEN_OFF_ON, BIT(WRITTEN_OFF_ON), {19000.0, 19738.0, 20000.0, 20269.0, 20634.0}},
    {JK_DERIVED_NONE, JK_COLUMN_LAST_PAID_ON, BIT(LAST_PAID_ON), {19000.0, 19738.0, 20000.0, 20269.0, 20634.0}},
    {JK_DERIVED_NONE,
     JK_COLUMN_DEFAULTED_ON,
     BIT(DEFAULTED_ON) | BIT(WRITTEN_OFF_ON),
     {19000.0, 19738.0, 20000.0, 20269.0, 20634.0}},
};

/* The number of a row by the cells as written; NaN where there is none. */
static double number_of(size_t n, const row *claim) {
    const char *currency = claim->CELL(CURRENCY) != NULL ? claim->CELL(CURRENCY) : "EUR";
    const double rate = strcmp(currency, "SEK") == 0 ? 0.125 : strcmp(currency, "DKK") == 0 ? 0.25 : 1.0;
    const bool business = claim->CELL(DEBTOR_TYPE) != NULL && strcmp(claim->CELL(DEBTOR_TYPE), "business") == 0;
    const bool near = strcmp(claim->CELL(COUNTRY), "FI") == 0 || strcmp(claim->CELL(COUNTRY), "DK") == 0;
    const char *text = NULL;
    switch (n) {
    case 0:
        return (atof(claim->CELL(PRINCIPAL)) + (claim->CELL(FEES) != NULL ? atof(claim->CELL(FEES)) : 0.0)) * rate;
    case 1:
        return business || claim->CELL(BIRTH_YEAR) == NULL ? (double)NAN : cutoff_year - atof(claim->CELL(BIRTH_YEAR));
    case 2: { /* written off on a first, seen on a last of June */
        const char *since = claim->CELL(WRITTEN_OFF_ON);
        return (cutoff_year - atoi(since)) * 12 + 6 - atoi(since + 5);
    }
    case 3:
        return claim->CELL(PLACEMENTS) == NULL ? NAN : atof(claim->CELL(PLACEMENTS));
    case 4:
        return atof(claim->CELL(PRINCIPAL)) * rate;
    case 5:
        return claim->CELL(INTEREST_RATE) != NULL ? atof(claim->CELL(INTEREST_RATE))
               : near                             ? (business ? 0.12 : 0.08)
                                                  : (business ? 0.06 : 0.05);
    case 7:
        text = claim->CELL(LAST_PAID_ON);
        break;
    case 8:
        text = claim->CELL(DEFAULTED_ON) != NULL ? claim->CELL(DEFAULTED_ON) : claim->CELL(WRITTEN_OFF_ON);
        break;
    default:
        text = claim->CELL(WRITTEN_OFF_ON);
    }
    return text == NULL ? (double)NAN : (double)cell_date(text);
}

/* ---- random rows and rules --------------------------------------------------------------------------------------- */

static const char *pick(const char *const *words, size_t count, uint32_t random) {
    return words[random % count];
}

static void make_row(size_t i) {
    uint32_t r[12];
    for (uint64_t n = 0; n < 3; n++) {
        jk_random4 four = jk_philox(5, i, n);
        memcpy(r + 4 * n, four.word, sizeof four.word);
    }
    static const char *const amounts[] = {"100", "12.50", "99.99", "400", "800", "1000", "101"};
    static const char *const rates[] = {"0", "0.05", "0.1", "0.25"};
    static const char *const placements[] = {"0", "1", "7", "255", "256", "9"};
    (void)snprintf(texts[i][0], sizeof texts[i][0], "%u-%02u-01", 2022 + r[0] % 4, 1 + r[0] / 4 % 12);
    (void)snprintf(texts[i][1], sizeof texts[i][1], "%u", 1946 + r[1] % 63);
    (void)snprintf(texts[i][2], sizeof texts[i][2], "2025-06-%02u", 1 + r[2] % 30);
    rows[i] = (row){.CELL(COUNTRY) = lists[0].words[r[3] % 4],
                    .CELL(DEBTOR_TYPE) = r[3] / 4 % 3 ? lists[1].words[r[3] / 12 % 2] : NULL,
                    .CELL(PRODUCT) = r[4] % 3 ? lists[2].words[r[4] / 3 % 3] : NULL,
                    .CELL(CURRENCY) = r[5] % 3 ? lists[3].words[r[5] / 3 % 3] : NULL,
                    .CELL(LEGAL_STATUS) = r[6] % 3 ? lists[4].words[r[6] / 3 % 6] : NULL,
                    .CELL(VULNERABLE) = r[7] % 3 ? lists[5].words[r[7] / 3 % 2] : NULL,
                    .CELL(PLACEMENTS) = r[8] % 3 ? pick(placements, COUNT(placements), r[8] / 3) : NULL,
                    .CELL(PRINCIPAL) = pick(amounts, COUNT(amounts), r[9]),
                    .CELL(FEES) = r[10] % 2 ? NULL : "1",
                    .CELL(INTEREST_RATE) = r[10] / 2 % 2 ? NULL : pick(rates, COUNT(rates), r[10] / 4),
                    .CELL(BIRTH_YEAR) = r[1] % 5 ? texts[i][1] : NULL,
                    .CELL(WRITTEN_OFF_ON) = texts[i][0],
                    .CELL(LAST_PAID_ON) = r[2] / 30 % 2 ? texts[i][2] : NULL,
                    .CELL(DEFAULTED_ON) = r[11] % 2 ? "2022-02-28" : NULL};
}

/* A rule's terms, and what they are about: a list (below COUNT(lists)) or a number (after them). */
typedef struct rule {
    jk_condition condition;
    jk_condition_term terms[TERMS];
    size_t about[TERMS];
    const char *words[TERMS][WORDS];
} rule;

static void make_rule(rule *made, uint64_t seed, size_t index) {
    *made = (rule){0};
    const size_t subjects = COUNT(lists) + COUNT(numbers);
    const size_t count = index % 16 == 15 ? 1 + index / 16 % 3 : TERMS; /* few, so that late rules are met, too */
    for (size_t t = 0; t < count; t++) {
        jk_random4 r = jk_philox(seed, index, t + 1);
        const size_t about = (r.word[0] + t * (subjects / TERMS)) % subjects;
        jk_condition_term *term = &made->terms[made->condition.count];
        bool again = false;
        for (size_t had = 0; had < made->condition.count; had++) {
            again = again || made->about[had] == about;
        }
        if (again) {
            continue;
        }
        made->about[made->condition.count] = about;
        if (about < COUNT(lists)) {
            const char **words = made->words[made->condition.count];
            *term = (jk_condition_term){JK_DERIVED_NONE, lists[about].column, r.word[1] % WORDS + 1, words, 0.0, 0.0};
            for (size_t w = 0; w < term->count; w++) {
                words[w] = lists[about].words[(r.word[2] + w * (1 + r.word[1] / 8 % 3)) % 6];
            }
        } else {
            const size_t n = about - COUNT(lists);
            const double low = numbers[n].bounds[r.word[1] % 5], high = numbers[n].bounds[r.word[2] % 5];
            *term = (jk_condition_term){(int)numbers[n].figure,
                                        numbers[n].column,
                                        0,
                                        NULL,
                                        r.word[3] % 4 == 0 ? -INFINITY : fmin(low, high),
                                        r.word[3] % 4 == 1 ? INFINITY : fmax(low, high)};
        }
        made->condition.count++;
    }
    made->condition.terms = made->terms;
}

static bool holds(const rule *asked, size_t t, const row *claim) {
    const jk_condition_term *term = &asked->terms[t];
    if (asked->about[t] >= COUNT(lists)) {
        const double number = number_of(asked->about[t] - COUNT(lists), claim);
        return number >= term->from && number < term->below;
    }
    const char *cell = claim->cell[term->column] != NULL ? claim->cell[term->column] : lists[asked->about[t]].missing;
    for (size_t w = 0; w < term->count; w++) {
        if (strcmp(term->values[w], cell) == 0) {
            return true;
        }
    }
    return false;
}

/* The first of the rules that holds, in the country's jurisdiction where they have one. */
static size_t first_that_holds(const rule *asked, size_t count, const uint16_t *owner, const row *claim) {
    const char *country = claim->CELL(COUNTRY);
    const int at = strcmp(country, "FI") == 0 ? 0 : strcmp(country, "DK") == 0 ? 1 : 2;
    for (size_t k = 0; k < count; k++) {
        bool all = owner == NULL || owner[k] == at;
        for (size_t t = 0; all && t < asked[k].condition.count; t++) {
            all = holds(&asked[k], t, claim);
        }
        if (all) {
            return k;
        }
    }
    return JK_MATCHER_NONE;
}

static uint64_t columns_of(const rule *asked, size_t count, bool owned) {
    uint64_t reads = owned ? BIT(COUNTRY) : 0;
    for (size_t k = 0; k < count; k++) {
        for (size_t t = 0; t < asked[k].condition.count; t++) {
            const size_t about = asked[k].about[t];
            reads |= about < COUNT(lists) ? UINT64_C(1) << lists[about].column : numbers[about - COUNT(lists)].reads;
        }
    }
    return reads;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void the_first_rule_that_holds_is_found(void **state) {
    (void)state;
    static const size_t counts[] = {1, 2, 63, 64, 65, 128, RULES};
    static const size_t parts[][2] = {{0, ROWS}, {130, ROWS - 130}, {255, 2}, {0, 256}, {1, 257}, {ROWS - 1, 1}};
    static rule asked[RULES];
    static uint16_t owner[RULES], match[ROWS];
    const jk_condition *rules[RULES];
    for (size_t i = 0; i < ROWS; i++) {
        make_row(i);
    }
    fixture f;
    fixture_open(&f, load_model("tests/law/rules.yaml"), "2026-06-30", rows, ROWS);
    size_t found[2] = {0, 0}; /* matches, and those beyond the first 64 rules */
    for (size_t c = 0; c < 2 * COUNT(counts); c++) {
        const size_t count = counts[c / 2];
        const uint16_t *owners = c % 2 ? owner : NULL;
        for (size_t k = 0; k < count; k++) {
            make_rule(&asked[k], 100 + c, k);
            rules[k] = &asked[k].condition;
            owner[k] = (uint16_t)(k * 7 % 3);
        }
        jk_matcher matcher;
        assert_int_equal(jk_matcher_init(&matcher, rules, count, f.rows.tape, NULL, "EUR", owners,
                                         owners != NULL ? f.law->jurisdiction : NULL, NULL),
                         JK_OK);
        assert_true(jk_matcher_reads(&matcher) == columns_of(asked, count, owners != NULL));
        for (size_t p = 0; p < COUNT(parts); p++) {
            jk_matcher_rows(&matcher, f.law, &f.rows.block, parts[p][0], parts[p][1], match);
            for (size_t i = 0; i < parts[p][1]; i++) {
                const size_t wanted = first_that_holds(asked, count, owners, &rows[parts[p][0] + i]);
                if (match[i] != wanted) {
                    fail_msg("%zu rules, row %zu: %u, expected %zu", count, parts[p][0] + i, match[i], wanted);
                }
                found[0] += wanted != JK_MATCHER_NONE;
                found[1] += wanted != JK_MATCHER_NONE && wanted >= 64;
            }
        }
        jk_matcher_reset(&matcher);
    }
    assert_true(found[0] > 1000 && found[1] > 100); /* so that there is something to find */
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_rule_that_holds_is_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
