/* SPDX-License-Identifier: Apache-2.0 */
/* Lists beside tapes - payments, actions - imported as every list of rows is, for the use of one run. */
#ifndef JK_IMPORT_LIST_H
#define JK_IMPORT_LIST_H

#include "jalki/tape.h"

/* Imports the CSV into a store that nobody else sees and that is gone when it is closed. At most 1 % of its rows may be
 * bad. `pseudonyms`: file of the key with which the tape's ids were made, or
 * NULL. `what`, for messages: "payments". */
jk_status jk_list_open(const char *path, jk_kind kind, const char *what, const char *pseudonyms, const jk_run *run,
                       jk_tape **list, jk_error *error);

#endif
