/* SPDX-License-Identifier: Apache-2.0 */
/* Column names as people write them: compared exactly, else without case, spaces and underscores, in composed form.
 * `Name#2` is the second column called Name. */
#ifndef JK_IMPORT_NAMES_H
#define JK_IMPORT_NAMES_H

#include "csv/header.h"
#include "import/mapping/mapping.h"

/* Place of a name in a header, or JK_NO_FIELD; *twice is set where it is not known which of several is meant. */
uint32_t jk_names_find(const jk_csv_header *header, const char *name, bool *twice);

/* Canonical column that a header's name stands for in a file of the kind, or -1. */
int jk_names_column(jk_kind kind, const char *name);

/* Names that are looked for in the header of a file, so that the header is found below title rows: those of the
 * mapping's fields, or the canonical ones where there is none. */
typedef struct jk_wanted_names jk_wanted_names;
jk_status jk_wanted_names_create(jk_kind kind, const jk_mapping *mapping, jk_wanted_names **wanted, jk_error *error);
void jk_wanted_names_free(jk_wanted_names *wanted);

/* How many of them are among `names` (jk_csv_reading.known). */
size_t jk_wanted_names_known(void *wanted, const char *const *names, uint32_t count);

#endif
