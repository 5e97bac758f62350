/* SPDX-License-Identifier: Apache-2.0 */
/* CSV text against a plain reader written from the rules in tape/csv.h: random texts of the few bytes that matter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

#include "base/calendar.h"
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

/* Reads one row at *at. Returns false where there is none (an empty line, the end). */
static bool plain_read(const char *text, size_t length, size_t *at, uint32_t *line, char separator, plain_row *row) {
    enum { START, UNQUOTED, QUOTED, AFTER } state = START;
    size_t out = 0;
    bool junk = false;
    bool nul = false;
    size_t start = *at;
    size_t after = 0; /* first byte after the closing quote */
    row->line = *line;
    row->fields = 0;
    size_t i = start;
    for (;; i++) {
        bool ended = i >= length;
        char c = ended ? '\n' : text[i];
        if (state == QUOTED && !ended) {
            nul |= c == '\0';
            if (c == '"' && i + 1 < length && text[i + 1] == '"') {
                row->text[out++] = '"';
                i++;
            } else if (c == '"') {
                state = AFTER;
                after = i + 1;
            } else {
                row->text[out++] = c;
                *line += c == '\n';
            }
            continue;
        }
        if (state == START && c == '"' && !ended) {
            state = QUOTED;
            continue;
        }
        if (c == separator || c == '\n') {
            size_t field_start = row->fields == 0 ? 0 : row->end[row->fields - 1];
            bool own_cr =
                c == '\n' && i > start && text[i - 1] == '\r' && state != START && (state != AFTER || i > after);
            if (own_cr && out > field_start) {
                out--;
            }
            row->end[row->fields++] = out;
            state = START;
            if (c == '\n') {
                break;
            }
            continue;
        }
        nul |= c == '\0';
        junk |= state == AFTER && !(c == '\r' && (i + 1 >= length || text[i + 1] == '\n'));
        row->text[out++] = c;
        state = state == START ? UNQUOTED : state;
    }
    *line += 1;
    *at = i < length ? i + 1 : length;
    row->fault = nul ? JK_CSV_NUL_BYTE : junk ? JK_CSV_BAD_QUOTES : 0;
    size_t end = i > length ? length : i;
    size_t content = end > start && text[end - 1] == '\r' ? end - 1 : end;
    return content > start;
}

static bool ends_in_quotes(const char *text, size_t length, char separator) {
    bool open = false;
    for (size_t i = 0; i < length; i++) {
        if (open && text[i] == '"') {
            if (i + 1 < length && text[i + 1] == '"') {
                i++;
            } else {
                open = false;
            }
        } else if (!open && text[i] == '"') {
            open = i == 0 || text[i - 1] == separator || text[i - 1] == '\n';
        }
    }
    return open;
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

static void check_rows(const jk_csv_kernel *kernel, const char *bytes, size_t length, uint32_t fields) {
    char *memory = NULL;
    char *text = with_slack(bytes, length, &memory);
    jk_csv_cursor cursor = {
        .text = text, .length = length, .flags = kernel->scan(text, length), .separator = ',', .fields = fields};
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
    static const char alphabets[][12] = {"ab,,\n\"", "a,\n\r", "a,\n\r\"\"", "\"\"\",\n", "abcdefgh,\n", "a,\n"};
    uint64_t seed = 7;
    for (int round = 0; round < 30000; round++) {
        const char *alphabet = alphabets[next_random(&seed) % 6];
        char text[TEXT_MAX];
        size_t length = next_random(&seed) % 150;
        for (size_t i = 0; i < length; i++) {
            text[i] = alphabet[next_random(&seed) % strlen(alphabet)];
            if (next_random(&seed) % 500 == 0) {
                text[i] = '\0';
            }
        }
        if (!ends_in_quotes(text, length, ',')) {
            uint32_t fields = 1 + next_random(&seed) % 4;
            for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
                if (jk_isa_runs((jk_isa)isa)) {
                    check_rows(jk_csv_kernel_of((jk_isa)isa), text, length, fields);
                }
            }
        }
    }
}

/* The cut is where the plain reader's last complete row ends. */
static void cuts_fall_between_rows(void **state) {
    (void)state;
    uint64_t seed = 11;
    for (int round = 0; round < 30000; round++) {
        char text[TEXT_MAX];
        size_t length = next_random(&seed) % 60;
        for (size_t i = 0; i < length; i++) {
            text[i] = "a,\n\"\"\r"[next_random(&seed) % 6];
        }
        size_t expected = 0;
        for (size_t i = 0; i < length; i++) {
            if (text[i] == '\n' && !ends_in_quotes(text, i + 1, ',')) {
                expected = i + 1;
            }
        }
        jk_csv_cut cut = jk_csv_find_cut(text, length, ',', memchr(text, '"', length) != NULL);
        assert_int_equal(cut.end, expected);
        assert_int_equal(cut.open, ends_in_quotes(text, length, ','));
    }
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
        assert_int_equal(jk_csv_to_date(text, length, format, &careful_number) == JK_CSV_OK, is_date);
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
        {"1e3", JK_CSV_BAD, 0},
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
    assert_true(jk_csv_is_utf8("M\xc3\xa4kinen", 8));
    assert_true(jk_csv_is_utf8("\xf0\x9f\x98\x80", 4));
    static const char *const bad[] = {"\xe4",         "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xe0\x80\x80", "a\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(jk_csv_is_utf8(bad[i], strlen(bad[i])));
    }
    assert_false(jk_csv_is_utf8("a\0b", 3));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_agree_with_a_plain_reader),
        cmocka_unit_test(cuts_fall_between_rows),
        cmocka_unit_test(quick_readers_agree_with_careful_ones),
        cmocka_unit_test(money_is_rounded_half_away_from_zero),
        cmocka_unit_test(marks_and_units),
        cmocka_unit_test(utf8_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
