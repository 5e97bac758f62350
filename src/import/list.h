/* SPDX-License-Identifier: Apache-2.0 */
/* Lists beside tapes - payments, actions - imported as every list of rows is, for the use of one run. */
#ifndef JK_IMPORT_LIST_H
#define JK_IMPORT_LIST_H

#include "jalki/import.h"

/* Imports into options->output and opens it: the store lasts as long as it is open, has no name then and is no input of
 * the run. Counts the rows rejected where the import went well. */
jk_status jk_list_take(const jk_import_options *options, const jk_run *run, jk_tape **list, uint64_t *rejected,
                       jk_error *error);

/* Imports the CSV into a store that nobody else sees and that is gone when it is closed. At most 1 % of its rows may be
 * bad. `pseudonyms`: file of the key with which the tape's ids were made, or
 * NULL. `what`, for messages: "payments". */
jk_status jk_list_open(const char *path, jk_kind kind, const char *what, const char *pseudonyms, const jk_run *run,
                       jk_tape **list, jk_error *error);

#endif
