/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of tree files share. */
#ifndef JK_MODEL_TREES_INTERNAL_H
#define JK_MODEL_TREES_INTERNAL_H

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/trees/trees.h"

enum {
    JK_TREES_MAX = 100000,
    JK_TREE_NODES_MAX = 1 << 24,
    JK_TREE_FEATURES_MAX = 4096,
    JK_TREE_DEPTH_MAX = 4096,
};

typedef struct jk_trees_reader {
    jk_arena *arena;
    jk_error *error;
    const char *path;
    const jk_extras *extras; /* own columns of the model; NULL: none */
    jk_trees_link link;
    const jk_trees_settings *settings;
    jk_trees *trees;     /* filled by the reader */
    jk_tree_node *nodes; /* these four: tables of jk_trees while they are filled */
    double *values;
    int32_t *roots;
    uint16_t *depths;
    size_t nodes_used;
    bool parts_levels, parts_no_level; /* XGBoost: forks on column=level within (0, 1]; outside */
} jk_trees_reader;

#define FAIL_TREES(t, line, ...) jk_fail((t)->error, JK_ERROR_MODEL, (t)->path, line, NULL, __VA_ARGS__)

/* Zeroed memory in the arena; *memory is set only on success. */
jk_status jk_trees_take(jk_trees_reader *t, size_t count, size_t size, void *memory);
/* Tables for so many trees and nodes; and when they are full, their place in jk_trees. */
jk_status jk_trees_open(jk_trees_reader *t, size_t trees, size_t nodes);
void jk_trees_close(jk_trees_reader *t);
/* What a feature's name stands for: a number, or column=level; by_code: a column of text without a level, too. */
jk_status jk_trees_read_feature(jk_trees_reader *t, int64_t line, const char *text, size_t size, bool by_code,
                                jk_tree_feature *feature);

/* trees_xgboost.c, trees_lightgbm.c: the bytes of a whole file, terminated by a NUL that `size` does not count. */
jk_status jk_trees_read_xgboost(jk_trees_reader *t, const char *bytes, size_t size);
bool jk_trees_is_lightgbm(const char *bytes, size_t size);
jk_status jk_trees_read_lightgbm(jk_trees_reader *t, const char *bytes, size_t size);

#endif
