/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and views of an SQLite file as text, written as a sheet of a workbook is, row by row as they are read. A view
 * is a program of whoever made the file: it may call nothing but plain functions, and what it takes is bounded. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "csv/sources/container.h"
#include "csv/sources/row_text.h"
#include "database/sqlite.h"

/* Steps of SQLite's machine that a query may take (a row takes some ten, and one for each column), and the longest
 * cell, of which nothing beyond a row's bound is read. */
#define STEPS_FREE     ((uint64_t)1 << 28)
#define STEPS_PER_BYTE 100
enum { STEPS_AT_ONCE = 1 << 20, CELL_BYTES_MOST = 64 << 20 };

typedef struct sqlite_origin {
    char *path;
    const char *table; /* while it is opened */
    uint64_t steps;    /* left */
    const lite_functions *lite;
    lite_base *base;
    lite_statement *rows;
    char decimal;
    bool ended;
    jk_row_text row;
} sqlite_origin;

static int spend(void *left) {
    uint64_t *steps = left;
    const bool enough = *steps >= STEPS_AT_ONCE;
    *steps -= enough ? STEPS_AT_ONCE : 0;
    return !enough;
}

/* Whether what was written last stands in another file beside this one. */
static bool has_more(const char *path, const char *end) {
    char beside[PATH_MAX];
    struct stat facts;
    const int length = snprintf(beside, sizeof beside, "%s%s", path, end);
    return length < (int)sizeof beside && stat(beside, &facts) == 0 && facts.st_size > 0;
}

/* "file:…?immutable=1", every byte of the path as %xx, for free(): the library makes no files beside it then. */
static char *immutable(const char *path) {
    static const char before[] = "file:", behind[] = "?immutable=1";
    char *name = malloc(sizeof before + 3 * strlen(path) + sizeof behind), *out = name;
    if (name != NULL) {
        out = stpcpy(out, before);
        for (; *path != '\0'; path++) {
            out += sprintf(out, "%%%02x", (unsigned char)*path);
        }
        (void)strcpy(out, behind);
    }
    return name;
}

static jk_status open_file(const char *path, lite_base **base, jk_error *error) {
    if (has_more(path, "-wal") || has_more(path, "-journal")) {
        return jk_sqlite_open(path, LITE_READ_ONLY, base, error);
    }
    char *name = immutable(path);
    jk_status status = name == NULL ? jk_fail_memory(error, "a data base")
                                    : jk_sqlite_open(name, LITE_READ_ONLY | LITE_URI, base, error);
    free(name);
    if (status != JK_OK && error != NULL) {
        (void)snprintf(error->file, sizeof error->file, "%s", path);
    }
    return status;
}

/* Opens the file of a stranger; `steps` stays where it is until it is closed. */
static jk_status open_bounded(const char *path, uint64_t *steps, lite_base **base, jk_error *error) {
    struct stat facts;
    JK_TRY(open_file(path, base, error));
    const lite_functions *lite = jk_sqlite(error);
    *steps = STEPS_FREE + STEPS_PER_BYTE * (stat(path, &facts) == 0 ? (uint64_t)facts.st_size : 0);
    (void)lite->db_config(*base, LITE_TRUSTED_SCHEMA, 0, NULL);
    (void)lite->db_config(*base, LITE_DEFENSIVE, 1, NULL);
    (void)lite->limit(*base, LITE_LIMIT_LENGTH, CELL_BYTES_MOST);
    lite->progress_handler(*base, STEPS_AT_ONCE, spend, steps);
    return JK_OK;
}

static jk_status fail_step(const char *path, lite_base *base, int step, jk_error *error) {
    return step == LITE_INTERRUPT
               ? jk_fail(error, JK_ERROR_FORMAT, path, 0, NULL,
                         "a view of this data base computes without end: write what it gives as a table")
               : jk_sqlite_fail(path, base, error);
}

static jk_status prepare(const lite_functions *lite, const char *path, lite_base *base, const char *query,
                         lite_statement **rows, jk_error *error) {
    return lite->prepare_v2(base, query, -1, rows, NULL) == LITE_OK ? JK_OK : jk_sqlite_fail(path, base, error);
}

jk_status jk_sqlite_tables(const char *path, jk_status (*each)(void *context, const char *name, jk_error *error),
                           void *context, jk_error *error) {
    static const char query[] = "select name from sqlite_master where type in ('table', 'view') and name not like "
                                "'sqlite\\_%' escape '\\' order by rowid";
    lite_base *base = NULL;
    lite_statement *rows = NULL;
    uint64_t steps = 0;
    jk_status status = open_bounded(path, &steps, &base, error);
    const lite_functions *lite = status == JK_ERROR_UNSUPPORTED ? NULL : jk_sqlite(error);
    status = status == JK_OK ? prepare(lite, path, base, query, &rows, error) : status;
    int step = LITE_DONE;
    while (status == JK_OK && (step = lite->step(rows)) == LITE_ROW) {
        const char *name = (const char *)lite->column_text(rows, 0);
        status = name != NULL ? each(context, name, error) : jk_fail_memory(error, "the tables of a data base");
    }
    if (status == JK_OK && step != LITE_DONE) {
        status = fail_step(path, base, step, error);
    }
    if (lite != NULL) {
        (void)lite->finalize(rows);
        (void)lite->close_v2(base);
    }
    return status;
}

/* ---- lines ---------------------------------------------------------------------------------------------------- */

static jk_status next_line(void *given, jk_error *error) {
    sqlite_origin *self = given;
    const lite_functions *lite = self->lite;
    int step = self->ended ? LITE_DONE : lite->step(self->rows);
    if (step != LITE_ROW) {
        self->ended = true;
        return step == LITE_DONE ? JK_OK : fail_step(self->path, self->base, step, error);
    }
    bool held = true;
    const int count = lite->column_count(self->rows);
    for (int c = 0; held && c < count; c++) {
        const int type = lite->column_type(self->rows, c);
        const bool last = c + 1 == count;
        if (type == LITE_REAL) {
            held = jk_row_text_real(&self->row, lite->column_double(self->rows, c), self->decimal, last);
        } else if (type != LITE_NULL && type != LITE_BLOB) {
            const char *text = (const char *)lite->column_text(self->rows, c);
            held = jk_row_text_cell(&self->row, text != NULL ? text : "", (size_t)lite->column_bytes(self->rows, c),
                                    '.', last);
        } else {
            held = jk_row_text_cell(&self->row, "", 0, '.', last);
        }
    }
    return jk_held(held, error, "the rows of a data base");
}

static jk_status read_sqlite(void *given, void *out, size_t capacity, size_t *got, jk_error *error) {
    sqlite_origin *self = given;
    return jk_row_text_read(&self->row, next_line, self, out, capacity, got, error);
}

static void close_sqlite(void *given) {
    sqlite_origin *self = given;
    if (self->lite != NULL) {
        (void)self->lite->finalize(self->rows);
        (void)self->lite->close_v2(self->base);
    }
    free(self->row.text);
    free(self->path);
    free(self);
}

/* select * from "table", for free(). */
static char *query_of(const char *table) {
    char *query = malloc(2 * strlen(table) + sizeof "select * from \"\""), *out = query;
    if (query != NULL) {
        out += sprintf(out, "select * from \"");
        for (; *table != '\0'; table++) {
            *out++ = *table;
            if (*table == '"') {
                *out++ = '"';
            }
        }
        (void)strcpy(out, "\"");
    }
    return query;
}

static jk_status start(void *given, jk_error *error) {
    sqlite_origin *self = given;
    JK_TRY(jk_held(self->path != NULL, error, "a data base"));
    JK_TRY(open_bounded(self->path, &self->steps, &self->base, error));
    self->lite = jk_sqlite(error);
    char *query = query_of(self->table);
    jk_status status = query == NULL ? jk_fail_memory(error, "a query")
                                     : prepare(self->lite, self->path, self->base, query, &self->rows, error);
    free(query);
    JK_TRY(status);
    const int count = self->lite->column_count(self->rows);
    for (int c = 0; c < count; c++) {
        const char *name = self->lite->column_name(self->rows, c);
        JK_TRY(jk_held(name != NULL && jk_row_text_cell(&self->row, name, strlen(name), '.', c + 1 == count), error,
                       "the columns of a data base"));
    }
    return JK_OK;
}

jk_status jk_sqlite_table_open(const char *path, const char *table, char decimal, jk_byte_origin *origin,
                               jk_error *error) {
    sqlite_origin *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "a data base"));
    self->path = strdup(path);
    self->table = table;
    self->decimal = decimal;
    *origin = (jk_byte_origin){.read = read_sqlite, .close = close_sqlite, .self = self};
    return jk_origin_start(origin, start, error);
}
