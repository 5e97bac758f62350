/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives as minizip reads them, with bounds on what they may grow to. */
#ifndef JK_CSV_ZIP_H
#define JK_CSV_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jalki/status.h"

typedef struct jk_zip jk_zip;

jk_status jk_zip_open(const char *path, jk_zip **zip, jk_error *error);
void jk_zip_close(jk_zip *zip);

/* Visits the members in their order. */
typedef jk_status jk_zip_visit(void *context, const char *member, jk_error *error);
jk_status jk_zip_each(jk_zip *zip, jk_zip_visit *visit, void *context, jk_error *error);

bool jk_zip_has(jk_zip *zip, const char *member);

/* Begins to read a member, instead of the one before; *size is what the archive says of its length. */
jk_status jk_zip_start(jk_zip *zip, const char *member, uint64_t *size, jk_error *error);

/* Next bytes; *got is 0 only at the end, where the checksum has been compared. */
jk_status jk_zip_read(jk_zip *zip, void *out, size_t capacity, size_t *got, jk_error *error);

#endif
