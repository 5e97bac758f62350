/* SPDX-License-Identifier: Apache-2.0 */
#include "import/list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/input.h"
#include "jalki/import.h"

enum { PATH_BYTES = 512 };
static const double most_rejects = 0.01; /* share of the list */

jk_status jk_list_take(const jk_import_options *options, const jk_run *run, jk_tape **list, uint64_t *rejected,
                       jk_error *error) {
    jk_import_summary *summary = NULL;
    jk_status status = jk_import(options, run, &summary, error);
    if (status == JK_OK) {
        *rejected = summary->rows_rejected;
        status = jk_tape_open_any(options->output, list, error);
        jk_input_disown(options->output);
    }
    (void)unlink(options->output); /* also where it was made, but not synced */
    jk_import_summary_free(summary);
    return status;
}

/* In a folder that is the process's alone: the list is personal data. */
jk_status jk_list_open(const char *path, jk_kind kind, const char *what, const char *pseudonyms, const jk_run *run,
                       jk_tape **list, jk_error *error) {
    const char *temporary = getenv("TMPDIR");
    char folder[PATH_BYTES], store[PATH_BYTES + 16], rejects[PATH_BYTES + 16];
    int length = snprintf(folder, sizeof folder, "%s/jalki-XXXXXX", temporary != NULL ? temporary : "/tmp");
    if (length < 0 || length >= PATH_BYTES || mkdtemp(folder) == NULL) {
        return jk_fail(error, JK_ERROR_IO, folder, 0, NULL,
                       "cannot make a folder for the %s: %s; expected one in TMPDIR", what, strerror(errno));
    }
    (void)snprintf(store, sizeof store, "%s/list.h5", folder);
    (void)snprintf(rejects, sizeof rejects, "%s/rejects.csv", folder);
    jk_import_options options = {.kind = kind,
                                 .sources = &path,
                                 .source_count = 1,
                                 .output = store,
                                 .rejects = rejects,
                                 .pseudonyms = pseudonyms,
                                 .max_rejects = most_rejects,
                                 .max_rejects_is_share = 1,
                                 .cutoff = JK_MISSING_INTEGER};
    uint64_t rejected = 0;
    jk_status status = jk_list_take(&options, run, list, &rejected, error);
    (void)unlink(rejects);
    (void)rmdir(folder);
    return status;
}
