/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at rows and columns that are not as they should be: rows that can be mended or are none, text in another
 * encoding, dates and amounts that mean something else. What is well costs nothing or one pass over a column. */
#ifndef JK_IMPORT_LOOK_H
#define JK_IMPORT_LOOK_H

#include "import/chunk.h"

/* The row at which the cursor stopped: *mended is 1 if it could be made one of the right width, whose fields then stand
 * in `ends` (which has room for a tile); otherwise it is rejected or left out. */
jk_status jk_import_mend_row(jk_import_chunk *chunk, jk_csv_cursor *cursor, uint32_t *ends, size_t *mended,
                             jk_error *error);

/* Rows [first, first + rows), parsed: rejects from number `reject` on that are no claims at all are left out; cells
 * that are no text are counted. */
jk_status jk_import_look_at_rows(jk_import_chunk *chunk, const uint32_t *ends, size_t first, size_t rows, size_t reject,
                                 jk_error *error);

/* Leaves out the rows that `where` of the mapping does not take. */
jk_status jk_import_filter_rows(jk_import_chunk *chunk, const jk_parse_scratch *scratch, size_t first, size_t rows,
                                jk_error *error);

/* All rows of a chunk, column by column: dates that stand for none become missing, amounts and rates are looked at. */
jk_status jk_import_look_at_columns(jk_import_chunk *chunk, jk_error *error);

/* Notes what the cursor found odd. */
void jk_import_note_quotes(jk_odd_list *odd, const jk_csv_cursor *cursor);

/* true for words by which rows of totals begin: Total, Summa, Yhteensä, I alt, Kokku, … */
bool jk_import_is_total_word(const char *text, size_t length);

#endif
