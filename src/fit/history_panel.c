/* SPDX-License-Identifier: Apache-2.0 */
/* A panel's rows into counts. Blocks come in any order and from several threads; a block's last row is held back until
 * the first row of the next block is known. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/fmath.h"
#include "base/memory.h"
#include "jalki/transitions.h"

/* What the row before needs to know of a row. */
typedef struct row_head {
    bool kept;
    int32_t claim, period_start;
    int class_start, title_start;
} row_head;

/* First and last row of a block. */
typedef struct block_ends {
    row_head first, last_head;
    jk_history_row last;
} block_ends;

typedef struct collection {
    const jk_panel *panel;
    const jk_model *model;
    const jk_panel_filter *filter;
    int threads;
    jk_history **history; /* [threads] */
    char *scratch;        /* [threads][scratch_size] */
    uint8_t *keep;        /* [threads][block_rows] */
    size_t scratch_size, block_rows, blocks;
    block_ends *ends; /* [blocks] */
} collection;

/* exit.. of model.md section 4 that the segment does not have: status and mortality at the middle of the period. */
static double known_exit(const jk_model *model, const jk_panel_block *block, size_t i) {
    const jk_law_facts *law = block->law;
    double exit = law->exit_status[i];
    if (!isnan(law->debtor_age[i])) {
        const jk_jurisdiction *place = &model->jurisdictions[law->jurisdiction[i]];
        double age = law->debtor_age[i] + block->months[i] / 24.0;
        exit += place->mortality.G * jk_exp(place->mortality.b * age) / 12.0;
    }
    return exit;
}

static jk_history_end end_of(uint8_t exit) {
    switch ((jk_panel_exit)exit) {
    case JK_EXIT_NONE:
        return JK_HISTORY_OPEN;
    case JK_EXIT_PAID:
        return JK_HISTORY_PAID;
    case JK_EXIT_DEATH:
        return JK_HISTORY_DEATH;
    case JK_EXIT_INSOLVENCY:
        return JK_HISTORY_INSOLVENCY;
    default:
        return JK_HISTORY_OTHER;
    }
}

static row_head head_of(const jk_panel_block *block, const uint8_t *keep, size_t i) {
    return (row_head){.kept = keep[i],
                      .claim = block->claim[i],
                      .period_start = block->period_start[i],
                      .class_start = block->class_start[i],
                      .title_start = block->title_state[i]};
}

static jk_history_row row_of(const jk_model *model, const jk_panel_block *block, size_t i) {
    return (jk_history_row){.segment = block->law->segment[i],
                            .treatment = (jk_treatment)block->treatment[i],
                            .class_start = block->class_start[i],
                            .class_end = block->class_end[i],
                            .title_start = block->title_state[i],
                            .title_end = -1,
                            .end = end_of(block->exit[i]),
                            .months = block->months[i],
                            .known_exit = known_exit(model, block, i),
                            .balance = block->balance_start[i],
                            .cash = block->cash[i]};
}

/* What the next row tells of this row's end, if it is the claim's next period. */
static void look_ahead(jk_history_row *row, const row_head *head, const row_head *next) {
    const double days_a_month = 30.4375;
    double months = (double)(next->period_start - head->period_start) / days_a_month;
    if (!next->kept || next->claim != head->claim || fabs(months - row->months) > 0.5) {
        return;
    }
    row->title_end = next->title_start;
    row->class_end = row->class_end >= 0 ? row->class_end : next->class_start;
}

static jk_status visit(void *context, const jk_panel_block *block, jk_error *error) {
    collection *work = context;
    size_t thread = (size_t)block->thread;
    uint8_t *keep = work->keep + thread * work->block_rows;
    jk_history *history = work->history[thread];
    size_t kept = 0;
    JK_TRY(jk_panel_filter_rows(work->filter, work->panel, block, work->scratch + thread * work->scratch_size, keep,
                                &kept, error));
    for (size_t i = 0; i + 1 < block->rows; i++) {
        if (keep[i]) {
            jk_history_row row = row_of(work->model, block, i);
            row_head head = head_of(block, keep, i);
            row_head next = head_of(block, keep, i + 1);
            look_ahead(&row, &head, &next);
            jk_history_add(history, &row);
        }
    }
    size_t last = block->rows - 1;
    work->ends[block->number] = (block_ends){.first = head_of(block, keep, 0),
                                             .last_head = head_of(block, keep, last),
                                             .last = row_of(work->model, block, last)};
    return JK_OK;
}

static void add_last_rows(const collection *work) {
    for (size_t b = 0; b < work->blocks; b++) {
        block_ends *ends = &work->ends[b];
        if (ends->last_head.kept) {
            if (b + 1 < work->blocks) {
                look_ahead(&ends->last, &ends->last_head, &work->ends[b + 1].first);
            }
            jk_history_add(work->history[0], &ends->last);
        }
    }
}

static bool prepare(collection *work) {
    size_t threads = (size_t)work->threads;
    work->history = jk_columns_zero(threads, sizeof *work->history);
    work->scratch = jk_columns_alloc(threads, work->scratch_size);
    work->keep = jk_columns_alloc(threads, work->block_rows);
    work->ends = jk_columns_zero(work->blocks, sizeof *work->ends);
    bool good = work->history != NULL && work->scratch != NULL && work->keep != NULL && work->ends != NULL;
    for (size_t t = 0; good && t < threads; t++) {
        work->history[t] = jk_history_create(work->model->segment_count);
        good = work->history[t] != NULL;
    }
    return good;
}

jk_status jk_history_collect(const jk_panel *panel, const jk_model *model, const jk_panel_filter *filter,
                             const jk_run *run, jk_history **history, jk_error *error) {
    collection work = {.panel = panel,
                       .model = model,
                       .filter = filter,
                       .threads = jk_panel_threads(panel, run),
                       .scratch_size = jk_panel_filter_scratch(panel, run),
                       .block_rows = jk_panel_block_rows(panel, run),
                       .blocks = jk_panel_blocks(panel, run)};
    *history = NULL;
    jk_status status = prepare(&work) ? JK_OK : jk_fail_memory(error, "counts of history");
    if (status == JK_OK) {
        status = jk_panel_stream(panel, run, visit, &work, error);
    }
    if (status == JK_OK) {
        add_last_rows(&work);
        for (int t = 1; t < work.threads; t++) {
            jk_history_merge(work.history[0], work.history[t]);
        }
        *history = work.history[0];
        work.history[0] = NULL;
    }
    for (int t = 0; work.history != NULL && t < work.threads; t++) {
        jk_history_free(work.history[t]);
    }
    free(work.history);
    free(work.scratch);
    free(work.keep);
    free(work.ends);
    return status;
}
