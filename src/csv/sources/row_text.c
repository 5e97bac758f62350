/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/sources/row_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/escape.h"

bool jk_row_text_cell(jk_row_text *row, const char *text, size_t length, char decimal, bool last) {
    if (row->length + JK_CELL_BYTES(length) + 4 > row->room) {
        size_t room = 2 * (row->length + JK_CELL_BYTES(length) + 4);
        char *larger = realloc(row->text, room);
        if (larger == NULL) {
            return false;
        }
        row->text = larger;
        row->room = room;
    }
    char *out = row->text + row->length;
    const char *mark = decimal != '.' ? memchr(text, '.', length) : NULL;
    if (mark == NULL) {
        row->length = (size_t)(jk_cell_write(out, text, length) - row->text);
    } else { /* the mark may be the separator, too */
        *out++ = '"';
        memcpy(out, text, length);
        out[mark - text] = decimal;
        out[length] = '"';
        row->length += length + 2;
    }
    row->text[row->length++] = last ? '\n' : ',';
    return true;
}

bool jk_row_text_real(jk_row_text *row, double value, char decimal, bool last) {
    char text[32];
    int length = snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value) {
        length = snprintf(text, sizeof text, "%.17g", value);
    }
    return jk_row_text_cell(row, text, (size_t)length, decimal, last);
}

jk_status jk_row_text_read(jk_row_text *row, jk_row_text_next *next, void *origin, void *out, size_t capacity,
                           size_t *got, jk_error *error) {
    *got = 0;
    while (*got < capacity) {
        if (row->at == row->length) {
            row->length = row->at = 0;
            JK_TRY(next(origin, error));
            if (row->length == 0) {
                return JK_OK;
            }
        }
        size_t piece = row->length - row->at < capacity - *got ? row->length - row->at : capacity - *got;
        memcpy((char *)out + *got, row->text + row->at, piece);
        row->at += piece;
        *got += piece;
    }
    return JK_OK;
}
