/* SPDX-License-Identifier: Apache-2.0 */
/* What the sheets of an Excel workbook share (ECMA-376, part 1, SpreadsheetML): their names, the texts of cells, and
 * which formats show a number as a date. */
#ifndef JK_CSV_WORKBOOK_H
#define JK_CSV_WORKBOOK_H

#include "csv/sheets/xml.h"

typedef struct jk_sheet_name {
    char *name;
    char *relation; /* id under which the workbook refers to its member */
    char *member;   /* of the archive; NULL: a chart or another thing without cells */
    bool hidden;
} jk_sheet_name;

typedef struct jk_workbook {
    char *path;
    jk_zip *zip;
    char *member, *folder; /* of the workbook itself */
    bool from_1904;        /* days are counted from 1904-01-01 */
    size_t sheet_count;
    jk_sheet_name *sheets;
    /* Texts: text i is bytes[start[i]] .. bytes[start[i + 1]]; all of it takes at most texts_most. */
    size_t texts_most, text_count, text_capacity, bytes_count, bytes_capacity;
    size_t *start;
    char *bytes;
    /* Of a cell's style: whether it shows a date. */
    size_t style_count;
    bool *is_date;
} jk_workbook;

/* true if the archive is a workbook. */
bool jk_zip_is_workbook(jk_zip *zip);

/* Opens a workbook and reads the names of its sheets; with `cells` also what their cells need. */
jk_status jk_workbook_open(const char *path, bool cells, jk_workbook *workbook, jk_error *error);
void jk_workbook_close(jk_workbook *workbook);

#endif
