/* SPDX-License-Identifier: Apache-2.0 */
/* What a label means: a year, a quarter, a month, a day of a month, another number, or nothing but its name. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "ladder/triangle.h"

enum { FIRST_YEAR = 1800, LAST_YEAR = 2200, MONTHS = 12, QUARTER = 3 };

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

/* First month of YYYYQn, YYYY-Qn, YYYY-MM or YYYY-MM-DD; -1 for anything else. */
static int32_t read_month(const char *text) {
    size_t length = strlen(text);
    int year = length >= 6 ? digits(text, 4) : -1;
    if (year < FIRST_YEAR || year > LAST_YEAR) {
        return -1;
    }
    const char *rest = text + 4 + (text[4] == '-');
    if (*rest == 'Q' || *rest == 'q') {
        int quarter = strlen(rest) == 2 ? digits(rest + 1, 1) : -1;
        return quarter >= 1 && quarter <= 4 ? year * MONTHS + (quarter - 1) * QUARTER : -1;
    }
    int month = text[4] == '-' && length >= 7 ? digits(text + 5, 2) : -1;
    int day = length == 10 && text[7] == '-' ? digits(text + 8, 2) : length == 7 ? 1 : -1;
    return month >= 1 && month <= MONTHS && day >= 1 && day <= 31 ? year * MONTHS + month - 1 : -1;
}

jk_label jk_label_read(const char *text) {
    jk_label label = {.text = text};
    label.is_number = jk_text_to_real(text, strlen(text), &label.number);
    if (label.is_number && label.number >= FIRST_YEAR && label.number <= LAST_YEAR &&
        label.number == floor(label.number)) {
        label.is_period = true;
        label.month = (int32_t)label.number * MONTHS;
    } else if (!label.is_number) {
        label.month = read_month(text);
        label.is_period = label.month >= 0;
    }
    return label;
}
