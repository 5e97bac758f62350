/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as canonical CSV, held against what the C library prints; and small tables read back row by row. */
#include <math.h>
#include <stdbool.h>

#include "base/number/calendar.h"
#include "csv/csv_made.h"
#include "csv/table.h"
#include "csv/write.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { ROOM = 1 << 20 };

static const int64_t amounts[] = {
    0,  1,   9,   10,   99,     100,       101,          999, 12345, 9999999, 1000000000000,
    -1, -10, -99, -100, -12345, INT64_MAX, INT64_MIN + 1};
static const int32_t numbers[] = {0, 1, 9, 10, 99, 100, 101, 1234567, INT32_MAX, -1, -10, -100, INT32_MIN + 1};
static const double rates[] = {
    0.0,     0.08,      0.0825,     1.0,           10.0,           123.4567,        -0.5,  -12.0001, 0.1234, 0.00001,
    0.12345, 1.0 / 3.0, -1.0 / 3.0, 99999999999.0, 100000000000.0, 123456789012.25, 1e300, -1e-300};
static const int32_t days[] = {0, -1, 19782, -719162, 2932896}; /* 1969-12-31, 2024-02-29, 0001-01-01, 9999-12-31 */
static const char *const dates[] = {"1970-01-01", "1969-12-31", "2024-02-29", "0001-01-01", "9999-12-31"};
static const char *const words[] = {"loan", "a,b", "a \"b\"", "two\nlines", "a\rb", "", "\"", "plain text"};

/* A cell as it must be: quotes where something in it needs them, doubled inside. */
static size_t quoted(const char *text, char *out) {
    if (strpbrk(text, ",\"\n\r") == NULL) {
        return (size_t)sprintf(out, "%s", text);
    }
    size_t length = 0;
    out[length++] = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            out[length++] = '"';
        }
        out[length++] = *text;
    }
    out[length++] = '"';
    return length;
}

static void rows_are_written(void **state) {
    (void)state;
    enum { ROWS = 40, WIDTH = 16 };
    static char ids[ROWS * WIDTH], out[ROOM], wanted[ROOM];
    static int64_t money[ROWS];
    static int32_t integers[ROWS], date[ROWS], product[ROWS];
    static double rate[ROWS];
    static int8_t status[ROWS];
    static jk_csv_dictionaries dictionaries;
    jk_block block = {.rows = ROWS, .text_width = {WIDTH, WIDTH}};
    for (size_t i = 0; i < ROWS; i++) {
        (void)snprintf(ids + i * WIDTH, WIDTH, i % 3 == 0 ? "C,%u" : "C%u", (unsigned)i);
        if (i == 0) {
            memcpy(ids, "a234567890123456", WIDTH); /* without an end */
        }
        money[i] = i < COUNT(amounts) ? amounts[i] : JK_MISSING_MONEY;
        integers[i] = i < COUNT(numbers) ? numbers[i] : JK_MISSING_INTEGER;
        date[i] = i < COUNT(days) ? days[i] : JK_MISSING_INTEGER;
        rate[i] = i < COUNT(rates) ? rates[i] : (double)NAN;
        product[i] = i < COUNT(words) ? (int32_t)i : JK_MISSING_INDEX;
        status[i] = i < 9 ? (int8_t)i : JK_MISSING_ENUM;
    }
    block.column[JK_COLUMN_CLAIM_ID] = ids;
    block.column[JK_COLUMN_PRINCIPAL] = money;
    block.column[JK_COLUMN_BIRTH_YEAR] = integers;
    block.column[JK_COLUMN_WRITTEN_OFF_ON] = date;
    block.column[JK_COLUMN_INTEREST_RATE] = rate;
    block.column[JK_COLUMN_PRODUCT] = product;
    block.column[JK_COLUMN_LEGAL_STATUS] = status;
    dictionaries.text[JK_COLUMN_PRODUCT] = words;
    dictionaries.longest[JK_COLUMN_PRODUCT] = strlen("plain text");
    size_t length = 0, levels = 0, longest = 0;
    const char *const *names = jk_schema_levels(JK_COLUMN_LEGAL_STATUS, &levels);
    for (size_t i = 0; i < ROWS; i++) {
        const size_t begin = length;
        for (int c = 0; c < JK_COLUMN_COUNT; c++) {
            if (!jk_schema_in_csv(JK_KIND_TAPE, (jk_column)c)) {
                continue;
            }
            char text[WIDTH + 1] = "";
            memcpy(text, ids + i * WIDTH, WIDTH);
            const uint64_t size = money[i] < 0 ? 0 - (uint64_t)money[i] : (uint64_t)money[i];
            char *at = wanted + length;
            length += c == JK_COLUMN_CLAIM_ID ? quoted(text, at)
                      : c == JK_COLUMN_PRINCIPAL && money[i] != JK_MISSING_MONEY
                          ? (size_t)sprintf(at, "%s%llu.%02llu", money[i] < 0 ? "-" : "",
                                            (unsigned long long)(size / 100), (unsigned long long)(size % 100))
                      : c == JK_COLUMN_BIRTH_YEAR && integers[i] != JK_MISSING_INTEGER
                          ? (size_t)sprintf(at, "%d", integers[i])
                      : c == JK_COLUMN_WRITTEN_OFF_ON && i < COUNT(days)   ? (size_t)sprintf(at, "%s", dates[i])
                      : c == JK_COLUMN_PRODUCT && i < COUNT(words)         ? quoted(words[i], at)
                      : c == JK_COLUMN_LEGAL_STATUS && i < levels && i < 9 ? (size_t)sprintf(at, "%s", names[i])
                      : c == JK_COLUMN_INTEREST_RATE && i < COUNT(rates)   ? 1
                                                                           : 0;
            if (c == JK_COLUMN_INTEREST_RATE && i < COUNT(rates)) {
                wanted[length - 1] = '#'; /* looked at below */
            }
            wanted[length++] = ',';
        }
        wanted[length - 1] = '\n';
        longest = length - begin > longest ? length - begin : longest;
    }
    memset(out, 'x', sizeof out);
    const char *end = jk_csv_put_rows(JK_KIND_TAPE, out, &block, &dictionaries);
    assert_int_equal(*end, 'x');
    assert_true(jk_csv_row_bound(JK_KIND_TAPE, &block, &dictionaries) > longest + 30);
    size_t read = 0;
    const char *at = out;
    for (size_t i = 0; i < length; i++) {
        if (wanted[i] != '#') {
            assert_int_equal(*at, wanted[i]);
            at++;
            continue;
        }
        char *behind = NULL; /* every rate is read back as it was */
        const double value = strtod(at, &behind);
        assert_true(value == rates[read]);
        char four[64];
        (void)snprintf(four, sizeof four, "%.4f", rates[read]);
        if (strtod(four, NULL) == rates[read] && fabs(rates[read]) < 1e11) { /* as amounts are: with four decimals */
            assert_int_equal((size_t)(behind - at), strlen(four));
            assert_memory_equal(at, four, strlen(four));
        }
        at = behind;
        read++;
    }
    assert_true(at == end && read == COUNT(rates));
}

static void the_header_names_the_columns(void **state) {
    (void)state;
    static char out[ROOM], wanted[ROOM];
    for (int kind = JK_KIND_TAPE; kind <= JK_KIND_PANEL; kind++) {
        size_t length = 0;
        for (int c = 0; c < JK_COLUMN_COUNT; c++) {
            if (jk_schema_in_csv((jk_kind)kind, (jk_column)c)) {
                length += (size_t)sprintf(wanted + length, "%s%s", length > 0 ? "," : "",
                                          jk_schema_column((jk_column)c)->name);
            }
        }
        length += (size_t)sprintf(wanted + length, "\n");
        const char *end = jk_csv_put_header((jk_kind)kind, out);
        assert_int_equal((size_t)(end - out), length);
        assert_memory_equal(out, wanted, length);
        assert_true(jk_csv_row_bound((jk_kind)kind, &(jk_block){.text_width = {8, 8}}, &(jk_csv_dictionaries){0}) >
                    length);
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static char seen[4096];

static jk_status note(void *context, const jk_csv_header *header, const jk_csv_field *field, int64_t line,
                      jk_error *error) {
    (void)error;
    size_t length = strlen(seen);
    length += (size_t)sprintf(seen + length, "%lld:", (long long)line);
    for (size_t f = 0; f < header->count; f++) {
        length += (size_t)sprintf(seen + length, "%.*s|", (int)field[f].length, field[f].text);
    }
    return context != NULL && line == *(const int64_t *)context ? JK_ERROR_DATA : JK_OK;
}

static void tables_are_read_row_by_row(void **state) {
    (void)state;
    static const struct {
        const char *text, *seen;
        int64_t line; /* of what is refused */
        const char *said;
    } cases[] = {
        {"a,b\n1, 2 \n3,4\n", "2:1|2|3:3|4|", 0, NULL},
        {"a;b\n1;\"x;\n\ny\"\n\n3;4", "2:1|x;\n\ny|6:3|4|", 0, NULL},
        {"\na,b\n1,2\n", "3:1|2|", 0, NULL},
        {"a,b\n", "", 0, NULL},
        {"a,b\n1,2\n3\n4,5\n", "2:1|2|", 3, "another number of fields than the header; expected 2 fields"},
        {"a,b\n1,2,3\n", "", 2, "another number of fields than the header; expected 2 fields"},
        {"a,b\n\"x\"y,2\n", "", 2, "quotes"},
        {"a,b\n1,2\n\"x,2\n", "2:1|2|", 3, ""},
    };
    jk_error error;
    for (size_t i = 0; i < COUNT(cases); i++) {
        make_file(cases[i].text, strlen(cases[i].text));
        seen[0] = '\0';
        error = (jk_error){0};
        const jk_status status = jk_csv_table_read(made_path, 1 << 20, note, NULL, &error);
        assert_int_equal(status, cases[i].said == NULL ? JK_OK : JK_ERROR_FORMAT);
        assert_int_equal(error.line, cases[i].line);
        assert_true(cases[i].said == NULL || strstr(error.message, cases[i].said) != NULL);
        assert_true(strncmp(seen, cases[i].seen, strlen(cases[i].seen)) == 0);
        assert_true(status != JK_OK || strcmp(seen, cases[i].seen) == 0);
    }
    make_file("a,b\n1,2\n3,4\n5,6\n", 16);
    int64_t stop = 3;
    seen[0] = '\0';
    assert_int_equal(jk_csv_table_read(made_path, 1 << 20, note, &stop, &error), JK_ERROR_DATA);
    assert_string_equal(seen, "2:1|2|3:3|4|");
    make_file("a\0b,c\n", 6);
    assert_int_equal(jk_csv_table_read(made_path, 1 << 20, note, NULL, &error), JK_ERROR_FORMAT);
    assert_int_equal(jk_csv_table_read("/nowhere/at/all", 1 << 20, note, NULL, &error), JK_ERROR_IO);
}

static void columns_are_found_by_name(void **state) {
    (void)state;
    const char *names[] = {"a", "bc", "a"};
    const jk_csv_header header = {.count = 3, .names = names};
    assert_int_equal(jk_csv_table_column(&header, "a"), 0);
    assert_int_equal(jk_csv_table_column(&header, "bc"), 1);
    assert_true(jk_csv_table_column(&header, "b") == SIZE_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_written), cmocka_unit_test(the_header_names_the_columns),
        cmocka_unit_test(tables_are_read_row_by_row), cmocka_unit_test(columns_are_found_by_name)};
    return cmocka_run_group_tests(tests, name_made, drop_made);
}
