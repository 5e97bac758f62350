/* SPDX-License-Identifier: Apache-2.0 */
/* Results into PostgreSQL: copied in its binary form (documentation, COPY) into a table of the session alone, from
 * there into the wanted one, all in one transaction. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/text/text.h"
#include "database/postgres.h"
#include "exchange/results_table.h"

enum { SEND_BYTES = 1 << 18, POSTGRES_EPOCH = 10957 /* 2000-01-01 */ };

typedef struct sender {
    const jk_postgres_session *session;
    unsigned char *bytes;
    size_t length, room;
} sender;

/* ---- binary rows ---------------------------------------------------------------------------------------------- */

static bool make_room(sender *self, size_t more) {
    if (self->length + more > self->room) {
        size_t room = 2 * (self->length + more);
        unsigned char *larger = realloc(self->bytes, room);
        self->bytes = larger != NULL ? larger : self->bytes;
        self->room = larger != NULL ? room : self->room;
        return larger != NULL;
    }
    return true;
}

/* Whole numbers stand with their highest byte first. */
static void put(sender *self, uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
        self->bytes[self->length++] = (unsigned char)(value >> (8 * i));
    }
}

static bool put_cell(sender *self, const jk_frame_cell *cell) {
    uint64_t bits = 0;
    if (!make_room(self, cell->length + 16)) {
        return false;
    }
    switch (cell->is) {
    case JK_CELL_IS_TEXT:
        put(self, cell->length, 4);
        memcpy(self->bytes + self->length, cell->text, cell->length);
        self->length += cell->length;
        break;
    case JK_CELL_IS_REAL:
        memcpy(&bits, &cell->real, sizeof bits);
        put(self, 8, 4);
        put(self, bits, 8);
        break;
    case JK_CELL_IS_INTEGER:
        put(self, 4, 4);
        put(self, (uint64_t)cell->integer, 4);
        break;
    default:
        put(self, UINT32_MAX, 4);
        break;
    }
    return true;
}

static jk_status flush(sender *self, jk_error *error) {
    int sent = self->session->pg->putCopyData(self->session->connection, (const char *)self->bytes, (int)self->length);
    self->length = 0;
    return sent == 1 ? JK_OK
                     : jk_fail(error, JK_ERROR_IO, self->session->name, 0, NULL,
                               "the connection broke while rows were written");
}

static jk_status put_row(sender *self, const jk_frame_piece *piece, size_t row, int32_t cutoff, jk_error *error) {
    const size_t columns = piece->frame->column_count;
    bool held = make_room(self, 16);
    if (held) {
        put(self, columns + 1, 2);
    }
    for (size_t c = 0; held && c < columns; c++) {
        const jk_frame_cell cell = jk_frame_piece_cell(piece, c, row);
        held = put_cell(self, &cell);
    }
    const jk_frame_cell day = {.is = JK_CELL_IS_INTEGER, .integer = cutoff - POSTGRES_EPOCH};
    held = held && put_cell(self, &day);
    JK_TRY(jk_held(held, error, "rows for a data base"));
    return self->length > SEND_BYTES ? flush(self, error) : JK_OK;
}

static jk_status send_rows(const jk_results_table *table, sender *self, jk_error *error) {
    static const unsigned char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* 11 bytes, flags, no extension */
    jk_frame_piece piece;
    int32_t cutoff = 0;
    (void)jk_date_parse(jk_results_table_cutoff(table), strlen(jk_results_table_cutoff(table)), &cutoff);
    JK_TRY(jk_held(make_room(self, sizeof head), error, "rows for a data base"));
    memcpy(self->bytes, head, 19);
    self->length = 19;
    JK_TRY(jk_frame_piece_open(jk_results_table_frame(table), &piece, error));
    jk_status status = JK_OK;
    while ((status = jk_frame_piece_next(&piece, error)) == JK_OK && piece.count > 0) {
        for (size_t row = 0; status == JK_OK && row < piece.count; row++) {
            status = put_row(self, &piece, row, cutoff, error);
        }
        if (status != JK_OK) {
            break;
        }
    }
    jk_frame_piece_close(&piece);
    JK_TRY(status);
    JK_TRY(jk_held(make_room(self, 2), error, "rows for a data base"));
    put(self, UINT16_MAX, 2); /* the end */
    return flush(self, error);
}

/* ---- statements ----------------------------------------------------------------------------------------------- */

static const char *type_of(jk_frame_type type) {
    return type == JK_FRAME_FLOAT || type == JK_FRAME_DOUBLE ? "double precision"
           : type == JK_FRAME_INT32                          ? "integer"
                                                             : "text";
}

static void put_columns(FILE *out, const jk_frame *frame, bool with_types) {
    for (size_t c = 0; c < frame->column_count; c++) {
        jk_put_name(out, frame->column[c].name);
        (void)fprintf(out, "%s%s, ", with_types ? " " : "", with_types ? type_of(frame->column[c].type) : "");
    }
    (void)fputs(with_types ? "cutoff date" : "cutoff", out);
}

static void put_key(FILE *out, const jk_frame *frame) {
    for (size_t c = 0; c < frame->column_count; c++) {
        if (jk_frame_is_key(frame, c)) {
            jk_put_name(out, frame->column[c].name);
            (void)fputs(", ", out);
        }
    }
    (void)fputs("cutoff", out);
}

/* The wanted table and the session's own. */
static void put_tables(FILE *out, const jk_frame *frame, const char *into) {
    (void)fputs("begin; create table if not exists ", out);
    jk_put_name(out, into);
    (void)fputs(" (", out);
    put_columns(out, frame, true);
    (void)fputs(", primary key (", out);
    put_key(out, frame);
    (void)fputs("));", out);
    for (size_t c = 0; c < frame->column_count; c++) {
        (void)fputs(" alter table ", out);
        jk_put_name(out, into);
        (void)fputs(" add column if not exists ", out);
        jk_put_name(out, frame->column[c].name);
        (void)fprintf(out, " %s;", type_of(frame->column[c].type));
    }
    (void)fputs(" create temporary table jalki_staging (", out);
    put_columns(out, frame, true);
    (void)fputs(") on commit drop", out);
}

static void put_upsert(FILE *out, const jk_frame *frame, const char *into) {
    const char *comma = "";
    (void)fputs("insert into ", out);
    jk_put_name(out, into);
    (void)fputs(" (", out);
    put_columns(out, frame, false);
    (void)fputs(") select ", out);
    put_columns(out, frame, false);
    (void)fputs(" from jalki_staging on conflict (", out);
    put_key(out, frame);
    (void)fputs(") do update set ", out);
    for (size_t c = 0; c < frame->column_count; c++) {
        if (!jk_frame_is_key(frame, c)) {
            (void)fputs(comma, out);
            jk_put_name(out, frame->column[c].name);
            (void)fputs(" = excluded.", out);
            jk_put_name(out, frame->column[c].name);
            comma = ", ";
        }
    }
}

/* A statement that is written by one of the above; runs it. */
static jk_status run(const jk_postgres_session *session, void (*writer)(FILE *, const jk_frame *, const char *),
                     const jk_frame *frame, const char *into, size_t *rows, jk_error *error) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = jk_text_open(&text, &length);
    JK_TRY(jk_held(out != NULL, error, "a statement"));
    writer(out, frame, into);
    jk_status status = jk_text_close(out, &text) ? jk_postgres_run(session, text, PG_COMMAND_OK, rows, error)
                                                 : jk_fail_memory(error, "a statement");
    free(text);
    return status;
}

static jk_status copy_in(const jk_results_table *table, const jk_postgres_session *session, jk_error *error) {
    sender own = {.session = session};
    JK_TRY(jk_postgres_run(session, "copy jalki_staging from stdin (format binary)", PG_COPY_IN, NULL, error));
    jk_status status = send_rows(table, &own, error);
    free(own.bytes);
    if (status == JK_OK && session->pg->putCopyEnd(session->connection, NULL) != 1) {
        status = jk_fail(error, JK_ERROR_IO, session->name, 0, NULL, "the connection broke while rows were written");
    }
    return status == JK_OK ? jk_postgres_end_copy(session, error) : status;
}

jk_status jk_export_postgres(const jk_results_table *table, const char *name, const char *into, size_t *rows,
                             jk_error *error) {
    const jk_frame *frame = jk_results_table_frame(table);
    jk_postgres_session session;
    jk_status status = jk_postgres_open(name, &session, error);
    status = status == JK_OK ? run(&session, put_tables, frame, into, NULL, error) : status;
    status = status == JK_OK ? copy_in(table, &session, error) : status;
    status = status == JK_OK ? run(&session, put_upsert, frame, into, rows, error) : status;
    status = status == JK_OK ? jk_postgres_run(&session, "commit", PG_COMMAND_OK, NULL, error) : status;
    jk_postgres_close(&session); /* what was not committed is undone */
    return status;
}
