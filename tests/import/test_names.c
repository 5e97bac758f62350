/* SPDX-License-Identifier: Apache-2.0 */
/* Which column of a header a name means: exactly, else without case, spaces and underscores; which of several by its
 * number; and how many of the names that are looked for a row has. */
#include <string.h>

#include "base/text/unicode.h"
#include "cmocka_all.h"
#include "csv/header.h"
#include "import/mapping/names.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { FOLDED = 256 };

static void a_name_means_one_column(void **state) {
    (void)state;
    static char long_name[301];
    memset(long_name, 'n', 300);
    const char *names[] = {"Balance",
                           "balance",
                           "Total fees",
                           "Balance",
                           "Loan#2",
                           "Loan",
                           "Loan",
                           "",
                           "Loan",
                           "TOTAL_FEES",
                           "M\xc3\x84\xc3\x84R\xc3\x84",
                           long_name};
    static char folded[COUNT(names)][FOLDED];
    const char *made[COUNT(names)];
    for (size_t i = 0; i < COUNT(names); i++) {
        made[i] = jk_unicode_fold(names[i], strlen(names[i]), folded[i], FOLDED) ? folded[i] : NULL;
    }
    const jk_csv_header header = {.count = COUNT(names), .names = names, .folded = made};
    const struct {
        const char *name;
        uint32_t column;
        bool twice;
    } cases[] = {{"balance", 1, false},
                 {"Balance", 0, true},
                 {"BALANCE", 0, true},
                 {"Balance#1", 0, false},
                 {"Balance#2", 3, false},
                 {"Balance#3", JK_NO_FIELD, false},
                 {"balance#2", JK_NO_FIELD, false},
                 {"Total fees", 2, false},
                 {"total fees", 2, true},
                 {"totalfees", 2, true},
                 {"TOTAL_FEES", 9, false},
                 {"Loan#2", 4, false}, /* there is one of that name */
                 {"Loan#3", 8, false},
                 {"Loan#1", 5, false},
                 {"Loan#0", JK_NO_FIELD, false},
                 {"Loan#", JK_NO_FIELD, false},
                 {"Loan#3x", JK_NO_FIELD, false},
                 {"Loan#4097", JK_NO_FIELD, false},
                 {"Loa", JK_NO_FIELD, false},
                 {"Loans", JK_NO_FIELD, false},
                 {"m\xc3\xa4\xc3\xa4r\xc3\xa4", 10, false},
                 {"", 7, false},
                 {long_name, 11, false},
                 {"_", JK_NO_FIELD, false}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        bool twice = false;
        const uint32_t found = jk_names_find(&header, cases[c].name, &twice);
        if (found != cases[c].column || twice != cases[c].twice) {
            fail_msg("'%.40s': column %u, %s", cases[c].name, found, twice ? "twice" : "once");
        }
    }
}

static void canonical_columns_are_found(void **state) {
    (void)state;
    static const struct {
        jk_kind kind;
        const char *name;
        int column;
    } cases[] = {{JK_KIND_TAPE, "claim_id", JK_COLUMN_CLAIM_ID},
                 {JK_KIND_TAPE, "Claim ID", JK_COLUMN_CLAIM_ID},
                 {JK_KIND_TAPE, "VULNERABLE", JK_COLUMN_VULNERABLE},
                 {JK_KIND_TAPE, "period_start", -1},
                 {JK_KIND_PANEL, "Period Start", JK_COLUMN_PERIOD_START},
                 {JK_KIND_PANEL, "EXIT", JK_COLUMN_EXIT},
                 {JK_KIND_TAPE, "claim", -1},
                 {JK_KIND_TAPE, "", -1},
                 {JK_KIND_PAYMENTS, "Amount", JK_COLUMN_CASH}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        if (jk_names_column(cases[c].kind, cases[c].name) != cases[c].column) {
            fail_msg("%s: %d", cases[c].name, jk_names_column(cases[c].kind, cases[c].name));
        }
    }
}

/* Each is counted once, however often and under whichever name it is there. */
static void known_names_are_counted(void **state) {
    (void)state;
    static const struct {
        const char *names[5];
        size_t known;
    } cases[] = {{{"claim_id", "country", "principal", "x", ""}, 3},
                 {{"Claim ID", "COUNTRY", "fees", "vulnerable", "claim_index"}, 4},
                 {{"claim_id", "claim id", "CLAIM_ID", "x", "y"}, 1},
                 {{"", "", "", "", ""}, 0},
                 {{"period_start", "cash", "debtor_index", "a", "b"}, 0}};
    jk_wanted_names *wanted = NULL;
    jk_error error = {0};
    assert_int_equal(jk_wanted_names_create(JK_KIND_TAPE, NULL, &wanted, &error), JK_OK);
    for (size_t round = 0; round < 2; round++) { /* nothing is left of the row before */
        for (size_t c = 0; c < COUNT(cases); c++) {
            assert_int_equal(jk_wanted_names_known(wanted, cases[c].names, 5), cases[c].known);
            assert_true(jk_wanted_names_known(wanted, cases[c].names, 1) <= 1);
        }
    }
    jk_wanted_names_free(wanted);
    jk_wanted_names_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_name_means_one_column),
                                       cmocka_unit_test(canonical_columns_are_found),
                                       cmocka_unit_test(known_names_are_counted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
