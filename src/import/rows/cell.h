/* SPDX-License-Identifier: Apache-2.0 */
/* One cell into its column, with every rule a cell can break; and the rules of a row as a whole. */
#ifndef JK_IMPORT_CELL_H
#define JK_IMPORT_CELL_H

#include "import/chunk.h"

/* Stores a cell written in the given format, or rejects the row. Empty (after spaces are cut off) is missing. */
jk_status jk_import_store_text(jk_import_chunk *chunk, jk_column column, size_t row, const char *text, size_t length,
                               const jk_csv_format *format, jk_error *error);

/* Stores what a rule made. */
jk_status jk_import_store_cell(jk_import_chunk *chunk, jk_column column, size_t row, const jk_ruled *cell,
                               jk_error *error);

/* Limits of an integer column. */
void jk_import_integer_limits(jk_column column, int32_t *low, int32_t *high);

/* A row for the mapping's rules, without joined rows. */
jk_mapped_row jk_import_mapped_row(const jk_import_plan *plan, const char *text, const uint32_t *ends);

/* Rejects rows whose cut-off (by the mapping's column) is not the tape's. */
jk_status jk_import_check_cutoff(jk_import_chunk *chunk, const uint32_t *ends, size_t first, size_t rows,
                                 int32_t cutoff, jk_error *error);

/* Rules of whole rows: balance (also stored in chunk->balance), dates and birth year against the cut-off. */
jk_status jk_import_check_rows(jk_import_chunk *chunk, int32_t cutoff, jk_error *error);

#endif
