/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the comparisons of two files. */
#ifndef JK_AUDIT_DIFFERENCES_H
#define JK_AUDIT_DIFFERENCES_H

#include <stdbool.h>

#include "jalki/replay.h"

__attribute__((format(printf, 2, 3))) void jk_differences_add(jk_differences *differences, const char *format, ...);

/* Whether the file begins as an HDF5 file does. */
bool jk_audit_is_store(const char *path);

jk_status jk_stores_differ(const char *before, const char *now, jk_differences *differences, jk_error *error);

#endif
