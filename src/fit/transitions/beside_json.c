/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of what a model has beside the cash, for drawing: standard deviations of logarithms, of figures as the model
 * takes them. Exits and class moves of a segment lean on those of all segments, whose own errors they share as far. */
#include "fit/transitions/beside_json.h"

#include <math.h>

#include "base/number/fmath.h"

static json_t *cells(jk_json_builder *json, const jk_class_matrix *matrix) {
    json_t *list = json_array();
    for (int i = 0; i < JK_CAPACITY_COUNT; i++) {
        json_t *row = json_array();
        for (int j = 0; j < JK_CAPACITY_COUNT; j++) {
            const double value = matrix->value[i][j];
            jk_json_append(json, row, jk_json_number(value > 0.0 ? fmin(matrix->std_error[i][j] / value, 100.0) : 0.0));
        }
        jk_json_append(json, list, row);
    }
    return list;
}

static json_t *moves(jk_json_builder *json, const char *segment, size_t treatment, const jk_class_matrix *matrix,
                     double weight) {
    json_t *object = json_object(), *leans = json_array();
    for (int i = 0; i < JK_CAPACITY_COUNT; i++) {
        jk_json_append(json, leans, jk_json_number(weight / (weight + (double)matrix->months[i])));
    }
    jk_json_put(json, object, "segment", segment != NULL ? json_string(segment) : json_null());
    jk_json_put(json, object, "treatment", json_string(jk_fit_treatment_name(treatment)));
    jk_json_put(json, object, "relative_error", cells(json, matrix));
    jk_json_put(json, object, "leans", segment != NULL ? leans : json_null());
    if (segment == NULL) {
        json_decref(leans);
    }
    return object;
}

static json_t *segment_errors(jk_json_builder *json, const char *id, const jk_segment_transitions *of) {
    json_t *object = json_object();
    jk_json_put(json, object, "segment", json_string(id));
    jk_json_put(json, object, "exit_monthly", jk_json_number(of->exit.log_error));
    jk_json_put(json, object, "exit_leans", jk_json_number(of->exit_leans));
    jk_json_put(json, object, "months_to_title", jk_json_number(of->months_to_title.log_error));
    return object;
}

json_t *jk_fit_factor_error_json(const jk_fit_factor *factor) {
    const double away = jk_log(factor->estimate), weight = away != 0.0 ? jk_log(factor->value) / away : 1.0;
    return factor->learned ? jk_json_number(sqrt(fmin(fmax(weight, 0.0), 1.0)) * factor->std_error) : json_null();
}

json_t *jk_fit_beside_json(jk_json_builder *json, const jk_fit *fit) {
    const jk_transitions *transitions = &fit->transitions;
    json_t *object = json_object(), *segments = json_array(), *list = json_array();
    for (size_t g = 0; g <= transitions->segments; g++) {
        const bool all = g == transitions->segments;
        const char *id = all ? NULL : fit->base->segments[g].id;
        if (!all) {
            jk_json_append(json, segments, segment_errors(json, id, &transitions->segment[g]));
        }
        for (size_t t = 0; t < JK_TREATMENT_COUNT; t++) {
            const jk_class_matrix *matrix = all ? &transitions->parent[t] : &transitions->segment[g].classes[t];
            jk_json_append(json, list, moves(json, id, t, matrix, transitions->class_weight));
        }
    }
    const double half_life = fit->payers_result.half_life_error;
    jk_json_put(json, object, "half_life", half_life > 0.0 ? jk_json_number(half_life) : json_null());
    jk_json_put(json, object, "pre_title_factor", jk_fit_factor_error_json(&fit->titles.pre_title));
    jk_json_put(json, object, "exits", jk_json_number(transitions->exits_error));
    jk_json_put(json, object, "segments", segments);
    jk_json_put(json, object, "class_moves", list);
    return object;
}
