/* SPDX-License-Identifier: Apache-2.0 */
/* Laying trees out for forest.h: leaves are numbered from left to right, each fork becomes the mask of the leaves that
 * stay if it is passed to the right, and forks are sorted by the word of 32 leaves that they touch and by where what is
 * missing goes. A fork that rules out no leaf of a word is not listed for it. Trees with more leaves, or with forks by
 * sets of categories, keep their nodes and are walked. */
#include "score/forest.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lanes/isa.h"
#include "base/memory.h"
#include "score/scorer_internal.h"

JK_ISA_DECLARE(jk_forest_kernel, jk_forest_kernel_);

/* A fork, and the leaves on its left: [first, end). */
typedef struct fork_range {
    const jk_tree_node *node;
    int first, end;
} fork_range;

/* A tree from left to right. */
typedef struct layout {
    const jk_trees *trees;
    double leaves[JK_FOREST_LEAVES];
    fork_range forks[JK_FOREST_LEAVES];
    int leaf_count, fork_count;
} layout;

/* Counts the leaves below a node, at most one more than are laid out; none where a fork asks for a set. */
static int count_leaves(const jk_trees *trees, int32_t at, int most) {
    const jk_tree_node *node = &trees->nodes[at];
    if (node->leaf) {
        return 1;
    }
    int left = node->set >= 0 ? 0 : count_leaves(trees, node->left, most);
    int right = left == 0 || left >= most ? 0 : count_leaves(trees, node->left + 1, most - left);
    return right == 0 && left < most ? 0 : left + right;
}

static void read_tree(layout *to, int32_t at) {
    const jk_tree_node *node = &to->trees->nodes[at];
    if (node->leaf) {
        to->leaves[to->leaf_count++] = to->trees->values[at];
        return;
    }
    int first = to->leaf_count;
    read_tree(to, node->left);
    to->forks[to->fork_count++] = (fork_range){node, first, to->leaf_count};
    read_tree(to, node->left + 1);
}

/* Lists the forks of one kind that rule out leaves of a word; NULL: only counts them. */
static uint32_t list_forks(const layout *from, int word, bool missing_left, jk_forest_fork *forks) {
    uint32_t count = 0;
    for (int f = 0; f < from->fork_count; f++) {
        const fork_range *range = &from->forks[f];
        uint32_t out = 0;
        for (int leaf = range->first; leaf < range->end; leaf++) {
            out |= leaf / 32 == word ? UINT32_C(1) << leaf % 32 : 0;
        }
        if (out != 0 && (range->node->missing_left != 0) == missing_left) {
            if (forks != NULL) {
                forks[count] = (jk_forest_fork){range->node->threshold, range->node->feature, (int32_t)~out};
            }
            count++;
        }
    }
    return count;
}

/* Recursion goes as deep as a tree, and a tree that is laid out has no more than JK_FOREST_LEAVES leaves. */
static int leaves_to_lay(const jk_trees *trees, size_t tree) {
    if (trees->depths[tree] >= JK_FOREST_LEAVES) {
        return 0;
    }
    int leaves = count_leaves(trees, trees->roots[tree], JK_FOREST_LEAVES + 1);
    return leaves <= JK_FOREST_LEAVES ? leaves : 0;
}

/* Appends a tree to the forest, or only counts what it needs while there is no room yet. */
static void lay_tree(jk_forest *forest, const layout *from, jk_forest_tree *tree) {
    jk_forest_tree own = {.first_word = (uint32_t)forest->word_count,
                          .words = (uint32_t)(from->leaf_count + 31) / 32,
                          .first_leaf = (uint32_t)forest->leaf_count};
    for (int w = 0; w < (int)own.words; w++) {
        jk_forest_word word = {.first = (uint32_t)forest->fork_count};
        jk_forest_fork *forks = forest->forks == NULL ? NULL : forest->forks + forest->fork_count;
        word.left_end = word.first + list_forks(from, w, true, forks);
        forks = forks == NULL ? NULL : forest->forks + word.left_end;
        word.end = word.left_end + list_forks(from, w, false, forks);
        forest->fork_count = word.end;
        if (forest->words != NULL) {
            forest->words[forest->word_count] = word;
        }
        forest->word_count++;
    }
    if (forest->leaves != NULL) {
        memcpy(forest->leaves + forest->leaf_count, from->leaves, (size_t)from->leaf_count * sizeof *from->leaves);
    }
    forest->leaf_count += (size_t)from->leaf_count;
    *tree = own;
}

static void lay_trees(jk_forest *forest) {
    forest->word_count = forest->fork_count = forest->leaf_count = 0;
    for (size_t t = 0; t < forest->trees->tree_count; t++) {
        layout read = {.trees = forest->trees};
        if (leaves_to_lay(forest->trees, t) > 0) {
            read_tree(&read, forest->trees->roots[t]);
        }
        lay_tree(forest, &read, &forest->tree[t]);
    }
}

static jk_status make_forest(jk_forest *forest, jk_error *error) {
    forest->tree = jk_columns_zero(forest->trees->tree_count, sizeof *forest->tree);
    JK_TRY(jk_held(forest->tree != NULL, error, "the trees"));
    lay_trees(forest);
    forest->words = jk_columns_zero(forest->word_count, sizeof *forest->words);
    forest->forks = jk_columns_zero(forest->fork_count, sizeof *forest->forks);
    forest->leaves = jk_columns_zero(forest->leaf_count, sizeof *forest->leaves);
    JK_TRY(jk_held(forest->words != NULL && forest->forks != NULL && forest->leaves != NULL, error, "the trees"));
    lay_trees(forest);
    return JK_OK;
}

jk_status jk_forest_create(const jk_trees *trees, jk_forest **forest, jk_error *error) {
    jk_forest *made = jk_columns_zero(1, sizeof *made);
    *forest = NULL;
    JK_TRY(jk_held(made != NULL, error, "the trees"));
    made->trees = trees;
    made->kernel = JK_ISA_OF(jk_forest_kernel_, jk_isa_usual());
    jk_status status = make_forest(made, error);
    if (status != JK_OK) {
        jk_forest_free(made);
        return status;
    }
    *forest = made;
    return JK_OK;
}

void jk_forest_free(jk_forest *forest) {
    if (forest != NULL) {
        free(forest->tree);
        free(forest->words);
        free(forest->forks);
        free(forest->leaves);
        free(forest);
    }
}

void jk_forest_add(const jk_forest *forest, const float *features, size_t count, double *eta) {
    for (size_t first = 0; first < count; first += JK_FOREST_GROUP) {
        size_t rows = count - first < JK_FOREST_GROUP ? count - first : JK_FOREST_GROUP;
        double sum[JK_FOREST_GROUP];
        for (size_t i = 0; i < JK_FOREST_GROUP; i++) {
            sum[i] = forest->trees->base;
        }
        forest->kernel->add(forest, features + first * forest->trees->feature_count, sum);
        for (size_t i = 0; i < rows; i++) {
            eta[first + i] += sum[i];
        }
    }
}
