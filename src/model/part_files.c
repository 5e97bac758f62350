/* SPDX-License-Identifier: Apache-2.0 */
#include "model/part_files.h"

#include <string.h>

#include "base/error.h"
#include "model/include.h"

static const jk_yaml_node *child(const jk_yaml_node *map, const char *key) {
    const jk_yaml_pair *pair = map != NULL && map->kind == JK_YAML_MAP ? jk_yaml_find(map, key) : NULL;
    return pair != NULL ? pair->value : NULL;
}

jk_status jk_part_files(jk_arena *arena, const jk_yaml_node *root, jk_part_file files[JK_PART_FILES], char sha256[65],
                        jk_error *error) {
    const jk_yaml_node *card = child(root, "scorecard"), *own = child(card, "own_score");
    const jk_yaml_node *named[JK_PART_FILES] = {child(card, "trees"), child(own, "card"), child(own, "trees")};
    static const char *const keys[JK_PART_FILES] = {"scorecard.trees", "scorecard.own_score.card",
                                                    "scorecard.own_score.trees"};
    for (size_t i = 0; i < JK_PART_FILES; i++) {
        jk_yaml_reader reader = {.arena = arena};
        const char *bytes = NULL;
        size_t size = 0;
        files[i] = (jk_part_file){.key = keys[i]};
        if (named[i] == NULL || named[i]->kind != JK_YAML_SCALAR) {
            continue;
        }
        files[i].path = jk_path_beside(arena, named[i]->file, named[i]->text);
        if (files[i].path == NULL) {
            return jk_fail_memory(error, "the files of a model");
        }
        JK_TRY(jk_yaml_read_file(&reader, files[i].path, &bytes, &size, error));
        JK_TRY(jk_include_digest(files[i].sha256, bytes, size, files[i].path, error));
        JK_TRY(jk_include_hash(sha256, bytes, size, files[i].path, error));
    }
    return JK_OK;
}
