/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a table, whatever stands above it: which separator, which line, how wide, and what is counted; by
 * docs/mapping-file.md. */
#include <stdbool.h>

#include "csv/csv_made.h"
#include "csv/header.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Names that are known: one capital letter. */
static size_t known(void *context, const char *const *names, uint32_t count) {
    size_t found = 0;
    (void)context;
    for (uint32_t i = 0; i < count; i++) {
        found += names[i][0] >= 'A' && names[i][0] <= 'Z' && names[i][1] == '\0';
    }
    return found;
}

static const struct {
    const char *text, *names; /* with bars between; NULL: it is refused */
    char separator;
    uint32_t lines, title_rows;
    const char *rest; /* what follows the header */
} cases[] = {
    {"A,B,C\n1,2,3\n", "A|B|C", ',', 1, 0, "1,2,3\n"},
    {"A;B;C\n1;2;3\n", "A|B|C", ';', 1, 0, "1;2;3\n"},
    {"A\tB\tC\n", "A|B|C", '\t', 1, 0, ""},
    {"A|B|C\r\n", "A|B|C", '|', 1, 0, ""},
    {"A,B,C", "A|B|C", ',', 1, 0, ""},
    {"A;b,c;D\n", "A|b,c|D", ';', 1, 0, ""}, /* two names known */
    {"x,y;z,w\n", "x|y;z|w", ',', 1, 0, ""}, /* none: the one that occurs most */
    {"x,y;z\n", "x|y;z", ',', 1, 0, ""},
    {"\"a;b;c\",A\n", "a;b;c|A", ',', 1, 0, ""}, /* not those in quotes */
    {" A , \"B \" ,\tC\n", "A|B|C", ',', 1, 0, ""},
    {"sep=;\nA;B\n1;2\n", "A|B", ';', 2, 0, "1;2\n"},
    {"SEP=|\r\nx,y|z\r\n", "x,y|z", '|', 2, 0, ""},
    {"sep=;;\nA;B\n", "A|B", ';', 2, 1, ""}, /* is no such line */
    {"\xef\xbb\xbf"
     "A,B\n",
     "A|B", ',', 1, 0, ""},
    {"\n\n  \nA,B\n1,2\n", "A|B", ',', 4, 0, "1,2\n"},
    {"A portfolio\nof, many claims\n\nA,B\n1,2\n", "A|B", ',', 4, 2, "1,2\n"},
    {"A,b,c\nA,B,C\n1,2,3\n", "A|B|C", ',', 2, 1, "1,2,3\n"}, /* the line with most of the names */
    {"A,B,c\nA,B,C\n", "A|B|C", ',', 2, 1, ""},
    {"A,B,C\nA,B,C,D\n", "A|B|C", ',', 1, 0, "A,B,C,D\n"}, /* three are enough */
    {"A,B\nA,B\n", "A|B", ',', 1, 0, "A,B\n"},
    {"\"A\nbook\",B\n1,2\n", "A\nbook|B", ',', 2, 0, "1,2\n"},
    {"A\rB\r", "A", ',', 1, 0, "B\n"}, /* an old Mac's */
    {"A,B\r1,2\r", "A|B", ',', 1, 0, "1,2\n"},
    {"A,B\n1,2,\n3,4,\n", "A|B|", ',', 1, 0, "1,2,\n3,4,\n"}, /* a separator ends every row */
    {"A,B\n1,2,\n3,4,5\n", "A|B", ',', 1, 0, "1,2,\n3,4,5\n"},
    {"A,B,\n1,2\n3,4\n", "A|B", ',', 1, 0, "1,2\n3,4\n"}, /* or the header alone */
    {"A,B,\n1,2\n3,4,\n", "A|B|", ',', 1, 0, "1,2\n3,4,\n"},
    {"A,B,,\n1,2\n", "A|B", ',', 1, 0, "1,2\n"},
    {"A,B,,\n1,2,\n", "A|B|", ',', 1, 0, "1,2,\n"},
    {"A,B,,\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\nx;y;z;w\n", "A|B", ',', 1, 0, /* eight rows tell */
     "1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\nx;y;z;w\n"},
    {"A,B,,\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2,3,4\n", "A|B||", ',', 1, 0,
     "1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2,3,4\n"},
    {"A,,C\n1,2\n", "A||C", ',', 1, 0, "1,2\n"},
    {"A,B\n\n,,\n1,2\n", "A|B", ',', 1, 0, "\n,,\n1,2\n"},
    {"", NULL, 0, 0, 0, NULL},
    {" \n\n", NULL, 0, 0, 0, NULL},
    {"sep=;\n", NULL, 0, 0, 0, NULL},
    {"x\ny\nz\n", "x", ',', 1, 0, "y\nz\n"},
};

static void headers_are_found(void **state) {
    (void)state;
    const jk_csv_reading reading = {.known = known};
    for (size_t i = 0; i < COUNT(cases); i++) {
        jk_csv_source *source = NULL;
        jk_csv_header header;
        jk_error error = {0};
        make_file(cases[i].text, strlen(cases[i].text));
        assert_int_equal(jk_csv_source_open(made_path, NULL, &source, &error), JK_OK);
        const jk_status status = jk_csv_header_read(source, &reading, &header, &error);
        if (cases[i].names == NULL) {
            assert_int_equal(status, JK_ERROR_FORMAT);
        } else {
            char names[200] = "", rest[200];
            size_t got = 0;
            assert_int_equal(status, JK_OK);
            for (uint32_t n = 0; n < header.count; n++) {
                (void)strcat(strcat(names, n > 0 ? "|" : ""), header.names[n]);
            }
            if (strcmp(names, cases[i].names) != 0 || header.lines != cases[i].lines ||
                header.title_rows != cases[i].title_rows || header.dialect.separator != cases[i].separator) {
                fail_msg("'%s': '%s' by '%c', %u lines, %u above", cases[i].text, names, header.dialect.separator,
                         header.lines, header.title_rows);
            }
            assert_int_equal(header.dialect.fields, header.count);
            assert_true(header.detected);
            assert_int_equal(jk_csv_source_read(source, rest, sizeof rest - 1, &got, &error), JK_OK);
            rest[got] = '\0'; /* the header, too, was put back */
            assert_true(got >= header.bytes);
            assert_string_equal(rest + header.bytes, cases[i].rest);
        }
        jk_csv_header_free(&header);
        jk_csv_source_close(source);
    }
}

static void a_mapping_says_where_it_is(void **state) {
    (void)state;
    static const char *const given[] = {"one", "two", "three"};
    static const struct {
        const char *text;
        jk_csv_reading reading;
        const char *names;
        uint32_t lines;
    } told[] = {{"A,B,C\nx,y\n1,2\n", {.known = known, .header_row = 2}, "x|y", 2},
                {"A,B,C\nx,y\n", {.known = known, .header_row = 1}, "A|B|C", 1},
                {"A,B\nC,D\n", {.known = known, .header_row = 3}, NULL, 0},
                {"A,B;C\n", {.known = known, .separator = ';'}, "A,B|C", 1},
                {"sep=,\nA,B;C\n", {.separator = ';'}, "A,B|C", 2},
                {"1,2\n3,4\n", {.no_header = true}, "1|2", 0},
                {"1,2\n3,4\n", {.no_header = true, .names = given, .name_count = 3}, "one|two|three", 0},
                {"1,2\n3,4\n", {.no_header = true, .names = given, .name_count = 1}, "one|", 0},
                {"x,y\nA,B,C\n", {0}, "x|y", 1}, /* the first row */
                {"\"x,y\n", {.no_quotes = true}, "\"x|y", 1},
                {"\"x\\\",y\",z\n", {.escapes = true}, "x\",y|z", 1}};
    for (size_t i = 0; i < COUNT(told); i++) {
        jk_csv_source *source = NULL;
        jk_csv_header header;
        jk_error error = {0};
        make_file(told[i].text, strlen(told[i].text));
        assert_int_equal(jk_csv_source_open(made_path, NULL, &source, &error), JK_OK);
        const jk_status status = jk_csv_header_read(source, &told[i].reading, &header, &error);
        assert_int_equal(status == JK_OK, told[i].names != NULL);
        if (status == JK_OK) {
            char names[200] = "";
            for (uint32_t n = 0; n < header.count; n++) {
                (void)strcat(strcat(names, n > 0 ? "|" : ""), header.names[n]);
            }
            assert_string_equal(names, told[i].names);
            assert_int_equal(header.lines, told[i].lines);
            assert_int_equal(header.detected, told[i].reading.separator == '\0');
        }
        jk_csv_header_free(&header);
        jk_csv_source_close(source);
    }
}

/* The header is looked for on sixty lines. */
static void it_is_looked_for_so_far(void **state) {
    (void)state;
    const jk_csv_reading reading = {.known = known};
    for (int line = 59; line <= 61; line++) {
        static char text[4096];
        size_t length = 0;
        for (int i = 1; i < line; i++) {
            length += (size_t)sprintf(text + length, "above,%d\n", i);
        }
        length += (size_t)sprintf(text + length, "A,B,C\n1,2,3\n");
        jk_csv_source *source = NULL;
        jk_csv_header header;
        jk_error error = {0};
        make_file(text, length);
        assert_int_equal(jk_csv_source_open(made_path, NULL, &source, &error), JK_OK);
        assert_int_equal(jk_csv_header_read(source, &reading, &header, &error), JK_OK);
        assert_string_equal(header.names[0], line <= 60 ? "A" : "above");
        assert_int_equal(header.title_rows, line <= 60 ? line - 1 : 0);
        jk_csv_header_free(&header);
        jk_csv_source_close(source);
    }
}

/* As long as a row may be, and a byte longer; as many columns as there may be, and one more. */
static void it_is_no_longer_than_a_row(void **state) {
    (void)state;
    const size_t most = JK_CSV_ROW_MAX;
    char *text = malloc(most + 10);
    assert_non_null(text);
    for (size_t length = most - 1; length <= most + 1; length++) { /* with its line end */
        jk_csv_source *source = NULL;
        jk_csv_header header;
        jk_error error = {0};
        memset(text, 'a', most + 10);
        text[3] = ',';
        text[length - 1] = '\n';
        make_file(text, most + 10);
        assert_int_equal(jk_csv_source_open(made_path, NULL, &source, &error), JK_OK);
        const jk_status status = jk_csv_header_read(source, NULL, &header, &error);
        assert_int_equal(status, length <= most ? JK_OK : JK_ERROR_FORMAT);
        if (status == JK_OK) {
            assert_true(header.count == 2 && strlen(header.names[1]) == length - 5 && header.bytes == length);
        } else {
            assert_non_null(strstr(error.message, "does not end within 1 MiB"));
        }
        jk_csv_header_free(&header);
        jk_csv_source_close(source);
    }
    for (size_t columns = JK_CSV_FIELDS_MAX; columns <= JK_CSV_FIELDS_MAX + 1; columns++) {
        jk_csv_source *source = NULL;
        jk_csv_header header;
        jk_error error = {0};
        memset(text, ',', columns);
        text[0] = 'A';
        memcpy(text + columns, "z\n", 2); /* the first takes two bytes */
        make_file(text, columns + 2);
        assert_int_equal(jk_csv_source_open(made_path, NULL, &source, &error), JK_OK);
        const jk_status status = jk_csv_header_read(source, NULL, &header, &error);
        assert_int_equal(status, columns <= JK_CSV_FIELDS_MAX ? JK_OK : JK_ERROR_FORMAT);
        assert_true(status != JK_OK || (header.count == columns && strcmp(header.names[columns - 1], "z") == 0));
        jk_csv_header_free(&header);
        jk_csv_source_close(source);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_found), cmocka_unit_test(a_mapping_says_where_it_is),
        cmocka_unit_test(it_is_looked_for_so_far), cmocka_unit_test(it_is_no_longer_than_a_row)};
    return cmocka_run_group_tests(tests, name_made, drop_made);
}
