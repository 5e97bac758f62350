/* SPDX-License-Identifier: Apache-2.0 */
/* An import that fails when all has been read keeps what it has read; the next one takes it up, and makes the same
 * store, rejects and findings as one that was never broken off. */
#include <sys/stat.h>

#include "import/import_case.h"

enum { ROWS = 9000, ROOM = 4 << 20 };

static char text[ROOM], others[ROOM / 4], bytes[2][ROOM];

/* Texts of every width, words old and new, rows that are rejected, left out or odd; identifiers in order and not. */
static void make_files(void) {
    size_t length =
        (size_t)sprintf(text, "Id,Debtor,Country,Product,Currency,Off,Default,Principal,Fees,Rate,State,Born\n");
    size_t other = (size_t)sprintf(others, "Person,Income,Kind\n");
    for (int i = 0; i < ROWS; i++) {
        static const char *const states[] = {"title", "", "none", "x", "filed"};
        const int id = i % 500 == 499 ? i - 3 : i; /* there already */
        length += (size_t)sprintf(text + length, "%s%07d,%s%0*d,%s,%s %d,%s,20%02d-%02d-%02d,%s,%d.%02d,%s,%s,%s,%s\n",
                                  i < ROWS / 2 ? "A" : "claim-", id, i % 7 == 0 ? "" : "D", i % 7 == 0 ? 0 : 3 + i % 20,
                                  i % 7 == 0 ? 0 : i * 31 % 4000,
                                  i % 97 == 5  ? "xx1"
                                  : i % 3 == 0 ? "SE"
                                               : "FI",
                                  i % 5 == 0 ? "loan" : "M\xc3\xa4\xc3\xa4r\xc3\xa4", i % (i < 3000 ? 7 : 90),
                                  i % 4 == 0 ? "EUR" : "SEK", i % 24, 1 + i % 12, 1 + i % 31,
                                  i % 11 == 0   ? "1900-01-01"
                                  : i % 13 == 0 ? "2019-05-00"
                                                : "",
                                  1 + i % 5000, i % 100,
                                  i % 6 == 0   ? "\"1,50\""
                                  : i % 6 == 1 ? "2.25"
                                               : "",
                                  i % 9 == 0 ? "0.6" : "0.08", states[i % 5],
                                  i % 17 == 0  ? "long ago"
                                  : i % 2 == 0 ? "1970"
                                               : "");
        if (i % 400 == 7) {
            length += (size_t)sprintf(text + length, ",,,,,,,,,,,\n%d,short\n\"lone,,,,,,,,,,,\n", i);
        }
        if (i % 3 == 0) {
            other += (size_t)sprintf(others + other, "D%0*d,%d.50,%s\n", 3 + i % 20, i * 31 % 4000, 1000 + i % 777,
                                     i % 2 == 0 ? "a" : "b");
        }
    }
    assert_true(length < ROOM && other < sizeof others);
}

static const char mapping[] =
    "sources:\n  loan: {recognised_by: [Id, Principal]}\n  debtor:\n    recognised_by: [Person, Income]\n    key: "
    "Person\n"
    "    joined_by: Debtor\n    max_unmatched: 100%\ncolumns:\n  claim_id: {column: Id, clean: upper}\n  debtor_id: "
    "Debtor\n"
    "  country: Country\n  product: {column: Product, values: {loan 0: loan, loan 5: loan}}\n  currency: Currency\n"
    "  written_off_on: Off\n  defaulted_on: Default\n  principal: Principal\n  fees: Fees\n  interest_rate: Rate\n"
    "  legal_status: State\n  birth_year: Born\n  income_monthly: {source: debtor, column: Income}\n"
    "extra:\n  kind: {source: debtor, column: Kind, type: text}\n  size: {column: Principal, type: number}\n"
    "  since: {column: Default, type: date}\n  due: {sum: [Principal, Principal], type: money}\n";

static size_t read_file(const char *name, char *out) {
    FILE *file = fopen(case_path(name), "rb");
    const size_t length = file == NULL ? 0 : fread(out, 1, ROOM, file);
    assert_true(file == NULL || (length < ROOM && fclose(file) == 0));
    return length;
}

static void what_was_read_is_taken_up(void **state) {
    (void)state;
    make_files();
    const char *sources[] = {write_case("loan.csv", text), write_case("debtor.csv", others)};
    for (int plain = 0; plain < 2; plain++) { /* with the other file, and without */
        const char *made = write_case("m.yaml", mapping);
        jk_import_options options = case_options(sources, 2, made);
        options.compression = plain ? 0 : 1;
        options.window_bytes = plain ? 0 : 20000;
        jk_import_summary *first = imported(&options);
        const size_t length = read_file("T.h5", bytes[0]);
        assert_true(length > 100000 && first->rows_rejected > 100 && first->rows_left_out > 20 &&
                    first->findings.count > 5);
        static char rejects[2][ROOM];
        const size_t rejected = read_file("bad.csv", rejects[0]);
        options.resume = 1;
        options.expect_claims = 1; /* fails, at the end */
        jk_error error = {0};
        assert_int_equal(unlink(case_path("T.h5")), 0);
        assert_int_equal(jk_import(&options, NULL, NULL, &error), JK_ERROR_DATA);
        struct stat kept;
        assert_true(stat(case_path("T.h5.resume"), &kept) == 0 && access(case_path("T.h5"), F_OK) != 0);
        options.expect_claims = 0;
        jk_import_summary *second = imported(&options);
        assert_int_equal(second->begun_anew, 0);
        assert_int_not_equal(stat(case_path("T.h5.resume"), &kept), 0); /* it is done */
        assert_int_equal(read_file("T.h5", bytes[1]), length);
        assert_memory_equal(bytes[1], bytes[0], length);
        assert_int_equal(read_file("bad.csv", rejects[1]), rejected);
        assert_memory_equal(rejects[1], rejects[0], rejected);
        assert_true(second->rows_read == first->rows_read && second->lines == first->lines &&
                    second->cell_lines == first->cell_lines && second->blank_lines == first->blank_lines);
        assert_int_equal(second->findings.count, first->findings.count);
        for (size_t i = 0; i < first->findings.count; i++) {
            assert_string_equal(second->findings.list[i].text, first->findings.list[i].text);
        }
        jk_import_summary_free(first);
        jk_import_summary_free(second);
    }
}

int main(void) {
    (void)setenv("SOURCE_DATE_EPOCH", "1", 1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_read_is_taken_up)};
    return cmocka_run_group_tests(tests, make_case_folder, remove_case_folder);
}
