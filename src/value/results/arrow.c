/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/arrow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { BATCH_ROWS = 65536, BUFFERS_MOST = 3, DECIMAL_BYTES = 16 };

typedef struct arrow_stream {
    jk_frame frame;
    size_t batch_rows, next;
    jk_error failure;
    char said[JK_ERROR_TEXT_MAX];
} arrow_stream;

static bool is_coded(jk_frame_type type) {
    return type == JK_FRAME_CODE8 || type == JK_FRAME_CODE16 || type == JK_FRAME_CODE32;
}

/* ---- schemas -------------------------------------------------------------------------------------------------- */

static const char *format_of(jk_frame_type type) {
    static const char *const formats[] = {[JK_FRAME_TEXT] = "u",   [JK_FRAME_CODE8] = "c",  [JK_FRAME_CODE16] = "S",
                                          [JK_FRAME_CODE32] = "i", [JK_FRAME_DATE] = "tdD", [JK_FRAME_MONEY] = "d:18,2",
                                          [JK_FRAME_FLOAT] = "f",  [JK_FRAME_DOUBLE] = "g", [JK_FRAME_INT32] = "i"};
    return formats[type];
}

/* Its children and dictionary may have been moved out: what is released has no `release` any more. */
static void release_schema(struct ArrowSchema *schema) {
    for (int64_t c = 0; c < schema->n_children; c++) {
        if (schema->children[c] != NULL && schema->children[c]->release != NULL) {
            schema->children[c]->release(schema->children[c]);
        }
        free(schema->children[c]);
    }
    if (schema->dictionary != NULL && schema->dictionary->release != NULL) {
        schema->dictionary->release(schema->dictionary);
    }
    free(schema->dictionary);
    free((void *)schema->children);
    free(schema->private_data); /* the name */
    schema->release = NULL;
}

static bool make_schema(struct ArrowSchema *schema, const char *format, const char *name) {
    char *copy = strdup(name);
    *schema = (struct ArrowSchema){
        .format = format, .name = copy, .flags = ARROW_FLAG_NULLABLE, .release = release_schema, .private_data = copy};
    return copy != NULL;
}

static bool describe(struct ArrowSchema *schema, const jk_frame *frame) {
    bool held = make_schema(schema, "+s", frame->name);
    schema->flags = 0;
    schema->children = calloc(frame->column_count + 1, sizeof(struct ArrowSchema *));
    for (size_t c = 0; schema->children != NULL && held && c < frame->column_count; c++) {
        struct ArrowSchema *child = calloc(1, sizeof *child);
        schema->children[schema->n_children++] = child;
        held = child != NULL && make_schema(child, format_of(frame->column[c].type), frame->column[c].name);
        if (held && is_coded(frame->column[c].type)) {
            child->dictionary = calloc(1, sizeof *child->dictionary);
            held = child->dictionary != NULL && make_schema(child->dictionary, "u", "");
        }
    }
    return held && schema->children != NULL;
}

/* ---- arrays --------------------------------------------------------------------------------------------------- */

static void release_array(struct ArrowArray *array) {
    for (int64_t c = 0; c < array->n_children; c++) {
        if (array->children[c] != NULL && array->children[c]->release != NULL) {
            array->children[c]->release(array->children[c]);
        }
        free(array->children[c]);
    }
    if (array->dictionary != NULL && array->dictionary->release != NULL) {
        array->dictionary->release(array->dictionary);
    }
    for (int64_t b = 0; array->buffers != NULL && b < array->n_buffers; b++) {
        free((void *)(uintptr_t)array->buffers[b]);
    }
    free(array->dictionary);
    free((void *)array->children);
    free((void *)array->buffers);
    array->release = NULL;
}

static bool make_array(struct ArrowArray *array, size_t length, int64_t buffers) {
    *array = (struct ArrowArray){.length = (int64_t)length,
                                 .n_buffers = buffers,
                                 .buffers = calloc(BUFFERS_MOST, sizeof(void *)),
                                 .release = release_array};
    return array->buffers != NULL;
}

/* Texts of given lengths: no nulls yet. text_at gives the bytes of one. */
typedef const char *text_at(const void *source, size_t row, size_t *length);

static bool make_texts(struct ArrowArray *array, size_t count, text_at *at, const void *source) {
    if (!make_array(array, count, 3)) {
        return false;
    }
    size_t bytes = 0, length = 0;
    for (size_t i = 0; i < count; i++) {
        (void)at(source, i, &length);
        bytes += length;
    }
    int32_t *offsets = malloc((count + 1) * sizeof *offsets);
    char *text = malloc(bytes + 1);
    array->buffers[1] = offsets;
    array->buffers[2] = text;
    if (offsets == NULL || text == NULL || bytes > INT32_MAX) {
        return false;
    }
    offsets[0] = 0;
    for (size_t i = 0; i < count; i++) {
        const char *from = at(source, i, &length);
        memcpy(text + offsets[i], from, length);
        offsets[i + 1] = offsets[i] + (int32_t)length;
    }
    return true;
}

static const char *word_at(const void *source, size_t row, size_t *length) {
    const char *word = ((const char *const *)source)[row];
    *length = strlen(word);
    return word;
}

typedef struct wide_texts {
    const char *cells;
    size_t width;
} wide_texts;

static const char *cell_at(const void *source, size_t row, size_t *length) {
    const wide_texts *texts = source;
    const char *cell = texts->cells + row * texts->width;
    *length = strnlen(cell, texts->width);
    return cell;
}

/* The bitmap of what is given; none where nothing is missing. */
static bool make_validity(struct ArrowArray *array, const jk_frame_column *column, const void *data) {
    const size_t rows = (size_t)array->length;
    uint8_t *bits = calloc(rows / 8 + 1, 1);
    for (size_t i = 0; bits != NULL && i < rows; i++) {
        bool missing = jk_frame_is_missing(column, data, i);
        array->null_count += missing;
        bits[i / 8] |= (uint8_t)(!missing << (i % 8));
    }
    if (bits != NULL && array->null_count == 0) {
        free(bits);
        return true;
    }
    array->buffers[0] = bits;
    return bits != NULL;
}

/* Hundredths as decimals of 128 bits. */
static bool widen(struct ArrowArray *array, const int64_t *money) {
    const size_t rows = (size_t)array->length;
    int64_t *wide = malloc(rows * DECIMAL_BYTES + 1);
    for (size_t i = 0; wide != NULL && i < rows; i++) {
        wide[2 * i] = money[i];
        wide[2 * i + 1] = money[i] < 0 ? -1 : 0;
    }
    array->buffers[1] = wide;
    return wide != NULL;
}

/* A column of a batch from its cells, which are taken over. */
static bool make_column(struct ArrowArray *array, const jk_frame_column *column, size_t rows, void *cells) {
    bool keeps = column->type != JK_FRAME_TEXT && column->type != JK_FRAME_MONEY; /* as they are */
    bool held = column->type == JK_FRAME_TEXT
                    ? make_texts(array, rows, cell_at, &(wide_texts){.cells = cells, .width = column->width})
                    : make_array(array, rows, 2);
    held = held && make_validity(array, column, cells);
    if (held && column->type == JK_FRAME_MONEY) {
        held = widen(array, cells);
    }
    if (held && is_coded(column->type)) {
        array->dictionary = calloc(1, sizeof *array->dictionary);
        held = array->dictionary != NULL && make_texts(array->dictionary, column->word_count, word_at, column->words);
    }
    if (held && keeps) {
        array->buffers[1] = cells;
    } else {
        free(cells);
    }
    return held;
}

static jk_status make_batch(arrow_stream *self, size_t rows, struct ArrowArray *batch, jk_error *error) {
    const jk_frame *frame = &self->frame;
    bool held = make_array(batch, rows, 1);
    batch->children = calloc(frame->column_count + 1, sizeof(struct ArrowArray *));
    held = held && batch->children != NULL;
    for (size_t c = 0; held && c < frame->column_count; c++) {
        struct ArrowArray *child = calloc(1, sizeof *child);
        void *cells = malloc(rows * frame->column[c].width + 1);
        if (child == NULL || cells == NULL) {
            free(child);
            free(cells);
            held = false;
            break;
        }
        batch->children[batch->n_children++] = child;
        jk_status status = frame->read(frame, c, self->next, rows, cells, error);
        if (status != JK_OK) {
            free(cells);
            return status;
        }
        held = make_column(child, &frame->column[c], rows, cells);
    }
    return jk_held(held, error, "a batch of rows");
}

/* ---- the stream ----------------------------------------------------------------------------------------------- */

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    arrow_stream *self = stream->private_data;
    if (describe(out, &self->frame)) {
        return 0;
    }
    release_schema(out);
    (void)snprintf(self->said, sizeof self->said, "out of memory");
    return ENOMEM;
}

/* After the last batch: one that is released. */
static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    arrow_stream *self = stream->private_data;
    size_t rows = self->frame.rows - self->next;
    rows = rows < self->batch_rows ? rows : self->batch_rows;
    *out = (struct ArrowArray){0};
    if (rows == 0) {
        return 0;
    }
    self->failure = (jk_error){0};
    jk_status status = make_batch(self, rows, out, &self->failure);
    if (status != JK_OK) {
        release_array(out);
        (void)jk_error_text(&self->failure, self->said, sizeof self->said);
        return status == JK_ERROR_MEMORY ? ENOMEM : EIO;
    }
    self->next += rows;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    const arrow_stream *self = stream->private_data;
    return self->said[0] != '\0' ? self->said : NULL;
}

static void release_stream(struct ArrowArrayStream *stream) {
    free(stream->private_data);
    stream->release = NULL;
}

jk_status jk_arrow_stream(const jk_frame *frame, size_t batch_rows, struct ArrowArrayStream *stream, jk_error *error) {
    arrow_stream *self = calloc(1, sizeof *self);
    *stream = (struct ArrowArrayStream){0};
    JK_TRY(jk_held(self != NULL, error, "a stream"));
    self->frame = *frame;
    self->batch_rows = batch_rows > 0 ? batch_rows : BATCH_ROWS;
    *stream = (struct ArrowArrayStream){.get_schema = get_schema,
                                        .get_next = get_next,
                                        .get_last_error = get_last_error,
                                        .release = release_stream,
                                        .private_data = self};
    return JK_OK;
}
