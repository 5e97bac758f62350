/* SPDX-License-Identifier: Apache-2.0 */
/* Forks of XGBoost's trees by sets of categories. */
#ifndef JK_MODEL_TREES_CATEGORIES_H
#define JK_MODEL_TREES_CATEGORIES_H

#include <jansson.h>

#include "model/trees/trees_internal.h"

/* Tables of sets while they are filled. */
typedef struct jk_category_sets {
    jk_tree_set *sets;
    uint32_t *bits;
    size_t used, words;
} jk_category_sets;

/* Checks the sets of the first `count` trees of a file and takes room for them. */
jk_status jk_categories_open(jk_trees_reader *t, const json_t *trees, size_t count, jk_category_sets *sets);

/* Adds the set of fork `node` of tree `number`; *set is its place. */
jk_status jk_categories_add(jk_trees_reader *t, const json_t *tree, size_t number, size_t node, jk_category_sets *sets,
                            int32_t *set);

/* What the codes of a categorical feature stand for: a number is its own code, levels are those of the settings. */
jk_status jk_categories_find_levels(jk_trees_reader *t, jk_tree_feature *feature);

#endif
