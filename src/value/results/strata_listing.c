/* SPDX-License-Identifier: Apache-2.0 */
/* Combinations of columns as rows, their columns described once. */
#include <math.h>
#include <string.h>

#include "base/number/grid.h"
#include "base/words/listing.h"
#include "value/quote.h"
#include "value/strata.h"

/* ---- one case ------------------------------------------------------------------------------------------------- */

enum { CLAIMS, FACE, SHARE, VALUE, PCT_OF_FACE, BID, GROSS, NET, GROSS_12M, GROSS_60M };

static const jk_listing_column measures[JK_STRATA_MEASURES] = {
    JK_STRATUM_FACE_LISTING(CLAIMS, "share of face"),
    JK_WORTH_LISTING(VALUE),
    [GROSS_12M] = JK_LISTED_MONEY("gross_12m", "12 months", "Collections of the first 12 months"),
    [GROSS_60M] = JK_LISTED_MONEY("gross_60m", NULL, "Collections of the first 60 months"),
};

/* ---- several -------------------------------------------------------------------------------------------------- */

enum { SCENARIO, MODE, REQUIRED };
static const jk_listing_column case_columns[JK_STRATA_CASE_COLUMNS] = {
    [SCENARIO] = JK_LISTED_TEXT("scenario", "scenario", "base, or the scenario's name"),
    [MODE] = JK_LISTED_TEXT("mode", "mode", "base, replanned or committed"),
    [REQUIRED] = {"required_return", "required return", "a year", "The return as asked for", JK_LISTING_NUMBER, -1},
};

enum { OF_CLAIMS, OF_FACE, OF_SHARE, OF_VALUE, OF_CHANGE, OF_BID, OF_PCT, OF_CHANGED };
static const jk_listing_column case_measures[JK_STRATA_CASE_MEASURES] = {
    JK_STRATUM_FACE_LISTING(OF_CLAIMS, NULL),
    [OF_VALUE] = JK_LISTED_MONEY("value", "value", "Their worth at the return, before onboarding"),
    [OF_CHANGE] = {"change_pct", "change", "%", "Change of the value against the base", JK_LISTING_NUMBER, 4},
    [OF_BID] =
        JK_LISTED_MONEY("bid", "bid", "Value less onboarding, at least 0: the bid at the return alone, without floors"),
    [OF_PCT] = {"bid_pct_of_face", "of face", "%", "That bid in per cent of face", JK_LISTING_NUMBER, 4},
    [OF_CHANGED] = JK_LISTED_COUNT("changed_claims", NULL, "Claims decided otherwise than in the base"),
};

void jk_strata_heads(jk_strata *self) {
    const size_t count = self->list.count;
    jk_stratum_put_heads(&self->list, self->head);
    memcpy(self->head + count, measures, sizeof measures);
    memcpy(self->case_head, case_columns, sizeof case_columns);
    jk_stratum_put_heads(&self->list, self->case_head + JK_STRATA_CASE_COLUMNS);
    memcpy(self->case_head + JK_STRATA_CASE_COLUMNS + count, case_measures, sizeof case_measures);
}

static const int64_t *sums_of(const jk_strata *self, size_t row) {
    return &self->table[0].cell[row * self->table[0].cells];
}

static jk_status stratum_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_strata *self = listing->source[0];
    const int64_t *sum = sums_of(self, row);
    const double face = jk_grid_to_double(sum[JK_STRATA_FACE]), value = jk_grid_to_double(sum[JK_STRATA_VALUE]);
    (void)error;
    jk_stratum_put_words(&self->list, self->table[0].key[row], cells);
    cells += self->list.count;
    cells[CLAIMS].number = (double)sum[JK_STRATA_CLAIMS];
    cells[FACE].number = face;
    cells[SHARE].number = jk_percent(face, self->total_face);
    cells[VALUE].number = value;
    cells[PCT_OF_FACE].number = jk_percent(value, face);
    cells[BID].number = jk_price_bid(value, self->onboarding_cost, (uint64_t)sum[JK_STRATA_CLAIMS]);
    cells[GROSS].number = jk_grid_to_double(sum[JK_STRATA_GROSS]);
    cells[NET].number = jk_grid_to_double(sum[JK_STRATA_NET]);
    cells[GROSS_12M].number = jk_grid_to_double(sum[JK_STRATA_GROSS_12M]);
    cells[GROSS_60M].number = jk_grid_to_double(sum[JK_STRATA_GROSS_60M]);
    return JK_OK;
}

jk_listing jk_strata_listing(const jk_strata *self) {
    return (jk_listing){.name = "strata",
                        .columns = self == NULL ? measures : self->head,
                        .column_count = JK_STRATA_MEASURES + (self == NULL ? 0 : self->list.count),
                        .rows = self == NULL ? 0 : jk_strata_rows(self),
                        .source = {self, NULL},
                        .cells = stratum_cells};
}

static jk_status case_cells(const jk_listing *listing, size_t at, jk_cell *cells, jk_error *error) {
    const jk_strata *self = listing->source[0];
    const size_t rows = jk_strata_rows(self), row = at % rows, which = at / rows, base = jk_strata_base(self, which);
    const jk_strata_case *of = &self->cases[which];
    const int64_t *sum = sums_of(self, row), *values = &sum[JK_STRATA_VALUE];
    const double face = jk_grid_to_double(sum[JK_STRATA_FACE]), value = jk_grid_to_double(values[which]);
    const double before = jk_grid_to_double(values[base]);
    const double bid = jk_price_bid(value, self->onboarding_cost, (uint64_t)sum[JK_STRATA_CLAIMS]);
    (void)error;
    jk_cell_set(&cells[SCENARIO], of->scenario != NULL ? of->scenario : "base");
    jk_cell_set(&cells[MODE], of->mode != NULL ? of->mode : "base");
    cells[REQUIRED].number = of->required;
    jk_stratum_put_words(&self->list, self->table[0].key[row], cells + JK_STRATA_CASE_COLUMNS);
    cells += JK_STRATA_CASE_COLUMNS + self->list.count;
    cells[OF_CLAIMS].number = (double)sum[JK_STRATA_CLAIMS];
    cells[OF_FACE].number = face;
    cells[OF_SHARE].number = jk_percent(face, self->total_face);
    cells[OF_VALUE].number = value;
    cells[OF_CHANGE].number = base == which ? (double)NAN : jk_percent(value - before, before);
    cells[OF_BID].number = bid;
    cells[OF_PCT].number = jk_percent(bid, face);
    cells[OF_CHANGED].number = base == which ? (double)NAN : (double)values[self->shape.cases + which];
    return JK_OK;
}

jk_listing jk_strata_cases_listing(const jk_strata *self) {
    static jk_listing_column none[JK_STRATA_CASE_COLUMNS + JK_STRATA_CASE_MEASURES];
    if (self == NULL) {
        memcpy(none, case_columns, sizeof case_columns);
        memcpy(none + JK_STRATA_CASE_COLUMNS, case_measures, sizeof case_measures);
    }
    return (jk_listing){.name = "strata of cases",
                        .columns = self == NULL ? none : self->case_head,
                        .column_count =
                            JK_STRATA_CASE_COLUMNS + JK_STRATA_CASE_MEASURES + (self == NULL ? 0 : self->list.count),
                        .rows = self == NULL ? 0 : jk_strata_rows(self) * self->shape.cases,
                        .source = {self, NULL},
                        .cells = case_cells};
}
