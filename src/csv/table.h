/* SPDX-License-Identifier: Apache-2.0 */
/* A small CSV file read whole, row by row: figures that an analyst keeps beside a tape. */
#ifndef JK_CSV_TABLE_H
#define JK_CSV_TABLE_H

#include "csv/header.h"
#include "csv/sources/source.h"

typedef struct jk_csv_field {
    const char *text; /* not terminated; without spaces around it */
    size_t length;
} jk_csv_field;

/* Called for each row, in order; field[header->count]. `line` is its first physical line. */
typedef jk_status jk_csv_visit(void *context, const jk_csv_header *header, const jk_csv_field *field, int64_t line,
                               jk_error *error);

/* Reads a file (plain or gzip, UTF-8) of at most `most` bytes of text; what is longer, not of one width or badly quoted
 * is an error with its line. */
jk_status jk_csv_table_read(const char *path, size_t most, jk_csv_visit *visit, void *context, jk_error *error);

/* Index of a column, SIZE_MAX if there is none. */
size_t jk_csv_table_column(const jk_csv_header *header, const char *name);

#endif
