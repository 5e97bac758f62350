/* SPDX-License-Identifier: Apache-2.0 */
/* Reading rows of a tape: every value that is read is held against its column's bounds. */
#include <string.h>

#include "base/error.h"
#include "tape/store/store.h"
#include "tape/store/store_share.h"

void jk_store_fill_missing(jk_column column, size_t count, size_t text_width, void *out) {
    switch (jk_schema_column(column)->type) {
    case JK_TYPE_TEXT:
        memset(out, 0, count * text_width);
        return;
    case JK_TYPE_ENUM:
        memset(out, JK_MISSING_ENUM, count);
        return;
    case JK_TYPE_MONEY:
        for (size_t i = 0; i < count; i++) {
            ((int64_t *)out)[i] = JK_MISSING_MONEY;
        }
        return;
    case JK_TYPE_REAL:
        for (size_t i = 0; i < count; i++) {
            ((double *)out)[i] = JK_STORE_MISSING_REAL;
        }
        return;
    case JK_TYPE_DICTIONARY:
        memset(out, 0xff, count * sizeof(int32_t));
        return;
    case JK_TYPE_DATE:
    case JK_TYPE_INTEGER:
        for (size_t i = 0; i < count; i++) {
            ((int32_t *)out)[i] = JK_MISSING_INTEGER;
        }
        return;
    }
}

static bool texts_given(const char *texts, size_t count, size_t width) {
    bool given = true;
    for (size_t i = 0; i < count; i++) {
        given &= texts[i * width] != '\0';
    }
    return given;
}

static bool reals_given(const double *values, size_t count) {
    bool given = true;
    for (size_t i = 0; i < count; i++) {
        given &= values[i] == values[i];
    }
    return given;
}

/* Whether all values lie in [low, high] of the column. In required columns the missing value is out of bounds, too;
 * where no value can lie between the bounds (an empty dictionary), only missing is left. */
static bool values_hold(const jk_tape *tape, jk_column column, const void *values, size_t count) {
    const tape_column *self = &tape->columns[column];
    const jk_column_info *info = jk_schema_column(column);
    if (info->type == JK_TYPE_TEXT) {
        return !self->required || texts_given(values, count, self->element_size);
    }
    bool empty = self->high < self->low;
    if (empty && self->required) {
        return count == 0;
    }
    if (info->type == JK_TYPE_MONEY) {
        int64_t low = empty ? JK_MISSING_MONEY : (int64_t)self->low;
        int64_t high = empty ? JK_MISSING_MONEY : (int64_t)self->high;
        return tape->checks->int64(values, count, low, high, self->required ? low : JK_MISSING_MONEY);
    }
    if (info->type == JK_TYPE_REAL) {
        return tape->checks->real(values, count, self->low, self->high) &&
               (!self->required || reals_given(values, count));
    }
    int32_t missing = info->type == JK_TYPE_ENUM         ? JK_MISSING_ENUM
                      : info->type == JK_TYPE_DICTIONARY ? JK_MISSING_INDEX
                                                         : JK_MISSING_INTEGER;
    int32_t low = empty ? missing : (int32_t)self->low;
    int32_t high = empty ? missing : (int32_t)self->high;
    if (self->required) {
        missing = low;
    }
    return info->type == JK_TYPE_ENUM ? tape->checks->int8(values, count, (int8_t)low, (int8_t)high, (int8_t)missing)
                                      : tape->checks->int32(values, count, low, high, missing);
}

jk_status jk_store_read_rows(const jk_tape *tape, jk_column column, size_t first, size_t count, unsigned char *out,
                             jk_error *error) {
    /* Rows that fit a core's cache: what was just read is checked before it leaves. */
    enum { PIECE_BYTES = 256 * 1024 };
    const tape_column *self = &tape->columns[column];
    size_t piece_rows = self->dataset->layout == JK_H5_CHUNKED ? self->dataset->chunk_rows : 0;
    if (piece_rows * self->element_size < PIECE_BYTES || self->dataset->deflate_filter < 0) {
        piece_rows = PIECE_BYTES / self->element_size;
    }
    while (count > 0) {
        size_t rows = count < piece_rows ? count : piece_rows;
        JK_TRY(jk_h5_read(tape->file, self->dataset, first, rows, out, error));
        if (!values_hold(tape, column, out, rows)) {
            return jk_fail(error, JK_ERROR_FORMAT, jk_tape_path(tape), 0, self->dataset->path,
                           "a value in rows %zu to %zu is outside what the column allows", first + 1, first + rows);
        }
        jk_store_count(rows * self->element_size, 0);
        out += rows * self->element_size;
        first += rows;
        count -= rows;
    }
    return JK_OK;
}

jk_status jk_tape_read(const jk_tape *tape, jk_column column, size_t first, size_t count, void *out, jk_error *error) {
    if ((unsigned)column >= JK_COLUMN_COUNT || first > tape->rows || count > tape->rows - first) {
        return jk_fail(error, JK_ERROR_ARGUMENT, jk_tape_path(tape), 0, NULL,
                       "rows or columns beyond the tape were asked for");
    }
    const tape_column *self = &tape->columns[column];
    if (self->constant) {
        for (size_t i = 0; i < count; i++) {
            memcpy((unsigned char *)out + i * self->element_size, self->value.bytes, self->element_size);
        }
        return JK_OK;
    }
    if (self->dataset == NULL) {
        jk_store_fill_missing(column, count, self->element_size, out);
        return JK_OK;
    }
    return tape->sharing != NULL ? jk_store_read_shared(tape, column, first, count, out, error)
                                 : jk_store_read_rows(tape, column, first, count, out, error);
}
