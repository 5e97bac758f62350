/* SPDX-License-Identifier: Apache-2.0 */
#include "import/mapping/shape.h"

#include <string.h>

#include "base/text/unicode.h"

bool jk_shape_is_given(const jk_shape *shape) {
    return shape->clean != 0 || shape->pad > 0 || shape->prefix != NULL || shape->file_prefix;
}

static bool is_kept(unsigned clean, char c) {
    bool digit = c >= '0' && c <= '9';
    bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 0x80;
    return ((clean & JK_CLEAN_DIGITS) == 0 || digit) && ((clean & JK_CLEAN_ALNUM) == 0 || digit || letter);
}

static size_t put_text(char *out, size_t at, const char *text, size_t length) {
    size_t room = JK_SHAPED_MAX - at;
    length = length < room ? length : room;
    memcpy(out + at, text, length);
    return at + length;
}

static size_t put_clean(unsigned clean, const char *text, size_t length, char *out, size_t at) {
    const size_t start = at;
    for (size_t i = 0; i < length && at < JK_SHAPED_MAX;) {
        size_t space = (clean & (JK_CLEAN_SPACES | JK_CLEAN_DIGITS | JK_CLEAN_ALNUM)) != 0
                           ? jk_unicode_space(text + i, length - i)
                           : 0;
        char c = text[i];
        i += space > 0 ? space : 1;
        if (space > 0 || !is_kept(clean, c) || (c == '0' && at == start && (clean & JK_CLEAN_ZEROS) != 0)) {
            continue;
        }
        bool small = c >= 'a' && c <= 'z';
        bool capital = c >= 'A' && c <= 'Z';
        out[at++] = small && (clean & JK_CLEAN_UPPER) != 0     ? (char)(c - ('a' - 'A'))
                    : capital && (clean & JK_CLEAN_LOWER) != 0 ? (char)(c + ('a' - 'A'))
                                                               : c;
    }
    if (at == start && length > 0 && (clean & JK_CLEAN_ZEROS) != 0 && at < JK_SHAPED_MAX) {
        out[at++] = '0'; /* nothing but zeros */
    }
    return at;
}

size_t jk_shape_text(const jk_shape *shape, const char *file, const char *text, size_t length, char *out) {
    char clean[JK_SHAPED_MAX];
    size_t cleaned = put_clean(shape->clean, text, length, clean, 0);
    size_t at = 0;
    if (cleaned == 0) {
        return 0;
    }
    if (shape->file_prefix) {
        at = put_text(out, at, file, strlen(file));
        at = put_text(out, at, ":", 1);
    }
    if (shape->prefix != NULL) {
        at = put_text(out, at, shape->prefix, strlen(shape->prefix));
    }
    for (size_t i = cleaned; i < shape->pad && at < JK_SHAPED_MAX; i++) {
        out[at++] = '0';
    }
    return put_text(out, at, clean, cleaned);
}
