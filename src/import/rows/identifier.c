/* SPDX-License-Identifier: Apache-2.0 */
#include "import/rows/identifier.h"

#include <string.h>
#include <strings.h>

#include "base/text/unicode.h"
#include "csv/value.h"

void jk_identifier_clean(const char **text, size_t *length, char *buffer, size_t capacity) {
    jk_csv_trim(text, length);
    const char *t = *text;
    size_t n = *length;
    if (n >= 3 && t[0] == '=' && t[1] == '"' && t[n - 1] == '"') {
        *text += 2;
        *length -= 3;
    } else if (n >= 2 && t[0] == '\'') {
        *text += 1;
        *length -= n >= 3 && t[n - 1] == '\'' ? 2 : 1;
    }
    jk_csv_trim(text, length);
    size_t composed = 0;
    if (jk_unicode_has_marks(*text, *length) && jk_unicode_compose(*text, *length, buffer, capacity, &composed)) {
        *text = buffer;
        *length = composed;
    }
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool jk_identifier_is_exponent(const char *text, size_t length) {
    size_t at = 0;
    if (length < 5 || !is_digit(text[at++])) {
        return false;
    }
    if (text[at] == '.' || text[at] == ',') {
        for (at++; at < length && is_digit(text[at]);) {
            at++;
        }
    }
    if (length - at < 4 || (text[at] | 0x20) != 'e' || text[at + 1] != '+') {
        return false;
    }
    size_t digits = length - at - 2;
    for (size_t i = at + 2; i < length; i++) {
        if (!is_digit(text[i])) {
            return false;
        }
    }
    return digits == 2 || digits == 3;
}

/* One character again and again, with dashes, dots and spaces between. */
static bool is_one_character(const char *text, size_t length) {
    static const char filling[] = "-. /";
    char only = '\0';
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (memchr(filling, text[i], sizeof filling - 1) != NULL) {
            continue;
        }
        if (only != '\0' && text[i] != only) {
            return false;
        }
        only = text[i];
        count++;
    }
    return only == '\0' || (strchr("0?*#_", only) != NULL) || (only == '9' && count >= 6) ||
           ((only | 0x20) == 'x' && count >= 2);
}

bool jk_identifier_is_placeholder(const char *text, size_t length) {
    static const char *const words[] = {"null",      "(null)",  "none",    "nil",        "na",          "n/a",
                                        "n.a.",      "#n/a",    "nan",     "unknown",    "undefined",   "missing",
                                        "not known", "n.n.",    "okänd",   "okand",      "saknas",      "ukjent",
                                        "ukendt",    "mangler", "puuttuu", "tuntematon", "ei tiedossa", "ei tietoa",
                                        "teadmata",  "puudub",  "tbd",     "#ref!"};
    if (length == 0 || length > 24) {
        return length > 24 && is_one_character(text, length);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == length && strncasecmp(words[i], text, length) == 0) {
            return true;
        }
    }
    return is_one_character(text, length);
}
