/* SPDX-License-Identifier: Apache-2.0 */
/* A filter on the rows of a block. */
#include <string.h>

#include "base/error.h"
#include "history/panel_internal.h"
#include "jalki/panel_filter.h"

enum { HUNDRED = 100 };

size_t jk_panel_filter_scratch(const jk_panel *panel, const jk_run *run) {
    const jk_tape *tape = jk_panel_tape(panel);
    size_t claim = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    size_t debtor = jk_tape_text_width(tape, JK_COLUMN_DEBTOR_ID);
    return (claim + debtor) * jk_panel_block_rows(panel, run) + 1;
}

/* Keys of the rows of a block. */
typedef struct key_texts {
    size_t claim_width, debtor_width;
    const char *claim, *debtor; /* `debtor` NULL where claims are the keys */
} key_texts;

static jk_status read_keys(const jk_panel_filter *filter, const jk_panel *panel, const jk_panel_block *block,
                           char *scratch, key_texts *texts, jk_error *error) {
    const jk_tape *tape = jk_panel_tape(panel);
    *texts = (key_texts){.claim_width = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID),
                         .debtor_width = jk_tape_text_width(tape, JK_COLUMN_DEBTOR_ID),
                         .claim = scratch};
    JK_TRY(jk_tape_read(tape, JK_COLUMN_CLAIM_ID, block->first_row, block->rows, scratch, error));
    if (filter->key == JK_PANEL_KEY_DEBTOR) {
        char *debtor = scratch + texts->claim_width * block->rows;
        JK_TRY(jk_tape_read(tape, JK_COLUMN_DEBTOR_ID, block->first_row, block->rows, debtor, error));
        texts->debtor = debtor;
    }
    return JK_OK;
}

/* A claim without a debtor is its own debtor, as everywhere. */
static const char *key_of(const key_texts *texts, size_t i, size_t *length) {
    if (texts->debtor != NULL) {
        const char *debtor = texts->debtor + i * texts->debtor_width;
        *length = strnlen(debtor, texts->debtor_width);
        if (*length > 0) {
            return debtor;
        }
    }
    const char *claim = texts->claim + i * texts->claim_width;
    *length = strnlen(claim, texts->claim_width);
    return claim;
}

/* Rows of one key mostly follow each other: a key is hashed once per run of them. */
static jk_status filter_keys(const jk_panel_filter *filter, const jk_panel *panel, const jk_panel_block *block,
                             char *scratch, uint8_t *keep, jk_error *error) {
    key_texts texts;
    JK_TRY(read_keys(filter, panel, block, scratch, &texts, error));
    const char *last = "";
    size_t last_length = SIZE_MAX;
    int hundredth = 0;
    for (size_t i = 0; i < block->rows; i++) {
        size_t length = 0;
        const char *key = key_of(&texts, i, &length);
        if (length != last_length || memcmp(key, last, length) != 0) {
            hundredth = jk_panel_hundredth(key, length);
            last = key;
            last_length = length;
        }
        keep[i] &= jk_panel_filter_has(filter, hundredth);
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
