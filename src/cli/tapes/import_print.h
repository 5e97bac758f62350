/* SPDX-License-Identifier: Apache-2.0 */
/* What an import found, as text, CSV or JSON. */
#ifndef JK_CLI_IMPORT_PRINT_H
#define JK_CLI_IMPORT_PRINT_H

#include "cli/cli.h"
#include "jalki/import.h"

/* Prints it; returns the exit code. */
int jk_cli_import_print(const jk_import_summary *summary, jk_format format);

#endif
