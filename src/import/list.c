/* SPDX-License-Identifier: Apache-2.0 */
#include "import/list.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/output.h"
#include "base/file/temporary.h"
#include "jalki/import.h"

static const double most_rejects = 0.01; /* share of the list */

/* The summary is the caller's, also where too many rows are bad. */
static jk_status take(const jk_import_options *options, const char *beside, const jk_run *run, jk_tape **list,
                      jk_import_summary **summary, jk_error *error) {
    jk_output store;
    JK_TRY(jk_output_scratch(&store, beside, error));
    const char *path = jk_output_access(&store);
    jk_import_options own = *options;
    own.output = path;
    jk_status status = jk_import(&own, run, summary, error);
    if (status == JK_OK) {
        status = jk_tape_open_any(path, list, error);
        jk_input_disown(path);
    }
    if (status != JK_OK && error != NULL && strcmp(error->file, path) == 0) {
        (void)snprintf(error->file, sizeof error->file, "%s", beside);
    }
    jk_output_abort(&store); /* the list holds it open */
    return status;
}

jk_status jk_list_take(const jk_import_options *options, const char *beside, const jk_run *run, jk_tape **list,
                       uint64_t *rejected, jk_error *error) {
    jk_import_summary *summary = NULL;
    jk_status status = take(options, beside, run, list, &summary, error);
    *rejected = summary != NULL ? summary->rows_rejected : 0;
    jk_import_summary_free(summary);
    return status;
}

jk_status jk_list_open(const char *path, jk_kind kind, const char *pseudonyms, const jk_run *run, jk_tape **list,
                       uint64_t *rejected, jk_error *error) {
    char beside[JK_TEMPORARY_PATH];
    const jk_import_options options = {.kind = kind,
                                       .sources = &path,
                                       .source_count = 1,
                                       .rejects = "/dev/null",
                                       .pseudonyms = pseudonyms,
                                       .max_rejects = most_rejects,
                                       .max_rejects_is_share = 1,
                                       .cutoff = JK_MISSING_INTEGER};
    jk_import_summary *summary = NULL;
    jk_status status = take(&options, jk_temporary_path(beside), run, list, &summary, error);
    *rejected = summary != NULL ? summary->rows_rejected : 0;
    const double allowed = summary != NULL ? most_rejects * (double)summary->rows_read : 0.0;
    if (status == JK_ERROR_DATA && (double)*rejected > allowed) { /* no summary: it was not even begun */
        if (error != NULL) {
            *error = (jk_error){0}; /* the import names an option that is not one here */
        }
        status = jk_fail(error, JK_ERROR_DATA, path, 0, NULL, "%llu rows are bad, expected at most %g %% of the list",
                         (unsigned long long)*rejected, 100.0 * most_rejects);
    }
    jk_import_summary_free(summary);
    return status;
}
