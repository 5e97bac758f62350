/* SPDX-License-Identifier: Apache-2.0 */
/* A chain ladder as JSON. */
#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "base/run_record.h"
#include "jalki/chain_ladder.h"

enum { NOTE_ROOM = 512 };

static void put_amounts(jk_json_builder *b, json_t *object, const jk_chain_ladder_origin *amounts, const char *error) {
    jk_json_put(b, object, "latest", jk_json_number(amounts->latest));
    jk_json_put(b, object, "ultimate", jk_json_number(amounts->ultimate));
    jk_json_put(b, object, "reserve", jk_json_number(amounts->reserve));
    jk_json_put(b, object, error, jk_json_number(amounts->std_error));
    if (!isnan(amounts->prior)) {
        jk_json_put(b, object, "prior", jk_json_number(amounts->prior));
        jk_json_put(b, object, "bf_ultimate", jk_json_number(amounts->bf_ultimate));
        jk_json_put(b, object, "bf_reserve", jk_json_number(amounts->bf_reserve));
    }
}

int jk_chain_ladder_note(const jk_triangle *triangle, const jk_chain_ladder *result, size_t index, char *text,
                         size_t room) {
    if (triangle->filled > 0 && index-- == 0) {
        (void)snprintf(
            text, room,
            "%zu cell%s up to the latest calendar period had no row and count%s as 0, the first: origin %s at "
            "age %g",
            triangle->filled, triangle->filled == 1 ? "" : "s", triangle->filled == 1 ? "s" : "",
            triangle->origin[triangle->filled_origin], triangle->age[triangle->filled_age]);
        return 1;
    }
    if (result->tail != 1.0 && index-- == 0) {
        (void)snprintf(text, room, "a tail of %.6g is given: the standard errors know nothing of its own",
                       result->tail);
        return 1;
    }
    for (size_t i = 0; i < result->origins; i++) {
        double latest = result->origin[i].latest;
        if (triangle->observed[i] < triangle->ages && !(latest > 0.0) && index-- == 0) {
            (void)snprintf(text, room,
                           "origin %s stands at %.6g: %s; its reserve and its error say nothing, and the sum over all "
                           "origins lacks it",
                           triangle->origin[i], latest,
                           latest < 0.0 ? "factors make what was paid back more of it" : "any factor leaves it at 0");
            return 1;
        }
    }
    return 0;
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
    jk_json_put(&b, root, "tail", jk_json_number(result->tail));
    jk_json_put(&b, root, "origins", origins);
    jk_json_put(&b, root, "age", ages);
    jk_json_put(&b, root, "factor", factors);
    jk_json_put(&b, root, "sigma", sigmas);
    json_t *messages = json_array();
    char text[NOTE_ROOM];
    for (size_t i = 0; jk_chain_ladder_note(triangle, result, i, text, sizeof text); i++) {
        jk_json_append(&b, messages, json_string(text));
    }
    jk_json_put(&b, root, "messages", messages);
    jk_json_put(&b, root, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
