/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of totals at the end of a file. */
#ifndef JK_IMPORT_TOTALS_H
#define JK_IMPORT_TOTALS_H

#include "import/commit/commit.h"

/* In the last chunk of a file, before its rows are counted: the last rows that `skip_footer` names, and a last row
 * whose balance is the sum of those above it, are left out. It must call itself a total, or stand below many rows: of
 * two claims and a third that is as large as both, all three are claims. */
jk_status jk_import_leave_out_totals(jk_import_commit *commit, jk_import_chunk *chunk, jk_error *error);

#endif
