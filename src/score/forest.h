/* SPDX-License-Identifier: Apache-2.0 */
/* Trees laid out for many claims at once. The leaves of a tree are numbered from left to right, a bit each. A fork that
 * a claim passes to the right rules out the leaves on its left; whatever forks it comes to, and in whatever order they
 * are asked, the lowest leaf that is left is its own. So all forks are asked of a row of claims without a jump or a
 * look-up, and a tree costs its forks, not their depth times the claims. Source: C. Lucchese et al., "QuickScorer: a
 * fast algorithm to rank documents with additive ensembles of regression trees" (SIGIR 2015).
 *
 * Trees of more than JK_FOREST_LEAVES leaves, or with forks by sets of categories, are walked claim by claim. */
#ifndef JK_SCORE_FOREST_H
#define JK_SCORE_FOREST_H

#include "jalki/model.h"
#include "jalki/status.h"

enum {
    JK_FOREST_WORDS = 8, /* of 32 leaves */
    JK_FOREST_LEAVES = 32 * JK_FOREST_WORDS,
    JK_FOREST_GROUP = 32 /* claims side by side; their features stand in columns of as many */
};

typedef struct jk_forest_fork {
    float threshold;
    int32_t feature;
    int32_t keep; /* the leaves of the word that are left on the right */
} jk_forest_fork;

/* The forks that rule out leaves of one word of 32; those where what is missing goes left come first. */
typedef struct jk_forest_word {
    uint32_t first, left_end, end; /* places among the forest's forks */
} jk_forest_word;

typedef struct jk_forest_tree {
    uint32_t first_word, words; /* places among the forest's words; none: the tree is walked */
    uint32_t first_leaf;
} jk_forest_tree;

typedef struct jk_forest_kernel jk_forest_kernel;

typedef struct jk_forest {
    const jk_trees *trees;
    jk_forest_tree *tree; /* as many */
    jk_forest_word *words;
    jk_forest_fork *forks;
    double *leaves; /* what each adds */
    size_t word_count, fork_count, leaf_count;
    const jk_forest_kernel *kernel;
} jk_forest;

/* `trees` must outlive the forest, which is freed by jk_forest_free (NULL is accepted). */
jk_status jk_forest_create(const jk_trees *trees, jk_forest **forest, jk_error *error);
void jk_forest_free(jk_forest *forest);

/* Where feature f of claim i stands among features laid out for a forest. */
static inline size_t jk_forest_place(size_t features, size_t i, size_t f) {
    return (i / JK_FOREST_GROUP * features + f) * JK_FOREST_GROUP + i % JK_FOREST_GROUP;
}

/* Adds the output of the trees to eta[count]: tree after tree in 64 bits, the same bits for any group or processor.
 * `features` by jk_forest_place, 64-byte aligned, the last group with room for all its claims. */
void jk_forest_add(const jk_forest *forest, const float *features, size_t count, double *eta);

/* Compiled once per instruction set (forest_kernel.c). */
struct jk_forest_kernel {
    /* Adds the output of the trees to sum[JK_FOREST_GROUP]; features [feature][JK_FOREST_GROUP], 64-byte aligned. */
    void (*add)(const jk_forest *forest, const float *features, double *sum);
};

/* trees.c: adds a tree that is walked to sum[JK_FOREST_GROUP]. */
void jk_forest_walk(const jk_trees *trees, size_t tree, const float *features, double *sum);

#endif
