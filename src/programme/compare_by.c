/* SPDX-License-Identifier: Apache-2.0 */
/* Claims by columns that the reader of a comparison names, in combination. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "programme/compare.h"
#include "tape/stratum.h"

enum { FROM, TO, PIECE_ROWS = 65536, COMBINATIONS_MAX = 4096 };

/* One tape's claims: of the first all, of the second the new ones. */
typedef struct by_side {
    const jk_comparison *comparison;
    const jk_match *match;
    int side;
    jk_stratum_list list;
    jk_block block;
    void *memory[JK_STRATUM_COLUMNS];
    jk_stratum_table known; /* number of a combination's name, by key, plus 1 */
    jk_names *names;
} by_side;

static const jk_tape *tape_of(const by_side *self) {
    return self->side == FROM ? self->comparison->from.tape : self->comparison->to.tape;
}

/* Room for the columns that combinations are made of. */
static jk_status open_side(by_side *self, const char *by, jk_error *error) {
    JK_TRY(jk_stratum_read(tape_of(self), by, false, &self->list, error));
    for (size_t c = 0; c < self->list.count; c++) {
        if (self->list.by[c].source >= JK_STRATUM_BALANCE) {
            continue;
        }
        self->memory[c] = jk_columns_alloc(PIECE_ROWS, sizeof(int64_t));
        self->block.column[self->list.by[c].column] = self->memory[c];
        JK_TRY(jk_held(self->memory[c] != NULL, error, "columns of the tape"));
    }
    return jk_stratum_table_init(&self->known, 1) ? JK_OK : jk_fail_memory(error, "names of groups");
}

static void close_side(by_side *self) {
    for (size_t c = 0; c < JK_STRATUM_COLUMNS; c++) {
        free(self->memory[c]);
    }
    jk_stratum_table_free(&self->known);
}

/* The number of a combination's name; both tapes have the same names, not the same codes. */
static jk_status number_of(by_side *self, uint64_t key, uint16_t *number, jk_error *error) {
    int64_t *cell = jk_stratum_cells(&self->known, key);
    if (cell != NULL && *cell == 0) {
        char words[JK_STRATUM_WORD];
        const char *name = jk_stratum_words(&self->list, key, words);
        JK_TRY(jk_names_add(self->names, &name, 1, number, error));
        *cell = (int64_t)*number + 1;
    }
    if (cell == NULL || self->names->count > COMBINATIONS_MAX) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape_of(self)), 0, "by",
                       "the columns have more than %d combinations; expected fewer, or columns with fewer values",
                       (int)COMBINATIONS_MAX);
    }
    *number = (uint16_t)(*cell - 1);
    return JK_OK;
}

static jk_status fill_piece(by_side *self, size_t first, size_t count, jk_error *error) {
    const jk_comparison *comparison = self->comparison;
    for (size_t c = 0; c < self->list.count; c++) {
        if (self->memory[c] != NULL) {
            JK_TRY(jk_tape_read(tape_of(self), self->list.by[c].column, first, count, self->memory[c], error));
        }
    }
    for (size_t i = 0; i < count; i++) {
        const size_t line = self->side == FROM ? first + i : self->match->line[first + i];
        uint64_t key = 0;
        if (self->side == TO && jk_match_in_from(self->match, line)) {
            continue;
        }
        for (size_t c = 0; c < self->list.count; c++) {
            key = jk_stratum_key(key, jk_stratum_code(&self->list.by[c], &self->block,
                                                      comparison->claims.face[self->side][line], i,
                                                      comparison->cutoff[self->side]));
        }
        JK_TRY(number_of(self, key + 1, &comparison->claims.by[line], error));
    }
    return JK_OK;
}

jk_status jk_compare_group_by(jk_comparison *comparison, const jk_match *match, const char *by, jk_error *error) {
    jk_names names = {0};
    jk_status status = JK_OK;
    for (int side = FROM; side <= TO && status == JK_OK; side++) {
        by_side self = {.comparison = comparison, .match = match, .side = side, .names = &names};
        const size_t rows = jk_tape_rows(tape_of(&self));
        status = open_side(&self, by, error);
        for (size_t first = 0; first < rows && status == JK_OK; first += PIECE_ROWS) {
            status = fill_piece(&self, first, rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS, error);
        }
        close_side(&self);
    }
    comparison->by = by;
    comparison->by_name = names.name;
    comparison->by_count = names.count;
    return status;
}
