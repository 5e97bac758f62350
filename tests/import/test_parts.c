/* SPDX-License-Identifier: Apache-2.0 */
/* Which tables of an archive or a workbook are taken, and which are told to be left out. */
#include <stdbool.h>

#include "csv/csv_made.h"
#include "import/sources/parts.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define RELATIONS    "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static char told[1024];
static size_t fits[4];

static jk_status take(void *context, const char *path, const jk_csv_part *part, jk_error *error) {
    (void)context, (void)error;
    assert_string_equal(path, made_path);
    (void)strcat(strcat(told, "+"), part != NULL ? part->name : "the file");
    return JK_OK;
}

static jk_status pass_over(void *context, const char *path, const char *part, const char *why, jk_error *error) {
    (void)context, (void)path, (void)error;
    assert_true(why[0] != '\0');
    (void)strcat(strcat(told, "-"), part);
    return JK_OK;
}

static size_t fit(void *context, const char *path, const jk_csv_part *part) {
    (void)context, (void)path;
    return fits[part->name[0] - 'A'];
}

static jk_status taken(const char *given, bool all) {
    const jk_part_taker taker = {.decimal = '.', .several = all, .take = take, .pass_over = pass_over, .fit = fit};
    bool parts = false;
    jk_error error = {0};
    told[0] = '\0';
    return jk_parts_take(given, &taker, &parts, &error);
}

static void members_that_look_like_tables_are_taken(void **state) {
    (void)state;
    static const made_member members[] = {{"a.csv", "x\n"}, {"b.TXT", "x\n"}, {"read.me", "x\n"}, {"c.csv.gz", "x"},
                                          {"d.xml", "x"},   {".csv", "x"},    {"csv", "x"}};
    make_zip(members, COUNT(members));
    assert_int_equal(taken(made_path, false), JK_OK);
    assert_string_equal(told, "+a.csv+b.TXT-read.me+c.csv.gz-d.xml-csv");
    char given[300];
    (void)snprintf(given, sizeof given, "%s:d.xml", made_path); /* named, it is */
    assert_int_equal(taken(given, false), JK_OK);
    assert_string_equal(told, "+d.xml");
    (void)snprintf(given, sizeof given, "%s:e.csv", made_path);
    assert_int_equal(taken(given, false), JK_ERROR_DATA);
    make_zip(members + 2, 1); /* the only one */
    assert_int_equal(taken(made_path, false), JK_OK);
    assert_string_equal(told, "+read.me");
    make_file("a,b\n", 4);
    assert_int_equal(taken(made_path, false), JK_OK);
    assert_string_equal(told, "+the file");
    (void)snprintf(given, sizeof given, "%s:a", made_path);
    assert_int_equal(taken(given, false), JK_ERROR_DATA);
}

static void the_sheet_that_fits_best_is_taken(void **state) {
    (void)state;
#define SHEET           "<worksheet><sheetData/></worksheet>"
#define NAMED(name, id) "<sheet name=\"" name "\" sheetId=\"" id "\" r:id=\"r" id "\"/>"
#define RELATED(id)                                                                                                    \
    "<Relationship Id=\"r" id "\" Type=\"" RELATIONS "/worksheet\" Target=\"worksheets/sheet" id ".xml\"/>"
    static const made_member members[] = {
        {"[Content_Types].xml", "<Types/>"},
        {"xl/workbook.xml", "<workbook xmlns:r=\"" RELATIONS "\"><sheets>" NAMED("A", "1") NAMED("B", "2")
                                NAMED("C", "3") NAMED("D", "4") "</sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships>" RELATED("1") RELATED("2") RELATED("3") RELATED("4") "</Relationships>"},
        {"xl/worksheets/sheet1.xml", SHEET},
        {"xl/worksheets/sheet2.xml", SHEET},
        {"xl/worksheets/sheet3.xml", SHEET},
        {"xl/worksheets/sheet4.xml", SHEET}};
    static const struct {
        size_t fits[4];
        const char *best, *all;
    } cases[] = {{{1, 2, 3, 2}, "-A-B-D+C", "+A+B+C+D"},
                 {{3, 3, 1, 0}, "-B-C-D+A", "+A+B+C-D"}, /* of several the first */
                 {{0, 0, 0, 1}, "-A-B-C+D", "-A-B-C+D"},
                 {{0, 0, 0, 0}, "-B-C-D+A", "-A-B-C-D"}};
    make_zip(members, COUNT(members));
    for (size_t c = 0; c < COUNT(cases); c++) {
        memcpy(fits, cases[c].fits, sizeof fits);
        assert_int_equal(taken(made_path, false), JK_OK);
        assert_string_equal(told, cases[c].best);
        (void)taken(made_path, true);
        assert_string_equal(told, cases[c].all);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(members_that_look_like_tables_are_taken),
                                       cmocka_unit_test(the_sheet_that_fits_best_is_taken)};
    return cmocka_run_group_tests(tests, name_made, drop_made);
}
