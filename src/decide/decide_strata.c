/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions under limits by combinations of columns. */
#include <stdlib.h>

#include "base/error.h"
#include "base/number/grid.h"
#include "base/words/listing.h"
#include "jalki/decide.h"
#include "value/strata.h"

enum { CELL_CLAIMS, CELL_FACE, CELL_VALUE, CELL_FREE, CELL_DECIDED, CELLS = CELL_DECIDED + JK_ACTION_COUNT };
enum { CLAIMS, FACE, SHARE, VALUE, PCT_OF_FACE, FREE, DECIDED, MEASURES = DECIDED + JK_ACTION_COUNT };

struct jk_decided_strata {
    jk_stratum_list list;
    jk_stratum_table table;
    double total_face;
    jk_listing_column head[JK_STRATUM_COLUMNS + MEASURES];
};

static const jk_listing_column measures[MEASURES] = {
    JK_STRATUM_FACE_LISTING(CLAIMS, NULL),
    [VALUE] = JK_LISTED_MONEY("value", "value", "Their worth under the limits"),
    [PCT_OF_FACE] = {"value_pct_of_face", "% of face", "%", "That in per cent of face", JK_LISTING_NUMBER, 4},
    [FREE] = JK_LISTED_MONEY("value_free", "without limits", "Their worth without limits, each claim for itself"),
    [DECIDED + JK_CLOSE] = JK_LISTED_COUNT("close", "close", "Claims that are closed"),
    [DECIDED + JK_SELL] = JK_LISTED_COUNT("sell", "sell", "Claims that are sold"),
    [DECIDED + JK_SURVEIL] = JK_LISTED_COUNT("surveil", "surveil", "Claims that are watched"),
    [DECIDED + JK_AMICABLE] = JK_LISTED_COUNT("amicable", "amicable", "Claims worked amicably"),
    [DECIDED + JK_LEGAL] = JK_LISTED_COUNT("legal", "legal", "Claims that go to court"),
};

/* The key of a claim, with the decision under the limits where that is a column. */
static uint64_t key_of(const jk_strata *kept, const jk_decided *decided, size_t row) {
    uint64_t key = 0;
    for (size_t c = 0; c < kept->list.count; c++) {
        const bool is_decision = kept->list.by[c].source == JK_STRATUM_DECISION;
        key = jk_stratum_key(key, is_decision ? (uint32_t)decided->decision[row] + 1
                                              : jk_stratum_code_of(&kept->list, kept->row_key[row], c));
    }
    return key + 1;
}

static jk_status add_claims(jk_decided_strata *self, const jk_strata *kept, const jk_candidates *candidates,
                            const jk_decided *decided, jk_error *error) {
    int64_t total = 0;
    for (size_t i = 0; i < candidates->claims; i++) {
        int64_t *cell = jk_stratum_cells(&self->table, key_of(kept, decided, i));
        const int64_t face = jk_grid_from_double(candidates->balance[i]);
        if (cell == NULL) {
            return jk_stratum_fail_many(&self->table, candidates->tape, error);
        }
        cell[CELL_CLAIMS]++;
        cell[CELL_FACE] += face;
        cell[CELL_VALUE] += jk_grid_from_double((double)candidates->value[decided->decision[i]][i]);
        cell[CELL_FREE] += jk_grid_from_double((double)candidates->value[decided->free[i]][i]);
        cell[CELL_DECIDED + decided->decision[i]]++;
        total += face;
    }
    self->total_face = jk_grid_to_double(total);
    return jk_stratum_join(&self->list, &self->table, 1, candidates->tape, error);
}

jk_status jk_decided_strata_make(const jk_strata *kept, const jk_candidates *candidates, const jk_decided *decided,
                                 jk_decided_strata **strata, jk_error *error) {
    jk_decided_strata *self = calloc(1, sizeof *self);
    *strata = self;
    JK_TRY(jk_held(self != NULL && jk_stratum_table_init(&self->table, CELLS), error, "the strata"));
    self->list = kept->list;
    jk_stratum_put_heads(&self->list, self->head);
    for (size_t c = 0; c < MEASURES; c++) {
        self->head[self->list.count + c] = measures[c];
    }
    return add_claims(self, kept, candidates, decided, error);
}

void jk_decided_strata_free(jk_decided_strata *self) {
    if (self != NULL) {
        jk_stratum_table_free(&self->table);
        free(self);
    }
}

static jk_status cells_of(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_decided_strata *self = listing->source[0];
    const int64_t *sum = &self->table.cell[row * self->table.cells];
    const double face = jk_grid_to_double(sum[CELL_FACE]), value = jk_grid_to_double(sum[CELL_VALUE]);
    (void)error;
    jk_stratum_put_words(&self->list, self->table.key[row], cells);
    cells += self->list.count;
    cells[CLAIMS].number = (double)sum[CELL_CLAIMS];
    cells[FACE].number = face;
    cells[SHARE].number = jk_percent(face, self->total_face);
    cells[VALUE].number = value;
    cells[PCT_OF_FACE].number = jk_percent(value, face);
    cells[FREE].number = jk_grid_to_double(sum[CELL_FREE]);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        cells[DECIDED + a].number = (double)sum[CELL_DECIDED + a];
    }
    return JK_OK;
}

jk_listing jk_decided_strata_listing(const jk_decided_strata *self) {
    return (jk_listing){.name = "strata of decisions",
                        .columns = self == NULL ? measures : self->head,
                        .column_count = MEASURES + (self == NULL ? 0 : self->list.count),
                        .rows = self == NULL ? 0 : self->table.count,
                        .source = {self, NULL},
                        .cells = cells_of};
}
