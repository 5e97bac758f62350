/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/text.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool jk_text_to_integer(const char *text, size_t length, int64_t *value) {
    size_t i = length > 0 && (text[0] == '-' || text[0] == '+');
    bool negative = i == 1 && text[0] == '-';
    if (i == length) {
        return false;
    }
    int64_t sum = 0;
    for (; i < length; i++) {
        int digit = text[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(sum, (int64_t)10, &sum) ||
            __builtin_add_overflow(sum, negative ? -digit : digit, &sum)) {
            return false;
        }
    }
    *value = sum;
    return true;
}

/* True for [+-] digits [. digits] [e [+-] digits] with at least one digit in the mantissa. */
static bool is_decimal(const char *text, size_t length) {
    size_t i = length > 0 && (text[0] == '-' || text[0] == '+');
    size_t digits = 0;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        digits++;
    }
    if (i < length && text[i] == '.') {
        for (i++; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
            digits++;
        }
    }
    if (digits > 0 && i < length && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        i += i < length && (text[i] == '-' || text[i] == '+');
        size_t start = i;
        for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        }
        if (i == start) {
            return false;
        }
    }
    return digits > 0 && i == length;
}

bool jk_text_to_real(const char *text, size_t length, double *value) {
    enum { BUFFER = 128 };
    char buffer[BUFFER];
    if (length >= BUFFER || !is_decimal(text, length)) {
        return false;
    }
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double result = c_locale ? strtod_l(buffer, NULL, c_locale) : strtod(buffer, NULL);
    if (!isfinite(result)) {
        return false;
    }
    *value = result;
    return true;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Levenshtein distance of strings of up to 63 bytes; longer ones are far from everything. */
static size_t edit_distance(const char *a, const char *b) {
    enum { MAX = 64 };
    size_t n = strlen(a);
    size_t m = strlen(b);
    if (n >= MAX || m >= MAX) {
        return SIZE_MAX;
    }
    size_t row[MAX];
    for (size_t j = 0; j <= m; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t substitute = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
            size_t shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = substitute < shorter ? substitute : shorter;
        }
    }
    return row[m];
}

int jk_text_nearest(const char *text, const char *const *names, size_t count) {
    size_t best = 1 + strlen(text) / 3; /* one slip, and one more per three letters */
    int nearest = -1;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(text, names[i]);
        if (distance <= best && (nearest < 0 || distance < best)) {
            best = distance;
            nearest = (int)i;
        }
    }
    return nearest;
}

/* ---- text in memory --------------------------------------------------------------------------------------------- */

typedef struct memory_text {
    char **text;
    size_t *length;
    size_t room;
} memory_text;

static ssize_t write_text(void *cookie, const char *bytes, size_t count) {
    memory_text *self = cookie;
    size_t needed = *self->length + count + 1;
    if (needed > self->room) {
        char *grown = realloc(*self->text, 2 * needed);
        if (grown == NULL) {
            return 0; /* the stream keeps that in mind */
        }
        *self->text = grown;
        self->room = 2 * needed;
    }
    memcpy(*self->text + *self->length, bytes, count);
    *self->length += count;
    (*self->text)[*self->length] = '\0';
    return (ssize_t)count;
}

static int close_text(void *cookie) {
    free(cookie);
    return 0;
}

const char *jk_file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

char *jk_file_folder(const char *path) {
    const size_t length = (size_t)(jk_file_name(path) - path);
    return length == 0 ? strdup(".") : strndup(path, length > 1 ? length - 1 : 1);
}

FILE *jk_text_open(char **text, size_t *length) {
    memory_text *self = calloc(1, sizeof *self);
    char *empty = calloc(1, 1);
    FILE *stream = self != NULL && empty != NULL
                       ? fopencookie(self, "w", (cookie_io_functions_t){.write = write_text, .close = close_text})
                       : NULL;
    if (stream == NULL) {
        free(self);
        free(empty);
        return NULL;
    }
    *self = (memory_text){text, length, 1};
    *text = empty;
    *length = 0;
    return stream;
}

bool jk_text_close(FILE *stream, char **text) {
    bool whole = ferror(stream) == 0;
    whole = fclose(stream) == 0 && whole;
    if (!whole) {
        free(*text);
        *text = NULL;
    }
    return whole;
}
