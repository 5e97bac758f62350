/* SPDX-License-Identifier: Apache-2.0 */
/* Joined source files of a mapping: read whole into memory, found by key. Of several rows with one key the best by
 * `prefer` and `latest_by` is taken, else the first; how many had more is counted. Aggregates are made of all of them
 * and stand among the cells. */
#ifndef JK_IMPORT_JOIN_H
#define JK_IMPORT_JOIN_H

#include "import/sources/reader.h"

typedef struct jk_join jk_join;

jk_status jk_join_create(const jk_mapping *mapping, jk_join **join, jk_error *error);

/* Takes a file, whose header has been read, as the mapping's source number `source`. entry[n] is the place in the
 * header of the source's field n (JK_NO_FIELD: not there) and becomes its place among the joined cells. */
jk_status jk_join_begin(jk_join *join, uint32_t source, const jk_csv_source *file, uint32_t *entry, jk_error *error);

/* Reads its rows; the mapping's cut-off is known by then, where it is at all. */
jk_status jk_join_read(jk_join *join, uint32_t source, jk_csv_source *file, const jk_csv_header *header,
                       jk_error *error);

/* true once a file was taken for the source. */
bool jk_join_is_loaded(const jk_join *join, uint32_t source);

/* What the rows of a source were. */
typedef struct jk_join_counts {
    uint64_t repeated; /* rows whose key another row had, and nothing says which of them is the better one */
    uint64_t chosen;   /* rows whose key another row had that was better, or worse */
    uint64_t filtered; /* rows that `where` leaves out */
    uint64_t later;    /* rows after the cut-off, which no aggregate counts */
    uint64_t unread;   /* rows of which an aggregate could not read a cell */
    const char *unread_example;
    uint64_t keys, unused_keys; /* keys in all, and those that no claim has */
} jk_join_counts;
jk_join_counts jk_join_count(const jk_join *join, uint32_t source);
uint64_t jk_join_skipped(const jk_join *join, uint32_t source); /* rows that could not be read, or without a key */

uint64_t jk_join_invalid(const jk_join *join, uint32_t source, jk_cell_text *example); /* cells that are no UTF-8 */
const jk_odd_list *jk_join_odd(const jk_join *join, uint32_t source);                  /* quotes of its text */

/* A key of the source that is the same number but for zeros before it. */
bool jk_join_find_bare(const jk_join *join, uint32_t source, const char *text, size_t length, jk_cell_text *found);

/* For each row of a tile, which begins at row `first` of the chunk, and each source: the joined row's cells, or NULL.
 * Rows that have no partner are marked in chunk->unmatched. */
void jk_join_rows(const jk_join *join, const jk_import_plan *plan, jk_import_chunk *chunk, const uint32_t *ends,
                  size_t first, size_t rows, const jk_cell_text **joined);

/* Some claim has the key of this row, as chunk->partners of another process says; false: there is no such row. */
bool jk_join_mark(const jk_join *join, uint32_t source, uint32_t row);

void jk_join_free(jk_join *join);

#endif
