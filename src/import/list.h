/* SPDX-License-Identifier: Apache-2.0 */
/* Lists beside tapes - payments, actions - imported as every list of rows is, for the use of one run. */
#ifndef JK_IMPORT_LIST_H
#define JK_IMPORT_LIST_H

#include "jalki/import.h"

/* Imports into a store without a name on the file system of `beside`, and opens it: it lasts as long as it is open,
 * whatever becomes of the process, and is no input of the run; options->output is not looked at. Counts the rows
 * rejected where the import went well. */
jk_status jk_list_take(const jk_import_options *options, const char *beside, const jk_run *run, jk_tape **list,
                       uint64_t *rejected, jk_error *error);

/* The same of a CSV, in the folder for temporary files. At most 1 % of its rows may be bad. `pseudonyms`: file of the
 * key with which the tape's ids were made, or NULL. */
jk_status jk_list_open(const char *path, jk_kind kind, const char *pseudonyms, const jk_run *run, jk_tape **list,
                       uint64_t *rejected, jk_error *error);

#endif
