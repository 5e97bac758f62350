/* SPDX-License-Identifier: Apache-2.0 */
/* From cells to typed values. Two levels: the quick readers below take the usual shapes (eight bytes at a time, no
 * loops) and say no to everything else; the careful readers in csv_value.c take every accepted shape and name what is
 * wrong. Both give the same value where both give one.
 *
 * The quick readers may look at up to 8 bytes before and after the cell. */
#ifndef JK_CSV_VALUE_H
#define JK_CSV_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/number/wide.h"
#include "base/text/dialect.h"
#include "base/text/unicode.h"

/* How numbers and dates are written in a source. */
typedef struct jk_csv_format {
    char decimal;           /* '.' or ',' */
    char thousands[5];      /* empty: none; up to 4 bytes, as a no-break space has two or three */
    int scale;              /* power of ten to multiply by: -2 for cents and percent, 3 for thousands */
    const char *date;       /* "%Y-%m-%d" and the like, or "excel" */
    size_t more_date_count; /* tried in order where it does not fit */
    const char *const *more_dates;
    int pivot; /* years of two digits below it are 20xx, others 19xx; 0: 70 */
} jk_csv_format;

extern const jk_csv_format jk_csv_canonical_format;

/* As spreadsheets of a language write them. */
jk_csv_format jk_csv_format_of(const jk_dialect *dialect);

/* Result of a careful reader. */
typedef enum jk_csv_read { JK_CSV_OK, JK_CSV_BAD, JK_CSV_RANGE } jk_csv_read;

/* A number as people write it, made plain: an optional minus, digits, and a point with digits, times 10^exponent. */
enum { JK_CSV_PLAIN_MAX = 96 };
typedef struct jk_csv_plain {
    char text[JK_CSV_PLAIN_MAX];
    size_t length;
    int exponent;
    bool percent; /* it has a percent sign */
} jk_csv_plain;

/* Takes off currency signs and codes, percent signs, and spaces; groups of three digits may have the format's mark,
 * spaces of all kinds or apostrophes between them, and the other of . and , where the decimal mark stands behind; minus
 * signs of all kinds stand before or behind, or parentheses around. BAD for anything else. */
jk_csv_read jk_csv_make_plain(const char *text, size_t length, const jk_csv_format *format, jk_csv_plain *plain);

/* A decimal number in steps of 10^-18; exact for up to 18 decimals, further digits are cut. */
typedef jk_wide jk_csv_decimal;
#define JK_CSV_DECIMAL_UNIT ((jk_csv_decimal)1000000000000000000) /* 1 in these steps */

/* A number with a percent sign is divided by 100, once, whatever the format's scale: see jk_csv_format. */
jk_csv_read jk_csv_to_decimal(const char *text, size_t length, const jk_csv_format *format, jk_csv_decimal *value);

/* Hundredths, times 10^scale, rounded half away from zero; RANGE beyond +-JK_MONEY_MAX. */
jk_csv_read jk_csv_decimal_to_money(jk_csv_decimal value, int scale, int64_t *money);

jk_csv_read jk_csv_to_money(const char *text, size_t length, const jk_csv_format *format, int64_t *money);
jk_csv_read jk_csv_to_integer(const char *text, size_t length, const jk_csv_format *format, int32_t *value);
jk_csv_read jk_csv_to_real(const char *text, size_t length, const jk_csv_format *format, double *value);

/* Date by format->date: %Y %m %d %y %b (English month), %* (anything, to the end), other characters as they are; no
 * %d: the month's first day. Years 1 to 9999. What is no date by the format is read as YYYY-MM-DD, which can be taken
 * for nothing else. */
jk_csv_read jk_csv_to_date(const char *text, size_t length, const jk_csv_format *format, int32_t *date);

/* The same; *partial tells that its day or month is written as 00 and was taken as the first. */
jk_csv_read jk_csv_to_date_part(const char *text, size_t length, const jk_csv_format *format, int32_t *date,
                                bool *partial);

/* A usual format by which a text is a date; NULL: none. Which of day and month stands first it cannot know. */
const char *jk_csv_date_guess(const char *text, size_t length);

/* true if a date format is understood: it names a year, and a month if it names a day. */
bool jk_csv_date_format_is_valid(const char *format);

/* Cuts spaces of all kinds from both ends: also no-break spaces, byte order marks, carriage returns. */
static inline void jk_csv_trim(const char **text, size_t *length) {
    while (*length > 0 && ((unsigned char)**text <= ' ' || (unsigned char)**text >= 0xc2)) {
        size_t space = jk_unicode_space(*text, *length);
        if (space == 0) {
            break;
        }
        *text += space;
        *length -= space;
    }
    while (*length > 0 && ((unsigned char)(*text)[*length - 1] <= ' ' || (unsigned char)(*text)[*length - 1] >= 0x80)) {
        size_t space = jk_unicode_space_before(*text, *length);
        if (space == 0) {
            break;
        }
        *length -= space;
    }
}

/* ---- quick readers ---------------------------------------------------------------------------------------
 * Without branches: which of the shapes a cell has cannot be foretold, and a wrong guess costs more than the work. What
 * *value holds where they say no is not to be used. */

static inline uint64_t jk_csv_load(const char *text) {
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the quick readers of numbers expect a little-endian machine"
#endif

/* The `count` digits that end before `end`; false if one is none, or if they are not 1 to 8. */
static inline bool jk_csv_digits(const char *end, size_t count, uint32_t *value) {
    uint64_t mask = ~(uint64_t)0 << ((64 - 8 * count) & 63);
    uint64_t digits = (jk_csv_load(end - 8) ^ 0x3030303030303030ULL) & mask;
    uint64_t other = ((digits + 0x7676767676767676ULL) | digits) & 0x8080808080808080ULL;
    digits = digits * 10 + (digits >> 8);
    const uint64_t pairs = 0x000000ff000000ffULL;
    *value =
        (uint32_t)(((digits & pairs) * 0x000f424000000064ULL + ((digits >> 16) & pairs) * 0x0000271000000001ULL) >> 32);
    return (other == 0) & (count - 1 < 8);
}

/* 1 to 8 digits. */
static inline bool jk_csv_quick_integer(const char *text, size_t length, int32_t *value) {
    uint32_t digits = 0;
    bool good = jk_csv_digits(text + length, length, &digits);
    *value = (int32_t)digits;
    return good;
}

/* 1 to 8 digits, a point, two digits. */
static inline bool jk_csv_quick_money(const char *text, size_t length, int64_t *money) {
    const char *point = text + length - 3;
    uint32_t units = 0;
    bool good = jk_csv_digits(point, length - 3, &units);
    unsigned tens = (unsigned)(unsigned char)point[1] - '0';
    unsigned ones = (unsigned)(unsigned char)point[2] - '0';
    *money = (int64_t)units * 100 + (int64_t)(tens * 10 + ones);
    return good & (*point == '.') & (tens <= 9) & (ones <= 9);
}

/* One digit, a point, one to eight digits: rates and shares. */
static inline bool jk_csv_quick_real(const char *text, size_t length, double *value) {
    static const double powers[16] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1, 1, 1, 1, 1, 1, 1};
    unsigned whole = (unsigned)(unsigned char)text[0] - '0';
    uint32_t fraction = 0;
    bool good = jk_csv_digits(text + length, length - 2, &fraction);
    double power = powers[(length - 2) & 15];
    *value = ((double)whole * power + (double)fraction) / power; /* both exact: the quotient is correctly rounded */
    return good & (text[1] == '.') & (whole <= 9);
}

/* YYYY-MM-DD of the years 1900 to 2155, by the table of jk_csv_month_table(). */
typedef struct jk_csv_month {
    int32_t before; /* day number of the day before the month's first */
    int32_t days;
} jk_csv_month;
enum { JK_CSV_FIRST_YEAR = 1900, JK_CSV_YEARS = 256 };
const jk_csv_month *jk_csv_month_table(void); /* 16 entries a year; those that are no month have no days */

static inline bool jk_csv_quick_date(const jk_csv_month *months, const char *text, size_t length, int32_t *date) {
    uint64_t head = jk_csv_load(text) ^ 0x2d30302d30303030ULL; /* "0000-00-" */
    unsigned tens = (unsigned)(unsigned char)text[8] - '0';
    unsigned ones = (unsigned)(unsigned char)text[9] - '0';
    uint64_t other = ((head + 0x7f76767f76767676ULL) | head) & 0x8080808080808080ULL;
    uint32_t year =
        (uint32_t)((head & 0xff) * 1000 + (head >> 8 & 0xff) * 100 + (head >> 16 & 0xff) * 10 + (head >> 24 & 0xff)) -
        JK_CSV_FIRST_YEAR;
    uint32_t month = (uint32_t)((head >> 40 & 0xff) * 10 + (head >> 48 & 0xff));
    const jk_csv_month *entry = &months[(year & (JK_CSV_YEARS - 1)) * 16 + (month & 15)];
    uint32_t day = tens * 10 + ones;
    *date = entry->before + (int32_t)day;
    return (length == 10) & (other == 0) & (year < JK_CSV_YEARS) & (month < 16) & (tens <= 3) & (ones <= 9) &
           (day - 1 < (uint32_t)entry->days);
}

#endif
