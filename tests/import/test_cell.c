/* SPDX-License-Identifier: Apache-2.0 */
/* Cells just within and just beyond what their columns take, each in a row of its own: what is stored, what is missing,
 * and for which reason a row is rejected, by the tables of docs/columns.md and the words of docs/mapping-file.md. */
#include <stdbool.h>

#include "import/import_case.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const header[] = {"claim_id",       "country",
                                     "debtor_id",      "product",
                                     "currency",       "defaulted_on",
                                     "written_off_on", "last_paid_on",
                                     "limitation_on",  "title_on",
                                     "principal",      "interest_accrued",
                                     "fees",           "original_principal",
                                     "interest_rate",  "legal_status",
                                     "birth_year",     "income_monthly",
                                     "dependants",     "default_marks",
                                     "payments_12m",   "promises_kept",
                                     "placements",     "vulnerable",
                                     "employment"};

static const char *usual(size_t column) {
    return column == 1 ? "FI" : column == 6 ? "2020-01-31" : column == 10 ? "100.00" : "";
}

/* `kept`: what the store holds, "" for missing; or `reason`, for which the row is rejected. */
static const struct {
    const char *column, *cell, *kept, *reason;
} cells[] = {
    {"principal", "10000000000", "1000000000000", NULL},
    {"principal", "10000000000.004", "1000000000000", NULL},
    {"principal", "10000000000.01", NULL, "out_of_range"},
    {"principal", "0.01", "1", NULL},
    {"principal", "0.004", NULL, "not_positive"},
    {"principal", "0", NULL, "not_positive"},
    {"principal", "-1", NULL, "not_positive"},
    {"principal", "", NULL, "missing"},
    {"principal", "ten", NULL, "bad_number"},
    {"principal", "7", "700", NULL},
    {"principal", "12345.6", "1234560", NULL},
    {"interest_accrued", "-99.99", "-9999", NULL}, /* a hundredth is left */
    {"interest_accrued", "-100.00", NULL, "not_positive"},
    {"interest_accrued", "9999999900.00", "999999990000", NULL}, /* ten billion together */
    {"interest_accrued", "9999999900.01", NULL, "not_positive"},
    {"fees", "-99.99", "-9999", NULL},
    {"fees", "-100", NULL, "not_positive"},
    {"fees", "x", NULL, "bad_number"},
    {"original_principal", "0", "0", NULL},
    {"original_principal", "-0.01", "", NULL}, /* decides nothing: the cell is dropped */
    {"original_principal", "10000000000.01", "", NULL},
    {"interest_rate", "10", "10", NULL},
    {"interest_rate", "10.0001", NULL, "out_of_range"},
    {"interest_rate", "0", "0", NULL},
    {"interest_rate", "-0.0001", NULL, "negative"},
    {"interest_rate", "a lot", NULL, "bad_number"},
    {"birth_year", "1850", "1850", NULL},
    {"birth_year", "1849", "", NULL},
    {"birth_year", "2026", "2026", NULL},
    {"birth_year", "2027", NULL, "birth_after_cutoff"},
    {"birth_year", "19700", "", NULL},
    {"dependants", "20", "20", NULL},
    {"dependants", "21", "", NULL},
    {"dependants", "0", "0", NULL},
    {"dependants", "-1", "", NULL},
    {"dependants", "1.5", "", NULL},
    {"default_marks", "1000000", "1000000", NULL},
    {"default_marks", "1000001", "", NULL},
    {"placements", "1000000", "1000000", NULL},
    {"placements", "1000001", "", NULL},
    {"promises_kept", "99999999999", "", NULL},
    {"income_monthly", "0", "0", NULL},
    {"income_monthly", "-1", "", NULL},
    {"payments_12m", "10000000000", "1000000000000", NULL},
    {"legal_status", "none", "0", NULL},
    {"legal_status", "disputed", "8", NULL},
    {"legal_status", "Disputed", NULL, "unknown_level"},
    {"legal_status", "9", NULL, "unknown_level"},
    {"vulnerable", "0", "0", NULL},
    {"vulnerable", "1", "1", NULL},
    {"vulnerable", "2", NULL, "unknown_level"},
    {"employment", "astronaut", "", NULL},
    {"employment", "unknown", "4", NULL},
    {"country", "SE", "SE", NULL},
    {"country", "FIN", "FI", NULL},
    {"country", "Suomi", "FI", NULL},
    {"country", "se", "SE", NULL},
    {"country", "F1", NULL, "bad_code"},
    {"country", "", NULL, "missing"},
    {"currency", "SEK", "SEK", NULL},
    {"currency", "sek", "SEK", NULL},
    {"currency", "\xe2\x82\xac", "EUR", NULL},
    {"currency", "SE", NULL, "bad_code"},
    {"currency", "S@K", NULL, "bad_code"},
    {"currency", "S[K", NULL, "bad_code"},
    {"currency", "AZZ", "AZZ", NULL},
    {"product", "loan", "loan", NULL},
    {"product", "a \xe4", "", NULL},
    {"written_off_on", "2026-06-30", "2026-06-30", NULL}, /* the cut-off */
    {"written_off_on", "2026-07-01", NULL, "future_date"},
    {"written_off_on", "1899-12-29", NULL, "bad_date"},
    {"written_off_on", "1900-01-02", "1900-01-02", NULL},
    {"written_off_on", "1900-01-01", NULL, "missing"}, /* stands for none */
    {"written_off_on", "2099-12-31", NULL, "missing"},
    {"written_off_on", "2023-02-29", NULL, "bad_date"},
    {"written_off_on", "2024-02-29", "2024-02-29", NULL},
    {"written_off_on", "31.1.2020", NULL, "bad_date"},
    {"written_off_on", "", NULL, "missing"},
    {"defaulted_on", "2026-07-01", NULL, "future_date"},
    {"defaulted_on", "1970-01-01", "", NULL}, /* one of the dates that stand for none */
    {"defaulted_on", "1969-12-31", "1969-12-31", NULL},
    {"defaulted_on", "1970-01-02", "1970-01-02", NULL},
    {"defaulted_on", "9999-12-31", "", NULL},
    {"defaulted_on", "1753-01-01", "", NULL},
    {"defaulted_on", "1753-01-02", NULL, "bad_date"},
    {"last_paid_on", "2026-06-30", "2026-06-30", NULL},
    {"last_paid_on", "2026-07-01", NULL, "future_date"},
    {"last_paid_on", "soon", "", NULL},
    {"title_on", "2026-07-01", NULL, "future_date"},
    {"title_on", "soon", NULL, "bad_date"},
    {"limitation_on", "2040-01-01", "2040-01-01", NULL}, /* may lie ahead */
    {"limitation_on", "9999-12-30", "", NULL},
    {"limitation_on", "9999-12-29", "9999-12-29", NULL},
    {"debtor_id", "D7", "D7", NULL},
    {"debtor_id", "NULL", "", NULL},
    {"debtor_id", "-", "", NULL},
    {"debtor_id", "0", "", NULL},
    {"debtor_id", "000000-0000", "", NULL},
    {"debtor_id", "1.98E+11", "", NULL},
    {"debtor_id", "=\"\"00077\"\"", "00077", NULL}, /* in quotes, as a guard of a spreadsheet */
    {"debtor_id", "'00077", "00077", NULL},
    {"debtor_id", "\xe4", NULL, "invalid_text"},
};

static size_t column_of(const char *name) {
    size_t found = COUNT(header);
    for (size_t h = 0; h < COUNT(header); h++) {
        found = strcmp(header[h], name) == 0 ? h : found;
    }
    assert_true(found < COUNT(header));
    return found;
}

static bool is_in(const char *rejects, size_t line, const char *column, const char *reason) {
    char start[32], words[96];
    (void)snprintf(start, sizeof start, "\n%zu,", line);
    (void)snprintf(words, sizeof words, ",%s,", reason);
    const char *at = strstr(rejects, start);
    if (at == NULL) {
        return false;
    }
    const char *end = strchr(at + 1, '\n');
    const size_t length = end == NULL ? strlen(at) : (size_t)(end - at);
    const bool whole = strcmp(reason, "not_positive") == 0; /* of the row, not of a cell */
    return memmem(at, length, words, strlen(words)) != NULL &&
           (whole || memmem(at, length, column, strlen(column)) != NULL);
}

static void cells_are_kept_or_say_why_not(void **state) {
    (void)state;
    static char tape[65536], rejects[65536];
    size_t length = 0, kept = 0;
    for (size_t h = 0; h < COUNT(header); h++) {
        length += (size_t)sprintf(tape + length, "%s%s", h > 0 ? "," : "", header[h]);
    }
    for (size_t i = 0; i < COUNT(cells); i++) {
        const size_t changed = column_of(cells[i].column);
        length += (size_t)sprintf(tape + length, "\nC%04zu", i);
        for (size_t h = 1; h < COUNT(header); h++) {
            const bool guarded = h == changed && cells[i].cell[0] == '=';
            length +=
                (size_t)sprintf(tape + length, guarded ? ",\"%s\"" : ",%s", h == changed ? cells[i].cell : usual(h));
        }
    }
    (void)sprintf(tape + length, "\n");
    jk_import_summary *summary = imported_text(tape, NULL);
    FILE *file = fopen(case_path("bad.csv"), "rb");
    assert_non_null(file);
    rejects[fread(rejects, 1, sizeof rejects - 1, file)] = '\0';
    (void)fclose(file);
    jk_tape *opened = case_tape();
    for (size_t i = 0; i < COUNT(cells); i++) {
        const jk_column column = (jk_column)jk_schema_find(cells[i].column, strlen(cells[i].column));
        char text[160], id[16];
        (void)snprintf(id, sizeof id, "C%04zu", i);
        if (cells[i].kept == NULL) {
            if (!is_in(rejects, i + 2, cells[i].column, cells[i].reason)) {
                fail_msg("%s '%s' is not rejected as %s", cells[i].column, cells[i].cell, cells[i].reason);
            }
            continue;
        }
        if (strcmp(cell_text(opened, JK_COLUMN_CLAIM_ID, kept, text), id) != 0) {
            fail_msg("%s '%s' is rejected", cells[i].column, cells[i].cell);
        }
        if (strcmp(cell_text(opened, column, kept, text), cells[i].kept) != 0) {
            fail_msg("%s '%s' became '%s', expected '%s'", cells[i].column, cells[i].cell, text, cells[i].kept);
        }
        kept++;
    }
    assert_true(summary->rows_read == COUNT(cells) && summary->rows_accepted == kept);
    jk_tape_close(opened);
    jk_import_summary_free(summary);
}

/* As long as an identifier may be, and a byte longer: 128 bytes, also of words. */
static void texts_have_a_length(void **state) {
    (void)state;
    static char tape[4096];
    char longest[130];
    memset(longest, 'i', 128);
    longest[128] = longest[129] = '\0';
    size_t length = (size_t)sprintf(tape, "claim_id,debtor_id,product,country,written_off_on,principal\n");
    for (int more = 0; more < 2; more++) {
        longest[128] = more ? 'i' : '\0';
        length += (size_t)sprintf(tape + length, "%s,,,FI,2020-01-31,1\n", longest);
        length += (size_t)sprintf(tape + length, "A%d,%s,,FI,2020-01-31,1\n", more, longest);
        length += (size_t)sprintf(tape + length, "B%d,,%s,FI,2020-01-31,1\n", more, longest);
    }
    jk_import_summary *summary = imported_text(tape, NULL);
    jk_tape *opened = case_tape();
    char text[160];
    longest[128] = '\0';
    assert_string_equal(cell_text(opened, JK_COLUMN_CLAIM_ID, 0, text), longest);
    assert_string_equal(cell_text(opened, JK_COLUMN_DEBTOR_ID, 1, text), longest);
    assert_string_equal(cell_text(opened, JK_COLUMN_PRODUCT, 2, text), longest);
    /* a product decides nothing: it is missing then */
    assert_int_equal(summary->rejected[JK_REJECT_TEXT_TOO_LONG].rows, 2);
    assert_int_equal(summary->rows_accepted, 4);
    assert_string_equal(cell_text(opened, JK_COLUMN_PRODUCT, 3, text), "");
    jk_tape_close(opened);
    jk_import_summary_free(summary);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells_are_kept_or_say_why_not),
                                       cmocka_unit_test(texts_have_a_length)};
    return cmocka_run_group_tests(tests, make_case_folder, remove_case_folder);
}
