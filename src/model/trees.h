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
} jk_trees_file;

/* What the trees' output is to be: the logarithm of an intensity, or log odds. */
typedef enum jk_trees_link { JK_TREES_LOG, JK_TREES_LOG_ODDS } jk_trees_link;

/* Reads and checks a model file of XGBoost (JSON) or LightGBM (text); all that it gives lives in the arena.
 * JK_ERROR_IO, JK_ERROR_MODEL. */
jk_status jk_trees_read(jk_arena *arena, const char *path, const jk_extras *extras, jk_trees_link link,
                        jk_trees_file *file, jk_error *error);

#endif
