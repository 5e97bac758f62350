/* SPDX-License-Identifier: Apache-2.0 */
/* How `jalki inspect` shows a panel of history. */
#ifndef JK_CLI_INSPECT_PANEL_H
#define JK_CLI_INSPECT_PANEL_H

#include "cli/cli.h"
#include "jalki/tape.h"

/* Prints all figures in the format asked for; returns the exit code. */
int jk_cli_inspect_panel(const jk_tape *panel, jk_format format);

#endif
