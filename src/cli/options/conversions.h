/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs that choose their format by their ending: what a command writes as CSV goes to a scratch file where its name
 * says workbook, JSON or Parquet, and becomes that when the command is done. No command knows of it. */
#ifndef JK_CLI_CONVERSIONS_H
#define JK_CLI_CONVERSIONS_H

#include "base/file/output.h"
#include "cli/options/options.h"

enum { JK_CLI_CONVERSIONS_MAX = 8 };

typedef struct jk_cli_conversion {
    jk_output scratch;
    const char *target, *title;
    char path[32]; /* by which the command writes */
} jk_cli_conversion;

typedef struct jk_cli_conversions {
    jk_cli_conversion each[JK_CLI_CONVERSIONS_MAX];
    size_t count;
} jk_cli_conversions;

/* Whether an option's file of this name is made of CSV. */
bool jk_cli_is_converted(const jk_option *option, const char *path);

/* Sends the output whose path the field has to a scratch file. */
jk_status jk_cli_conversions_add(jk_cli_conversions *self, const jk_option *option, const char **field,
                                 jk_error *error);

/* Makes the files that were wanted. */
jk_status jk_cli_conversions_make(const jk_cli_conversions *self, jk_error *error);
void jk_cli_conversions_end(jk_cli_conversions *self);

#endif
