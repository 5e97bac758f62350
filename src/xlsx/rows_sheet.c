/* SPDX-License-Identifier: Apache-2.0 */
/* A workbook of one sheet with rows as they come, written row by row: of a million claims only one is kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "xlsx/xlsx.h"

enum { FORMULA_TEXT = 64, WIDE = 22, NARROW = 14, WIDEST = 60 };

/* Columns of money, claims and hours: what can be added up. */
static bool is_sum(const char *name) {
    static const char *const names[] = {
        "face", "value", "balance",     "erc_gross",  "erc_net",  "gross_12m", "gross_60m",    "gross",
        "net",  "cost",  "instalments", "sale",       "price",    "gain",      "hours",        "claims",
        "npv",  "paid",  "actual",      "expected",   "opening",  "closing",   "collected",    "left",
        "new",  "time",  "data",        "value_base", "at_stake", "exposure",  "opening_face", "closing_face"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static lxw_error write_cell(jk_xlsx *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, jk_sheet_kind kind,
                            const char *text, double *sum) {
    int32_t days = 0;
    if (text[0] == '\0') {
        return LXW_NO_ERROR;
    }
    if (kind <= JK_SHEET_NUMBER) {
        double number = strtod(text, NULL);
        *sum += number;
        return worksheet_write_number(sheet, row, column, number,
                                      kind == JK_SHEET_NUMBER ? book->look[JK_LOOK_NUMBER] : NULL);
    }
    if (kind == JK_SHEET_DATE && jk_date_parse(text, strlen(text), &days)) {
        enum { EPOCH_SERIAL = 25569 }; /* 1970-01-01 as a day of a workbook */
        return worksheet_write_number(sheet, row, column, (double)days + EPOCH_SERIAL, book->look[JK_LOOK_DATE]);
    }
    return jk_xlsx_text(sheet, row, column, text, NULL);
}

static void write_heads(jk_xlsx *book, lxw_worksheet *sheet, const jk_xlsx_rows *rows) {
    for (size_t c = 0; c < rows->columns; c++) {
        const char *name = rows->names[c];
        bool words = strstr(name, "why") != NULL || strstr(name, "words") != NULL || strstr(name, "changes") != NULL;
        double width = words ? WIDEST : rows->kinds[c] == JK_SHEET_TEXT ? WIDE : NARROW;
        (void)worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c, width, NULL);
        (void)jk_xlsx_text(sheet, JK_XLSX_HEAD_ROW, (lxw_col_t)c, name, book->look[JK_LOOK_HEAD]);
    }
}

static jk_status write_sums(jk_xlsx *book, lxw_worksheet *sheet, const jk_xlsx_rows *rows, lxw_row_t end,
                            const double *sum, jk_error *error) {
    char formula[FORMULA_TEXT], first[FORMULA_TEXT / 4], last[FORMULA_TEXT / 4];
    for (size_t c = 0; c < rows->columns; c++) {
        if (rows->kinds[c] <= JK_SHEET_NUMBER && is_sum(rows->names[c])) {
            lxw_rowcol_to_cell(first, JK_XLSX_FIRST_ROW, (lxw_col_t)c);
            lxw_rowcol_to_cell(last, end - 1, (lxw_col_t)c);
            (void)snprintf(formula, sizeof formula, "=SUBTOTAL(109,%s:%s)", first, last);
            JK_TRY(jk_xlsx_check(
                book,
                worksheet_write_formula_num(sheet, end, (lxw_col_t)c, formula, book->look[JK_LOOK_SUM_MONEY], sum[c]),
                error));
        }
    }
    return JK_OK;
}

static jk_status write_all(jk_xlsx *book, lxw_worksheet *sheet, const jk_xlsx_rows *rows, double *sum,
                           jk_error *error) {
    lxw_row_t row = JK_XLSX_FIRST_ROW;
    const char *const *cells = NULL;
    write_heads(book, sheet, rows);
    JK_TRY(rows->next(rows->context, &cells, error));
    for (; cells != NULL; row++) {
        if (row + 1 >= JK_SHEET_ROWS) {
            return jk_xlsx_too_many(book, rows->sheet, error);
        }
        for (size_t c = 0; c < rows->columns; c++) {
            JK_TRY(jk_xlsx_check(book, write_cell(book, sheet, row, (lxw_col_t)c, rows->kinds[c], cells[c], &sum[c]),
                                 error));
        }
        JK_TRY(rows->next(rows->context, &cells, error));
    }
    if (row > JK_XLSX_FIRST_ROW) {
        (void)worksheet_autofilter(sheet, JK_XLSX_HEAD_ROW, 0, row - 1, (lxw_col_t)(rows->columns - 1));
        JK_TRY(write_sums(book, sheet, rows, row, sum, error));
    }
    worksheet_freeze_panes(sheet, JK_XLSX_FIRST_ROW, 1);
    (void)worksheet_repeat_rows(sheet, JK_XLSX_HEAD_ROW, JK_XLSX_HEAD_ROW);
    return JK_OK;
}

jk_status jk_xlsx_write_rows(const char *path, bool personal, const jk_xlsx_rows *rows, char *manifest,
                             jk_error *error) {
    jk_xlsx *book = NULL;
    double *sum = calloc(rows->columns, sizeof *sum);
    jk_status status = jk_held(sum != NULL, error, "a workbook");
    status = status == JK_OK ? jk_xlsx_open_streamed(path, personal, &book, error) : status;
    if (status == JK_OK) {
        lxw_worksheet *sheet = jk_xlsx_sheet(book, rows->sheet, rows->sheet, error);
        status = sheet == NULL ? JK_ERROR_ARGUMENT : write_all(book, sheet, rows, sum, error);
        if (status == JK_OK) {
            status = jk_xlsx_commit(book, manifest, error);
        } else {
            jk_xlsx_abort(book);
        }
    }
    free(sum);
    free(manifest);
    return status;
}
