/* SPDX-License-Identifier: Apache-2.0 */
/* The flow of chunks through the stages of an import: reading, digest of the source, and committing happen one chunk
 * after the other; parsing happens for several chunks at once. */
#ifndef JK_IMPORT_PIPELINE_H
#define JK_IMPORT_PIPELINE_H

#include "import/commit/commit.h"
#include "import/commit/pseudonyms.h"
#include "import/share.h"

typedef struct jk_import_flow {
    const jk_run *run;
    jk_import_reader *reader;
    jk_import_commit *commit;
    jk_import_parser parse;
    jk_parse_settings settings;
    /* Digest over the text's own bytes; NULL where the reader's sources do that themselves. */
    void (*digest)(void *context, const void *bytes, size_t length);
    void *digest_context;
    jk_pseudonyms *pseudonyms; /* NULL: ids stay as they are */
    jk_share *share;           /* NULL: all is read, parsed and committed here */
} jk_import_flow;

/* Runs all chunks through. The first failure stops the flow and is returned. */
jk_status jk_import_flow_run(const jk_import_flow *flow, jk_error *error);

#endif
