/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of results with their columns described once: name, unit, meaning, format. Tables, CSV, JSON and docs/outputs.md
 * are made of the same listing, so that none has a column, or a figure, that another lacks.
 *
 *     jk_listing listing = jk_worklist_listing(candidates, &worklist);
 *     jk_cell cells[JK_LISTING_COLUMNS];
 *     listing.cells(&listing, row, cells, &error);      cells[c] belongs to listing.columns[c]
 */
#ifndef JALKI_LISTING_H
#define JALKI_LISTING_H

#include <stdbool.h>

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_LISTING_COLUMNS = 40, JK_CELL_TEXT = 512 };

typedef enum jk_listing_kind {
    JK_LISTING_TEXT,
    JK_LISTING_COUNT,
    JK_LISTING_NUMBER,
    JK_LISTING_FLAG,  /* 1 or 0; true or false in JSON */
    JK_LISTING_FIGURE /* what its row is about tells the unit: the text says how it is written; a date has no number */
} jk_listing_kind;

typedef struct jk_listing_column {
    const char *name;    /* in CSV and JSON */
    const char *head;    /* above the column of a table; NULL: tables leave it out */
    const char *unit;    /* "money" (the model's base currency), "%", "a year" (a rate) and "share" (of 1), which tables
                            and    sheets show in per cent, "hours", "months", "years", "" */
    const char *meaning; /* a sentence, without a full stop */
    jk_listing_kind kind;
    int decimals; /* of a number in CSV; -N: as few as it needs of N digits, -1: of 9; JSON has all its digits */
} jk_listing_column;

typedef struct jk_cell {
    double number; /* NaN: missing */
    char text[JK_CELL_TEXT];
} jk_cell;

typedef struct jk_listing {
    const char *name; /* "worklist" */
    const jk_listing_column *columns;
    size_t column_count;   /* at most JK_LISTING_COLUMNS */
    size_t rows;           /* 0 where it was made without results, for its columns alone */
    int choice;            /* which part of it, or -1 */
    const void *source[2]; /* what the rows are read from; it must outlive the listing */
    /* Fills a cell for each column; what it leaves alone is missing. NULL: columns of a file that is written row by
     * row, without a row in memory. */
    jk_status (*cells)(const struct jk_listing *listing, size_t row, jk_cell *cells, jk_error *error);
} jk_listing;

/* Rows that were written one after the other, for results where a row's number does not tell which it is. The caller
 * frees them; NULL is accepted, and stands for memory that ran out. */
typedef struct jk_listed jk_listed;
void jk_listed_free(jk_listed *listed);

/* All rows with all columns as a CSV file that appears whole or not at all; `personal`: a new file is its owner's
 * alone. Fails as `cells` does, and with JK_ERROR_IO. */
jk_status jk_listing_write(const jk_listing *listing, const char *path, bool personal, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
