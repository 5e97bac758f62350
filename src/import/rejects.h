/* SPDX-License-Identifier: Apache-2.0 */
/* The rejects file: one line per bad row, `line,claim_id,column,value,reason,expected,file`. It is opened with the
 * first reject and appears when it is committed. */
#ifndef JK_IMPORT_REJECTS_H
#define JK_IMPORT_REJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/output.h"
#include "jalki/import.h"

typedef struct jk_reject_file {
    const char *path;
    jk_kind kind; /* names of the columns */
    jk_output output;
    bool open;
} jk_reject_file;

typedef struct jk_reject_line {
    const char *file;
    uint64_t line;
    const char *claim_id, *value;
    size_t claim_id_length, value_length;
    int column; /* or -1 */
    jk_reject_reason reason;
} jk_reject_line;

jk_status jk_reject_file_write(jk_reject_file *file, const jk_reject_line *line, jk_error *error);

/* Makes the file appear; if nothing was rejected, removes an earlier one. */
jk_status jk_reject_file_commit(jk_reject_file *file, jk_error *error);
void jk_reject_file_abort(jk_reject_file *file);

#endif
