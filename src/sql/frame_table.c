/* SPDX-License-Identifier: Apache-2.0 */
#include "sql/frame_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { CODES8 = 255, CODES16 = 65535 }; /* most words of an ENUM whose codes have one byte, two bytes */

typedef struct frame_source {
    const duck_functions *duck;
    const jk_frame *frame;
    jk_error *failure;
} frame_source;

/* One scan: the columns that are wanted, and how far it is. Rows come in order, on one thread. */
typedef struct frame_scan {
    size_t next, count;
    void *codes; /* room for a vector's elements as they are stored */
    size_t column[];
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
    free(scan->codes);
    free(scan);
}

static void begin_scan(duck_handle info) {
    const duck_functions *duck = jk_duckdb(NULL);
    const frame_source *source = duck->init_get_extra_info(info);
    const size_t count = duck->init_get_column_count(info);
    size_t widest = sizeof(double);
    frame_scan *scan = calloc(1, sizeof *scan + count * sizeof scan->column[0]);
    for (size_t c = 0; scan != NULL && c < count; c++) {
        scan->column[c] = duck->init_get_column_index(info, c);
        bool own = scan->column[c] < source->frame->column_count; /* another is the row's number: not asked for */
        size_t width = own ? source->frame->column[scan->column[c]].width : 0;
        widest = width > widest ? width : widest;
    }
    if (scan != NULL) {
        scan->count = count;
        scan->codes = calloc(duck->vector_size(), widest);
    }
    if (scan == NULL || scan->codes == NULL) {
        free(scan);
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

/* One column of a vector's rows: numbers go to the library's memory as they are, codes and texts by way of the scan's.
 */
static jk_status fill_column(const frame_source *source, const frame_scan *scan, size_t number, duck_handle vector,
                             size_t rows, jk_error *error) {
    const duck_functions *duck = source->duck;
    const jk_frame *frame = source->frame;
    const jk_frame_column *column = &frame->column[number];
    const bool is_text = column->type == JK_FRAME_TEXT;
    void *data = is_text || is_coded(column) ? scan->codes : duck->vector_get_data(vector);
    JK_TRY(frame->read(frame, number, scan->next, rows, data, error));
    duck->vector_ensure_validity_writable(vector);
    uint64_t *validity = duck->vector_get_validity(vector);
    if (is_coded(column)) {
        fill_codes(duck, column, vector, data, rows);
        return JK_OK;
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
    return JK_OK;
}

static void scan_frame(duck_handle info, duck_handle chunk) {
    const duck_functions *duck = jk_duckdb(NULL);
    const frame_source *source = duck->function_get_extra_info(info);
    frame_scan *scan = duck->function_get_init_data(info);
    size_t rows = source->frame->rows - scan->next;
    rows = rows < duck->vector_size() ? rows : duck->vector_size();
    for (size_t c = 0; rows > 0 && c < scan->count; c++) {
        if (scan->column[c] >= source->frame->column_count) {
            continue;
        }
        if (fill_column(source, scan, scan->column[c], duck->data_chunk_get_vector(chunk, c), rows, source->failure) !=
            JK_OK) {
            duck->function_set_error(info, source->failure->message);
            return;
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
