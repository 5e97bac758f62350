/* SPDX-License-Identifier: Apache-2.0 */
/* CSV that this library has written, read back row by row in one pass after another: no guesses at its form are needed,
 * and no more than a row is kept. */
#ifndef JK_EXCHANGE_PLAIN_ROWS_H
#define JK_EXCHANGE_PLAIN_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "jalki/status.h"
#include "jalki/xlsx.h"

typedef struct jk_plain_rows {
    FILE *stream;
    size_t count;        /* columns */
    char **name;         /* of the heading */
    jk_sheet_kind *kind; /* of all rows */
    bool personal;       /* a column names claims or debtors */
    /* the row that was read last */
    const char **cell;
    size_t *start;
    char *text;
    size_t room;
} jk_plain_rows;

/* Reads the heading and the kinds of the columns; the next row is the first. The descriptor stays the caller's. */
jk_status jk_plain_rows_open(int fd, jk_plain_rows *rows, jk_error *error);

/* *more: a row was read, its cells in rows->cell. */
jk_status jk_plain_rows_next(jk_plain_rows *rows, bool *more, jk_error *error);
void jk_plain_rows_close(jk_plain_rows *rows);

#endif
