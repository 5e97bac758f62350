/* SPDX-License-Identifier: Apache-2.0 */
/* A chain ladder as JSON. */
#include <math.h>

#include "base/json.h"
#include "jalki/chain_ladder.h"

static void put_amounts(jk_json_builder *b, json_t *object, const jk_chain_ladder_origin *amounts, const char *error) {
    jk_json_put(b, object, "latest", jk_json_number(amounts->latest));
    jk_json_put(b, object, "ultimate", jk_json_number(amounts->ultimate));
    jk_json_put(b, object, "reserve", jk_json_number(amounts->reserve));
    jk_json_put(b, object, error, jk_json_number(amounts->std_error));
}

char *jk_chain_ladder_json(const jk_triangle *triangle, const jk_chain_ladder *result) {
    jk_json_builder b = {0};
    json_t *root = json_object();
    json_t *origins = json_array();
    json_t *ages = json_array();
    json_t *factors = json_array();
    json_t *sigmas = json_array();
    put_amounts(&b, root, &result->total, "mack_std_error");
    for (size_t i = 0; i < result->origins; i++) {
        json_t *origin = json_object();
        jk_json_put(&b, origin, "origin", json_string(triangle->origin[i]));
        jk_json_put(&b, origin, "ages", json_integer((json_int_t)triangle->observed[i]));
        put_amounts(&b, origin, &result->origin[i], "std_error");
        jk_json_append(&b, origins, origin);
    }
    for (size_t k = 0; k < result->ages; k++) {
        jk_json_append(&b, ages, jk_json_number(triangle->age != NULL ? triangle->age[k] : (double)(k + 1)));
    }
    for (size_t k = 0; k + 1 < result->ages; k++) {
        jk_json_append(&b, factors, jk_json_number(result->factor[k]));
        jk_json_append(&b, sigmas, jk_json_number(sqrt(result->sigma_squared[k])));
    }
    jk_json_put(&b, root, "origins", origins);
    jk_json_put(&b, root, "age", ages);
    jk_json_put(&b, root, "factor", factors);
    jk_json_put(&b, root, "sigma", sigmas);
    return jk_json_text(&b, root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
