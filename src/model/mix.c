/* SPDX-License-Identifier: Apache-2.0 */
/* A model made of the parts of two. */

#include "base/error.h"
#include "jalki/model_diff.h"
#include "model/file/diff.h"
#include "model/file/include.h"
#include "model/file/load.h"

static bool of_second(const char *key, unsigned parts_of_b) {
    return (parts_of_b >> jk_model_part_of(key) & 1) != 0;
}

static jk_status mix_roots(jk_arena *arena, const jk_yaml_node *const root[2], unsigned parts_of_b,
                           const jk_yaml_node **mixed, jk_error *error) {
    jk_yaml_pair *pairs = jk_arena_alloc(arena, root[0]->count + root[1]->count, sizeof *pairs);
    size_t count = 0;
    for (int side = 0; pairs != NULL && side < 2; side++) {
        for (size_t i = 0; i < root[side]->count; i++) {
            if (of_second(root[side]->pairs[i].key, parts_of_b) == (side == 1)) {
                pairs[count++] = root[side]->pairs[i];
            }
        }
    }
    *mixed = pairs != NULL ? jk_yaml_make_map(arena, root[0], pairs, count) : NULL;
    return jk_held(*mixed != NULL, error, "a mixed model");
}

static jk_status mix(jk_arena *arena, const char *const path[2], unsigned parts_of_b, jk_model **model,
                     jk_error *error) {
    jk_yaml_reader reader = {.arena = arena};
    const jk_yaml_node *root[2] = {NULL, NULL}, *mixed = NULL;
    char sha256[2][65];
    for (int side = 0; side < 2; side++) {
        reader.bytes = reader.nodes = 0; /* the limits are of each model */
        JK_TRY(jk_include_load(&reader, path[side], &root[side], sha256[side], error));
    }
    JK_TRY(mix_roots(arena, root, parts_of_b, &mixed, error));
    JK_TRY(jk_model_make(arena, path[0], mixed, sha256[0], NULL, model, error));
    jk_include_hash((*model)->sha256, (const char *)&parts_of_b, sizeof parts_of_b);
    return JK_OK;
}

jk_status jk_model_mix(const char *a, const char *b, unsigned parts_of_b, jk_model **model, jk_error *error) {
    const char *const path[2] = {a, b};
    *model = NULL;
    jk_arena *arena = jk_arena_create();
    JK_TRY(jk_held(arena != NULL, error, "a mixed model"));
    jk_status status = mix(arena, path, parts_of_b, model, error);
    if (status != JK_OK) {
        *model = NULL;
        jk_arena_free(arena);
    }
    return status;
}
