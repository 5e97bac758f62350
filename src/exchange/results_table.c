/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/results_table.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/text/escape.h"
#include "base/text/json.h"
#include "database/odbc.h"
#include "database/postgres.h"
#include "h5/h5_file.h"
#include "jalki/exchange.h"
#include "jalki/export.h"
#include "jalki/sql.h"

enum { DICTIONARY_MAX = 65536, PIECE_ROWS = 8192 };
enum { FLOW_KEYS = 2 }; /* a cash flow's month and segment, before its amounts */

struct jk_results_table {
    char *path;
    jk_h5_file *file;
    const jk_h5_dataset *dataset[JK_FRAME_COLUMNS]; /* of results, by column */
    const jk_h5_dataset *flow;                      /* of a cash flow */
    jk_frame frame;
    jk_arena *arena;
    char cutoff[JK_DATE_TEXT];
};

/* ---- columns -------------------------------------------------------------------------------------------------- */

static jk_status fail_foreign(const jk_results_table *self, const char *what, jk_error *error) {
    const char *format = jk_h5_attribute_text(self->file, "jalki_format");
    if (format != NULL && strncmp(format, "tape ", strlen("tape ")) == 0) {
        return jk_fail(error, JK_ERROR_FORMAT, self->path, 0, NULL,
                       "this is a tape; expected results: jalki value %.200s --model M.yaml -o R.h5 makes them",
                       self->path);
    }
    return jk_fail(error, JK_ERROR_FORMAT, self->path, 0, what,
                   "is missing or damaged; expected results made by jalki value -o R.h5");
}

static jk_status read_results(const jk_frame *frame, size_t column, size_t first, size_t count, void *out,
                              jk_error *error) {
    const jk_results_table *self = frame->source;
    return jk_h5_read(self->file, self->dataset[column], first, count, out, error);
}

/* Names of an enumeration by code. */
static bool take_levels(jk_results_table *self, const jk_h5_dataset *dataset, jk_frame_column *column) {
    const char **words = jk_arena_alloc(self->arena, JK_H5_LEVELS_MAX, sizeof *words);
    for (uint32_t i = 0; words != NULL && i < dataset->level_count; i++) {
        const jk_h5_level *level = &dataset->levels[i];
        if (level->value >= 0 && level->value < JK_H5_LEVELS_MAX) {
            words[level->value] = jk_arena_text(self->arena, level->name, strlen(level->name));
            size_t end = (size_t)level->value + 1;
            column->word_count = end > column->word_count ? end : column->word_count;
        }
    }
    column->words = words;
    return words != NULL;
}

/* What a data set is as a column; false: nothing that a table has. */
static bool take_column(jk_results_table *self, const jk_h5_dataset *dataset, const char *name,
                        jk_frame_column *column) {
    char dictionary[JK_H5_NAME_MAX + 8];
    (void)snprintf(dictionary, sizeof dictionary, "/dict/%s", name);
    const jk_h5_dataset *words = jk_h5_find(self->file, dictionary);
    *column = (jk_frame_column){.name = name, .unit = "", .width = (size_t)dataset->element_size};
    if (dataset->kind == JK_H5_TEXT && dataset->is_variable == 0) {
        column->type = JK_FRAME_TEXT;
        return true;
    }
    if (dataset->kind == JK_H5_ENUM && dataset->element_size == 1) {
        column->type = JK_FRAME_CODE8;
        return take_levels(self, dataset, column);
    }
    if (dataset->kind == JK_H5_REAL) {
        column->type = dataset->element_size == sizeof(float) ? JK_FRAME_FLOAT : JK_FRAME_DOUBLE;
        return dataset->element_size == sizeof(float) || dataset->element_size == sizeof(double);
    }
    if (dataset->kind == JK_H5_INTEGER && dataset->element_size == sizeof(uint16_t) && words != NULL) {
        column->type = JK_FRAME_CODE16;
        column->words = jk_h5_strings(self->file, words, &column->word_count);
        return column->words != NULL;
    }
    column->type = JK_FRAME_INT32;
    return dataset->kind == JK_H5_INTEGER && dataset->element_size == sizeof(int32_t);
}

static jk_status take_results(jk_results_table *self, jk_error *error) {
    static const char group[] = "/result/";
    const jk_h5_dataset *ids = jk_h5_find(self->file, "/result/claim_id");
    if (ids == NULL || ids->kind != JK_H5_TEXT) {
        return fail_foreign(self, "/result/claim_id", error);
    }
    self->frame.rows = (size_t)ids->extent[0];
    self->frame.read = read_results;
    for (size_t i = 0; i < jk_h5_dataset_count(self->file); i++) {
        const jk_h5_dataset *dataset = jk_h5_dataset_at(self->file, i);
        if (strncmp(dataset->path, group, sizeof group - 1) != 0 || dataset->rank != 1 ||
            self->frame.column_count == JK_FRAME_COLUMNS) {
            continue;
        }
        const char *name = dataset->path + sizeof group - 1;
        if (dataset->extent[0] != self->frame.rows || !jk_h5_is_complete(self->file, dataset) ||
            !take_column(self, dataset, name, &self->frame.column[self->frame.column_count])) {
            return fail_foreign(self, dataset->path, error);
        }
        self->dataset[self->frame.column_count++] = dataset;
    }
    return JK_OK;
}

static jk_status read_flow(const jk_frame *frame, size_t column, size_t first, size_t count, void *out,
                           jk_error *error) {
    const jk_results_table *self = frame->source;
    const size_t segments = (size_t)self->flow->extent[1], flows = (size_t)self->flow->extent[2];
    for (size_t i = 0; i < count; i++) {
        if (column == 0) {
            ((int32_t *)out)[i] = (int32_t)((first + i) / segments) + 1;
        } else if (column == 1) {
            ((int32_t *)out)[i] = (int32_t)((first + i) % segments);
        } else {
            JK_TRY(jk_h5_read(self->file, self->flow, (first + i) * flows + column - FLOW_KEYS, 1, (double *)out + i,
                              error));
        }
    }
    return JK_OK;
}

static jk_status take_cashflow(jk_results_table *self, jk_error *error) {
    const jk_listing columns = jk_cashflow_columns();
    const jk_h5_dataset *flow = jk_h5_find(self->file, "/portfolio/cashflow");
    const jk_h5_dataset *segments = jk_h5_find(self->file, "/dict/segment");
    size_t count = 0;
    const char *const *words = segments == NULL ? NULL : jk_h5_strings(self->file, segments, &count);
    if (flow == NULL || flow->rank != 3 || flow->kind != JK_H5_REAL || flow->element_size != sizeof(double) ||
        flow->extent[2] != columns.column_count - FLOW_KEYS || words == NULL || flow->extent[1] != count ||
        !jk_h5_is_complete(self->file, flow)) {
        return fail_foreign(self, "/portfolio/cashflow", error);
    }
    self->flow = flow;
    self->frame.rows = (size_t)(flow->extent[0] * flow->extent[1]);
    self->frame.read = read_flow;
    for (size_t c = 0; c < columns.column_count; c++) {
        self->frame.column[self->frame.column_count++] =
            (jk_frame_column){.name = columns.columns[c].name,
                              .unit = "",
                              .type = c == 0   ? JK_FRAME_INT32
                                      : c == 1 ? JK_FRAME_CODE32
                                               : JK_FRAME_DOUBLE,
                              .width = c < FLOW_KEYS ? sizeof(int32_t) : sizeof(double),
                              .words = c == 1 ? words : NULL,
                              .word_count = c == 1 ? count : 0};
    }
    return JK_OK;
}

/* ---- opening -------------------------------------------------------------------------------------------------- */

static jk_status take_cutoff(jk_results_table *self, jk_error *error) {
    const char *text = jk_h5_attribute_text(self->file, "manifest");
    json_t *manifest = text == NULL ? NULL : jk_json_parse(text, 0, NULL);
    const char *date = json_string_value(json_object_get(manifest, "cutoff"));
    int32_t day = 0;
    bool known = date != NULL && jk_date_parse(date, strlen(date), &day);
    if (known) {
        (void)jk_date_format(day, self->cutoff);
    }
    json_decref(manifest);
    return known ? JK_OK : fail_foreign(self, "manifest", error);
}

static jk_status open_table(jk_results_table *self, const char *name, jk_error *error) {
    const bool results = strcmp(name, "results") == 0;
    JK_TRY(jk_held(self->path != NULL && self->arena != NULL, error, "results"));
    if (!results && strcmp(name, "cashflow") != 0) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "'%s' is no table of results; expected results or "
                       "cashflow",
                       name);
    }
    JK_TRY(jk_h5_open(self->path, "/dict", DICTIONARY_MAX, &self->file, error));
    JK_TRY(take_cutoff(self, error));
    self->frame.source = self;
    self->frame.name = results ? "results" : "cashflow";
    return results ? take_results(self, error) : take_cashflow(self, error);
}

jk_status jk_results_table_open(const char *path, const char *name, jk_results_table **table, jk_error *error) {
    *table = NULL;
    jk_results_table *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "results"));
    self->path = strdup(path);
    self->arena = jk_arena_create();
    jk_status status = open_table(self, name, error);
    if (status != JK_OK) {
        jk_results_table_close(self);
        return status;
    }
    *table = self;
    return JK_OK;
}

void jk_results_table_close(jk_results_table *self) {
    if (self != NULL) {
        jk_h5_close(self->file);
        jk_arena_free(self->arena);
        free(self->path);
        free(self);
    }
}

const jk_frame *jk_results_table_frame(const jk_results_table *self) {
    return &self->frame;
}

const char *jk_results_table_cutoff(const jk_results_table *self) {
    return self->cutoff;
}

/* ---- rows ----------------------------------------------------------------------------------------------------- */

jk_status jk_frame_piece_open(const jk_frame *frame, jk_frame_piece *piece, jk_error *error) {
    *piece = (jk_frame_piece){.frame = frame};
    for (size_t c = 0; c < frame->column_count; c++) {
        piece->data[c] = jk_columns_alloc(PIECE_ROWS, frame->column[c].width);
        if (piece->data[c] == NULL) {
            jk_frame_piece_close(piece);
            return jk_fail_memory(error, "rows of results");
        }
    }
    return JK_OK;
}

jk_status jk_frame_piece_next(jk_frame_piece *piece, jk_error *error) {
    piece->first += piece->count;
    size_t left = piece->frame->rows - piece->first;
    piece->count = left < PIECE_ROWS ? left : PIECE_ROWS;
    for (size_t c = 0; piece->count > 0 && c < piece->frame->column_count; c++) {
        JK_TRY(piece->frame->read(piece->frame, c, piece->first, piece->count, piece->data[c], error));
    }
    return JK_OK;
}

void jk_frame_piece_close(jk_frame_piece *piece) {
    for (size_t c = 0; piece->frame != NULL && c < piece->frame->column_count; c++) {
        free(piece->data[c]);
    }
    *piece = (jk_frame_piece){0};
}

static jk_frame_cell word(const jk_frame_column *column, size_t code) {
    const char *text = code < column->word_count ? column->words[code] : NULL;
    return text == NULL ? (jk_frame_cell){JK_CELL_IS_MISSING, NULL, 0, 0.0, 0}
                        : (jk_frame_cell){JK_CELL_IS_TEXT, text, strlen(text), 0.0, 0};
}

jk_frame_cell jk_frame_piece_cell(const jk_frame_piece *piece, size_t c, size_t row) {
    const jk_frame_column *column = &piece->frame->column[c];
    const void *data = piece->data[c];
    if (jk_frame_is_missing(column, data, row)) {
        return (jk_frame_cell){JK_CELL_IS_MISSING, NULL, 0, 0.0, 0};
    }
    switch (column->type) {
    case JK_FRAME_TEXT: {
        const char *text = (const char *)data + row * column->width;
        return (jk_frame_cell){JK_CELL_IS_TEXT, text, strnlen(text, column->width), 0.0, 0};
    }
    case JK_FRAME_CODE8:
        return word(column, (size_t)((const int8_t *)data)[row]);
    case JK_FRAME_CODE16:
        return word(column, ((const uint16_t *)data)[row]);
    case JK_FRAME_CODE32:
        return word(column, (size_t)((const int32_t *)data)[row]);
    case JK_FRAME_FLOAT:
        return (jk_frame_cell){JK_CELL_IS_REAL, NULL, 0, (double)((const float *)data)[row], 0};
    case JK_FRAME_DOUBLE:
        return (jk_frame_cell){JK_CELL_IS_REAL, NULL, 0, ((const double *)data)[row], 0};
    default:
        return (jk_frame_cell){JK_CELL_IS_INTEGER, NULL, 0, 0.0, ((const int32_t *)data)[row]};
    }
}

bool jk_frame_is_key(const jk_frame *frame, size_t column) {
    const char *name = frame->column[column].name;
    return strcmp(frame->name, "results") == 0 ? strcmp(name, "claim_id") == 0
                                               : strcmp(name, "month") == 0 || strcmp(name, "segment") == 0;
}

void jk_put_name(FILE *stream, const char *name) {
    (void)fputc('"', stream);
    for (; *name != '\0'; name++) {
        (void)fputs(*name == '"' ? "\"\"" : (char[]){*name, '\0'}, stream);
    }
    (void)fputc('"', stream);
}

/* ---- files ---------------------------------------------------------------------------------------------------- */

static jk_status put_csv(const jk_frame *frame, FILE *stream, jk_error *error) {
    jk_frame_piece piece;
    JK_TRY(jk_frame_piece_open(frame, &piece, error));
    for (size_t c = 0; c < frame->column_count; c++) {
        (void)fprintf(stream, "%s%s", c > 0 ? "," : "", frame->column[c].name);
    }
    (void)fputc('\n', stream);
    jk_status status = JK_OK;
    while ((status = jk_frame_piece_next(&piece, error)) == JK_OK && piece.count > 0) {
        for (size_t row = 0; row < piece.count; row++) {
            for (size_t c = 0; c < frame->column_count; c++) {
                char text[JK_CELL_BYTES(512)];
                const jk_frame_cell cell = jk_frame_piece_cell(&piece, c, row);
                (void)fputs(c > 0 ? "," : "", stream);
                if (cell.is == JK_CELL_IS_TEXT) {
                    char *end = jk_cell_write(text, cell.text, cell.length < 512 ? cell.length : 512);
                    (void)fwrite(text, 1, (size_t)(end - text), stream);
                } else if (cell.is == JK_CELL_IS_REAL) {
                    (void)fprintf(stream, "%.9g", cell.real == 0.0 ? 0.0 : cell.real);
                } else if (cell.is == JK_CELL_IS_INTEGER) {
                    (void)fprintf(stream, "%lld", (long long)cell.integer);
                }
            }
            (void)fputc('\n', stream);
        }
    }
    jk_frame_piece_close(&piece);
    return status;
}

static jk_status write_csv(const jk_frame *frame, const char *path, jk_error *error) {
    jk_output output;
    bool personal = strcmp(frame->name, "results") == 0;
    JK_TRY(jk_output_open(&output, path, personal ? JK_OUTPUT_PERSONAL : JK_OUTPUT_PLAIN, error));
    jk_status status = jk_output_stream(&output, error);
    status = status == JK_OK ? put_csv(frame, output.stream, error) : status;
    if (status != JK_OK) {
        jk_output_abort(&output);
        return status;
    }
    return jk_output_commit(&output, error);
}

static jk_status write_converted(const jk_frame *frame, const char *path, jk_error *error) {
    jk_output scratch;
    JK_TRY(jk_exchange_check(jk_exchange_kind_of(path), error));
    JK_TRY(jk_output_scratch(&scratch, path, error));
    jk_status status = jk_output_stream(&scratch, error);
    status = status == JK_OK ? put_csv(frame, scratch.stream, error) : status;
    if (status == JK_OK && fflush(scratch.stream) != 0) {
        status = jk_fail_errno(error, path, "write");
    }
    status = status == JK_OK ? jk_exchange_convert(scratch.fd, path, frame->name, error) : status;
    jk_output_abort(&scratch);
    return status;
}

/* Whether every code up to the highest has its word, as a foreign file's may not. */
static bool has_all_words(const jk_frame *frame) {
    for (size_t c = 0; c < frame->column_count; c++) {
        const jk_frame_column *column = &frame->column[c];
        for (size_t i = 0; column->words != NULL && i < column->word_count; i++) {
            if (column->words[i] == NULL) {
                return false;
            }
        }
    }
    return true;
}

/* Straight from the columns: no text in between. */
static jk_status write_parquet(const jk_frame *frame, const char *path, jk_error *error) {
    jk_sql *sql = NULL;
    char query[64];
    (void)snprintf(query, sizeof query, "select * from %s", frame->name);
    JK_TRY(jk_sql_open(0, &sql, error));
    jk_status status = jk_sql_add(sql, frame, error);
    status = status == JK_OK ? jk_sql_write(sql, query, path, strcmp(frame->name, "results") == 0, error) : status;
    jk_sql_close(sql);
    return status;
}

static bool ends_in(const char *path, const char *ending) {
    size_t length = strlen(path), own = strlen(ending);
    return length > own && strcasecmp(path + length - own, ending) == 0;
}

jk_status jk_results_table_export(const jk_results_table *self, const char *target, const char *into, size_t *rows,
                                  jk_error *error) {
    *rows = self->frame.rows;
    if (jk_odbc_is_name(target)) {
        return jk_fail(
            error, JK_ERROR_UNSUPPORTED, target, 0, NULL,
            "ODBC is read from, not written to; expected postgresql://…, or a file such as R.sqlite or R.csv");
    }
    const bool postgres = jk_postgres_is_url(target);
    if (postgres || ends_in(target, ".sqlite") || ends_in(target, ".sqlite3") || ends_in(target, ".db")) {
        JK_TRY(jk_output_may_add(postgres ? "postgresql://" : target, error));
        return postgres ? jk_export_postgres(self, target, into, rows, error)
                        : jk_export_sqlite(self, target, into, rows, error);
    }
    if (jk_exchange_kind_of(target) == JK_EXCHANGE_PARQUET && has_all_words(&self->frame)) {
        return write_parquet(&self->frame, target, error);
    }
    if (jk_exchange_kind_of(target) != JK_EXCHANGE_CSV) {
        return write_converted(&self->frame, target, error);
    }
    return ends_in(target, ".csv") || ends_in(target, ".csv.gz")
               ? write_csv(&self->frame, target, error)
               : jk_fail(error, JK_ERROR_ARGUMENT, target, 0, NULL,
                         "is called like nothing that results become; expected postgresql://…, .sqlite, .csv, .csv.gz, "
                         ".xlsx, .json or .parquet");
}
