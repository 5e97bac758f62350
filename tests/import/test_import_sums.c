/* SPDX-License-Identifier: Apache-2.0 */
/* What an import sums up of its rows, by currency and reason; which claims the general rule would bar; joined files:
 * which rows they give, what is added up and what is told of the rest. */
#include "import/import_case.h"

/* ---- sums -------------------------------------------------------------------------------------------------------- */

/* There is room for 32 sums: from the 32nd currency on all stand under one name. */
static void currencies_are_summed_apart(void **state) {
    (void)state;
    static char text[8192];
    for (int currencies = 30; currencies <= 35; currencies++) {
        size_t length = (size_t)sprintf(text, "claim_id,currency,country,written_off_on,principal\n");
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < currencies; i++) {
                length += (size_t)sprintf(text + length, "C%d-%d,A%c%c,FI,2020-01-31,%d.01\n", round, i, 'A' + i / 26,
                                          'A' + i % 26, i + round);
            }
        }
        jk_import_summary *summary = imported_text(text, NULL);
        const size_t slots = currencies > 32 ? 32 : (size_t)currencies;
        assert_int_equal(summary->accepted.count, slots);
        for (size_t i = 0; i < slots; i++) {
            const bool shared = currencies >= 32 && i == 31;
            char name[4] = {'A', (char)('A' + i / 26), (char)('A' + i % 26), '\0'};
            assert_string_equal(summary->accepted.sums[i].currency, shared ? "***" : name);
            uint64_t claims = 0;
            int64_t balance = 0;
            for (int c = (int)i; c < (shared ? currencies : (int)i + 1); c++) {
                claims += 2;
                balance += 200 * c + 102;
            }
            assert_true(summary->accepted.sums[i].claims == claims && summary->accepted.sums[i].balance == balance);
        }
        jk_import_summary_free(summary);
    }
    jk_import_summary *summary =
        imported_text("claim_id,currency,country,written_off_on,principal\n1,,FI,2020-01-31,1\n"
                      "2,EUR,FI,2020-01-31,2\n3,,FI,2020-01-31,4\n3,SEK,FI,2020-01-31,8\n",
                      NULL);
    assert_true(summary->accepted.count == 2 && summary->accepted.sums[0].balance == 500);
    assert_string_equal(summary->accepted.sums[0].currency, "");
    assert_string_equal(summary->accepted.sums[1].currency, "EUR");
    const jk_import_rejected *twice = &summary->rejected[JK_REJECT_DUPLICATE];
    assert_true(twice->rows == 1 && twice->line == 5 && twice->column == JK_COLUMN_CLAIM_ID);
    assert_true(twice->balance.count == 1 && twice->balance.sums[0].balance == 800);
    assert_string_equal(twice->balance.sums[0].currency, "SEK");
    assert_string_equal(twice->value, "3");
    jk_import_summary_free(summary);
}

/* A claim without title and limitation is barred three years after default (else write-off) or payment, if later. */
static void what_the_general_rule_would_bar_is_summed(void **state) {
    (void)state;
    static const struct {
        const char *cells; /* defaulted_on, written_off_on, last_paid_on, limitation_on, title_on, legal_status */
        bool open, barred;
    } cases[] = {{",2023-06-30,,,,", true, true},
                 {",2023-07-01,,,,", true, false},
                 {"2023-06-30,2024-01-01,,,,", true, true},
                 {"2023-07-01,2023-01-01,,,,", true, false},
                 {",2020-01-31,2023-06-30,,,", true, true},
                 {",2020-01-31,2023-07-01,,,", true, false},
                 {",2020-01-31,2019-01-31,,,", true, true},
                 {",2020-01-31,,2030-01-31,,", false, false},
                 {",2020-01-31,,,2021-01-31,", false, false},
                 {",2020-01-31,,,,title", false, false},
                 {",2020-01-31,,,,enforcement", false, false},
                 {",2020-01-31,,,,enforcement_insolvent", false, false},
                 {",2020-01-31,,,,filed", true, true},
                 {",2020-01-31,,,,bankruptcy", true, true}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        char text[512];
        (void)snprintf(text, sizeof text,
                       "claim_id,country,principal,defaulted_on,written_off_on,last_paid_on,limitation_on,title_on,"
                       "legal_status\n1,FI,7,%s\n2,FI,5,,2026-06-01,,2030-01-01,,\n",
                       cases[c].cells);
        jk_import_summary *summary = imported_text(text, NULL);
        if (summary->rows_accepted != 2 || summary->no_limitation.count != cases[c].open ||
            summary->barred_by_rule.count != cases[c].barred) {
            fail_msg("%s", cases[c].cells);
        }
        assert_true(!cases[c].open || summary->no_limitation.sums[0].balance == 700);
        assert_true(!cases[c].barred || summary->barred_by_rule.sums[0].claims == 1);
        assert_int_equal(summary->last_written_off, jk_date_from_civil(2026, 6, 1));
        assert_true(summary->first_written_off < summary->last_written_off);
        jk_import_summary_free(summary);
    }
    /* Without a cut-off nothing is. */
    const char *source = write_case("t.csv", "claim_id,country,principal,written_off_on\n1,FI,7,2000-01-31\n");
    jk_import_options options = case_options(&source, 1, NULL);
    options.cutoff = JK_MISSING_INTEGER;
    jk_import_summary *summary = imported(&options);
    assert_true(summary->no_limitation.count == 1 && summary->barred_by_rule.count == 0);
    assert_int_equal(summary->first_written_off, jk_date_from_civil(2000, 1, 31));
    jk_import_summary_free(summary);
}

/* Of the first row that is rejected: 63 bytes, no part of a letter, and nothing that cannot be printed. */
static void an_example_of_each_reason_is_kept(void **state) {
    (void)state;
    static const struct {
        const char *cell, *kept;
    } cases[] = {{"ten", "ten"},
                 {"a\tb\x7f"
                  "c",
                  "a?b?c"},
                 {"\xc3\xa4", "\xc3\xa4"},
                 {"a\xe4", "a?"},
                 {"x123456789012345678901234567890123456789012345678901234567890123",
                  "x12345678901234567890123456789012345678901234567890123456789012"},
                 {"x1234567890123456789012345678901234567890123456789012345678901\xc3\xa4",
                  "x1234567890123456789012345678901234567890123456789012345678901"},
                 {"x123456789012345678901234567890123456789012345678901234567890\xc3\xa4",
                  "x123456789012345678901234567890123456789012345678901234567890\xc3\xa4"}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        char text[512];
        (void)snprintf(text, sizeof text,
                       "claim_id,country,written_off_on,principal\n1,FI,2020-01-31,1\n2,FI,2020-01-31,%s\n"
                       "3,FI,2020-01-31,other\n",
                       cases[c].cell);
        jk_import_summary *summary = imported_text(text, NULL);
        const jk_import_rejected *bad = &summary->rejected[JK_REJECT_BAD_NUMBER];
        assert_true(bad->rows == 2 && bad->line == 3 && bad->column == JK_COLUMN_PRINCIPAL);
        assert_string_equal(bad->value, cases[c].kept);
        jk_import_summary_free(summary);
    }
}

/* More bad rows than are allowed, as a number and as a share. */
static void bad_rows_may_be_few(void **state) {
    (void)state;
    const char *source = write_case("t.csv", "claim_id,country,written_off_on,principal\n1,FI,2020-01-31,1\n"
                                             "2,FI,2020-01-31,x\n3,FI,2020-01-31,x\n4,FI,2020-01-31,1\n");
    static const struct {
        double most;
        int is_share;
        jk_status status;
    } cases[] = {
        {2, 0, JK_OK}, {1, 0, JK_ERROR_DATA}, {0.5, 1, JK_OK}, {0.49, 1, JK_ERROR_DATA}, {0, 0, JK_ERROR_DATA}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        jk_import_options options = case_options(&source, 1, NULL);
        jk_error error = {0};
        options.max_rejects = cases[c].most;
        options.max_rejects_is_share = cases[c].is_share;
        (void)unlink(options.output);
        assert_int_equal(jk_import(&options, NULL, NULL, &error), cases[c].status);
        assert_int_equal(access(options.output, F_OK) == 0, cases[c].status == JK_OK);
    }
}

/* Words of a column, in any number and order; from the 65,536th on their rows are rejected. */
static void words_are_found_again(void **state) {
    (void)state;
    enum { WORDS = 65535, ROOM = 5 << 20 };
    static const int counts[] = {63, 64, 65, 200, 3000, WORDS, WORDS + 2};
    char *text = malloc(ROOM), cell[160], wanted[32];
    assert_non_null(text);
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        const int words = counts[c], rows = 2 * words;
        size_t length = (size_t)sprintf(text, "claim_id,country,written_off_on,principal,product\n");
        for (int i = 0; i < rows; i++) {
            const int word =
                i < words ? i : (int)((int64_t)(i - words) * 7919 % words); /* each once, then in disorder */
            length += (size_t)sprintf(text + length, "%d,FI,2020-01-31,1,word %d\n", i, word);
        }
        assert_true(length < ROOM);
        jk_import_summary *summary = imported_text(text, NULL);
        const uint64_t lost = words > WORDS ? 2 * (uint64_t)(words - WORDS) : 0;
        assert_int_equal(summary->rejected[JK_REJECT_DICTIONARY_FULL].rows, lost);
        assert_int_equal(summary->rows_accepted, (uint64_t)rows - lost);
        jk_tape *tape = case_tape();
        size_t count = 0;
        const char *const *list = jk_tape_dictionary(tape, JK_COLUMN_PRODUCT, &count);
        assert_int_equal(count, words > WORDS ? WORDS : words);
        for (size_t w = 0; w < count; w++) { /* in the order in which they came */
            (void)snprintf(wanted, sizeof wanted, "word %zu", w);
            assert_string_equal(list[w], wanted);
        }
        for (int i = words; lost == 0 && i < rows; i += 1 + words / 50) {
            (void)snprintf(wanted, sizeof wanted, "word %d", (int)((int64_t)(i - words) * 7919 % words));
            assert_string_equal(cell_text(tape, JK_COLUMN_PRODUCT, (size_t)i, cell), wanted);
        }
        jk_tape_close(tape);
        jk_import_summary_free(summary);
    }
    free(text);
}

/* Each file has a total of its own rows, and lines of its own. */
static void files_are_summed_each_for_itself(void **state) {
    (void)state;
    static const char *const texts[] = {
        "claim_id,country,written_off_on,principal\n1,FI,2020-01-31,1\n2,FI,2020-01-31,2\n"
        "Total,,,3\n",
        "claim_id,country,written_off_on,principal\n3,FI,2020-01-31,4\n4,FI,x,9\n"
        "5,FI,2020-01-31,8\nTotal,,,12\n"};
    const char *sources[] = {write_case("a.csv", texts[0]), write_case("b.csv", texts[1])};
    const jk_import_options options = case_options(sources, 2, NULL);
    jk_import_summary *summary = imported(&options);
    is_found(summary, JK_FINDING_TOTAL_DIFFERS, 0, NULL);
    assert_true(summary->left_out[JK_LEFT_OUT_TOTAL].rows == 2 && summary->rows_accepted == 4);
    assert_true(summary->lines == 9 && summary->header_lines == 2);
    assert_true(summary->rejected[JK_REJECT_BAD_DATE].line == 3 && summary->accepted.sums[0].balance == 1500);
    jk_import_summary_free(summary);
}

/* Twenty rows of a file before do not make a total of a row that happens to be the sum of two. */
static void rows_above_are_those_of_the_file(void **state) {
    (void)state;
    char text[1024];
    size_t length = (size_t)sprintf(text, "claim_id,country,written_off_on,principal\n");
    for (int i = 0; i < 25; i++) {
        length += (size_t)sprintf(text + length, "A%d,FI,2020-01-31,1\n", i);
    }
    const char *sources[] = {write_case("a.csv", text),
                             write_case("b.csv", "claim_id,country,written_off_on,principal\nB1,FI,2020-01-31,4\n"
                                                 "B2,FI,2020-01-31,8\nB3,FI,2020-01-31,12\n")};
    const jk_import_options options = case_options(sources, 2, NULL);
    jk_import_summary *summary = imported(&options);
    assert_true(summary->rows_accepted == 28 && summary->rows_left_out == 0);
    jk_import_summary_free(summary);
}

/* ---- joined files ------------------------------------------------------------------------------------------------ */

#define LOANS "Loan,Debtor,Principal\n1,A,100\n2,B,200\n3,C,300\n4,,400\n"
#define MAPPED                                                                                                         \
    "columns:\n  claim_id: Loan\n  country: {constant: FI}\n  written_off_on: {constant: '2020-01-31'}\n  principal: " \
    "Principal\n"

static jk_import_summary *joined(const char *other, const char *mapping, jk_accepted accepted) {
    const char *sources[] = {write_case("loan.csv", LOANS), other == NULL ? NULL : write_case("other.csv", other)};
    jk_import_options options = case_options(sources, other == NULL ? 1 : 2, write_case("m.yaml", mapping));
    options.max_unmatched = 0.0;
    options.accepted = accepted;
    return imported(&options);
}

static void are_cells(jk_column column, const char *const wanted[4]) {
    jk_tape *tape = case_tape();
    char text[160];
    for (size_t row = 0; row < 4; row++) {
        assert_string_equal(cell_text(tape, column, row, text), wanted[row]);
    }
    jk_tape_close(tape);
}

#define DEBTORS                                                                                                        \
    "sources:\n  loan: {recognised_by: [Loan, Principal]}\n  debtor: {recognised_by: [Person, Born], key: Person, "    \
    "joined_by: Debtor%s}\n" MAPPED "  birth_year: {source: debtor, column: Born}\n"

static void the_first_row_of_a_key_is_taken(void **state) {
    (void)state;
    char mapping[1024];
    (void)snprintf(mapping, sizeof mapping, DEBTORS, "");
    jk_import_summary *summary = joined("Person,Born\nB,1950\nA,1960\nA,1970\nX,1980\n,1990\nA,1965\n", mapping,
                                        JK_ACCEPTS(JK_FINDING_UNMATCHED_MANY));
    are_cells(JK_COLUMN_BIRTH_YEAR, (const char *const[]){"1960", "1950", "", ""});
    is_found(
        summary, JK_FINDING_JOIN_REPEATED, 2,
        "source 'debtor': 2 rows repeat an identifier; the first row of each was taken (prefer, latest_by, where and "
        "aggregates in the mapping say otherwise)");
    is_found(summary, JK_FINDING_JOIN_SKIPPED, 1, "source 'debtor': 1 rows could not be read or have no identifier");
    is_found(summary, JK_FINDING_UNMATCHED_MANY, 2, /* the claim without a debtor, too */
             "source 'debtor': 2 of 4 claims, balance 700.00, found no partner, for example 'C' (1), '' (1); more than "
             "--max-unmatched allows (a source that only some claims are in: max_unmatched in the mapping)");
    jk_import_summary_free(summary);
    /* Of as many as the mapping lets have none, nothing is said. */
    for (int percent = 49; percent <= 50; percent++) {
        char limit[32];
        (void)snprintf(limit, sizeof limit, ", max_unmatched: %d%%", percent);
        (void)snprintf(mapping, sizeof mapping, DEBTORS, limit);
        summary = joined("Person,Born\nB,1950\nA,1960\n", mapping, JK_ACCEPTS(JK_FINDING_UNMATCHED_MANY));
        assert_int_equal(finding(summary, JK_FINDING_UNMATCHED_MANY) != NULL, percent == 49);
        assert_null(finding(summary, JK_FINDING_UNMATCHED));
        jk_import_summary_free(summary);
    }
}

static void the_best_row_of_a_key_is_taken(void **state) {
    (void)state;
    char mapping[1024];
    (void)snprintf(
        mapping, sizeof mapping, DEBTORS,
        ", prefer: {Role: [main, joint]}, latest_by: Since, where: {Kind: {not: [gone]}}, max_unmatched: 100%");
    jk_import_summary *summary = joined("Person,Born,Role,Since,Kind\n"
                                        "A,1950,joint,2020-01-01,\nA,1951,main,2019-01-01,\nA,1952,main,2019-01-02,\n"
                                        "A,1953,main,2019-01-01,\nA,1954,main,2021-01-01,gone\nA,1955,,2022-01-01,\n"
                                        "B,1960,,2020-01-01,\nB,1961,joint,2019-01-01,\nC,1970,main,2020-01-01,gone\n",
                                        mapping, 0);
    are_cells(JK_COLUMN_BIRTH_YEAR, (const char *const[]){"1952", "1961", "", ""});
    is_found(summary, JK_FINDING_JOIN_CHOSEN, 5,
             "source 'debtor': 5 rows repeat an identifier; the best of each was taken");
    is_found(summary, JK_FINDING_FILTERED, 2, "source 'debtor': 2 rows were left out by `where`");
    is_found(summary, JK_FINDING_JOIN_REPEATED, 0, NULL);
    jk_import_summary_free(summary);
}

static void rows_of_a_key_are_added_up(void **state) {
    (void)state;
    const char *mapping =
        "sources:\n  loan: {recognised_by: [Loan, Principal]}\n  pay:\n    recognised_by: [Id, Paid]\n"
        "    key: Id\n    joined_by: Loan\n    date: Paid\n    aggregates:\n"
        "      year: {sum: Amount, minus: Back, within_months: 12}\n      all: {sum: [Amount, Back]}\n"
        "      times: {count: rows}\n      large: {count: rows, where: {Amount: {above: 5}}}\n"
        "      last: {latest: Paid}\n      first: {earliest: Paid}\n" MAPPED
        "  payments_12m: {source: pay, column: year}\n  payments_24m: {source: pay, column: all}\n"
        "  promises_kept: {source: pay, column: times}\n  placements: {source: pay, column: large}\n"
        "  last_paid_on: {source: pay, column: last}\n  defaulted_on: {source: pay, column: first}\n";
    jk_import_summary *summary = joined("Id,Paid,Amount,Back\n1,2025-07-01,5,1\n1,2025-06-30,7,\n1,2026-06-30,5.01,\n"
                                        "2,2020-01-31,9,2\n1,2026-07-01,100,\n8,2026-01-01,1,\n9,2026-01-01,1,\n"
                                        "2,2026-01-01,x,\n2,soon,,\n",
                                        mapping, 0);
    are_cells(JK_COLUMN_PAYMENTS_12M, (const char *const[]){"901", "0", "", ""});
    are_cells(JK_COLUMN_PAYMENTS_24M, (const char *const[]){"1801", "1100", "", ""});
    are_cells(JK_COLUMN_PLACEMENTS, (const char *const[]){"2", "1", "", ""});
    are_cells(JK_COLUMN_LAST_PAID_ON, (const char *const[]){"2026-06-30", "2026-01-01", "", ""});
    are_cells(JK_COLUMN_DEFAULTED_ON, (const char *const[]){"2025-06-30", "2020-01-31", "", ""});
    is_found(summary, JK_FINDING_JOIN_LATER, 1, "source 'pay': 1 rows are after the cut-off and do not count");
    is_found(summary, JK_FINDING_JOIN_UNUSED, 2, "source 'pay': 2 of 4 keys belong to no claim");
    is_found(summary, JK_FINDING_UNMATCHED, 2,
             "source 'pay': 2 of 4 claims, balance 700.00, found no partner, for example '3' (1), '4' (1)");
    const jk_finding *unread = finding(summary, JK_FINDING_JOIN_UNREAD);
    assert_true(unread != NULL && unread->count == 2 && strstr(unread->text, "the first 'x'") != NULL);
    jk_import_summary_free(summary);
}

static void keys_without_their_zeros_are_told(void **state) {
    (void)state;
    char mapping[1024];
    (void)snprintf(mapping, sizeof mapping, DEBTORS, "");
    const char *sources[] = {write_case("loan.csv", "Loan,Debtor,Principal\n1,0012,100\n2,013,200\n"),
                             write_case("other.csv", "Person,Born\n12,1950\n0,1960\n")};
    jk_import_options options = case_options(sources, 2, write_case("m.yaml", mapping));
    options.accepted = JK_ACCEPTS(JK_FINDING_UNMATCHED_MANY);
    options.max_unmatched = 0.5;
    jk_import_summary *summary = imported(&options);
    is_found(summary, JK_FINDING_UNMATCHED_MANY, 2,
             "source 'debtor': 2 of 2 claims, balance 300.00, found no partner, for example '0012' (1), '013' (1); "
             "'0012' is there as '12': keys have lost their leading zeros; more than --max-unmatched allows");
    jk_import_summary_free(summary);
}

/* It is looked for among the three examples. */
static void zeros_are_looked_for_in_each_example(void **state) {
    (void)state;
    for (int place = 0; place < 4; place++) {
        char mapping[1024], loans[256] = "Loan,Debtor,Principal\n";
        (void)snprintf(mapping, sizeof mapping, DEBTORS, "");
        for (int i = 0; i < 4; i++) {
            (void)snprintf(loans + strlen(loans), sizeof loans - strlen(loans), "%d,%s%d,100\n", i,
                           i == place ? "0012" : "none ", i);
        }
        char others[64];
        (void)snprintf(others, sizeof others, "Person,Born\n12%d,1950\n", place);
        const char *sources[] = {write_case("loan.csv", loans), write_case("other.csv", others)};
        jk_import_options options = case_options(sources, 2, write_case("m.yaml", mapping));
        options.accepted = JK_ACCEPTS(JK_FINDING_UNMATCHED_MANY);
        options.max_unmatched = 0.5;
        jk_import_summary *summary = imported(&options);
        const jk_finding *found = finding(summary, JK_FINDING_UNMATCHED_MANY);
        assert_true(found != NULL && found->count == 4);
        assert_int_equal(strstr(found->text, "have lost their leading zeros") != NULL, place < 3);
        jk_import_summary_free(summary);
    }
}

/* Of payments not every claim has some: that is an error only beyond what the mapping says, be it nothing. */
static void payments_may_be_of_few_claims(void **state) {
    (void)state;
    static const struct {
        const char *most;
        bool many, some;
    } cases[] = {{"", false, true},
                 {"    max_unmatched: 0%\n", true, false},
                 {"    max_unmatched: 49%\n", true, false},
                 {"    max_unmatched: 50%\n", false, false},
                 {"    max_unmatched: 100%\n", false, false}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        char mapping[1024];
        (void)snprintf(mapping, sizeof mapping,
                       "sources:\n  loan: {recognised_by: [Loan, Principal]}\n  pay:\n    recognised_by: [Id, Amount]\n"
                       "    key: Id\n    joined_by: Loan\n%s    aggregates: {all: {sum: Amount}}\n%s"
                       "  payments_12m: {source: pay, column: all}\n",
                       cases[c].most, MAPPED);
        jk_import_summary *summary = joined("Id,Amount\n1,5\n2,7\n", mapping, JK_ACCEPTS(JK_FINDING_UNMATCHED_MANY));
        if ((finding(summary, JK_FINDING_UNMATCHED_MANY) != NULL) != cases[c].many ||
            (finding(summary, JK_FINDING_UNMATCHED) != NULL) != cases[c].some) {
            fail_msg("'%s'", cases[c].most);
        }
        jk_import_summary_free(summary);
    }
}

/* A source that may be absent, and one row for each key however often it is looked up. */
static void a_source_may_be_absent(void **state) {
    (void)state;
    char mapping[1024];
    (void)snprintf(mapping, sizeof mapping, DEBTORS, ", optional: true");
    jk_import_summary *summary = joined(NULL, mapping, 0);
    is_found(summary, JK_FINDING_NO_SOURCE, 1, "no file of the source 'debtor': what it would tell is missing");
    are_cells(JK_COLUMN_BIRTH_YEAR, (const char *const[]){"", "", "", ""});
    jk_import_summary_free(summary);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(currencies_are_summed_apart),
        cmocka_unit_test(what_the_general_rule_would_bar_is_summed),
        cmocka_unit_test(an_example_of_each_reason_is_kept),
        cmocka_unit_test(bad_rows_may_be_few),
        cmocka_unit_test(words_are_found_again),
        cmocka_unit_test(files_are_summed_each_for_itself),
        cmocka_unit_test(rows_above_are_those_of_the_file),
        cmocka_unit_test(the_first_row_of_a_key_is_taken),
        cmocka_unit_test(the_best_row_of_a_key_is_taken),
        cmocka_unit_test(rows_of_a_key_are_added_up),
        cmocka_unit_test(keys_without_their_zeros_are_told),
        cmocka_unit_test(zeros_are_looked_for_in_each_example),
        cmocka_unit_test(payments_may_be_of_few_claims),
        cmocka_unit_test(a_source_may_be_absent),
    };
    return cmocka_run_group_tests(tests, make_case_folder, remove_case_folder);
}
