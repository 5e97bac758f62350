/* SPDX-License-Identifier: Apache-2.0 */
/* Rows on their way to the file: gathered in memory until a chunk of each column is full. */
#ifndef JK_TAPE_STORE_GATHER_H
#define JK_TAPE_STORE_GATHER_H

#include <stdbool.h>

#include "jalki/schema.h"

typedef struct jk_gathered_column {
    char *rows;    /* of all rows, NULL for a column of another kind of store; text is `width` bytes wide */
    size_t filled; /* rows that are written; behind them stand missing values that need not be looked at */
    size_t width;  /* bytes of an element here; of text, as wide as came in so far */
    size_t length; /* longest text */
    bool given;    /* some row has a value */
} jk_gathered_column;

typedef struct jk_gathered {
    size_t count, capacity; /* rows */
    jk_gathered_column columns[JK_COLUMN_COUNT];
} jk_gathered;

/* Whether a store of the kind with these own columns can hold the column. */
static inline bool jk_gather_holds(jk_kind kind, const jk_extras *extras, jk_column column) {
    return jk_schema_in_store(kind, column) &&
           (!jk_schema_is_extra(column) || extras->name[column - JK_FIXED_COLUMN_COUNT] != NULL);
}

/* Room for `capacity` rows of all columns that the store can hold; false if there is no memory. */
bool jk_gather_create(jk_gathered *gathered, jk_kind kind, const jk_extras *extras, size_t capacity);
void jk_gather_free(jk_gathered *gathered);

/* Adds rows [from, from + rows) of the block; there must be room. */
void jk_gather_add(jk_gathered *gathered, const jk_block *block, size_t from, size_t rows);

/* Writes the missing values of a column up to row `rows`. */
void jk_gather_fill(jk_gathered *gathered, jk_column column, size_t rows);

/* No rows again. */
void jk_gather_empty(jk_gathered *gathered);

#endif
