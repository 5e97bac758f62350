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

/* For each row of a tile and each source: the joined row's cells, or NULL. */
void jk_join_rows(const jk_join *join, const jk_import_plan *plan, const char *text, const uint32_t *ends, size_t rows,
                  const jk_cell_text **joined);

void jk_join_free(jk_join *join);

#endif
