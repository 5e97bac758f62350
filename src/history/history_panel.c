/* SPDX-License-Identifier: Apache-2.0 */
/* A panel's rows into counts. What a row cannot say of its own end is a question to the claim's next row, wherever that
 * stands: a first stream counts and gathers the questions, a second one finds the answers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/fmath.h"
#include "history/history.h"

/* A row that does not know its end. */
typedef struct question {
    int32_t claim, next; /* next question of the claim, or -1 */
    int32_t period_start;
    float months;
    uint16_t segment;
    uint8_t treatment;
    int8_t class_start, title_start; /* -1: not asked */
} question;

/* A row that stands where a question's next row would. */
typedef struct answer {
    int32_t question, period_start;
    float distance; /* from where the period ends, months */
    int8_t class, title;
} answer;

/* Questions or answers of one block. */
typedef struct block_list {
    size_t count, capacity;
    void *items;
} block_list;

typedef struct collection {
    const jk_panel *panel;
    const jk_model *model;
    const jk_panel_filter *filter;
    int threads;
    jk_history **history; /* [threads] */
    char *scratch;        /* [threads][scratch_size] */
    uint8_t *keep;        /* [threads][block_rows] */
    size_t scratch_size, block_rows, blocks, claims;
    block_list *list;    /* [blocks] */
    question *questions; /* all, in row order */
    size_t question_count;
    int32_t *first; /* [claims] question, or -1 */
} collection;

static void *list_add(block_list *list, size_t size) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        void *larger = realloc(list->items, capacity * size);
        if (larger == NULL) {
            return NULL;
        }
        list->items = larger;
        list->capacity = capacity;
    }
    return (char *)list->items + size * list->count++;
}

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

static jk_status filter_block(const collection *work, const jk_panel_block *block, uint8_t **keep, jk_error *error) {
    size_t thread = (size_t)block->thread;
    size_t kept = 0;
    *keep = work->keep + thread * work->block_rows;
    return jk_panel_filter_rows(work->filter, work->panel, block, work->scratch + thread * work->scratch_size, *keep,
                                &kept, error);
}

/* ---- the first stream -------------------------------------------------------------------------------------------- */

static jk_status count_rows(void *context, const jk_panel_block *block, jk_error *error) {
    collection *work = context;
    uint8_t *keep = NULL;
    JK_TRY(filter_block(work, block, &keep, error));
    for (size_t i = 0; i < block->rows; i++) {
        if (!keep[i]) {
            continue;
        }
        jk_history_row row = row_of(work->model, block, i);
        jk_history_add(work->history[block->thread], &row);
        bool class = row.class_start >= 0 && row.class_end < 0;
        bool title = row.treatment == JK_TREAT_LEGAL && row.title_start < JK_TITLE_HELD;
        if (row.end != JK_HISTORY_OPEN || (!class && !title)) {
            continue;
        }
        question *asked = list_add(&work->list[block->number], sizeof *asked);
        JK_TRY(jk_held(asked != NULL, error, "counts of history"));
        *asked = (question){.claim = block->claim[i],
                            .next = -1,
                            .period_start = block->period_start[i],
                            .months = (float)row.months,
                            .segment = (uint16_t)row.segment,
                            .treatment = (uint8_t)row.treatment,
                            .class_start = (int8_t)(class ? row.class_start : -1),
                            .title_start = (int8_t)(title ? row.title_start : -1)};
    }
    return JK_OK;
}

/* All questions in one piece, chained by claim. */
static bool join_questions(collection *work) {
    for (size_t b = 0; b < work->blocks; b++) {
        work->question_count += work->list[b].count;
    }
    work->questions = jk_columns_alloc(work->question_count, sizeof *work->questions);
    work->first = jk_columns_alloc(work->claims, sizeof *work->first);
    if (work->questions == NULL || work->first == NULL || work->question_count > INT32_MAX) {
        return false;
    }
    memset(work->first, 0xff, work->claims * sizeof *work->first);
    size_t at = 0;
    for (size_t b = 0; b < work->blocks; b++) {
        block_list *list = &work->list[b];
        if (list->count > 0) {
            memcpy(work->questions + at, list->items, list->count * sizeof *work->questions);
        }
        at += list->count;
        free(list->items);
        *list = (block_list){0};
    }
    for (size_t q = 0; q < work->question_count; q++) {
        int32_t *first = &work->first[work->questions[q].claim];
        work->questions[q].next = *first;
        *first = (int32_t)q;
    }
    return true;
}

/* ---- the second stream ------------------------------------------------------------------------------------------- */

static jk_status find_answers(void *context, const jk_panel_block *block, jk_error *error) {
    collection *work = context;
    uint8_t *keep = NULL;
    JK_TRY(filter_block(work, block, &keep, error));
    for (size_t i = 0; i < block->rows; i++) {
        for (int32_t q = keep[i] ? work->first[block->claim[i]] : -1; q >= 0; q = work->questions[q].next) {
            const question *asked = &work->questions[q];
            double months = (double)(block->period_start[i] - asked->period_start) / JK_DAYS_PER_MONTH;
            double distance = fabs(months - (double)asked->months);
            if (months <= 0.0 || distance > 0.5) {
                continue;
            }
            answer *found = list_add(&work->list[block->number], sizeof *found);
            JK_TRY(jk_held(found != NULL, error, "counts of history"));
            *found = (answer){.question = q,
                              .period_start = block->period_start[i],
                              .distance = (float)distance,
                              .class = block->class_start[i],
                              .title = (int8_t)block->title_state[i]};
        }
    }
    return JK_OK;
}

static bool is_better(const answer *a, const answer *b) {
    return a->distance < b->distance || (a->distance == b->distance && a->period_start < b->period_start);
}

/* Each question takes the nearest answer. */
static bool add_answers(collection *work) {
    const answer **best = jk_columns_zero(work->question_count, sizeof *best);
    if (best == NULL) {
        return false;
    }
    for (size_t b = 0; b < work->blocks; b++) {
        const answer *answers = work->list[b].items;
        for (size_t i = 0; i < work->list[b].count; i++) {
            const answer **own = &best[answers[i].question];
            *own = *own == NULL || is_better(&answers[i], *own) ? &answers[i] : *own;
        }
    }
    for (size_t q = 0; q < work->question_count; q++) {
        const question *asked = &work->questions[q];
        if (best[q] != NULL) {
            jk_history_row row = {.segment = asked->segment,
                                  .treatment = (jk_treatment)asked->treatment,
                                  .class_start = asked->class_start,
                                  .class_end = best[q]->class,
                                  .title_start = asked->title_start,
                                  .title_end = asked->title_start >= 0 ? best[q]->title : -1,
                                  .end = JK_HISTORY_OPEN,
                                  .months = (double)asked->months};
            jk_history_add_states(work->history[0], &row);
        }
    }
    free(best);
    return true;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static bool prepare(collection *work) {
    size_t threads = (size_t)work->threads;
    work->history = jk_columns_zero(threads, sizeof *work->history);
    work->scratch = jk_columns_alloc(threads, work->scratch_size);
    work->keep = jk_columns_alloc(threads, work->block_rows);
    work->list = jk_columns_zero(work->blocks, sizeof *work->list);
    bool good = work->history != NULL && work->scratch != NULL && work->keep != NULL && work->list != NULL;
    for (size_t t = 0; good && t < threads; t++) {
        work->history[t] = jk_history_create(work->model->segment_count);
        good = work->history[t] != NULL;
    }
    return good;
}

static void release(collection *work) {
    for (int t = 0; work->history != NULL && t < work->threads; t++) {
        jk_history_free(work->history[t]);
    }
    for (size_t b = 0; work->list != NULL && b < work->blocks; b++) {
        free(work->list[b].items);
    }
    free(work->history);
    free(work->scratch);
    free(work->keep);
    free(work->list);
    free(work->questions);
    free(work->first);
}

jk_status jk_history_collect(const jk_panel *panel, const jk_model *model, const jk_panel_filter *filter,
                             const jk_run *run, jk_history **history, jk_error *error) {
    collection work = {.panel = panel,
                       .model = model,
                       .filter = filter,
                       .threads = jk_panel_threads(panel, run),
                       .scratch_size = jk_panel_filter_scratch(panel, run),
                       .block_rows = jk_panel_block_rows(panel, run),
                       .blocks = jk_panel_blocks(panel, run),
                       .claims = jk_tape_claims(jk_panel_tape(panel))};
    *history = NULL;
    jk_status status = prepare(&work) ? jk_panel_stream(panel, run, count_rows, &work, error)
                                      : jk_fail_memory(error, "counts of history");
    if (status == JK_OK && !join_questions(&work)) {
        status = jk_fail_memory(error, "counts of history");
    }
    if (status == JK_OK && work.question_count > 0) {
        status = jk_panel_stream(panel, run, find_answers, &work, error);
    }
    if (status == JK_OK && !add_answers(&work)) {
        status = jk_fail_memory(error, "counts of history");
    }
    if (status == JK_OK) {
        for (int t = 1; t < work.threads; t++) {
            jk_history_merge(work.history[0], work.history[t]);
        }
        *history = work.history[0];
        work.history[0] = NULL;
    }
    release(&work);
    return status;
}
