/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "duckdb/duckdb.h"
#include "sql/frame_table.h"

struct jk_sql {
    duck_session session;
    jk_error failure; /* of a frame that could not be read */
};

jk_status jk_sql_check(jk_error *error) {
    return jk_duckdb(error) != NULL ? JK_OK : JK_ERROR_UNSUPPORTED;
}

jk_status jk_sql_open(int threads, jk_sql **opened, jk_error *error) {
    *opened = NULL;
    jk_sql *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "a session"));
    jk_status status = jk_duckdb_open(threads, &self->session, error);
    if (status != JK_OK) {
        jk_sql_close(self);
        return status;
    }
    *opened = self;
    return JK_OK;
}

jk_status jk_sql_add(jk_sql *self, const jk_frame *frame, jk_error *error) {
    return jk_frame_table(self->session.duck, self->session.connection, frame, &self->failure, error);
}

/* Why a statement did not succeed; what a frame's file has wrong is the cause, not the query. */
static jk_status fail_statement(const jk_sql *self, const char *said, jk_error *error) {
    if (self->failure.status != JK_OK) {
        *error = self->failure;
        return error->status;
    }
    char line[JK_ERROR_MESSAGE_MAX];
    size_t used = 0;
    for (; said != NULL && said[used] != '\0' && used + 1 < sizeof line; used++) { /* errors are one line */
        line[used] = said[used] == '\n' ? ' ' : said[used];
    }
    line[used] = '\0';
    return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "%s",
                   used > 0 ? line : "DuckDB does not say what is wrong");
}

/* Runs one statement. Two are not prepared: a query that closes the parenthesis it stands in, and begins a statement of
 * its own, could write any file, and a manifest that is replayed comes from others. */
static jk_status execute(jk_sql *self, const char *statement, duck_result *result, jk_error *error) {
    const duck_functions *duck = self->session.duck;
    duck_handle prepared = NULL;
    self->failure = (jk_error){0};
    jk_status status = JK_OK;
    if (duck->prepare(self->session.connection, statement, &prepared) != DUCK_SUCCESS) {
        status = fail_statement(self, duck->prepare_error(prepared), error);
    } else if (duck->execute_prepared(prepared, result) != DUCK_SUCCESS) {
        status = fail_statement(self, duck->result_error(result), error);
    }
    duck->destroy_prepare(&prepared);
    return status;
}

/* before, the query without the semicolon at its end, after; for free(). */
static char *around(const char *before, const char *query, const char *after) {
    char *statement = NULL;
    size_t length = strlen(query);
    while (length > 0 && strchr("; \t\r\n", query[length - 1]) != NULL) {
        length--;
    }
    return asprintf(&statement, "%s%.*s%s", before, (int)length, query, after) < 0 ? NULL : statement;
}

static jk_status execute_around(jk_sql *self, const char *before, const char *query, const char *after,
                                duck_result *result, jk_error *error) {
    char *statement = around(before, query, after);
    jk_status status = statement == NULL ? jk_fail_memory(error, "a query") : execute(self, statement, result, error);
    free(statement);
    return status;
}

/* ---- answers -------------------------------------------------------------------------------------------------- */

typedef struct answer {
    jk_sql *sql;
    size_t count;
    jk_sql_column *columns;
    const char **cells;
    char *text; /* of one row, one cell behind the other */
    size_t room;
    jk_sql_take *take;
    void *context;
} answer;

static jk_status take_heads(answer *self, duck_result *heads, jk_error *error) {
    const duck_functions *duck = self->sql->session.duck;
    self->count = duck->column_count(heads);
    self->columns = calloc(self->count + 1, sizeof *self->columns);
    self->cells = calloc(self->count + 1, sizeof *self->cells);
    JK_TRY(jk_held(self->columns != NULL && self->cells != NULL, error, "an answer"));
    for (size_t c = 0; c < self->count; c++) {
        const duck_type type = duck->column_type(heads, c);
        self->columns[c] = (jk_sql_column){
            .name = duck->column_name(heads, c), .is_number = duck_is_number(type), .is_boolean = type == DUCK_BOOLEAN};
    }
    return self->take(self->context, self->columns, self->count, NULL, error);
}

/* One row as terminated texts. */
static jk_status take_row(answer *self, duck_string *const *vectors, uint64_t *const *validity, size_t row,
                          jk_error *error) {
    size_t needed = 0;
    for (size_t c = 0; c < self->count; c++) {
        needed += (size_t)vectors[c][row].near.length + 1;
    }
    if (needed > self->room) {
        char *larger = realloc(self->text, 2 * needed);
        JK_TRY(jk_held(larger != NULL, error, "a row"));
        self->text = larger;
        self->room = 2 * needed;
    }
    char *next = self->text;
    for (size_t c = 0; c < self->count; c++) {
        bool given = duck_is_given(validity[c], row);
        uint32_t length = 0;
        const char *text = given ? duck_text(&vectors[c][row], &length) : "";
        memcpy(next, text, length);
        next[length] = '\0';
        self->cells[c] = given ? next : NULL;
        next += length + 1;
    }
    return self->take(self->context, self->columns, self->count, self->cells, error);
}

static jk_status take_chunks(answer *self, duck_result *result, jk_error *error) {
    const duck_functions *duck = self->sql->session.duck;
    duck_string **vectors = calloc(self->count + 1, sizeof *vectors);
    uint64_t **validity = calloc(self->count + 1, sizeof *validity);
    jk_status status = vectors != NULL && validity != NULL ? JK_OK : jk_fail_memory(error, "an answer");
    duck_handle chunk = NULL;
    while (status == JK_OK && (chunk = duck->fetch_chunk(*result)) != NULL) {
        const size_t rows = duck->data_chunk_get_size(chunk);
        for (size_t c = 0; c < self->count; c++) {
            duck_handle vector = duck->data_chunk_get_vector(chunk, c);
            vectors[c] = duck->vector_get_data(vector);
            validity[c] = duck->vector_get_validity(vector);
        }
        for (size_t row = 0; status == JK_OK && row < rows; row++) {
            status = take_row(self, vectors, validity, row, error);
        }
        duck->destroy_data_chunk(&chunk);
    }
    free((void *)vectors);
    free((void *)validity);
    return status;
}

jk_status jk_sql_query(jk_sql *self, const char *query, jk_sql_take *take, void *context, jk_error *error) {
    answer asked = {.sql = self, .take = take, .context = context};
    duck_result heads = {0}, rows = {0};
    jk_status status = execute_around(self, "select * from (\n", query, "\n) limit 0", &heads, error);
    if (status == JK_OK) {
        status = take_heads(&asked, &heads, error);
    }
    if (status == JK_OK) { /* the library writes every type as text itself */
        status = execute_around(self, "select cast(columns(*) as varchar) from (\n", query, "\n)", &rows, error);
    }
    if (status == JK_OK) {
        status = take_chunks(&asked, &rows, error);
    }
    self->session.duck->destroy_result(&rows);
    self->session.duck->destroy_result(&heads);
    free(asked.columns);
    free((void *)asked.cells);
    free(asked.text);
    return status;
}

/* ---- files ---------------------------------------------------------------------------------------------------- */

jk_status jk_sql_write(jk_sql *self, const char *query, const char *path, int personal, jk_error *error) {
    jk_output output;
    JK_TRY(jk_output_open(&output, path, personal ? JK_OUTPUT_PERSONAL : JK_OUTPUT_PLAIN, error));
    char to[512];
    duck_result result = {0};
    int length = snprintf(to, sizeof to, "\n) to '%s' (format parquet, compression zstd, use_tmp_file false)",
                          jk_output_access(&output));
    jk_status status = length < (int)sizeof to && strchr(jk_output_access(&output), '\'') == NULL
                           ? execute_around(self, "copy (\n", query, to, &result, error)
                           : jk_fail(error, JK_ERROR_IO, path, 0, NULL, "cannot be written from SQL: its name");
    self->session.duck->destroy_result(&result);
    if (status != JK_OK) {
        jk_output_abort(&output);
        return status;
    }
    return jk_output_commit(&output, error);
}

void jk_sql_close(jk_sql *self) {
    if (self == NULL) {
        return;
    }
    jk_duckdb_close(&self->session);
    free(self);
}
