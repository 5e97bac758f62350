/* SPDX-License-Identifier: Apache-2.0 */
/* CSV as a language's spreadsheets read it: separator, decimal mark, dates. Everything is written canonically (commas,
 * points, YYYY-MM-DD; base/text/escape.h writes texts) and turned on its way out, cell by cell; what is read goes the
 * other way. Texts that look like numbers are quoted where a dialect holds, and quoted cells stay as they are; what is
 * written YYYY-MM-DD is a date wherever it stands. */
#ifndef JK_BASE_DIALECT_H
#define JK_BASE_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct jk_dialect {
    const char *name; /* of the language, ISO 639-1 */
    char separator, decimal;
    char date_mark;  /* between the parts of a date */
    bool year_first; /* YYYY-MM-DD; otherwise day, month, year */
    bool pads;       /* days and months have two digits */
} jk_dialect;

/* The dialects, and their names, NULL-ended, in the same order; "en" is canonical. */
extern const jk_dialect jk_dialects[];
extern const char *const jk_dialect_names[];

/* A canonical CSV text on its way: what was put so far. Zero-initialise but for the dialect. */
enum { JK_DIALECT_CELL = 32 };
typedef struct jk_dialect_text {
    const jk_dialect *dialect;
    bool quoted, passing; /* inside quotes; in a cell that is no number and no date */
    size_t held;          /* bytes of a cell that may be one */
    char cell[JK_DIALECT_CELL];
} jk_dialect_text;

/* Turns from[length] and writes it to `to`, which needs room for length + JK_DIALECT_CELL bytes, and may be `from`
 * where nothing is held, as at the beginning of a row. Returns the bytes written. */
size_t jk_dialect_put(jk_dialect_text *self, const char *from, size_t length, char *to);

/* What is still held, at the end of the text. */
size_t jk_dialect_end(jk_dialect_text *self, char *to);

/* A cell that was read, as it is canonically: false where it is no number and no date of the dialect that would be
 * written otherwise. */
bool jk_dialect_read(const jk_dialect *dialect, const char *text, size_t length, char cell[JK_DIALECT_CELL],
                     size_t *written);

/* Whether a text would be taken for a number with decimals, so that it is quoted. */
bool jk_dialect_would_turn(const char *text, size_t length);

/* Whether an output of this name is CSV (.csv, .csv.gz). */
bool jk_dialect_is_csv(const char *path);

#endif
