/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers as they arrive: guarded for a spreadsheet, cut by one, or standing for nobody. */
#ifndef JK_IMPORT_IDENTIFIER_H
#define JK_IMPORT_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

/* Takes off spaces of all kinds, the guards ="…" and '…, and composes letters and their marks, in `buffer` where the
 * text changes inside. */
void jk_identifier_clean(const char **text, size_t *length, char *buffer, size_t capacity);

/* true for a number that a spreadsheet cut to a power of ten: 1.98E+11, 1,98e+11. */
bool jk_identifier_is_exponent(const char *text, size_t length);

/* true for what stands for no debtor: NULL, n/a, -, ?, 0, 000000-0000, 9999999999, xxx, unknown and its like. */
bool jk_identifier_is_placeholder(const char *text, size_t length);

/* The first looks at an identifier, for the quick reader: false where it needs none of the above. */
static inline bool jk_identifier_looks_odd(const char *text, size_t length, bool debtor) {
    /* bytes by which placeholders begin */
    static const unsigned char first[256] = {
        ['0'] = 1, ['9'] = 1, ['-'] = 1, ['.'] = 1, ['?'] = 1, ['*'] = 1, ['x'] = 1, ['X'] = 1, ['#'] = 1, ['_'] = 1,
        ['/'] = 1, ['n'] = 1, ['N'] = 1, ['('] = 1, ['u'] = 1, ['U'] = 1, ['t'] = 1, ['T'] = 1, ['o'] = 1, ['O'] = 1,
        ['e'] = 1, ['E'] = 1, ['m'] = 1, ['M'] = 1, ['p'] = 1, ['P'] = 1, ['s'] = 1, ['S'] = 1};
    bool guarded = (text[0] == '=') | (text[0] == '\'');
    const char *end = text + length;
    bool exponent = length >= 5 && (((end[-3] == '+') & ((end[-4] | 0x20) == 'e')) | /* 1E+11, 1E+100 */
                                    ((end[-4] == '+') & ((end[-5] | 0x20) == 'e')));
    return guarded | exponent |
           (debtor && first[(unsigned char)text[0]] != 0 && jk_identifier_is_placeholder(text, length));
}

#endif
