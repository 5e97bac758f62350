/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the tape's store. */
#ifndef JK_TAPE_STORE_H
#define JK_TAPE_STORE_H

#include <math.h>

#include "jalki/tape.h"

/* Root attribute jalki_format of a store: "tape 1", "panel 1", … */
const char *jk_store_format(jk_kind kind);

#define JK_STORE_MISSING_REAL ((double)NAN)

/* A tape without rows and without a file that has the generator's dictionaries: what law and score are bound to where
 * rows are made rather than read. `name` stands for its path in messages and must outlive it. */
jk_status jk_tape_create_unstored(jk_kind kind, const char *name,
                                  const char *const *(*dictionary)(jk_column column, size_t *count), jk_tape **tape,
                                  jk_error *error);

/* Writes `count` missing values of the column; text_width matters for text columns only. */
void jk_store_fill_missing(jk_column column, size_t count, size_t text_width, void *out);

#endif
