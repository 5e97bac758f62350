/* SPDX-License-Identifier: Apache-2.0 */
#include "import/sources/totals.h"

#include <string.h>

#include "base/error.h"
#include "import/findings/look.h"

enum { MANY_ROWS = 20 };

static bool calls_itself_total(const jk_import_chunk *chunk, size_t row) {
    const size_t width = chunk->text_width[0];
    const char *id = (const char *)chunk->column[JK_COLUMN_CLAIM_ID] + row * width;
    return jk_import_is_total_word(id, strnlen(id, width));
}

static int64_t sum_above(const jk_import_commit *commit, const jk_import_chunk *chunk, size_t row, uint64_t *rows) {
    int64_t sum = commit->file_balance;
    *rows = commit->file_rows;
    for (size_t above = 0; above < row; above++) {
        if (!chunk->bad[above]) {
            sum += chunk->balance[above];
            (*rows)++;
        }
    }
    return sum;
}

static bool is_footer(const jk_import_chunk *chunk, size_t row) {
    for (size_t i = chunk->reject_count; i-- > 0;) {
        if (chunk->rejects[i].row == row) {
            return chunk->rejects[i].reason == JK_REJECT_REASON_COUNT + JK_LEFT_OUT_FOOTER;
        }
    }
    return false;
}

static jk_status leave_out_last(jk_import_commit *commit, jk_import_chunk *chunk, size_t row, jk_error *error) {
    uint64_t rows = 0;
    const int64_t sum = sum_above(commit, chunk, row, &rows);
    const bool word = calls_itself_total(chunk, row) || (chunk->bad[row] && is_footer(chunk, row));
    const bool equal = chunk->balance[row] == sum;
    if ((chunk->bad[row] && !word) || (!word && !(equal && rows >= MANY_ROWS))) {
        return JK_OK;
    }
    if (chunk->bad[row] && chunk->balance[row] == 0) {
        return JK_OK; /* words below the claims, without an amount: a footer as it is */
    }
    if (!equal && chunk->balance[row] != 0) {
        commit->total_differs_line = commit->line_base + chunk->line[row];
        commit->total_said = chunk->balance[row];
        commit->total_is = sum;
    }
    return jk_chunk_leave_out(chunk, row, chunk->line[row], JK_LEFT_OUT_TOTAL, "", 0, error);
}

/* The last `count` rows of the chunk, good or bad; those above them in an earlier chunk stay. */
static jk_status leave_out_footer(jk_import_chunk *chunk, uint32_t count, jk_error *error) {
    for (; count > 0; count--) {
        size_t reject = chunk->reject_count;
        for (size_t i = 0; i < chunk->reject_count; i++) { /* rows without fields */
            const jk_import_reject *one = &chunk->rejects[i];
            bool later = reject == chunk->reject_count || one->line > chunk->rejects[reject].line;
            reject = one->row == UINT32_MAX && one->reason < JK_REJECT_REASON_COUNT && later ? i : reject;
        }
        size_t row = chunk->rows;
        while (row > 0 && chunk->bad[row - 1] && is_footer(chunk, row - 1)) {
            row--;
        }
        if (reject < chunk->reject_count && (row == 0 || chunk->rejects[reject].line > chunk->line[row - 1])) {
            chunk->rejects[reject].reason = JK_REJECT_REASON_COUNT + JK_LEFT_OUT_FOOTER;
        } else if (row > 0) {
            JK_TRY(jk_chunk_leave_out(chunk, row - 1, chunk->line[row - 1], JK_LEFT_OUT_FOOTER, "", 0, error));
        }
    }
    return JK_OK;
}

jk_status jk_import_leave_out_totals(jk_import_commit *commit, jk_import_chunk *chunk, jk_error *error) {
    const jk_mapping *mapping = chunk->plan->mapping;
    const bool skips = mapping != NULL && mapping->skip_footer > 0;
    if (skips) {
        JK_TRY(leave_out_footer(chunk, mapping->skip_footer, error));
    }
    for (size_t row = chunk->rows; row-- > 0;) {
        if (!chunk->bad[row] || (!skips && is_footer(chunk, row))) {
            return leave_out_last(commit, chunk, row, error);
        }
    }
    return JK_OK;
}
