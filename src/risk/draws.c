/* SPDX-License-Identifier: Apache-2.0 */
#include "risk/draws.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/normal.h"

/* A path has this many groups of four numbers in each stream: more than the months of any horizon. */
enum { GROUPS_OF_PATH = 256, WORDS = 4, MONTHS_OF_YEAR = 12 };

jk_status jk_draws_init(jk_draws *draws, const jk_model *model, uint64_t seed, jk_error *error) {
    size_t epochs = (size_t)model->epoch_count;
    size_t rows = 2 * model->jurisdiction_count * epochs + model->segment_count * (JK_PATH_FACTORS + 1);
    *draws = (jk_draws){.model = model,
                        .seed = seed,
                        .memory = jk_columns_zero(rows * JK_PATH_LANES, sizeof(float)),
                        .month = jk_columns_zero(2 * (size_t)model->horizon_months, sizeof(double))};
    if (draws->memory == NULL || draws->month == NULL) {
        jk_draws_reset(draws);
        return jk_fail_memory(error, "the paths");
    }
    draws->recovery = draws->memory;
    draws->pace = draws->recovery + model->jurisdiction_count * epochs * JK_PATH_LANES;
    draws->multiplier = draws->pace + model->jurisdiction_count * epochs * JK_PATH_LANES;
    draws->garnish = draws->multiplier + model->segment_count * JK_PATH_FACTORS * JK_PATH_LANES;
    return JK_OK;
}

void jk_draws_reset(jk_draws *draws) {
    free(draws->memory);
    free(draws->month);
    *draws = (jk_draws){0};
}

void jk_draw_normals(uint64_t seed, uint64_t stream, uint64_t path, double *normal, size_t count) {
    for (size_t i = 0; i < count; i += WORDS) {
        jk_random4 four = jk_philox(seed, stream, path * GROUPS_OF_PATH + i / WORDS);
        for (size_t k = i; k < i + WORDS && k < count; k++) {
            normal[k] = jk_normal(four.word[k - i]);
        }
    }
}

/* A number with mean 1 whose logarithm has this standard deviation. */
static float log_normal(double deviation, double normal) {
    return (float)fmin(jk_exp(deviation * normal - 0.5 * deviation * deviation), JK_RECOVERY_MAX);
}

/* The factor of one country on one path: x is a stationary autoregression, m = exp(x - sigma^2/2). */
static void fill_country(const jk_draws *draws, size_t country, const double *common, double *own, uint64_t path,
                         size_t lane) {
    const jk_model *model = draws->model;
    const jk_risk_factor *factor = &model->risk.jurisdiction[country];
    size_t place = country * (size_t)model->epoch_count * JK_PATH_LANES + lane;
    float *recovery = draws->recovery + place, *pace = draws->pace + place;
    if (factor->volatility == 0.0) {
        for (int j = 0; j < model->epoch_count; j++) {
            recovery[(size_t)j * JK_PATH_LANES] = 1.0f;
            pace[(size_t)j * JK_PATH_LANES] = 0.0f;
        }
        return;
    }
    jk_draw_normals(draws->seed, jk_stream(JK_STREAM_COUNTRY, country), path, own, (size_t)model->horizon_months);
    double shared = sqrt(model->risk.correlation), alone = sqrt(1.0 - model->risk.correlation);
    double keep = factor->persistence > 0.0 ? jk_exp(jk_log(factor->persistence) / MONTHS_OF_YEAR) : 0.0;
    double fresh = sqrt(fmax(0.0, 1.0 - keep * keep)), x = 0.0, total = 0.0;
    int month = 0;
    for (int j = 0; j < model->epoch_count; j++) {
        double sum = 0.0;
        for (int32_t i = 0; i < model->epochs[j]; i++, month++) {
            double shock = shared * common[month] + alone * own[month];
            x = month == 0 ? shock : keep * x + fresh * shock;
            sum += (double)log_normal(factor->volatility, x);
        }
        double multiplier = sum / (double)model->epochs[j];
        recovery[(size_t)j * JK_PATH_LANES] = (float)multiplier;
        pace[(size_t)j * JK_PATH_LANES] = (float)jk_pace(multiplier, model->epochs[j], month, &total);
    }
}

/* Three curves, two classes, garnishment: what is not known exactly of a segment. */
static void fill_segment(const jk_draws *draws, size_t segment, uint64_t path, size_t lane) {
    enum { CURVES = JK_TREATMENT_COUNT, CLASSES = JK_CAPACITY_ABLE, NUMBERS = CURVES + CLASSES + 1 };
    const jk_risk *risk = &draws->model->risk;
    double normal[NUMBERS];
    jk_draw_normals(draws->seed, jk_stream(JK_STREAM_PARAMETER, segment), path, normal, NUMBERS);
    float *multiplier = draws->multiplier + segment * JK_PATH_FACTORS * JK_PATH_LANES + lane;
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        float curve = log_normal(risk->curve_error, normal[a]);
        for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
            bool able = k == JK_CAPACITY_ABLE;
            float class_multiplier = able ? 1.0f : log_normal(risk->class_multiplier_error, normal[CURVES + k]);
            multiplier[(size_t)(a * JK_CAPACITY_COUNT + k) * JK_PATH_LANES] = curve * class_multiplier;
        }
    }
    draws->garnish[segment * JK_PATH_LANES + lane] = log_normal(risk->garnish_share_error, normal[CURVES + CLASSES]);
}

void jk_draws_fill(jk_draws *draws, uint64_t first, size_t lanes) {
    const jk_model *model = draws->model;
    double *common = draws->month, *own = draws->month + model->horizon_months;
    for (size_t lane = 0; lane < lanes; lane++) {
        uint64_t path = first + lane;
        jk_draw_normals(draws->seed, jk_stream(JK_STREAM_COMMON, 0), path, common, (size_t)model->horizon_months);
        for (size_t c = 0; c < model->jurisdiction_count; c++) {
            fill_country(draws, c, common, own, path, lane);
        }
        for (size_t g = 0; g < model->segment_count; g++) {
            fill_segment(draws, g, path, lane);
        }
    }
}
