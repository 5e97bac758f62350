/* SPDX-License-Identifier: Apache-2.0 */
/* What the sheets of a workbook share: the file, its formats, which columns were shown. */
#ifndef JK_XLSX_XLSX_H
#define JK_XLSX_XLSX_H

#include <xlsxwriter.h>

#include "base/file/output.h"
#include "jalki/xlsx.h"

typedef enum jk_look {
    JK_LOOK_TITLE,
    JK_LOOK_HEAD,
    JK_LOOK_NOTE,
    JK_LOOK_TEXT,
    JK_LOOK_COUNT,
    JK_LOOK_MONEY,
    JK_LOOK_NUMBER,
    JK_LOOK_PERCENT,
    JK_LOOK_DATE,
    JK_LOOK_SUM_TEXT,
    JK_LOOK_SUM_COUNT,
    JK_LOOK_SUM_MONEY,
    JK_LOOK_SUM_PERCENT,
    JK_LOOK_INPUT_PERCENT, /* a cell to type into */
    JK_LOOK_INPUT_MONEY,
    JK_LOOKS
} jk_look;

enum { JK_XLSX_SHEETS = 32, JK_XLSX_TITLE_ROW = 0, JK_XLSX_HEAD_ROW = 2, JK_XLSX_FIRST_ROW = 3 };

struct jk_xlsx {
    jk_output output;
    lxw_workbook *book;
    lxw_format *look[JK_LOOKS];
    char currency[16];
    struct {
        char sheet[JK_SHEET_NAME + 1];
        const jk_listing_column *columns; /* static in the listings */
        size_t column_count, skipped;     /* which of them the sheet leaves out, or the count */
    } shown[JK_XLSX_SHEETS];
    size_t shown_count;
};

/* A new sheet with a title; NULL, and an error, where its name is taken or wrong. */
lxw_worksheet *jk_xlsx_sheet(jk_xlsx *book, const char *name, const char *title, jk_error *error);

/* As jk_xlsx_open, for rows that are written in order and not kept; nothing is said of a currency. */
jk_status jk_xlsx_open_streamed(const char *path, bool personal, jk_xlsx **book, jk_error *error);

/* The error of a sheet with too many rows. */
jk_status jk_xlsx_too_many(const jk_xlsx *book, const char *sheet, jk_error *error);

/* A cell of text, or nothing where it is empty. Characters with an effect of their own are written out
 * (base/text/escape.h): XML has no way to hold some of them, and a workbook with them does not open. */
lxw_error jk_xlsx_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text, lxw_format *format);

/* What libxlsxwriter answered, as an error of the file. */
jk_status jk_xlsx_check(const jk_xlsx *book, lxw_error answer, jk_error *error);

#endif
