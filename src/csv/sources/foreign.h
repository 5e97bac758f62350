/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are no table of text, told by their first bytes. */
#ifndef JK_CSV_FOREIGN_H
#define JK_CSV_FOREIGN_H

#include <stddef.h>

#include "jalki/status.h"

/* JK_OK if the bytes can begin a table of text; else JK_ERROR_FORMAT that says what the file is and what to do. */
jk_status jk_csv_refuse_foreign(const unsigned char *bytes, size_t length, const char *path, jk_error *error);

#endif
