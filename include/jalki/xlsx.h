/* SPDX-License-Identifier: Apache-2.0 */
/* Results as a workbook (.xlsx, Office Open XML, ECMA-376): a sheet for each table, with a frozen head that can be
 * filtered, number formats, sums as live formulas, native charts; a sheet that answers for a return typed into it; and
 * last what each column means and where the figures come from. The file appears whole when it is committed, or not at
 * all.
 *
 *     jk_xlsx *book = NULL;
 *     jk_xlsx_open("value.xlsx", "EUR", false, &book, &error);
 *     jk_listing listing = jk_groups_listing(&valuation);
 *     jk_xlsx_add(book, &(jk_xlsx_table){.sheet = "Value", .title = "...", .listing = &listing}, &error);
 *     jk_xlsx_commit(book, &error);          or jk_xlsx_abort(book)
 */
#ifndef JALKI_XLSX_H
#define JALKI_XLSX_H

#include <stdbool.h>

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_xlsx jk_xlsx;

enum { JK_SHEET_ROWS = 1048576, JK_SHEET_NAME = 31 }; /* what the format can hold: rows, bytes of a sheet's name */

/* A sheet made of a listing. */
typedef struct jk_xlsx_table {
    const char *sheet;          /* its name, 1..JK_SHEET_NAME bytes, once in a workbook */
    const char *title;          /* a sentence above the table */
    const jk_listing *listing;  /* read while it is added */
    const char *column, *group; /* rows whose column of this name says this, which is then left out; NULL: all rows */
    const char *const *added;   /* NULL-ended names of columns that a last row adds up; NULL: none */
    const char *const *charted; /* NULL-ended names of columns drawn over the first one; NULL: no chart */
    bool bars;                  /* drawn as bars; false: as lines */
} jk_xlsx_table;

/* Rows that come one by one, cells as text. */
typedef enum jk_sheet_kind {
    JK_SHEET_COUNT, /* whole numbers, which may be identifiers of a kind (a year): no thousands */
    JK_SHEET_NUMBER,
    JK_SHEET_DATE, /* YYYY-MM-DD */
    JK_SHEET_TEXT
} jk_sheet_kind;
typedef struct jk_xlsx_rows {
    const char *sheet; /* its name, as in jk_xlsx_table */
    size_t columns;    /* at least 1 */
    const char *const *names;
    const jk_sheet_kind *kinds;
    /* The cells of the next row, valid until the next call; NULL behind the last one. An empty cell is missing. */
    jk_status (*next)(void *context, const char *const **cells, jk_error *error);
    void *context;
} jk_xlsx_rows;

/* Writes a workbook of one sheet, row by row (memory does not grow with them), with a frozen head, a filter, and a last
 * row of formulas beneath columns that can be added up; then where the figures come from. `manifest` is freed; NULL:
 * out of memory. JK_ERROR_UNSUPPORTED where the rows are more than a sheet holds. */
jk_status jk_xlsx_write_rows(const char *path, bool personal, const jk_xlsx_rows *rows, char *manifest,
                             jk_error *error);

/* Opens a file that will become `path`. `currency` is what money is in, shown in heads. `personal`: it holds personal
 * data, and a new file is its owner's alone. Free with commit or abort. */
jk_status jk_xlsx_open(const char *path, const char *currency, bool personal, jk_xlsx **book, jk_error *error);

/* Adds a sheet. Missing cells are empty; text is text, whatever it looks like. JK_ERROR_RANGE where the rows are more
 * than a sheet holds. */
jk_status jk_xlsx_add(jk_xlsx *book, const jk_xlsx_table *table, jk_error *error);

/* Adds the cash flow month by month, and the sheet "Return": cells for the required return and the price asked, and
 * formulas for worth, bid, money multiple and the return at that price. The plan stays as it was made (contract,
 * model.md section 8), which the sheet says beside the valuation's own figure. */
jk_status jk_xlsx_add_cash(jk_xlsx *book, const jk_valuation *valuation, jk_error *error);

/* Writes the last two sheets (what columns mean; where the figures come from, `manifest` as lines of JSON), gives the
 * file its name and frees the workbook; on failure nothing is left behind. NULL manifest: out of memory. */
jk_status jk_xlsx_commit(jk_xlsx *book, const char *manifest, jk_error *error);
void jk_xlsx_abort(jk_xlsx *book); /* NULL is accepted */

#ifdef __cplusplus
}
#endif
#endif
