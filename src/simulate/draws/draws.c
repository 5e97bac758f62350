/* SPDX-License-Identifier: Apache-2.0 */
/* What a path draws (docs/simulate.md):
 *
 *     factors     of countries and segments: factors.c
 *     parameters  ln p = L n, L L' the fit's covariance (covariance.h), n standard normal; a multiplier is
 *                 exp(d - Var(d) / 2) of the sum d of what bears on it
 *     shares      the logit is normal around a place that keeps the share's mean
 *
 * Normal numbers come from Philox4x32-10 (Salmon et al. 2011) and the inverse distribution function. */
#include "simulate/draws/draws.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/fmath.h"
#include "base/number/normal.h"
#include "jalki/plan.h"
#include "simulate/paths/path_kernel.h"

/* A path has this many groups of four numbers in each stream: more than the months of any horizon. */
enum { GROUPS_OF_PATH = 256, WORDS = 4 };

/* What the points of a group do together, and with every other parameter. */
static void set_groups(jk_draws *draws) {
    const jk_covariance *c = draws->covariance;
    for (size_t g = 0; g < draws->mix->groups; g++) {
        double *shared = draws->shared + g * c->count;
        for (size_t p = 0; p < c->count; p++) {
            double share = jk_mix_share(draws->mix, g, p);
            for (size_t i = 0; share > 0.0 && i < c->count; i++) {
                shared[i] += share * c->matrix[i * c->count + p];
            }
        }
        for (size_t p = 0; p < c->count; p++) {
            draws->variance[g] += jk_mix_share(draws->mix, g, p) * shared[p];
        }
    }
}

jk_status jk_draws_init(jk_draws *draws, const jk_model *model, const jk_covariance *covariance, const jk_mix *mix,
                        uint64_t seed, jk_error *error) {
    size_t rows = 0;
    *draws =
        (jk_draws){.model = model, .seed = seed, .kernel = &jk_path_kernel_base, .covariance = covariance, .mix = mix};
    JK_TRY(jk_factors_init(&draws->factors, model, seed, error));
    const size_t factors = draws->factors.count * (size_t)model->epoch_count;
    draws->first_row = jk_columns_zero(model->segment_count, sizeof *draws->first_row);
    for (size_t g = 0; draws->first_row != NULL && g < model->segment_count; g++) {
        draws->first_row[g] = rows;
        rows += JK_CAPACITY_COUNT * jk_factor_rows(&model->segments[g], covariance->count > 0);
    }
    const size_t by_segment = model->segment_count * (1 + JK_PATH_SPELL_ROWS);
    draws->memory = jk_columns_zero((3 * factors + rows + by_segment) * JK_PATH_LANES, sizeof(float));
    draws->parameter = jk_columns_zero(2 * covariance->count, sizeof(double));
    draws->lanes = jk_columns_zero(2 * covariance->count * JK_PATH_STEP, sizeof(double));
    draws->shared = jk_columns_zero(mix->groups * (covariance->count + 1), sizeof(double));
    if (draws->first_row == NULL || draws->memory == NULL || draws->parameter == NULL || draws->lanes == NULL ||
        draws->shared == NULL) {
        jk_draws_reset(draws);
        return jk_fail_memory(error, "the paths");
    }
    draws->variance = draws->shared + mix->groups * covariance->count;
    draws->series.recovery = draws->memory;
    draws->series.mean = draws->series.recovery + factors * JK_PATH_LANES;
    draws->series.turn = draws->series.mean + factors * JK_PATH_LANES;
    draws->multiplier = draws->series.turn + factors * JK_PATH_LANES;
    draws->garnish = draws->multiplier + rows * JK_PATH_LANES;
    draws->spells = draws->garnish + model->segment_count * JK_PATH_LANES;
    set_groups(draws);
    return JK_OK;
}

void jk_draws_reset(jk_draws *draws) {
    jk_factors_reset(&draws->factors);
    free(draws->memory);
    free(draws->first_row);
    free(draws->parameter);
    free(draws->lanes);
    free(draws->shared);
    *draws = (jk_draws){0};
}

static size_t rows_of(const jk_draws *draws, size_t segment) {
    return jk_factor_rows(&draws->model->segments[segment], draws->covariance->count > 0);
}

const float *jk_draws_multiplier(const jk_draws *draws, size_t segment, size_t capacity) {
    return draws->multiplier + (draws->first_row[segment] + capacity * rows_of(draws, segment)) * JK_PATH_LANES;
}

void jk_draw_normals(uint64_t seed, uint64_t stream, uint64_t path, double *normal, size_t count) {
    assert(count <= (size_t)GROUPS_OF_PATH * WORDS); /* more would be those of the next path */
    for (size_t i = 0; i < count; i += WORDS) {
        jk_random4 four = jk_philox(seed, stream, path * GROUPS_OF_PATH + i / WORDS);
        for (size_t k = i; k < i + WORDS && k < count; k++) {
            normal[k] = jk_normal(four.word[k - i]);
        }
    }
}

float jk_draw_log_normal(double deviation, double normal) {
    return (float)fmin(jk_exp(deviation * normal - 0.5 * deviation * deviation), JK_RECOVERY_MAX);
}

/* The fit's parameters of JK_PATH_STEP paths, as logarithms. */
static void draw_parameters(const jk_draws *draws, uint64_t first) {
    const size_t n = draws->covariance->count, part = (size_t)GROUPS_OF_PATH * WORDS;
    double *normal = draws->parameter, *side = draws->lanes;
    for (size_t lane = 0; lane < JK_PATH_STEP; lane++) {
        for (size_t i = 0; i < n; i += part) {
            jk_draw_normals(draws->seed, jk_stream(JK_STREAM_COVARIANCE, i / part), first + lane, normal + i,
                            n - i < part ? n - i : part);
        }
        for (size_t i = 0; i < n; i++) {
            side[i * JK_PATH_STEP + lane] = normal[i];
        }
    }
    draws->kernel->combine(draws->covariance->factor, n, side, side + n * JK_PATH_STEP);
}

/* Those of one of the paths. */
static void take_parameters(const jk_draws *draws, size_t lane) {
    const size_t n = draws->covariance->count;
    const double *drawn = draws->lanes + n * JK_PATH_STEP + lane;
    double *own = draws->parameter + n;
    for (size_t i = 0; i < n; i++) {
        own[i] = drawn[i * JK_PATH_STEP];
    }
}

/* What is not known exactly of a segment, where no fit says better: the levels of three curves, two classes,
 * garnishment. */
enum { CURVES = JK_TREATMENT_COUNT, CLASSES = JK_CAPACITY_ABLE, NUMBERS = CURVES + CLASSES + 1 };

/* The points of a group of claims on a path: the mean of their logarithms, its variance, and its covariance with other
 * parameters. */
typedef struct group_points {
    double drawn, variance;
    const double *shared; /* [count]; NULL: no points are drawn */
} group_points;

static group_points points_of(const jk_draws *draws, size_t segment, size_t capacity) {
    const jk_covariance *c = draws->covariance;
    const double *drawn = draws->parameter + c->count;
    size_t group = jk_mix_group(segment, capacity);
    if (draws->mix->groups == 0) {
        return (group_points){0};
    }
    group_points points = {.variance = draws->variance[group], .shared = draws->shared + group * c->count};
    for (size_t p = 0; p < c->count; p++) {
        points.drawn += jk_mix_share(draws->mix, group, p) * drawn[p];
    }
    return points;
}

static double shared_with(const group_points *points, int32_t parameter) {
    return points->shared == NULL || parameter < 0 ? 0.0 : points->shared[parameter];
}

/* A multiplier with mean 1: of a step of a curve, of a class and of the claims' points, each drawn from the fit where
 * it has it. */
static float multiplier_of(const jk_draws *draws, const double normal[NUMBERS], const group_points *points,
                           size_t segment, int a, size_t step, int k) {
    const jk_risk *risk = &draws->model->risk;
    const jk_covariance *c = draws->covariance;
    const double *drawn = draws->parameter + c->count;
    int32_t of_step = jk_covariance_step(c, segment, a, step), of_class = jk_covariance_class(c, segment, a, k);
    double own_class = k == JK_CAPACITY_ABLE || of_class >= 0 ? 0.0 : risk->class_multiplier_error;
    double own_curve = of_step >= 0 ? 0.0 : risk->curve_error;
    double sum = own_curve * normal[a] + (k == JK_CAPACITY_ABLE ? 0.0 : own_class * normal[CURVES + k]);
    sum += (of_step >= 0 ? drawn[of_step] : 0.0) + (of_class >= 0 ? drawn[of_class] : 0.0) + points->drawn;
    double variance = own_curve * own_curve + own_class * own_class + jk_covariance_at(c, of_step, of_step) +
                      jk_covariance_at(c, of_class, of_class) + 2.0 * jk_covariance_at(c, of_step, of_class);
    variance += points->variance + 2.0 * (shared_with(points, of_step) + shared_with(points, of_class));
    return (float)fmin(jk_exp(sum - 0.5 * variance), JK_RECOVERY_MAX);
}

/* One class at the cut-off: only points tell the classes apart. */
static void fill_class(const jk_draws *draws, size_t g, const double normal[NUMBERS], size_t capacity,
                       float *multiplier) {
    const jk_segment *segment = &draws->model->segments[g];
    const bool by_step = draws->covariance->count > 0;
    const group_points points = points_of(draws, g, capacity);
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        for (size_t step = 0; step < (by_step ? segment->curve[a].count : 1); step++) {
            for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
                multiplier[jk_factor_row(segment, by_step, a, step, k) * JK_PATH_LANES] =
                    multiplier_of(draws, normal, &points, g, a, step, k);
            }
        }
    }
}

/* MacKay, Neural Computation 4 (1992), 720: E of the logistic of a normal number with mean l and variance v is about
 * that of l / root(1 + pi v / 8). */
double jk_draw_share(double share, double deviation, double variance) {
    static const double pi_eighth = 0x1.921fb54442d18p-2;
    double logit = jk_log(share / (1.0 - share)) * sqrt(1.0 + pi_eighth * variance) + deviation;
    return 1.0 / (1.0 + jk_exp(-logit));
}

/* What payers of a segment do on a path beside what the model says: 1 where no fit tells how well it is known. */
static void fill_spells(const jk_draws *draws, size_t g, float *spells) {
    const jk_covariance *c = draws->covariance;
    const jk_payers *payers = &draws->model->segments[g].payers;
    const double *drawn = draws->parameter + c->count;
    for (int row = 0; row < JK_PATH_SPELL_ROWS; row++) {
        spells[row * JK_PATH_LANES] = 1.0f;
    }
    for (int row = 0; row < JK_SPELL_COUNT; row++) {
        int32_t parameter = jk_covariance_spell(c, g, row);
        double variance = jk_covariance_at(c, parameter, parameter);
        if (parameter < 0) {
            continue;
        }
        if (row < JK_SPELL_BREAKAGE) {
            double share = payers->settled_share[row];
            if (share > 0.0 && share < 1.0) {
                double there = jk_draw_share(share, drawn[parameter], variance);
                spells[(JK_PATH_SETTLES + row) * JK_PATH_LANES] = (float)(there / share);
                spells[(JK_PATH_BEGINS + row) * JK_PATH_LANES] = (float)((1.0 - there) / (1.0 - share));
            }
            continue;
        }
        double factor = fmin(jk_exp(drawn[parameter] - 0.5 * variance), JK_STRESS_MAX);
        spells[(JK_PATH_STOPS + row - JK_SPELL_BREAKAGE) * JK_PATH_LANES] = (float)factor;
    }
}

static void fill_segment(const jk_draws *draws, size_t g, uint64_t path, size_t lane) {
    double normal[NUMBERS], garnish_error = draws->model->risk.garnish_share_error;
    jk_draw_normals(draws->seed, jk_stream(JK_STREAM_PARAMETER, g), path, normal, NUMBERS);
    if (draws->covariance->garnish > 0.0) { /* one for all segments, which have a stream each */
        garnish_error = draws->covariance->garnish;
        jk_draw_normals(draws->seed, jk_stream(JK_STREAM_PARAMETER, draws->model->segment_count), path,
                        normal + CURVES + CLASSES, 1);
    }
    float *multiplier = draws->multiplier + draws->first_row[g] * JK_PATH_LANES + lane;
    const size_t rows = rows_of(draws, g);
    for (size_t capacity = 0; capacity < JK_CAPACITY_COUNT; capacity++) {
        if (capacity > 0 && draws->mix->groups == 0) { /* the same for all */
            for (size_t row = 0; row < rows; row++) {
                multiplier[(capacity * rows + row) * JK_PATH_LANES] = multiplier[row * JK_PATH_LANES];
            }
        } else {
            fill_class(draws, g, normal, capacity, multiplier + capacity * rows * JK_PATH_LANES);
        }
    }
    fill_spells(draws, g, draws->spells + g * JK_PATH_SPELL_ROWS * JK_PATH_LANES + lane);
    draws->garnish[g * JK_PATH_LANES + lane] = jk_draw_log_normal(garnish_error, normal[CURVES + CLASSES]);
}

void jk_draws_fill(jk_draws *draws, uint64_t first, size_t lanes) {
    const jk_model *model = draws->model;
    for (size_t lane = 0; lane < lanes; lane++) {
        uint64_t path = first + lane;
        jk_factors_draw(&draws->factors, path, lane, &draws->series);
        if (lane % JK_PATH_STEP == 0) {
            draw_parameters(draws, path);
        }
        take_parameters(draws, lane % JK_PATH_STEP);
        for (size_t g = 0; g < model->segment_count; g++) {
            fill_segment(draws, g, path, lane);
        }
    }
}
