/* SPDX-License-Identifier: Apache-2.0 */
/* Marks and dates: Unicode CLDR 44, short forms with four digits of the year; Swedish dates are ISO 8601's. A list
 * separator of a semicolon goes with a decimal comma. */
#include "base/text/dialect.h"

#include <string.h>
#include <strings.h>

const jk_dialect jk_dialects[] = {
    {"en", ',', '.', '-', true, true},  {"fi", ';', ',', '.', false, false}, {"sv", ';', ',', '-', true, true},
    {"da", ';', ',', '.', false, true}, {"no", ';', ',', '.', false, true},  {"et", ';', ',', '.', false, true},
    {"de", ';', ',', '.', false, true},
};
const char *const jk_dialect_names[] = {"en", "fi", "sv", "da", "no", "et", "de", NULL};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t digits(const char *text, size_t at, size_t length) {
    size_t end = at;
    while (end < length && is_digit(text[end])) {
        end++;
    }
    return end - at;
}

/* Sign, digits, and perhaps the mark with digits and an exponent; *at is where the mark stands, or the length. */
static bool is_number(const char *text, size_t length, char mark, size_t *at) {
    size_t next = length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    size_t whole = digits(text, next, length);
    next += whole;
    *at = length;
    if (whole > 0 && next < length && text[next] == mark) {
        size_t part = digits(text, next + 1, length);
        *at = next;
        next += part > 0 ? 1 + part : 0;
    }
    if (whole > 0 && next + 1 < length && (text[next] == 'e' || text[next] == 'E')) {
        size_t sign = text[next + 1] == '-' || text[next + 1] == '+' ? 1 : 0;
        size_t power = digits(text, next + 1 + sign, length);
        next += power > 0 ? 1 + sign + power : 0;
    }
    return whole > 0 && next == length;
}

static bool is_date(const char *text, size_t length) {
    return length == 10 && digits(text, 0, 4) == 4 && text[4] == '-' && digits(text, 5, 7) == 2 && text[7] == '-' &&
           digits(text, 8, 10) == 2;
}

/* A canonical cell as the dialect has it, in place; returns its length, which is never more. */
static size_t turn(const jk_dialect *dialect, char *cell, size_t length) {
    size_t mark = 0;
    if (is_number(cell, length, '.', &mark)) {
        if (mark < length) {
            cell[mark] = dialect->decimal;
        }
        return length;
    }
    if (!is_date(cell, length) || dialect->year_first) {
        return length;
    }
    const char date[] = {cell[8], cell[9], dialect->date_mark, cell[5], cell[6], dialect->date_mark};
    char turned[10];
    size_t used = 0;
    for (size_t i = 0; i < sizeof date; i++) {
        bool leads = (i == 0 || i == 3) && date[i] == '0';
        if (!leads || dialect->pads) {
            turned[used++] = date[i];
        }
    }
    memcpy(turned + used, cell, 4);
    memcpy(cell, turned, used + 4);
    return used + 4;
}

/* What is held, as it is to be; it is held no more. */
static size_t release(jk_dialect_text *self, char *to, bool whole) {
    size_t count = whole ? turn(self->dialect, self->cell, self->held) : self->held;
    memcpy(to, self->cell, count);
    self->held = 0;
    return count;
}

size_t jk_dialect_put(jk_dialect_text *self, const char *from, size_t length, char *to) {
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char c = from[i];
        if (self->quoted) {
            self->quoted = c != '"';
            to[used++] = c;
        } else if (c == ',' || c == '\n' || c == '\r') {
            used += release(self, to + used, !self->passing);
            self->passing = false;
            to[used++] = c == ',' ? self->dialect->separator : c;
        } else if (self->passing || c == '"' || self->held == sizeof self->cell) {
            used += release(self, to + used, false);
            self->quoted = c == '"';
            self->passing = true;
            to[used++] = c;
        } else {
            self->cell[self->held++] = c;
        }
    }
    return used;
}

size_t jk_dialect_end(jk_dialect_text *self, char *to) {
    return release(self, to, !self->passing);
}

bool jk_dialect_read(const jk_dialect *dialect, const char *text, size_t length, char cell[JK_DIALECT_CELL],
                     size_t *written) {
    size_t mark = 0, day = digits(text, 0, length);
    if (length >= JK_DIALECT_CELL) {
        return false;
    }
    if (dialect->decimal != '.' && is_number(text, length, dialect->decimal, &mark) && mark < length) {
        memcpy(cell, text, length);
        cell[mark] = '.';
        *written = length;
        return true;
    }
    size_t month = day < length ? digits(text, day + 1, length) : 0, year = day + month + 2;
    bool date = !dialect->year_first && day >= 1 && day <= 2 && month >= 1 && month <= 2 && year + 4 == length &&
                text[day] == dialect->date_mark && text[year - 1] == dialect->date_mark &&
                digits(text, year, length) == 4;
    if (date) {
        const char canonical[] = {text[year],
                                  text[year + 1],
                                  text[year + 2],
                                  text[year + 3],
                                  '-',
                                  month == 2 ? text[day + 1] : '0',
                                  text[day + month],
                                  '-',
                                  day == 2 ? text[0] : '0',
                                  text[day - 1]};
        memcpy(cell, canonical, sizeof canonical);
        *written = sizeof canonical;
    }
    return date;
}

bool jk_dialect_would_turn(const char *text, size_t length) {
    size_t mark = 0;
    return is_number(text, length, '.', &mark) && mark < length;
}

bool jk_dialect_is_csv(const char *path) {
    size_t length = strlen(path);
    bool packed = length >= 3 && strcasecmp(path + length - 3, ".gz") == 0;
    length -= packed ? 3 : 0;
    return length >= 4 && strncasecmp(path + length - 4, ".csv", 4) == 0;
}
