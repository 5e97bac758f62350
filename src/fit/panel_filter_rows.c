/* SPDX-License-Identifier: Apache-2.0 */
/* A filter on the rows of a block. */
#include <string.h>

#include "base/error.h"
#include "jalki/panel_filter.h"

enum { HUNDRED = 100 };

static jk_column key_column(jk_panel_key key) {
    return key == JK_PANEL_KEY_CLAIM ? JK_COLUMN_CLAIM_ID : JK_COLUMN_DEBTOR_ID;
}

size_t jk_panel_filter_scratch(const jk_panel *panel, const jk_run *run) {
    const jk_tape *tape = jk_panel_tape(panel);
    size_t claim = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    size_t debtor = jk_tape_text_width(tape, JK_COLUMN_DEBTOR_ID);
    return (claim > debtor ? claim : debtor) * jk_panel_block_rows(panel, run) + 1;
}

/* Rows of one key mostly follow each other: a key is hashed once per run of them. */
static jk_status filter_keys(const jk_panel_filter *filter, const jk_panel *panel, const jk_panel_block *block,
                             char *texts, uint8_t *keep, jk_error *error) {
    const jk_tape *tape = jk_panel_tape(panel);
    size_t width = jk_tape_text_width(tape, key_column(filter->key));
    JK_TRY(jk_tape_read(tape, key_column(filter->key), block->first_row, block->rows, texts, error));
    int hundredth = 0;
    for (size_t i = 0; i < block->rows; i++) {
        const char *text = texts + i * width;
        if (i == 0 || memcmp(text, text - width, width) != 0) {
            hundredth = jk_panel_hundredth(text, strnlen(text, width));
        }
        if (hundredth < 0) {
            return jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "cannot compute the sha256");
        }
        keep[i] &= hundredth >= filter->low && hundredth < filter->high;
    }
    return JK_OK;
}

jk_status jk_panel_filter_rows(const jk_panel_filter *filter, const jk_panel *panel, const jk_panel_block *block,
                               void *scratch, uint8_t *keep, size_t *kept, jk_error *error) {
    for (size_t i = 0; i < block->rows; i++) {
        int32_t start = block->period_start[i];
        keep[i] = (filter->from == JK_MISSING_INTEGER || start >= filter->from) &&
                  (filter->to == JK_MISSING_INTEGER || start < filter->to);
    }
    if (filter->low > 0 || filter->high < HUNDRED) {
        JK_TRY(filter_keys(filter, panel, block, scratch, keep, error));
    }
    *kept = 0;
    for (size_t i = 0; i < block->rows; i++) {
        *kept += keep[i];
    }
    return JK_OK;
}
