/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a logistic model or a neural network from a file of its own. */
#ifndef JK_MODEL_NETWORK_H
#define JK_MODEL_NETWORK_H

#include "base/memory.h"
#include "jalki/model.h"
#include "model/trees/trees.h"

typedef struct jk_network_file {
    const char *bytes; /* of the file */
    size_t size;
    const jk_network *network;
} jk_network_file;

/* Reads and checks a file of the project's own format (docs/model-file.md); all that it gives lives in the arena. Its
 * `output` must be that of `link`. JK_ERROR_IO, JK_ERROR_MODEL. */
jk_status jk_network_read(jk_arena *arena, const char *path, const jk_extras *extras, jk_trees_link link,
                          jk_network_file *file, jk_error *error);

/* network_grid.c: rounds `weights`, those of the layer, to a grid and chooses that of its inputs, which are `bounded`
 * by 1 or typically as large as `typical`; what is typical of its outputs comes back. */
void jk_network_choose_grid(jk_network_layer *layer, double *weights, bool bounded, double *typical);

#endif
