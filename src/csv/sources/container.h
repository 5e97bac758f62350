/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold tables: zip archives of text files, Excel workbooks (Office Open XML, ECMA-376), Parquet files, and
 * data bases (SQLite). A table in one is a part: named by its path in the archive, or by its sheet's name. */
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
    JK_CONTAINER_PARQUET, /* one part, "rows" */
    JK_CONTAINER_SQLITE   /* a part for each table and view */
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
    jk_status (*seek)(void *self, uint64_t place, jk_error *error); /* NULL: it cannot */
    void *self;
    uint64_t size; /* of all bytes, where it is known; else 0 */
} jk_byte_origin;

/* Starts what an origin reads from; where `start` of its `self` fails it is closed again, and nothing. */
jk_status jk_origin_start(jk_byte_origin *origin, jk_status (*start)(void *self, jk_error *error), jk_error *error);

/* Opens a member of a zip archive: its bytes as they are. */
jk_status jk_zip_member_open(const char *path, const char *member, jk_byte_origin *origin, jk_error *error);

/* Opens a sheet of a workbook: its cells as comma-separated text in UTF-8, one line per row of the sheet (a row that
 * the file does not hold is an empty line), numbers with the decimal mark that is given and without groups, dates as
 * YYYY-MM-DD. */
jk_status jk_sheet_open(const char *path, const char *sheet, char decimal, jk_byte_origin *origin, jk_error *error);

/* Opens a Parquet file in the same way (DuckDB's library; JK_ERROR_UNSUPPORTED where it is absent): a line for its
 * columns' names, then one for each row; moments at midnight are dates, truth is 1 and 0. */
jk_status jk_parquet_open(const char *path, char decimal, jk_byte_origin *origin, jk_error *error);

/* Opens the rows that a URL of a PostgreSQL data base asks for (its `query`, in a transaction that only reads): a line
 * for the columns' names, then one for each row, as the server writes CSV. `name` is hidden (database/postgres.h). */
jk_status jk_postgres_rows_open(const char *name, jk_byte_origin *origin, jk_error *error);

/* Opens the rows that a source of ODBC gives for its query, in the same way: numbers with decimal points, moments at
 * midnight as dates, what is null and what is binary empty. `name` is hidden (database/odbc.h). */
jk_status jk_odbc_rows_open(const char *name, jk_byte_origin *origin, jk_error *error);

/* Calls `each` with the name of every table and view of an SQLite file, in their order (its library;
 * JK_ERROR_UNSUPPORTED where it is absent). */
jk_status jk_sqlite_tables(const char *path, jk_status (*each)(void *context, const char *name, jk_error *error),
                           void *context, jk_error *error);

/* Opens a table of an SQLite file in the way of a sheet: numbers with the decimal mark that is given, what is null and
 * what is binary empty. */
jk_status jk_sqlite_table_open(const char *path, const char *table, char decimal, jk_byte_origin *origin,
                               jk_error *error);

#endif
