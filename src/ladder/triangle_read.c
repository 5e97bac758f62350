/* SPDX-License-Identifier: Apache-2.0 */
/* Triangle files: CSV text into cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/policy.h"
#include "base/text/text.h"
#include "csv/csv.h"
#include "csv/header.h"
#include "csv/value.h"
#include "ladder/triangle.h"

/* A file of the largest triangle has room in this, a file that is no triangle is not read to its end. */
enum { TEXT_MAX = 1 << 26, LABEL_MAX = 64, NAMED_MAX = 40 };

typedef struct triangle_file {
    const char *path;
    const jk_triangle_options *options;
    jk_csv_header header;
    size_t origin, development, value, where; /* columns; SIZE_MAX: none (of priors, of development) */
    char *memory;                             /* slack, text, side copies, slack */
    size_t length;
    jk_arena *arena;
    jk_triangle_cell *cells;
    size_t count, capacity;
    jk_error *error;
} triangle_file;

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static size_t find_column(const triangle_file *file, const char *name) {
    for (size_t i = 0; i < file->header.count; i++) {
        if (strcmp(file->header.names[i], name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static jk_status need_column(const triangle_file *file, const char *name, size_t *column) {
    *column = find_column(file, name);
    if (*column != SIZE_MAX) {
        return JK_OK;
    }
    int nearest = jk_text_nearest(name, file->header.names, file->header.count);
    return jk_fail(file->error, JK_ERROR_DATA, file->path, 1, name, "no such column in the header%s%.*s%s",
                   nearest >= 0 ? "; did you mean '" : "", NAMED_MAX, nearest >= 0 ? file->header.names[nearest] : "",
                   nearest >= 0 ? "'?" : "");
}

static jk_status find_columns(triangle_file *file) {
    const jk_triangle_options *options = file->options;
    JK_TRY(need_column(file, options->origin_column != NULL ? options->origin_column : "origin", &file->origin));
    JK_TRY(need_column(file, options->development_column != NULL ? options->development_column : "development",
                       &file->development));
    file->where = SIZE_MAX;
    if (options->where_column != NULL) {
        JK_TRY(need_column(file, options->where_column, &file->where));
    }
    if (options->value_column != NULL) {
        return need_column(file, options->value_column, &file->value);
    }
    size_t value = find_column(file, "value");
    size_t values = find_column(file, "values");
    if (value != SIZE_MAX && values != SIZE_MAX) {
        return jk_fail(file->error, JK_ERROR_DATA, file->path, 1, "value",
                       "the header has both 'value' and 'values'; expected one of them, or one to be named");
    }
    file->value = value != SIZE_MAX ? value : values;
    return file->value != SIZE_MAX
               ? JK_OK
               : jk_fail(file->error, JK_ERROR_DATA, file->path, 1, "value",
                         "no column 'value' or 'values' in the header; expected one, or another to be named");
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

typedef struct text_field {
    const char *text;
    size_t length;
} text_field;

static text_field field_of(const char *text, const uint32_t *ends, size_t column) {
    size_t start = (uint32_t)(ends[column] + 1U);
    text_field field = {text + start, ends[column + 1] - start};
    jk_csv_trim(&field.text, &field.length);
    return field;
}

static jk_status read_label(triangle_file *file, text_field field, const char *column, int64_t line, jk_label *label) {
    if (field.length == 0 || field.length > LABEL_MAX || !jk_unicode_is_utf8(field.text, field.length)) {
        return jk_fail(file->error, JK_ERROR_DATA, file->path, line, column,
                       field.length == 0 ? "empty; expected a label" : "expected UTF-8 text of at most %d bytes",
                       LABEL_MAX);
    }
    const char *text = jk_arena_text(file->arena, field.text, field.length);
    JK_TRY(jk_held(text != NULL, file->error, "the triangle's labels"));
    *label = jk_label_read(text);
    return JK_OK;
}

static jk_status add_row(triangle_file *file, const char *text, const uint32_t *ends, int64_t line) {
    text_field value = field_of(text, ends, file->value);
    if (file->where != SIZE_MAX) {
        text_field where = field_of(text, ends, file->where);
        const char *wanted = file->options->where_value;
        if (where.length != strlen(wanted) || memcmp(where.text, wanted, where.length) != 0) {
            return JK_OK;
        }
    }
    if (value.length == 0) {
        return JK_OK;
    }
    if (file->count == file->capacity) {
        size_t capacity = file->capacity == 0 ? 256 : 2 * file->capacity;
        jk_triangle_cell *larger = realloc(file->cells, capacity * sizeof *larger);
        JK_TRY(jk_held(larger != NULL, file->error, "the triangle's cells"));
        file->cells = larger;
        file->capacity = capacity;
    }
    jk_triangle_cell *cell = &file->cells[file->count];
    *cell = (jk_triangle_cell){.line = line};
    const char *const *names = file->header.names;
    JK_TRY(read_label(file, field_of(text, ends, file->origin), names[file->origin], line, &cell->origin));
    if (file->development != SIZE_MAX) {
        JK_TRY(read_label(file, field_of(text, ends, file->development), names[file->development], line,
                          &cell->development));
    }
    char turned[JK_DIALECT_CELL];
    const jk_dialect *dialect = jk_policy_get()->dialect;
    size_t length = 0;
    bool turns = dialect != NULL && jk_dialect_read(dialect, value.text, value.length, turned, &length);
    if (!jk_text_to_real(turns ? turned : value.text, turns ? length : value.length, &cell->value)) {
        return jk_fail(file->error, JK_ERROR_DATA, file->path, line, names[file->value],
                       "'%.*s' is not a number; expected an amount, or an empty cell where none is observed",
                       (int)(value.length < NAMED_MAX ? value.length : NAMED_MAX), value.text);
    }
    file->count++;
    return JK_OK;
}

static jk_status fail_row(const triangle_file *file, jk_csv_fault fault, int64_t line) {
    static const char *const words[] = {
        [JK_CSV_FIELD_COUNT] = "another number of fields than the header",
        [JK_CSV_BAD_QUOTES] = "quotes that do not close or have text behind them",
        [JK_CSV_NUL_BYTE] = "a NUL byte",
        [JK_CSV_UNCLOSED_QUOTE] = "a quote that nothing closes",
    };
    return jk_fail(file->error, JK_ERROR_FORMAT, file->path, line, NULL, "%s; expected %u fields", words[fault],
                   file->header.count);
}

static jk_status read_rows(triangle_file *file) {
    char *text = file->memory + JK_CSV_SLACK + file->header.bytes;
    size_t length = file->length - file->header.bytes;
    uint32_t *ends = malloc(jk_csv_tile_size(file->header.count));
    uint32_t lines[JK_CSV_TILE_ROWS];
    jk_csv_cursor cursor = {
        .text = text, .length = length, .flags = jk_csv_scan(text, length), .dialect = file->header.dialect};
    jk_status status = jk_held(ends != NULL, file->error, "the triangle's rows");
    while (status == JK_OK && cursor.position < length) {
        size_t rows = jk_csv_tile(&cursor, ends, lines);
        for (size_t r = 0; status == JK_OK && r < rows; r++) {
            status = add_row(file, text, ends + r * (file->header.count + 1), file->header.lines + lines[r] + 1);
        }
        if (status == JK_OK && cursor.bad.fault != 0) {
            status = fail_row(file, cursor.bad.fault, file->header.lines + cursor.bad.line + 1);
        }
    }
    if (status == JK_OK && cursor.lone_quotes.count > 0) {
        status = fail_row(file, JK_CSV_BAD_QUOTES, file->header.lines + cursor.lone_quotes.line + 1);
    }
    free(ends);
    return status;
}

static jk_status find_prior_columns(triangle_file *file) {
    file->development = file->where = SIZE_MAX;
    JK_TRY(need_column(file, "origin", &file->origin));
    return need_column(file, "ultimate", &file->value);
}

/* All rows of a file; close_file frees what they stand in. */
static jk_status read_file(triangle_file *file, jk_status (*find)(triangle_file *file)) {
    jk_csv_source *source = NULL;
    JK_TRY(jk_csv_source_open(file->path, NULL, &source, file->error));
    file->arena = jk_arena_create();
    jk_status status = file->arena != NULL ? jk_csv_header_read(source, NULL, &file->header, file->error)
                                           : jk_fail_memory(file->error, "the triangle");
    status = status == JK_OK ? find(file) : status;
    status =
        status == JK_OK ? jk_csv_source_read_all(source, TEXT_MAX, &file->memory, &file->length, file->error) : status;
    status = status == JK_OK ? read_rows(file) : status;
    jk_csv_source_close(source);
    return status;
}

static void close_file(triangle_file *file) {
    jk_csv_header_free(&file->header);
    jk_arena_free(file->arena);
    free(file->memory);
    free(file->cells);
}

jk_status jk_triangle_read(const char *path, const jk_triangle_options *options, jk_triangle *triangle,
                           jk_error *error) {
    triangle_file file = {.path = path, .options = options, .error = error};
    *triangle = (jk_triangle){0};
    jk_status status = read_file(&file, find_columns);
    if (status == JK_OK && file.count == 0) {
        status = jk_fail(error, JK_ERROR_DATA, path, 0, NULL, "no row with an amount%s; expected one per cell",
                         options->where_column != NULL ? " among those asked for" : "");
    }
    if (status == JK_OK) {
        status = jk_triangle_build(file.cells, file.count, options->incremental, path, triangle, error);
    }
    close_file(&file);
    return status;
}

/* ---- priors ------------------------------------------------------------------------------------------------------ */

static jk_status take_prior(const triangle_file *file, const jk_triangle_cell *cell, const jk_triangle *triangle,
                            double *prior) {
    size_t i = 0;
    while (i < triangle->origins && strcmp(triangle->origin[i], cell->origin.text) != 0) {
        i++;
    }
    const char *problem = i == triangle->origins  ? "is no origin of the triangle; expected its names"
                          : !isnan(prior[i])      ? "stands twice; expected each origin once"
                          : !(cell->value >= 0.0) ? "has an ultimate below 0; expected what it is to come to in all"
                                                  : NULL;
    if (problem != NULL) {
        return jk_fail(file->error, JK_ERROR_DATA, file->path, cell->line, "origin", "'%.*s' %s", NAMED_MAX,
                       cell->origin.text, problem);
    }
    prior[i] = cell->value;
    return JK_OK;
}

jk_status jk_triangle_prior_read(const char *path, const jk_triangle *triangle, double *prior, jk_error *error) {
    static const jk_triangle_options none = {0};
    triangle_file file = {.path = path, .options = &none, .error = error};
    for (size_t i = 0; i < triangle->origins; i++) {
        prior[i] = (double)NAN;
    }
    jk_status status = read_file(&file, find_prior_columns);
    for (size_t c = 0; status == JK_OK && c < file.count; c++) {
        status = take_prior(&file, &file.cells[c], triangle, prior);
    }
    for (size_t i = 0; status == JK_OK && i < triangle->origins; i++) {
        if (isnan(prior[i]) && triangle->observed[i] < triangle->ages) {
            status = jk_fail(error, JK_ERROR_DATA, path, 0, "origin",
                             "origin %s is missing; expected an ultimate for each origin that has something to come",
                             triangle->origin[i]);
        }
    }
    close_file(&file);
    return status;
}
