/* SPDX-License-Identifier: Apache-2.0 */
/* Exits, class moves, titles and the half-life stand in the plan's tables, which all paths share. So models are drawn,
 * in pairs that differ in the sign of their normal numbers, and the points run under each with the plans of the base
 * case: f+ and f- of a segment, an epoch and a kind of flow. The answer of draw k of K is
 *
 *     a_k = ln(f+ / f-) / (2 root K),
 *
 * which is what is odd in the normal numbers, and a path's flows are multiplied by
 *
 *     exp(sum of a_k w_k - a_k^2 / 2),   w_k standard normal:
 *
 * given the draws normal, with the covariance sum of a_k a_k' between segments, epochs and kinds: what each figure
 * does by itself, and of what two do together a chance part whose expectation is nothing, as they are independent (a
 * random sketch of their covariance: Halko, Martinsson, Tropp, SIAM Review 53 (2011), 217-288). Of a part of a few per
 * cent of the value 8 draws tell enough, however many figures there are. */
#include "simulate/draws/beside_answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "base/number/grid.h"
#include "base/team/parallel.h"
#include "plan/plan.h"
#include "simulate/draws/draws.h"

enum { SEED = 20260630, KINDS = JK_SCALE_COUNT };
#define ANSWER_MOST 2.0 /* of ln: what nearly nothing stands behind */

typedef struct answering {
    const jk_points *points;
    const jk_survey *survey;
    size_t places, epochs;
    float *ones;
    jk_path_runner *runner; /* [threads] */
    int64_t *sums;          /* [threads][places] whole units of the grid */
    int threads;
} answering;

static jk_status run_points(void *context, int thread, size_t number, jk_error *error) {
    (void)error;
    answering *self = context;
    const jk_points *points = self->points;
    jk_path_runner *runner = &self->runner[thread];
    const size_t end = (number + 1) * JK_RUN_POINTS < points->count ? (number + 1) * JK_RUN_POINTS : points->count;
    for (size_t i = number * JK_RUN_POINTS; i < end; i++) {
        jk_path_runner_run(runner, i, 1);
        int64_t *to = self->sums + (size_t)thread * self->places + points->terms.segment[i] * self->epochs * KINDS;
        for (size_t j = 0; j < (size_t)runner->program.epochs; j++) {
            for (size_t k = 0; k < KINDS; k++) {
                const float *flow = runner->tile.flow + (j * JK_PATH_FLOWS + jk_scaled_flow[k]) * JK_PATH_LANES;
                to[j * KINDS + k] += jk_grid_from_double((double)*flow);
            }
        }
    }
    return JK_OK;
}

static void free_runners(answering *self) {
    for (int t = 0; self->runner != NULL && t < self->threads; t++) {
        jk_path_runner_reset(&self->runner[t]);
    }
    free(self->runner);
    self->runner = NULL;
}

/* All points under a plan's tables; sums of the first thread become those of all. */
static jk_status run_plan(answering *self, const jk_plan *plan, const jk_run *run, jk_error *error) {
    self->runner = calloc((size_t)self->threads, sizeof *self->runner);
    JK_TRY(jk_held(self->runner != NULL, error, "the model points"));
    for (int t = 0; t < self->threads; t++) {
        JK_TRY(jk_path_runner_init(&self->runner[t], plan, self->points, error));
        self->runner[t].tile.lanes = JK_PATH_STEP;
        self->runner[t].tile.recovery = self->runner[t].tile.multiplier = self->ones;
        self->runner[t].tile.garnish = self->runner[t].tile.spells = self->ones;
    }
    memset(self->sums, 0, (size_t)self->threads * self->places * sizeof *self->sums);
    const size_t blocks = (self->points->count + JK_RUN_POINTS - 1) / JK_RUN_POINTS;
    JK_TRY(jk_parallel_for(run, blocks, "model points", JK_RUN_POINTS, run_points, self, error));
    for (size_t i = self->places; i < (size_t)self->threads * self->places; i++) {
        self->sums[i % self->places] += self->sums[i];
    }
    return JK_OK;
}

/* The points under a model drawn. */
static jk_status run_model(answering *self, const jk_beside *beside, size_t number, double sign, const jk_run *run,
                           jk_error *error) {
    const jk_plan *base = self->survey->plan[JK_STATE_BASE];
    jk_model model = *self->survey->model;
    jk_segment *segments = jk_columns_alloc(model.segment_count, sizeof *segments);
    jk_plan *plan = NULL;
    JK_TRY(jk_held(segments != NULL, error, "the models drawn"));
    memcpy(segments, model.segments, model.segment_count * sizeof *segments);
    model.segments = segments;
    const jk_plan_options options = {.irr = self->survey->irr, .isa = jk_plan_isa(base)};
    jk_status status = jk_beside_draw(beside, SEED, number, sign, segments, &model.scorecard, error);
    status = status == JK_OK ? jk_plan_create(&model, &options, &plan, error) : status;
    status = status == JK_OK ? run_plan(self, plan, run, error) : status;
    free_runners(self);
    jk_plan_free(plan);
    free(segments);
    return status;
}

static jk_status measure(answering *self, jk_beside_answer *answer, const jk_beside *beside, const jk_run *run,
                         jk_error *error) {
    const double part = 1.0 / (2.0 * sqrt((double)JK_BESIDE_DRAWS));
    for (size_t k = 0; k < JK_BESIDE_DRAWS; k++) {
        double *log = answer->log + k * self->places;
        JK_TRY(run_model(self, beside, k, 1.0, run, error));
        for (size_t i = 0; i < self->places; i++) {
            log[i] = jk_grid_to_double(self->sums[i]);
        }
        JK_TRY(run_model(self, beside, k, -1.0, run, error));
        for (size_t i = 0; i < self->places; i++) {
            const double more = log[i], less = jk_grid_to_double(self->sums[i]);
            const double between = more > 0.0 && less > 0.0 ? jk_log(more / less) : 0.0;
            log[i] = part * fmin(fmax(between, -ANSWER_MOST), ANSWER_MOST);
            answer->half_squares[i] += 0.5 * log[i] * log[i];
        }
    }
    return JK_OK;
}

jk_status jk_beside_answer_measure(jk_beside_answer *answer, const jk_beside *beside, const jk_points *points,
                                   const jk_survey *survey, const jk_run *run, jk_error *error) {
    const size_t epochs = (size_t)survey->model->epoch_count, places = survey->model->segment_count * epochs * KINDS;
    answering self = {
        .points = points, .survey = survey, .places = places, .epochs = epochs, .threads = jk_threads(run)};
    *answer = (jk_beside_answer){0};
    if (beside->count == 0) {
        return JK_OK;
    }
    const size_t lanes = (epochs + JK_PATH_SPELL_ROWS) * JK_PATH_LANES;
    self.ones = jk_columns_alloc(lanes, sizeof *self.ones);
    self.sums = jk_columns_zero((size_t)self.threads * places, sizeof *self.sums);
    answer->log = jk_columns_zero((JK_BESIDE_DRAWS + 1) * places, sizeof *answer->log);
    jk_status status =
        jk_held(self.ones != NULL && self.sums != NULL && answer->log != NULL, error, "the model points");
    for (size_t i = 0; status == JK_OK && i < lanes; i++) {
        self.ones[i] = 1.0f;
    }
    if (status == JK_OK) {
        answer->half_squares = answer->log + JK_BESIDE_DRAWS * places;
        answer->places = places;
        status = measure(&self, answer, beside, run, error);
    }
    free(self.ones);
    free(self.sums);
    if (status != JK_OK) {
        jk_beside_answer_reset(answer);
    }
    return status;
}

void jk_beside_answer_reset(jk_beside_answer *answer) {
    free(answer->log);
    *answer = (jk_beside_answer){0};
}

void jk_beside_answer_draw(const jk_beside_answer *answer, uint64_t seed, uint64_t path, double *factor) {
    double normal[JK_BESIDE_DRAWS];
    jk_draw_normals(seed, jk_stream(JK_STREAM_BESIDE, 0), path, normal, JK_BESIDE_DRAWS);
    for (size_t i = 0; i < answer->places; i++) {
        double sum = -answer->half_squares[i];
        for (size_t k = 0; k < JK_BESIDE_DRAWS; k++) {
            sum += answer->log[k * answer->places + i] * normal[k];
        }
        factor[i] = jk_exp(sum);
    }
}
