/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts of mapping files: what a seller's files seem to say, written down for a person to check. */
#ifndef JALKI_DRAFT_H
#define JALKI_DRAFT_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_draft_options {
    const char *const *sources; /* files as jk_import takes them: text, packed, archives, workbooks */
    size_t source_count;        /* at least 1 */
    size_t bytes;               /* of text looked at in each table; 0: the library's choice (64 MiB) */
} jk_draft_options;

/* Looks at the files and drafts a mapping for them: encoding, separator, marks, header row, the canonical column that
 * each name most likely means (Finnish, Swedish, Norwegian, Danish, Estonian, English and EBA names), formats of dates,
 * levels of lists with their counts, joins. Comments say what was seen and how sure it is; nothing is sure that a
 * person has not checked. *text is a mapping file (docs/mapping-file.md), the caller's to free(). JK_ERROR_ARGUMENT,
 * JK_ERROR_IO, JK_ERROR_FORMAT (no table), JK_ERROR_DATA (no header that means anything), JK_ERROR_MEMORY. */
jk_status jk_draft_mapping(const jk_draft_options *options, char **text, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
