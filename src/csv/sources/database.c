/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a data base as text: PostgreSQL writes them as CSV itself (COPY … TO STDOUT), row by row as they are read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "csv/sources/container.h"
#include "database/postgres.h"

typedef struct postgres_origin {
    char *name;
    jk_postgres_session session;
    char *row; /* what the server sent last, as far as it was not read */
    size_t length, at;
    bool ended;
} postgres_origin;

static jk_status next_row(postgres_origin *self, jk_error *error) {
    const pg_functions *pg = self->session.pg;
    pg->freemem(self->row);
    self->row = NULL;
    self->length = self->at = 0;
    if (self->ended) {
        return JK_OK;
    }
    int length = pg->getCopyData(self->session.connection, &self->row, 0);
    if (length == -1) { /* the end, or an error on the way */
        self->ended = true;
        return jk_postgres_end_copy(&self->session, error);
    }
    if (length < 0) {
        return jk_fail(error, JK_ERROR_IO, self->name, 0, NULL, "the connection broke while rows were read");
    }
    self->length = (size_t)length;
    return JK_OK;
}

static jk_status read_postgres(void *given, void *out, size_t capacity, size_t *got, jk_error *error) {
    postgres_origin *self = given;
    *got = 0;
    while (*got < capacity) {
        if (self->at == self->length) {
            JK_TRY(next_row(self, error));
            if (self->length == 0) {
                return JK_OK;
            }
        }
        size_t piece = self->length - self->at < capacity - *got ? self->length - self->at : capacity - *got;
        memcpy((char *)out + *got, self->row + self->at, piece);
        self->at += piece;
        *got += piece;
    }
    return JK_OK;
}

static void close_postgres(void *given) {
    postgres_origin *self = given;
    if (self->session.pg != NULL) {
        self->session.pg->freemem(self->row);
    }
    jk_postgres_close(&self->session);
    free(self->name);
    free(self);
}

static jk_status start_copy(void *given, jk_error *error) {
    postgres_origin *self = given;
    JK_TRY(jk_held(self->name != NULL, error, "a data base"));
    JK_TRY(jk_postgres_open(self->name, &self->session, error));
    const char *query = self->session.query;
    if (query == NULL) {
        return jk_fail(error, JK_ERROR_ARGUMENT, self->name, 0, NULL,
                       "names no rows; expected ?query=select… behind the data base");
    }
    size_t length = strlen(query);
    while (length > 0 && strchr("; \t\r\n", query[length - 1]) != NULL) {
        length--;
    }
    char *copy = NULL;
    JK_TRY(jk_held(asprintf(&copy, "copy (\n%.*s\n) to stdout (format csv, header true)", (int)length, query) >= 0,
                   error, "a query"));
    jk_status status = jk_postgres_run(&self->session, "begin read only", PG_COMMAND_OK, NULL, error);
    status = status == JK_OK ? jk_postgres_run(&self->session, copy, PG_COPY_OUT, NULL, error) : status;
    free(copy);
    return status;
}

jk_status jk_postgres_rows_open(const char *name, jk_byte_origin *origin, jk_error *error) {
    postgres_origin *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "a data base"));
    self->name = strdup(name);
    *origin = (jk_byte_origin){.read = read_postgres, .close = close_postgres, .self = self};
    return jk_origin_start(origin, start_copy, error);
}
