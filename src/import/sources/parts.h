/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold several tables: which of their parts an import takes. */
#ifndef JK_IMPORT_PARTS_H
#define JK_IMPORT_PARTS_H

#include <limits.h>

#include "csv/sources/source.h"

/* What is done with parts. */
typedef struct jk_part_taker {
    void *context;
    char decimal; /* the mark in a sheet's numbers */
    bool several; /* several sources are wanted: every part that fits is taken, not the best alone */
    /* How well a part fits: the number of names in its header that are looked for; 0: not at all. */
    size_t (*fit)(void *context, const char *path, const jk_csv_part *part);
    jk_status (*take)(void *context, const char *path, const jk_csv_part *part, jk_error *error);
    jk_status (*pass_over)(void *context, const char *path, const char *part, const char *why, jk_error *error);
} jk_part_taker;

/* The part that a path such as book.xlsx:Loans names, with the file's own path in `container`; NULL if the path is that
 * of a file. */
const char *jk_part_of(const char *path, char container[PATH_MAX]);

/* Takes what a path names: a file (part NULL); of a zip archive all text tables; of a workbook the sheets that fit.
 * *parts tells whether the file holds several tables. */
jk_status jk_parts_take(const char *given, const jk_part_taker *taker, bool *parts, jk_error *error);

#endif
