/* SPDX-License-Identifier: Apache-2.0 */
/* A sheet made of a listing: title, head, rows, sums, chart. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/words/listing.h"
#include "xlsx/xlsx.h"

enum { CHART_WIDTH = 900, CHART_HEIGHT = 400, FORMULA_TEXT = 128, HEAD_HEIGHT = 45 };

typedef struct table_sheet {
    jk_xlsx *book;
    const jk_xlsx_table *table;
    lxw_worksheet *sheet;
    size_t skipped; /* the column that is left out, or the column count */
    lxw_row_t end;  /* behind the last row of figures */
    double sum[JK_LISTING_COLUMNS];
} table_sheet;

static bool names(const char *const *list, const char *name) {
    for (; list != NULL && *list != NULL; list++) {
        if (strcmp(*list, name) == 0) {
            return true;
        }
    }
    return false;
}

static lxw_col_t place_of(const table_sheet *t, size_t column) {
    return (lxw_col_t)(column > t->skipped ? column - 1 : column);
}

static bool is_unit(const jk_listing_column *column, const char *unit) {
    return strcmp(column->unit, unit) == 0;
}

/* ---- head ------------------------------------------------------------------------------------------------------ */

static double width_of(const jk_listing_column *column) {
    if (column->kind != JK_LISTING_TEXT) {
        return is_unit(column, "money") ? 15.0 : 12.0;
    }
    return strstr(column->name, "why") != NULL || strstr(column->name, "reason") != NULL ? 60.0 : 22.0;
}

/* "erc_gross" in money of EUR becomes "erc gross (EUR)". */
static void write_head(table_sheet *t, size_t c) {
    const jk_listing_column *column = &t->table->listing->columns[c];
    char text[160];
    bool plain = column->unit[0] == '\0' || is_unit(column, "%"); /* the cells themselves say per cent */
    const char *unit = is_unit(column, "money") ? t->book->currency : column->unit;
    (void)snprintf(text, sizeof text, "%s%s%s%s", column->name, plain ? "" : " (", plain ? "" : unit, plain ? "" : ")");
    for (char *at = text; *at != '\0' && *at != '('; at++) {
        *at = *at == '_' ? ' ' : *at;
    }
    (void)worksheet_set_column(t->sheet, place_of(t, c), place_of(t, c), width_of(column), NULL);
    (void)jk_xlsx_text(t->sheet, JK_XLSX_HEAD_ROW, place_of(t, c), text, t->book->look[JK_LOOK_HEAD]);
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

/* What is given in per cent becomes a share that is shown in per cent, so that formulas can go on with it. */
static lxw_error write_cell(table_sheet *t, size_t c, const jk_cell *cell) {
    const jk_listing_column *column = &t->table->listing->columns[c];
    lxw_col_t at = place_of(t, c);
    if (column->kind == JK_LISTING_TEXT || (column->kind == JK_LISTING_FIGURE && isnan(cell->number))) {
        return jk_xlsx_text(t->sheet, t->end, at, cell->text, NULL);
    }
    if (isnan(cell->number)) {
        return LXW_NO_ERROR;
    }
    if (isinf(cell->number)) {
        return worksheet_write_string(t->sheet, t->end, at, cell->number > 0.0 ? "infinite" : "-infinite", NULL);
    }
    double number = is_unit(column, "%") ? cell->number / 100.0 : cell->number;
    const bool is_percent = is_unit(column, "%") || is_unit(column, "a year") || is_unit(column, "share");
    jk_look look = is_percent                         ? JK_LOOK_PERCENT
                   : column->kind == JK_LISTING_COUNT ? JK_LOOK_COUNT
                   : is_unit(column, "money")         ? JK_LOOK_MONEY
                                                      : JK_LOOK_NUMBER;
    t->sum[c] += number;
    return worksheet_write_number(t->sheet, t->end, at, number, t->book->look[look]);
}

static jk_status write_rows(table_sheet *t, jk_error *error) {
    const jk_listing *listing = t->table->listing;
    jk_cell cells[JK_LISTING_COLUMNS];
    if (t->skipped == listing->column_count && listing->rows + JK_XLSX_FIRST_ROW + 1 > JK_SHEET_ROWS) {
        return jk_xlsx_too_many(t->book, t->table->sheet, error); /* rather before than after a million rows */
    }
    for (size_t row = 0; row < listing->rows; row++) {
        JK_TRY(jk_listing_row(listing, row, cells, error));
        if (t->skipped < listing->column_count && strcmp(cells[t->skipped].text, t->table->group) != 0) {
            continue;
        }
        if (t->end + 2 >= JK_SHEET_ROWS) {
            return jk_xlsx_too_many(t->book, t->table->sheet, error);
        }
        for (size_t c = 0; c < listing->column_count; c++) {
            if (c != t->skipped) {
                JK_TRY(jk_xlsx_check(t->book, write_cell(t, c, &cells[c]), error));
            }
        }
        t->end++;
    }
    return JK_OK;
}

/* Sums of what a filter leaves: SUBTOTAL(109, ...). */
static jk_status write_sums(table_sheet *t, jk_error *error) {
    const jk_listing *listing = t->table->listing;
    (void)worksheet_write_string(t->sheet, t->end, 0, "sum of the rows shown", t->book->look[JK_LOOK_SUM_TEXT]);
    for (size_t c = 0; c < listing->column_count; c++) {
        if (!names(t->table->added, listing->columns[c].name)) {
            continue;
        }
        char formula[FORMULA_TEXT], first[LXW_MAX_CELL_NAME_LENGTH], last[LXW_MAX_CELL_NAME_LENGTH];
        lxw_rowcol_to_cell(first, JK_XLSX_FIRST_ROW, place_of(t, c));
        lxw_rowcol_to_cell(last, t->end - 1, place_of(t, c));
        (void)snprintf(formula, sizeof formula, "=SUBTOTAL(109,%s:%s)", first, last);
        jk_look look = is_unit(&listing->columns[c], "%")             ? JK_LOOK_SUM_PERCENT
                       : listing->columns[c].kind == JK_LISTING_COUNT ? JK_LOOK_SUM_COUNT
                                                                      : JK_LOOK_SUM_MONEY;
        JK_TRY(jk_xlsx_check(
            t->book,
            worksheet_write_formula_num(t->sheet, t->end, place_of(t, c), formula, t->book->look[look], t->sum[c]),
            error));
    }
    return JK_OK;
}

/* ---- chart ----------------------------------------------------------------------------------------------------- */

/* Names of what is drawn stand in the columns of text that come first. */
static lxw_col_t last_name(const table_sheet *t) {
    const jk_listing *listing = t->table->listing;
    size_t c = t->skipped == 0;
    while (c + 1 < listing->column_count && listing->columns[c + 1].kind == JK_LISTING_TEXT && c + 1 != t->skipped) {
        c++;
    }
    return place_of(t, c);
}

static jk_status draw(table_sheet *t, jk_error *error) {
    const jk_listing *listing = t->table->listing;
    lxw_chart *chart = workbook_add_chart(t->book->book, t->table->bars ? LXW_CHART_COLUMN : LXW_CHART_LINE);
    JK_TRY(jk_held(chart != NULL, error, "a chart"));
    for (size_t c = 0; c < listing->column_count; c++) {
        if (names(t->table->charted, listing->columns[c].name)) {
            lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
            JK_TRY(jk_held(series != NULL, error, "a chart"));
            chart_series_set_categories(series, t->table->sheet, JK_XLSX_FIRST_ROW, 0, t->end - 1, last_name(t));
            chart_series_set_values(series, t->table->sheet, JK_XLSX_FIRST_ROW, place_of(t, c), t->end - 1,
                                    place_of(t, c));
            chart_series_set_name_range(series, t->table->sheet, JK_XLSX_HEAD_ROW, place_of(t, c));
        }
    }
    chart_title_set_name(chart, t->table->title);
    chart_axis_set_num_format(chart->y_axis, "#,##0");
    if (!t->table->bars) {
        chart_axis_set_interval_unit(chart->x_axis, 12);
        chart_axis_set_interval_tick(chart->x_axis, 12);
    }
    lxw_chart_options size = {.x_scale = CHART_WIDTH / 480.0, .y_scale = CHART_HEIGHT / 288.0};
    /* bars of a few rows stand beneath them, lines of many beside */
    lxw_row_t row = t->table->bars ? t->end + 2 : JK_XLSX_HEAD_ROW;
    lxw_col_t column = t->table->bars ? 0 : (lxw_col_t)(place_of(t, listing->column_count - 1) + 2);
    return jk_xlsx_check(t->book, worksheet_insert_chart_opt(t->sheet, row, column, chart, &size), error);
}

jk_status jk_xlsx_add(jk_xlsx *book, const jk_xlsx_table *table, jk_error *error) {
    const jk_listing *listing = table->listing;
    table_sheet t = {.book = book, .table = table, .skipped = listing->column_count, .end = JK_XLSX_FIRST_ROW};
    for (size_t c = 0; table->column != NULL && c < listing->column_count; c++) {
        t.skipped = strcmp(listing->columns[c].name, table->column) == 0 ? c : t.skipped;
    }
    t.sheet = jk_xlsx_sheet(book, table->sheet, table->title, error);
    if (t.sheet == NULL) {
        return JK_ERROR_ARGUMENT;
    }
    for (size_t c = 0; c < listing->column_count; c++) {
        if (c != t.skipped) {
            write_head(&t, c);
        }
    }
    (void)worksheet_set_row(t.sheet, JK_XLSX_HEAD_ROW, HEAD_HEIGHT, NULL);
    JK_TRY(write_rows(&t, error));
    bool empty = t.end == JK_XLSX_FIRST_ROW;
    size_t last_column = t.skipped + 1 == listing->column_count ? t.skipped - 1 : listing->column_count - 1;
    lxw_col_t last = place_of(&t, last_column);
    if (!empty) {
        (void)worksheet_autofilter(t.sheet, JK_XLSX_HEAD_ROW, 0, t.end - 1, last);
    }
    if (!empty && table->added != NULL) {
        JK_TRY(write_sums(&t, error));
    }
    if (!empty && table->charted != NULL) {
        JK_TRY(draw(&t, error));
    }
    worksheet_freeze_panes(t.sheet, JK_XLSX_FIRST_ROW, 1);
    (void)worksheet_repeat_rows(t.sheet, JK_XLSX_HEAD_ROW, JK_XLSX_HEAD_ROW);
    if (book->shown_count < JK_XLSX_SHEETS) {
        (void)snprintf(book->shown[book->shown_count].sheet, sizeof book->shown[0].sheet, "%s", table->sheet);
        book->shown[book->shown_count].columns = listing->columns;
        book->shown[book->shown_count].skipped = t.skipped;
        book->shown[book->shown_count++].column_count = listing->column_count;
    }
    return JK_OK;
}
