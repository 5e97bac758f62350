/* SPDX-License-Identifier: Apache-2.0 */
/* A list of payments, imported as every list of rows is into a store of its own, which is removed as soon as it is
 * open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "jalki/import.h"
#include "programme/compare.h"

enum { PIECE_ROWS = 65536, PATH_BYTES = 512 };
static const double most_rejects = 0.01; /* share of the list */

/* In a folder that is the process's alone: the list is personal data. */
static jk_status import_payments(const char *payments, const jk_run *run, jk_tape **list, jk_error *error) {
    const char *temporary = getenv("TMPDIR");
    char folder[PATH_BYTES], store[PATH_BYTES + 16], rejects[PATH_BYTES + 16];
    int length = snprintf(folder, sizeof folder, "%s/jalki-XXXXXX", temporary != NULL ? temporary : "/tmp");
    if (length < 0 || length >= PATH_BYTES || mkdtemp(folder) == NULL) {
        return jk_fail_errno(error, folder, "make a folder for the list of payments, see TMPDIR:");
    }
    (void)snprintf(store, sizeof store, "%s/list.h5", folder);
    (void)snprintf(rejects, sizeof rejects, "%s/rejects.csv", folder);
    jk_import_options options = {.kind = JK_KIND_PAYMENTS,
                                 .sources = &payments,
                                 .source_count = 1,
                                 .output = store,
                                 .rejects = rejects,
                                 .max_rejects = most_rejects,
                                 .max_rejects_is_share = 1,
                                 .cutoff = JK_MISSING_INTEGER};
    jk_import_summary *summary = NULL;
    jk_status status = jk_import(&options, run, &summary, error);
    if (status == JK_OK) {
        status = jk_tape_open_any(store, list, error);
    }
    jk_import_summary_free(summary);
    (void)unlink(store);
    (void)unlink(rejects);
    (void)rmdir(folder);
    return status;
}

jk_status jk_paid_between(const char *payments, const jk_match *match, int32_t from, int32_t to, const jk_run *run,
                          int64_t *paid, uint64_t *count, uint64_t *unknown, jk_error *error) {
    jk_tape *list = NULL;
    JK_TRY(import_payments(payments, run, &list, error));
    size_t rows = jk_tape_rows(list), width = jk_tape_text_width(list, JK_COLUMN_CLAIM_ID);
    char *ids = jk_columns_alloc(PIECE_ROWS, width);
    int32_t *date = jk_columns_alloc(PIECE_ROWS, sizeof *date);
    int64_t *cash = jk_columns_alloc(PIECE_ROWS, sizeof *cash);
    jk_status status =
        ids == NULL || date == NULL || cash == NULL ? jk_fail_memory(error, "the list of payments") : JK_OK;
    for (size_t first = 0; first < rows && status == JK_OK; first += PIECE_ROWS) {
        size_t length = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        JK_TRY_CLEANUP(jk_tape_read(list, JK_COLUMN_CLAIM_ID, first, length, ids, error));
        JK_TRY_CLEANUP(jk_tape_read(list, JK_COLUMN_PERIOD_START, first, length, date, error));
        JK_TRY_CLEANUP(jk_tape_read(list, JK_COLUMN_CASH, first, length, cash, error));
        for (size_t i = 0; i < length; i++) {
            if (date[i] <= from || date[i] > to) {
                continue;
            }
            uint32_t line = jk_match_find(match, ids + i * width, strnlen(ids + i * width, width));
            *count += 1;
            *unknown += line == JK_MATCH_NONE;
            if (line != JK_MATCH_NONE && cash[i] != JK_MISSING_MONEY) {
                paid[line] += cash[i];
            }
        }
    }
cleanup:
    free(ids);
    free(date);
    free(cash);
    jk_tape_close(list);
    return status;
}
