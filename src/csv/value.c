/* SPDX-License-Identifier: Apache-2.0 */
/* The careful readers of cells. */
#include "csv/value.h"

#include <stdio.h>

#include "base/text/text.h"
#include "jalki/schema.h"

const jk_csv_format jk_csv_canonical_format = {.decimal = '.', .date = "%Y-%m-%d"};

jk_csv_format jk_csv_format_of(const jk_dialect *dialect) {
    return (jk_csv_format){.decimal = dialect->decimal,
                           .date = dialect->year_first ? jk_csv_canonical_format.date : "%d.%m.%Y"};
}

enum { DECIMALS = 18, WHOLE_DIGITS_MAX = 18 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static jk_csv_decimal power_of_ten(int exponent) {
    jk_csv_decimal power = 1;
    for (int i = 0; i < exponent; i++) {
        power *= 10;
    }
    return power;
}

/* Reads the digits before the decimal mark; thousands marks must stand before groups of three. */
static jk_csv_read read_whole(const char *text, size_t length, const jk_csv_format *format, size_t *at,
                              jk_csv_decimal *whole, size_t *digits) {
    const size_t mark = strlen(format->thousands);
    size_t since_mark = 0;
    bool marked = false;
    size_t significant = 0;
    while (*at < length) {
        if (is_digit(text[*at])) {
            int digit = text[(*at)++] - '0';
            significant += significant > 0 || digit > 0;
            if (significant > WHOLE_DIGITS_MAX) {
                return JK_CSV_RANGE;
            }
            *whole = *whole * 10 + digit;
            (*digits)++;
            since_mark++;
        } else if (mark > 0 && length - *at >= mark && memcmp(text + *at, format->thousands, mark) == 0) {
            if (*digits == 0 || (marked ? since_mark != 3 : since_mark > 3)) {
                return JK_CSV_BAD;
            }
            marked = true;
            since_mark = 0;
            *at += mark;
        } else {
            break;
        }
    }
    return marked && since_mark != 3 ? JK_CSV_BAD : JK_CSV_OK;
}

/* As a data base writes it: an optional sign, digits with the format's marks. */
static jk_csv_read read_strict(const char *text, size_t length, const jk_csv_format *format, jk_csv_decimal *value) {
    jk_csv_trim(&text, &length);
    size_t at = length > 0 && (text[0] == '-' || text[0] == '+');
    bool negative = at == 1 && text[0] == '-';
    jk_csv_decimal whole = 0;
    size_t digits = 0;
    jk_csv_read read = read_whole(text, length, format, &at, &whole, &digits);
    if (read == JK_CSV_BAD) {
        return JK_CSV_BAD;
    }
    bool too_large = read == JK_CSV_RANGE;
    while (too_large && at < length && is_digit(text[at])) {
        at++;
        digits++;
    }
    jk_csv_decimal fraction = 0;
    int decimals = 0;
    if (at < length && text[at] == format->decimal) {
        for (at++; at < length && is_digit(text[at]); at++) {
            if (decimals < DECIMALS) {
                fraction = fraction * 10 + (text[at] - '0');
                decimals++;
            }
            digits++;
        }
    }
    if (digits == 0 || at != length) {
        return JK_CSV_BAD;
    }
    if (too_large) {
        return JK_CSV_RANGE;
    }
    jk_csv_decimal magnitude = whole * power_of_ten(DECIMALS) + fraction * power_of_ten(DECIMALS - decimals);
    *value = negative ? -magnitude : magnitude;
    return JK_CSV_OK;
}

/* value * 10^exponent, if that is exact and within bounds. */
static jk_csv_read shift(jk_csv_decimal *value, int exponent) {
    for (; exponent > 0 && *value != 0; exponent--) {
        if (__builtin_mul_overflow(*value, (jk_csv_decimal)10, value)) {
            return JK_CSV_RANGE;
        }
    }
    for (; exponent < 0; exponent++) {
        *value /= 10; /* digits beyond the eighteenth are cut */
    }
    return JK_CSV_OK;
}

jk_csv_read jk_csv_to_decimal(const char *text, size_t length, const jk_csv_format *format, jk_csv_decimal *value) {
    jk_csv_plain plain;
    jk_csv_read read = read_strict(text, length, format, value);
    if (read != JK_CSV_BAD || jk_csv_make_plain(text, length, format, &plain) != JK_CSV_OK) {
        return read;
    }
    read = read_strict(plain.text, plain.length, &jk_csv_canonical_format, value);
    const bool percent = plain.percent && format->scale != -2; /* with unit: percent the scale divides */
    return read == JK_CSV_OK ? shift(value, plain.exponent - (percent ? 2 : 0)) : read;
}

jk_csv_read jk_csv_decimal_to_money(jk_csv_decimal value, int scale, int64_t *money) {
    jk_csv_decimal step = power_of_ten(DECIMALS - 2 - scale);
    jk_csv_decimal magnitude = value < 0 ? -value : value;
    jk_csv_decimal rounded = magnitude / step + (magnitude % step >= step - magnitude % step);
    if (rounded > JK_MONEY_MAX) {
        return JK_CSV_RANGE;
    }
    *money = (int64_t)(value < 0 ? -rounded : rounded);
    return JK_CSV_OK;
}

jk_csv_read jk_csv_to_money(const char *text, size_t length, const jk_csv_format *format, int64_t *money) {
    jk_csv_decimal value = 0;
    jk_csv_read read = jk_csv_to_decimal(text, length, format, &value);
    if (read == JK_CSV_OK && memchr(text, '%', length) != NULL) {
        return JK_CSV_BAD;
    }
    return read == JK_CSV_OK ? jk_csv_decimal_to_money(value, format->scale, money) : read;
}

jk_csv_read jk_csv_to_integer(const char *text, size_t length, const jk_csv_format *format, int32_t *value) {
    jk_csv_decimal decimal = 0;
    jk_csv_read read = jk_csv_to_decimal(text, length, format, &decimal);
    if (read != JK_CSV_OK) {
        return read;
    }
    const jk_csv_decimal unit = power_of_ten(DECIMALS);
    if (decimal % unit != 0) { /* "2.0" is whole, as spreadsheets write it; "2.5" is not */
        return JK_CSV_BAD;
    }
    decimal /= unit;
    if (decimal > INT32_MAX || decimal <= INT32_MIN) {
        return JK_CSV_RANGE;
    }
    *value = (int32_t)decimal;
    return JK_CSV_OK;
}

/* Shifts the decimal point in the text: the result is still correctly rounded. */
static jk_csv_read real_of(const jk_csv_plain *plain, int scale, double *value) {
    char text[JK_CSV_PLAIN_MAX + 16];
    memcpy(text, plain->text, plain->length);
    size_t length = plain->length;
    int exponent = plain->exponent + (plain->percent ? -2 : scale);
    if (exponent != 0) {
        length += (size_t)snprintf(text + length, 16, "e%d", exponent);
    }
    return jk_text_to_real(text, length, value) ? JK_CSV_OK : JK_CSV_BAD;
}

jk_csv_read jk_csv_to_real(const char *text, size_t length, const jk_csv_format *format, double *value) {
    jk_csv_plain plain;
    jk_csv_trim(&text, &length);
    if (format->decimal == '.' && format->scale == 0 && jk_text_to_real(text, length, value)) {
        return JK_CSV_OK;
    }
    return jk_csv_make_plain(text, length, format, &plain) == JK_CSV_OK ? real_of(&plain, format->scale, value)
                                                                        : JK_CSV_BAD;
}
