/* SPDX-License-Identifier: Apache-2.0 */
/* A fit as tables and as CSV. */
#ifndef JK_CLI_FIT_PRINT_H
#define JK_CLI_FIT_PRINT_H

#include "jalki/fit.h"

/* Tables for reading: what was fitted on, points, curves, classes, and what was wrong. Returns the exit code. */
int jk_cli_fit_print(const jk_fit_result *result, const jk_model *base);

/* Every figure as a row. Returns the exit code. */
int jk_cli_fit_csv(const jk_fit_result *result, const jk_model *base);

#endif
