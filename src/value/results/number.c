/* SPDX-License-Identifier: Apache-2.0 */
/* Both forms scale the number to an integer and fall back to printf where that integer could be off by one. */
#include "value/results/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

char *jk_write_integer(char *text, uint64_t value) {
    char digits[20];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count > 0) {
        *text++ = digits[--count];
    }
    return text;
}

static char *print_digits9(char *text, double value) {
    char buffer[JK_NUMBER_TEXT];
    int length = snprintf(buffer, sizeof buffer, "%.9g", value);
    memcpy(text, buffer, (size_t)length);
    return text + length;
}

char *jk_write_cents(char *text, double value) {
    double magnitude = fabs(value);
    if (!(magnitude < 1e13)) {
        return jk_write_digits9(text, value);
    }
    /* product + rest is magnitude * 100 exactly; a half is decided by the rest, and with no rest goes to even. */
    double product = magnitude * 100.0;
    double rest = fma(magnitude, 100.0, -product);
    double rounded = nearbyint(product);
    double beyond = product - rounded; /* exact, within [-0.5, 0.5] */
    if (beyond == 0.5 && rest > 0.0) {
        rounded += 1.0;
    } else if (beyond == -0.5 && rest < 0.0) {
        rounded -= 1.0;
    }
    uint64_t cents = (uint64_t)rounded;
    if (value < 0.0 && cents > 0) {
        *text++ = '-';
    }
    text = jk_write_integer(text, cents / 100);
    *text++ = '.';
    *text++ = (char)('0' + cents / 10 % 10);
    *text++ = (char)('0' + cents % 10);
    return text;
}

/* 10^0 to 10^13: exact in 64-bit floats, and enough to bring 1e-4..1e9 to nine digits before the point. */
static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13};

/* Nine digits of a number in [1e-4, 1e9) and the power of ten of the first; 0 where printf must decide. */
static uint64_t nine_digits(double magnitude, int *exponent) {
    int e = magnitude >= 1.0 ? 0 : -4;
    while (e < 8 && magnitude >= (e < -1 ? 1.0 / powers[-e - 1] : e < 0 ? 1.0 : powers[e + 1])) {
        e++;
    }
    double scaled = magnitude * powers[8 - e]; /* relative error 2^-53: below 2e-7 here */
    double rounded = nearbyint(scaled);
    *exponent = e;
    if (fabs(fabs(scaled - rounded) - 0.5) < 1e-6 || rounded < 1e8 || rounded >= 1e9) {
        return 0; /* near a half, or the power of ten was off by one */
    }
    return (uint64_t)rounded;
}

char *jk_write_digits9(char *text, double value) {
    if (!isfinite(value)) {
        return text;
    }
    double magnitude = fabs(value);
    if (magnitude == 0.0) {
        *text = '0';
        return text + 1;
    }
    int exponent = 0;
    uint64_t digits = magnitude >= 1e-4 && magnitude < 1e9 ? nine_digits(magnitude, &exponent) : 0;
    if (digits == 0) {
        return print_digits9(text, value);
    }
    char nine[9];
    for (int i = 8; i >= 0; i--) {
        nine[i] = (char)('0' + digits % 10);
        digits /= 10;
    }
    int last = 8; /* printf's %g drops zeros at the end of the fraction */
    while (last > 0 && last > exponent && nine[last] == '0') {
        last--;
    }
    if (value < 0.0) {
        *text++ = '-';
    }
    if (exponent < 0) {
        *text++ = '0';
        *text++ = '.';
        for (int i = -1; i > exponent; i--) {
            *text++ = '0';
        }
    }
    for (int i = 0; i <= last; i++) {
        if (i > 0 && i == exponent + 1) {
            *text++ = '.';
        }
        *text++ = nine[i];
    }
    return text;
}

char *jk_write_parts(char *text, int64_t parts, int decimals) {
    uint64_t magnitude = parts < 0 ? 0 - (uint64_t)parts : (uint64_t)parts;
    uint64_t whole = 1;
    for (int i = 0; i < decimals; i++) {
        whole *= 10;
    }
    if (parts < 0) {
        *text++ = '-';
    }
    text = jk_write_integer(text, magnitude / whole);
    if (decimals > 0) {
        *text++ = '.';
        uint64_t rest = magnitude % whole;
        for (int i = decimals - 1; i >= 0; i--) {
            text[i] = (char)('0' + rest % 10);
            rest /= 10;
        }
        text += decimals;
    }
    return text;
}
