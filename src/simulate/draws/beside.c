/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/draws/beside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"
#include "jalki/terms.h"
#include "model/find.h"
#include "simulate/draws/draws.h"

enum {
    MOVES = JK_TREATMENT_COUNT * JK_CAPACITY_COUNT * JK_CAPACITY_COUNT,
    OF_SEGMENT = 2 + MOVES,
    OF_ALL = 3,
    PART = 1024
};
#define HALF_LIFE_MOST 600.0 /* of a model file, as are the bounds below */
#define TITLE_MOST     600.0
#define FACTOR_MOST    1000.0
#define EXIT_MOST      10.0

typedef struct beside_reader {
    const char *path;
    const jk_model *model;
    jk_beside *into;
    jk_error *error;
} beside_reader;

static jk_status wrong(const beside_reader *self, const char *expected) {
    return jk_fail(self->error, JK_ERROR_FORMAT, self->path, 0, "beside_cash", "expected %s, as jalki fit writes it",
                   expected);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* An error that is a number from 0 to `most`, or null, which is 0. */
static bool read_number(const json_t *number, double most, double *out) {
    *out = json_is_null(number) ? 0.0 : json_number_value(number);
    return (json_is_null(number) || json_is_number(number)) && *out >= 0.0 && *out <= most;
}

/* The place of a segment's errors; all together where its name is null and `all` may be. */
static jk_status find_segment(const beside_reader *self, const json_t *object, bool all, jk_beside_segment **out) {
    const json_t *id = json_object_get(object, "segment");
    const int g = jk_model_find_segment(self->model, json_string_value(id));
    if (g < 0 && !(all && json_is_null(id))) {
        return jk_fail(self->error, JK_ERROR_DATA, self->path, 0, "beside_cash",
                       "segment %.60s is not in the model; expected the covariance of this model's fit",
                       json_is_string(id) ? json_string_value(id) : "null");
    }
    *out = &self->into->segment[g >= 0 ? (size_t)g : self->into->segments];
    return JK_OK;
}

static jk_status read_segment(beside_reader *self, const json_t *object) {
    jk_beside_segment *to = NULL;
    JK_TRY(find_segment(self, object, false, &to));
    if (!read_number(json_object_get(object, "exit_monthly"), 100.0, &to->exit) ||
        !read_number(json_object_get(object, "exit_leans"), 1.0, &to->exit_leans) ||
        !read_number(json_object_get(object, "months_to_title"), 100.0, &to->title)) {
        return wrong(self, "errors of exit_monthly and months_to_title, and exit_leans");
    }
    self->into->count +=
        (size_t)(to->exit > 0.0 || to->exit_leans * self->into->exits > 0.0) + (size_t)(to->title > 0.0);
    return JK_OK;
}

static jk_status read_moves(beside_reader *self, const json_t *object) {
    jk_beside_segment *to = NULL;
    JK_TRY(find_segment(self, object, true, &to));
    const int t = jk_treatment_find(json_string_value(json_object_get(object, "treatment")));
    const bool all = to == &self->into->segment[self->into->segments];
    const json_t *errors = json_object_get(object, "relative_error"), *leans = json_object_get(object, "leans");
    bool good = t >= 0 && json_array_size(errors) == JK_CAPACITY_COUNT;
    for (size_t i = 0; good && i < JK_CAPACITY_COUNT; i++) {
        const json_t *row = json_array_get(errors, i);
        good = json_array_size(row) == JK_CAPACITY_COUNT &&
               (all || read_number(json_array_get(leans, i), 1.0, &to->leans[t][i]));
        for (size_t j = 0; good && j < JK_CAPACITY_COUNT; j++) {
            double relative = 0.0;
            good = read_number(json_array_get(row, j), 100.0, &relative);
            to->move[t][i][j] = i != j ? sqrt(jk_log(1.0 + relative * relative)) : 0.0;
            self->into->count += (size_t)(!all && to->move[t][i][j] > 0.0);
        }
    }
    return good ? JK_OK : wrong(self, "of each treatment a square of relative errors, and leans from 0 to 1");
}

static jk_status read_all(beside_reader *self, const json_t *object) {
    jk_beside *into = self->into;
    const json_t *segments = json_object_get(object, "segments"), *list = json_object_get(object, "class_moves");
    into->segments = self->model->segment_count;
    into->segment = jk_columns_zero(into->segments + 1, sizeof *into->segment);
    JK_TRY(jk_held(into->segment != NULL, self->error, "the covariance"));
    if (!read_number(json_object_get(object, "half_life"), 100.0, &into->half_life) ||
        !read_number(json_object_get(object, "pre_title_factor"), 100.0, &into->pre_title) ||
        !read_number(json_object_get(object, "exits"), 100.0, &into->exits)) {
        return wrong(self, "errors of half_life, pre_title_factor and exits from 0 to 100");
    }
    into->count = (size_t)(into->half_life > 0.0) + (into->pre_title > 0.0);
    for (size_t i = 0; i < json_array_size(segments); i++) {
        JK_TRY(read_segment(self, json_array_get(segments, i)));
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        JK_TRY(read_moves(self, json_array_get(list, i)));
    }
    return JK_OK;
}

jk_status jk_beside_read(jk_beside *beside, const json_t *object, const char *path, const jk_model *model,
                         jk_error *error) {
    beside_reader self = {.path = path, .model = model, .into = beside, .error = error};
    *beside = (jk_beside){0};
    return object != NULL ? read_all(&self, object) : JK_OK;
}

void jk_beside_reset(jk_beside *beside) {
    free(beside->segment);
    *beside = (jk_beside){0};
}

/* ---- drawing ----------------------------------------------------------------------------------------------------- */

/* exp(d - Var(d) / 2) of d = own z + shared y. */
static double factor_of(double own, double z, double shared, double y) {
    return jk_exp(own * z + shared * y - 0.5 * (own * own + shared * shared));
}

/* A row of a class matrix; what moves nowhere stays. */
static void draw_row(const jk_beside_segment *own, const jk_beside_segment *all, int t, int i, const double *z,
                     const double *y, double row[JK_CAPACITY_COUNT]) {
    double sum = 0.0;
    for (int j = 0; j < JK_CAPACITY_COUNT; j++) {
        const int at = (t * JK_CAPACITY_COUNT + i) * JK_CAPACITY_COUNT + j;
        row[j] *= factor_of(own->move[t][i][j], z[at], own->leans[t][i] * all->move[t][i][j], y[at]);
        sum += j != i ? row[j] : 0.0;
    }
    for (int j = 0; j < JK_CAPACITY_COUNT; j++) {
        row[j] /= fmax(sum, 1.0);
    }
    row[i] = fmax(0.0, 1.0 - sum);
}

static void draw_segment(const jk_beside *beside, size_t g, const double *all, const double *own, jk_segment *segment) {
    const jk_beside_segment *of = &beside->segment[g];
    segment->exit_monthly =
        fmin(EXIT_MOST, segment->exit_monthly * factor_of(of->exit, own[0], of->exit_leans * beside->exits, all[0]));
    segment->months_to_title = fmin(TITLE_MOST, segment->months_to_title * factor_of(of->title, own[1], 0.0, 0.0));
    segment->pre_title_factor =
        fmin(FACTOR_MOST, segment->pre_title_factor * factor_of(beside->pre_title, all[1], 0.0, 0.0));
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        for (int i = 0; i < JK_CAPACITY_COUNT; i++) {
            draw_row(of, &beside->segment[beside->segments], t, i, own + 2, all + OF_ALL, segment->class_monthly[t][i]);
        }
    }
}

static void draw_normals(uint64_t seed, uint64_t number, double *normal, size_t count) {
    for (size_t i = 0; i < count; i += PART) {
        jk_draw_normals(seed, jk_stream(JK_STREAM_BESIDE, i / PART), number, normal + i,
                        count - i < PART ? count - i : PART);
    }
}

/* Scaled to mean squares of 1 over all draws; `room` [2][count]. */
static void draw_scaled(uint64_t seed, uint64_t number, double sign, double *normal, double *room, size_t count) {
    double *squares = room + count;
    for (uint64_t n = 0; n < JK_BESIDE_DRAWS; n++) {
        draw_normals(seed, n, room, count);
        for (size_t i = 0; i < count; i++) {
            squares[i] = (n == 0 ? 0.0 : squares[i]) + room[i] * room[i];
            normal[i] = n == number ? room[i] : normal[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        normal[i] *= sign * sqrt((double)JK_BESIDE_DRAWS / squares[i]);
    }
}

jk_status jk_beside_draw(const jk_beside *beside, uint64_t seed, uint64_t number, double sign, jk_segment *segment,
                         jk_scorecard *card, jk_error *error) {
    const size_t of_all = OF_ALL + MOVES, count = of_all + beside->segments * OF_SEGMENT;
    double *normal = jk_columns_zero(3 * count, sizeof *normal);
    JK_TRY(jk_held(normal != NULL, error, "the models drawn"));
    draw_scaled(seed, number, sign, normal, normal + count, count);
    for (size_t g = 0; g < beside->segments; g++) {
        draw_segment(beside, g, normal, normal + of_all + g * OF_SEGMENT, &segment[g]);
    }
    if (card->half_life > 0.0) {
        card->half_life = fmin(HALF_LIFE_MOST, card->half_life * jk_exp(beside->half_life * normal[2]));
    }
    free(normal);
    return JK_OK;
}
