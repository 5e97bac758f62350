/* SPDX-License-Identifier: Apache-2.0 */
#include "fit/transitions/transitions_json.h"

static json_t *list_of(jk_json_builder *b, const double *values) {
    json_t *list = json_array();
    for (int j = 0; j < JK_CAPACITY_COUNT; j++) {
        jk_json_append(b, list, jk_json_number(values[j]));
    }
    return list;
}

static void append_matrix(jk_json_builder *b, json_t *list, const char *segment, int treatment,
                          const jk_class_matrix *matrix) {
    for (int i = 0; i < JK_CAPACITY_COUNT; i++) {
        json_t *row = json_object();
        json_t *counts = json_array();
        for (int j = 0; j < JK_CAPACITY_COUNT; j++) {
            jk_json_append(b, counts, json_integer(matrix->pairs[i][j]));
        }
        jk_json_put(b, row, "segment", segment != NULL ? json_string(segment) : json_null());
        jk_json_put(b, row, "treatment", json_string(jk_action_name((jk_action)(treatment + JK_SURVEIL))));
        jk_json_put(b, row, "from", json_string(jk_capacity_name((jk_capacity)i)));
        jk_json_put(b, row, "months", json_integer(matrix->months[i]));
        jk_json_put(b, row, "counts", counts);
        jk_json_put(b, row, "monthly", list_of(b, matrix->value[i]));
        jk_json_put(b, row, "std_error", list_of(b, matrix->std_error[i]));
        jk_json_put(b, row, "low", list_of(b, matrix->low[i]));
        jk_json_put(b, row, "high", list_of(b, matrix->high[i]));
        jk_json_append(b, list, row);
    }
}

json_t *jk_transitions_json(jk_json_builder *b, const jk_model *model, const jk_transitions *transitions) {
    json_t *list = json_array();
    for (size_t g = 0; g <= transitions->segments; g++) {
        bool parent = g == transitions->segments;
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            append_matrix(b, list, parent ? NULL : model->segments[g].id, a,
                          parent ? &transitions->parent[a] : &transitions->segment[g].classes[a]);
        }
    }
    return list;
}

static json_t *estimate(jk_json_builder *b, const jk_estimate *figures) {
    json_t *object = json_object();
    jk_json_put_numbers(b, object, {"value", figures->value}, {"observed", figures->observed}, {"low", figures->low},
                        {"high", figures->high}, {"events", figures->events}, {"exposure", figures->exposure});
    return object;
}

json_t *jk_exits_json(jk_json_builder *b, const jk_model *model, const jk_transitions *transitions) {
    json_t *list = json_array();
    for (size_t g = 0; g < transitions->segments; g++) {
        const jk_segment_transitions *segment = &transitions->segment[g];
        json_t *object = json_object();
        json_t *shares = json_object();
        jk_json_put(b, object, "segment", json_string(model->segments[g].id));
        jk_json_put(b, object, "exit_monthly", estimate(b, &segment->exit));
        jk_json_put(b, object, "death_monthly", estimate(b, &segment->death));
        jk_json_put(b, object, "insolvency_monthly", estimate(b, &segment->insolvency));
        jk_json_put(b, object, "months_to_title", estimate(b, &segment->months_to_title));
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            jk_json_put(b, shares, jk_action_name((jk_action)(a + JK_SURVEIL)),
                        estimate(b, &segment->recovery_share[a]));
        }
        jk_json_put(b, object, "recovery_share", shares);
        jk_json_append(b, list, object);
    }
    return list;
}
