/* SPDX-License-Identifier: Apache-2.0 */
/* A Parquet file as text: its rows by DuckDB's library, a few thousand at a time, written as a sheet of a workbook is.
 * DuckDB gets the open file: of a name it would read every file that it stands for as a pattern, and take columns from
 * the names of folders ("region=north/"). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/text/escape.h"
#include "csv/sources/container.h"
#include "duckdb/duckdb.h"

typedef struct parquet_origin {
    char *path;
    int fd;
    duck_session session;
    duck_handle prepared;
    duck_result result;
    size_t count; /* of columns */
    duck_type *types;
    char decimal;
    char *text; /* lines that are ready */
    size_t length, at, room;
} parquet_origin;

static jk_status fail_parquet(const parquet_origin *self, const char *said, jk_error *error) {
    return jk_fail(error, JK_ERROR_FORMAT, self->path, 0, NULL, "cannot be read as Parquet: %.300s",
                   said != NULL ? said : "DuckDB does not say why");
}

static bool make_room(parquet_origin *self, size_t more) {
    if (self->length + more > self->room) {
        size_t room = 2 * (self->length + more);
        char *larger = realloc(self->text, room);
        if (larger == NULL) {
            return false;
        }
        self->text = larger;
        self->room = room;
    }
    return true;
}

/* A cell: numbers with the mark that is asked for, moments at midnight as dates, truth as 1 and 0. */
static bool put_cell(parquet_origin *self, size_t column, const char *text, size_t length) {
    static const char midnight[] = " 00:00:00";
    const duck_type type = self->types[column];
    bool is_moment = type == DUCK_TIMESTAMP || (type >= DUCK_TIMESTAMP_S && type <= DUCK_TIMESTAMP_NS);
    if (!make_room(self, JK_CELL_BYTES(length) + 1)) {
        return false;
    }
    char *out = self->text + self->length;
    if (duck_is_number(type)) {
        const char *mark = memchr(text, '.', length);
        memcpy(out, text, length);
        if (mark != NULL) {
            out[mark - text] = self->decimal;
        }
        if (self->decimal == ',' && mark != NULL) { /* the separator is a comma, too */
            memmove(out + 1, out, length);
            out[0] = '"';
            out[length + 1] = '"';
            length += 2;
        }
        self->length += length;
    } else if (type == DUCK_BOOLEAN) {
        *out = length > 0 && text[0] == 't' ? '1' : '0';
        self->length++;
    } else {
        size_t end = sizeof midnight - 1;
        bool at_midnight = is_moment && length > end && memcmp(text + length - end, midnight, end) == 0;
        self->length = (size_t)(jk_cell_write(out, text, at_midnight ? length - end : length) - self->text);
    }
    return true;
}

static bool end_cell(parquet_origin *self, size_t column) {
    if (!make_room(self, 1)) {
        return false;
    }
    self->text[self->length++] = column + 1 < self->count ? ',' : '\n';
    return true;
}

/* The lines of the next rows; none at the end. */
static jk_status next_lines(parquet_origin *self, jk_error *error) {
    const duck_functions *duck = self->session.duck;
    duck_handle chunk = duck->fetch_chunk(self->result);
    self->length = self->at = 0;
    if (chunk == NULL) {
        const char *said = duck->result_error(&self->result);
        return said != NULL && said[0] != '\0' ? fail_parquet(self, said, error) : JK_OK;
    }
    bool held = true;
    const size_t rows = duck->data_chunk_get_size(chunk);
    for (size_t row = 0; held && row < rows; row++) {
        for (size_t c = 0; held && c < self->count; c++) {
            duck_handle vector = duck->data_chunk_get_vector(chunk, c);
            const duck_string *strings = duck->vector_get_data(vector);
            uint32_t length = 0;
            bool given = duck_is_given(duck->vector_get_validity(vector), row);
            const char *text = given ? duck_text(&strings[row], &length) : "";
            held = (!given || put_cell(self, c, text, length)) && end_cell(self, c);
        }
    }
    duck->destroy_data_chunk(&chunk);
    return jk_held(held, error, "the rows of a Parquet file");
}

static jk_status read_parquet(void *given, void *out, size_t capacity, size_t *got, jk_error *error) {
    parquet_origin *self = given;
    if (self->at == self->length) {
        JK_TRY(next_lines(self, error));
    }
    *got = self->length - self->at < capacity ? self->length - self->at : capacity;
    memcpy(out, self->text + self->at, *got);
    self->at += *got;
    return JK_OK;
}

static void close_parquet(void *given) {
    parquet_origin *self = given;
    if (self->session.duck != NULL) {
        self->session.duck->destroy_result(&self->result);
        if (self->prepared != NULL) {
            self->session.duck->destroy_prepare(&self->prepared);
        }
        jk_duckdb_close(&self->session);
    }
    if (self->fd >= 0) {
        (void)close(self->fd);
    }
    free(self->types);
    free(self->text);
    free(self->path);
    free(self);
}

/* The names of the columns, as the first line, and their types. */
static jk_status read_heads(parquet_origin *self, jk_error *error) {
    const duck_functions *duck = self->session.duck;
    char *query = NULL;
    duck_result heads = {0};
    JK_TRY(jk_held(asprintf(&query, "from read_parquet('/proc/self/fd/%d') limit 0", self->fd) >= 0, error, "a query"));
    jk_status status = duck->query(self->session.connection, query, &heads) == DUCK_SUCCESS
                           ? JK_OK
                           : fail_parquet(self, duck->result_error(&heads), error);
    free(query);
    self->count = status == JK_OK ? duck->column_count(&heads) : 0;
    self->types = calloc(self->count + 1, sizeof *self->types);
    bool held = self->types != NULL;
    for (size_t c = 0; held && c < self->count; c++) {
        const char *name = duck->column_name(&heads, c);
        self->types[c] = DUCK_VARCHAR;
        held = put_cell(self, c, name, strlen(name)) && end_cell(self, c);
        self->types[c] = duck->column_type(&heads, c);
    }
    duck->destroy_result(&heads);
    return status != JK_OK ? status : held ? JK_OK : jk_fail_memory(error, "the columns of a Parquet file");
}

static jk_status start(void *given, jk_error *error) {
    parquet_origin *self = given;
    JK_TRY(jk_held(self->path != NULL, error, "a Parquet file"));
    self->fd = jk_input_open(self->path, true);
    if (self->fd < 0) {
        return jk_fail_errno(error, self->path, "open");
    }
    JK_TRY(jk_duckdb_open(0, &self->session, error));
    const duck_functions *duck = self->session.duck;
    char *query = NULL;
    jk_status status = read_heads(self, error);
    if (status == JK_OK &&
        asprintf(&query, "select cast(columns(*) as varchar) from read_parquet('/proc/self/fd/%d')", self->fd) < 0) {
        status = jk_fail_memory(error, "a query");
    }
    if (status == JK_OK && duck->prepare(self->session.connection, query, &self->prepared) != DUCK_SUCCESS) {
        status = fail_parquet(self, duck->prepare_error(self->prepared), error);
    }
    if (status == JK_OK && duck->execute_prepared_streaming(self->prepared, &self->result) != DUCK_SUCCESS) {
        status = fail_parquet(self, duck->result_error(&self->result), error);
    }
    free(query);
    return status;
}

jk_status jk_parquet_open(const char *path, char decimal, jk_byte_origin *origin, jk_error *error) {
    parquet_origin *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "a Parquet file"));
    self->path = strdup(path);
    self->decimal = decimal;
    self->fd = -1;
    *origin = (jk_byte_origin){.read = read_parquet, .close = close_parquet, .self = self};
    return jk_origin_start(origin, start, error);
}
