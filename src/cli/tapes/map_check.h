/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JK_CLI_MAP_CHECK_H
#define JK_CLI_MAP_CHECK_H

#include <stdio.h>

#include "jalki/status.h"

/* Imports the files by a mapping (its text) into a store that is removed again, and prints what came of it: good and
 * bad rows, an example of each kind of bad cell, the first claims as they were read. cutoff JK_MISSING_INTEGER:
 * unknown. */
jk_status jk_map_check(FILE *out, const char *const *files, size_t file_count, const char *mapping, int32_t cutoff,
                       jk_error *error);

#endif
