/* SPDX-License-Identifier: Apache-2.0 */
/* Claims under all scenarios as CSV. Threads write their block's rows as text into buffers of their own, which go to
 * the file in tape order. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/team/team.h"
#include "base/text/escape.h"
#include "base/words/listing.h"
#include "jalki/scenario.h"
#include "value/results/number.h"

enum { DECISION_TEXT = 8, NAME_TEXT = 96 };

static const jk_listing_column columns[] = {
    JK_LISTED_TEXT("claim_id", NULL, "The seller's key"),
    JK_LISTED_TEXT("segment", NULL, "Segment of the model"),
    JK_LISTED_TEXT("base decision", NULL, "As things are"),
    JK_LISTED_MONEY("base value", NULL, "As things are"),
};

jk_listing jk_scenario_claims_columns(void) {
    return JK_LISTING_FILE("claims by scenario", columns);
}

typedef struct thread_text {
    char *text;
    size_t length;
} thread_text;

struct jk_scenario_claims {
    jk_output output;
    const jk_model *model;
    size_t id_width, row_bytes, cases;
    int threads;
    thread_text *thread;
    bool shared;
    uint64_t written, head; /* bytes so far, and of the heading */
};

static char *put_word(char *out, const char *word) {
    size_t length = strlen(word);
    memcpy(out, word, length);
    return out + length;
}

static char *put_row(const jk_scenario_claims *file, const jk_value_block *block, size_t row, char *out) {
    const char *id = (const char *)block->block->column[JK_COLUMN_CLAIM_ID] + row * file->id_width;
    out = jk_cell_write(out, id, strnlen(id, file->id_width));
    *out++ = ',';
    const char *segment = file->model->segments[block->law->segment[row]].id;
    out = jk_cell_write(out, segment, strlen(segment));
    for (size_t c = 0; c < file->cases; c++) {
        bool alone = block->case_value == NULL;
        *out++ = ',';
        out = put_word(out, jk_action_name((jk_action)(alone ? block->plan->decision : block->case_decision[c])[row]));
        *out++ = ',';
        out = jk_write_cents(out, (double)(alone ? block->plan->value : block->case_value[c])[row]);
    }
    *out++ = '\n';
    return out;
}

static jk_status write_bytes(jk_scenario_claims *file, const char *bytes, size_t size, jk_error *error) {
    if (fwrite(bytes, 1, size, file->output.stream) != size) {
        return jk_fail(error, JK_ERROR_IO, file->output.target, 0, NULL, "cannot write: %s", strerror(errno));
    }
    file->written += size;
    return JK_OK;
}

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    jk_scenario_claims *file = context;
    file->shared = shape->shared;
    file->thread = calloc((size_t)shape->threads, sizeof *file->thread);
    file->threads = file->thread == NULL ? 0 : shape->threads;
    bool held = file->thread != NULL;
    for (int t = 0; held && t < shape->threads; t++) {
        file->thread[t].text = malloc(file->row_bytes * shape->block_rows);
        held = file->thread[t].text != NULL;
    }
    return jk_held(held, error, "the text of claims");
}

static jk_status format_block(void *context, const jk_value_block *block, jk_error *error) {
    (void)error;
    jk_scenario_claims *file = context;
    thread_text *thread = &file->thread[block->thread];
    char *out = thread->text;
    for (size_t row = 0; row < block->block->rows; row++) {
        out = put_row(file, block, row, out);
    }
    thread->length = (size_t)(out - thread->text);
    return JK_OK;
}

static jk_status write_block(void *context, const jk_value_block *block, jk_error *error) {
    jk_scenario_claims *file = context;
    return write_bytes(file, file->thread[block->thread].text, file->thread[block->thread].length, error);
}

jk_value_sink jk_scenario_claims_sink(jk_scenario_claims *file) {
    return (jk_value_sink){.columns = UINT64_C(1) << JK_COLUMN_CLAIM_ID,
                           .row_bytes = file->row_bytes,
                           .begin = begin,
                           .block = format_block,
                           .ordered = write_block,
                           .context = file,
                           .parted = true};
}

/* Columns in the order of the grid's cases: base, re-planned, committed. */
static jk_status write_header(jk_scenario_claims *file, const jk_scenario_run *run, jk_error *error) {
    const unsigned modes[] = {JK_MODE_REPLANNED, JK_MODE_COMMITTED};
    static const char *const whats[] = {"decision", "value"};
    const jk_listing described = jk_scenario_claims_columns();
    char head[JK_LISTING_HEAD];
    JK_TRY(write_bytes(file, head, jk_listing_head(&described, head), error));
    for (size_t m = 0; m < 2; m++) {
        const char *mode = modes[m] == JK_MODE_COMMITTED ? " (committed)" : "";
        for (size_t i = 0; (run->modes & modes[m]) != 0 && i < 2 * run->scenario_count; i++) {
            char text[NAME_TEXT], cell[1 + JK_CELL_BYTES(NAME_TEXT)] = ",";
            int length = snprintf(text, sizeof text, "%.63s%s %s", run->scenarios[i / 2].name, mode, whats[i % 2]);
            char *end = jk_cell_write(cell + 1, text, (size_t)length);
            JK_TRY(write_bytes(file, cell, (size_t)(end - cell), error));
        }
    }
    JK_TRY(write_bytes(file, "\n", 1, error));
    file->head = file->written;
    return JK_OK;
}

jk_status jk_scenario_claims_open(const char *path, const jk_tape *tape, const jk_model *model,
                                  const jk_scenario_run *run, jk_scenario_claims **opened, jk_error *error) {
    *opened = NULL;
    jk_scenario_claims *file = calloc(1, sizeof *file);
    JK_TRY(jk_held(file != NULL, error, "the claims file"));
    size_t modes = (size_t)((run->modes & JK_MODE_REPLANNED) != 0) + (size_t)((run->modes & JK_MODE_COMMITTED) != 0);
    file->model = model;
    file->cases = 1 + run->scenario_count * modes;
    file->id_width = jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID);
    size_t longest = 0;
    for (size_t s = 0; s < model->segment_count; s++) {
        size_t length = strlen(model->segments[s].id);
        longest = length > longest ? length : longest;
    }
    file->row_bytes =
        JK_CELL_BYTES(file->id_width) + JK_CELL_BYTES(longest) + file->cases * (JK_NUMBER_TEXT + DECISION_TEXT + 2) + 2;
    jk_status status = jk_output_open(&file->output, path, JK_OUTPUT_PERSONAL, error);
    if (status == JK_OK) {
        status = jk_output_stream(&file->output, error);
    }
    if (status == JK_OK) {
        status = write_header(file, run, error);
    }
    if (status != JK_OK) {
        jk_scenario_claims_abort(file);
        return status;
    }
    *opened = file;
    return JK_OK;
}

jk_status jk_scenario_claims_commit(jk_scenario_claims *file, jk_error *error) {
    jk_status status = JK_OK;
    if (file->shared) {
        status = jk_team_collect(&file->output, "claims", file->head, error);
    }
    status = status == JK_OK ? jk_output_commit(&file->output, error) : status;
    jk_scenario_claims_abort(file);
    return status;
}

void jk_scenario_claims_abort(jk_scenario_claims *file) {
    if (file == NULL) {
        return;
    }
    jk_output_abort(&file->output);
    for (int t = 0; t < file->threads; t++) {
        free(file->thread[t].text);
    }
    free(file->thread);
    free(file);
}
