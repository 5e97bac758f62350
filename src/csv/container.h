/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold tables: zip archives of text files, Excel workbooks (Office Open XML, ECMA-376), and Parquet files. A
 * table in one is a part: named by its path in the archive, or by its sheet's name. */
#ifndef JK_CSV_CONTAINER_H
#define JK_CSV_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jalki/status.h"

typedef enum jk_container {
    JK_CONTAINER_NONE,
    JK_CONTAINER_ZIP,
    JK_CONTAINER_WORKBOOK,
    JK_CONTAINER_PARQUET /* one part, "rows" */
} jk_container;

typedef struct jk_part {
    char *name;
    bool hidden; /* a sheet that Excel does not show */
} jk_part;

typedef struct jk_part_list {
    jk_container container;
    size_t count; /* 0 where the file is no container */
    jk_part *parts;
} jk_part_list;

/* What a file holds. A file that is no container, or that cannot be looked into twice (a pipe), has no parts. Members
 * that are no tables (folders, system files) are left out. JK_ERROR_IO, JK_ERROR_FORMAT (damaged, encrypted),
 * JK_ERROR_MEMORY. */
jk_status jk_part_list_read(const char *path, jk_part_list *list, jk_error *error);
void jk_part_list_free(jk_part_list *list);

/* Where the bytes of a source come from: read gives at most `capacity` of them, *got is 0 only at the end. */
typedef struct jk_byte_origin {
    jk_status (*read)(void *self, void *out, size_t capacity, size_t *got, jk_error *error);
    void (*close)(void *self);
    void *self;
    uint64_t size; /* of all bytes, where it is known; else 0 */
} jk_byte_origin;

/* Opens a member of a zip archive: its bytes as they are. */
jk_status jk_zip_member_open(const char *path, const char *member, jk_byte_origin *origin, jk_error *error);

/* Opens a sheet of a workbook: its cells as comma-separated text in UTF-8, one line per row of the sheet (a row that
 * the file does not hold is an empty line), numbers with the decimal mark that is given and without groups, dates as
 * YYYY-MM-DD. */
jk_status jk_sheet_open(const char *path, const char *sheet, char decimal, jk_byte_origin *origin, jk_error *error);

/* Opens a Parquet file in the same way (DuckDB's library; JK_ERROR_UNSUPPORTED where it is absent): a line for its
 * columns' names, then one for each row; moments at midnight are dates, truth is 1 and 0. */
jk_status jk_parquet_open(const char *path, char decimal, jk_byte_origin *origin, jk_error *error);

#endif
