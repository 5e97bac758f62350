/* SPDX-License-Identifier: Apache-2.0 */
#include "model/file/part_files.h"

#include "base/error.h"
#include "base/file/sha256.h"
#include "model/file/include.h"

static const jk_yaml_node *child(const jk_yaml_node *map, const char *key) {
    const jk_yaml_pair *pair = map != NULL && map->kind == JK_YAML_MAP ? jk_yaml_find(map, key) : NULL;
    return pair != NULL ? pair->value : NULL;
}

jk_status jk_part_files(jk_arena *arena, const jk_yaml_node *root, jk_part_file files[JK_PART_FILES], char sha256[65],
                        jk_error *error) {
    const jk_yaml_node *card = child(root, "scorecard"), *own = child(card, "own_score");
    const struct {
        const jk_yaml_node *node;
        const char *key;
        jk_part_kind kind;
    } named[JK_PART_FILES] = {{child(card, "trees"), "scorecard.trees", JK_PART_TREES},
                              {child(card, "network"), "scorecard.network", JK_PART_NETWORK},
                              {child(own, "card"), "scorecard.own_score.card", JK_PART_CARD},
                              {child(own, "trees"), "scorecard.own_score.trees", JK_PART_TREES},
                              {child(own, "network"), "scorecard.own_score.network", JK_PART_NETWORK}};
    for (size_t i = 0; i < JK_PART_FILES; i++) {
        jk_yaml_reader reader = {.arena = arena};
        const char *bytes = NULL;
        size_t size = 0;
        const jk_yaml_node *node = child(named[i].node, "file") != NULL ? child(named[i].node, "file") : named[i].node;
        files[i] = (jk_part_file){.key = named[i].key, .kind = named[i].kind};
        if (node == NULL || node->kind != JK_YAML_SCALAR) {
            continue;
        }
        files[i].path = jk_path_beside(arena, node->file, node->text);
        JK_TRY(jk_held(files[i].path != NULL, error, "the files of a model"));
        JK_TRY(jk_yaml_read_file(&reader, files[i].path, &bytes, &size, error));
        jk_sha256_text_of(bytes, size, files[i].sha256);
        jk_include_hash(sha256, bytes, size);
    }
    return JK_OK;
}
