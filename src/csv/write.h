/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a block as canonical CSV (tape.md): '.' decimals, YYYY-MM-DD, an empty cell is missing, '\n' ends a row. Made
 * for long tapes: no printf, no locale, one pass over the rows. */
#ifndef JK_CSV_WRITE_H
#define JK_CSV_WRITE_H

#include "jalki/schema.h"

/* Strings of the dictionary columns; entries of other columns are not looked at. */
typedef struct jk_csv_dictionaries {
    const char *const *text[JK_COLUMN_COUNT];
    size_t longest[JK_COLUMN_COUNT]; /* bytes of the longest string */
} jk_csv_dictionaries;

/* Most bytes that one row of the block, or the header, can take, in a file of a kind. */
size_t jk_csv_row_bound(jk_kind kind, const jk_block *block, const jk_csv_dictionaries *dictionaries);

/* Both write at `out` and return the end. Columns that are NULL in the block are written empty. */
char *jk_csv_put_header(jk_kind kind, char *out);
char *jk_csv_put_rows(jk_kind kind, char *out, const jk_block *block, const jk_csv_dictionaries *dictionaries);

#endif
