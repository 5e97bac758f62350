/* SPDX-License-Identifier: Apache-2.0 */
/* What the module of pages (module.c) has of printf in the C library's place, which would be a twentieth of it: the
 * conversions that errors use, %s, %d, %zu, %lld and %g, the latter with six digits after the point and none to spare.
 */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct text {
    char *to;
    size_t size, length; /* the length that there would be with room enough */
} text;

static void put(text *out, char c) {
    if (out->length + 1 < out->size) {
        out->to[out->length] = c;
    }
    out->length++;
}

static void put_text(text *out, const char *from) {
    while (*from != '\0') {
        put(out, *from++);
    }
}

static void put_whole(text *out, uint64_t value) {
    char digits[20];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count > 0) {
        put(out, digits[--count]);
    }
}

static void put_integer(text *out, int64_t value) {
    if (value < 0) {
        put(out, '-');
    }
    put_whole(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static void put_number(text *out, double value) {
    if (isnan(value) || fabs(value) >= 1e15) {
        put_text(out, isnan(value) ? "nan" : value < 0.0 ? "-inf" : "inf");
        return;
    }
    if (value < 0.0) {
        put(out, '-');
    }
    double millionths = nearbyint(fabs(value) * 1e6);
    put_whole(out, (uint64_t)(millionths / 1e6));
    uint64_t rest = (uint64_t)fmod(millionths, 1e6);
    if (rest > 0) {
        put(out, '.');
        for (uint64_t place = 100000; rest > 0; place /= 10) {
            put(out, (char)('0' + rest / place));
            rest %= place;
        }
    }
}

int vsnprintf(char *to, size_t size, const char *format, va_list arguments) {
    text out = {to, size, 0};
    for (const char *c = format; *c != '\0'; c++) {
        if (*c != '%') {
            put(&out, *c);
            continue;
        }
        c += 1 + strspn(c + 1, ".0123456789lz");
        switch (*c) {
        case 's':
            put_text(&out, va_arg(arguments, const char *));
            break;
        case 'd':
            put_integer(&out, c[-1] == 'l' ? va_arg(arguments, long long) : va_arg(arguments, int));
            break;
        case 'u':
            put_whole(&out, va_arg(arguments, size_t));
            break;
        case 'g':
            put_number(&out, va_arg(arguments, double));
            break;
        default:
            put(&out, *c);
        }
    }
    if (size > 0) {
        to[out.length < size ? out.length : size - 1] = '\0';
    }
    return (int)out.length;
}

int snprintf(char *to, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return length;
}
