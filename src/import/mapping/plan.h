/* SPDX-License-Identifier: Apache-2.0 */
/* Which column of a source feeds which canonical column: by name, or as a mapping says. */
#ifndef JK_IMPORT_PLAN_H
#define JK_IMPORT_PLAN_H

#include "base/memory.h"
#include "import/sources/join.h"
#include "import/sources/reader.h"

/* Places of the mapping's fields of one source in a header: entry[n], JK_NO_FIELD where the header lacks it. Entries of
 * other sources' fields are left alone. A name that stands twice in the header is an error if it is used. */
jk_status jk_plan_resolve(const jk_mapping *mapping, uint32_t source, const jk_csv_header *header, const char *path,
                          uint32_t *entry, jk_error *error);

/* Makes the plan of an input whose header is read. With a mapping, input->entry is resolved for all its sources.
 * Fails with JK_ERROR_DATA if a required column has no feed. */
jk_status jk_plan_make(jk_import_input *input, jk_kind kind, const jk_mapping *mapping, const jk_join *join,
                       jk_error *error);

/* true for a date that people and programs write where there is none, in days since 1970. */
bool jk_plan_usual_sentinel(int32_t date);

/* Lists for the summary: columns found, columns missing with the nearest unused header name, header names unused. */
jk_status jk_plan_describe(const jk_import_input *input, jk_arena *arena, jk_import_summary *summary, jk_error *error);

#endif
