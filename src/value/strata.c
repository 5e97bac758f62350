/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of valuations by combination of columns, in integers of the grid of sums. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "value/strata.h"

/* ---- opening -------------------------------------------------------------------------------------------------- */

/* Words of what a valuation alone knows of a claim. */
static jk_status name_valued(jk_strata *self, jk_stratum_column *column, jk_error *error) {
    const size_t counts[] = {self->model->segment_count, JK_ACTION_COUNT, JK_CAPACITY_COUNT};
    const size_t count = column->source < JK_STRATUM_SEGMENT ? 0 : counts[column->source - JK_STRATUM_SEGMENT];
    if (count == 0) {
        return JK_OK;
    }
    const char **words = jk_arena_alloc(self->arena, count, sizeof *words);
    for (size_t i = 0; words != NULL && i < count; i++) {
        words[i] = column->source == JK_STRATUM_SEGMENT    ? self->model->segments[i].id
                   : column->source == JK_STRATUM_DECISION ? jk_action_name((jk_action)i)
                                                           : jk_capacity_name((jk_capacity)i);
    }
    column->words = words;
    column->word_count = count;
    return jk_held(words != NULL, error, "the strata");
}

static jk_status open_columns(jk_strata *self, const char *by, jk_error *error) {
    JK_TRY(jk_stratum_read(self->tape, by, true, &self->list, error));
    for (size_t c = 0; c < self->list.count; c++) {
        JK_TRY(name_valued(self, &self->list.by[c], error));
    }
    self->cases = jk_arena_alloc(self->arena, self->shape.cases, sizeof *self->cases);
    return jk_held(self->cases != NULL, error, "the strata");
}

jk_status jk_strata_open(const jk_tape *tape, const jk_model *model, const char *by, int32_t cutoff,
                         jk_strata_shape shape, jk_strata **strata, jk_error *error) {
    *strata = NULL;
    jk_strata *self = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "the strata"));
    *self = (jk_strata){.tape = tape, .model = model, .cutoff = cutoff, .shape = shape, .arena = jk_arena_create()};
    jk_status status = self->arena == NULL ? jk_fail_memory(error, "the strata") : open_columns(self, by, error);
    if (status != JK_OK) {
        jk_strata_free(self);
        return status;
    }
    *strata = self;
    return JK_OK;
}

jk_status jk_strata_keep(jk_strata *self, jk_error *error) {
    self->row_key = jk_columns_alloc(jk_tape_rows(self->tape) + 1, sizeof *self->row_key);
    return jk_held(self->row_key != NULL, error, "the strata");
}

void jk_strata_free(jk_strata *self) {
    if (self == NULL) {
        return;
    }
    for (int t = 0; self->table != NULL && t < self->threads; t++) {
        jk_stratum_table_free(&self->table[t]);
    }
    free(self->table);
    free(self->row_key);
    jk_arena_free(self->arena);
    free(self);
}

/* ---- the sink ------------------------------------------------------------------------------------------------- */

static size_t cells_of(const jk_strata *self) {
    return JK_STRATA_VALUE + 2 * self->shape.cases;
}

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    jk_strata *self = context;
    self->threads = shape->threads;
    self->table = calloc((size_t)shape->threads, sizeof *self->table);
    for (int t = 0; self->table != NULL && t < shape->threads; t++) {
        JK_TRY(jk_held(jk_stratum_table_init(&self->table[t], cells_of(self)), error, "the strata"));
    }
    return jk_held(self->table != NULL, error, "the strata");
}

static uint32_t code_of(const jk_strata *self, const jk_stratum_column *column, const jk_value_block *b, size_t row) {
    switch (column->source) {
    case JK_STRATUM_SEGMENT:
        return (uint32_t)b->law->segment[row] + 1;
    case JK_STRATUM_DECISION:
        return (uint32_t)b->plan->decision[row] + 1;
    case JK_STRATUM_CLASS:
        return (uint32_t)b->score->capacity_class[row] + 1;
    default:
        return jk_stratum_code(column, b->block, b->law->balance[row], row, self->cutoff);
    }
}

static uint64_t key_of(const jk_strata *self, const jk_value_block *b, size_t row) {
    uint64_t key = 0;
    for (size_t c = 0; c < self->list.count; c++) {
        key = jk_stratum_key(key, code_of(self, &self->list.by[c], b, row));
    }
    return key + 1;
}

static void add_row(const jk_strata *self, const jk_value_block *b, size_t i, int64_t *cell) {
    int64_t *value = &cell[JK_STRATA_VALUE], *changed = value + self->shape.cases;
    cell[JK_STRATA_CLAIMS]++;
    cell[JK_STRATA_FACE] += jk_grid_from_double(b->law->balance[i]);
    cell[JK_STRATA_GROSS] += jk_grid_from_double((double)b->plan->erc_gross[i]);
    cell[JK_STRATA_NET] += jk_grid_from_double((double)b->plan->erc_net[i]);
    cell[JK_STRATA_GROSS_12M] += jk_grid_from_double((double)b->plan->gross_12m[i]);
    cell[JK_STRATA_GROSS_60M] += jk_grid_from_double((double)b->plan->gross_60m[i]);
    if (b->case_value == NULL) {
        value[0] += jk_grid_from_double((double)b->plan->value[i]);
        return;
    }
    for (size_t c = 0; c < self->shape.cases; c++) {
        value[c] += jk_grid_from_double((double)b->case_value[c][i]);
        changed[c] += b->case_decision[c][i] != b->case_decision[jk_strata_base(self, c)][i];
    }
}

static jk_status add_block(void *context, const jk_value_block *b, jk_error *error) {
    jk_strata *self = context;
    jk_stratum_table *table = &self->table[b->thread];
    for (size_t i = 0; i < b->block->rows; i++) {
        const uint64_t key = key_of(self, b, i);
        int64_t *cell = jk_stratum_cells(table, key);
        if (cell == NULL) {
            return jk_stratum_fail_many(table, self->tape, error);
        }
        add_row(self, b, i, cell);
        if (self->row_key != NULL) {
            self->row_key[b->block->first_row + i] = key;
        }
    }
    return JK_OK;
}

jk_value_sink jk_strata_sink(jk_strata *self) {
    return (jk_value_sink){.columns = self->list.columns,
                           .begin = begin,
                           .block = add_block,
                           .context = self,
                           .held = self->row_key != NULL ? jk_tape_rows(self->tape) * sizeof *self->row_key : 0,
                           .thread_held = jk_stratum_table_bytes(cells_of(self))};
}

jk_status jk_strata_finish(jk_strata *self, const jk_strata_case *cases, jk_error *error) {
    JK_TRY(jk_stratum_join(&self->list, self->table, (size_t)self->threads, self->tape, error));
    memcpy(self->cases, cases, self->shape.cases * sizeof *cases);
    self->total_face = cases[0].valuation->total.face;
    self->onboarding_cost = cases[0].valuation->onboarding_cost;
    for (size_t c = 0; c < self->shape.cases; c++) {
        self->cases[c].valuation = NULL;
    }
    jk_strata_heads(self);
    return JK_OK;
}

jk_strata_shape jk_strata_shape_of(const jk_strata *self) {
    return self->shape;
}

size_t jk_strata_columns(const jk_strata *self) {
    return self->list.count;
}

size_t jk_strata_rows(const jk_strata *self) {
    return self->table[0].count;
}
