/* SPDX-License-Identifier: Apache-2.0 */
/* The rejects file: one line per bad row, `line,claim_id,column,value,reason,expected,file`. It is opened with the
 * first reject and appears when it is committed. */
#ifndef JK_IMPORT_REJECTS_H
#define JK_IMPORT_REJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/file/output.h"
#include "jalki/import.h"

typedef struct jk_reject_file {
    const char *path;
    jk_kind kind; /* names of the columns */
    jk_output output;
    bool open;
    uint64_t bytes_most; /* rows are listed until the file is so long; the rest is counted */
    uint64_t bytes, unlisted;
} jk_reject_file;

typedef struct jk_reject_line {
    const char *file;
    uint64_t line;
    const char *claim_id, *value;
    size_t claim_id_length, value_length;
    int column; /* or -1 */
    jk_reject_reason reason;
} jk_reject_line;

/* A row that is not listed any more, for want of room, is told of in a last line. */
jk_status jk_reject_file_write(jk_reject_file *file, const jk_reject_line *line, jk_error *error);

/* Makes the file appear; if nothing was rejected, removes an earlier one. */
jk_status jk_reject_file_commit(jk_reject_file *file, jk_error *error);
void jk_reject_file_abort(jk_reject_file *file);

#endif
