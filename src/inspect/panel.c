/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/inspect_panel.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "tape/panel_period.h"

enum { PIECE_ROWS = 65536 };

static const jk_column wanted[] = {
    JK_COLUMN_CURRENCY,           JK_COLUMN_PERIOD_START, JK_COLUMN_PERIOD_MONTHS,  JK_COLUMN_BALANCE_START,
    JK_COLUMN_TREATMENT,          JK_COLUMN_CASH,         JK_COLUMN_COST,           JK_COLUMN_CAPACITY_CLASS,
    JK_COLUMN_CAPACITY_CLASS_END, JK_COLUMN_TITLE_STATE,  JK_COLUMN_CASH_PRINCIPAL, JK_COLUMN_CASH_INTEREST,
    JK_COLUMN_CASH_COSTS,         JK_COLUMN_EXIT};
enum { WANTED = sizeof wanted / sizeof wanted[0] };

typedef struct panel_pass {
    const jk_tape *panel;
    jk_panel_inspection *to;
    jk_block block;
    int8_t *slot; /* by currency code + 1: its place, -1: among the others */
} panel_pass;

static jk_status read_piece(panel_pass *pass, size_t first, size_t rows, jk_error *error) {
    pass->block.first_row = first;
    pass->block.rows = rows;
    for (size_t c = 0; c < WANTED; c++) {
        JK_TRY(jk_tape_read(pass->panel, wanted[c], first, rows, pass->block.column[wanted[c]], error));
    }
    return JK_OK;
}

/* Places for the currencies with most rows. */
static jk_status choose_currencies(panel_pass *pass, jk_error *error) {
    size_t count = 0, rows = jk_tape_rows(pass->panel);
    const char *const *names = jk_tape_dictionary(pass->panel, JK_COLUMN_CURRENCY, &count);
    uint64_t *seen = jk_columns_zero(count + 1, sizeof *seen);
    pass->slot = jk_columns_alloc(count + 1, 1);
    if (seen == NULL || pass->slot == NULL) {
        free(seen);
        return jk_fail_memory(error, "currencies");
    }
    int32_t *code = pass->block.column[JK_COLUMN_CURRENCY];
    jk_status status = JK_OK;
    for (size_t first = 0; first < rows && status == JK_OK; first += PIECE_ROWS) {
        size_t piece = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        status = jk_tape_read(pass->panel, JK_COLUMN_CURRENCY, first, piece, code, error);
        for (size_t i = 0; i < piece && status == JK_OK; i++) {
            seen[code[i] + 1]++;
        }
    }
    memset(pass->slot, -1, count + 1);
    jk_panel_inspection *to = pass->to;
    while (to->currency_count < JK_INSPECT_PANEL_CURRENCIES) {
        size_t most = 0;
        for (size_t c = 1; c <= count; c++) {
            most = seen[c] > seen[most] ? c : most;
        }
        if (seen[most] == 0) {
            break;
        }
        seen[most] = 0;
        pass->slot[most] = (int8_t)to->currency_count;
        to->currency[to->currency_count++] = most == 0 ? "(none)" : names[most - 1];
    }
    free(seen);
    return status;
}

static double units(int64_t minor) {
    return minor == JK_MISSING_MONEY ? 0.0 : (double)minor / 100.0;
}

static void add_row(panel_pass *pass, size_t i) {
    const jk_block *block = &pass->block;
    jk_panel_inspection *to = pass->to;
    int32_t start = JK_BLOCK_INT32(block, PERIOD_START)[i];
    double months = JK_BLOCK_REAL(block, PERIOD_MONTHS)[i];
    bool sound = months > 0.0;
    int32_t end = sound ? jk_period_end(start, months) : start;
    bool first = to->rows == 0;
    to->first_start = first || start < to->first_start ? start : to->first_start;
    to->last_start = first || start > to->last_start ? start : to->last_start;
    to->end = first || end > to->end ? end : to->end;
    to->shortest = first || months < to->shortest ? months : to->shortest;
    to->longest = first || months > to->longest ? months : to->longest;
    to->rows++;
    int8_t exit = JK_BLOCK_ENUM(block, EXIT)[i];
    to->exits[exit > 0 ? exit : JK_EXIT_NONE]++;
    int8_t slot = pass->slot[JK_BLOCK_INT32(block, CURRENCY)[i] + 1];
    int8_t treatment = JK_BLOCK_ENUM(block, TREATMENT)[i];
    if (slot < 0 || treatment < 0) {
        to->other_currency_rows += slot < 0;
        return;
    }
    jk_panel_figures *figures = &to->figures[slot][treatment];
    double cash = units(JK_BLOCK_MONEY(block, CASH)[i]);
    figures->rows++;
    figures->rows_with_cash += cash > 0.0;
    figures->months += sound ? months : 0.0;
    figures->exposure += sound ? units(JK_BLOCK_MONEY(block, BALANCE_START)[i]) * months / 12.0 : 0.0;
    figures->cash += cash;
    figures->cost += units(JK_BLOCK_MONEY(block, COST)[i]);
}

static bool is_given(const jk_block *block, jk_column column, size_t i) {
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_ENUM:
        return ((const int8_t *)block->column[column])[i] != JK_MISSING_ENUM;
    case JK_TYPE_MONEY:
        return ((const int64_t *)block->column[column])[i] != JK_MISSING_MONEY;
    case JK_TYPE_REAL:
        return !isnan(((const double *)block->column[column])[i]);
    default:
        return ((const int32_t *)block->column[column])[i] != JK_MISSING_INTEGER;
    }
}

static jk_status run(panel_pass *pass, jk_error *error) {
    size_t rows = jk_tape_rows(pass->panel);
    for (size_t c = 0; c < WANTED; c++) {
        pass->block.column[wanted[c]] = jk_columns_alloc(PIECE_ROWS, jk_schema_element_size(wanted[c]));
        JK_TRY(jk_held(pass->block.column[wanted[c]] != NULL, error, "columns of a panel"));
    }
    JK_TRY(choose_currencies(pass, error));
    for (size_t first = 0; first < rows; first += PIECE_ROWS) {
        size_t piece = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        JK_TRY(read_piece(pass, first, piece, error));
        for (size_t i = 0; i < piece; i++) {
            add_row(pass, i);
        }
        for (size_t c = 1; c < WANTED; c++) {
            for (size_t i = 0; i < piece; i++) {
                pass->to->given[wanted[c]] += is_given(&pass->block, wanted[c], i);
            }
        }
    }
    return JK_OK;
}

jk_status jk_inspect_panel(const jk_tape *panel, jk_panel_inspection *inspection, jk_error *error) {
    *inspection = (jk_panel_inspection){.claims = jk_tape_claims(panel), .debtors = jk_tape_debtors(panel)};
    if (jk_tape_kind(panel) != JK_KIND_PANEL) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(panel), 0, NULL, "expected a panel of history");
    }
    panel_pass pass = {.panel = panel, .to = inspection};
    jk_status status = run(&pass, error);
    for (size_t c = 0; c < WANTED; c++) {
        free(pass.block.column[wanted[c]]);
    }
    free(pass.slot);
    return status;
}
