/* SPDX-License-Identifier: Apache-2.0 */
/* Of texts only whether they are given: a pass over one column. */

#include "base/error.h"
#include "base/team/parallel.h"
#include "inspect/scan.h"

typedef struct text_count {
    const jk_tape *tape;
    jk_column column;
    size_t width, first_block;
    char **values;
    atomic_uint_least64_t missing;
} text_count;

jk_status jk_scan_add_over_ranks(const char *stage, const jk_tally *tally, jk_error *error) {
    return jk_team_role_now() == JK_TEAM_RANKS
               ? jk_team_sum(JK_PASS_RESULT, (jk_team_question){stage, 0}, tally, 1, error)
               : JK_OK;
}

static jk_status count_text_block(void *context, int thread, size_t index, jk_error *error) {
    text_count *self = context;
    size_t all = jk_tape_rows(self->tape), first = (self->first_block + index) * JK_SCAN_BLOCK_ROWS;
    size_t rows = all - first < JK_SCAN_BLOCK_ROWS ? all - first : JK_SCAN_BLOCK_ROWS;
    JK_TRY(jk_tape_read(self->tape, self->column, first, rows, self->values[thread], error));
    uint64_t missing = 0;
    for (size_t i = 0; i < rows; i++) {
        missing += self->values[thread][i * self->width] == '\0';
    }
    (void)atomic_fetch_add(&self->missing, missing);
    return JK_OK;
}

jk_status jk_scan_texts(const jk_tape *tape, jk_column column, const jk_run *run, jk_arena *arena, uint64_t *missing,
                        jk_error *error) {
    const size_t threads = (size_t)jk_threads(run);
    text_count job = {.tape = tape, .column = column, .width = jk_tape_text_width(tape, column)};
    job.values = jk_arena_alloc(arena, threads, sizeof *job.values);
    for (size_t t = 0; t < threads; t++) {
        char *values = job.values == NULL ? NULL : jk_arena_alloc(arena, JK_SCAN_BLOCK_ROWS, job.width);
        JK_TRY(jk_held(values != NULL, error, "a text column"));
        job.values[t] = values;
    }
    size_t end = 0;
    jk_scan_blocks(tape, &job.first_block, &end);
    JK_TRY(jk_parallel_for(run, end - job.first_block, "inspect texts", JK_SCAN_BLOCK_ROWS, count_text_block, &job,
                           error));
    int64_t found = (int64_t)atomic_load(&job.missing);
    const jk_tally tally = {JK_TALLY_INT64, &found, 1};
    JK_TRY(jk_scan_add_over_ranks("inspect texts", &tally, error));
    *missing = (uint64_t)found;
    return JK_OK;
}
