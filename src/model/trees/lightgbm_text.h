/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a LightGBM model as lists of numbers: the form is checked here, the meaning in trees_lightgbm.c. */
#ifndef JK_MODEL_LIGHTGBM_TEXT_H
#define JK_MODEL_LIGHTGBM_TEXT_H

#include "model/trees/trees_internal.h"

typedef struct lightgbm_piece {
    const char *text; /* after "key="; NULL: the key does not stand there */
    size_t length;
    int64_t line;
} lightgbm_piece;

/* One tree: forks have as many entries as forks, leaves as many as leaves; all whole numbers but thresholds and values
 * within the bounds that their name says. */
typedef struct lightgbm_tree {
    int64_t line; /* of its "Tree=" */
    size_t leaves, forks, sets, words;
    int64_t set_line;
    const double *feature, *threshold, *decision, *left, *right; /* [forks] */
    const double *value, *weight;                                /* [leaves]; weight NULL: not given */
    const double *boundary;                                      /* [sets + 1], ascending from 0 to words */
    const double *bits;                                          /* [words] */
} lightgbm_tree;

typedef struct lightgbm_file {
    lightgbm_piece version, classes, per_iteration, objective, names, pandas;
    int64_t average_line; /* of average_output; 0: it does not stand there */
    size_t tree_count;
    lightgbm_tree *trees;
} lightgbm_file;

jk_status jk_lightgbm_text(jk_trees_reader *t, const char *bytes, size_t size, lightgbm_file *file);

/* The next word of a list parted by spaces; false at its end. */
bool jk_lightgbm_word(lightgbm_piece *list, const char **word, size_t *length);

#endif
