/* SPDX-License-Identifier: Apache-2.0 */
/* What a fit found of payers, on stdout. */
#ifndef JK_CLI_FIT_PAYERS_PRINT_H
#define JK_CLI_FIT_PAYERS_PRINT_H

#include "jalki/fit.h"

/* Tables for people; returns 0, or 1 where memory ran out. */
int jk_cli_fit_payers(const jk_fit_result *result, const jk_model *base);

#endif
