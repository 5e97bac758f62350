/* SPDX-License-Identifier: Apache-2.0 */
/* A group of claims through the trees of forest.h (QuickScorer, Lucchese et al. 2015), compiled once per instruction
 * set. Each fork clears the bits of the leaves that it rules out, for a vector of claims at a time; the lowest bit that
 * is left is the leaf. Comparisons are those of the walk (a number not below the threshold goes right, what is missing
 * where the fork says), and leaves are added tree after tree in 64 bits: the bits of the sum are those of walking. */
#include "score/forest.h"

#include "base/lanes/isa_name.h"
#include "base/lanes/lanes.h"

enum { VECTORS = JK_FOREST_GROUP / JK_LANES };

/* The leaves of a word that are left for each claim, a bit each. A claim goes right where its number is not below the
 * threshold. */
JK_INLINE void pass_forks(const jk_forest_fork *forks, const jk_forest_word *word, const float *features,
                          jk_index left[VECTORS]) {
    JK_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        left[v] = jk_index_set(-1);
    }
    for (uint32_t f = word->first; f < word->left_end; f++) {
        const float *own = features + (size_t)forks[f].feature * JK_FOREST_GROUP;
        JK_UNROLL
        for (int v = 0; v < VECTORS; v++) {
            jk_mask right = jk_ge(jk_load(own + v * JK_LANES), jk_set(forks[f].threshold)); /* no: missing */
            left[v] = jk_index_and_where(right, left[v], forks[f].keep);
        }
    }
    for (uint32_t f = word->left_end; f < word->end; f++) {
        const float *own = features + (size_t)forks[f].feature * JK_FOREST_GROUP;
        JK_UNROLL
        for (int v = 0; v < VECTORS; v++) {
            jk_mask goes_left = jk_gt(jk_set(forks[f].threshold), jk_load(own + v * JK_LANES)); /* no: missing */
            left[v] = jk_index_and_unless(goes_left, left[v], forks[f].keep);
        }
    }
}

/* The lowest leaf of a word that is left, for each claim; below 0: none. */
JK_INLINE void find_leaves(const jk_forest *forest, const jk_forest_word *word, const float *features,
                           int32_t leaf[JK_FOREST_GROUP]) {
    jk_index left[VECTORS];
    pass_forks(forest->forks, word, features, left);
    JK_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        jk_index_store(leaf + v * JK_LANES, jk_index_lowest_bit(left[v]));
    }
}

static void add(const jk_forest *forest, const float *features, double *sum) {
    _Alignas(64) int32_t leaf[JK_FOREST_GROUP], found[JK_FOREST_GROUP];
    for (size_t t = 0; t < forest->trees->tree_count; t++) {
        const jk_forest_tree *tree = &forest->tree[t];
        if (tree->words == 0) {
            jk_forest_walk(forest->trees, t, features, sum);
            continue;
        }
        const jk_forest_word *words = forest->words + tree->first_word;
        find_leaves(forest, &words[tree->words - 1], features, leaf);
        for (uint32_t w = tree->words - 1; w > 0; w--) { /* a leaf of the word before comes first */
            find_leaves(forest, &words[w - 1], features, found);
            for (int i = 0; i < JK_FOREST_GROUP; i++) {
                leaf[i] = found[i] >= 0 ? found[i] : leaf[i] + 32;
            }
        }
        const double *leaves = forest->leaves + tree->first_leaf;
        for (int i = 0; i < JK_FOREST_GROUP; i++) {
            sum[i] += leaves[leaf[i]];
        }
    }
}

extern const jk_forest_kernel JK_ISA_NAME(jk_forest_kernel_);
const jk_forest_kernel JK_ISA_NAME(jk_forest_kernel_) = {add};
