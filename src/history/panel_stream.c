/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming a panel: each thread takes the next block, reads its columns, asks law and score what the model says of
 * every row on its own day, and hands it to the visitor. Nothing is allocated per block. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/layout.h"
#include "base/team/parallel.h"
#include "base/team/team.h"
#include "history/panel_internal.h"
#include "law/law_internal.h"

/* Arrays of a block that are made here. */
typedef struct made_columns {
    double *balance_start, *cash, *cost, *garnish;
    int32_t *debtor;
    uint8_t *treatment, *title_state, *exit;
} made_columns;

static const jk_layout made_layout[] = {
    JK_LAYOUT(made_columns, balance_start), JK_LAYOUT(made_columns, cash),   JK_LAYOUT(made_columns, cost),
    JK_LAYOUT(made_columns, garnish),       JK_LAYOUT(made_columns, debtor), JK_LAYOUT(made_columns, treatment),
    JK_LAYOUT(made_columns, title_state),   JK_LAYOUT(made_columns, exit),
};
enum { MADE_COUNT = sizeof made_layout / sizeof made_layout[0] };

typedef struct worker {
    unsigned char *memory;
    jk_block block;
    jk_law_facts law;
    jk_score_columns score;
    made_columns made;
    void *scratch;
} worker;

typedef struct stream {
    const jk_panel *panel;
    size_t block_rows, first_block;
    bool plain; /* without law and score */
    worker *workers;
    jk_panel_visit *visit;
    void *context;
} stream;

static size_t piece(size_t bytes) {
    return (bytes + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
}

static jk_status worker_create(const jk_panel *panel, size_t rows, worker *own, jk_error *error) {
    size_t bytes = 0;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        bytes += panel->columns >> c & 1 ? piece(rows * jk_schema_element_size((jk_column)c)) : 0;
    }
    size_t law = piece(jk_law_facts_size(rows));
    size_t score = piece(jk_score_columns_size(rows));
    size_t made = piece(jk_layout_size(made_layout, MADE_COUNT, rows));
    own->memory = jk_columns_zero(bytes + law + score + made + jk_score_scratch_size(panel->scorer, rows), 1);
    JK_TRY(jk_held(own->memory != NULL, error, "a block of a panel"));
    unsigned char *next = own->memory;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (panel->columns >> c & 1) {
            own->block.column[c] = next;
            next += piece(rows * jk_schema_element_size((jk_column)c));
        }
    }
    jk_law_facts_place(&own->law, rows, next);
    jk_score_columns_place(&own->score, rows, next + law);
    jk_layout_place(made_layout, MADE_COUNT, rows, next + law + score, &own->made);
    own->scratch = next + law + score + made;
    return JK_OK;
}

static jk_status read_block(const stream *self, worker *own, size_t number, jk_error *error) {
    const jk_panel *panel = self->panel;
    jk_block *block = &own->block;
    size_t rows = jk_tape_rows(panel->tape);
    block->first_row = number * self->block_rows;
    block->rows = rows - block->first_row < self->block_rows ? rows - block->first_row : self->block_rows;
    own->law.rows = own->score.rows = block->rows;
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        if (panel->columns >> c & 1) {
            JK_TRY(jk_tape_read(panel->tape, (jk_column)c, block->first_row, block->rows, block->column[c], error));
        }
    }
    int32_t *index = block->column[JK_COLUMN_DEBTOR_INDEX];
    memcpy(own->made.debtor, index, block->rows * sizeof *index);
    memcpy(index, panel->group + block->first_row, block->rows * sizeof *index);
    return JK_OK;
}

static double amount(int64_t minor, double exchange) {
    return minor == JK_MISSING_MONEY ? 0.0 : (double)minor / 100.0 * exchange;
}

static jk_status convert(const stream *self, worker *own, jk_error *error) {
    const jk_block *block = &own->block;
    const jk_law *law = self->panel->law;
    const int32_t *currency = JK_BLOCK_INT32(block, CURRENCY);
    const double *months = JK_BLOCK_REAL(block, PERIOD_MONTHS);
    for (size_t i = 0; i < block->rows; i++) {
        double exchange = law->exchange[currency[i] + 1];
        own->made.balance_start[i] = amount(JK_BLOCK_MONEY(block, BALANCE_START)[i], exchange);
        own->made.cash[i] = amount(JK_BLOCK_MONEY(block, CASH)[i], exchange);
        own->made.cost[i] = amount(JK_BLOCK_MONEY(block, COST)[i], exchange);
        if (!(months[i] > 0.0) || !(own->made.balance_start[i] > 0.0)) {
            return jk_fail(error, JK_ERROR_FORMAT, jk_tape_path(self->panel->tape), 0,
                           months[i] > 0.0 ? "balance_start" : "period_months",
                           "row %zu has %g, expected more than 0: not a panel that import made",
                           block->first_row + i + 1, months[i] > 0.0 ? own->made.balance_start[i] : months[i]);
        }
    }
    return JK_OK;
}

static void settle_codes(worker *own) {
    const jk_block *block = &own->block;
    for (size_t i = 0; i < block->rows; i++) {
        int8_t treatment = JK_BLOCK_ENUM(block, TREATMENT)[i];
        int8_t title = JK_BLOCK_ENUM(block, TITLE_STATE)[i];
        int8_t exit = JK_BLOCK_ENUM(block, EXIT)[i];
        own->made.treatment[i] = (uint8_t)(treatment < 0 ? JK_TREAT_SURVEIL : treatment);
        own->made.title_state[i] = title < 0 ? own->law.title_state[i] : (uint8_t)title;
        own->made.exit[i] = (uint8_t)(exit < 0 ? JK_EXIT_NONE : exit);
    }
}

static void garnishments(const jk_panel *panel, worker *own) {
    const int32_t *group = JK_BLOCK_INT32(&own->block, DEBTOR_INDEX);
    for (size_t i = 0; i < own->block.rows; i++) {
        own->made.garnish[i] = jk_law_garnish(&own->law, i, &panel->debtors, group[i]);
    }
}

static jk_status stream_block(void *context, int thread, size_t i, jk_error *error) {
    stream *self = context;
    worker *own = &self->workers[thread];
    const size_t number = self->first_block + i;
    JK_TRY(read_block(self, own, number, error));
    JK_TRY(convert(self, own, error));
    if (!self->plain) {
        jk_law_block(self->panel->law, &own->block, &own->law);
        jk_score_block(self->panel->scorer, &own->block, &own->law, &own->score, own->scratch);
        garnishments(self->panel, own);
    }
    settle_codes(own);
    const jk_panel_block seen = {
        .thread = thread,
        .number = number,
        .first_row = own->block.first_row,
        .rows = own->block.rows,
        .block = &own->block,
        .law = self->plain ? NULL : &own->law,
        .score = self->plain ? NULL : &own->score,
        .balance_start = own->made.balance_start,
        .months = JK_BLOCK_REAL(&own->block, PERIOD_MONTHS),
        .cash = own->made.cash,
        .cost = own->made.cost,
        .age_start = own->law.age_months,
        .garnish = own->made.garnish,
        .period_start = JK_BLOCK_INT32(&own->block, PERIOD_START),
        .debtor = own->made.debtor,
        .claim = JK_BLOCK_INT32(&own->block, CLAIM_INDEX),
        .treatment = own->made.treatment,
        .title_state = own->made.title_state,
        .exit = own->made.exit,
        .class_start = JK_BLOCK_ENUM(&own->block, CAPACITY_CLASS),
        .class_end = JK_BLOCK_ENUM(&own->block, CAPACITY_CLASS_END),
    };
    return self->visit(self->context, &seen, error);
}

int jk_panel_threads(const jk_panel *panel, const jk_run *run) {
    size_t blocks = jk_panel_blocks(panel, run);
    int threads = jk_threads(run);
    return (size_t)threads < blocks ? threads : (int)blocks;
}

static jk_status stream_blocks(const jk_panel *panel, const jk_run *run, bool plain, size_t first, size_t end,
                               jk_panel_visit *visit, void *context, jk_error *error) {
    jk_run own_run = run == NULL ? (jk_run){0} : *run;
    own_run.threads = jk_panel_threads(panel, run);
    stream self = {.panel = panel,
                   .block_rows = jk_panel_block_rows(panel, run),
                   .first_block = first,
                   .plain = plain,
                   .visit = visit,
                   .context = context};
    jk_status status = JK_OK;
    self.workers = jk_columns_zero((size_t)own_run.threads, sizeof *self.workers);
    JK_TRY(jk_held(self.workers != NULL, error, "the threads' blocks"));
    for (int i = 0; i < own_run.threads; i++) {
        JK_TRY_CLEANUP(worker_create(panel, self.block_rows, &self.workers[i], error));
    }
    JK_TRY_CLEANUP(jk_parallel_for(&own_run, end - first, "panel", self.block_rows, stream_block, &self, error));
cleanup:
    for (int i = 0; i < own_run.threads; i++) {
        free(self.workers[i].memory);
    }
    free(self.workers);
    return status;
}

jk_status jk_panel_stream(const jk_panel *panel, const jk_run *run, jk_panel_visit *visit, void *context,
                          jk_error *error) {
    return stream_blocks(panel, run, false, 0, jk_panel_blocks(panel, run), visit, context, error);
}

jk_status jk_panel_stream_plain(const jk_panel *panel, const jk_run *run, jk_panel_visit *visit, void *context,
                                jk_error *error) {
    return stream_blocks(panel, run, true, 0, jk_panel_blocks(panel, run), visit, context, error);
}

jk_status jk_panel_stream_own(const jk_panel *panel, const jk_run *run, jk_panel_visit *visit, void *context,
                              jk_error *error) {
    size_t first = 0, end = 0;
    jk_team_rows(JK_PASS_RESULT, jk_panel_blocks(panel, run), &first, &end);
    return stream_blocks(panel, run, false, first, end, visit, context, error);
}
