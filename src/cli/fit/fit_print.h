/* SPDX-License-Identifier: Apache-2.0 */
/* A fit as tables. */
#ifndef JK_CLI_FIT_PRINT_H
#define JK_CLI_FIT_PRINT_H

#include <stdbool.h>

#include "jalki/fit.h"

/* For reading: what was fitted on, learned, not learned, and what to worry about; `full`: all figures as tables and all
 * messages as well. Returns the exit code. */
int jk_cli_fit_print(const jk_fit_result *result, const jk_model *base, bool full);

#endif
