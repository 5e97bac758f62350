/* SPDX-License-Identifier: Apache-2.0 */
/* A list of payments, imported as every list of rows is into a store without a name. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "import/list.h"
#include "programme/compare.h"

enum { PIECE_ROWS = 65536 };

jk_status jk_paid_between(const char *payments, const char *pseudonyms, const jk_match *match, int32_t from, int32_t to,
                          const jk_run *run, int64_t *paid, uint64_t *count, uint64_t *unknown, uint64_t *rejected,
                          jk_error *error) {
    jk_tape *list = NULL;
    JK_TRY(jk_list_open(payments, JK_KIND_PAYMENTS, pseudonyms, run, &list, rejected, error));
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
