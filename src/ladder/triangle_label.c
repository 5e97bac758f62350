/* SPDX-License-Identifier: Apache-2.0 */
/* What a label means: a year, a half-year, a quarter, a month, a day of a month or a moment of it, another number, or
 * nothing but its name. */
#include <math.h>
#include <string.h>

#include "base/text/text.h"
#include "ladder/triangle.h"

enum { FIRST_YEAR = 1800, LAST_YEAR = 2200, MONTHS = 12, HALF_YEAR = 6, QUARTER = 3, DAYS = 31 };

/* `count` digits as a number; -1 if one is none. */
static int digits(const char *text, size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* A time of day behind a date: nothing, or " 00:00", "T23:59:59.000Z" and the like. */
static bool is_time(const char *text) {
    if (*text == '\0') {
        return true;
    }
    bool begins = (*text == ' ' || *text == 'T') && digits(text + 1, 2) >= 0 && text[3] == ':';
    return begins && text[strspn(text, " T0123456789:.+-Z")] == '\0';
}

/* Part `number` of a year whose parts have `months`. */
static int32_t part_of_year(int year, const char *number, int months) {
    int part = strlen(number) == 1 ? digits(number, 1) : -1;
    return part >= 1 && part <= MONTHS / months ? year * MONTHS + (part - 1) * months : -1;
}

/* First month of YYYYQn, YYYY-Qn, YYYYHn, YYYY-Hn, YYYYMM, YYYYMMDD, YYYY-MM or YYYY-MM-DD, the last also with a time;
 * -1 for anything else. */
static int32_t read_month(const char *text) {
    size_t length = strlen(text);
    int year = length >= 6 ? digits(text, 4) : -1;
    if (year < FIRST_YEAR || year > LAST_YEAR) {
        return -1;
    }
    const char *rest = text + 4 + (text[4] == '-');
    if (*rest == 'Q' || *rest == 'q') {
        return part_of_year(year, rest + 1, QUARTER);
    }
    if (*rest == 'H' || *rest == 'h') {
        return part_of_year(year, rest + 1, HALF_YEAR);
    }
    int month = length >= 6 ? digits(rest, 2) : -1;
    int day = 1;
    if (text[4] != '-') {
        day = length == 8 ? digits(text + 6, 2) : length == 6 ? 1 : -1;
    } else if (length != 7) {
        day = length >= 10 && text[7] == '-' && is_time(text + 10) ? digits(text + 8, 2) : -1;
    }
    return month >= 1 && month <= MONTHS && day >= 1 && day <= DAYS ? year * MONTHS + month - 1 : -1;
}

jk_label jk_label_read(const char *text) {
    jk_label label = {.text = text};
    label.is_number = jk_text_to_real(text, strlen(text), &label.number);
    if (label.is_number && label.number >= FIRST_YEAR && label.number <= LAST_YEAR &&
        label.number == floor(label.number)) {
        label.is_period = true;
        label.month = (int32_t)label.number * MONTHS;
    } else { /* 202310 and 20231001 are numbers as well: ages, where not both columns hold periods */
        label.month = read_month(text);
        label.is_period = label.month >= 0;
    }
    return label;
}
