/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/combinations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/team/parallel.h"
#include "base/words/listing.h"

enum { CELLS = 2 * JK_SCAN_CURRENCIES };

/* Columns that every row needs; the others are those that are asked for. */
static const uint64_t always = UINT64_C(1) << JK_COLUMN_PRINCIPAL | UINT64_C(1) << JK_COLUMN_INTEREST_ACCRUED |
                               UINT64_C(1) << JK_COLUMN_FEES | UINT64_C(1) << JK_COLUMN_CURRENCY;

typedef struct worker {
    jk_block block;
    unsigned char *memory;
    jk_stratum_table table;
} worker;

typedef struct counting {
    const jk_scan *scan;
    const jk_stratum_list *list;
    worker *workers;
} counting;

/* Hundredths in the currency that amounts are told in; each part is rounded, as the scan does. */
static int64_t told(const jk_scan *scan, int32_t currency, int64_t amount) {
    const int64_t own = jk_money_or_zero(amount);
    return scan->rate == NULL ? own : (int64_t)nearbyint((double)own * scan->rate[currency + 1]);
}

static jk_status count_block(void *context, int thread, size_t index, jk_error *error) {
    const counting *self = context;
    const jk_scan *scan = self->scan;
    worker *own = &self->workers[thread];
    const size_t all = jk_tape_rows(scan->tape), first = index * JK_SCAN_BLOCK_ROWS;
    const size_t rows = all - first < JK_SCAN_BLOCK_ROWS ? all - first : JK_SCAN_BLOCK_ROWS;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (own->block.column[c] != NULL) {
            JK_TRY(jk_tape_read(scan->tape, (jk_column)c, first, rows, own->block.column[c], error));
        }
    }
    for (size_t i = 0; i < rows; i++) {
        const int32_t code = JK_BLOCK_INT32(&own->block, CURRENCY)[i];
        const size_t currency = scan->currency_of[code + 1];
        const int64_t balance = told(scan, code, JK_BLOCK_MONEY(&own->block, PRINCIPAL)[i]) +
                                told(scan, code, JK_BLOCK_MONEY(&own->block, INTEREST_ACCRUED)[i]) +
                                told(scan, code, JK_BLOCK_MONEY(&own->block, FEES)[i]);
        uint64_t key = 0;
        for (size_t c = 0; c < self->list->count; c++) {
            key = jk_stratum_key(
                key, jk_stratum_code(&self->list->by[c], &own->block, (double)balance / 100.0, i, scan->cutoff));
        }
        int64_t *cell = jk_stratum_cells(&own->table, key + 1);
        if (cell == NULL) {
            return jk_stratum_fail_many(&own->table, scan->tape, error);
        }
        cell[currency]++;
        cell[JK_SCAN_CURRENCIES + currency] += balance;
    }
    return JK_OK;
}

static bool open_worker(worker *own, uint64_t columns) {
    size_t count = 0, place = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        count += columns >> c & 1;
    }
    own->memory = jk_columns_alloc(JK_SCAN_BLOCK_ROWS, count * sizeof(int64_t));
    for (int c = 0; c < JK_COLUMN_COUNT && own->memory != NULL; c++) {
        if (columns >> c & 1) {
            own->block.column[c] = own->memory + place++ * JK_SCAN_BLOCK_ROWS * sizeof(int64_t);
        }
    }
    return own->memory != NULL && jk_stratum_table_init(&own->table, CELLS);
}

/* Rows of the listing: combinations in each currency that they have claims in. */
static jk_status list_rows(jk_inspect_combinations *self, jk_error *error) {
    self->row = jk_columns_alloc(self->table.count * JK_SCAN_CURRENCIES + 1, sizeof *self->row);
    JK_TRY(jk_held(self->row != NULL, error, "the combinations"));
    for (size_t place = 0; place < self->table.count; place++) {
        for (size_t c = 0; c < JK_SCAN_CURRENCIES; c++) {
            if (self->table.cell[place * CELLS + c] > 0) {
                self->row[self->rows++] = (jk_combination){place, c};
            }
        }
    }
    return JK_OK;
}

jk_status jk_combinations_count(const jk_scan *scan, const char *by, const jk_run *run,
                                jk_inspect_combinations **combinations, jk_error *error) {
    jk_inspect_combinations *self = *combinations = calloc(1, sizeof *self);
    JK_TRY(jk_held(self != NULL, error, "the combinations"));
    JK_TRY(jk_stratum_read(scan->tape, by, false, &self->list, error));
    const size_t threads = (size_t)jk_threads(run);
    const size_t blocks = (jk_tape_rows(scan->tape) + JK_SCAN_BLOCK_ROWS - 1) / JK_SCAN_BLOCK_ROWS;
    counting work = {.scan = scan, .list = &self->list, .workers = calloc(threads, sizeof(worker))};
    jk_stratum_table *tables = calloc(threads, sizeof *tables);
    bool held = work.workers != NULL && tables != NULL;
    for (size_t t = 0; t < threads && held; t++) {
        held = open_worker(&work.workers[t], always | self->list.columns);
    }
    jk_status status = held ? jk_parallel_for(run, blocks, "combine", JK_SCAN_BLOCK_ROWS, count_block, &work, error)
                            : jk_fail_memory(error, "the combinations");
    for (size_t t = 0; t < threads && work.workers != NULL && tables != NULL; t++) {
        tables[t] = work.workers[t].table;
        free(work.workers[t].memory);
    }
    if (status == JK_OK) {
        status = jk_stratum_join(&self->list, tables, threads, scan->tape, error);
        self->table = tables[0];
        tables[0] = (jk_stratum_table){0};
        status = status == JK_OK ? list_rows(self, error) : status;
    }
    for (size_t t = 0; t < threads && tables != NULL; t++) {
        jk_stratum_table_free(&tables[t]);
    }
    free(tables);
    free(work.workers);
    return status;
}

void jk_combinations_free(jk_inspect_combinations *self) {
    if (self != NULL) {
        jk_stratum_table_free(&self->table);
        free(self->row);
        free(self);
    }
}

/* ---- the rows ------------------------------------------------------------------------------------------------- */

enum { CURRENCY, CLAIMS, SHARE, BALANCE, MEASURES };
static const jk_listing_column measures[MEASURES] = {
    [CURRENCY] = JK_LISTED_TEXT("currency", "currency", "Of the balance"),
    [CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims of the combination in the currency"),
    [SHARE] = {"share_of_claims", "share", "%", "In per cent of all", JK_LISTING_NUMBER, 4},
    [BALANCE] = {"balance", "balance", "", "What they owe", JK_LISTING_NUMBER, 2},
};

static jk_status combination_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_inspection *in = listing->source[0];
    const jk_inspect_combinations *self = in->combinations;
    const jk_combination *of = &self->row[row];
    const int64_t *cell = &self->table.cell[of->place * CELLS];
    const bool shown = of->currency < in->currency_count;
    (void)error;
    jk_stratum_put_words(&self->list, self->table.key[of->place], cells);
    cells += self->list.count;
    jk_cell_set(&cells[CURRENCY], shown ? in->currency[of->currency] : "(other)");
    cells[CLAIMS].number = (double)cell[of->currency];
    cells[SHARE].number = in->rows > 0 ? 100.0 * (double)cell[of->currency] / (double)in->rows : (double)NAN;
    cells[BALANCE].number = shown ? (double)cell[JK_SCAN_CURRENCIES + of->currency] / 100.0 : (double)NAN;
    return JK_OK;
}

jk_listing jk_inspect_combinations_listing(const jk_inspection *in) {
    jk_inspect_combinations *self = in != NULL ? in->combinations : NULL;
    if (self != NULL) {
        jk_stratum_put_heads(&self->list, self->head);
        memcpy(self->head + self->list.count, measures, sizeof measures);
    }
    return (jk_listing){.name = "inspect combinations",
                        .columns = self == NULL ? measures : self->head,
                        .column_count = MEASURES + (self == NULL ? 0 : self->list.count),
                        .rows = self == NULL ? 0 : self->rows,
                        .source = {in, NULL},
                        .cells = combination_cells};
}
