/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for files of this run alone: it goes with the run, and where the process dies, with the next run that needs
 * one (base/file/output_part.h). */
#ifndef JK_BASE_TEMPORARY_H
#define JK_BASE_TEMPORARY_H

#include "jalki/status.h"

/* Where such things are kept: TMPDIR, if that is a full path; /var/tmp otherwise. */
const char *jk_temporary_place(void);

enum { JK_TEMPORARY_PATH = 4096 };

/* A path in it, beside which a file without a name can be made (jk_output_scratch). */
const char *jk_temporary_path(char path[JK_TEMPORARY_PATH]);

typedef struct jk_temporary {
    char *path; /* NULL: there is none */
    int lock;   /* held by this process and those that it starts */
} jk_temporary;

/* Its owner's alone (0700). */
jk_status jk_temporary_make(jk_temporary *folder, jk_error *error);

/* With the files in it; where there is none, nothing. */
void jk_temporary_remove(jk_temporary *folder);

#endif
