/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/escape.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/policy.h"
#include "base/text/text.h"

/* Bytes of the UTF-8 sequence at from[left] and its character; 0: none begins here, -1: it is cut off. */
static int decode(const unsigned char *from, size_t left, uint32_t *character) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = from[0];
    int length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
    if (length == 4 && (first < 0xf0 || first > 0xf4)) {
        return 0;
    }
    uint32_t value = length == 1 ? first : first & (0x7fU >> length);
    for (int i = 1; i < length; i++) {
        if ((size_t)i == left) {
            return -1;
        }
        if ((from[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (from[i] & 0x3fU);
    }
    *character = value;
    return value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000) ? 0 : length;
}

static bool has_effect(uint32_t c, bool lines) {
    if (c == '\n' || c == '\t') {
        return !lines;
    }
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0xfffe || c == 0xffff;
}

static char *put_digits(char *to, char kind, uint32_t value, int digits) {
    static const char hexadecimal[] = "0123456789abcdef";
    *to++ = '\\';
    *to++ = kind;
    for (int i = digits - 1; i >= 0; i--) {
        *to++ = hexadecimal[value >> 4 * i & 15];
    }
    return to;
}

size_t jk_escape(char *to, const char *from, size_t length, bool lines, size_t *rest) {
    char *out = to;
    size_t i = 0;
    while (i < length) {
        uint32_t character = 0;
        int bytes = decode((const unsigned char *)from + i, length - i, &character);
        if (bytes < 0 && rest != NULL) {
            break;
        }
        if (bytes <= 0) {
            out = put_digits(out, 'x', (unsigned char)from[i], 2);
            i++;
        } else if (has_effect(character, lines)) {
            out = put_digits(out, 'u', character, 4);
            i += (size_t)bytes;
        } else {
            memcpy(out, from + i, (size_t)bytes);
            out += bytes;
            i += (size_t)bytes;
        }
    }
    if (rest != NULL) {
        *rest = length - i;
    }
    return (size_t)(out - to);
}

void jk_escape_pieces(const char *text, size_t length, bool lines, jk_escape_take take, void *to) {
    enum { PIECE = 256 };
    char shown[PIECE * JK_ESCAPE_GROWTH];
    for (size_t done = 0, count = 0, rest = 0; done < length; done += count - rest) {
        count = length - done < PIECE ? length - done : PIECE;
        const bool last = done + count == length;
        rest = 0;
        take(to, shown, jk_escape(shown, text + done, count, lines, last ? NULL : &rest));
    }
}

const char *jk_escape_text(char *to, size_t size, const char *from) {
    size_t used = 0;
    for (size_t i = 0; from[i] != '\0';) {
        char piece[4 * JK_ESCAPE_GROWTH];
        uint32_t character = 0;
        int bytes = decode((const unsigned char *)from + i, strnlen(from + i, 4), &character);
        size_t taken = bytes <= 0 ? 1 : (size_t)bytes;
        size_t written = jk_escape(piece, from + i, taken, false, NULL);
        if (written >= size - used) {
            break;
        }
        memcpy(to + used, piece, written);
        used += written;
        i += taken;
    }
    to[used] = '\0';
    return to;
}

char *jk_escape_copy(const char *text, bool lines) {
    const size_t length = strlen(text);
    char *shown = malloc(length * JK_ESCAPE_GROWTH + 1);
    if (shown != NULL) {
        shown[jk_escape(shown, text, length, lines, NULL)] = '\0';
    }
    return shown;
}

bool jk_escape_changes(const char *text, size_t length, bool lines) {
    for (size_t i = 0; i < length;) {
        uint32_t character = 0;
        int bytes = decode((const unsigned char *)text + i, length - i, &character);
        if (bytes <= 0 || has_effect(character, lines)) {
            return true;
        }
        i += (size_t)bytes;
    }
    return false;
}

/* A number is one to a spreadsheet, too: -5 and +358401234567 run nothing. */
bool jk_cell_is_formula(const char *text, size_t length) {
    double number = 0.0;
    return length > 0 && !jk_policy_get()->raw_text && memchr("=+-@\t\r", text[0], 6) != NULL &&
           !jk_text_to_real(text, length, &number);
}

/* Into a cell: quotes twice. */
static void put_quoted(void *to, const char *shown, size_t count) {
    char **out = to;
    for (size_t i = 0; i < count; i++) {
        if (shown[i] == '"') {
            *(*out)++ = '"';
        }
        *(*out)++ = shown[i];
    }
}

/* A cell of text that has characters with an effect of their own. */
static char *write_escaped(char *out, const char *text, size_t length, bool guard) {
    *out++ = '"';
    if (guard) {
        *out++ = '\'';
    }
    jk_escape_pieces(text, length, true, put_quoted, &out);
    *out++ = '"';
    return out;
}

char *jk_cell_write(char *out, const char *text, size_t length) {
    bool guard = jk_cell_is_formula(text, length);
    bool turns = jk_policy_get()->dialect != NULL;
    bool quote = turns && (jk_dialect_would_turn(text, length) || memchr(text, ';', length) != NULL);
    if (!jk_policy_get()->raw_text && jk_escape_changes(text, length, true)) {
        return write_escaped(out, text, length, guard);
    }
    for (size_t i = 0; i < length; i++) {
        quote = quote || text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
    }
    if (quote) {
        *out++ = '"';
    }
    if (guard) {
        *out++ = '\'';
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"') {
            *out++ = '"';
        }
        *out++ = text[i];
    }
    if (quote) {
        *out++ = '"';
    }
    return out;
}
