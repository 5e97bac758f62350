/* SPDX-License-Identifier: Apache-2.0 */
/* The sources of an import: opened, told apart (claims or joined files), joined files loaded, plans made. */
#ifndef JK_IMPORT_INPUTS_H
#define JK_IMPORT_INPUTS_H

#include "base/file/sha256.h"
#include "base/memory.h"
#include "import/sources/join.h"
#include "import/sources/reader.h"

/* Who feeds the sources' bytes to the digest. */
typedef enum jk_digest_way {
    JK_DIGEST_OF_TEXT,    /* the flow: the text is the files' bytes */
    JK_DIGEST_OF_SOURCES, /* the sources while they are read: gzip, or another encoding */
    JK_DIGEST_DONE        /* done already: joined files are not read in the order they are named */
} jk_digest_way;

typedef struct jk_import_inputs {
    size_t count; /* sources of claims */
    jk_import_input *inputs;
    jk_join *join;
    uint32_t *entry; /* of the joined sources' fields */
    jk_digest_way digest;
    uint64_t text_bytes; /* of claims, if known */
    bool has_parts;      /* some file holds several tables */
    size_t late_count;   /* joined files that are read once the cut-off is known */
    struct jk_late_file *late;
    size_t passed_count; /* notes on parts of files that were not read */
    char **passed;
} jk_import_inputs;

jk_status jk_inputs_open(jk_import_inputs *inputs, const jk_import_options *options, const jk_mapping *mapping,
                         jk_sha256 *digest, jk_error *error);

/* The bytes of all sources, in the order they are named; any thread. */
jk_status jk_inputs_digest(const jk_import_options *options, jk_sha256 *digest, jk_error *error);

/* Nobody wants the sources' bytes while they are read: JK_DIGEST_DONE from here on. */
void jk_inputs_leave_digest(jk_import_inputs *inputs);

/* Reads the joined files of which aggregates are made: the mapping's cut-off is set by now, if there is one. */
jk_status jk_inputs_read_late(jk_import_inputs *inputs, jk_error *error);

/* The mapping's cut-off: its constant, or the date in the first row that has one. */
jk_status jk_inputs_cutoff(jk_import_inputs *inputs, const jk_mapping *mapping, int32_t *cutoff, jk_error *error);

/* Columns found and missing, separator and notes, for the summary. */
jk_status jk_inputs_describe(const jk_import_inputs *inputs, const jk_mapping *mapping, jk_arena *arena,
                             jk_import_summary *summary, jk_error *error);

void jk_inputs_close(jk_import_inputs *inputs);

#endif
