/* SPDX-License-Identifier: Apache-2.0 */
/* The engine on landmarks: terms and plan of the day, its projection summed over the months that the claim was watched.
 * An epoch's gross comes evenly over its months. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/fmath.h"
#include "base/team/team.h"
#include "history/landmarks.h"
#include "history/panel_internal.h"
#include "jalki/plan.h"
#include "law/law_internal.h"

typedef struct valuing_thread {
    jk_terms terms;
    void *memory;
    jk_plan_workspace *workspace, *deciding;
    uint8_t *decision; /* [rows of a block] */
    jk_plan_trace trace;
} valuing_thread;

typedef struct valuing {
    const jk_panel *panel;
    const jk_model *model;
    const jk_landmark_options *options;
    const int32_t *place;
    const jk_watch *watch; /* [landmarks] */
    jk_watch_curves curves;
    jk_landmarks *landmarks;
    jk_plan *plan;
    jk_plan *decider; /* of the model as it is; NULL: no decision is wanted */
    valuing_thread *thread;
} valuing;

/* ---- terms of the day --------------------------------------------------------------------------------------- */

/* Who is recorded under a treatment stays under it; whoever keeps to a plan is not sued but watched. */
static uint8_t allowed_by(const valuing *self, uint8_t allowed, uint8_t treatment) {
    if (self->options->treatment == JK_LANDMARK_PLAN || allowed == 0) {
        return allowed;
    }
    unsigned wanted = JK_ALLOW(JK_SURVEIL + treatment) | JK_ALLOW(JK_CLOSE);
    return (uint8_t)(treatment == JK_TREAT_LEGAL ? wanted | JK_ALLOW(JK_SURVEIL) : wanted);
}

/* The panel may know class and title better than the score and the dates do. Rows that are no landmarks are nothing to
 * plan for. */
static void settle_terms(const valuing *self, const jk_panel_block *block, jk_terms *terms) {
    for (size_t i = 0; i < block->rows; i++) {
        if (self->place[block->first_row + i] < 0) {
            terms->allowed[i] = 0;
            continue;
        }
        const double *center = self->model->segments[terms->segment[i]].theta_center;
        if (block->class_start[i] >= 0 && block->class_start[i] != (int8_t)terms->capacity_class[i]) {
            double other = jk_exp(center[jk_terms_class(terms, i)] - center[block->class_start[i]]);
            terms->theta[i] = (float)(terms->theta[i] * other);
            terms->capacity_class[i] = (uint8_t)block->class_start[i];
        }
        terms->title_state[i] = block->title_state[i];
    }
}

static void take_recorded(const valuing *self, const jk_panel_block *block, jk_terms *terms) {
    for (size_t i = 0; i < block->rows; i++) {
        terms->interruption[i] = self->options->treatment == JK_LANDMARK_PLAN ? terms->interruption[i] : 0.0F;
        terms->allowed[i] = allowed_by(self, terms->allowed[i], block->treatment[i]);
    }
}

/* ---- one landmark ------------------------------------------------------------------------------------------- */

/* Expected cash of the first `months` by the trace. */
static double expected_until(const jk_model *model, const jk_plan_trace *trace, double months) {
    double sum = 0.0, from = 0.0;
    for (int j = 0; j < trace->epochs && from < months; j++) {
        double length = (double)model->epochs[j];
        double part = months - from < length ? (months - from) / length : 1.0;
        sum += part * (double)trace->gross[j];
        from += length;
    }
    return sum;
}

/* What is expected of a claim that left for good, from then on until it would no longer have been watched; *months are
 * added to. */
static double expected_after(const valuing *self, const jk_watch *watch, const jk_plan_trace *trace, double most,
                             double *months) {
    double sum = 0.0, from = 0.0;
    for (int j = 0; j < trace->epochs && from < most; j++) {
        double length = (double)self->model->epochs[j];
        double watched = jk_watch_months(&self->curves, watch, from, fmin(from + length, most));
        sum += watched / length * (double)trace->gross[j];
        *months += watched;
        from += length;
    }
    return sum;
}

static void expect(const valuing *self, const jk_watch *watch, const jk_plan_trace *trace, int horizon,
                   jk_landmark_cash *cash) {
    double watched = self->options->ahead ? (double)horizon : cash->months;
    cash->expected = expected_until(self->model, trace, watched);
    if (watch->left && !self->options->ahead && watch->months <= cash->months) {
        cash->expected += expected_after(self, watch, trace, (double)horizon, &cash->months);
    }
}

static void describe(const jk_panel_block *block, const jk_terms *terms, size_t i, jk_landmark *landmark) {
    int32_t paid_on = JK_BLOCK_INT32(block->block, LAST_PAID_ON)[i];
    landmark->debtor = block->debtor[i];
    landmark->claim = block->claim[i];
    landmark->start = block->period_start[i];
    landmark->written_off = JK_BLOCK_INT32(block->block, WRITTEN_OFF_ON)[i];
    landmark->paid_months =
        paid_on == JK_MISSING_INTEGER ? INT32_MAX : jk_months_between(paid_on, block->period_start[i]);
    landmark->score = block->score->score[i];
    landmark->segment = block->law->segment[i];
    landmark->treatment = block->treatment[i];
    landmark->capacity_class = (uint8_t)jk_terms_class(terms, i);
    landmark->paying = block->score->paying[i];
    landmark->balance = block->balance_start[i];
    landmark->fading = block->score->fading[i];
}

static jk_status value_block(void *context, const jk_panel_block *block, jk_error *error) {
    (void)error;
    valuing *self = context;
    valuing_thread *own = &self->thread[block->thread];
    jk_terms_block(self->model, &self->panel->debtors, block->block, block->law, block->score, ~JK_ALLOW(JK_SELL),
                   &own->terms);
    settle_terms(self, block, &own->terms);
    if (self->decider != NULL) {
        jk_plan_results results = {.rows = block->rows, .decision = own->decision};
        jk_plan_block(self->decider, &own->terms, &results, NULL, own->deciding);
    }
    take_recorded(self, block, &own->terms);
    for (size_t i = 0; i < block->rows; i++) {
        int32_t place = self->place[block->first_row + i];
        if (place < 0) {
            continue;
        }
        jk_landmark *landmark = &self->landmarks->at[place];
        describe(block, &own->terms, i, landmark);
        landmark->decision = self->decider != NULL ? own->decision[i] : 0;
        jk_plan_explain(self->plan, &own->terms, i, &own->trace, own->workspace);
        for (size_t h = 0; h < self->options->horizon_count; h++) {
            expect(self, &self->watch[place], &own->trace, self->options->horizon[h], &landmark->horizon[h]);
        }
    }
    return JK_OK;
}

/* ---- together ----------------------------------------------------------------------------------------------- */

/* A copy of the model in which nothing costs anything, so that a treatment goes on whatever it brings. */
static jk_status without_costs(const jk_model *model, jk_model *free_of_costs, jk_segment **segments, jk_error *error) {
    *segments = jk_columns_alloc(model->segment_count, sizeof **segments);
    JK_TRY(jk_held(*segments != NULL, error, "the model without costs"));
    memcpy(*segments, model->segments, model->segment_count * sizeof **segments);
    for (size_t g = 0; g < model->segment_count; g++) {
        jk_segment *segment = &(*segments)[g];
        memset(segment->cost, 0, sizeof segment->cost);
        memset(segment->payers.monthly, 0, sizeof segment->payers.monthly);
        segment->filing = segment->enforcement_monthly = segment->hour = 0.0;
    }
    *free_of_costs = *model;
    free_of_costs->segments = *segments;
    return JK_OK;
}

static jk_status threads_create(valuing *self, size_t count, size_t rows, jk_error *error) {
    self->thread = jk_columns_zero(count, sizeof *self->thread);
    JK_TRY(jk_held(self->thread != NULL, error, "the landmarks"));
    for (size_t t = 0; t < count; t++) {
        valuing_thread *own = &self->thread[t];
        own->memory = jk_columns_zero(jk_terms_size(rows), 1);
        own->workspace = jk_plan_workspace_create(self->plan, rows);
        if (self->decider != NULL) {
            own->deciding = jk_plan_workspace_create(self->decider, rows);
            own->decision = jk_columns_alloc(rows, 1);
        }
        if (own->memory == NULL || own->workspace == NULL ||
            (self->decider != NULL && (own->deciding == NULL || own->decision == NULL))) {
            return jk_fail_memory(error, "the landmarks");
        }
        jk_terms_place(&own->terms, rows, own->memory);
        JK_TRY(jk_plan_trace_init(&own->trace, self->plan, error));
    }
    return JK_OK;
}

static void threads_free(valuing *self, size_t count) {
    for (size_t t = 0; self->thread != NULL && t < count; t++) {
        free(self->thread[t].memory);
        jk_plan_workspace_free(self->thread[t].workspace);
        jk_plan_workspace_free(self->thread[t].deciding);
        free(self->thread[t].decision);
        jk_plan_trace_reset(&self->thread[t].trace);
    }
    free(self->thread);
}

/* Of a run on several processes each has valued the landmarks of its rows: those of all, in the order of rows. */
static jk_status share_out(const valuing *self, jk_error *error) {
    size_t blocks = jk_panel_blocks(self->panel, &self->options->run), first = 0, end = 0, count = 0;
    size_t rows = jk_tape_rows(jk_panel_tape(self->panel));
    size_t block_rows = jk_panel_block_rows(self->panel, &self->options->run);
    if (jk_team_role_now() == JK_TEAM_ALONE) {
        return JK_OK;
    }
    jk_team_rows(JK_PASS_RESULT, blocks, &first, &end);
    jk_landmark *own = jk_columns_alloc(self->landmarks->count, sizeof *own);
    JK_TRY(jk_held(own != NULL, error, "the landmarks"));
    for (size_t row = first * block_rows; row < end * block_rows && row < rows; row++) {
        if (self->place[row] >= 0) {
            own[count++] = self->landmarks->at[self->place[row]];
        }
    }
    void *all = own;
    jk_status status = jk_team_join(&all, &count, sizeof *own, error);
    own = all;
    for (size_t row = 0, next = 0; status == JK_OK && row < rows && next < count; row++) {
        if (self->place[row] >= 0) {
            self->landmarks->at[self->place[row]] = own[next++];
        }
    }
    free(own);
    return status;
}

jk_status jk_landmarks_value(const jk_panel *panel, const jk_model *model, const jk_landmark_options *options,
                             const int32_t *place, const jk_watch *watch, jk_landmarks *landmarks, jk_error *error) {
    jk_model own = *model;
    jk_segment *segments = NULL;
    size_t threads = (size_t)jk_panel_threads(panel, &options->run);
    valuing self = {.panel = panel, .model = model, .options = options, .place = place, .watch = watch};
    self.landmarks = landmarks;
    jk_plan_options plan = {.irr = model->irr};
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(jk_watch_curves_make(watch, landmarks->count, options->horizon[options->horizon_count - 1],
                                        &self.curves, error));
    if (options->treatment == JK_LANDMARK_RECORDED) {
        plan.irr = 0.0;
        JK_TRY_CLEANUP(without_costs(model, &own, &segments, error));
    }
    JK_TRY_CLEANUP(jk_plan_create(&own, &plan, &self.plan, error));
    if (options->decide) {
        JK_TRY_CLEANUP(jk_plan_create(model, &(jk_plan_options){.irr = model->irr}, &self.decider, error));
    }
    JK_TRY_CLEANUP(threads_create(&self, threads, jk_panel_block_rows(panel, &options->run), error));
    JK_TRY_CLEANUP(jk_panel_stream_own(panel, &options->run, value_block, &self, error));
    JK_TRY_CLEANUP(share_out(&self, error));
cleanup:
    threads_free(&self, threads);
    jk_watch_curves_reset(&self.curves);
    jk_plan_free(self.plan);
    jk_plan_free(self.decider);
    free(segments);
    return status;
}
