/* SPDX-License-Identifier: Apache-2.0 */
/* jalki fit --calibrate: slope and intercept of a score that somebody else made. */
#ifndef JK_CLI_FIT_CALIBRATE_H
#define JK_CLI_FIT_CALIBRATE_H

#include "cli/cli.h"
#include "jalki/fit.h"

/* Calibrates, writes the model to `out` (NULL: nowhere) and prints; returns the exit code. */
int jk_cli_fit_calibrate(const jk_cli_common *common, const char *panel, const char *model,
                         const jk_fit_options *options, const char *out);

#endif
