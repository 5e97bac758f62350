/* SPDX-License-Identifier: Apache-2.0 */
/* Joined source files of a mapping: read whole into memory, found by key. Of several rows with one key the first is
 * taken; how many had more is counted. */
#ifndef JK_IMPORT_JOIN_H
#define JK_IMPORT_JOIN_H

#include "import/reader.h"

typedef struct jk_join jk_join;

jk_status jk_join_create(const jk_mapping *mapping, jk_join **join, jk_error *error);

/* Reads the rows of a file, whose header has been read, as the mapping's source number `source`. entry[n] is the place
 * in the header of the source's field n (JK_NO_FIELD: not there) and becomes its place among the joined cells. */
jk_status jk_join_load(jk_join *join, uint32_t source, jk_csv_source *file, const jk_csv_header *header,
                       uint32_t *entry, jk_error *error);

/* true once a file was loaded for the source. */
bool jk_join_is_loaded(const jk_join *join, uint32_t source);
uint64_t jk_join_repeated(const jk_join *join, uint32_t source); /* rows whose key an earlier row had */
uint64_t jk_join_skipped(const jk_join *join, uint32_t source);  /* rows that could not be read, or without a key */

uint64_t jk_join_invalid(const jk_join *join, uint32_t source, jk_cell_text *example); /* cells that are no UTF-8 */
const jk_odd_list *jk_join_odd(const jk_join *join, uint32_t source);                  /* quotes of its text */

/* A key of the source that is the same number but for zeros before it. */
bool jk_join_find_bare(const jk_join *join, uint32_t source, const char *text, size_t length, jk_cell_text *found);

/* For each row of a tile, which begins at row `first` of the chunk, and each source: the joined row's cells, or NULL.
 * Rows that have no partner are marked in chunk->unmatched. */
void jk_join_rows(const jk_join *join, const jk_import_plan *plan, jk_import_chunk *chunk, const uint32_t *ends,
                  size_t first, size_t rows, const jk_cell_text **joined);

void jk_join_free(jk_join *join);

#endif
