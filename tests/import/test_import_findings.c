/* SPDX-License-Identifier: Apache-2.0 */
/* What an import tells beside its rows: where each finding begins to be told, how many and which examples it names, and
 * the rows that are left out; by docs/mapping-file.md. */
#include "import/import_case.h"

#define HEADER "claim_id,debtor_id,country,written_off_on,principal\n"

static char text[1 << 20];
static size_t length;

static void begin(const char *header) {
    length = (size_t)snprintf(text, sizeof text, "%s", header);
}

__attribute__((format(printf, 1, 2))) static void row(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    length += (size_t)vsnprintf(text + length, sizeof text - length, format, arguments);
    va_end(arguments);
    assert_true(length < sizeof text);
}

/* ---- identifiers ------------------------------------------------------------------------------------------------- */

static void a_debtor_with_many_claims_is_told(void **state) {
    (void)state;
    static const struct {
        int own, all;
        bool told;
    } cases[] = {{19, 19, false},  {20, 20, true},     {20, 400, true},
                 {20, 401, false}, {499, 9981, false}, {500, 10001, true}}; /* 5 %, or 500 */
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        char words[160];
        begin(HEADER);
        for (int i = 0; i < cases[c].all; i++) {
            if (i < cases[c].own) {
                row("C%d,Large,FI,2020-01-31,1\n", i);
            } else {
                row("C%d,D%d,FI,2020-01-31,1\n", i, i);
            }
        }
        jk_import_summary *summary = imported_text(text, NULL);
        (void)snprintf(words, sizeof words,
                       "debtor 'Large' has %d of %d claims, which share one capacity to pay: is it one debtor?",
                       cases[c].own, cases[c].all);
        is_found(summary, JK_FINDING_LARGE_DEBTOR, (uint64_t)cases[c].own, cases[c].told ? words : NULL);
        assert_int_equal(summary->debtors, cases[c].all - cases[c].own + 1);
        jk_import_summary_free(summary);
    }
}

static void identifiers_that_are_none_are_told(void **state) {
    (void)state;
    begin(HEADER);
    row("1,NULL,FI,2020-01-31,1\n2,-,FI,2020-01-31,1\n3,NULL,FI,2020-01-31,1\n4,1.98E+11,FI,2020-01-31,1\n");
    row("5,1.98E+11,FI,2020-01-31,1\n6,D,FI,2020-01-31,1\n");
    jk_import_summary *summary = imported_text(text, NULL);
    is_found(
        summary, JK_FINDING_PLACEHOLDER_DEBTORS, 3,
        "debtor_id: 3 of 6 rows have one that stands for no debtor, 'NULL' (2), '-' (1); each of them has a debtor "
        "of its own");
    is_found(summary, JK_FINDING_EXPONENT_IDS, 2,
             "debtor_id: a spreadsheet cut 2 identifiers to powers of ten, for example '1.98E+11' (2); who is who is "
             "lost, each claim has a debtor of its own: ask for the column as text");
    assert_int_equal(summary->debtors, 6);
    jk_import_summary_free(summary);
    begin(HEADER);
    row("1,A,FI,2020-01-31,1\n2,B,FI,2020-01-31,1\n");
    summary = imported_text(text, NULL);
    assert_int_equal(summary->findings.count, 0); /* nothing to tell */
    jk_import_summary_free(summary);
}

/* ---- amounts, rates, dates --------------------------------------------------------------------------------------- */

static void incomes_of_zero_are_told_where_they_are_most(void **state) {
    (void)state;
    static const int cases[][2] = {{9, 9}, {10, 5}, {10, 6}, {11, 6}}; /* incomes, of them 0 */
    for (size_t c = 0; c < 4; c++) {
        char words[200];
        begin("claim_id,country,written_off_on,principal,income_monthly\n");
        for (int i = 0; i < cases[c][0] + 3; i++) {
            row("C%d,FI,2020-01-31,1,%s\n", i, i < cases[c][1] ? "0" : i < cases[c][0] ? "0.01" : "");
        }
        jk_import_summary *summary = imported_text(text, NULL);
        (void)snprintf(words, sizeof words,
                       "income_monthly: %d of %d incomes are exactly 0: zero, or unknown? (missing: [\"0\"] in the "
                       "mapping takes them as unknown)",
                       cases[c][1], cases[c][0]);
        is_found(summary, JK_FINDING_ZERO_INCOME, (uint64_t)cases[c][1], c < 2 ? NULL : words);
        jk_import_summary_free(summary);
    }
}

static void high_rates_are_told_above_a_hundredth(void **state) {
    (void)state;
    for (int rates = 99; rates <= 100; rates++) {
        begin("claim_id,country,written_off_on,principal,interest_rate\n");
        for (int i = 0; i < rates + 2; i++) {
            row("C%d,FI,2020-01-31,1,%s\n", i, i == 7 ? "0.51" : i == 8 ? "0.5" : i < rates ? "0" : "");
        }
        jk_import_summary *summary = imported_text(text, NULL);
        is_found(summary, JK_FINDING_RATES_ABOVE_HALF, 1,
                 rates == 99 ? "interest_rate: 1 of 99 rates are above 50 % a year: is the unit percent?" : NULL);
        jk_import_summary_free(summary);
    }
}

static void three_decimals_are_told_where_all_have_them(void **state) {
    (void)state;
    static const struct {
        const char *amounts[3];
        int told;
    } cases[] = {{{"1.234", "12.345", ""}, 2},       {{"1.234", "", ""}, 0},        {{"1.234", "12.345", "1.23"}, 0},
                 {{"1.234", "12.345", "1.2345"}, 0}, {{"1.234", "12.345", "7"}, 0}, {{"1.234", ".234", "1.000"}, 3}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        char words[160];
        begin("claim_id,country,written_off_on,principal,housing_cost\n");
        for (int i = 0; i < 3; i++) {
            row("C%d,FI,2020-01-31,1.00,%s\n", i, cases[c].amounts[i]);
        }
        jk_import_summary *summary = imported_text(text, NULL);
        (void)snprintf(words, sizeof words,
                       "housing_cost: all %d amounts have three digits behind the decimal mark: is it a thousands "
                       "mark? Then say thousands in the mapping",
                       cases[c].told);
        is_found(summary, JK_FINDING_THREE_DECIMALS, (uint64_t)cases[c].told, cases[c].told > 0 ? words : NULL);
        jk_import_summary_free(summary);
    }
}

static void forms_of_dates_and_numbers_are_guessed(void **state) {
    (void)state;
    begin("claim_id,country,written_off_on,principal,fees\n");
    row("1,FI,31.1.2020,1,\n2,FI,2020-01-31,1,\"1,5\"\n3,FI,28.2.2020,1,\n4,FI,2020-01-31,1,\"-12,50\"\n");
    row("5,FI,2020-01-31,1,\"1,234\"\n6,FI,2020-01-31,1,\"1,5x\"\n7,FI,2020-01-31,1,\"5,\"\n8,FI,2020-01-31,1,2\n");
    jk_import_summary *summary = imported_text(text, NULL);
    is_found(
        summary, JK_FINDING_DATE_FORM, 2,
        "written_off_on: 2 cells are no dates as expected, but are by date_format: \"%d.%m.%Y\", the first on line "
        "2; say it in the mapping");
    is_found(
        summary, JK_FINDING_DECIMAL_COMMA, 2,
        "fees: 2 numbers have a decimal comma, for example '1,5' (1) and 1 other; say decimal: \",\" in a mapping");
    assert_true(summary->rows_accepted == 1 && summary->rejected[JK_REJECT_BAD_DATE].rows == 2 &&
                summary->rejected[JK_REJECT_BAD_NUMBER].rows == 5);
    jk_import_summary_free(summary);
}

/* Three examples, and how many others there are. */
static void dropped_cells_are_told_by_example(void **state) {
    (void)state;
    static const char *const said[] = {
        NULL,
        "birth_year: 1 cells could not be read and were taken as missing, the first on line 2: 'a' (1)",
        "birth_year: 2 cells could not be read and were taken as missing, the first on line 2: 'a' (1), 'b' (1)",
        "birth_year: 3 cells could not be read and were taken as missing, the first on line 2: 'a' (1), 'b' (1), 'c' "
        "(1)",
        "birth_year: 4 cells could not be read and were taken as missing, the first on line 2: 'a' (1), 'b' (1), 'c' "
        "(1) "
        "and 1 other",
        "birth_year: 5 cells could not be read and were taken as missing, the first on line 2: 'a' (1), 'b' (1), 'c' "
        "(1) "
        "and 2 others"};
    for (uint64_t cells = 0; cells < 6; cells++) {
        begin("claim_id,country,written_off_on,principal,birth_year\n");
        for (uint64_t i = 0; i < 6; i++) {
            row("%d,FI,2020-01-31,1,%.*s\n", (int)i, i < cells, &"abcdef"[i]);
        }
        jk_import_summary *summary = imported_text(text, NULL);
        is_found(summary, JK_FINDING_DROPPED_CELLS, cells, said[cells]);
        jk_import_summary_free(summary);
    }
    /* The same text is one example; of a long one 40 bytes are kept, and no part of a letter. */
    begin("claim_id,country,written_off_on,principal,birth_year\n");
    row("1,FI,2020-01-31,1,x\n2,FI,2020-01-31,1,x\n");
    row("3,FI,2020-01-31,1,%039d\xc3\xa4%s\n", 0, "xx");
    jk_import_summary *summary = imported_text(text, NULL);
    is_found(summary, JK_FINDING_DROPPED_CELLS, 3,
             "birth_year: 3 cells could not be read and were taken as missing, the first on line 2: 'x' (2), "
             "'000000000000000000000000000000000000000' (1)");
    jk_import_summary_free(summary);
}

static void dates_that_stand_for_none_are_told(void **state) {
    (void)state;
    begin("claim_id,country,written_off_on,principal,defaulted_on,last_paid_on\n");
    row("1,FI,2020-01-31,1,1900-01-01,\n2,FI,2020-01-31,1,1900-01-01,2020-00-00\n3,FI,2020-01-31,1,1970-01-01,"
        "2020-02-00\n4,FI,2020-01-31,1,2019-12-31,2020-02-01\n");
    jk_import_summary *summary = imported_text(text, NULL);
    is_found(summary, JK_FINDING_SENTINEL_DATES, 3,
             "defaulted_on: 3 dates stand for none and were taken as missing: '1900-01-01' (2), '1970-01-01' (1) "
             "(sentinels in the mapping says which do)");
    is_found(summary, JK_FINDING_PARTIAL_DATES, 2,
             "last_paid_on: 2 dates have no day or month and were taken as the first: '2020-00-00' (1), '2020-02-00' "
             "(1)");
    jk_tape *tape = case_tape();
    char cell[160];
    assert_string_equal(cell_text(tape, JK_COLUMN_LAST_PAID_ON, 1, cell), "2020-01-01");
    assert_string_equal(cell_text(tape, JK_COLUMN_LAST_PAID_ON, 2, cell), "2020-02-01");
    assert_string_equal(cell_text(tape, JK_COLUMN_DEFAULTED_ON, 3, cell), "2019-12-31");
    jk_tape_close(tape);
    jk_import_summary_free(summary);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static void rows_of_another_width_are_told(void **state) {
    (void)state;
    begin("A portfolio\n\n" HEADER);
    row("1,A,FI,2020-01-31,1\n,,,,\n");
    row("claim_id,debtor_id,country,written_off_on,principal\n");
    row("2,A,FI,2020-01-31,2,,\n3,A,FI,2020-01-31,3,x\n4,A,FI,2020-01-31,4,\n5,A,FI\nTotal,,,,9\n");
    jk_import_summary *summary = imported_text(text, NULL);
    is_found(summary, JK_FINDING_TITLE_ROWS, 1, "1 rows above the header, which stands on line 3");
    is_found(summary, JK_FINDING_EMPTY_ROWS, 1, "1 rows of empty cells were left out");
    is_found(summary, JK_FINDING_REPEATED_HEADER, 1, "the header stands again on line 6: several files in one?");
    is_found(summary, JK_FINDING_LONG_ROWS, 2, "2 rows have empty cells behind the last column, the first on line 7");
    is_found(summary, JK_FINDING_TOTAL_DIFFERS, 1,
             "the total on line 11 says 9.00, the rows above it add up to 7.00: are rows missing?");
    is_found(summary, JK_FINDING_SHORT_ROWS, 0, NULL);
    assert_true(summary->rows_accepted == 3 && summary->rejected[JK_REJECT_FIELD_COUNT].rows == 2);
    assert_true(summary->lines == 11 && summary->header_lines == 3 && summary->blank_lines == 0);
    jk_import_summary_free(summary);
    begin("claim_id,country,written_off_on,principal,fees,product\n");
    row("1,FI,2020-01-31,1\n2,FI,2020-01-31,2,0.50\n3,FI,2020-01-31,3,,loan\n4,FI,2020-01-31\n5,FI,2020-01-31,5");
    summary = imported_text(text, NULL);
    is_found(summary, JK_FINDING_SHORT_ROWS, 1,
             "1 rows end before the header does, the first on line 3; the rest of them is missing");
    /* without fees it is not known what is owed, and the last row may have been cut */
    assert_true(summary->rows_accepted == 2 && summary->accepted.sums[0].balance == 550);
    assert_int_equal(summary->rejected[JK_REJECT_FIELD_COUNT].rows, 3);
    jk_import_summary_free(summary);
}

/* A last row of the sum of all others is a total if it says so, or stands below twenty of them. */
static void totals_are_left_out(void **state) {
    (void)state;
    static const struct {
        const char *name, *amount;
        int rows;
        bool left_out, differs;
    } cases[] = {
        {"Total", "3.00", 3, true, false},    {"Total", "2.99", 3, true, true},  {"Summa:", "3.00", 3, true, false},
        {"Totally", "3.00", 3, false, false}, {"C9", "19.00", 19, false, false}, {"C99", "20.00", 20, true, false},
        {"C99", "20.01", 20, false, false},   {"i alt", "1.00", 1, true, false}, {"i alt", "0.99", 1, true, true}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        begin(HEADER);
        for (int i = 0; i < cases[c].rows; i++) {
            row("X%d,,FI,2020-01-31,1.00\n", i);
        }
        row("%s,,FI,2020-01-31,%s\n", cases[c].name, cases[c].amount);
        jk_import_summary *summary = imported_text(text, NULL);
        if (summary->left_out[JK_LEFT_OUT_TOTAL].rows != cases[c].left_out) {
            fail_msg("%s %s", cases[c].name, cases[c].amount);
        }
        assert_int_equal(finding(summary, JK_FINDING_TOTAL_DIFFERS) != NULL, cases[c].differs);
        jk_import_summary_free(summary);
    }
}

static void footers_are_left_out_where_the_mapping_says(void **state) {
    (void)state;
    const char *mapping = "skip_footer: 2\ncolumns: {claim_id: claim_id, country: country, written_off_on: "
                          "written_off_on, principal: principal}\n";
    begin(HEADER);
    row("1,,FI,2020-01-31,1\n2,,FI,2020-01-31,2\n3,,FI,2020-01-31,3\nprinted today\n");
    jk_import_summary *summary = imported_text(text, mapping);
    assert_int_equal(summary->rows_accepted, 2);
    const jk_import_rejected *out = &summary->left_out[JK_LEFT_OUT_FOOTER];
    assert_true(out->rows == 2 && out->line == 4 && finding(summary, JK_FINDING_FOOTER_ROWS) != NULL);
    jk_import_summary_free(summary);
}

/* ---- values, filters, files -------------------------------------------------------------------------------------- */

#define MAPPED                                                                                                         \
    "columns:\n  claim_id: claim_id\n  country: country\n  written_off_on: written_off_on\n  principal: principal\n"

static void values_that_are_not_listed_are_told(void **state) {
    (void)state;
    begin("claim_id,country,written_off_on,principal,Kind,State\n");
    row("1,FI,2020-01-31,1,L,9\n2,FI,2020-01-31,1,x,8\n3,FI,2020-01-31,1,x,\n4,FI,2020-01-31,1,y,9\n");
    jk_import_summary *summary =
        imported_text(text, MAPPED "  product: {column: Kind, values: {L: loan}}\n"
                                   "  legal_status: {column: State, values: {'1': title}, otherwise: none}\n");
    is_found(summary, JK_FINDING_VALUES_OTHER, 3,
             "product: 3 cells of 'Kind' are not in the list of values and were taken as they are: 'x' (2), 'y' (1)");
    is_found(summary, JK_FINDING_VALUES_UNMATCHED, 3,
             "legal_status: none of the 3 cells of 'State' is in the list of values; all became 'none': '9' (2), '8' "
             "(1)");
    jk_import_summary_free(summary);
}

static void filtered_rows_are_told_with_their_balance(void **state) {
    (void)state;
    begin("claim_id,country,written_off_on,principal\n");
    row("1,FI,2020-01-31,1\n2,SE,2020-01-31,2.50\n3,SE,2020-01-31,4.25\n");
    jk_import_summary *summary = imported_text(text, "where: {country: [FI]}\n" MAPPED);
    is_found(summary, JK_FINDING_FILTERED, 2, "2 rows with a balance of 6.75 were left out on purpose (where)");
    assert_int_equal(summary->rows_accepted, 1);
    jk_import_summary_free(summary);
}

static void names_that_are_nearly_there_are_told(void **state) {
    (void)state;
    begin("claim_id,country,written_off_on,principal,birth_yaer,Fess\n");
    row("1,FI,2020-01-31,1,1970,5\n");
    jk_import_summary *summary = imported_text(text, NULL);
    is_found(summary, JK_FINDING_NEAR_COLUMN, 1, "no column 'fees' in the header; is it 'Fess', which is not used?");
    assert_int_equal(summary->unused_count, 2);
    jk_import_summary_free(summary);
    summary = imported_text(text, MAPPED "  fees: Fees\n  product: Altogether different\n");
    is_found(summary, JK_FINDING_NEAR_COLUMN, 1, "mapping line 6: no column 'Fees' in the header; is it 'Fess'?");
    is_found(summary, JK_FINDING_MISSING_COLUMN, 1, "mapping line 7: no column 'Altogether different' in the header");
    jk_import_summary_free(summary);
}

static void claims_of_another_file_are_told(void **state) {
    (void)state;
    const char *sources[] = {
        write_case("a.csv", HEADER "1,,FI,2020-01-31,1\n2,,FI,2020-01-31,1\n"),
        write_case("b.csv", HEADER "2,,FI,2020-01-31,1\n3,,FI,2020-01-31,1\n3,,FI,2020-01-31,1\n")};
    const jk_import_options options = case_options(sources, 2, NULL);
    jk_import_summary *summary = imported(&options);
    const jk_finding *found = finding(summary, JK_FINDING_DUPLICATES_OF_FILES);
    assert_true(found != NULL && found->count == 1 && summary->rejected[JK_REJECT_DUPLICATE].rows == 2);
    jk_import_summary_free(summary);
}

static void control_totals_are_held(void **state) {
    (void)state;
    static const struct {
        int64_t claims, balance;
        const char *said;
    } cases[] = {{2, 300, NULL},
                 {0, 300, NULL},
                 {2, 0, NULL},
                 {3, 300, "expected 3 claims, found 2, and a balance of 3.00, found 3.00"},
                 {0, 301, "expected a balance of 3.01, found 3.00"},
                 {1, 0, "expected 1 claims, found 2"}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        const char *source = write_case("t.csv", HEADER "1,,FI,2020-01-31,1\n2,,FI,2020-01-31,2\n2,,FI,2020-01-31,7\n");
        jk_import_options options = case_options(&source, 1, NULL);
        options.expect_claims = cases[c].claims;
        options.expect_balance = cases[c].balance;
        options.accepted = JK_ACCEPTS(JK_FINDING_CONTROL_TOTAL);
        jk_import_summary *summary = imported(&options);
        char said[300];
        (void)snprintf(
            said, sizeof said,
            "%s; where it may lie: 1 rows rejected with a balance of 7.00 (1 of them duplicates), 0 left out "
            "by where, 0 totals and footers, 0 empty rows",
            cases[c].said != NULL ? cases[c].said : "");
        is_found(summary, JK_FINDING_CONTROL_TOTAL, 1, cases[c].said == NULL ? NULL : said);
        jk_import_summary_free(summary);
        options.accepted = 0;
        summary = NULL;
        jk_error error = {0};
        assert_int_equal(jk_import(&options, NULL, &summary, &error), cases[c].said == NULL ? JK_OK : JK_ERROR_DATA);
        jk_import_summary_free(summary);
    }
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static void text_of_another_encoding_is_told(void **state) {
    (void)state;
    begin("claim_id,country,written_off_on,principal,Kind,Remark\n");
    row("1,FI,2020-01-31,1,loan,a "
        "\xe4\n2,FI,2020-01-31,1,b\xf6rs,\xc3\xa4\n3,FI,2020-01-31,1,loan,M\xc3\x83\xc2\xa4ki\n");
    const char *source = write_case("t.csv", text);
    jk_import_options options =
        case_options(&source, 1, write_case("m.yaml", MAPPED "  product: {column: Kind, values: {loan: loan}}\n"));
    options.accepted = JK_ACCEPTS(JK_FINDING_WRONG_ENCODING);
    jk_import_summary *summary = imported(&options);
    is_found(
        summary, JK_FINDING_WRONG_ENCODING, 1,
        "1 cells are not valid UTF-8 and cannot be compared with the mapping's words, the first in column 'Kind' on "
        "line 3; name the file's encoding in the mapping, most likely encoding: CP1252");
    is_found(summary, JK_FINDING_INVALID_TEXT, 1,
             "1 cells are not valid UTF-8, the first in column 'Remark' on line 2; name the file's encoding in a "
             "mapping, most likely encoding: CP1252");
    is_found(summary, JK_FINDING_GARBLED_TEXT, 1,
             "text looks like UTF-8 that was read as UTF-8 in 1 places: 'M\xc3\x83\xc2\xa4ki' (1)");
    jk_import_summary_free(summary);
}

static void quotes_that_do_not_pair_are_told(void **state) {
    (void)state;
    begin("claim_id,country,written_off_on,principal,product\n");
    row("1,FI,2020-01-31,1,loan\n2,FI,2020-01-31,1,\"loan\n3,FI,2020-01-31,1,loan\n4,FI,2020-01-31,1,\"a\nb\nc\nd\"\n");
    row("5,FI,2020-01-31,1,\"a\nb\nc\"\n");
    jk_import_summary *summary = imported_text(text, NULL);
    is_found(summary, JK_FINDING_LONE_QUOTES, 1,
             "1 rows have quotes that do not pair, the first on line 3; they were read with the quote as a letter "
             "(quote: none reads all of them so)");
    is_found(summary, JK_FINDING_LONG_CELLS, 1,
             "1 rows have a quoted cell of more than three lines, the first on line 5: is that one cell, or are there "
             "rows in it?");
    assert_true(summary->rows_accepted == 5 && summary->lines == 11 && summary->cell_lines == 5);
    jk_import_summary_free(summary);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_debtor_with_many_claims_is_told),
        cmocka_unit_test(identifiers_that_are_none_are_told),
        cmocka_unit_test(incomes_of_zero_are_told_where_they_are_most),
        cmocka_unit_test(high_rates_are_told_above_a_hundredth),
        cmocka_unit_test(three_decimals_are_told_where_all_have_them),
        cmocka_unit_test(forms_of_dates_and_numbers_are_guessed),
        cmocka_unit_test(dropped_cells_are_told_by_example),
        cmocka_unit_test(dates_that_stand_for_none_are_told),
        cmocka_unit_test(rows_of_another_width_are_told),
        cmocka_unit_test(totals_are_left_out),
        cmocka_unit_test(footers_are_left_out_where_the_mapping_says),
        cmocka_unit_test(values_that_are_not_listed_are_told),
        cmocka_unit_test(filtered_rows_are_told_with_their_balance),
        cmocka_unit_test(names_that_are_nearly_there_are_told),
        cmocka_unit_test(claims_of_another_file_are_told),
        cmocka_unit_test(control_totals_are_held),
        cmocka_unit_test(text_of_another_encoding_is_told),
        cmocka_unit_test(quotes_that_do_not_pair_are_told),
    };
    return cmocka_run_group_tests(tests, make_case_folder, remove_case_folder);
}
