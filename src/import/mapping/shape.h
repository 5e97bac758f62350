/* SPDX-License-Identifier: Apache-2.0 */
/* Keys brought into one form: cleaned, padded, put together, told apart by file. */
#ifndef JK_IMPORT_SHAPE_H
#define JK_IMPORT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What `clean` takes away or changes, in this order. */
enum {
    JK_CLEAN_SPACES = 1, /* spaces of all kinds, everywhere */
    JK_CLEAN_DIGITS = 2, /* all but digits */
    JK_CLEAN_ALNUM = 4,  /* all but letters and digits */
    JK_CLEAN_ZEROS = 8,  /* zeros before the first other character */
    JK_CLEAN_UPPER = 16, /* small letters become capitals */
    JK_CLEAN_LOWER = 32
};

enum { JK_SHAPED_MAX = 512 };

typedef struct jk_shape {
    unsigned clean;
    uint32_t pad;       /* zeros are put before it up to so many characters; 0: none */
    const char *prefix; /* NULL: none */
    bool file_prefix;   /* the file's name without its ending, and a colon */
} jk_shape;

/* true if it changes anything. */
bool jk_shape_is_given(const jk_shape *shape);

/* The text in its shape, in out[JK_SHAPED_MAX]; returns its length. What does not fit is cut off. Empty stays empty. */
size_t jk_shape_text(const jk_shape *shape, const char *file, const char *text, size_t length, char *out);

#endif
