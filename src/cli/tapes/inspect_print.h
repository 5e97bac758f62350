/* SPDX-License-Identifier: Apache-2.0 */
/* How `jalki inspect` shows its figures. */
#ifndef JK_CLI_INSPECT_PRINT_H
#define JK_CLI_INSPECT_PRINT_H

#include "jalki/inspect.h"

/* Tables on stdout; returns 0, or 1 with a message where memory ran out. */
int jk_cli_inspect_tables(const jk_tape *tape, const jk_inspection *inspection);

/* Columns of combinations that may be added up: balances only where all are in one currency. NULL-ended. */
const char *const *jk_cli_inspect_sums(const jk_inspection *inspection);

#endif
