/* SPDX-License-Identifier: Apache-2.0 */
/* Factors in the model file and in the fit's JSON. */
#include <math.h>
#include <string.h>

#include "base/text/yaml_write.h"
#include "fit/factors/factors_write.h"

void jk_fit_write_risk(FILE *out, const jk_fit_factors *factors, const jk_yaml_node *base) {
    const size_t n = factors->count;
    (void)fputs("risk:\n", out);
    for (size_t i = 0; base != NULL && base->kind == JK_YAML_MAP && i < base->count; i++) {
        if (strcmp(base->pairs[i].key, "correlation") != 0) {
            jk_yaml_write_pair(out, base->pairs[i].key, base->pairs[i].value, 2, 1);
        }
    }
    (void)fprintf(out, "  correlation: # fitted to %zu periods of %d months\n    factors: [", factors->periods,
                  factors->months);
    for (size_t i = 0; i < n; i++) {
        (void)fputs(i > 0 ? ", " : "", out);
        jk_yaml_write_text(out, factors->factor[i].name);
    }
    (void)fputs("]\n    matrix:\n", out);
    for (size_t i = 0; i < n; i++) {
        (void)fputs("      - [", out);
        for (size_t j = 0; j < n; j++) {
            (void)fputs(j > 0 ? ", " : "", out);
            jk_yaml_write_number(out, factors->matrix[i * n + j]);
        }
        (void)fputs("]\n", out);
    }
}

static json_t *matrix_json(jk_json_builder *json, const double *matrix, size_t n) {
    json_t *rows = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *row = json_array();
        for (size_t j = 0; j < n; j++) {
            jk_json_append(json, row, jk_json_number(matrix[i * n + j]));
        }
        jk_json_append(json, rows, row);
    }
    return rows;
}

static json_t *factor_json(jk_json_builder *json, const jk_factor_history *factor, size_t periods) {
    json_t *object = json_object(), *shocks = json_array(), *errors = json_array();
    for (size_t t = 0; t < periods; t++) {
        const bool known = isfinite(factor->period[t].chance);
        jk_json_append(json, shocks, known ? jk_json_number(factor->period[t].shock) : json_null());
        jk_json_append(json, errors, known ? jk_json_number(sqrt(factor->period[t].chance)) : json_null());
    }
    jk_json_put(json, object, "name", jk_json_string(factor->name));
    jk_json_put_numbers(json, object, {"volatility", factor->volatility}, {"keeps", factor->keep},
                        {"spread", factor->spread});
    jk_json_put(json, object, "shocks", shocks);
    jk_json_put(json, object, "chance", errors);
    return object;
}

json_t *jk_fit_factors_json(jk_json_builder *json, const jk_fit_factors *factors) {
    if (factors == NULL) {
        return json_null();
    }
    json_t *object = json_object(), *list = json_array();
    for (size_t i = 0; i < factors->count; i++) {
        jk_json_append(json, list, factor_json(json, &factors->factor[i], factors->periods));
    }
    jk_json_put_counts(json, object, {"periods", factors->periods}, {"period_months", (size_t)factors->months});
    jk_json_put(json, object, "factors", list);
    jk_json_put(json, object, "base", matrix_json(json, factors->prior, factors->count));
    jk_json_put(json, object, "observed", matrix_json(json, factors->observed, factors->count));
    jk_json_put(json, object, "weight", matrix_json(json, factors->weight, factors->count));
    jk_json_put(json, object, "taken", matrix_json(json, factors->matrix, factors->count));
    jk_json_put_numbers(json, object, {"scatter", factors->scatter}, {"moved", factors->moved});
    return object;
}
