/* SPDX-License-Identifier: Apache-2.0 */
#include "history/join/panel_join.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "import/commit/key.h"

enum { PIECE_ROWS = 65536, TAPES_MAX = 4096, PERIOD_MAX = 120 };

static jk_status check_options(const jk_panel_join_options *options, jk_error *error) {
    if (options->tape_count < 2 || options->tape_count > TAPES_MAX || options->payments == NULL ||
        options->output == NULL) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "history needs two tapes at least, a list of payments and an output");
    }
    if (options->period_months < 1 || options->period_months > PERIOD_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "period_months", "periods of %d months: expected 1 to %d",
                       options->period_months, PERIOD_MAX);
    }
    if (options->actions == NULL && options->treatment < 0) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "treatment",
                       "what was done is not known: expected a list of actions, or one treatment for all periods");
    }
    return JK_OK;
}

static jk_status open_tapes(join_work *work) {
    const jk_panel_join_options *options = work->options;
    work->tapes = calloc(options->tape_count, sizeof(jk_tape *));
    work->number = calloc(options->tape_count, sizeof *work->number);
    JK_TRY(jk_held(work->tapes != NULL && work->number != NULL, work->error, "tapes"));
    for (size_t i = 0; i < options->tape_count; i++) {
        JK_TRY(jk_tape_open(options->tapes[i], &work->tapes[i], work->error));
        int32_t cutoff = jk_tape_cutoff(work->tapes[i]);
        if (cutoff == JK_MISSING_INTEGER) {
            return jk_fail(work->error, JK_ERROR_DATA, options->tapes[i], 0, "cutoff",
                           "the tape names no cut-off date; expected one (import it with --cutoff)");
        }
        if (i > 0 && cutoff <= jk_tape_cutoff(work->tapes[i - 1])) {
            char own[JK_DATE_TEXT], before[JK_DATE_TEXT];
            return jk_fail(work->error, JK_ERROR_DATA, options->tapes[i], 0, "cutoff",
                           "is %s, expected a day after %s, the cut-off of %s", jk_date_format(cutoff, own),
                           jk_date_format(jk_tape_cutoff(work->tapes[i - 1]), before), options->tapes[i - 1]);
        }
    }
    return JK_OK;
}

static jk_status number_tape(join_work *work, size_t t, size_t *capacity) {
    const jk_tape *tape = work->tapes[t];
    size_t rows = jk_tape_rows(tape);
    size_t width = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    work->number[t] = jk_columns_alloc(rows, sizeof(uint32_t));
    char *ids = jk_columns_alloc(PIECE_ROWS, width);
    jk_status status = work->number[t] == NULL || ids == NULL || !jk_id_reserve(&work->claims, rows)
                           ? jk_fail_memory(work->error, "the claims of tapes")
                           : JK_OK;
    for (size_t first = 0; first < rows && status == JK_OK; first += PIECE_ROWS) {
        size_t count = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        status = jk_tape_read(tape, JK_COLUMN_CLAIM_ID, first, count, ids, work->error);
        for (size_t i = 0; i < count && status == JK_OK; i++) {
            uint64_t key[2];
            jk_import_key(ids + i * width, strnlen(ids + i * width, width), work->seed, key);
            work->number[t][first + i] = jk_id_find_or_add(&work->claims, key, (uint32_t)work->claims.count);
        }
    }
    free(ids);
    if (status == JK_OK && work->claims.count > *capacity) {
        uint16_t *last = realloc(work->last_tape, work->claims.count * sizeof *last);
        JK_TRY(jk_held(last != NULL, work->error, "the claims of tapes"));
        work->last_tape = last;
        *capacity = work->claims.count;
    }
    for (size_t row = 0; row < rows && status == JK_OK; row++) {
        work->last_tape[work->number[t][row]] = (uint16_t)t;
    }
    return status;
}

/* Opens the tapes and numbers their claims. */
static jk_status number_claims(join_work *work) {
    size_t capacity = 0;
    JK_TRY(open_tapes(work));
    if (getrandom(&work->seed, sizeof work->seed, 0) != (ssize_t)sizeof work->seed) {
        work->seed = (uint64_t)(uintptr_t)work; /* an address: hard to guess, though not impossible */
    }
    for (size_t t = 0; t < work->options->tape_count; t++) {
        size_t before = work->claims.count;
        JK_TRY(number_tape(work, t, &capacity));
        work->summary->entered += t > 0 ? work->claims.count - before : 0;
        work->summary->last_only = t + 1 == work->options->tape_count ? work->claims.count - before : 0;
    }
    for (size_t c = 0; c < work->claims.count; c++) {
        work->summary->vanished += work->last_tape[c] + 1u < work->options->tape_count;
    }
    work->summary->first_start = jk_tape_cutoff(work->tapes[0]);
    work->summary->end = jk_tape_cutoff(work->tapes[work->options->tape_count - 1]);
    return JK_OK;
}

jk_status jk_join_extras(const join_work *work, jk_extras *extras) {
    for (size_t t = 0; t < work->options->tape_count; t++) {
        const jk_extras *own = jk_tape_extras(work->tapes[t]);
        for (int i = 0; i < JK_EXTRA_COUNT; i++) {
            size_t places = 0;
            if (own->name[i] == NULL) {
                continue;
            }
            const jk_type type = jk_schema_column((jk_column)(JK_FIXED_COLUMN_COUNT + i))->type;
            int found = jk_extras_find(extras, own->name[i]);
            if (found >= 0 && jk_schema_column((jk_column)found)->type != type) {
                return jk_fail(work->error, JK_ERROR_DATA, jk_tape_path(work->tapes[t]), 0, own->name[i],
                               "this own column is %s here and %s on an earlier tape", jk_extra_type_name(type),
                               jk_extra_type_name(jk_schema_column((jk_column)found)->type));
            }
            if (found < 0 && jk_extras_add(extras, type, own->name[i], &places) < 0) {
                return jk_fail(work->error, JK_ERROR_DATA, jk_tape_path(work->tapes[t]), 0, own->name[i],
                               "the tapes have more than %zu own columns of type %s together", places,
                               jk_extra_type_name(type));
            }
        }
    }
    return JK_OK;
}

static void free_work(join_work *work) {
    for (size_t t = 0; t < work->options->tape_count; t++) {
        if (work->tapes != NULL) {
            jk_tape_close(work->tapes[t]);
        }
        if (work->number != NULL) {
            free(work->number[t]);
        }
    }
    free((void *)work->tapes);
    free((void *)work->number);
    free(work->last_tape);
    free(work->payments.event);
    free(work->payments.first);
    free(work->actions.event);
    free(work->actions.first);
    jk_id_free(&work->claims);
}

jk_status jk_panel_join(const jk_panel_join_options *options, const jk_run *run, jk_panel_join_summary *summary,
                        jk_error *error) {
    jk_error own = {0};
    *summary = (jk_panel_join_summary){0};
    join_work work = {.options = options, .run = run, .summary = summary, .error = error != NULL ? error : &own};
    JK_TRY(check_options(options, work.error));
    jk_status status = number_claims(&work);
    status = status == JK_OK ? jk_join_read_lists(&work) : status;
    status = status == JK_OK ? jk_join_write_rows(&work) : status;
    free_work(&work);
    return status;
}
