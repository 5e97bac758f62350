/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/policy.h"
#include "csv/csv.h"
#include "csv/value.h"

typedef struct table_file {
    const char *path;
    jk_csv_header header;
    char *memory; /* slack, text, room for rows with quotes, slack */
    size_t length;
    jk_csv_visit *visit;
    void *context;
} table_file;

size_t jk_csv_table_column(const jk_csv_header *header, const char *name) {
    for (size_t i = 0; i < header->count; i++) {
        if (strcmp(header->names[i], name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static jk_status fail_row(const table_file *file, jk_csv_fault fault, int64_t line, jk_error *error) {
    static const char *const words[] = {
        [JK_CSV_FIELD_COUNT] = "another number of fields than the header",
        [JK_CSV_BAD_QUOTES] = "quotes that do not close or have text behind them",
        [JK_CSV_NUL_BYTE] = "a NUL byte",
        [JK_CSV_UNCLOSED_QUOTE] = "a quote that nothing closes",
    };
    return jk_fail(error, JK_ERROR_FORMAT, file->path, line, NULL, "%s; expected %u fields", words[fault],
                   file->header.count);
}

/* A cell that the policy's dialect writes otherwise. */
typedef struct turned_cell {
    char text[JK_DIALECT_CELL];
    size_t length;
} turned_cell;

static jk_status visit_row(const table_file *file, const char *text, const uint32_t *ends, jk_csv_field *fields,
                           turned_cell *cells, int64_t line, jk_error *error) {
    for (size_t f = 0; f < file->header.count; f++) {
        size_t start = (uint32_t)(ends[f] + 1U);
        fields[f] = (jk_csv_field){text + start, ends[f + 1] - start};
        jk_csv_trim(&fields[f].text, &fields[f].length);
        const jk_dialect *dialect = jk_policy_get()->dialect;
        if (dialect != NULL &&
            jk_dialect_read(dialect, fields[f].text, fields[f].length, cells[f].text, &cells[f].length)) {
            fields[f] = (jk_csv_field){cells[f].text, cells[f].length};
        }
    }
    return file->visit(file->context, &file->header, fields, line, error);
}

static jk_status visit_rows(table_file *file, jk_error *error) {
    char *text = file->memory + JK_CSV_SLACK + file->header.bytes;
    size_t length = file->length - file->header.bytes;
    uint32_t *ends = malloc(jk_csv_tile_size(file->header.count));
    jk_csv_field *fields = malloc(file->header.count * sizeof *fields);
    turned_cell *cells = malloc(file->header.count * sizeof *cells);
    uint32_t lines[JK_CSV_TILE_ROWS];
    jk_csv_cursor cursor = {
        .text = text, .length = length, .flags = jk_csv_scan(text, length), .dialect = file->header.dialect};
    jk_status status =
        ends != NULL && fields != NULL && cells != NULL ? JK_OK : jk_fail_memory(error, "the rows of a CSV file");
    while (status == JK_OK && cursor.position < length) {
        size_t rows = jk_csv_tile(&cursor, ends, lines);
        for (size_t r = 0; status == JK_OK && r < rows; r++) {
            status = visit_row(file, text, ends + r * (file->header.count + 1), fields, cells,
                               file->header.lines + lines[r] + 1, error);
        }
        if (status == JK_OK && cursor.bad.fault != 0) {
            status = fail_row(file, cursor.bad.fault, file->header.lines + cursor.bad.line + 1, error);
        }
    }
    if (status == JK_OK && cursor.lone_quotes.count > 0) {
        status = fail_row(file, JK_CSV_BAD_QUOTES, file->header.lines + cursor.lone_quotes.line + 1, error);
    }
    free(cells);
    free(fields);
    free(ends);
    return status;
}

jk_status jk_csv_table_read(const char *path, size_t most, jk_csv_visit *visit, void *context, jk_error *error) {
    table_file file = {.path = path, .visit = visit, .context = context};
    jk_csv_source *source = NULL;
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_csv_source_open(path, NULL, &source, error));
    JK_TRY_CLEANUP(jk_csv_header_read(source, NULL, &file.header, error));
    JK_TRY_CLEANUP(jk_csv_source_read_all(source, most, &file.memory, &file.length, error));
    JK_TRY_CLEANUP(visit_rows(&file, error));
cleanup:
    jk_csv_source_close(source);
    jk_csv_header_free(&file.header);
    free(file.memory);
    return status;
}
