/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/model_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/grid.h"
#include "base/words/listing.h"

/* In the order of a valuation's stages; the general part, with the required return, is last. */
static const jk_model_part order[JK_PART_COUNT] = {JK_PART_LAW, JK_PART_SCORE, JK_PART_SEGMENTS, JK_PART_GENERAL};
enum { ALL_PARTS = (1 << JK_PART_COUNT) - 1 };

typedef struct stepping {
    const jk_tape *tape;
    const char *path[2];
    const jk_value_options *options;
    jk_model_steps *steps;
    uint8_t *decision[2]; /* by row: before the step, after it */
    double *face;
} stepping;

static jk_status take_block(void *context, const jk_value_block *rows, jk_error *error) {
    stepping *work = context;
    (void)error;
    for (size_t i = 0; i < rows->block->rows; i++) {
        work->decision[1][rows->block->first_row + i] = rows->plan->decision[i];
        work->face[rows->block->first_row + i] = rows->law->balance[i];
    }
    return JK_OK;
}

static jk_status value_model(stepping *work, const jk_model *model, jk_valuation *valuation, jk_error *error) {
    size_t rows = jk_tape_rows(work->tape);
    jk_value_options options = *work->options;
    options.values_only = true;
    jk_value_sink sink = {.block = take_block, .context = work, .held = rows * (2 + sizeof(double))};
    return jk_value_run(work->tape, model, &options, &sink, 1, valuation, error);
}

/* What the step changed: decisions after it against those before, which they become. */
static void count_flips(stepping *work, jk_model_step *step) {
    int64_t face = 0;
    for (size_t row = 0; row < jk_tape_rows(work->tape); row++) {
        bool flips = work->decision[0][row] != work->decision[1][row];
        step->flips += flips;
        face += flips ? jk_grid_from_double(work->face[row]) : 0;
        work->decision[0][row] = work->decision[1][row];
    }
    step->flips_face = jk_grid_to_double(face);
}

/* ---- segments --------------------------------------------------------------------------------------------------- */

/* NULL: no memory. */
static jk_model_segment *segment_of(jk_model_steps *steps, const char *id) {
    for (size_t i = 0; i < steps->segment_count; i++) {
        if (strcmp(steps->segments[i].id, id) == 0) {
            return &steps->segments[i];
        }
    }
    jk_model_segment *made = &steps->segments[steps->segment_count++];
    *made = (jk_model_segment){.id = jk_arena_text(steps->arena, id, strlen(id))};
    return made->id != NULL ? made : NULL;
}

static jk_status note_end(stepping *work, int side, const jk_valuation *valuation, jk_error *error) {
    jk_model_steps *steps = work->steps;
    jk_model_segment *larger =
        jk_arena_alloc(steps->arena, steps->segment_count + valuation->segment_count + 1, sizeof *larger);
    JK_TRY(jk_held(larger != NULL, error, "segments of two models"));
    if (steps->segment_count > 0) {
        memcpy(larger, steps->segments, steps->segment_count * sizeof *larger);
    }
    steps->segments = larger;
    steps->total[side] = valuation->total;
    steps->irr[side] = valuation->irr;
    steps->cutoff = valuation->cutoff;
    for (size_t s = 0; s < valuation->segment_count; s++) {
        jk_model_segment *segment = segment_of(steps, valuation->segment_id[s]);
        JK_TRY(jk_held(segment != NULL, error, "segments of two models"));
        segment->claims[side] = valuation->segment[s].claims;
        segment->value[side] = valuation->segment[s].value;
    }
    return JK_OK;
}

/* ---- the steps -------------------------------------------------------------------------------------------------- */

static void name_step(jk_model_step *step, const char *part) {
    size_t length = strlen(step->name);
    (void)snprintf(step->name + length, sizeof step->name - length, "%s%s", length > 0 ? " and " : "", part);
}

/* One model valued, and what the step from the one before changed. */
static jk_status take_step(stepping *work, const jk_model *model, int end, jk_error *error) {
    jk_model_steps *steps = work->steps;
    jk_model_step *step = &steps->step[steps->count];
    jk_valuation valuation = {0};
    JK_TRY(value_model(work, model, &valuation, error));
    step->value = valuation.total.value;
    jk_status status = end >= 0 ? note_end(work, end, &valuation, error) : JK_OK;
    jk_valuation_reset(&valuation);
    if (steps->count > 0) {
        count_flips(work, step);
    } else {
        memcpy(work->decision[0], work->decision[1], jk_tape_rows(work->tape));
    }
    steps->count++;
    return status;
}

static jk_status run_steps(stepping *work, jk_error *error) {
    jk_model_steps *steps = work->steps;
    jk_model *model = NULL, *last = NULL;
    JK_TRY(jk_model_load(work->path[0], &model, error));
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_model_load(work->path[1], &last, error));
    if (strcmp(model->base_currency, last->base_currency) != 0) {
        JK_TRY_CLEANUP(jk_fail(error, JK_ERROR_DATA, work->path[1], 0, "base_currency",
                               "is %s, and that of the first model %s; expected the same to compare values",
                               last->base_currency, model->base_currency));
    }
    steps->base_currency = jk_arena_text(steps->arena, model->base_currency, strlen(model->base_currency));
    JK_TRY_CLEANUP(jk_held(steps->base_currency != NULL, error, "the steps between two models"));
    name_step(&steps->step[0], "first");
    JK_TRY_CLEANUP(take_step(work, model, 0, error));
    unsigned parts = 0;
    for (int p = 0; p < JK_PART_COUNT - 1; p++) {
        jk_error unfit = {0};
        jk_model *mixed = NULL;
        parts |= 1u << order[p];
        name_step(&steps->step[steps->count], jk_model_part_name(order[p]));
        jk_status made = jk_model_mix(work->path[0], work->path[1], parts, &mixed, &unfit);
        if (made == JK_OK) {
            status = take_step(work, mixed, -1, error);
            jk_model_free(mixed);
            JK_TRY_CLEANUP(status);
        } else if (made != JK_ERROR_MODEL) { /* parts that do not fit together are one step; anything else is a fault */
            *error = unfit;
            JK_TRY_CLEANUP(made);
        }
    }
    name_step(&steps->step[steps->count], jk_model_part_name(order[JK_PART_COUNT - 1]));
    JK_TRY_CLEANUP(take_step(work, last, 1, error));
cleanup:
    jk_model_free(model);
    jk_model_free(last);
    return status;
}

jk_status jk_model_steps_run(const jk_tape *tape, const char *a, const char *b, const jk_value_options *options,
                             jk_model_steps *steps, jk_error *error) {
    size_t rows = jk_tape_rows(tape);
    *steps = (jk_model_steps){.arena = jk_arena_create()};
    stepping work = {.tape = tape, .path = {a, b}, .options = options, .steps = steps};
    work.decision[0] = jk_columns_zero(rows, 1);
    work.decision[1] = jk_columns_zero(rows, 1);
    work.face = jk_columns_zero(rows, sizeof *work.face);
    bool complete = steps->arena != NULL && work.decision[0] != NULL && work.decision[1] != NULL && work.face != NULL;
    jk_status status = complete ? run_steps(&work, error) : jk_fail_memory(error, "decisions of two models");
    free(work.decision[0]);
    free(work.decision[1]);
    free(work.face);
    if (status != JK_OK) {
        jk_model_steps_reset(steps);
    }
    return status;
}

void jk_model_steps_reset(jk_model_steps *steps) {
    if (steps->arena != NULL) {
        jk_arena_free(steps->arena);
    }
    *steps = (jk_model_steps){0};
}

/* ---- as rows ---------------------------------------------------------------------------------------------------- */

enum { STEP, VALUE, CHANGE, FLIPS, FLIPS_FACE, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [STEP] = JK_LISTED_TEXT(
        "step", "",
        "first (that model), then the parts that are the second model's from there on; the last is all of it"),
    [VALUE] = JK_LISTED_MONEY("value", "value", "Of the portfolio"),
    [CHANGE] = JK_LISTED_MONEY("change", "change", "Less the value of the step before"),
    [FLIPS] = JK_LISTED_COUNT("other_decision", "other decision", "Claims whose decision the step changes"),
    [FLIPS_FACE] = JK_LISTED_MONEY("other_decision_face", "of face", "What they owe"),
};

static jk_status step_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_model_steps *steps = listing->source[0];
    const jk_model_step *step = &steps->step[row];
    (void)error;
    jk_cell_set(&cells[STEP], step->name);
    cells[VALUE].number = step->value;
    if (row > 0) {
        cells[CHANGE].number = step->value - steps->step[row - 1].value;
        cells[FLIPS].number = (double)step->flips;
        cells[FLIPS_FACE].number = step->flips_face;
    }
    return JK_OK;
}

jk_listing jk_model_steps_listing(const jk_model_steps *steps) {
    return JK_LISTING_OF("model steps", columns, steps != NULL ? steps->count : 0, step_cells, steps);
}

enum { SEGMENT, CLAIMS_A, CLAIMS_B, VALUE_A, VALUE_B, DIFFERENCE, SEGMENT_COLUMNS };

static const jk_listing_column segment_columns[SEGMENT_COLUMNS] = {
    [SEGMENT] = JK_LISTED_TEXT("segment", "segment", "Its id"),
    [CLAIMS_A] = JK_LISTED_COUNT("claims_first", "claims", "Its claims by the first model"),
    [CLAIMS_B] = JK_LISTED_COUNT("claims_second", "by the second", "Its claims by the second"),
    [VALUE_A] = JK_LISTED_MONEY("value_first", "value", "Their value by the first model"),
    [VALUE_B] = JK_LISTED_MONEY("value_second", "by the second", "Their value by the second"),
    [DIFFERENCE] = JK_LISTED_MONEY("difference", "difference", "Of the values"),
};

static jk_status segment_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_model_segment *segment = &((const jk_model_steps *)listing->source[0])->segments[row];
    (void)error;
    jk_cell_set(&cells[SEGMENT], segment->id);
    for (int side = 0; side < 2; side++) {
        cells[CLAIMS_A + side].number = (double)segment->claims[side];
        cells[VALUE_A + side].number = segment->value[side];
    }
    cells[DIFFERENCE].number = segment->value[1] - segment->value[0];
    return JK_OK;
}

jk_listing jk_model_segments_listing(const jk_model_steps *steps) {
    return JK_LISTING_OF("model segments", segment_columns, steps != NULL ? steps->segment_count : 0, segment_cells,
                         steps);
}
