/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file/temporary.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/output_part.h"

const char *jk_temporary_place(void) {
    const char *place = getenv("TMPDIR");
    return place != NULL && place[0] == '/' ? place : "/var/tmp";
}

const char *jk_temporary_path(char path[JK_TEMPORARY_PATH]) {
    (void)snprintf(path, JK_TEMPORARY_PATH, "%s/run", jk_temporary_place());
    return path;
}

jk_status jk_temporary_make(jk_temporary *folder, jk_error *error) {
    char beside[JK_TEMPORARY_PATH];
    *folder = (jk_temporary){.lock = -1};
    jk_output_part_sweep(jk_temporary_path(beside));
    folder->lock = jk_output_part_create_folder(beside, &folder->path);
    return folder->lock >= 0 ? JK_OK : jk_fail_errno(error, jk_temporary_place(), "make a folder in");
}

void jk_temporary_remove(jk_temporary *folder) {
    if (folder->path != NULL) {
        jk_output_part_empty(folder->lock);
        (void)rmdir(folder->path);
        (void)close(folder->lock);
        free(folder->path);
    }
    *folder = (jk_temporary){.lock = -1};
}
