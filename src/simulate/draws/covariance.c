/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the covariance that `fit` writes beside a model, takes it to what is not known of the model's own figures
 * (formula and source in covariance.h), and factors it, L L' = C by Cholesky's method. A pivot below a small part of
 * its diagonal is rounding: its column stays 0, the parameter is then a combination of earlier ones. */
#include "simulate/draws/covariance.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/memory.h"
#include "base/number/semidefinite.h"
#include "base/text/json.h"
#include "jalki/score.h"
#include "model/find.h"
#include "simulate/draws/covariance_levels.h"

/* Pivots below this part of their diagonal are rounding: the parameter is what earlier ones say. */
#define CASH_MOST 1e18

typedef struct covariance_reader {
    const char *path;
    const jk_model *model;
    jk_covariance *into;
    size_t *row;     /* [count] row of each drawn parameter in its matrix of the file */
    int *collective; /* [count] whose mean it leans on, -1: on none */
    double *credibility;
    double *unknown;  /* [count] variance besides */
    double *expected; /* [count] cash that the panel was expected to bring where the figure counts; 0: it is not told */
    size_t all, spells;                   /* parameters of the file, and those of payers */
    bool base_curves[JK_TREATMENT_COUNT]; /* the base model's stand under the treatment */
    jk_error *error;
} covariance_reader;

static jk_status wrong(const covariance_reader *r, const char *key, const char *expected) {
    return jk_fail(r->error, JK_ERROR_FORMAT, r->path, 0, key, "expected %s, as jalki fit writes it", expected);
}

/* The step that a level such as "24 to below 60" speaks of. */
static int find_step(const jk_steps *steps, const char *level) {
    char *end = NULL;
    long month = strtol(level, &end, 10);
    for (size_t i = 0; end != level && i < steps->count; i++) {
        if (steps->month[i] == month) {
            return (int)i;
        }
    }
    return -1;
}

static int find_class(const char *level) {
    for (int k = 0; k < JK_CAPACITY_COUNT; k++) {
        if (strcmp(jk_capacity_name((jk_capacity)k), level) == 0) {
            return k;
        }
    }
    return -1;
}

/* Where the number of a level's points goes, or NULL where the scorecard does not have it: grouped otherwise by hand.
 */
static int32_t *find_point(const covariance_reader *r, const char *name, const char *level) {
    const jk_scorecard *card = &r->model->scorecard;
    for (size_t c = 0; c < card->count; c++) {
        for (size_t l = 0;
             strcmp(card->characteristics[c].name, name) == 0 && l < jk_score_level_count(&card->characteristics[c]);
             l++) {
            char text[64];
            if (strcmp(jk_score_level_name(&card->characteristics[c], l, text), level) == 0) {
                return &r->into->of_point[c * r->into->point_room + l];
            }
        }
    }
    return NULL;
}

/* Where a parameter's number goes and on whose mean it leans; NULL for one that is not drawn. */
static jk_status find_place(const covariance_reader *r, json_t *named, int32_t **place, int *collective) {
    const char *characteristic = json_string_value(json_object_get(named, "characteristic"));
    const char *level = json_string_value(json_object_get(named, "level"));
    const char *id = json_string_value(json_object_get(named, "segment"));
    *place = NULL;
    *collective = -1;
    if (characteristic == NULL || level == NULL) {
        return wrong(r, "parameters", "a characteristic and a level of each parameter");
    }
    bool curve = strcmp(characteristic, "curve") == 0, class_level = strcmp(characteristic, "capacity_class") == 0;
    if (!curve && !class_level) {
        *place = find_point(r, characteristic, level);
        return JK_OK;
    }
    int g = jk_model_find_segment(r->model, id),
        a = jk_treatment_find(json_string_value(json_object_get(named, "treatment")));
    int at = -1;
    if (g >= 0 && a >= 0) {
        at = curve ? find_step(&r->model->segments[g].curve[a], level) : find_class(level);
    }
    if (at < 0) {
        return jk_fail(r->error, JK_ERROR_DATA, r->path, 0, "parameters",
                       "%.60s %.40s of segment %.60s is not in the model; expected the covariance of this model's fit",
                       characteristic, level, id == NULL ? "null" : id);
    }
    size_t treatment = (size_t)g * JK_TREATMENT_COUNT + (size_t)a;
    *place = curve ? &r->into->of_step[treatment * r->into->step_room + (size_t)at]
                   : &r->into->of_class[treatment * JK_CAPACITY_COUNT + (size_t)at];
    *collective = curve ? a : JK_TREATMENT_COUNT + a;
    return JK_OK;
}

/* How far a parameter is its own and not its collective's, from 0 to 1; false: it says no such thing. */
static bool read_credibility(const json_t *named, double *trust) {
    const json_t *credibility = json_object_get(named, "credibility");
    *trust = json_number_value(credibility);
    return json_is_number(credibility) && *trust >= 0.0 && *trust <= 1.0;
}

static jk_status read_base_curves(covariance_reader *r, const json_t *list) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        int t = jk_treatment_find(json_string_value(json_array_get(list, i)));
        if (t < 0) {
            return wrong(r, "base_curves", "treatments");
        }
        r->base_curves[t] = true;
    }
    return JK_OK;
}

static jk_status read_parameters(covariance_reader *r, json_t *list) {
    jk_covariance *c = r->into;
    for (size_t i = 0; i < r->all; i++) {
        json_t *named = json_array_get(list, i);
        int32_t *place = NULL;
        int collective = -1;
        JK_TRY(find_place(r, named, &place, &collective));
        if (place == NULL) {
            c->left_out++;
            continue;
        }
        if (collective >= 0 && collective < JK_TREATMENT_COUNT && r->base_curves[collective]) {
            continue; /* the model has nothing of the estimate: add_rest */
        }
        double trust = 0.0;
        if (!read_credibility(named, &trust) || *place >= 0) {
            return wrong(r, "parameters", "each parameter once, with a credibility from 0 to 1");
        }
        *place = (int32_t)c->count;
        c->points += collective < 0;
        r->collective[c->count] = collective;
        r->credibility[c->count] = trust;
        r->unknown[c->count] = json_number_value(json_object_get(named, "unknown"));
        if (!(r->unknown[c->count] >= 0.0 && r->unknown[c->count] <= 1e4)) {
            return wrong(r, "parameters", "what is unknown of each parameter, from 0 to 10000");
        }
        r->expected[c->count] = fmin(fmax(0.0, json_number_value(json_object_get(named, "expected"))), CASH_MOST);
        r->row[c->count++] = i;
    }
    return JK_OK;
}

/* Of the drawn parameters first..end-1, whose rows and columns stand in a matrix of `size`. */
static jk_status read_matrix(covariance_reader *r, json_t *rows, size_t size, size_t first, size_t end) {
    jk_covariance *c = r->into;
    for (size_t i = first; i < end; i++) {
        json_t *row = json_array_get(rows, r->row[i]);
        if (json_array_size(row) != size) {
            return wrong(r, "covariance", "a square matrix with a row for each parameter");
        }
        for (size_t k = first; k < end; k++) {
            json_t *number = json_array_get(row, r->row[k]);
            double value = json_number_value(number);
            if (!json_is_number(number) || !(fabs(value) <= 1e4)) {
                return wrong(r, "covariance", "numbers");
            }
            c->matrix[i * c->count + k] = value;
        }
    }
    return JK_OK;
}

/* ---- payers ------------------------------------------------------------------------------------------------------
 */

static int find_spell_figure(const char *figure, const char *link) {
    static const struct {
        const char *figure, *link;
        int row;
    } figures[] = {{"settled_share", "logit", JK_SPELL_SETTLED},
                   {"breakage", "log", JK_SPELL_BREAKAGE},
                   {"monthly_share", "log", JK_SPELL_SHARE}};
    for (size_t f = 0; figure != NULL && link != NULL && f < sizeof figures / sizeof figures[0]; f++) {
        if (strcmp(figures[f].figure, figure) == 0 && strcmp(figures[f].link, link) == 0) {
            return figures[f].row;
        }
    }
    return -1;
}

/* The rows of a segment that a figure speaks of: one, or of a share of no class all classes'; none: *rows is 0, what
 * is not drawn. */
static jk_status find_spell(const covariance_reader *r, json_t *named, int32_t **place, int *first, int *rows) {
    const char *figure = json_string_value(json_object_get(named, "figure"));
    const char *id = json_string_value(json_object_get(named, "segment"));
    json_t *class = json_object_get(named, "capacity_class");
    *rows = 0;
    if (figure == NULL) {
        return wrong(r, "spells", "a figure of each parameter");
    }
    int row = find_spell_figure(figure, json_string_value(json_object_get(named, "link")));
    if (row < 0) {
        return JK_OK; /* half_life, which is drawn with what is beside the cash */
    }
    bool share = row == JK_SPELL_SHARE, whole = share && json_is_null(class);
    int g = jk_model_find_segment(r->model, id);
    int at = whole   ? 0
             : share ? (json_is_string(class) ? find_class(json_string_value(class)) : -1)
                     : jk_treatment_find(json_string_value(json_object_get(named, "treatment")));
    if (g < 0 || at < 0 || !r->model->segments[g].payers.given) {
        return jk_fail(r->error, JK_ERROR_DATA, r->path, 0, "spells",
                       "%.40s of segment %.60s is not in the model; expected the covariance of this model's fit",
                       figure, id == NULL ? "null" : id);
    }
    *first = row + at;
    *rows = whole ? JK_CAPACITY_COUNT : 1;
    *place = &r->into->of_spell[(size_t)g * JK_SPELL_COUNT + (size_t)*first];
    return JK_OK;
}

static jk_status read_spells(covariance_reader *r, json_t *list) {
    jk_covariance *c = r->into;
    for (size_t i = 0; i < r->spells; i++) {
        json_t *named = json_array_get(list, i);
        int32_t *place = NULL;
        int first = 0;
        int rows = 0;
        JK_TRY(find_spell(r, named, &place, &first, &rows));
        double trust = 0.0;
        if (!read_credibility(named, &trust)) {
            return wrong(r, "spells", "a credibility from 0 to 1 of each parameter");
        }
        for (int k = 0; k < rows; k++) {
            if (place[k] >= 0) {
                return wrong(r, "spells", "each parameter once");
            }
            place[k] = (int32_t)c->count;
        }
        if (rows > 0) {
            c->spells++;
            r->collective[c->count] = 2 * JK_TREATMENT_COUNT + first;
            r->credibility[c->count] = trust;
            r->row[c->count++] = i;
        }
    }
    return JK_OK;
}

/* Steps of which there is no estimate, because nothing came in or nothing was seen: they are their collective's, which
 * no curve knows better than its own steps do, or the base model's, with the error that the model file says of curves.
 * All of a curve are one parameter; what levels bring in moves them as it moves the others. */
static void add_rest(covariance_reader *r) {
    jk_covariance *c = r->into;
    for (size_t curve = 0; curve < r->model->segment_count * JK_TREATMENT_COUNT; curve++) {
        const size_t t = curve % JK_TREATMENT_COUNT;
        int32_t *step = &c->of_step[curve * c->step_room];
        bool any = false;
        for (size_t k = 0; k < r->model->segments[curve / JK_TREATMENT_COUNT].curve[t].count; k++) {
            any = any || step[k] < 0;
            step[k] = step[k] < 0 ? (int32_t)c->count : step[k];
        }
        if (any) {
            r->collective[c->count] = r->base_curves[t] ? -1 : (int)t;
            r->credibility[c->count] = r->base_curves[t] ? 1.0 : 0.0;
            c->rest++;
            c->count++;
        }
    }
}

/* Curves that lean on no collective, or on one that says nothing of itself. */
static void put_curve_errors(covariance_reader *r) {
    jk_covariance *c = r->into;
    const double error = r->model->risk.curve_error;
    for (size_t i = c->count - c->rest; i < c->count; i++) {
        double *own = &c->matrix[i * c->count + i];
        *own = *own > 0.0 ? *own : error * error;
    }
}

/* From the covariance of the estimates to what is not known of the figures that the model takes. */
static void lean(const covariance_reader *r) {
    enum { COLLECTIVES = 2 * JK_TREATMENT_COUNT + JK_SPELL_COUNT };
    jk_covariance *c = r->into;
    const size_t n = c->count;
    double weight[COLLECTIVES] = {0};
    for (size_t i = 0; i < n; i++) {
        double own = c->matrix[i * n + i];
        if (r->collective[i] >= 0 && own > 0.0) {
            weight[r->collective[i]] += (1.0 - r->credibility[i]) / own;
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            int shared = r->collective[i] == r->collective[k] ? r->collective[i] : -1;
            double both = (1.0 - r->credibility[i]) * (1.0 - r->credibility[k]);
            double mean = shared >= 0 && both > 0.0 && weight[shared] > 0.0 ? both / weight[shared] : 0.0;
            c->matrix[i * n + k] = sqrt(r->credibility[i] * r->credibility[k]) * c->matrix[i * n + k] + mean;
        }
    }
}

/* Steps without an estimate share a parameter. */
static bool is_first(const int32_t *step, size_t place) {
    for (size_t i = 0; i < place; i++) {
        if (step[i] == step[place]) {
            return false;
        }
    }
    return true;
}

/* What is not known because it is not known how far segments differ: of figures, and of whole curves, all of whose
 * steps it moves together. */
static jk_status add_unknown(const covariance_reader *r, const json_t *list) {
    jk_covariance *c = r->into;
    for (size_t i = 0; i < c->count; i++) {
        c->matrix[i * c->count + i] += r->unknown[i];
    }
    for (size_t n = 0; n < json_array_size(list); n++) {
        const json_t *one = json_array_get(list, n), *number = json_object_get(one, "variance");
        int g = jk_model_find_segment(r->model, json_string_value(json_object_get(one, "segment"))),
            a = jk_treatment_find(json_string_value(json_object_get(one, "treatment")));
        double variance = json_number_value(number);
        if (g < 0 || a < 0 || !json_is_number(number) || !(variance >= 0.0 && variance <= 1e4)) {
            return wrong(r, "curves_unknown", "a segment, a treatment and a variance of each curve");
        }
        const int32_t *step = &c->of_step[((size_t)g * JK_TREATMENT_COUNT + (size_t)a) * c->step_room];
        const size_t steps = r->model->segments[g].curve[a].count;
        for (size_t i = 0; i < steps; i++) {
            for (size_t k = 0; k < steps; k++) {
                bool both = is_first(step, i) && is_first(step, k);
                c->matrix[(size_t)step[i] * c->count + (size_t)step[k]] += both ? variance : 0.0;
            }
        }
    }
    return JK_OK;
}

static jk_status factorise(const covariance_reader *r) {
    double pivot = 0.0;
    const jk_covariance *c = r->into;
    return jk_semidefinite_root(c->matrix, c->count, c->factor, &pivot) == c->count
               ? JK_OK
               : wrong(r, "covariance", "a positive semidefinite matrix");
}

static jk_status allocate(covariance_reader *r) {
    jk_covariance *c = r->into;
    const jk_model *model = r->model;
    c->step_room = 1;
    for (size_t g = 0; g < model->segment_count; g++) {
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            size_t steps = model->segments[g].curve[a].count;
            c->step_room = steps > c->step_room ? steps : c->step_room;
        }
    }
    const jk_scorecard *card = &model->scorecard;
    c->point_room = 1;
    for (size_t i = 0; i < card->count; i++) {
        size_t levels = jk_score_level_count(&card->characteristics[i]);
        c->point_room = levels > c->point_room ? levels : c->point_room;
    }
    const size_t points = (card->count + 1) * c->point_room;
    size_t curves = model->segment_count * JK_TREATMENT_COUNT;
    c->of_point = jk_columns_alloc(points, sizeof *c->of_point);
    c->of_step = jk_columns_alloc(curves * c->step_room, sizeof *c->of_step);
    c->of_class = jk_columns_alloc(curves * JK_CAPACITY_COUNT, sizeof *c->of_class);
    const size_t spells = model->segment_count * JK_SPELL_COUNT, all = r->all + r->spells + curves;
    c->of_spell = jk_columns_alloc(spells, sizeof *c->of_spell);
    c->matrix = jk_columns_zero(all * all, sizeof *c->matrix);
    c->factor = jk_columns_zero(all * all, sizeof *c->factor);
    r->row = jk_columns_zero(all, sizeof *r->row);
    r->credibility = jk_columns_zero(all, sizeof *r->credibility);
    r->collective = jk_columns_zero(all, sizeof *r->collective);
    r->expected = jk_columns_zero(all, sizeof *r->expected);
    r->unknown = jk_columns_zero(all, sizeof *r->unknown);
    JK_TRY(jk_held(r->expected != NULL && c->of_spell != NULL && c->of_point != NULL && r->collective != NULL &&
                       c->of_step != NULL && c->of_class != NULL && c->matrix != NULL && c->factor != NULL &&
                       r->row != NULL && r->credibility != NULL && r->unknown != NULL,
                   r->error, "the covariance"));
    memset(c->of_spell, 0xff, spells * sizeof *c->of_spell);
    memset(c->of_point, 0xff, points * sizeof *c->of_point);
    memset(c->of_step, 0xff, curves * c->step_room * sizeof *c->of_step);
    memset(c->of_class, 0xff, curves * JK_CAPACITY_COUNT * sizeof *c->of_class);
    return JK_OK;
}

static jk_status read_root(covariance_reader *r, json_t *root) {
    json_t *parameters = json_object_get(root, "parameters"), *rows = json_object_get(root, "covariance");
    json_t *spells = json_object_get(root, "spells"), *figures = json_object_get(spells, "parameters");
    json_t *spell_rows = json_object_get(spells, "covariance");
    r->all = json_array_size(parameters);
    r->spells = json_array_size(figures);
    if (json_integer_value(json_object_get(root, "jalki_covariance")) != 1) {
        return wrong(r, "jalki_covariance", "1, the version of the format");
    }
    const char *sha256 = json_string_value(json_object_get(root, "model_sha256"));
    if (sha256 != NULL && strcmp(sha256, r->model->sha256) != 0) {
        return jk_fail(r->error, JK_ERROR_DATA, r->path, 0, "model_sha256",
                       "is the covariance of another model than %s (it was changed or fitted again since, or a fit was "
                       "interrupted); expected the two files of one fit: run jalki fit again",
                       r->model->path);
    }
    if (r->all == 0 || r->all > JK_COVARIANCE_MOST || json_array_size(rows) != r->all) {
        return wrong(r, "parameters", "1 to 2048 parameters, and a row of the covariance for each");
    }
    if (r->spells > JK_COVARIANCE_MOST || json_array_size(spell_rows) != r->spells) {
        return wrong(r, "spells", "at most 2048 parameters, and a row of the covariance for each");
    }
    JK_TRY(allocate(r));
    JK_TRY(read_base_curves(r, json_object_get(root, "base_curves")));
    const json_t *garnish = json_object_get(root, "garnish_share");
    r->into->garnish = json_number_value(garnish);
    if (!(r->into->garnish >= 0.0 && r->into->garnish <= 100.0)) {
        return wrong(r, "garnish_share", "an error from 0 to 100, or null");
    }
    JK_TRY(jk_beside_read(&r->into->beside, json_object_get(root, "beside_cash"), r->path, r->model, r->error));
    JK_TRY(read_parameters(r, parameters));
    const size_t first = r->into->count;
    JK_TRY(read_spells(r, figures));
    const size_t end = r->into->count;
    add_rest(r);
    JK_TRY(read_matrix(r, rows, r->all, 0, first));
    JK_TRY(read_matrix(r, spell_rows, r->spells, first, end));
    lean(r);
    put_curve_errors(r);
    JK_TRY(add_unknown(r, json_object_get(root, "curves_unknown")));
    JK_TRY(jk_covariance_levels(json_object_get(root, "levels"), r->path, r->model, r->expected, r->into, r->error));
    return factorise(r);
}

jk_status jk_covariance_load(const char *path, const jk_model *model, jk_covariance *covariance, jk_error *error) {
    *covariance = (jk_covariance){0};
    covariance_reader r = {.path = path, .model = model, .into = covariance, .error = error};
    FILE *file = jk_input_stream(path);
    if (file == NULL) {
        return jk_fail_errno(error, path, "open");
    }
    json_error_t problem;
    json_t *root = jk_json_parse_file(file, JSON_REJECT_DUPLICATES, &problem);
    (void)fclose(file);
    jk_status status = root == NULL
                           ? jk_fail(error, JK_ERROR_FORMAT, path, problem.line, NULL, "not JSON: %s", problem.text)
                           : read_root(&r, root);
    json_decref(root);
    free(r.row);
    free(r.credibility);
    free(r.unknown);
    free(r.collective);
    free(r.expected);
    if (status != JK_OK) {
        jk_covariance_reset(covariance);
    }
    return status;
}

void jk_covariance_reset(jk_covariance *covariance) {
    free(covariance->matrix);
    free(covariance->factor);
    free(covariance->of_step);
    free(covariance->of_class);
    free(covariance->of_point);
    free(covariance->of_spell);
    jk_beside_reset(&covariance->beside);
    *covariance = (jk_covariance){0};
}
