/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that somebody else's library gives, written as a sheet of a workbook is: commas between cells, one line a row.
 */
#ifndef JK_CSV_ROW_TEXT_H
#define JK_CSV_ROW_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "jalki/status.h"

/* The line that is ready; zero-initialise, free `text`. */
typedef struct jk_row_text {
    char *text;
    size_t length, at, room;
} jk_row_text;

/* Adds a cell. `decimal`: the mark that its number is to have instead of a point; '.' where it is no number. `last`: it
 * ends the line. false: no memory. */
bool jk_row_text_cell(jk_row_text *row, const char *text, size_t length, char decimal, bool last);

/* The same of a number, with as few digits as bring it back. */
bool jk_row_text_real(jk_row_text *row, double value, char decimal, bool last);

/* Makes the next line from nothing; it stays empty behind the last row. */
typedef jk_status jk_row_text_next(void *origin, jk_error *error);

/* Reads bytes of the lines, as jk_byte_origin wants it. */
jk_status jk_row_text_read(jk_row_text *row, jk_row_text_next *next, void *origin, void *out, size_t capacity,
                           size_t *got, jk_error *error);

#endif
