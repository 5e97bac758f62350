/* SPDX-License-Identifier: Apache-2.0 */
/* A tree of XGBoost's lists its forks by sets, ascending, in `categories_nodes`; the set of the k-th of them is
 * `categories_sizes`[k] entries of `categories` from `categories_segments`[k] on. */
#include "model/trees/trees_categories.h"

#include <string.h>

enum { CATEGORIES_MAX = 1 << 20 };

static json_int_t whole_at(const json_t *tree, const char *key, size_t i) {
    const json_t *item = json_array_get(json_object_get(tree, key), i);
    return json_is_integer(item) ? json_integer_value(item) : -1;
}

static size_t count_of(const json_t *tree, const char *key) {
    return json_array_size(json_object_get(tree, key));
}

/* The words that the k-th set of a tree takes; 0 where it is none. */
static size_t words_of(const json_t *tree, size_t k) {
    const json_int_t first = whole_at(tree, "categories_segments", k), count = whole_at(tree, "categories_sizes", k);
    const size_t all = count_of(tree, "categories");
    json_int_t largest = -1;
    if (first < 0 || count < 1 || (size_t)first > all || (size_t)count > all - (size_t)first) {
        return 0;
    }
    for (size_t i = (size_t)first; i < (size_t)(first + count); i++) {
        const json_int_t code = whole_at(tree, "categories", i);
        if (code < 0 || code >= CATEGORIES_MAX) {
            return 0;
        }
        largest = code > largest ? code : largest;
    }
    return (size_t)largest / 32 + 1;
}

jk_status jk_categories_open(jk_trees_reader *t, const json_t *trees, size_t count, jk_category_sets *sets) {
    size_t all = 0, words = 0;
    *sets = (jk_category_sets){0};
    for (size_t i = 0; i < count; i++) {
        const json_t *tree = json_array_get(trees, i);
        for (size_t k = 0; k < count_of(tree, "categories_nodes"); k++) {
            const size_t of_set = words_of(tree, k);
            words += of_set;
            all++;
            if (of_set == 0 || words > JK_TREE_NODES_MAX) {
                return FAIL_TREES(t, 0, "tree %zu: set %zu of categories is none, or the sets are too large", i, k);
            }
        }
    }
    JK_TRY(jk_trees_take(t, all, sizeof *sets->sets, &sets->sets));
    return jk_trees_take(t, words, sizeof *sets->bits, &sets->bits);
}

jk_status jk_categories_add(jk_trees_reader *t, const json_t *tree, size_t number, size_t node, jk_category_sets *sets,
                            int32_t *set) {
    size_t low = 0, high = count_of(tree, "categories_nodes");
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const bool before = whole_at(tree, "categories_nodes", middle) < (json_int_t)node;
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    if (whole_at(tree, "categories_nodes", low) != (json_int_t)node) {
        return FAIL_TREES(t, 0, "tree %zu, node %zu splits by a set of categories that the file does not hold", number,
                          node);
    }
    const size_t words = words_of(tree, low);
    const json_int_t first = whole_at(tree, "categories_segments", low);
    const json_int_t count = whole_at(tree, "categories_sizes", low);
    *set = (int32_t)sets->used;
    sets->sets[sets->used++] = (jk_tree_set){.first = (uint32_t)sets->words, .words = (uint32_t)words};
    for (size_t i = (size_t)first; i < (size_t)(first + count); i++) {
        const size_t code = (size_t)whole_at(tree, "categories", i);
        sets->bits[sets->words + code / 32] |= UINT32_C(1) << (code % 32);
    }
    sets->words += words;
    return JK_OK;
}

jk_status jk_categories_find_levels(jk_trees_reader *t, jk_tree_feature *feature) {
    if (feature->from.is_numeric || feature->level != NULL) {
        return JK_OK;
    }
    for (size_t i = 0; i < t->settings->level_count; i++) {
        if (strcmp(t->settings->levels[i].column, feature->from.name) == 0) {
            feature->levels = t->settings->levels[i].levels;
            feature->level_count = t->settings->levels[i].count;
            return JK_OK;
        }
    }
    return FAIL_TREES(t, 0,
                      "%s is categorical and the file does not say which level each code stands for; expected "
                      "trees: {file: NAME, levels: {%s: [level, ...]}} in the order of training's codes",
                      feature->from.name, feature->from.name);
}
