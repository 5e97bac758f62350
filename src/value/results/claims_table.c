/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/claims.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "value/results/claim_columns.h"

struct jk_claims_table {
    size_t rows;
    jk_claim_columns columns; /* while the run lasts, of tape and model; what follows is the table's own */
    jk_result_column column[JK_RESULT_COLUMNS_MAX];
    size_t width[JK_RESULT_COLUMNS_MAX]; /* bytes of an element */
    char *data[JK_RESULT_COLUMNS_MAX];
    size_t count;
    jk_arena *texts;
};

static jk_status put(void *context, size_t column, size_t first, size_t rows, const void *data, jk_error *error) {
    jk_claims_table *self = context;
    (void)error;
    memcpy(self->data[column] + first * self->width[column], data, rows * self->width[column]);
    return JK_OK;
}

/* A column whose texts are the table's own. */
static bool keep_column(jk_claims_table *self, size_t c) {
    jk_result_column *column = &self->column[c];
    *column = self->columns.column[c];
    column->name = jk_arena_text(self->texts, column->name, strlen(column->name));
    column->unit = jk_arena_text(self->texts, column->unit, strlen(column->unit));
    column->meaning = jk_arena_text(self->texts, column->meaning, strlen(column->meaning));
    const char **levels = jk_arena_alloc(self->texts, column->level_count + 1, sizeof *levels);
    bool kept = column->name != NULL && column->unit != NULL && column->meaning != NULL && levels != NULL;
    for (size_t i = 0; kept && i < column->level_count; i++) {
        levels[i] = jk_arena_text(self->texts, column->levels[i], strlen(column->levels[i]));
        kept = levels[i] != NULL;
    }
    column->levels = column->level_count > 0 ? levels : NULL;
    self->width[c] = jk_result_element_size(column->type, column->text_width);
    self->data[c] = jk_columns_alloc(self->rows, self->width[c]);
    return kept && self->data[c] != NULL;
}

jk_status jk_claims_table_open(const jk_tape *tape, const jk_model *model, bool with_face, jk_claims_table **opened,
                               jk_error *error) {
    *opened = NULL;
    jk_claims_table *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "the results"));
    self->rows = jk_tape_rows(tape);
    self->columns.with_face = with_face;
    self->columns.put = put;
    self->columns.context = self;
    self->texts = jk_arena_create();
    jk_status status = self->texts == NULL ? jk_fail_memory(error, "the results")
                                           : jk_claim_columns_open(&self->columns, tape, model, error);
    for (size_t c = 0; status == JK_OK && c < self->columns.count; c++) {
        self->count = c + 1;
        status = keep_column(self, c) ? JK_OK : jk_fail_memory(error, "the results");
    }
    if (status != JK_OK) {
        jk_claims_table_free(self);
        return status;
    }
    *opened = self;
    return JK_OK;
}

jk_value_sink jk_claims_table_sink(jk_claims_table *self) {
    jk_value_sink sink = jk_claim_columns_sink(&self->columns);
    for (size_t c = 0; c < self->count; c++) {
        sink.held += self->rows * self->width[c];
    }
    return sink;
}

size_t jk_claims_table_rows(const jk_claims_table *self) {
    return self->rows;
}

size_t jk_claims_table_columns(const jk_claims_table *self) {
    return self->count;
}

const jk_result_column *jk_claims_table_column(const jk_claims_table *self, size_t column) {
    return &self->column[column];
}

const void *jk_claims_table_data(const jk_claims_table *self, size_t column) {
    return self->data[column];
}

void jk_claims_table_free(jk_claims_table *self) {
    if (self == NULL) {
        return;
    }
    for (size_t c = 0; c < self->count; c++) {
        free(self->data[c]);
    }
    jk_claim_columns_close(&self->columns);
    jk_arena_free(self->texts);
    free(self);
}
