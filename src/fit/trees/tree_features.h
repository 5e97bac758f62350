/* SPDX-License-Identifier: Apache-2.0 */
/* What trees see of a row of history: the scorecard's characteristics as they are, without bins. A number is a feature;
 * a level is one that is 1 or 0. They are the features that src/score makes of a claim by their names. */
#ifndef JK_FIT_TREE_FEATURES_H
#define JK_FIT_TREE_FEATURES_H

#include "base/memory.h"
#include "jalki/panel.h"

typedef struct jk_tree_features {
    size_t count;
    const char **name; /* "balance", "legal_status=title" */
    size_t *item;      /* [count] index of the characteristic */
    int *level;        /* [count] level of it that counts; -1: the number itself */
} jk_tree_features;

/* Features of a scorecard, in the arena. JK_ERROR_DATA if it has no characteristics. */
jk_status jk_tree_features_make(const jk_scorecard *card, jk_arena *arena, jk_tree_features *features, jk_error *error);

/* Bytes of scratch for blocks of `rows` rows. */
size_t jk_tree_features_scratch(size_t rows);

/* Features of all rows of a block, row by row, into out[block->rows][count]. */
void jk_tree_features_fill(const jk_tree_features *features, const jk_scorer *scorer, const jk_scorecard *card,
                           const jk_panel_block *block, void *scratch, float *out);

#endif
