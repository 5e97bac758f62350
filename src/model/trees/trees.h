/* SPDX-License-Identifier: Apache-2.0 */
/* Reading an ensemble of trees from a file of its own. */
#ifndef JK_MODEL_TREES_H
#define JK_MODEL_TREES_H

#include "base/memory.h"
#include "jalki/model.h"

typedef struct jk_trees_file {
    const char *bytes; /* of the file */
    size_t size;
    const jk_trees *trees;
    bool zero_found_missing; /* the forks show that training took 0 for missing, and nobody said which number it took */
} jk_trees_file;

/* Levels of a categorical column of text, in the order of the codes of training. */
typedef struct jk_trees_levels {
    const char *column;
    const char *const *levels;
    size_t count;
} jk_trees_levels;

/* What a file does not say; NaN, 0: nothing. */
typedef struct jk_trees_settings {
    double missing; /* a number that training took for missing */
    double margin;  /* in the place of the file's base score */
    size_t level_count;
    const jk_trees_levels *levels;
} jk_trees_settings;

/* What the output is to be: the logarithm of an intensity, log odds, a mean, or any number on a scale that a slope and
 * an intercept bring to eta: a mean, the logarithm of one, or of a hazard. */
typedef enum jk_trees_link { JK_TREES_LOG, JK_TREES_LOG_ODDS, JK_TREES_MEAN, JK_TREES_ETA } jk_trees_link;

/* Reads and checks a model file of XGBoost (JSON or UBJ) or LightGBM (text); all that it gives lives in the arena.
 * `settings` may be NULL. JK_ERROR_IO, JK_ERROR_MODEL. */
jk_status jk_trees_read(jk_arena *arena, const char *path, const jk_extras *extras, jk_trees_link link,
                        const jk_trees_settings *settings, jk_trees_file *file, jk_error *error);

#endif
