/* SPDX-License-Identifier: Apache-2.0 */
/* What each rule of a mapping makes of one row, and which rows `where` takes: docs/mapping-file.md by hand. */
#include "import/import_case.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* `kept`: what the store holds, "" for missing; or the reason for which the row is rejected. */
static const struct {
    const char *column, *rule, *cells, *kept;
    int reason;
} rules[] = {
    {"fees", "{sum: [A, B]}", "1.10,2.20", "330", 0},
    {"fees", "{sum: [A, B]}", ",2.20", "220", 0}, /* an empty term is 0 */
    {"fees", "{sum: [A, B]}", ",", "", 0},
    {"fees", "{sum: [A, B]}", "x,1", NULL, JK_REJECT_BAD_NUMBER},
    {"fees", "{sum: [A, B]}", "0.004,0.004", "1", 0}, /* rounded once */
    {"fees", "{sum: [A, B]}", "0.004,0.0009", "0", 0},
    {"fees", "{sum: [A, B]}", "9999999800,0.004", "999999980000", 0},
    {"fees", "{sum: [A, B]}", "10000000000,0.01", NULL, JK_REJECT_OUT_OF_RANGE},
    {"fees", "{column: A, minus: [B]}", "5,7", "-200", 0},
    {"fees", "{column: A, minus: [B, C]}", "5,1,2.5", "150", 0},
    {"fees", "{minus: [A]}", "3", "-300", 0}, /* from nothing */
    {"fees", "{column: A, minus: [B], at_least: 0}", "5,7", "0", 0},
    {"fees", "{column: A, minus: [B], at_least: 0}", "7,5", "200", 0},
    {"fees", "{column: A, minus: [B], at_least: 1.5}", "2,1", "150", 0},
    {"fees", "{column: A, minus: [B], at_least: 1.5}", "3,1.49", "151", 0},
    {"fees", "{column: A, minus: [B], at_least: 0}", ",", "", 0},
    {"fees", "{column: A, unit: cents}", "12345", "12345", 0},
    {"fees", "{sum: [A, B], unit: cents}", "0.5,0", "1", 0}, /* half away from zero */
    {"fees", "{column: A, minus: [B], unit: cents}", "0,0.5", "-1", 0},
    {"fees", "{sum: [A, B], unit: cents}", "0.49,0", "0", 0},
    {"fees", "{sum: [A, B], unit: thousands}", "1,0.5", "150000", 0},
    {"fees", "{column: A, decimal: ',', thousands: '.'}", "\"1.234,5\"", "123450", 0},
    {"fees", "{column: A, decimal: ',', thousands: '.'}", "\"12.34\"", NULL, JK_REJECT_BAD_NUMBER},
    {"fees", "A", "n/a", "", 0}, /* a word that stands for an empty cell */
    {"fees", "A", " - ", "", 0},
    {"fees", "A", "--", NULL, JK_REJECT_BAD_NUMBER},
    {"fees", "{column: [Elsewhere, B]}", "1,2", "200", 0},
    {"fees", "{column: [B, A]}", "1,2", "200", 0},
    {"interest_rate", "{column: A, unit: percent}", "8", "0.08", 0},
    {"interest_rate", "A", "8%", "0.08", 0},
    {"interest_rate", "{sum: [A, B], unit: percent}", "1,2.5", "0.035", 0},
    {"interest_rate", "{months_between: {from: A, to: B}}", "2020-01-31,2020-03-31", "2", 0},
    {"interest_rate", "{months_between: {from: A, to: B}}", "2020-01-15,2020-02-20", "1.164271047",
     0}, /* 5 / 30.4375 */
    {"interest_rate", "{months_between: {from: A, to: B}}", "2020-01-31,2020-01-31", "0", 0},
    {"interest_rate", "{months_between: {from: A, to: B}}", "2020-02-01,2020-01-31", NULL, JK_REJECT_NEGATIVE},
    {"interest_rate", "{months_between: {from: A, to: B}}", ",2020-01-31", "", 0},
    {"interest_rate", "{months_between: {from: A, to: B}}", "2020-01-31,", "", 0},
    {"interest_rate", "{months_between: {from: A, to: B}}", "2020-01-31,x", NULL, JK_REJECT_BAD_DATE},
    {"legal_status", "{column: A, values: {'1': enforcement, '2': title}, otherwise: none}", "1", "3", 0},
    {"legal_status", "{column: A, values: {'1': enforcement, '2': title}, otherwise: none}", "2", "2", 0},
    {"legal_status", "{column: A, values: {'1': enforcement, '2': title}, otherwise: none}", "21", "0", 0},
    {"legal_status", "{column: A, values: {'1': enforcement, '2': title}, otherwise: none}", "", "", 0},
    {"legal_status", "{column: A, values: {'1': enforcement, '2': ''}}", "2", "", 0},
    {"legal_status", "{column: A, values: {'1': enforcement}}", "filed", "1", 0}, /* stays as it is */
    {"legal_status", "{column: A, values: {'1': enforcement}}", "3", NULL, JK_REJECT_UNKNOWN_LEVEL},
    {"birth_year", "{year_of: A}", "1970-05-17", "1970", 0},
    {"birth_year", "{year_of: A, date_format: '%d.%m.%Y'}", "31.12.1969", "1969", 0},
    {"birth_year", "{year_of: A}", "", "", 0},
    {"birth_year", "{age: A}", "40", "1986", 0},
    {"birth_year", "{age: A}", "0", "2026", 0},
    {"birth_year", "{age: A}", "", "", 0},
    {"limitation_on", "{date_plus_months: {date: A, months: 3}}", "2020-01-31", "2020-04-30", 0},
    {"limitation_on", "{date_plus_months: {date: A, months: -3}}", "2020-01-31", "2019-10-31", 0},
    {"limitation_on", "{date_plus_months: {date: A, months: 3}}", "", "", 0},
    {"limitation_on", "{date_plus_months: {date: A, months: 3}}", "x", NULL, JK_REJECT_BAD_DATE},
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B], divide_by: C, plus: 5}}}", "2020-01-31,100,40",
     "2020-09-30", 0}, /* 7.5 months: 8 */
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B], divide_by: C, plus: 5}}}", "2020-01-31,99,40",
     "2020-08-31", 0},
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B], divide_by: C, plus: 5}}}", "2020-01-31,,40",
     "2020-06-30", 0},
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B], divide_by: C, plus: 5}}}", "2020-01-31,100,", "",
     0},
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B], divide_by: C, plus: 5}}}", "2020-01-31,100,0",
     NULL, JK_REJECT_BAD_NUMBER},
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B], minus: [C]}}}", "2020-01-31,5,3", "2020-03-31",
     0},
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B]}}}", "2020-01-31,12000", "3020-01-31", 0},
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B]}}}", "2020-01-31,12001", NULL,
     JK_REJECT_BAD_DATE},
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B]}}}", "9000-01-15,11999", "9999-12-15", 0},
    {"limitation_on", "{date_plus_months: {date: A, months: {sum: [B]}}}", "9000-01-15,12000", NULL,
     JK_REJECT_BAD_DATE},
    {"defaulted_on", "{days_past_due: A}", "10", "2026-06-20", 0},
    {"defaulted_on", "{days_past_due: A}", "0", "2026-06-30", 0},
    {"defaulted_on", "{days_past_due: A}", "-1", NULL, JK_REJECT_FUTURE_DATE},
    {"defaulted_on", "{days_past_due: A}", "", "", 0},
    {"defaulted_on", "{days_past_due: A}", "100000", NULL, JK_REJECT_BAD_DATE}, /* a date, but before 1900 */
    {"defaulted_on", "{days_past_due: A}", "100001", NULL, JK_REJECT_OUT_OF_RANGE},
    {"defaulted_on", "{days_past_due: A}", "-100000", NULL, JK_REJECT_FUTURE_DATE},
    {"defaulted_on", "{days_past_due: A}", "-100001", NULL, JK_REJECT_OUT_OF_RANGE},
    {"defaulted_on", "{days_past_due: A}", "x", NULL, JK_REJECT_BAD_NUMBER},
    {"defaulted_on", "{column: A, date_format: ['%d.%m.%Y', '%Y/%m/%d']}", "2020/02/29", "2020-02-29", 0},
    {"debtor_id", "{text: [A, B], between: '-'}", "x,y", "x-y", 0},
    {"debtor_id", "{text: [A, B, C]}", "x,y,z", "xyz", 0},
    {"debtor_id", "{text: [A, B], between: '-'}", ",y", "", 0},
    {"debtor_id", "{column: A, clean: digits, pad: 10, prefix: 'FI:'}", "12-34 x", "FI:0000001234", 0},
    {"debtor_id", "{column: A, pad: 4}", "1234", "1234", 0},
    {"debtor_id", "{column: A, pad: 4}", "12345", "12345", 0},
    {"debtor_id", "{column: A, pad: 4}", "123", "0123", 0},
    {"debtor_id", "{column: A, clean: zeros}", "00120", "120", 0},
    {"debtor_id", "{column: A, clean: spaces}", "a b  c", "abc", 0},
    {"debtor_id", "{column: A, clean: [alnum, upper]}", "a-b.7z", "AB7Z", 0},
    {"debtor_id", "{column: A, clean: lower}", "AZ@[", "az@[", 0},
    {"debtor_id", "{column: A, clean: upper}", "az`{", "AZ`{", 0},
    {"debtor_id", "{column: A, clean: digits}", "/:x", "", 0}, /* nothing is left */
    {"debtor_id", "{column: A, clean: digits}", "/0:9", "09", 0},
    {"debtor_id", "{column: A, prefix: file}", "7", "t:7", 0},
    {"reachable", "{first: [{column: A, values: {K: phone}, otherwise: ''}, {constant: letter}]}", "K", "3", 0},
    {"reachable", "{first: [{column: A, values: {K: phone}, otherwise: ''}, {constant: letter}]}", "x", "1", 0},
    {"reachable", "{first: [{column: A, values: {K: phone}, otherwise: ''}, {constant: letter}]}", "", "1", 0},
    {"reachable", "{first: [{column: A}, {column: B}]}", ",", "", 0},
    {"reachable", "{first: [{column: A}, {column: B}]}", ",email", "2", 0},
    {"reachable", "{first: [{column: A}, {column: B}]}", "phone,email", "3", 0},
};

static jk_import_summary *made(const char *mapping, const char *cells) {
    char text[256];
    (void)snprintf(text, sizeof text, "Id,A,B,C\n7,%s%s\n", cells,
                   strchr(cells, ',') == NULL                  ? ",,"
                   : strchr(cells, '"') != NULL                ? ",,"
                   : strchr(cells, ',') == strrchr(cells, ',') ? ","
                                                               : "");
    return imported_text(text, mapping);
}

#define USUAL                                                                                                          \
    "missing: ['-', n/a]\ncolumns:\n  claim_id: Id\n  country: {constant: FI}\n  written_off_on: {constant: "          \
    "2020-01-31}\n"                                                                                                    \
    "  principal: {constant: '101'}\n"

static void rules_make_cells(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        char mapping[1024], text[160];
        (void)snprintf(mapping, sizeof mapping, USUAL "  %s: %s\n", rules[i].column, rules[i].rule);
        jk_import_summary *summary = made(mapping, rules[i].cells);
        if (summary->rows_accepted != (rules[i].kept != NULL) ||
            (rules[i].kept == NULL && summary->rejected[rules[i].reason].rows != 1)) {
            fail_msg("%s: %s of %s: %llu accepted", rules[i].column, rules[i].rule, rules[i].cells,
                     (unsigned long long)summary->rows_accepted);
        }
        if (rules[i].kept != NULL) {
            jk_tape *tape = case_tape();
            const jk_column column = (jk_column)jk_schema_find(rules[i].column, strlen(rules[i].column));
            if (strcmp(cell_text(tape, column, 0, text), rules[i].kept) != 0) {
                fail_msg("%s: %s of %s became '%s', expected '%s'", rules[i].column, rules[i].rule, rules[i].cells,
                         text, rules[i].kept);
            }
            jk_tape_close(tape);
        }
        jk_import_summary_free(summary);
    }
}

/* Rows with such a cell in A are taken, or left out. */
static const struct {
    const char *where, *cell;
    bool taken;
} filters[] = {
    {"A: [x, y]", "x", true},
    {"A: [x, y]", "y", true},
    {"A: [x, y]", "xy", false},
    {"A: [x, y]", "", false},
    {"A: {not: [x]}", "x", false},
    {"A: {not: [x]}", "y", true},
    {"A: {not: [x]}", "", true},
    {"A: {above: 0}", "0", false},
    {"A: {above: 0}", "0.01", true},
    {"A: {above: 0}", "-1", false},
    {"A: {above: 0}", "", false},
    {"A: {above: 0}", "t", false},
    {"A: {below: 5}", "5", false},
    {"A: {below: 5}", "4.99", true},
    {"A: {above: 1, below: 5}", "3", true},
    {"A: {above: 1, below: 5}", "1", false},
    {"A: {empty: true}", "", true},
    {"A: {empty: true}", "x", false},
    {"A: {empty: true}", "n/a", true},
    {"A: {empty: false}", "", false},
    {"A: {empty: false}", "x", true},
    {"{A: [x], Id: ['7']}", "x", true},
    {"{A: [x], Id: ['8']}", "x", false},
    {"{A: [y], Id: ['7']}", "x", false},
    {"number: {above: 1500}", "1.5", false}, /* in thousands */
    {"number: {above: 1500}", "1.6", true},
    {"number: {above: 1500}", "", false},
    {"number: {above: 1500}", "x", false},
    {"number: [1500]", "1.5", true},
    {"number: [1600, 1500]", "1.5", true},
    {"number: [1500]", "1.6", false},
    {"number: {not: [1500]}", "1.5", false},
    {"number: {not: [1500]}", "1.6", true},
    {"number: {not: [1500]}", "", true},
    {"number: {empty: true}", "", true},
    {"number: {empty: true}", "1", false},
    {"number: {empty: false}", "", false},
    {"number: {empty: false}", "1", true},
    {"word: [south]", "00100", true},
    {"word: [south]", "south", false}, /* what it is made to be, not the cell */
    {"word: [elsewhere]", "99999", true},
    {"word: {not: [elsewhere]}", "99999", false},
    {"word: {empty: true}", "", true},
    {"word: {empty: true}", "x", false},
    {"word: {empty: false}", "", false},
    {"day: {above: 2024-12-31}", "1.1.2025", true},
    {"day: {above: 2024-12-31}", "31.12.2024", false},
    {"day: {below: 2024-12-31}", "30.12.2024", true},
    {"day: {below: 2024-12-31}", "31.12.2024", false},
    {"day: ['2024-12-31']", "31.12.2024", true},
    {"day: ['2024-12-31']", "30.12.2024", false},
    {"day: {above: 2024-12-31}", "soon", false},
    {"amount: {above: 100}", "100", false},
    {"amount: {above: 100}", "100.01", true},
};

static void rows_are_taken_or_left_out(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(filters); i++) {
        char mapping[1200];
        const char *form = filters[i].where[0] == '{' ? "where: %s\n" : "where: {%s}\n";
        size_t length = (size_t)snprintf(mapping, sizeof mapping, form, filters[i].where);
        (void)snprintf(mapping + length, sizeof mapping - length,
                       "%sextra:\n  number: {column: A, type: number, unit: thousands}\n"
                       "  word: {column: A, type: text, values: {'00100': south}, otherwise: elsewhere}\n"
                       "  day: {column: A, type: date, date_format: '%%d.%%m.%%Y'}\n"
                       "  amount: {column: A, type: money}\n",
                       USUAL);
        jk_import_summary *summary = made(mapping, filters[i].cell);
        if (summary->rows_accepted != filters[i].taken || summary->rows_left_out != !filters[i].taken ||
            summary->left_out[JK_LEFT_OUT_FILTERED].rows != !filters[i].taken) {
            fail_msg("%s of '%s': %llu accepted", filters[i].where, filters[i].cell,
                     (unsigned long long)summary->rows_accepted);
        }
        jk_import_summary_free(summary);
    }
}

/* A text of parts as long as an identifier may be, and a byte longer. */
static void texts_of_parts_have_a_length(void **state) {
    (void)state;
    for (int more = 0; more < 2; more++) {
        char cells[200], text[160];
        (void)snprintf(cells, sizeof cells, "%0100d,%0*d", 1, 27 + more, 2);
        jk_import_summary *summary = made(USUAL "  debtor_id: {text: [A, B], between: '-'}\n", cells);
        assert_int_equal(summary->rows_accepted, more == 0);
        if (more == 0) {
            jk_tape *tape = case_tape();
            cells[100] = '-';
            assert_string_equal(cell_text(tape, JK_COLUMN_DEBTOR_ID, 0, text), cells);
            jk_tape_close(tape);
        }
        jk_import_summary_free(summary);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules_make_cells), cmocka_unit_test(rows_are_taken_or_left_out),
                                       cmocka_unit_test(texts_of_parts_have_a_length)};
    return cmocka_run_group_tests(tests, make_case_folder, remove_case_folder);
}
