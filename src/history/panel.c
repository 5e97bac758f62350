/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a panel: the store bound to a model, and the sums of each debtor at each of its periods. */
#include "jalki/panel.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "history/panel_internal.h"

#define BIT(NAME) (UINT64_C(1) << JK_COLUMN_##NAME)

enum { BLOCK_ROWS = 8192 };

/* What a stream itself needs of the panel's columns. */
static const uint64_t stream_columns = BIT(PERIOD_START) | BIT(PERIOD_MONTHS) | BIT(BALANCE_START) | BIT(TREATMENT) |
                                       BIT(CAPACITY_CLASS) | BIT(CAPACITY_CLASS_END) | BIT(TITLE_STATE) | BIT(CASH) |
                                       BIT(COST) | BIT(EXIT) | BIT(CURRENCY) | BIT(DEBTOR_INDEX) | BIT(CLAIM_INDEX);

static uint64_t columns_given(const jk_tape *tape) {
    uint64_t given = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        bool is_text = jk_schema_column((jk_column)c)->type == JK_TYPE_TEXT;
        given |= !is_text && !jk_tape_is_absent(tape, (jk_column)c) ? UINT64_C(1) << c : 0;
    }
    return given;
}

static jk_status bind(jk_panel *panel, const char *path, const jk_model *model, const jk_run *run, jk_error *error) {
    panel->model = model;
    JK_TRY(jk_tape_open_any(path, &panel->tape, error));
    if (jk_tape_kind(panel->tape) != JK_KIND_PANEL) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, NULL,
                       "this is a tape with one row per claim; expected a panel of history (made by 'import --panel', "
                       "'generate --panel' or 'panel')");
    }
    if (jk_tape_rows(panel->tape) == 0) {
        return jk_fail(error, JK_ERROR_DATA, path, 0, NULL, "the panel has no rows: there is nothing to learn from");
    }
    JK_TRY(jk_law_create(model, panel->tape, JK_MISSING_INTEGER, &panel->law, error));
    JK_TRY(jk_panel_group_rows(panel, error));
    JK_TRY(jk_debtors_create_grouped(panel->law, panel->tape, run, panel->group, panel->group_count, &panel->debtors,
                                     error));
    JK_TRY(jk_scorer_create(model, panel->tape, panel->law, &panel->debtors, &panel->scorer, error));
    jk_panel_want(panel, UINT64_MAX);
    return JK_OK;
}

void jk_panel_want(jk_panel *panel, uint64_t columns) {
    panel->columns = (columns & columns_given(panel->tape)) | stream_columns | jk_law_columns(panel->law) |
                     jk_scorer_columns(panel->scorer);
}

jk_status jk_panel_open_run(const char *path, const jk_model *model, const jk_run *run, jk_panel **panel,
                            jk_error *error) {
    *panel = NULL;
    jk_panel *made = calloc(1, sizeof *made);
    JK_TRY(jk_held(made != NULL, error, "a panel"));
    jk_status status = bind(made, path, model, run, error);
    if (status != JK_OK) {
        jk_panel_close(made);
        return status;
    }
    *panel = made;
    return JK_OK;
}

jk_status jk_panel_open(const char *path, const jk_model *model, jk_panel **panel, jk_error *error) {
    return jk_panel_open_run(path, model, NULL, panel, error);
}

void jk_panel_close(jk_panel *panel) {
    if (panel != NULL) {
        jk_scorer_free(panel->scorer);
        jk_debtors_reset(&panel->debtors);
        free(panel->group);
        jk_law_free(panel->law);
        jk_tape_close(panel->tape);
        free(panel);
    }
}

const jk_tape *jk_panel_tape(const jk_panel *panel) {
    return panel->tape;
}

const jk_scorer *jk_panel_scorer(const jk_panel *panel) {
    return panel->scorer;
}

jk_panel_span jk_panel_span_of(const jk_panel *panel) {
    return panel->span;
}

size_t jk_panel_block_rows(const jk_panel *panel, const jk_run *run) {
    size_t rows = jk_tape_rows(panel->tape);
    size_t wanted = run != NULL && run->block_rows > 0 ? run->block_rows : BLOCK_ROWS;
    return wanted < rows ? wanted : rows;
}

size_t jk_panel_blocks(const jk_panel *panel, const jk_run *run) {
    size_t block_rows = jk_panel_block_rows(panel, run);
    return (jk_tape_rows(panel->tape) + block_rows - 1) / block_rows;
}
