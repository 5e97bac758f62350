/* SPDX-License-Identifier: Apache-2.0 */
/* Reading listings (jalki/listing.h), and what their cells functions write with. */
#ifndef JK_BASE_LISTING_H
#define JK_BASE_LISTING_H

#include <stdio.h>

#include "base/text/json.h"
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

#define JK_LISTED_FIGURE(name, unit, meaning)                                                                          \
    { name, NULL, unit, meaning, JK_LISTING_FIGURE, 0 }

/* An array of columns whose rows nobody has: of a file that is written as they come. */
#define JK_LISTING_FILE(title, described)                                                                              \
    ((jk_listing){.name = (title),                                                                                     \
                  .columns = (described),                                                                              \
                  .column_count = sizeof(described) / sizeof(described)[0],                                            \
                  .choice = -1})

/* The rows of an array of columns: their name, the array, how many there are, what fills a row's cells, and from what:
 * one or two results. */
#define JK_LISTING_OF(title, described, count, fill, ...)                                                              \
    ((jk_listing){.name = (title),                                                                                     \
                  .columns = (described),                                                                              \
                  .column_count = sizeof(described) / sizeof(described)[0],                                            \
                  .rows = (count),                                                                                     \
                  .choice = -1,                                                                                        \
                  .source = {__VA_ARGS__},                                                                             \
                  .cells = (fill)})

/* The cells of one row: missing first, then what the listing says. */
jk_status jk_listing_row(const jk_listing *listing, size_t row, jk_cell cells[JK_LISTING_COLUMNS], jk_error *error);

/* All rows with all columns as CSV to a stream, which the caller looks after. Fails as the listing's cells do. Of
 * columns of a file (JK_LISTING_FILE) the head alone. */
jk_status jk_listing_csv(const jk_listing *listing, FILE *stream, jk_error *error);

/* The names of the columns as CSV has them above its rows, without the end of the line, where the head goes elsewhere
 * than to a stream or goes on; returns the length. For columns that are described in the program, whose names are
 * plain. */
enum { JK_LISTING_HEAD = JK_LISTING_COLUMNS * 32 };
size_t jk_listing_head(const jk_listing *listing, char text[JK_LISTING_HEAD]);

/* A number as CSV has it, with decimals as a column has them; empty where it is missing or infinite. Returns `text`. */
const char *jk_listing_number(double number, int decimals, char *text, size_t size);

/* Fills a cell of text; what does not fit is cut, and three dots in one character stand for it. */
void jk_cell_set(jk_cell *cell, const char *text);

/* Fills a cell of a figure: the number, and as it is written, with decimals as a column has them. */
void jk_cell_set_figure(jk_cell *cell, double number, int decimals);

/* No rows yet, with the name and the columns of `empty`, which outlive them. Cells are added from left to right, row
 * after row; texts are copied. Memory that runs out shows as a listing whose rows cannot be read. */
jk_listed *jk_listed_create(const jk_listing *empty);
void jk_listed_text_cells(jk_listed *listed, const char *const *texts, size_t count);
#define jk_listed_texts(listed, ...)                                                                                   \
    jk_listed_text_cells(listed, (const char *const[]){__VA_ARGS__},                                                   \
                         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
void jk_listed_number(jk_listed *listed, double number);
/* A figure, with decimals as a column has them; a date (days since 1970-01-01). */
void jk_listed_figure(jk_listed *listed, double number, int decimals);
void jk_listed_date(jk_listed *listed, int32_t date);
/* One figure a line, of a row of another listing: for each column from `first` on that the row has something in, the
 * texts of what it is of, the column's name, and the figure as the column has it. */
void jk_listed_figures(jk_listed *listed, const char *const *of, size_t count, const jk_listing *rows, size_t row,
                       size_t first);
/* The rows, as long as `listed` lives. */
jk_listing jk_listed_rows(const jk_listed *listed);

/* A row as an object with every column by its name, and all rows as a list; a row that cannot be read marks the builder
 * as failed. */
json_t *jk_listing_row_json(jk_json_builder *builder, const jk_listing *listing, size_t row);
json_t *jk_listing_json(jk_json_builder *builder, const jk_listing *listing);

#endif
