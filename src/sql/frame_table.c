/* SPDX-License-Identifier: Apache-2.0 */
#include "sql/frame_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { CODES8 = 255, CODES16 = 65535 }; /* most words of an ENUM whose codes have one byte, two bytes */
enum { PIECE_ROWS = 65536 };            /* read at once: a chunk of a file is unpacked once, not for every vector */

typedef struct frame_source {
    const duck_functions *duck;
    const jk_frame *frame;
    jk_error *failure;
} frame_source;

/* One scan: the columns that are wanted, and how far it is. Rows come in order, on one thread. */
typedef struct frame_scan {
    size_t next, count;
    size_t held, held_end; /* the rows that the columns hold */
    struct wanted {
        size_t column;
        unsigned char *rows; /* as they are stored; NULL: no column of the frame */
    } wanted[];
} frame_scan;

static bool is_coded(const jk_frame_column *column) {
    return column->type == JK_FRAME_CODE8 || column->type == JK_FRAME_CODE16 || column->type == JK_FRAME_CODE32;
}

static duck_handle type_of(const duck_functions *duck, const jk_frame_column *column) {
    if (is_coded(column) && column->word_count > 0 && column->word_count <= CODES16) {
        return duck->create_enum_type((const char **)(uintptr_t)column->words, column->word_count);
    }
    switch (column->type) {
    case JK_FRAME_DATE:
        return duck->create_logical_type(DUCK_DATE);
    case JK_FRAME_MONEY:
        return duck->create_decimal_type(18, 2);
    case JK_FRAME_FLOAT:
        return duck->create_logical_type(DUCK_FLOAT);
    case JK_FRAME_DOUBLE:
        return duck->create_logical_type(DUCK_DOUBLE);
    case JK_FRAME_INT32:
        return duck->create_logical_type(DUCK_INTEGER);
    default:
        return duck->create_logical_type(DUCK_VARCHAR);
    }
}

static void bind_frame(duck_handle info) {
    const duck_functions *duck = jk_duckdb(NULL);
    const frame_source *source = duck->bind_get_extra_info(info);
    for (size_t c = 0; c < source->frame->column_count; c++) {
        duck_handle type = type_of(duck, &source->frame->column[c]);
        duck->bind_add_result_column(info, source->frame->column[c].name, type);
        duck->destroy_logical_type(&type);
    }
    duck->bind_set_cardinality(info, source->frame->rows, true);
}

static void free_scan(void *given) {
    frame_scan *scan = given;
    for (size_t c = 0; c < scan->count; c++) {
        free(scan->wanted[c].rows);
    }
    free(scan);
}

static void begin_scan(duck_handle info) {
    const duck_functions *duck = jk_duckdb(NULL);
    const frame_source *source = duck->init_get_extra_info(info);
    const jk_frame *frame = source->frame;
    const size_t count = duck->init_get_column_count(info), rows = frame->rows < PIECE_ROWS ? frame->rows : PIECE_ROWS;
    frame_scan *scan = calloc(1, sizeof *scan + count * sizeof scan->wanted[0]);
    bool failed = scan == NULL;
    for (size_t c = 0; !failed && c < count; c++) {
        struct wanted *wanted = &scan->wanted[c];
        wanted->column = duck->init_get_column_index(info, c);
        scan->count = c + 1;
        if (wanted->column < frame->column_count) { /* another is the row's number: not asked for */
            wanted->rows = malloc((rows + 1) * frame->column[wanted->column].width);
            failed = wanted->rows == NULL;
        }
    }
    if (failed) {
        if (scan != NULL) {
            free_scan(scan);
        }
        duck->init_set_error(info, "out of memory");
        return;
    }
    duck->init_set_init_data(info, scan, free_scan);
}

static void set_missing(uint64_t *validity, size_t row) {
    validity[row / 64] &= ~(UINT64_C(1) << (row % 64));
}

/* The code of a row; below 0: missing. */
static int64_t code_of(jk_frame_type type, const void *codes, size_t row) {
    return type == JK_FRAME_CODE8    ? ((const int8_t *)codes)[row]
           : type == JK_FRAME_CODE16 ? ((const uint16_t *)codes)[row]
                                     : ((const int32_t *)codes)[row];
}

static void fill_codes(const duck_functions *duck, const jk_frame_column *column, duck_handle vector, const void *codes,
                       size_t rows) {
    uint64_t *validity = duck->vector_get_validity(vector);
    void *data = duck->vector_get_data(vector);
    for (size_t i = 0; i < rows; i++) {
        const int64_t code = code_of(column->type, codes, i);
        if (code < 0 || (uint64_t)code >= column->word_count) {
            set_missing(validity, i);
        } else if (column->word_count > CODES16) {
            const char *word = column->words[code];
            duck->vector_assign_string_element_len(vector, i, word, strlen(word));
        } else if (column->word_count <= CODES8) {
            ((uint8_t *)data)[i] = (uint8_t)code;
        } else {
            ((uint16_t *)data)[i] = (uint16_t)code;
        }
    }
}

/* The rows from the next one on, where they are not held yet. */
static jk_status hold_rows(const jk_frame *frame, frame_scan *scan, jk_error *error) {
    size_t left = frame->rows - scan->next, rows = left < PIECE_ROWS ? left : PIECE_ROWS;
    if (scan->next < scan->held_end) {
        return JK_OK;
    }
    for (size_t c = 0; c < scan->count; c++) {
        const struct wanted *wanted = &scan->wanted[c];
        if (wanted->rows != NULL) {
            JK_TRY(frame->read(frame, wanted->column, scan->next, rows, wanted->rows, error));
        }
    }
    scan->held = scan->next;
    scan->held_end = scan->next + rows;
    return JK_OK;
}

/* One column of a vector's rows. */
static void fill_column(const duck_functions *duck, const jk_frame_column *column, duck_handle vector, const void *data,
                        size_t rows) {
    const bool is_text = column->type == JK_FRAME_TEXT;
    duck->vector_ensure_validity_writable(vector);
    uint64_t *validity = duck->vector_get_validity(vector);
    if (is_coded(column)) {
        fill_codes(duck, column, vector, data, rows);
        return;
    }
    if (!is_text) {
        memcpy(duck->vector_get_data(vector), data, rows * column->width);
    }
    for (size_t i = 0; i < rows; i++) {
        const char *text = (const char *)data + (is_text ? i * column->width : 0);
        const size_t length = is_text ? strnlen(text, column->width) : 0;
        if (is_text && length > 0) {
            duck->vector_assign_string_element_len(vector, i, text, length);
        } else if (is_text || jk_frame_is_missing(column, data, i)) {
            set_missing(validity, i);
        }
    }
}

static void scan_frame(duck_handle info, duck_handle chunk) {
    const duck_functions *duck = jk_duckdb(NULL);
    const frame_source *source = duck->function_get_extra_info(info);
    const jk_frame *frame = source->frame;
    frame_scan *scan = duck->function_get_init_data(info);
    if (hold_rows(frame, scan, source->failure) != JK_OK) {
        duck->function_set_error(info, source->failure->message);
        return;
    }
    size_t rows = scan->held_end - scan->next;
    rows = rows < duck->vector_size() ? rows : duck->vector_size();
    for (size_t c = 0; rows > 0 && c < scan->count; c++) {
        const struct wanted *wanted = &scan->wanted[c];
        if (wanted->rows != NULL) {
            const jk_frame_column *column = &frame->column[wanted->column];
            const unsigned char *data = wanted->rows + (scan->next - scan->held) * column->width;
            fill_column(duck, column, duck->data_chunk_get_vector(chunk, c), data, rows);
        }
    }
    scan->next += rows;
    duck->data_chunk_set_size(chunk, rows);
}

jk_status jk_frame_table(const duck_functions *duck, duck_handle connection, const jk_frame *frame, jk_error *failure,
                         jk_error *error) {
    char name[64], view[160];
    frame_source *source = malloc(sizeof *source);
    duck_handle function = duck->create_table_function();
    if (source == NULL || function == NULL) {
        free(source);
        return jk_fail_memory(error, "a table");
    }
    *source = (frame_source){.duck = duck, .frame = frame, .failure = failure};
    (void)snprintf(name, sizeof name, "jalki_%s", frame->name);
    duck->table_function_set_name(function, name);
    duck->table_function_set_extra_info(function, source, free);
    duck->table_function_set_bind(function, bind_frame);
    duck->table_function_set_init(function, begin_scan);
    duck->table_function_set_function(function, scan_frame);
    duck->table_function_supports_projection_pushdown(function, true);
    bool done = duck->register_table_function(connection, function) == DUCK_SUCCESS;
    duck->destroy_table_function(&function);
    duck_result result = {0};
    (void)snprintf(view, sizeof view, "create view \"%s\" as select * from %s()", frame->name, name);
    done = done && duck->query(connection, view, &result) == DUCK_SUCCESS;
    duck->destroy_result(&result);
    return done ? JK_OK : jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, frame->name, "DuckDB does not take the table");
}
