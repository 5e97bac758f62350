/* SPDX-License-Identifier: Apache-2.0 */
/* One stream over the panel packs its rows; the rest is arithmetic on two parameters by segment. x is centred and
 * scaled within a group while it is worked on, so that the two are nearly orthogonal. */
#include "jalki/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "fit/expected_row.h"

enum { ROUNDS = 60, HALVINGS = 30 };
#define CONVERGED 1e-12 /* of the score's quadratic form, beside the cash */
#define STEP      1e-5  /* of a derivative by differences */

typedef struct packed_row {
    jk_expected_row expected; /* begin: without the own score */
    double x, cash;
    int32_t debtor;
    int32_t segment; /* -1: not in the filter */
    bool has_score;
} packed_row;

typedef struct calibrating {
    const jk_model *model;
    const jk_panel *panel;
    const jk_panel_filter *filter;
    packed_row *rows;
    size_t row_count, debtors;
    unsigned char *scratch, *keep, *own; /* [threads] */
    size_t filter_bytes, own_bytes, block_rows;
    double *sums;  /* [debtors][2] */
    uint8_t *seen; /* [debtors] 1: has rows, 2: paid */
} calibrating;

static jk_status pack_block(void *context, const jk_panel_block *block, jk_error *error) {
    calibrating *work = context;
    size_t thread = (size_t)block->thread, kept = 0;
    uint8_t *keep = work->keep + thread * work->block_rows;
    double *x = (double *)(void *)(work->own + thread * work->own_bytes), *eta = x + work->block_rows;
    JK_TRY(jk_panel_filter_rows(work->filter, work->panel, block, work->scratch + thread * work->filter_bytes, keep,
                                &kept, error));
    jk_score_own(jk_panel_scorer(work->panel), block->block, block->law, eta + work->block_rows, x, eta);
    for (size_t i = 0; i < block->rows; i++) {
        packed_row *row = &work->rows[block->first_row + i];
        *row = (packed_row){.segment = -1};
        if (!keep[i]) {
            continue;
        }
        row->expected = jk_expected_row_of(work->model, block, i);
        row->expected.begin *= jk_exp(-eta[i]);
        row->x = x[i];
        row->has_score = x[i] == x[i];
        row->cash = block->cash[i];
        row->debtor = block->debtor[i];
        row->segment = (int32_t)block->law->segment[i];
    }
    return JK_OK;
}

/* ---- one group -------------------------------------------------------------------------------------------------- */

/* Rows of a segment, -1: of all, and their place on the scale that is worked on: eta = a + b (x - mean) / spread. */
typedef struct group_scale {
    int32_t segment;
    double mean, spread;
    bool has_slope;
} group_scale;

static bool is_in(const packed_row *row, const group_scale *scale) {
    return row->segment >= 0 && row->has_score && (scale->segment < 0 || row->segment == scale->segment);
}

static void expect(const packed_row *row, double eta, double *mean, double *slope) {
    double begin = row->expected.begin * jk_exp(eta);
    *mean = jk_expected_row_cash(&row->expected, begin);
    *slope = row->expected.has_payers ? (jk_expected_row_cash(&row->expected, begin * (1.0 + STEP)) -
                                         jk_expected_row_cash(&row->expected, begin * (1.0 - STEP))) /
                                            (2.0 * STEP)
                                      : row->expected.balance * row->expected.share * begin;
}

/* Quasi-likelihood, score and information at (a, b). */
typedef struct sums {
    double value, score[2], information[3]; /* aa, ab, bb */
} sums;

static double scaled(const packed_row *row, const group_scale *scale) {
    return scale->has_slope ? (row->x - scale->mean) / scale->spread : 0.0;
}

/* What the slope that is not estimated adds, where there is one score only. */
static double fixed_part(const calibrating *work, const packed_row *row, const group_scale *scale) {
    const jk_segment *segment = &work->model->segments[row->segment];
    return scale->has_slope ? 0.0 : segment->own_slope * row->x;
}

static sums sum_group(const calibrating *work, const group_scale *scale, const double at[2]) {
    sums s = {0};
    for (size_t i = 0; i < work->row_count; i++) {
        const packed_row *row = &work->rows[i];
        if (!is_in(row, scale)) {
            continue;
        }
        double z = scaled(row, scale), mean = 0.0, slope = 0.0;
        expect(row, at[0] + at[1] * z + fixed_part(work, row, scale), &mean, &slope);
        if (!(mean > 0.0)) {
            continue; /* nothing is expected, whatever the score */
        }
        double u = (row->cash - mean) / mean * slope, w = slope * slope / mean;
        s.value += row->cash * jk_log(mean) - mean;
        s.score[0] += u;
        s.score[1] += u * z;
        s.information[0] += w;
        s.information[1] += w * z;
        s.information[2] += w * z * z;
    }
    return s;
}

/* Inverse of the information; of the intercept alone where there is no slope. */
static bool invert(const sums *s, bool has_slope, double inverse[3]) {
    if (!has_slope) {
        inverse[0] = 1.0 / s->information[0];
        inverse[1] = inverse[2] = 0.0;
        return s->information[0] > 0.0;
    }
    double determinant = s->information[0] * s->information[2] - s->information[1] * s->information[1];
    inverse[0] = s->information[2] / determinant;
    inverse[1] = -s->information[1] / determinant;
    inverse[2] = s->information[0] / determinant;
    return determinant > 1e-12 * s->information[0] * s->information[2];
}

/* Fisher scoring from `at`, steps halved until the quasi-likelihood does not fall. */
static bool search(const calibrating *work, const group_scale *scale, double cash, double at[2], double inverse[3],
                   int *iterations) {
    sums s = sum_group(work, scale, at);
    for (int round = 0; round < ROUNDS; round++) {
        if (!invert(&s, scale->has_slope, inverse)) {
            return false;
        }
        double step[2] = {inverse[0] * s.score[0] + inverse[1] * s.score[1],
                          inverse[1] * s.score[0] + inverse[2] * s.score[1]};
        *iterations = round;
        if (fabs(step[0] * s.score[0] + step[1] * s.score[1]) <= CONVERGED * cash) {
            at[0] += step[0]; /* what is left after it is of the order of its square */
            at[1] += step[1];
            return true;
        }
        sums next = {.value = -(double)INFINITY};
        for (int half = 0; half < HALVINGS && !(next.value >= s.value); half++) {
            double to[2] = {at[0] + step[0], at[1] + step[1]};
            next = sum_group(work, scale, to);
            if (next.value >= s.value) {
                memcpy(at, to, sizeof to);
            }
            step[0] /= 2.0;
            step[1] /= 2.0;
        }
        if (!(next.value >= s.value)) {
            return true; /* as near as 64 bits come */
        }
        s = next;
    }
    return false;
}

/* The sandwich with scores summed by debtor; false: one debtor alone tells. */
static bool sandwich(calibrating *work, const group_scale *scale, const double at[2], const double inverse[3],
                     size_t debtors, double covariance[3]) {
    memset(work->sums, 0, work->debtors * 2 * sizeof *work->sums);
    for (size_t i = 0; i < work->row_count; i++) {
        const packed_row *row = &work->rows[i];
        double mean = 0.0, slope = 0.0;
        if (!is_in(row, scale)) {
            continue;
        }
        double z = scaled(row, scale);
        expect(row, at[0] + at[1] * z + fixed_part(work, row, scale), &mean, &slope);
        if (mean > 0.0) {
            double u = (row->cash - mean) / mean * slope;
            work->sums[2 * (size_t)row->debtor] += u;
            work->sums[2 * (size_t)row->debtor + 1] += u * z;
        }
    }
    double meat[3] = {0.0};
    for (size_t d = 0; d < work->debtors; d++) {
        const double *u = &work->sums[2 * d];
        meat[0] += u[0] * u[0];
        meat[1] += u[0] * u[1];
        meat[2] += u[1] * u[1];
    }
    double few = debtors > 1 ? (double)debtors / ((double)debtors - 1.0) : (double)NAN;
    double half[4] = {inverse[0] * meat[0] + inverse[1] * meat[1], inverse[0] * meat[1] + inverse[1] * meat[2],
                      inverse[1] * meat[0] + inverse[2] * meat[1], inverse[1] * meat[1] + inverse[2] * meat[2]};
    covariance[0] = few * (half[0] * inverse[0] + half[1] * inverse[1]);
    covariance[1] = few * (half[0] * inverse[1] + half[1] * inverse[2]);
    covariance[2] = few * (half[2] * inverse[1] + half[3] * inverse[2]);
    return debtors > 1;
}

/* Rows, debtors, cash, and the scale of x. */
static void survey(calibrating *work, group_scale *scale, jk_own_calibration_group *group) {
    double sum = 0.0, squares = 0.0, low = (double)INFINITY, high = -(double)INFINITY;
    memset(work->seen, 0, work->debtors);
    for (size_t i = 0; i < work->row_count; i++) {
        const packed_row *row = &work->rows[i];
        double mean = 0.0, slope = 0.0;
        if (!is_in(row, scale)) {
            group->without_score +=
                row->segment >= 0 && !row->has_score && (scale->segment < 0 || row->segment == scale->segment);
            continue;
        }
        const jk_segment *segment = &work->model->segments[row->segment];
        expect(row, segment->own_slope * row->x + segment->own_intercept, &mean, &slope);
        group->rows++;
        group->cash += row->cash;
        group->expected += mean;
        sum += row->x;
        low = fmin(low, row->x);
        high = fmax(high, row->x);
        work->seen[row->debtor] |= row->cash > 0.0 ? 3 : 1;
    }
    scale->mean = group->rows > 0 ? sum / (double)group->rows : 0.0;
    for (size_t i = 0; i < work->row_count; i++) {
        double away = is_in(&work->rows[i], scale) ? work->rows[i].x - scale->mean : 0.0;
        squares += away * away;
    }
    scale->has_slope = group->rows > 1 && low < high;
    scale->spread = scale->has_slope ? sqrt(squares / (double)group->rows) : 1.0;
    for (size_t d = 0; d < work->debtors; d++) {
        group->debtors += work->seen[d] != 0;
        group->payers += work->seen[d] > 1;
    }
}

static void calibrate_group(calibrating *work, int32_t segment, double slope, double intercept,
                            jk_own_calibration_group *group) {
    group_scale scale = {.segment = segment};
    survey(work, &scale, group);
    group->slope = group->slope_before = slope;
    group->intercept = group->intercept_before = intercept;
    group->slope_error = group->intercept_error = group->covariance = (double)NAN;
    group->state = JK_CALIBRATED_NOT;
    if (!(group->cash > 0.0)) {
        return;
    }
    double at[2] = {intercept + (scale.has_slope ? slope * scale.mean : 0.0),
                    scale.has_slope ? slope * scale.spread : 0.0};
    double inverse[3] = {0.0}, covariance[3] = {0.0};
    group->converged = search(work, &scale, group->cash, at, inverse, &group->iterations);
    bool errors = sandwich(work, &scale, at, inverse, group->debtors, covariance);
    double r = scale.mean / scale.spread; /* intercept = a - b r */
    group->state = scale.has_slope ? JK_CALIBRATED : JK_CALIBRATED_LEVEL;
    group->slope = scale.has_slope ? at[1] / scale.spread : slope;
    group->intercept = scale.has_slope ? at[0] - at[1] * r : at[0];
    if (errors) {
        double b = covariance[2], ab = covariance[1];
        group->slope_error = scale.has_slope ? sqrt(b) / scale.spread : (double)NAN;
        group->intercept_error = sqrt(scale.has_slope ? covariance[0] - 2.0 * r * ab + r * r * b : covariance[0]);
        group->covariance = scale.has_slope ? (ab - r * b) / scale.spread : (double)NAN;
    }
}

/* ---- together --------------------------------------------------------------------------------------------------- */

static jk_status take_memory(calibrating *work, const jk_run *run, jk_error *error) {
    size_t threads = (size_t)jk_panel_threads(work->panel, run);
    work->row_count = jk_tape_rows(jk_panel_tape(work->panel));
    work->debtors = jk_tape_debtors(jk_panel_tape(work->panel));
    work->block_rows = jk_panel_block_rows(work->panel, run);
    work->filter_bytes = jk_panel_filter_scratch(work->panel, run);
    work->own_bytes =
        2 * work->block_rows * sizeof(double) + jk_score_scratch_size(jk_panel_scorer(work->panel), work->block_rows);
    work->own_bytes = (work->own_bytes + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
    work->rows = jk_columns_alloc(work->row_count, sizeof *work->rows);
    work->scratch = jk_columns_zero(threads * work->filter_bytes, 1);
    work->keep = jk_columns_zero(threads * work->block_rows, 1);
    work->own = jk_columns_zero(threads * work->own_bytes, 1);
    work->sums = jk_columns_zero(2 * work->debtors, sizeof *work->sums);
    work->seen = jk_columns_zero(work->debtors, 1);
    bool complete = work->rows != NULL && work->scratch != NULL && work->keep != NULL && work->own != NULL &&
                    work->sums != NULL && work->seen != NULL;
    return jk_held(complete, error, "the rows of the panel");
}

static jk_status keep_origin(const jk_panel *panel, jk_own_calibration *to, jk_error *error) {
    const jk_tape *tape = jk_panel_tape(panel);
    const char *source = jk_tape_attribute(tape, "source_name");
    source = source[0] != '\0' ? source : jk_tape_path(tape);
    to->source = jk_arena_text(to->arena, source, strlen(source));
    to->sha256 = jk_arena_text(to->arena, jk_tape_sha256(tape), strlen(jk_tape_sha256(tape)));
    to->span_end = jk_panel_span_of(panel).end;
    return jk_held(to->source != NULL && to->sha256 != NULL, error, "a calibration");
}

static jk_status calibrate(calibrating *work, jk_panel *panel, const jk_run *run, jk_own_calibration *to,
                           jk_error *error) {
    const jk_model *model = work->model;
    const jk_own_score *own = model->scorecard.own_score;
    work->panel = panel;
    JK_TRY(keep_origin(panel, to, error));
    JK_TRY(take_memory(work, run, error));
    JK_TRY(jk_panel_stream(panel, run, pack_block, work, error));
    to->count = model->segment_count + 1;
    to->groups = jk_arena_alloc(to->arena, to->count, sizeof *to->groups);
    JK_TRY(jk_held(to->groups != NULL, error, "a calibration"));
    to->groups[0].segment = "all";
    calibrate_group(work, -1, own->slope, own->intercept, &to->groups[0]);
    if (to->groups[0].rows == 0) {
        return jk_fail(error, JK_ERROR_DATA, to->source, 0, NULL,
                       "no row of the panel in the part to fit on has the score; expected some");
    }
    for (size_t g = 0; g < model->segment_count; g++) {
        jk_own_calibration_group *group = &to->groups[g + 1];
        const jk_segment *segment = &model->segments[g];
        group->segment = segment->id;
        calibrate_group(work, (int32_t)g, segment->own_slope, segment->own_intercept, group);
        if (group->payers < JK_CALIBRATE_FEW && to->groups[0].state == JK_CALIBRATED) {
            group->state = JK_CALIBRATED_BY_ALL;
            group->slope = to->groups[0].slope;
            group->intercept = to->groups[0].intercept;
            group->slope_error = to->groups[0].slope_error;
            group->intercept_error = to->groups[0].intercept_error;
            group->covariance = to->groups[0].covariance;
        }
    }
    return JK_OK;
}

jk_status jk_own_calibrate(const char *path, const jk_model *model, const jk_panel_filter *filter, const jk_run *run,
                           jk_own_calibration *calibration, jk_error *error) {
    *calibration = (jk_own_calibration){.model = model, .arena = jk_arena_create()};
    calibrating work = {.model = model, .filter = filter};
    jk_panel *panel = NULL;
    jk_status status = JK_OK;
    if (model->scorecard.own_score == NULL) {
        JK_TRY_CLEANUP(jk_fail(error, JK_ERROR_MODEL, model->path, 0, "scorecard.own_score",
                               "missing key: the model has no score that somebody else made, which is what is "
                               "calibrated"));
    }
    JK_TRY_CLEANUP(jk_held(calibration->arena != NULL, error, "a calibration"));
    JK_TRY_CLEANUP(jk_panel_open_run(path, model, run, &panel, error));
    jk_panel_want(panel, 0);
    JK_TRY_CLEANUP(calibrate(&work, panel, run, calibration, error));
cleanup:
    jk_panel_close(panel);
    free(work.rows);
    free(work.scratch);
    free(work.keep);
    free(work.own);
    free(work.sums);
    free(work.seen);
    if (status != JK_OK) {
        jk_own_calibration_reset(calibration);
    }
    return status;
}

void jk_own_calibration_reset(jk_own_calibration *calibration) {
    if (calibration->arena != NULL) {
        jk_arena_free(calibration->arena);
    }
    *calibration = (jk_own_calibration){0};
}
