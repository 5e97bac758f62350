/* SPDX-License-Identifier: Apache-2.0 */
/* What an import found, put into words. */
#ifndef JK_IMPORT_FINDINGS_H
#define JK_IMPORT_FINDINGS_H

#include "import/commit/commit.h"
#include "import/sources/inputs.h"

/* Adds to summary->findings what headers, joins and rows showed, once all rows are committed. */
jk_status jk_import_find(const jk_import_commit *commit, const jk_import_inputs *inputs, const jk_mapping *mapping,
                         const jk_import_options *options, jk_import_summary *summary, jk_error *error);

#endif
