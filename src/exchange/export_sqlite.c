/* SPDX-License-Identifier: Apache-2.0 */
/* Results into an SQLite file: one transaction, rows of the same key replaced. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/policy.h"
#include "base/text/text.h"
#include "database/sqlite.h"
#include "exchange/results_table.h"

static const char *type_of(jk_frame_type type) {
    return type == JK_FRAME_FLOAT || type == JK_FRAME_DOUBLE ? "real" : type == JK_FRAME_INT32 ? "integer" : "text";
}

typedef struct lite_writer {
    const lite_functions *lite;
    lite_base *base;
    const char *path, *into, *cutoff;
    const jk_frame *frame;
} lite_writer;

static jk_status run(const lite_writer *self, const char *statement, jk_error *error) {
    return self->lite->exec(self->base, statement, NULL, NULL, NULL) == LITE_OK
               ? JK_OK
               : jk_sqlite_fail(self->path, self->base, error);
}

static void put_columns(FILE *out, const jk_frame *frame, bool with_types, bool keys_alone) {
    for (size_t c = 0; c < frame->column_count; c++) {
        if (!keys_alone || jk_frame_is_key(frame, c)) {
            jk_put_name(out, frame->column[c].name);
            (void)fprintf(out, "%s%s, ", with_types ? " " : "", with_types ? type_of(frame->column[c].type) : "");
        }
    }
    (void)fprintf(out, "cutoff%s", with_types ? " text" : "");
}

static jk_status make_table(const lite_writer *self, jk_error *error) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = jk_text_open(&text, &length);
    JK_TRY(jk_held(out != NULL, error, "a statement"));
    (void)fputs("create table if not exists ", out);
    jk_put_name(out, self->into);
    (void)fputs(" (", out);
    put_columns(out, self->frame, true, false);
    (void)fputs(", primary key (", out);
    put_columns(out, self->frame, false, true);
    (void)fputs("))", out);
    jk_status status = jk_text_close(out, &text) ? run(self, text, error) : jk_fail_memory(error, "a statement");
    free(text);
    return status;
}

static jk_status prepare_insert(const lite_writer *self, lite_statement **insert, jk_error *error) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = jk_text_open(&text, &length);
    JK_TRY(jk_held(out != NULL, error, "a statement"));
    (void)fputs("insert or replace into ", out);
    jk_put_name(out, self->into);
    (void)fputs(" (", out);
    put_columns(out, self->frame, false, false);
    (void)fputs(") values (?", out);
    for (size_t c = 0; c < self->frame->column_count; c++) {
        (void)fputs(", ?", out);
    }
    (void)fputs(")", out);
    jk_status status = !jk_text_close(out, &text) ? jk_fail_memory(error, "a statement")
                       : self->lite->prepare_v2(self->base, text, -1, insert, NULL) == LITE_OK
                           ? JK_OK
                           : jk_sqlite_fail(self->path, self->base, error);
    free(text);
    return status;
}

static void bind(const lite_functions *lite, lite_statement *insert, int place, const jk_frame_cell *cell) {
    switch (cell->is) {
    case JK_CELL_IS_TEXT:
        (void)lite->bind_text(insert, place, cell->text, (int)cell->length, NULL); /* it lasts until the step */
        break;
    case JK_CELL_IS_REAL:
        (void)lite->bind_double(insert, place, cell->real);
        break;
    case JK_CELL_IS_INTEGER:
        (void)lite->bind_int64(insert, place, cell->integer);
        break;
    default:
        (void)lite->bind_null(insert, place);
        break;
    }
}

static jk_status insert_rows(const lite_writer *self, lite_statement *insert, jk_error *error) {
    jk_frame_piece piece;
    JK_TRY(jk_frame_piece_open(self->frame, &piece, error));
    const int columns = (int)self->frame->column_count;
    jk_status status = JK_OK;
    while (status == JK_OK && (status = jk_frame_piece_next(&piece, error)) == JK_OK && piece.count > 0) {
        for (size_t row = 0; status == JK_OK && row < piece.count; row++) {
            for (int c = 0; c < columns; c++) {
                const jk_frame_cell cell = jk_frame_piece_cell(&piece, (size_t)c, row);
                bind(self->lite, insert, c + 1, &cell);
            }
            (void)self->lite->bind_text(insert, columns + 1, self->cutoff, -1, NULL);
            status = self->lite->step(insert) == LITE_DONE ? JK_OK : jk_sqlite_fail(self->path, self->base, error);
            (void)self->lite->reset(insert);
        }
    }
    jk_frame_piece_close(&piece);
    return status;
}

static jk_status write_all(const lite_writer *self, jk_error *error) {
    lite_statement *insert = NULL;
    JK_TRY(run(self, "begin immediate", error));
    JK_TRY(make_table(self, error));
    jk_status status = prepare_insert(self, &insert, error);
    status = status == JK_OK ? insert_rows(self, insert, error) : status;
    (void)self->lite->finalize(insert);
    return status == JK_OK ? run(self, "commit", error) : status;
}

jk_status jk_export_sqlite(const jk_results_table *table, const char *path, const char *into, size_t *rows,
                           jk_error *error) {
    lite_writer self = {
        .path = path, .into = into, .cutoff = jk_results_table_cutoff(table), .frame = jk_results_table_frame(table)};
    const mode_t rights = jk_policy_get()->shared ? 0666 : 0600; /* a new file holds claims */
    int made = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, rights);
    if (made >= 0) {
        (void)close(made);
    }
    jk_status status = jk_sqlite_open(path, LITE_READ_WRITE, &self.base, error);
    if (status == JK_OK) {
        self.lite = jk_sqlite(error);
        status = write_all(&self, error);
    }
    if (self.base != NULL) {
        (void)jk_sqlite(error)->close_v2(self.base); /* what was not committed is undone */
    }
    if (status != JK_OK && made >= 0) {
        (void)unlink(path);
    }
    *rows = status == JK_OK ? self.frame->rows : 0;
    return status;
}
