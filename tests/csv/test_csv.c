/* SPDX-License-Identifier: Apache-2.0 */
/* CSV text against a plain reader written from the rules in tape/csv.h: random texts of the few bytes that matter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

#include "base/number/calendar.h"
#include "csv/csv.h"
#include "csv/value.h"
#include "jalki/schema.h"

static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* ---- a plain reader ---------------------------------------------------------------------------------------- */

enum { TEXT_MAX = 400, ROWS_MAX = 200, FIELDS_MAX = 40 };

typedef struct plain_row {
    uint32_t line;
    int fault; /* a jk_csv_fault, 0 for a good row */
    size_t fields;
    char text[TEXT_MAX];
    size_t end[FIELDS_MAX * 10];
} plain_row;

/* Reads one row of text without quotes at *at. Returns false where there is none (an empty line, the end). */
static bool plain_read(const char *text, size_t length, size_t *at, uint32_t *line, char separator, plain_row *row) {
    size_t start = *at;
    size_t end = start;
    while (end < length && text[end] != '\n') {
        end++;
    }
    *at = end < length ? end + 1 : end;
    row->line = (*line)++;
    while (end > start && text[end - 1] == '\r') {
        end--;
    }
    row->fields = 0;
    row->fault = memchr(text + start, '\0', end - start) != NULL ? JK_CSV_NUL_BYTE : 0;
    size_t out = 0;
    for (size_t i = start; i <= end; i++) {
        if (i == end || text[i] == separator) {
            row->end[row->fields++] = out;
        } else {
            row->text[out++] = text[i];
        }
    }
    return end > start;
}

static char *with_slack(const char *text, size_t length, char **memory) {
    *memory = calloc(2 * length + 4 * JK_CSV_SLACK, 1);
    assert_non_null(*memory);
    memset(*memory, ',', JK_CSV_SLACK); /* what lies around must not matter */
    char *start = *memory + JK_CSV_SLACK;
    memcpy(start, text, length);
    memset(start + length, '\n', JK_CSV_SLACK);
    return start;
}

static void check_rows(const jk_csv_kernel *kernel, bool slow, const char *bytes, size_t length, uint32_t fields) {
    char *memory = NULL;
    char *text = with_slack(bytes, length, &memory);
    jk_csv_cursor cursor = {.text = text,
                            .length = length,
                            .flags = kernel->scan(text, length) | (slow ? JK_CSV_NULS : 0U),
                            .dialect = {.separator = ',', .fields = fields}};
    uint32_t *ends = malloc(jk_csv_tile_size(fields));
    uint32_t lines[JK_CSV_TILE_ROWS + 1];
    static plain_row row;
    size_t at = 0;
    uint32_t line = 0;
    while (cursor.position < cursor.length) {
        size_t rows = kernel->tile(&cursor, ends, lines);
        for (size_t r = 0; r <= rows; r++) {
            if (r == rows && cursor.bad.fault == 0) {
                break;
            }
            bool found = false;
            while (!found && at < length) {
                found = plain_read(bytes, length, &at, &line, ',', &row);
            }
            assert_true(found);
            if (r == rows) {
                assert_int_equal(cursor.bad.line, row.line);
                int fault = row.fault != 0 ? row.fault : JK_CSV_FIELD_COUNT;
                assert_int_equal(cursor.bad.fault, fault);
                assert_true(row.fault != 0 || row.fields != fields);
                cursor.bad.fault = 0;
                break;
            }
            assert_int_equal(row.fault, 0);
            assert_int_equal(row.fields, fields);
            assert_int_equal(lines[r], row.line);
            const uint32_t *own = ends + r * (fields + 1);
            for (uint32_t f = 0; f < fields; f++) {
                uint32_t start = own[f] + 1u;
                size_t from = f == 0 ? 0 : row.end[f - 1];
                assert_int_equal(own[f + 1] - start, row.end[f] - from);
                assert_memory_equal(text + start, row.text + from, row.end[f] - from);
            }
        }
    }
    bool more = false;
    while (!more && at < length) {
        more = plain_read(bytes, length, &at, &line, ',', &row);
    }
    assert_false(more);
    free(ends);
    free(memory);
}

static void rows_agree_with_a_plain_reader(void **state) {
    (void)state;
    static const char alphabets[][12] = {"ab,,\n", "a,\n\r", "a,\n\r\r", "abcdefgh,\n", "a,\n"};
    uint64_t seed = 7;
    for (int round = 0; round < 30000; round++) {
        const char *alphabet = alphabets[next_random(&seed) % 5];
        char text[TEXT_MAX];
        size_t length = next_random(&seed) % 150;
        for (size_t i = 0; i < length; i++) {
            text[i] = alphabet[next_random(&seed) % strlen(alphabet)];
            if (next_random(&seed) % 500 == 0) {
                text[i] = '\0';
            }
        }
        uint32_t fields = 1 + next_random(&seed) % 4;
        for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
            if (jk_isa_runs((jk_isa)isa)) {
                check_rows(jk_csv_kernel_of((jk_isa)isa), round % 5 == 0, text, length, fields);
            }
        }
    }
}

/* ---- quotes ------------------------------------------------------------------------------------------------ */

/* Rows of a text as they are read, one a line of `out`: cells between bars, "!fault" for a bad row; odd rows counted.
 */
typedef struct read_text {
    char out[16 * TEXT_MAX];
    uint32_t lone, long_cells, lines;
} read_text;

static void put_rows(read_text *read, const char *text, const uint32_t *ends, size_t rows, uint32_t fields) {
    size_t at = strlen(read->out);
    for (size_t r = 0; r < rows; r++) {
        for (uint32_t f = 0; f < fields; f++) {
            size_t start = ends[r * (fields + 1) + f] + 1u;
            size_t length = ends[r * (fields + 1) + f + 1] - start;
            read->out[at++] = '|';
            memcpy(read->out + at, text + start, length);
            at += length;
        }
        read->out[at++] = '|';
        read->out[at++] = '\n';
        read->out[at] = '\0';
        assert_true(at < sizeof read->out - TEXT_MAX);
    }
}

/* Reads `text` in pieces that are cut as a reader with this window cuts them. */
static void read_in_windows(const char *bytes, size_t length, const jk_csv_dialect *dialect, size_t window,
                            read_text *read) {
    uint32_t ends[(JK_CSV_TILE_ROWS + 2) * 8 + 200];
    uint32_t lines[JK_CSV_TILE_ROWS + 1];
    *read = (read_text){.out = ""};
    for (size_t start = 0, size = window; start < length;) {
        bool whole = size >= length - start;
        size_t seen = whole ? length - start : size;
        unsigned flags = jk_csv_scan(bytes + start, seen);
        jk_csv_cut cut = jk_csv_find_cut(bytes + start, seen, dialect, flags, whole);
        if (cut.end == 0) {
            assert_false(whole);
            size *= 2;
            continue;
        }
        char *memory = NULL;
        char *text = with_slack(bytes + start, seen, &memory);
        jk_csv_cursor cursor = {.text = text,
                                .length = cut.end,
                                .readable = seen,
                                .more = !whole,
                                .flags = flags,
                                .side_end = seen + JK_CSV_SLACK,
                                .dialect = *dialect};
        while (cursor.position < cursor.length) {
            put_rows(read, text, ends, jk_csv_tile(&cursor, ends, lines), dialect->fields);
            if (cursor.bad.fault != 0) {
                (void)snprintf(read->out + strlen(read->out), 32, "!%d\n", (int)cursor.bad.fault);
                cursor.bad.fault = (jk_csv_fault)0;
            }
        }
        read->lone += cursor.lone_quotes.count;
        read->long_cells += cursor.long_cells.count;
        read->lines += cursor.line;
        free(memory);
        start += cut.end;
        size = window;
    }
}

/* Wherever a text is cut, its rows are the same, also those whose quotes do not fit. */
static void cuts_never_show(void **state) {
    (void)state;
    static const char alphabets[][16] = {"a,\n\"\"", "a,,\n\n\"", "a,\n\"\r\\", " a,\n\"\"\"", "a,b,c\n\n\n\""};
    static read_text whole, cut;
    uint64_t seed = 23;
    for (int round = 0; round < 40000; round++) {
        const char *alphabet = alphabets[next_random(&seed) % 5];
        jk_csv_dialect dialect = {.separator = ',',
                                  .fields = 1 + next_random(&seed) % 3,
                                  .escapes = next_random(&seed) % 4 == 0,
                                  .no_quotes = next_random(&seed) % 8 == 0};
        char text[TEXT_MAX];
        size_t length = next_random(&seed) % 90;
        for (size_t i = 0; i < length; i++) {
            text[i] = alphabet[next_random(&seed) % strlen(alphabet)];
        }
        read_in_windows(text, length, &dialect, TEXT_MAX, &whole);
        read_in_windows(text, length, &dialect, 1 + next_random(&seed) % 40, &cut);
        if (strcmp(whole.out, cut.out) != 0) {
            fail_msg("'%.*s' of %u fields:\n%s and in pieces\n%s", (int)length, text, dialect.fields, whole.out,
                     cut.out);
        }
        assert_int_equal(whole.lone, cut.lone);
        assert_int_equal(whole.long_cells, cut.long_cells);
        assert_int_equal(whole.lines, cut.lines);
    }
}

/* What is written by the rules is read as it was, and nothing is said. */
static void what_is_written_well_is_read_back(void **state) {
    (void)state;
    static read_text read;
    uint64_t seed = 29;
    for (int round = 0; round < 10000; round++) {
        char text[TEXT_MAX * 4];
        char expected[16 * TEXT_MAX] = "";
        size_t at = 0;
        for (size_t rows = 1 + next_random(&seed) % 4; rows > 0; rows--) {
            for (int field = 0; field < 3; field++) {
                char cell[16] = "";
                size_t length = next_random(&seed) % 6;
                for (size_t i = 0; i < length; i++) {
                    cell[i] =
                        (field == 0 ? "ab\" ," : "ab\" \n")[next_random(&seed) % 5]; /* not both: see lone quotes */
                }
                at += (size_t)sprintf(text + at, "%s\"", field > 0 ? "," : "");
                for (size_t i = 0; i < length; i++) {
                    at += (size_t)sprintf(text + at, cell[i] == '"' ? "\"\"" : "%c", cell[i]);
                }
                at += (size_t)sprintf(text + at, "\"");
                (void)strcat(strcat(expected, "|"), cell);
            }
            at += (size_t)sprintf(text + at, "\n");
            (void)strcat(expected, "|\n");
        }
        read_in_windows(text, at, &(jk_csv_dialect){.separator = ',', .fields = 3}, 1 + next_random(&seed) % 90, &read);
        assert_string_equal(read.out, expected);
        assert_int_equal(read.lone, 0);
    }
}

typedef struct quote_case {
    const char *text, *rows;
    uint32_t lone;
} quote_case;

/* Quotes as sellers leave them, with what is right by eye; three fields. */
static void quotes_that_do_not_fit(void **state) {
    (void)state;
    static const quote_case cases[] = {
        /* two lone quotes hide no rows */
        {"a;\"b;c\nd;e;f\ng;h\";i\nj;k;l\n", "|a|\"b|c|\n|d|e|f|\n|g|h\"|i|\n|j|k|l|\n", 1},
        {"a;\"b;c\nd;\"e;f\ng;h;i\n", "|a|\"b|c|\n|d|\"e|f|\n|g|h|i|\n", 2},
        {"a;b;\"c\nd;e;f\n", "|a|b|\"c|\n|d|e|f|\n", 1},
        {"a;b;\"c", "|a|b|\"c|\n", 1},
        /* a cell of several lines stays one, also in the last column and with separators */
        {"a;\"b\nb\";c\n", "|a|b\nb|c|\n", 0},
        {"a;b;\"c\nc\"\nd;e;f\n", "|a|b|c\nc|\n|d|e|f|\n", 0},
        {"a;\"b;b\nb\";c\n", "|a|b;b\nb|c|\n", 0},
        /* quotes within quotes, and backslashes before them */
        {"a;\"Oy \"Testi\" Ab\";c\n", "|a|Oy \"Testi\" Ab|c|\n", 1},
        {"a;\"Oy \\\"Testi\\\" Ab\";c\n", "|a|Oy \"Testi\" Ab|c|\n", 1},
        {"a;\"b; \"x\" ; b\";c\n", "!2\n", 0},
        /* spaces around quotes */
        {"a; \"b;b\" ;c\n", "|a|b;b|c|\n", 0},
        {"\"a\";\"b\";\"c\" \r\n", "|a|b|c|\n", 0},
        {"\xef\xbb\xbf\"a;\";b;c\n", "|a;|b|c|\n", 0},
        /* what cannot be understood costs its line, not the next */
        {"\"a;b\nc;d;e\n", "!4\n|c|d|e|\n", 0},
        {"a;\"b\"x;c;d\ne;f;g\n", "!2\n|e|f|g|\n", 0},
    };
    static read_text read;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t window = 1; window <= 64; window += 9) {
            read_in_windows(cases[i].text, strlen(cases[i].text), &(jk_csv_dialect){.separator = ';', .fields = 3},
                            window, &read);
            assert_string_equal(read.out, cases[i].rows);
            assert_int_equal(read.lone, cases[i].lone);
        }
    }
}

static void dialects_change_what_quotes_mean(void **state) {
    (void)state;
    static read_text read;
    const char *text = "\"a;b\\;b;c\n";
    read_in_windows(text, strlen(text), &(jk_csv_dialect){.separator = ';', .fields = 4, .no_quotes = true}, 9, &read);
    assert_string_equal(read.out, "|\"a|b\\|b|c|\n");
    read_in_windows(text, strlen(text),
                    &(jk_csv_dialect){.separator = ';', .fields = 3, .no_quotes = true, .escapes = true}, 9, &read);
    assert_string_equal(read.out, "|\"a|b;b|c|\n");
    text = "\"a\\\"a\";b\n";
    read_in_windows(text, strlen(text), &(jk_csv_dialect){.separator = ';', .fields = 2, .escapes = true}, 3, &read);
    assert_string_equal(read.out, "|a\"a|b|\n");
    assert_int_equal(read.lone, 0);
}

/* A cell of more than three lines is told, one of more than twenty is not believed. */
static void long_cells_are_told(void **state) {
    (void)state;
    static read_text read;
    for (int lines = 1; lines <= 22; lines++) {
        char text[TEXT_MAX] = "a;\"b";
        for (int i = 0; i < lines; i++) {
            (void)strcat(text, "\nx");
        }
        (void)strcat(text, "\"\n");
        read_in_windows(text, strlen(text), &(jk_csv_dialect){.separator = ';', .fields = 2}, 16, &read);
        assert_int_equal(read.long_cells, lines >= 3 && lines <= JK_CSV_CELL_LINES);
        assert_int_equal(read.lines, lines + 1);
        assert_int_equal(strncmp(read.out, "|a|", 3) == 0, 1);
    }
    assert_non_null(strstr(read.out, "!1"));
}

/* ---- values ------------------------------------------------------------------------------------------------ */

static char cell_memory[256];

static const char *cell(const char *text) {
    memset(cell_memory, '7', sizeof cell_memory); /* digits around: the quick readers must not see them */
    memcpy(cell_memory + 64, text, strlen(text));
    return cell_memory + 64;
}

/* A quick reader gives the careful reader's value or none. */
static void quick_readers_agree_with_careful_ones(void **state) {
    (void)state;
    uint64_t seed = 3;
    const jk_csv_month *months = jk_csv_month_table();
    int quick = 0;
    for (int round = 0; round < 300000; round++) {
        char text[32];
        size_t length = 1 + next_random(&seed) % 13;
        for (size_t i = 0; i < length; i++) {
            text[i] =
                next_random(&seed) % 8 == 0 ? ".-+ :/e"[next_random(&seed) % 7] : (char)('0' + next_random(&seed) % 10);
        }
        text[length] = '\0';
        if (round % 3 == 0) {
            (void)snprintf(text, sizeof text, "%04u-%02u-%02u", 1890 + next_random(&seed) % 300,
                           next_random(&seed) % 14, next_random(&seed) % 33);
            length = 10;
        } else if (round % 3 == 1) {
            length = (size_t)snprintf(text, sizeof text, "%u.%02u", next_random(&seed) % 200000000,
                                      next_random(&seed) % 100);
        }
        const char *at = cell(text);
        int64_t money = 0;
        int64_t careful_money = 0;
        int32_t number = 0;
        int32_t careful_number = 0;
        double real = 0.0;
        double careful_real = 0.0;
        const jk_csv_format *format = &jk_csv_canonical_format;
        if (jk_csv_quick_money(at, length, &money)) {
            assert_int_equal(jk_csv_to_money(text, length, format, &careful_money), JK_CSV_OK);
            assert_int_equal(money, careful_money);
            quick++;
        }
        if (jk_csv_quick_integer(at, length, &number)) {
            assert_int_equal(jk_csv_to_integer(text, length, format, &careful_number), JK_CSV_OK);
            assert_int_equal(number, careful_number);
        }
        if (jk_csv_quick_real(at, length, &real)) {
            assert_int_equal(jk_csv_to_real(text, length, format, &careful_real), JK_CSV_OK);
            assert_true(real == careful_real);
        }
        int32_t civil = 0;
        bool is_date = jk_date_parse(text, length, &civil);
        bool is_quick = jk_csv_quick_date(months, at, length, &number);
        if (is_quick) {
            assert_true(is_date);
            assert_int_equal(number, civil);
        }
        bool partial = false; /* a day or month of 00, which only the careful reader takes */
        jk_csv_read read = jk_csv_to_date_part(text, length, format, &careful_number, &partial);
        assert_int_equal(read == JK_CSV_OK && !partial, is_date);
        int32_t year = is_date ? jk_civil_from_date(civil).year : 0;
        assert_true(is_quick || year < JK_CSV_FIRST_YEAR || year >= JK_CSV_FIRST_YEAR + JK_CSV_YEARS);
    }
    assert_true(quick > 10000);
}

typedef struct money_case {
    const char *text;
    jk_csv_read read;
    int64_t money;
} money_case;

static void money_is_rounded_half_away_from_zero(void **state) {
    (void)state;
    static const money_case cases[] = {
        {"0.005", JK_CSV_OK, 1},
        {"-0.005", JK_CSV_OK, -1},
        {"0.0049999999999999999999", JK_CSV_OK, 0},
        {"1.115", JK_CSV_OK, 112},
        {"-1.115", JK_CSV_OK, -112},
        {"10000000000", JK_CSV_OK, JK_MONEY_MAX},
        {"10000000000.004", JK_CSV_OK, JK_MONEY_MAX},
        {"10000000000.005", JK_CSV_RANGE, 0},
        {"99999999999999999999999999", JK_CSV_RANGE, 0},
        {"000000000000000000000000001", JK_CSV_OK, 100},
        {"+5", JK_CSV_OK, 500},
        {" 5\t", JK_CSV_OK, 500},
        {"5.", JK_CSV_OK, 500},
        {".5", JK_CSV_OK, 50},
        {".", JK_CSV_BAD, 0},
        {"-", JK_CSV_BAD, 0},
        {"5,5", JK_CSV_BAD, 0},
        {"1e3", JK_CSV_OK, 100000},
        {"1,5e3", JK_CSV_BAD, 0},
        {"99999999999999999999999999x", JK_CSV_BAD, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t money = 0;
        assert_int_equal(jk_csv_to_money(cases[i].text, strlen(cases[i].text), &jk_csv_canonical_format, &money),
                         cases[i].read);
        assert_int_equal(money, cases[i].money);
    }
}

static void marks_and_units(void **state) {
    (void)state;
    jk_csv_format format = {.decimal = ',', .thousands = "\xc2\xa0", .date = "%d.%m.%Y"};
    int64_t money = 0;
    double real = 0.0;
    int32_t date = 0;
    const char *text = "1\xc2\xa0"
                       "234\xc2\xa0"
                       "567,89";
    assert_int_equal(jk_csv_to_money(text, strlen(text), &format, &money), JK_CSV_OK);
    assert_int_equal(money, 123456789);
    text = "12\xc2\xa0"
           "34";
    assert_int_equal(jk_csv_to_money(text, strlen(text), &format, &money), JK_CSV_BAD);
    format.scale = -2;
    assert_int_equal(jk_csv_to_money("149,5", 5, &format, &money), JK_CSV_OK);
    assert_int_equal(money, 150);
    assert_int_equal(jk_csv_to_real("9,35", 4, &format, &real), JK_CSV_OK);
    assert_true(real == 0.0935);
    format.scale = 3;
    assert_int_equal(jk_csv_to_money("1,23456", 7, &format, &money), JK_CSV_OK);
    assert_int_equal(money, 123456);
    assert_int_equal(jk_csv_to_date("1.2.2024", 8, &format, &date), JK_CSV_OK);
    assert_int_equal(date, jk_date_from_civil(2024, 2, 1));
    assert_int_equal(jk_csv_to_date("31.02.2024", 10, &format, &date), JK_CSV_BAD);
    format.date = "%b-%Y";
    assert_int_equal(jk_csv_to_date("Dec-2015", 8, &format, &date), JK_CSV_OK);
    assert_int_equal(date, jk_date_from_civil(2015, 12, 1));
    format.date = "%Y%m%d%*";
    assert_int_equal(jk_csv_to_date("20240229T10:00", 14, &format, &date), JK_CSV_OK);
    assert_int_equal(date, jk_date_from_civil(2024, 2, 29));
    assert_true(jk_csv_date_format_is_valid("%d/%m/%y"));
    assert_false(jk_csv_date_format_is_valid("%d"));
    assert_false(jk_csv_date_format_is_valid("%Y-%q"));
    assert_false(jk_csv_date_format_is_valid("%Y-%m-%"));
}

static void utf8_is_checked(void **state) {
    (void)state;
    assert_true(jk_unicode_is_utf8("M\xc3\xa4kinen", 8));
    assert_true(jk_unicode_is_utf8("\xf0\x9f\x98\x80", 4));
    static const char *const bad[] = {"\xe4",         "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xe0\x80\x80", "a\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(jk_unicode_is_utf8(bad[i], strlen(bad[i])));
    }
    assert_false(jk_unicode_is_utf8("a\0b", 3));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_agree_with_a_plain_reader),
        cmocka_unit_test(cuts_never_show),
        cmocka_unit_test(what_is_written_well_is_read_back),
        cmocka_unit_test(quotes_that_do_not_fit),
        cmocka_unit_test(dialects_change_what_quotes_mean),
        cmocka_unit_test(long_cells_are_told),
        cmocka_unit_test(quick_readers_agree_with_careful_ones),
        cmocka_unit_test(money_is_rounded_half_away_from_zero),
        cmocka_unit_test(marks_and_units),
        cmocka_unit_test(utf8_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
