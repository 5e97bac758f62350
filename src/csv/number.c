/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as people write them, made plain: currency signs and codes, percent signs, spaces of all kinds and
 * apostrophes between groups of three, signs before and behind, parentheses, exponents. */
#include <string.h>
#include <strings.h>

#include "base/text/unicode.h"
#include "csv/value.h"

enum { EXPONENT_MAX = 30 };

/* What is left of the text. */
typedef struct rest {
    const char *text;
    size_t length;
    int signs;
    bool negative, percent, currency;
} rest;

static void drop_front(rest *left, size_t count) {
    left->text += count;
    left->length -= count;
}

static bool begins(const rest *left, const char *word) {
    size_t length = strlen(word);
    return left->length >= length && strncasecmp(left->text, word, length) == 0;
}

static bool ends(const rest *left, const char *word) {
    size_t length = strlen(word);
    return left->length >= length && strncasecmp(left->text + left->length - length, word, length) == 0;
}

static const char *const minuses[] = {"-", "\xe2\x88\x92", "\xe2\x80\x93"}; /* U+2212, U+2013 */
static const char *const currencies[] = {"\xe2\x82\xac", "$",   "\xc2\xa3", "kr.", "kr",  "eur", "sek",
                                         "dkk",          "nok", "usd",      "gbp", "isk", "chf", "pln"};

static bool take_sign(rest *left, bool front) {
    for (size_t i = 0; i < sizeof minuses / sizeof minuses[0]; i++) {
        if (front ? begins(left, minuses[i]) : ends(left, minuses[i])) {
            size_t length = strlen(minuses[i]);
            left->text += front ? length : 0;
            left->length -= length;
            left->signs++;
            left->negative = true;
            return true;
        }
    }
    if (front && begins(left, "+")) {
        drop_front(left, 1);
        left->signs++;
        return true;
    }
    return false;
}

static bool take_currency(rest *left) {
    for (size_t i = 0; !left->currency && i < sizeof currencies / sizeof currencies[0]; i++) {
        size_t length = strlen(currencies[i]);
        if (begins(left, currencies[i]) || ends(left, currencies[i])) {
            left->text += begins(left, currencies[i]) ? length : 0;
            left->length -= length;
            left->currency = true;
            return true;
        }
    }
    return false;
}

/* Takes one thing off an end; false if there is nothing left to take. */
static bool take_one(rest *left, char decimal) {
    size_t space = jk_unicode_space(left->text, left->length);
    if (space > 0) {
        drop_front(left, space);
        return true;
    }
    space = jk_unicode_space_before(left->text, left->length);
    if (space > 0) {
        left->length -= space;
        return true;
    }
    if (left->length >= 2 && left->text[0] == '(' && left->text[left->length - 1] == ')') {
        drop_front(left, 1);
        left->length--;
        left->signs++;
        left->negative = true;
        return true;
    }
    if (left->length >= 2 && left->text[left->length - 1] == '-' &&
        (left->text[left->length - 2] == decimal || left->text[left->length - 2] == ':')) {
        left->length -= 2; /* "100,-" and "100:-": no fraction */
        return true;
    }
    if (!left->percent && ends(left, "%")) {
        left->length--;
        left->percent = true;
        return true;
    }
    return take_sign(left, true) || take_currency(left) || take_sign(left, false);
}

/* Bytes of a mark between groups of digits at `at`: the format's own, a space or an apostrophe. */
static size_t group_mark(const rest *left, size_t at, const jk_csv_format *format, bool other_mark) {
    const char *text = left->text + at;
    size_t length = left->length - at;
    size_t own = strlen(format->thousands);
    if (own > 0 && length >= own && memcmp(text, format->thousands, own) == 0) {
        return own;
    }
    if (text[0] == '\'') {
        return 1;
    }
    if (length >= 3 && memcmp(text, "\xe2\x80\x99", 3) == 0) { /* U+2019 */
        return 3;
    }
    if (other_mark && (text[0] == '.' || text[0] == ',') && text[0] != format->decimal) {
        return 1;
    }
    return jk_unicode_space(text, length);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Copies the digits before the decimal mark; groups have three. */
static bool copy_whole(const rest *left, size_t *at, const jk_csv_format *format, jk_csv_plain *plain) {
    /* "1.234,56" is clear without a thousands mark; "1.234" is not */
    const bool both = memchr(left->text, format->decimal, left->length) != NULL;
    size_t since = 0;
    size_t digits = 0;
    bool marked = false;
    while (*at < left->length) {
        size_t mark = 0;
        if (is_digit(left->text[*at])) {
            if (plain->length >= JK_CSV_PLAIN_MAX - 1) {
                return false;
            }
            plain->text[plain->length++] = left->text[(*at)++];
            since++;
            digits++;
        } else if (left->text[*at] != format->decimal && (mark = group_mark(left, *at, format, both)) > 0) {
            if (digits == 0 || (marked ? since != 3 : since > 3)) {
                return false;
            }
            marked = true;
            since = 0;
            *at += mark;
        } else {
            break;
        }
    }
    return !marked || since == 3;
}

static bool copy_fraction(const rest *left, size_t *at, const jk_csv_format *format, jk_csv_plain *plain) {
    if (*at < left->length && left->text[*at] == format->decimal) {
        plain->text[plain->length++] = '.';
        for ((*at)++; *at < left->length && is_digit(left->text[*at]); (*at)++) {
            if (plain->length >= JK_CSV_PLAIN_MAX - 1) {
                return false;
            }
            plain->text[plain->length++] = left->text[*at];
        }
    }
    return true;
}

static bool read_exponent(const rest *left, size_t *at, int *exponent) {
    *exponent = 0;
    if (*at >= left->length || (left->text[*at] | 0x20) != 'e') {
        return true;
    }
    (*at)++;
    bool negative = *at < left->length && left->text[*at] == '-';
    *at += *at < left->length && (left->text[*at] == '-' || left->text[*at] == '+');
    size_t start = *at;
    for (; *at < left->length && is_digit(left->text[*at]) && *exponent <= EXPONENT_MAX; (*at)++) {
        *exponent = *exponent * 10 + (left->text[*at] - '0');
    }
    *exponent = negative ? -*exponent : *exponent;
    return *at > start && *exponent <= EXPONENT_MAX && *exponent >= -EXPONENT_MAX;
}

jk_csv_read jk_csv_make_plain(const char *text, size_t length, const jk_csv_format *format, jk_csv_plain *plain) {
    rest left = {.text = text, .length = length};
    *plain = (jk_csv_plain){.length = 0};
    while (left.length > 0 && take_one(&left, format->decimal)) {
    }
    if (left.signs > 1 || (left.percent && left.currency)) {
        return JK_CSV_BAD;
    }
    if (left.negative) {
        plain->text[plain->length++] = '-';
    }
    plain->percent = left.percent;
    size_t at = 0;
    size_t sign = plain->length;
    bool good = copy_whole(&left, &at, format, plain) && copy_fraction(&left, &at, format, plain);
    bool digits = plain->length > sign + (memchr(plain->text, '.', plain->length) != NULL ? 1U : 0U);
    good = good && digits && read_exponent(&left, &at, &plain->exponent) && at == left.length;
    plain->text[plain->length] = '\0';
    return good ? JK_CSV_OK : JK_CSV_BAD;
}
