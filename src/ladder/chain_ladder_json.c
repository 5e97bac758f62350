/* SPDX-License-Identifier: Apache-2.0 */
/* A chain ladder as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file/run_record.h"
#include "base/words/listing.h"
#include "jalki/chain_ladder.h"

enum { NOTE_ROOM = 512 };

/* The sums, under their columns' names. */
static void put_total(jk_json_builder *b, json_t *root, const jk_listing *rows) {
    jk_cell cells[JK_LISTING_COLUMNS];
    b->failed |= jk_listing_row(rows, rows->rows - 1, cells, NULL) != JK_OK;
    for (size_t c = 0; c < rows->column_count; c++) {
        if (strcmp(rows->columns[c].unit, "") != 0) {
            const char *name = rows->columns[c].name;
            jk_json_put(b, root, strcmp(name, "std_error") == 0 ? "mack_std_error" : name,
                        jk_json_number(cells[c].number));
        }
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
    const jk_listing rows = jk_chain_ladder_listing(triangle, result);
    const jk_listing steps = jk_chain_ladder_factors_listing(triangle, result);
    json_t *origins = json_array();
    json_t *ages = json_array();
    json_t *factors = json_array();
    json_t *sigmas = json_array();
    put_total(&b, root, &rows);
    for (size_t i = 0; i < result->origins; i++) {
        jk_json_append(&b, origins, jk_listing_row_json(&b, &rows, i));
    }
    for (size_t k = 0; k < steps.rows; k++) {
        json_t *step = jk_listing_row_json(&b, &steps, k);
        jk_json_append(&b, ages, json_incref(json_object_get(step, "from_age")));
        jk_json_append(&b, factors, json_incref(json_object_get(step, "factor")));
        jk_json_append(&b, sigmas, json_incref(json_object_get(step, "sigma")));
        if (k + 1 == steps.rows) {
            jk_json_append(&b, ages, json_incref(json_object_get(step, "to_age")));
        }
        json_decref(step);
    }
    jk_json_put(&b, root, "tail", jk_json_number(result->tail));
    jk_json_put(&b, root, "origins", origins);
    jk_json_put(&b, root, "age", ages);
    jk_json_put(&b, root, "factor", factors);
    jk_json_put(&b, root, "sigma", sigmas);
    json_t *messages = json_array();
    char text[NOTE_ROOM];
    for (size_t i = 0; jk_chain_ladder_note(triangle, result, i, text, sizeof text); i++) {
        jk_json_append(&b, messages, jk_json_string(text));
    }
    jk_json_put(&b, root, "messages", messages);
    jk_json_put(&b, root, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
}
