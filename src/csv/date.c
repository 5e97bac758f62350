/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as they are written: by format, as a spreadsheet's day number, with months by name in five languages and
 * English, without a day or a month. */
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/number/calendar.h"
#include "csv/value.h"

enum { USUAL_PIVOT = 70, EXCEL_FIRST = -25569 /* 1899-12-30 */, EXCEL_LAST = 2958465 /* 9999-12-31 */ };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* What is read of a date; 0: not known. */
typedef struct date_parts {
    int32_t year, month, day;
    bool has_month, has_day;
} date_parts;

static bool read_number(const char *text, size_t length, size_t *at, int most, int32_t *value) {
    int32_t sum = 0;
    int digits = 0;
    while (digits < most && *at < length && is_digit(text[*at])) {
        sum = sum * 10 + (text[(*at)++] - '0');
        digits++;
    }
    *value = sum;
    return digits > 0;
}

/* By their beginnings, the longer before the shorter: English, Swedish, Danish, Norwegian, Finnish, Estonian. */
static const struct {
    const char *word;
    int32_t month;
} month_names[] = {{"marras", 11},     {"maalis", 3}, {"mar", 3},   {"m\xc3\xa4r", 3},   {"maj", 5},   {"mai", 5},
                   {"may", 5},         {"touko", 5},  {"jan", 1},   {"jaan", 1},         {"tammi", 1}, {"feb", 2},
                   {"veeb", 2},        {"helmi", 2},  {"apr", 4},   {"huhti", 4},        {"jun", 6},   {"juun", 6},
                   {"kes\xc3\xa4", 6}, {"jul", 7},    {"juul", 7},  {"hein\xc3\xa4", 7}, {"aug", 8},   {"elo", 8},
                   {"sep", 9},         {"syys", 9},   {"oct", 10},  {"okt", 10},         {"loka", 10}, {"nov", 11},
                   {"dec", 12},        {"des", 12},   {"dets", 12}, {"joulu", 12}};

static bool is_letter(char c) {
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 0xc3;
}

/* The name, the letters that go on behind it, and a full stop. */
static bool read_month_name(const char *text, size_t length, size_t *at, int32_t *month) {
    for (size_t i = 0; i < sizeof month_names / sizeof month_names[0]; i++) {
        size_t word = strlen(month_names[i].word);
        if (length - *at >= word && strncasecmp(text + *at, month_names[i].word, word) == 0) {
            *at += word;
            while (*at < length && (is_letter(text[*at]) || ((unsigned char)text[*at] & 0xc0) == 0x80)) {
                (*at)++;
            }
            *at += *at < length && text[*at] == '.';
            *month = month_names[i].month;
            return true;
        }
    }
    return false;
}

static bool read_part(char part, const char *text, size_t length, size_t *at, int pivot, date_parts *parts) {
    size_t start = *at;
    switch (part) {
    case 'Y':
        return read_number(text, length, at, 4, &parts->year) && *at - start == 4;
    case 'y': {
        bool read = read_number(text, length, at, 2, &parts->year);
        parts->year += parts->year < (pivot > 0 ? pivot : USUAL_PIVOT) ? 2000 : 1900;
        return read;
    }
    case 'm':
        parts->has_month = true;
        return read_number(text, length, at, 2, &parts->month);
    case 'd':
        parts->has_day = true;
        return read_number(text, length, at, 2, &parts->day);
    case 'b':
        parts->has_month = true;
        return *at <= length && read_month_name(text, length, at, &parts->month);
    default: /* %* */
        *at = length;
        return true;
    }
}

/* The number of a day as spreadsheets count them, from 1899-12-30 on; a time of day behind the mark is dropped. */
static jk_csv_read read_excel(const char *text, size_t length, int32_t *date) {
    int32_t days = 0;
    size_t at = 0;
    if (!read_number(text, length, &at, 7, &days)) {
        return JK_CSV_BAD;
    }
    if (at < length && (text[at] == '.' || text[at] == ',')) {
        for (at++; at < length && is_digit(text[at]); at++) {
        }
    }
    if (at != length || days < 1 || days > EXCEL_LAST) {
        return JK_CSV_BAD;
    }
    *date = EXCEL_FIRST + days;
    return JK_CSV_OK;
}

/* A day or month that is written as 00, or not at all, is the first. */
static jk_csv_read make_date(date_parts parts, int32_t *date, bool *partial) {
    bool zero = (parts.has_month && parts.month == 0) || (parts.has_day && parts.day == 0);
    if (parts.month == 0) {
        parts.month = 1;
        parts.day = parts.has_day && parts.day > 0 && parts.has_month ? parts.day : 1;
    }
    parts.day = parts.day == 0 ? 1 : parts.day;
    if (!jk_civil_is_valid(parts.year, parts.month, parts.day)) {
        return JK_CSV_BAD;
    }
    *partial = zero;
    *date = jk_date_from_civil(parts.year, parts.month, parts.day);
    return JK_CSV_OK;
}

static jk_csv_read read_as(const char *text, size_t length, const char *written, const jk_csv_format *format,
                           int32_t *date, bool *partial) {
    date_parts parts = {0};
    size_t at = 0;
    if (strcmp(written, "excel") == 0) {
        return read_excel(text, length, date);
    }
    bool canonical = strcmp(written, jk_csv_canonical_format.date) == 0; /* there every part has all its digits */
    if (canonical && length != 10) {
        return JK_CSV_BAD;
    }
    for (const char *f = written; *f != '\0'; f++) {
        bool read = false;
        if (*f != '%') {
            read = at < length && text[at] == *f;
            at++;
        } else {
            read = read_part(*++f, text, length, &at, format->pivot, &parts);
        }
        if (!read) {
            return JK_CSV_BAD;
        }
    }
    return at == length ? make_date(parts, date, partial) : JK_CSV_BAD;
}

jk_csv_read jk_csv_to_date_part(const char *text, size_t length, const jk_csv_format *format, int32_t *date,
                                bool *partial) {
    jk_csv_trim(&text, &length);
    *partial = false;
    jk_csv_read read = read_as(text, length, format->date, format, date, partial);
    for (size_t i = 0; read != JK_CSV_OK && i < format->more_date_count; i++) {
        read = read_as(text, length, format->more_dates[i], format, date, partial);
    }
    if (read != JK_CSV_OK && jk_date_parse(text, length, date)) {
        read = JK_CSV_OK; /* as a workbook's dates come, whatever its texts are written like */
    }
    return read;
}

jk_csv_read jk_csv_to_date(const char *text, size_t length, const jk_csv_format *format, int32_t *date) {
    bool partial = false;
    return jk_csv_to_date_part(text, length, format, date, &partial);
}

bool jk_csv_date_format_is_valid(const char *format) {
    bool year = false;
    bool month = false;
    bool day = false;
    if (strcmp(format, "excel") == 0) {
        return true;
    }
    for (const char *f = format; *f != '\0'; f++) {
        if (*f != '%') {
            continue;
        }
        f++;
        if (*f == '\0' || strchr("Yymdb*", *f) == NULL || (*f == '*' && f[1] != '\0')) {
            return false;
        }
        year |= *f == 'Y' || *f == 'y';
        month |= *f == 'm' || *f == 'b';
        day |= *f == 'd';
    }
    return year && (month || !day);
}

static jk_csv_month month_table[JK_CSV_YEARS * 16];
static pthread_once_t month_table_made = PTHREAD_ONCE_INIT;

static void make_month_table(void) {
    for (int32_t year = 0; year < JK_CSV_YEARS; year++) {
        for (int32_t month = 1; month <= 12; month++) {
            int32_t civil_year = JK_CSV_FIRST_YEAR + year;
            month_table[year * 16 + month] = (jk_csv_month){.before = jk_date_from_civil(civil_year, month, 1) - 1,
                                                            .days = jk_days_in_month(civil_year, month)};
        }
    }
}

const jk_csv_month *jk_csv_month_table(void) {
    (void)pthread_once(&month_table_made, make_month_table);
    return month_table;
}

const char *jk_csv_date_guess(const char *text, size_t length) {
    static const char *const formats[] = {"%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y",
                                          "%Y%m%d",   "%d %b %Y", "%d-%b-%Y", "%b-%Y",    "%m/%Y",
                                          "%Y-%m",    "%d.%m.%y", "%d/%m/%y"};
    enum { NUMBER_LOW = 20000 /* 1954 */, NUMBER_HIGH = 60000 /* 2064 */, NUMBER_DIGITS = 5, LONGEST = 24 };
    int32_t number = 0;
    int32_t date = 0;
    size_t at = 0;
    if (length > LONGEST || jk_csv_to_date(text, length, &jk_csv_canonical_format, &date) == JK_CSV_OK) {
        return NULL; /* it is one as it stands, if out of bounds */
    }
    if (length == NUMBER_DIGITS && read_number(text, length, &at, NUMBER_DIGITS, &number) && at == length) {
        return number >= NUMBER_LOW && number <= NUMBER_HIGH ? "excel" : NULL;
    }
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        jk_csv_format format = jk_csv_canonical_format;
        format.date = formats[i];
        if (jk_csv_to_date(text, length, &format, &date) == JK_CSV_OK) {
            return formats[i];
        }
    }
    return NULL;
}
