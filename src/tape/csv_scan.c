/* SPDX-License-Identifier: Apache-2.0 */
/* What a text contains, and where its last complete row ends. */
#include <string.h>

#include "tape/csv.h"

enum { STRIP = 64 };

/* Written so that the compiler turns each loop into vector compares. */
unsigned jk_csv_scan(const char *text, size_t length) {
    unsigned flags = 0;
    size_t i = 0;
    for (; i + STRIP <= length; i += STRIP) {
        unsigned char quotes = 0;
        unsigned char nuls = 0;
        unsigned char high = 0;
        for (size_t j = 0; j < STRIP; j++) {
            unsigned char byte = (unsigned char)text[i + j];
            quotes |= byte == '"';
            nuls |= byte == 0;
            high |= byte;
        }
        flags |= (unsigned)quotes * JK_CSV_QUOTES | (unsigned)nuls * JK_CSV_NULS | (unsigned)(high >> 7) * JK_CSV_HIGH;
    }
    for (; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        flags |= (unsigned)(byte == '"') * JK_CSV_QUOTES | (unsigned)(byte == 0) * JK_CSV_NULS |
                 (unsigned)(byte >> 7) * JK_CSV_HIGH;
    }
    return flags;
}

/* Position after the closing quote of a field that opens at `at`, or `length` + 1 if it does not close. */
static size_t skip_quoted(const char *text, size_t length, size_t at) {
    size_t position = at + 1;
    for (;;) {
        const char *quote = position < length ? memchr(text + position, '"', length - position) : NULL;
        if (quote == NULL) {
            return length + 1;
        }
        position = (size_t)(quote - text) + 1;
        if (position < length && text[position] == '"') {
            position++;
            continue;
        }
        return position;
    }
}

jk_csv_cut jk_csv_find_cut(const char *text, size_t length, char separator, bool has_quotes) {
    jk_csv_cut cut = {0};
    size_t position = 0;
    for (;;) {
        const char *quote = has_quotes && position < length ? memchr(text + position, '"', length - position) : NULL;
        size_t outside = quote != NULL ? (size_t)(quote - text) : length;
        const char *newline = outside > position ? memrchr(text + position, '\n', outside - position) : NULL;
        if (newline != NULL) {
            cut.end = (size_t)(newline - text) + 1;
        }
        if (quote == NULL) {
            return cut;
        }
        bool opens = outside == 0 || text[outside - 1] == separator || text[outside - 1] == '\n';
        position = opens ? skip_quoted(text, length, outside) : outside + 1;
        if (position > length) {
            cut.open = true;
            return cut;
        }
    }
}
