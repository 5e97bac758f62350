/* SPDX-License-Identifier: Apache-2.0 */
/* Reading listings (jalki/listing.h), and what their cells functions write with. */
#ifndef JK_BASE_LISTING_H
#define JK_BASE_LISTING_H

#include <stdio.h>

#include "base/json.h"
#include "jalki/listing.h"

/* Columns of the usual kinds: name, head in tables or NULL, meaning. */
#define JK_LISTED_TEXT(name, head, meaning)                                                                            \
    { name, head, "", meaning, JK_LISTING_TEXT, 0 }
#define JK_LISTED_COUNT(name, head, meaning)                                                                           \
    { name, head, "", meaning, JK_LISTING_COUNT, 0 }
#define JK_LISTED_MONTHS(name, head, meaning)                                                                          \
    { name, head, "months", meaning, JK_LISTING_COUNT, 0 }
#define JK_LISTED_MONEY(name, head, meaning)                                                                           \
    { name, head, "money", meaning, JK_LISTING_NUMBER, 2 }

/* The cells of one row: missing first, then what the listing says. */
jk_status jk_listing_row(const jk_listing *listing, size_t row, jk_cell cells[JK_LISTING_COLUMNS], jk_error *error);

/* All rows with all columns as CSV to a stream, which the caller looks after. Fails as the listing's cells do. */
jk_status jk_listing_csv(const jk_listing *listing, FILE *stream, jk_error *error);

/* Fills a cell of text, cut at its room. */
void jk_cell_set(jk_cell *cell, const char *text);

/* A row as an object with every column by its name, and all rows as a list; a row that cannot be read marks the builder
 * as failed. */
json_t *jk_listing_row_json(jk_json_builder *builder, const jk_listing *listing, size_t row);
json_t *jk_listing_json(jk_json_builder *builder, const jk_listing *listing);

#endif
