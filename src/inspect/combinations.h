/* SPDX-License-Identifier: Apache-2.0 */
/* Claims and balances of a tape by combinations of columns: a pass of its own. */
#ifndef JK_INSPECT_COMBINATIONS_H
#define JK_INSPECT_COMBINATIONS_H

#include "inspect/scan.h"
#include "tape/stratum.h"

/* A combination in a currency. */
typedef struct jk_combination {
    size_t place; /* in the table */
    size_t currency;
} jk_combination;

struct jk_inspect_combinations {
    jk_stratum_list list;
    jk_stratum_table table; /* claims, then hundredths, of each currency */
    size_t rows;
    jk_combination *row; /* those with claims */
    jk_listing_column head[JK_STRATUM_COLUMNS + 4];
};

/* Counts what `by` asks for. *combinations is the caller's, also on failure. */
jk_status jk_combinations_count(const jk_scan *scan, const char *by, const jk_run *run,
                                jk_inspect_combinations **combinations, jk_error *error);
void jk_combinations_free(jk_inspect_combinations *combinations); /* NULL is accepted */

#endif
