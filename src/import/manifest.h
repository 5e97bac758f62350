/* SPDX-License-Identifier: Apache-2.0 */
/* What a store says about the import that made it. */
#ifndef JK_IMPORT_MANIFEST_H
#define JK_IMPORT_MANIFEST_H

#include "import/chunk.h"

/* A JSON text, to be given to free(); NULL if there is no memory. */
char *jk_import_manifest(const jk_import_options *options, const jk_mapping *mapping, const jk_import_summary *summary);

#endif
