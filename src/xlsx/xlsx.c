/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and finishing a workbook. libxlsxwriter keeps the sheets in memory and writes the file at the end, into the
 * nameless file that becomes the target when it is whole. */
#include "xlsx/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/run_record.h"
#include "base/text/escape.h"

jk_status jk_xlsx_check(const jk_xlsx *book, lxw_error answer, jk_error *error) {
    if (answer == LXW_NO_ERROR) {
        return JK_OK;
    }
    if (answer == LXW_ERROR_MEMORY_MALLOC_FAILED) {
        return jk_fail_memory(error, "a workbook");
    }
    return jk_fail(error, JK_ERROR_IO, book->output.target, 0, NULL, "cannot write the workbook: %s",
                   lxw_strerror(answer));
}

lxw_error jk_xlsx_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text, lxw_format *format) {
    const size_t length = strlen(text);
    if (length == 0 || !jk_escape_changes(text, length, true)) {
        return length == 0 ? LXW_NO_ERROR : worksheet_write_string(sheet, row, column, text, format);
    }
    char *shown = jk_escape_copy(text, true);
    if (shown == NULL) {
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    }
    lxw_error answer = worksheet_write_string(sheet, row, column, shown, format);
    free(shown);
    return answer;
}

/* ---- looks ----------------------------------------------------------------------------------------------------- */

static void set_looks(jk_xlsx *book) {
    static const char *const number_format[JK_LOOKS] = {
        [JK_LOOK_COUNT] = "#,##0",          [JK_LOOK_MONEY] = "#,##0.00",    [JK_LOOK_NUMBER] = "#,##0.00##",
        [JK_LOOK_PERCENT] = "0.00%",        [JK_LOOK_DATE] = "yyyy-mm-dd",   [JK_LOOK_SUM_COUNT] = "#,##0",
        [JK_LOOK_SUM_MONEY] = "#,##0.00",   [JK_LOOK_SUM_PERCENT] = "0.00%", [JK_LOOK_INPUT_PERCENT] = "0.00%",
        [JK_LOOK_INPUT_MONEY] = "#,##0.00",
    };
    for (int l = 0; l < JK_LOOKS; l++) {
        lxw_format *format = workbook_add_format(book->book);
        book->look[l] = format;
        if (format == NULL) {
            continue;
        }
        if (number_format[l] != NULL) {
            format_set_num_format(format, number_format[l]);
        }
        if (l == JK_LOOK_TITLE || l == JK_LOOK_HEAD || (l >= JK_LOOK_SUM_TEXT && l <= JK_LOOK_SUM_PERCENT)) {
            format_set_bold(format);
        }
        if (l >= JK_LOOK_SUM_TEXT && l <= JK_LOOK_SUM_PERCENT) {
            format_set_top(format, LXW_BORDER_THIN);
        }
        if (l >= JK_LOOK_INPUT_PERCENT) {
            format_set_bg_color(format, 0xFFF2CC);
            format_set_border(format, LXW_BORDER_THIN);
        }
    }
    format_set_font_size(book->look[JK_LOOK_TITLE], 14.0);
    format_set_text_wrap(book->look[JK_LOOK_HEAD]);
    format_set_align(book->look[JK_LOOK_HEAD], LXW_ALIGN_VERTICAL_TOP);
    format_set_bottom(book->look[JK_LOOK_HEAD], LXW_BORDER_THIN);
    format_set_italic(book->look[JK_LOOK_NOTE]);
    format_set_text_wrap(book->look[JK_LOOK_NOTE]);
}

/* ---- the file -------------------------------------------------------------------------------------------------- */

static jk_status open_book(const char *path, const char *currency, bool personal, bool streamed, jk_xlsx **book,
                           jk_error *error) {
    *book = NULL;
    jk_xlsx *made = calloc(1, sizeof *made);
    JK_TRY(jk_held(made != NULL, error, "a workbook"));
    made->output.fd = -1;
    (void)snprintf(made->currency, sizeof made->currency, "%s", currency);
    jk_status status = jk_output_open(&made->output, path, personal ? JK_OUTPUT_PERSONAL : JK_OUTPUT_PLAIN, error);
    if (status == JK_OK) {
        lxw_workbook_options options = {.constant_memory = streamed, .tmpdir = NULL, .use_zip64 = LXW_TRUE};
        made->book = workbook_new_opt(jk_output_access(&made->output), &options);
        status = jk_held(made->book != NULL, error, "a workbook");
    }
    if (status != JK_OK) {
        jk_xlsx_abort(made);
        return status;
    }
    char program[] = "jalki " JALKI_VERSION;
    lxw_doc_properties properties = {.author = program, .created = (time_t)jk_run_seconds()};
    (void)workbook_set_properties(made->book, &properties);
    set_looks(made);
    *book = made;
    return JK_OK;
}

jk_status jk_xlsx_open(const char *path, const char *currency, bool personal, jk_xlsx **book, jk_error *error) {
    return open_book(path, currency, personal, false, book, error);
}

jk_status jk_xlsx_open_streamed(const char *path, bool personal, jk_xlsx **book, jk_error *error) {
    return open_book(path, "", personal, true, book, error);
}

jk_status jk_xlsx_too_many(const jk_xlsx *book, const char *sheet, jk_error *error) {
    return jk_fail(error, JK_ERROR_UNSUPPORTED, book->output.target, 0, sheet,
                   "has more rows than a sheet of a workbook holds (%d); write CSV instead", JK_SHEET_ROWS);
}

lxw_worksheet *jk_xlsx_sheet(jk_xlsx *book, const char *name, const char *title, jk_error *error) {
    lxw_worksheet *sheet = name[0] == '\0' ? NULL : workbook_add_worksheet(book->book, name);
    if (sheet == NULL) {
        (void)jk_fail(error, JK_ERROR_ARGUMENT, book->output.target, 0, NULL,
                      "'%s' can be no sheet's name here; expected 1 to 31 characters without [ ] : * ? / \\, each once",
                      name);
        return NULL;
    }
    (void)jk_xlsx_text(sheet, JK_XLSX_TITLE_ROW, 0, title, book->look[JK_LOOK_TITLE]);
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    return sheet;
}

/* ---- the last sheets ------------------------------------------------------------------------------------------- */

static jk_status write_columns(jk_xlsx *book, jk_error *error) {
    static const char *const heads[] = {"sheet", "column", "unit", "meaning"};
    static const double widths[] = {18.0, 22.0, 12.0, 90.0};
    if (book->shown_count == 0) {
        return JK_OK;
    }
    lxw_worksheet *sheet = jk_xlsx_sheet(book, "Columns", "What the columns mean", error);
    if (sheet == NULL) {
        return JK_ERROR_ARGUMENT;
    }
    for (lxw_col_t c = 0; c < 4; c++) {
        (void)worksheet_set_column(sheet, c, c, widths[c], NULL);
        (void)worksheet_write_string(sheet, JK_XLSX_HEAD_ROW, c, heads[c], book->look[JK_LOOK_HEAD]);
    }
    lxw_row_t row = JK_XLSX_FIRST_ROW;
    for (size_t s = 0; s < book->shown_count; s++) {
        for (size_t c = 0; c < book->shown[s].column_count; c++) {
            const jk_listing_column *column = &book->shown[s].columns[c];
            if (c == book->shown[s].skipped) {
                continue;
            }
            bool money = strcmp(column->unit, "money") == 0;
            bool percent = strcmp(column->unit, "%") == 0;
            (void)worksheet_write_string(sheet, row, 0, book->shown[s].sheet, NULL);
            (void)jk_xlsx_text(sheet, row, 1, column->name, NULL);
            (void)worksheet_write_string(sheet, row, 2, money ? book->currency : percent ? "" : column->unit, NULL);
            (void)worksheet_write_string(sheet, row++, 3, column->meaning, NULL);
        }
    }
    worksheet_freeze_panes(sheet, JK_XLSX_FIRST_ROW, 0);
    return JK_OK;
}

static jk_status write_origin(jk_xlsx *book, const char *manifest, jk_error *error) {
    lxw_worksheet *sheet = jk_xlsx_sheet(book, "Origin", "Where the figures come from", error);
    if (sheet == NULL) {
        return JK_ERROR_ARGUMENT;
    }
    (void)worksheet_set_column(sheet, 0, 0, 110.0, NULL);
    lxw_row_t row = JK_XLSX_HEAD_ROW;
    char line[1024];
    while (*manifest != '\0') {
        size_t length = strcspn(manifest, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), manifest);
        (void)jk_xlsx_text(sheet, row++, 0, line, NULL);
        manifest += length + (manifest[length] == '\n');
    }
    return JK_OK;
}

jk_status jk_xlsx_commit(jk_xlsx *book, const char *manifest, jk_error *error) {
    jk_status status = manifest == NULL ? jk_fail_memory(error, "the manifest") : write_columns(book, error);
    if (status == JK_OK) {
        status = write_origin(book, manifest, error);
    }
    if (status == JK_OK) {
        lxw_workbook *whole = book->book;
        book->book = NULL; /* closing frees it, whatever it answers */
        status = jk_xlsx_check(book, workbook_close(whole), error);
    }
    if (status == JK_OK) {
        status = jk_output_commit(&book->output, error);
    }
    jk_xlsx_abort(book);
    return status;
}

void jk_xlsx_abort(jk_xlsx *book) {
    if (book != NULL) {
        lxw_workbook_free(book->book);
        jk_output_abort(&book->output);
        free(book);
    }
}
