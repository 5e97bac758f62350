/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that a driver of ODBC gives as text, written as a sheet of a workbook is, row by row as they are read. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "csv/sources/container.h"
#include "csv/sources/row_text.h"
#include "database/odbc.h"

enum { PIECE = 4096, NAME = 256 };

typedef struct odbc_origin {
    char *name;
    jk_odbc_session session;
    short columns, *type;
    jk_row_text row;
    char *cell; /* of any length */
    size_t room;
} odbc_origin;

/* A cell's text in pieces, as long as the driver has more; `length` is SIZE_MAX for null. */
static jk_status read_text(odbc_origin *self, short column, size_t *length, jk_error *error) {
    const odbc_functions *odbc = self->session.odbc;
    *length = 0;
    for (;;) {
        if (self->room < *length + PIECE) {
            char *larger = realloc(self->cell, 2 * (*length + PIECE));
            JK_TRY(jk_held(larger != NULL, error, "the rows of a data base"));
            self->cell = larger;
            self->room = 2 * (*length + PIECE);
        }
        long told = 0;
        short outcome = odbc->GetData(self->session.statement, (unsigned short)(column + 1), ODBC_CHAR,
                                      self->cell + *length, PIECE, &told);
        if (outcome == ODBC_NO_DATA) {
            return JK_OK;
        }
        if (outcome != ODBC_OK && outcome != ODBC_OK_WITH_INFO) {
            return jk_odbc_fail(&self->session, "a cell cannot be read", error);
        }
        if (told == ODBC_NULL) {
            *length = SIZE_MAX;
            return JK_OK;
        }
        *length += strnlen(self->cell + *length, PIECE - 1);
        if (outcome == ODBC_OK || (told >= 0 && told < PIECE)) {
            return JK_OK;
        }
    }
}

/* A moment at midnight is a date, as in Parquet. */
static size_t without_midnight(const char *text, size_t length) {
    static const char midnight[] = " 00:00:00";
    const size_t date = sizeof "2026-06-30" - 1, time = sizeof midnight - 1;
    bool is = length >= date + time && memcmp(text + date, midnight, time) == 0;
    return is && strspn(text + date + time, ".0") >= length - date - time ? date : length;
}

static jk_status put_cell(odbc_origin *self, short column, jk_error *error) {
    const short type = self->type[column];
    const bool last = column + 1 == self->columns, binary = type >= ODBC_LONG_BINARY && type <= ODBC_BINARY;
    bool held = true;
    size_t length = 0;
    if (type == ODBC_FLOAT || type == ODBC_REAL || type == ODBC_DOUBLE) {
        double value = 0.0;
        long told = 0;
        short outcome = self->session.odbc->GetData(self->session.statement, (unsigned short)(column + 1), ODBC_DOUBLE,
                                                    &value, (long)sizeof value, &told);
        if (outcome != ODBC_OK && outcome != ODBC_OK_WITH_INFO) {
            return jk_odbc_fail(&self->session, "a cell cannot be read", error);
        }
        held = told == ODBC_NULL ? jk_row_text_cell(&self->row, "", 0, '.', last)
                                 : jk_row_text_real(&self->row, value, '.', last);
    } else {
        JK_TRY(binary ? JK_OK : read_text(self, column, &length, error));
        length = length == SIZE_MAX ? 0 : length;
        if (type == ODBC_TIMESTAMP || type == ODBC_TIMESTAMP_2) {
            length = without_midnight(self->cell, length);
        }
        held = jk_row_text_cell(&self->row, self->cell != NULL ? self->cell : "", length, '.', last);
    }
    return jk_held(held, error, "the rows of a data base");
}

static jk_status next_line(void *given, jk_error *error) {
    odbc_origin *self = given;
    short outcome = self->session.odbc->Fetch(self->session.statement);
    if (outcome == ODBC_NO_DATA) {
        return JK_OK;
    }
    if (outcome != ODBC_OK && outcome != ODBC_OK_WITH_INFO) {
        return jk_odbc_fail(&self->session, "rows cannot be read", error);
    }
    for (short c = 0; c < self->columns; c++) {
        JK_TRY(put_cell(self, c, error));
    }
    return JK_OK;
}

static jk_status read_odbc(void *given, void *out, size_t capacity, size_t *got, jk_error *error) {
    odbc_origin *self = given;
    return jk_row_text_read(&self->row, next_line, self, out, capacity, got, error);
}

static void close_odbc(void *given) {
    odbc_origin *self = given;
    if (self->session.odbc != NULL) {
        jk_odbc_close(&self->session);
    }
    free(self->row.text);
    free(self->cell);
    free(self->type);
    free(self->name);
    free(self);
}

static jk_status start(void *given, jk_error *error) {
    odbc_origin *self = given;
    JK_TRY(jk_held(self->name != NULL, error, "a data base"));
    JK_TRY(jk_odbc_open(self->name, &self->session, error));
    const odbc_functions *odbc = self->session.odbc;
    void *statement = self->session.statement;
    (void)odbc->NumResultCols(statement, &self->columns); /* jk_odbc_open has asked, too */
    self->type = calloc((size_t)self->columns, sizeof *self->type);
    JK_TRY(jk_held(self->type != NULL, error, "the columns of a data base"));
    for (short c = 0; c < self->columns; c++) {
        unsigned char name[NAME] = "";
        short length = 0, digits = 0, nulls = 0;
        unsigned long size = 0;
        short outcome = odbc->DescribeCol(statement, (unsigned short)(c + 1), name, NAME, &length, &self->type[c],
                                          &size, &digits, &nulls);
        if (outcome != ODBC_OK && outcome != ODBC_OK_WITH_INFO) {
            return jk_odbc_fail(&self->session, "the columns cannot be read", error);
        }
        JK_TRY(jk_held(
            jk_row_text_cell(&self->row, (const char *)name, strlen((const char *)name), '.', c + 1 == self->columns),
            error, "the columns of a data base"));
    }
    return JK_OK;
}

jk_status jk_odbc_rows_open(const char *name, jk_byte_origin *origin, jk_error *error) {
    odbc_origin *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "a data base"));
    self->name = strdup(name);
    *origin = (jk_byte_origin){.read = read_odbc, .close = close_odbc, .self = self};
    return jk_origin_start(origin, start, error);
}
