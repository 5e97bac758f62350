/* SPDX-License-Identifier: Apache-2.0 */
/* What import does for a panel of history beside what it does for a tape. */
#ifndef JK_IMPORT_PANEL_H
#define JK_IMPORT_PANEL_H

#include "import/commit/commit.h"

/* Rules of whole rows: the period, its balance, cash and dates; a missing principal becomes what balance_start leaves
 * of interest and fees. */
jk_status jk_import_check_panel_rows(jk_import_chunk *chunk, jk_error *error);

/* Rules of whole rows of payments and actions. */
jk_status jk_import_check_list_rows(jk_import_chunk *chunk, jk_error *error);

/* Numbers the claims and rejects rows that contradict rows before them: same period, overlap, after an exit. */
jk_status jk_import_commit_periods(jk_import_commit *commit, jk_import_chunk *chunk, jk_error *error);

/* Adds accepted rows to what the summary says of a panel. */
void jk_import_sum_panel(jk_import_summary *summary, const jk_import_chunk *chunk);

#endif
