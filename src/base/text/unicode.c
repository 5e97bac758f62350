/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/unicode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* U+00A0, U+2000 to U+200F, U+202F, U+205F, U+2060, U+3000, U+FEFF. */
static bool is_wide_space(const unsigned char *c, size_t length) {
    if (length == 2) {
        return c[0] == 0xc2 && c[1] == 0xa0;
    }
    return length == 3 &&
           ((c[0] == 0xe2 && c[1] == 0x80 && ((c[2] >= 0x80 && c[2] <= 0x8f) || c[2] == 0xaf)) ||
            (c[0] == 0xe2 && c[1] == 0x81 && (c[2] == 0x9f || c[2] == 0xa0)) ||
            (c[0] == 0xe3 && c[1] == 0x80 && c[2] == 0x80) || (c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf));
}

size_t jk_unicode_space(const char *text, size_t length) {
    const unsigned char *c = (const unsigned char *)text;
    if (length == 0) {
        return 0;
    }
    if (c[0] < 0x80) {
        return c[0] == ' ' || c[0] == '\t' || c[0] == '\r';
    }
    return length >= 2 && is_wide_space(c, 2) ? 2 : length >= 3 && is_wide_space(c, 3) ? 3 : 0;
}

size_t jk_unicode_space_before(const char *text, size_t length) {
    const unsigned char *c = (const unsigned char *)text;
    if (length == 0) {
        return 0;
    }
    if (c[length - 1] < 0x80) {
        return c[length - 1] == ' ' || c[length - 1] == '\t' || c[length - 1] == '\r';
    }
    return length >= 3 && is_wide_space(c + length - 3, 3)   ? 3
           : length >= 2 && is_wide_space(c + length - 2, 2) ? 2
                                                             : 0;
}

bool jk_unicode_has_marks(const char *text, size_t length) {
    for (size_t i = 0; i + 1 < length; i++) { /* U+0300 to U+036F */
        unsigned lead = (unsigned char)text[i];
        unsigned next = (unsigned char)text[i + 1];
        if ((lead == 0xcc && next >= 0x80) || (lead == 0xcd && next >= 0x80 && next <= 0xaf)) {
            return true;
        }
    }
    return false;
}

static bool map(const char *text, size_t length, int options, char *out, size_t capacity, size_t *out_length) {
    utf8proc_uint8_t *made = NULL;
    utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &made,
                                         (utf8proc_option_t)(options | UTF8PROC_STABLE));
    bool fits = size >= 0 && (size_t)size <= capacity;
    if (fits) {
        memcpy(out, made, (size_t)size);
        *out_length = (size_t)size;
    }
    free(made);
    return fits;
}

bool jk_unicode_compose(const char *text, size_t length, char *out, size_t capacity, size_t *out_length) {
    return map(text, length, UTF8PROC_COMPOSE, out, capacity, out_length);
}

bool jk_unicode_fold(const char *text, size_t length, char *out, size_t capacity) {
    size_t made = 0;
    if (capacity == 0 || !map(text, length, UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD, out, capacity - 1, &made)) {
        return false;
    }
    size_t kept = 0;
    for (size_t i = 0; i < made;) {
        size_t space = out[i] == '_' ? 1 : jk_unicode_space(out + i, made - i);
        if (space > 0) {
            i += space;
        } else {
            out[kept++] = out[i++];
        }
    }
    out[kept] = '\0';
    return true;
}

bool jk_unicode_is_utf8(const char *text, size_t length) {
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < length;) {
        uint64_t eight = 0;
        if (length - i >= sizeof eight) { /* eight bytes of plain text at once, none of them NUL */
            memcpy(&eight, bytes + i, sizeof eight);
            uint64_t zero = (eight - 0x0101010101010101U) & ~eight;
            if (((eight | zero) & 0x8080808080808080U) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        unsigned lead = bytes[i];
        if (lead < 0x80) {
            if (lead == 0) {
                return false;
            }
            i++;
            continue;
        }
        size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || length - i <= more) {
            return false;
        }
        for (size_t k = 1; k <= more; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80) {
                return false;
            }
        }
        unsigned second = bytes[i + 1]; /* overlong forms, surrogates, beyond U+10FFFF */
        if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
            (lead == 0xf4 && second > 0x8f)) {
            return false;
        }
        i += more + 1;
    }
    return true;
}
