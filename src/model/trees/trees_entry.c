/* SPDX-License-Identifier: Apache-2.0 */
/* `trees:` of a scorecard and of an own score: the name of a file, or a map of it and of what the file does not say. */
#include <math.h>

#include "model/file/include.h"
#include "model/keys/sections.h"
#include "model/keys/tables.h"
#include "model/trees/trees.h"

typedef struct trees_entry {
    const jk_yaml_node *file;
    const jk_yaml_node *levels;
    double missing, margin;
} trees_entry;

static const jk_field fields[] = {
    {.key = "file",
     .kind = JK_FIELD_OTHER,
     .flags = JK_FIELD_REQUIRED,
     .offset = offsetof(trees_entry, file),
     .read = jk_read_node,
     .expected = "the name of a file",
     .meaning = "the model file of XGBoost or LightGBM"},
    {.key = "missing",
     .kind = JK_FIELD_REAL,
     .low = -1e15,
     .high = 1e15,
     .fallback = NAN,
     .offset = offsetof(trees_entry, missing),
     .meaning = "a number that training took for missing, as 0; absent: none, unless the file's forks show that 0 was"},
    {.key = "margin",
     .kind = JK_FIELD_REAL,
     .low = -1000,
     .high = 1000,
     .fallback = NAN,
     .offset = offsetof(trees_entry, margin),
     .meaning = "what the trees add to, in the place of the file's base score: of trees trained with base_margin or "
                "init_score"},
    {.key = "levels",
     .kind = JK_FIELD_OTHER,
     .flags = JK_FIELD_KEEP,
     .offset = offsetof(trees_entry, levels),
     .read = jk_read_node,
     .expected = "a map of columns to lists of levels",
     .meaning = "levels of training's categorical columns of text in the order of their codes (XGBoost)"},
};
const jk_record jk_record_trees = {
    .name = "scorecard.trees", .fields = fields, .count = sizeof fields / sizeof fields[0]};

static jk_status read_levels(jk_model_reader *reader, const jk_yaml_node *map, jk_trees_settings *settings) {
    size_t before = jk_key_path_add(&reader->path, "levels");
    jk_trees_levels *all = NULL;
    JK_TRY(jk_expect_map(reader, map, "a map of columns to lists of levels"));
    JK_TRY(jk_model_alloc(reader, map->count, sizeof *all, &all));
    for (size_t i = 0; i < map->count; i++) {
        const jk_yaml_node *list = map->pairs[i].value;
        const char **levels = NULL;
        size_t inside = jk_key_path_add(&reader->path, map->pairs[i].key);
        JK_TRY(jk_expect_list(reader, list, 1, "a list of levels"));
        JK_TRY(jk_model_alloc(reader, list->count, sizeof *levels, &levels));
        for (size_t k = 0; k < list->count; k++) {
            if (list->items[k]->kind != JK_YAML_SCALAR) {
                return jk_model_expected(reader, list->items[k], "a level");
            }
            levels[k] = list->items[k]->text;
        }
        all[i] = (jk_trees_levels){.column = map->pairs[i].key, .levels = levels, .count = list->count};
        jk_key_path_cut(&reader->path, inside);
    }
    settings->levels = all;
    settings->level_count = map->count;
    jk_key_path_cut(&reader->path, before);
    return JK_OK;
}

jk_status jk_read_trees_entry(jk_model_reader *reader, const jk_yaml_node *node, jk_trees_link link,
                              const jk_trees **trees) {
    trees_entry entry = {.file = node, .missing = NAN, .margin = NAN};
    const char *name = NULL;
    jk_trees_file file = {0};
    if (node->kind == JK_YAML_MAP) {
        JK_TRY(jk_read_record(reader, &jk_record_trees, node, &entry));
    }
    jk_trees_settings settings = {.missing = entry.missing, .margin = entry.margin};
    if (entry.levels != NULL) {
        JK_TRY(read_levels(reader, entry.levels, &settings));
    }
    if (!jk_yaml_to_text(entry.file, &name) || name[0] == '\0') {
        return jk_model_expected(reader, entry.file,
                                 "the name of a model file of XGBoost (JSON, UBJ) or LightGBM (text)");
    }
    const char *path = jk_path_beside(reader->arena, entry.file->file, name);
    JK_TRY(jk_held(path != NULL, reader->error, "the model"));
    JK_TRY(jk_include_allowed(reader->model->path, path, entry.file, "trees", reader->error));
    JK_TRY(jk_trees_read(reader->arena, path, &reader->model->extras, link, &settings, &file, reader->error));
    jk_include_hash(reader->model->sha256, file.bytes, file.size);
    *trees = file.trees;
    if (file.trees->trees_left_out > 0) {
        JK_TRY(jk_model_warn(reader, node,
                             "trees: the %zu trees after the best iteration of early stopping are left out",
                             file.trees->trees_left_out));
    }
    if (file.zero_found_missing) {
        JK_TRY(jk_model_warn(reader, node,
                             "trees: training took 0 for missing (forks on column=level part 1 from what is missing); "
                             "here 0 goes the way of what is missing, too"));
    }
    return JK_OK;
}

jk_status jk_read_trees(jk_model_reader *reader, const jk_yaml_node *node, void *target) {
    jk_scorecard *scorecard = target;
    return jk_read_trees_entry(reader, node, JK_TREES_LOG, &scorecard->trees);
}
