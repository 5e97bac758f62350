/* SPDX-License-Identifier: Apache-2.0 */
/* What an import is asked for: files that may not be written over, bounds of options, whose cut-off counts, columns
 * that are not there, dates that stand for none, and periods of claims. */
#include "import/import_case.h"

#define HEADER "claim_id,country,written_off_on,principal\n"
#define MAPPED                                                                                                         \
    "columns:\n  claim_id: claim_id\n  country: country\n  written_off_on: written_off_on\n  principal: principal\n"

static void is_refused(const jk_import_options *options, jk_status wanted, const char *key, const char *said) {
    jk_error error = {0};
    jk_import_summary *summary = NULL;
    assert_int_equal(jk_import(options, NULL, &summary, &error), wanted);
    jk_import_summary_free(summary);
    if (strcmp(error.key, key) != 0 || strstr(error.message, said) == NULL) {
        fail_msg("%s: %s, expected %s: %s", error.key, error.message, key, said);
    }
}

static void what_is_read_is_not_written_over(void **state) {
    (void)state;
    const char *sources[] = {write_case("t.csv", HEADER "1,FI,2020-01-31,1\n"),
                             write_case("u.csv", HEADER "2,FI,2020-01-31,1\n")};
    const char *mapping = write_case("m.yaml", MAPPED), *written[] = {sources[0], sources[1], mapping};
    for (size_t i = 0; i < 6; i++) {
        jk_import_options options = case_options(sources, 2, mapping);
        *(i % 2 == 0 ? &options.output : &options.rejects) = written[i / 2];
        is_refused(&options, JK_ERROR_ARGUMENT, "", "this file is read, it cannot be written to as well");
    }
    jk_import_options options = case_options(sources, 2, mapping);
    options.rejects = options.output;
    (void)unlink(options.output);
    is_refused(&options, JK_ERROR_ARGUMENT, "", "store and rejects cannot be one file");
    options.output = write_case("T.h5", "");
    options.rejects = case_path("other name"); /* of the same file */
    assert_int_equal(link(options.output, options.rejects), 0);
    is_refused(&options, JK_ERROR_ARGUMENT, "", "store and rejects cannot be one file");
    assert_true(unlink(case_path("other name")) == 0 && unlink(options.output) == 0);
    options = case_options(sources, 2, mapping);
    options.rejects = NULL; /* beside the store */
    (void)write_case("T.h5.rejects.csv", "of an import before");
    jk_import_summary_free(imported(&options));
    assert_int_not_equal(access(case_path("T.h5.rejects.csv"), F_OK), 0); /* nothing was rejected */
}

static void options_have_bounds(void **state) {
    (void)state;
    const char *source = write_case("t.csv", HEADER "1,FI,2020-01-31,1\n");
    for (int i = 0; i < 14; i++) {
        jk_import_options options = case_options(&source, 1, NULL);
        static const double shares[] = {0.0, 1.0, -0.01, 1.01};
        static const int levels[] = {0, 9, -1, 10};
        const char *said = NULL;
        if (i < 4) {
            options.max_unmatched = shares[i];
            said = i < 2 ? NULL : "max_unmatched is a share";
        } else if (i < 8) {
            options.compression = levels[i - 4];
            said = i < 6 ? NULL : "compression is 0 to 9";
        } else if (i == 8) {
            options.max_rejects = -0.5;
            said = "max_rejects cannot be negative";
        } else if (i == 9) {
            options.source_count = 0;
            said = "needs a source";
        } else if (i == 10) {
            options.output = NULL;
            said = "needs a source and an output";
        } else if (i == 11) {
            options.kind = JK_KIND_PANEL;
            is_refused(&options, JK_ERROR_ARGUMENT, "cutoff", "a panel has no cut-off");
            continue;
        } else if (i == 12) {
            options.max_rejects = 0.0;
        }
        if (said != NULL) {
            is_refused(&options, JK_ERROR_ARGUMENT, "", said);
        } else {
            jk_import_summary_free(imported(&options));
        }
    }
}

/* What is asked for goes before what the mapping says; by a column all rows must agree with the first that has it. */
static void a_cut_off_is_chosen(void **state) {
    (void)state;
    static const struct {
        const char *mapping;
        bool asked;
        int32_t day; /* of June 2026; 0: not known */
        uint64_t others;
    } cases[] = {{"", true, 30, 0},
                 {"", false, 0, 0},
                 {"cutoff: {constant: '2026-06-10'}\n", false, 10, 0},
                 {"cutoff: {constant: '2026-06-10'}\n", true, 30, 0},
                 {"cutoff: As of\n", false, 12, 1},
                 {"cutoff: As of\n", true, 30, 0},
                 {"cutoff: Elsewhere\n", false, 0, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        char mapping[512];
        (void)snprintf(mapping, sizeof mapping, "%s%s", cases[c].mapping, MAPPED);
        const char *source = write_case("t.csv", "claim_id,country,written_off_on,principal,As of\n1,FI,2020-01-31,1,\n"
                                                 "2,FI,2020-01-31,1,2026-06-12\n3,FI,2020-01-31,1,2026-06-11\n"
                                                 "4,FI,2020-01-31,1,2026-06-12\n5,FI,2020-01-31,1,\n");
        jk_import_options options = case_options(&source, 1, write_case("m.yaml", mapping));
        options.cutoff = cases[c].asked ? options.cutoff : JK_MISSING_INTEGER;
        jk_import_summary *summary = imported(&options);
        assert_int_equal(summary->cutoff,
                         cases[c].day == 0 ? JK_MISSING_INTEGER : jk_date_from_civil(2026, 6, cases[c].day));
        assert_int_equal(summary->cutoff_from_mapping, !cases[c].asked && cases[c].day != 0);
        assert_int_equal(summary->rejected[JK_REJECT_OTHER_CUTOFF].rows, cases[c].others);
        assert_true(cases[c].others == 0 || summary->rejected[JK_REJECT_OTHER_CUTOFF].line == 4);
        jk_import_summary_free(summary);
    }
    const char *source = write_case("t.csv", HEADER "1,FI,2020-01-31,1\n");
    jk_import_options options =
        case_options(&source, 1, write_case("m.yaml", MAPPED "  defaulted_on: {days_past_due: principal}\n"));
    options.cutoff = JK_MISSING_INTEGER;
    is_refused(&options, JK_ERROR_DATA, "cutoff", "count from the cut-off");
}

/* Of two digits of a birth year this century is meant for who is fifteen at the cut-off, or older. */
static void births_are_of_the_century_of_who_owes(void **state) {
    (void)state;
    static const struct {
        const char *pivot, *born, *year;
        int cutoff;
    } cases[] = {{"", "1.1.11", "2011", 2026},           {"", "1.1.12", "1912", 2026},
                 {"", "1.1.99", "1999", 2026},           {"", "1.1.05", "2005", 2020},
                 {"", "1.1.06", "1906", 2020},           {"", "1.1.00", "2000", 2001},
                 {"", "1.1.01", "1901", 2001},           {"pivot: 40\n", "1.1.15", "2015", 2026},
                 {"pivot: 40\n", "1.1.40", "1940", 2026}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        char mapping[512], text[256], cell[160];
        (void)snprintf(mapping, sizeof mapping, "%s%s  birth_year: {year_of: Born, date_format: '%%d.%%m.%%y'}\n",
                       cases[c].pivot, MAPPED);
        (void)snprintf(text, sizeof text, "claim_id,country,written_off_on,principal,Born\n1,FI,2000-01-31,1,%s\n",
                       cases[c].born);
        const char *source = write_case("t.csv", text);
        jk_import_options options = case_options(&source, 1, write_case("m.yaml", mapping));
        options.cutoff = jk_date_from_civil(cases[c].cutoff, 6, 30);
        jk_import_summary_free(imported(&options));
        jk_tape *tape = case_tape();
        assert_string_equal(cell_text(tape, JK_COLUMN_BIRTH_YEAR, 0, cell), cases[c].year);
        jk_tape_close(tape);
    }
}

static void dates_that_stand_for_none_are_the_mappings(void **state) {
    (void)state;
    static const struct {
        const char *sentinels, *date, *kept;
    } cases[] = {{"", "1901-01-01", ""},
                 {"", "1901-01-02", "1901-01-02"},
                 {"", "1970-01-01", ""},
                 {"sentinels: []\n", "1970-01-01", "1970-01-01"},
                 {"sentinels: []\n", "1901-01-01", "1901-01-01"},
                 {"sentinels: ['2001-02-03', '1960-05-06', '1999-09-09']\n", "1999-09-09", ""},
                 {"sentinels: ['2001-02-03', '1960-05-06', '1999-09-09']\n", "1960-05-06", ""},
                 {"sentinels: ['2001-02-03', '1960-05-06', '1999-09-09']\n", "2001-02-03", ""},
                 {"sentinels: ['2001-02-03', '1960-05-06', '1999-09-09']\n", "1999-09-10", "1999-09-10"},
                 {"sentinels: ['2001-02-03', '1960-05-06', '1999-09-09']\n", "1901-01-01", "1901-01-01"}};
    for (size_t c = 0; c < 2 * (sizeof cases / sizeof cases[0]); c++) { /* read as it stands, and by a rule */
        char mapping[512], text[256], cell[160];
        (void)snprintf(mapping, sizeof mapping, "%s%s  defaulted_on: %s\n", cases[c / 2].sentinels, MAPPED,
                       c % 2 == 0 ? "Date" : "{date_plus_months: {date: Date, months: 0}}");
        (void)snprintf(text, sizeof text, "claim_id,country,written_off_on,principal,Date\n1,FI,2020-01-31,1,%s\n",
                       cases[c / 2].date);
        jk_import_summary *summary = imported_text(text, mapping);
        jk_tape *tape = case_tape();
        assert_int_equal(summary->rows_accepted, 1);
        assert_string_equal(cell_text(tape, JK_COLUMN_DEFAULTED_ON, 0, cell), cases[c / 2].kept);
        jk_tape_close(tape);
        jk_import_summary_free(summary);
    }
}

static void columns_that_are_not_there_are_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *mapping, *key, *said;
        jk_status status;
    } cases[] = {
        {"claim_id,country,written_off_on,principle\n", NULL, "principal",
         "this column is required and not in the header; the nearest is 'principle' (other names need --mapping)",
         JK_ERROR_DATA},
        {"claim_id,country,principal,period_start\n", NULL, "written_off_on", "; history needs --panel)",
         JK_ERROR_DATA},
        {HEADER, "columns: {claim_id: claim_id, country: country, principal: principal}\n", "written_off_on",
         "this column is required and not mapped", JK_ERROR_MODEL},
        {HEADER, "columns: {claim_id: Loan, country: country, principal: principal, written_off_on: written_off_on}\n",
         "claim_id", "this column is required, and the mapping makes it of 'Loan', which no header has", JK_ERROR_DATA},
        {"1,FI,2020-01-31,100\n", "columns: {claim_id: Loan, country: FI, principal: P, written_off_on: W}\n",
         "claim_id", "its first line looks like data", JK_ERROR_DATA}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        const char *source = write_case("t.csv", cases[c].text);
        const jk_import_options options =
            case_options(&source, 1, cases[c].mapping == NULL ? NULL : write_case("m.yaml", cases[c].mapping));
        is_refused(&options, cases[c].status, cases[c].key, cases[c].said);
    }
}

/* ---- periods ----------------------------------------------------------------------------------------------------- */

static void periods_are_checked_and_summed(void **state) {
    (void)state;
    static const char text[] =
        "claim_id,country,written_off_on,principal,period_start,period_months,balance_start,treatment,cash,exit,"
        "cash_principal,cash_costs\n"
        "A,FI,2020-01-31,100,2020-01-31,1,100,surveil,0,none,,\n"        /* 2 */
        "A,FI,2020-01-31,100,2020-02-29,1.5,100,amicable,5.00,paid,5,\n" /* 3 */
        "B,FI,2020-01-31,100,2020-01-30,1,100,surveil,0,none,,\n"        /* 4 before the write-off */
        "B,FI,2020-01-31,100,2020-03-01,0,100,surveil,0,none,,\n"        /* 5 */
        "B,FI,2020-01-31,100,2020-03-01,1200,100,legal,1.00,,,\n"        /* 6 */
        "C,FI,2020-01-31,100,2020-03-01,1200.5,100,legal,0,,,\n"         /* 7 */
        "C,FI,2020-01-31,100,2020-03-01,1,0,legal,0,,,\n"                /* 8 */
        "C,FI,2020-01-31,100,2020-03-01,1,100,legal,5,,3,2.01\n"         /* 9 parts of more than all */
        "C,FI,2020-01-31,100,2020-03-01,1,0.01,legal,5,sold,3,2\n"       /* 10 */
        "C,FI,2020-01-31,100,2020-03-01,1,100,legal,0,,,\n"              /* 11 the same period */
        "A,FI,2020-01-31,100,2020-03-15,1,100,legal,0,,,\n"              /* 12 shares days */
        "C,FI,2020-01-31,100,2021-03-01,1,100,legal,0,,,\n";             /* 13 after its exit */
    const char *source = write_case("t.csv", text);
    jk_import_options options = case_options(&source, 1, NULL);
    options.kind = JK_KIND_PANEL;
    options.cutoff = JK_MISSING_INTEGER;
    jk_import_summary *summary = imported(&options);
    static const struct {
        jk_reject_reason reason;
        uint64_t rows, line;
    } wanted[] = {{JK_REJECT_BEFORE_WRITE_OFF, 1, 4}, {JK_REJECT_BAD_PERIOD, 1, 5}, {JK_REJECT_OUT_OF_RANGE, 1, 7},
                  {JK_REJECT_NO_EXPOSURE, 1, 8},      {JK_REJECT_CASH_PARTS, 1, 9}, {JK_REJECT_DUPLICATE_PERIOD, 1, 11},
                  {JK_REJECT_OVERLAP, 1, 12},         {JK_REJECT_AFTER_EXIT, 1, 13}};
    uint64_t rejected = 0;
    for (size_t w = 0; w < sizeof wanted / sizeof wanted[0]; w++) {
        const jk_import_rejected *found = &summary->rejected[wanted[w].reason];
        if (found->rows != wanted[w].rows || found->line != wanted[w].line) {
            fail_msg("%s: %llu, the first on line %llu", jk_reject_code(wanted[w].reason),
                     (unsigned long long)found->rows, (unsigned long long)found->line);
        }
        rejected += found->rows;
    }
    const jk_import_panel *panel = &summary->panel;
    assert_true(summary->rows_rejected == rejected && summary->rows_accepted == 4 && summary->claims == 3);
    assert_true(panel->rows == 4 && panel->rows_with_cash == 3 && panel->claim_months == 1 + 1.5 + 1200 + 1);
    assert_int_equal(panel->first_start, jk_date_from_civil(2020, 1, 31));
    assert_int_equal(panel->end, jk_date_from_civil(2120, 3, 1));
    assert_true(panel->treatment_rows[0] == 1 && panel->treatment_rows[1] == 1 && panel->treatment_rows[2] == 2);
    assert_true(panel->exits[1] == 1 && panel->exits[4] == 1 && panel->exits[2] == 0); /* paid, sold */
    assert_true(panel->cash.count == 1 && panel->cash.sums[0].balance == 1100 && panel->cash.sums[0].claims == 4);
    assert_int_equal(summary->accepted.sums[0].balance, 3 * 10000 + 1); /* at the start of each period */
    jk_import_summary_free(summary);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_not_written_over),
        cmocka_unit_test(options_have_bounds),
        cmocka_unit_test(a_cut_off_is_chosen),
        cmocka_unit_test(births_are_of_the_century_of_who_owes),
        cmocka_unit_test(dates_that_stand_for_none_are_the_mappings),
        cmocka_unit_test(columns_that_are_not_there_are_named),
        cmocka_unit_test(periods_are_checked_and_summed),
    };
    return cmocka_run_group_tests(tests, make_case_folder, remove_case_folder);
}
