/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a back-test: what the filter keeps of a panel, with what the model expects of each; and how
 * characteristics are spread in the test and in the reference. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backtest/internal.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/fmath.h"
#include "base/team/team.h"
#include "jalki/expected.h"

enum { SCORE_BAND = 50, SCORE_BANDS = 21, QUARTERS = 4, MONTHS = 12, FIRST_YEAR = 1900, SAMPLES = 2 };

/* Rows of one block. */
typedef struct kept_block {
    size_t count;
    jk_backtest_row *row;
} kept_block;

/* Memory of one thread. */
typedef struct bench {
    double *expected;
    uint8_t *keep;
    uint8_t *sample; /* of stability: 0 reference, 1 test, 2 neither */
    uint16_t *level;
    char *scratch;
    int64_t *counts; /* [SAMPLES][levels] */
} bench;

typedef struct collection {
    const jk_panel *panel;
    const jk_model *model;
    const jk_backtest_options *options;
    int32_t middle; /* start of the second half; the reference is what is outside the filter if JK_MISSING_INTEGER */
    size_t *first_level; /* [1 + characteristics + 1]: of the score, then of each characteristic */
    size_t levels, blocks;
    kept_block *block;
    bench *bench;
    int threads;
} collection;

/* ---- one block --------------------------------------------------------------------------------------------------- */

static uint16_t code_of(int64_t code) {
    return (uint16_t)(code < 0 ? 0 : code > JK_BACKTEST_CODE_MAX ? JK_BACKTEST_CODE_MAX : code);
}

static void set_codes(const jk_panel_block *block, size_t i, uint16_t *code) {
    jk_civil start = jk_civil_from_date(block->period_start[i]);
    jk_civil origin = jk_civil_from_date(JK_BLOCK_INT32(block->block, WRITTEN_OFF_ON)[i]);
    code[JK_BACKTEST_SEGMENT] = block->law->segment[i];
    code[JK_BACKTEST_TREATMENT] = block->treatment[i];
    code[JK_BACKTEST_SCORE_BAND] = code_of(block->score->score[i] / SCORE_BAND);
    code[JK_BACKTEST_VINTAGE] = code_of(origin.year * QUARTERS + (origin.month - 1) / 3);
    code[JK_BACKTEST_MONTH] = code_of((int64_t)(start.year - FIRST_YEAR) * MONTHS + start.month - 1);
    code[JK_BACKTEST_AGE] = code_of((int64_t)(block->age_start[i] / MONTHS));
    code[JK_BACKTEST_CLASS] = code_of((int64_t)jk_expected_class(block, i));
    code[JK_BACKTEST_COUNTRY] = code_of(JK_BLOCK_INT32(block->block, COUNTRY)[i]);
    int32_t paid_on = JK_BLOCK_INT32(block->block, LAST_PAID_ON)[i];
    code[JK_BACKTEST_PAYING] =
        block->score->paying[i] != 0 ? code_of(1 + jk_months_between(paid_on, block->period_start[i])) : 0;
    code[JK_BACKTEST_TENTH_CODE] = 0;
}

static jk_status keep_rows(const collection *work, const jk_panel_block *block, const bench *own, size_t kept,
                           jk_error *error) {
    kept_block *out = &work->block[block->number];
    jk_expected_cash(work->model, block, own->expected);
    out->row = jk_columns_alloc(kept, sizeof *out->row);
    JK_TRY(jk_held(out->row != NULL, error, "the rows of a back-test"));
    for (size_t i = 0; i < block->rows; i++) {
        if (own->keep[i]) {
            jk_backtest_row *row = &out->row[out->count++];
            *row = (jk_backtest_row){.cash = block->cash[i],
                                     .expected = own->expected[i],
                                     .balance = block->balance_start[i],
                                     .months = block->months[i],
                                     .debtor = block->debtor[i],
                                     .claim = block->claim[i],
                                     .period_start = block->period_start[i]};
            set_codes(block, i, row->code);
        }
    }
    return JK_OK;
}

static void count_levels(const collection *work, const jk_panel_block *block, const bench *own) {
    const jk_panel_filter *filter = &work->options->filter;
    int64_t *counts = own->counts;
    for (size_t i = 0; i < block->rows; i++) {
        bool early = block->period_start[i] < work->middle;
        bool late = filter->to != JK_MISSING_INTEGER && block->period_start[i] >= filter->to;
        own->sample[i] = work->middle != JK_MISSING_INTEGER ? (late ? 2 : !early) : own->keep[i] ? 1 : late ? 2 : 0;
        size_t band = (size_t)(block->score->score[i] / SCORE_BAND);
        if (own->sample[i] < SAMPLES) {
            counts[own->sample[i] * work->levels + band]++;
        }
    }
    for (size_t c = 0; c < work->model->scorecard.count; c++) {
        jk_score_levels(jk_panel_scorer(work->panel), c, block->block, block->law, own->level);
        int64_t *first = counts + work->first_level[c + 1];
        for (size_t i = 0; i < block->rows; i++) {
            if (own->sample[i] < SAMPLES) {
                first[own->sample[i] * work->levels + own->level[i]]++;
            }
        }
    }
}

static jk_status visit(void *context, const jk_panel_block *block, jk_error *error) {
    collection *work = context;
    const bench *own = &work->bench[block->thread];
    size_t kept = 0;
    JK_TRY(jk_panel_filter_rows(&work->options->filter, work->panel, block, own->scratch, own->keep, &kept, error));
    JK_TRY(keep_rows(work, block, own, kept, error));
    count_levels(work, block, own);
    return JK_OK;
}

/* ---- preparation ------------------------------------------------------------------------------------------------- */

static bool prepare(collection *work) {
    const jk_scorecard *card = &work->model->scorecard;
    work->first_level = jk_columns_zero(card->count + 2, sizeof *work->first_level);
    if (work->first_level == NULL) {
        return false;
    }
    work->levels = SCORE_BANDS;
    for (size_t c = 0; c < card->count; c++) {
        work->first_level[c + 1] = work->levels;
        work->levels += jk_score_level_count(&card->characteristics[c]);
    }
    work->first_level[card->count + 1] = work->levels;
    size_t rows = jk_panel_block_rows(work->panel, &work->options->run);
    work->blocks = jk_panel_blocks(work->panel, &work->options->run);
    work->threads = jk_panel_threads(work->panel, &work->options->run);
    work->block = jk_columns_zero(work->blocks, sizeof *work->block);
    work->bench = jk_columns_zero((size_t)work->threads, sizeof *work->bench);
    bool good = work->block != NULL && work->bench != NULL;
    for (int t = 0; good && t < work->threads; t++) {
        bench *own = &work->bench[t];
        own->expected = jk_columns_alloc(rows, sizeof *own->expected);
        own->keep = jk_columns_alloc(rows, 1);
        own->sample = jk_columns_alloc(rows, 1);
        own->level = jk_columns_alloc(rows, sizeof *own->level);
        own->scratch = jk_columns_alloc(jk_panel_filter_scratch(work->panel, &work->options->run), 1);
        own->counts = jk_columns_zero(SAMPLES * work->levels, sizeof *own->counts);
        good = own->expected != NULL && own->keep != NULL && own->sample != NULL && own->level != NULL &&
               own->scratch != NULL && own->counts != NULL;
    }
    return good;
}

static void release(collection *work) {
    for (int t = 0; work->bench != NULL && t < work->threads; t++) {
        bench *own = &work->bench[t];
        free(own->expected);
        free(own->keep);
        free(own->sample);
        free(own->level);
        free(own->scratch);
        free(own->counts);
    }
    for (size_t b = 0; work->block != NULL && b < work->blocks; b++) {
        free(work->block[b].row);
    }
    free(work->bench);
    free(work->block);
    free(work->first_level);
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

jk_status jk_backtest_order(jk_backtest_rows *rows, jk_error *error) {
    size_t *place = jk_columns_zero(rows->debtors + 1, sizeof *place);
    free(rows->by_debtor);
    rows->by_debtor = jk_columns_alloc(rows->count, sizeof *rows->by_debtor);
    if (place == NULL || rows->by_debtor == NULL || rows->count > UINT32_MAX) {
        free(place);
        return jk_fail_memory(error, "the order of a back-test's rows");
    }
    for (size_t i = 0; i < rows->count; i++) {
        place[rows->row[i].debtor + 1]++;
    }
    for (size_t d = 0; d < rows->debtors; d++) {
        place[d + 1] += place[d];
    }
    for (size_t i = 0; i < rows->count; i++) {
        rows->by_debtor[place[rows->row[i].debtor]++] = (uint32_t)i;
    }
    free(place);
    return JK_OK;
}

/* Adds the rows of all blocks, and of a run on several processes those of all, to the rows that there are; blocks are
 * freed one by one on the way. */
static jk_status join(collection *work, jk_backtest_rows *rows, jk_error *error) {
    size_t count = 0;
    for (size_t b = 0; b < work->blocks; b++) {
        count += work->block[b].count;
    }
    jk_backtest_row *found = jk_columns_alloc(count, sizeof *found);
    JK_TRY(jk_held(found != NULL, error, "the rows of a back-test"));
    size_t at = 0;
    for (size_t b = 0; b < work->blocks; b++) {
        kept_block *block = &work->block[b];
        if (block->count > 0) {
            memcpy(found + at, block->row, block->count * sizeof *block->row);
        }
        at += block->count;
        free(block->row);
        block->row = NULL;
    }
    void *all = found;
    jk_status status = jk_team_join(&all, &count, sizeof *found, error);
    jk_backtest_row *both = all;
    if (status == JK_OK && rows->count > 0) { /* of folds before this one */
        both = jk_columns_alloc(rows->count + count, sizeof *both);
        if (both != NULL) {
            memcpy(both, rows->row, rows->count * sizeof *both);
            memcpy(both + rows->count, all, count * sizeof *both);
        } else {
            status = jk_fail_memory(error, "the rows of a back-test");
        }
        free(all);
    }
    free(rows->row);
    rows->row = both;
    rows->count = both != NULL ? rows->count + count : 0;
    return status;
}

static double index_of(const int64_t *reference, const int64_t *test, size_t levels) {
    double total[SAMPLES] = {0.0, 0.0};
    for (size_t l = 0; l < levels; l++) {
        total[0] += (double)reference[l];
        total[1] += (double)test[l];
    }
    if (!(total[0] > 0.0) || !(total[1] > 0.0)) {
        return (double)NAN;
    }
    double index = 0.0;
    for (size_t l = 0; l < levels; l++) {
        double p = ((double)reference[l] + 0.5) / (total[0] + 0.5 * (double)levels);
        double q = ((double)test[l] + 0.5) / (total[1] + 0.5 * (double)levels);
        index += (p - q) * jk_log(p / q);
    }
    return index;
}

static jk_status sum_counts(const collection *work, jk_error *error) {
    int64_t *counts = work->bench[0].counts;
    for (int t = 1; t < work->threads; t++) {
        for (size_t l = 0; l < SAMPLES * work->levels; l++) {
            counts[l] += work->bench[t].counts[l];
        }
    }
    const jk_tally tally = {JK_TALLY_INT64, counts, SAMPLES * work->levels};
    return jk_team_sum(JK_PASS_RESULT, (jk_team_question){"back-test", 0}, &tally, 1, error);
}

static jk_status find_stability(const collection *work, jk_backtest *test, jk_backtest_model *result, jk_error *error) {
    const jk_scorecard *card = &work->model->scorecard;
    int64_t *counts = work->bench[0].counts;
    JK_TRY(sum_counts(work, error));
    result->stability = jk_columns_zero(card->count + 1, sizeof *result->stability);
    JK_TRY(jk_held(result->stability != NULL, error, "stability"));
    test->reference_rows = 0;
    for (size_t l = 0; l < SCORE_BANDS; l++) {
        test->reference_rows += (size_t)counts[l];
    }
    for (size_t c = 0; c <= card->count; c++) {
        size_t first = work->first_level[c];
        jk_backtest_stability *out = &result->stability[result->stability_count++];
        (void)snprintf(out->name, sizeof out->name, "%s", c == 0 ? "score" : card->characteristics[c - 1].name);
        out->psi = index_of(counts + first, counts + work->levels + first,
                            (c == 0 ? SCORE_BANDS : work->first_level[c + 1] - first));
    }
    return JK_OK;
}

static bool takes_all(const jk_panel_filter *filter, jk_panel_span span) {
    return filter->low == 0 && filter->high == 100 &&
           (filter->from == JK_MISSING_INTEGER || filter->from <= span.first_start);
}

jk_status jk_backtest_collect(const jk_panel *panel, const jk_model *model, const jk_backtest_options *options,
                              jk_backtest *test, jk_backtest_model *result, jk_backtest_rows *rows, jk_error *error) {
    jk_panel_span span = jk_panel_span_of(panel);
    collection work = {.panel = panel, .model = model, .options = options, .middle = JK_MISSING_INTEGER};
    test->reference = takes_all(&options->filter, span) ? JK_REFERENCE_EARLY : JK_REFERENCE_OTHERS;
    if (test->reference == JK_REFERENCE_EARLY) {
        work.middle = span.first_start + (span.last_start - span.first_start + 1) / 2;
    }
    jk_status status = prepare(&work) ? JK_OK : jk_fail_memory(error, "a back-test");
    if (status == JK_OK) {
        status = jk_panel_stream_own(panel, &options->run, visit, &work, error);
    }
    if (status == JK_OK) {
        status = join(&work, rows, error);
    }
    if (status == JK_OK && options->folds == 1) {
        status = find_stability(&work, test, result, error);
    }
    release(&work);
    return status;
}

void jk_backtest_rows_reset(jk_backtest_rows *rows) {
    free(rows->row);
    free(rows->by_debtor);
    *rows = (jk_backtest_rows){0};
}
