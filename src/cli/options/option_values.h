/* SPDX-License-Identifier: Apache-2.0 */
/* Reading an option's value by its kind, into its field. */
#ifndef JK_CLI_OPTION_VALUES_H
#define JK_CLI_OPTION_VALUES_H

#include "cli/options/options.h"

/* Sets the field to what it is until the option is given: NaN, the missing date, no word. */
void jk_option_set_neutral(const jk_option *option, void *field);

/* Reads `text` into the field (of any kind but SPECIAL and HELP); of an array the count is changed. `name` is how
 * messages call the option. The text of TEXT and FILE options must last. */
void jk_option_take(jk_usage *usage, const jk_option *option, const char *name, const char *text, void *field,
                    size_t *count);

/* The ending that an output's name should have, where `text` has that of another kind of file: CSV under the name of a
 * workbook helps nobody. What an output is, its value's name says in help ("F.csv"), or the option's own ("json").
 * NULL: the ending is right, there is none of letters, or none that is known, where the output is no CSV. */
const char *jk_option_foreign_ending(const jk_option *option, const char *text);

/* Whether an output of this name is CSV: by what its value is called in help, unless it is to be Parquet. */
bool jk_option_is_csv(const jk_option *option, const char *text);

/* Whether a file is called .parquet. */
bool jk_is_parquet(const char *path);

#endif
