/* SPDX-License-Identifier: Apache-2.0 */
#include "tape/store/store_gather.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tape/store/store.h"

static bool is_text(jk_column column) {
    return jk_schema_column(column)->type == JK_TYPE_TEXT;
}

bool jk_gather_create(jk_gathered *gathered, jk_kind kind, const jk_extras *extras, size_t capacity) {
    bool done = true;
    *gathered = (jk_gathered){.capacity = capacity};
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        size_t width = jk_schema_element_size((jk_column)i);
        if (!jk_gather_holds(kind, extras, (jk_column)i)) {
            continue;
        }
        gathered->columns[i].rows = jk_columns_alloc(capacity, width);
        gathered->columns[i].width = is_text((jk_column)i) ? 0 : width;
        done = done && gathered->columns[i].rows != NULL;
    }
    return done;
}

void jk_gather_free(jk_gathered *gathered) {
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        free(gathered->columns[i].rows);
        gathered->columns[i].rows = NULL;
    }
}

static bool any_given(jk_column column, const void *values, size_t count) {
    const int8_t *codes = values;
    const int32_t *integers = values;
    const int64_t *amounts = values;
    const double *reals = values;
    jk_type type = jk_schema_column(column)->type;
    int32_t missing = type == JK_TYPE_DICTIONARY ? JK_MISSING_INDEX : JK_MISSING_INTEGER;
    for (size_t i = 0; i < count; i++) {
        bool given = type == JK_TYPE_ENUM    ? codes[i] != JK_MISSING_ENUM
                     : type == JK_TYPE_MONEY ? amounts[i] != JK_MISSING_MONEY
                     : type == JK_TYPE_REAL  ? reals[i] == reals[i]
                                             : integers[i] != missing;
        if (given) {
            return true;
        }
    }
    return false;
}

/* Bytes up to the last one that is not zero in any of the texts. */
static size_t longest_text(const char *texts, size_t width, size_t rows) {
    unsigned char any[JK_TEXT_MAX] = {0};
    assert(width <= sizeof any);
    if (width % sizeof(uint64_t) == 0) {
        for (size_t at = 0; at < width; at += sizeof(uint64_t)) {
            uint64_t bits = 0;
            for (size_t i = 0; i < rows; i++) {
                uint64_t word;
                memcpy(&word, texts + i * width + at, sizeof word);
                bits |= word;
            }
            memcpy(any + at, &bits, sizeof bits);
        }
    } else {
        for (size_t i = 0; i < rows * width; i++) {
            any[i % width] |= (unsigned char)texts[i];
        }
    }
    size_t length = width;
    while (length > 0 && any[length - 1] == 0) {
        length--;
    }
    return length;
}

static void copy_texts(char *to, size_t to_width, const char *from, size_t from_width, size_t rows) {
    size_t both = to_width < from_width ? to_width : from_width;
    for (size_t i = 0; i < rows; i++) {
        memcpy(to + i * to_width, from + i * from_width, both);
        memset(to + i * to_width + both, 0, to_width - both);
    }
}

/* Gives every row so far more bytes, the last first: none is written over before it is read. */
static void widen(jk_gathered_column *self, size_t width) {
    assert(width > self->width);
    for (size_t i = self->filled; i-- > 0 && self->width > 0;) {
        memmove(self->rows + i * width, self->rows + i * self->width, self->width);
        memset(self->rows + i * width + self->width, 0, width - self->width);
    }
    self->width = width;
}

static void take_texts(jk_gathered *gathered, jk_column column, const char *texts, size_t width, size_t rows) {
    jk_gathered_column *self = &gathered->columns[column];
    size_t length = longest_text(texts, width, rows);
    if (length == 0) {
        return;
    }
    if (width > self->width) {
        widen(self, width);
    }
    jk_gather_fill(gathered, column, gathered->count);
    char *to = self->rows + gathered->count * self->width;
    if (width == self->width) {
        memcpy(to, texts, rows * width);
    } else {
        copy_texts(to, self->width, texts, width, rows);
    }
    self->filled = gathered->count + rows;
    self->length = length > self->length ? length : self->length;
    self->given = true;
}

void jk_gather_add(jk_gathered *gathered, const jk_block *block, size_t from, size_t rows) {
    assert(gathered->count + rows <= gathered->capacity && from + rows <= block->rows);
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        jk_column column = (jk_column)i;
        jk_gathered_column *self = &gathered->columns[i];
        const char *values = self->rows != NULL ? block->column[i] : NULL;
        if (values != NULL && is_text(column)) {
            size_t width = block->text_width[column == JK_COLUMN_DEBTOR_ID];
            take_texts(gathered, column, values + from * width, width, rows);
        } else if (values != NULL && any_given(column, values + from * self->width, rows)) {
            jk_gather_fill(gathered, column, gathered->count);
            memcpy(self->rows + gathered->count * self->width, values + from * self->width, rows * self->width);
            self->filled = gathered->count + rows;
            self->given = true;
        }
    }
    gathered->count += rows;
}

void jk_gather_fill(jk_gathered *gathered, jk_column column, size_t rows) {
    jk_gathered_column *self = &gathered->columns[column];
    if (self->width == 0) {
        self->width = sizeof(uint64_t);
    }
    if (rows > self->filled) {
        jk_store_fill_missing(column, rows - self->filled, self->width, self->rows + self->filled * self->width);
        self->filled = rows;
    }
}

void jk_gather_empty(jk_gathered *gathered) {
    gathered->count = 0;
    for (int i = 0; i < JK_COLUMN_COUNT; i++) {
        gathered->columns[i].filled = gathered->columns[i].length = 0;
        gathered->columns[i].given = false;
    }
}
