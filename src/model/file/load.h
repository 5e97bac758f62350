/* SPDX-License-Identifier: Apache-2.0 */
/* From a joined tree to a model. */
#ifndef JK_MODEL_LOAD_H
#define JK_MODEL_LOAD_H

#include "base/text/yaml.h"
#include "jalki/model.h"

/* Makes the model of a joined tree, whose nodes are in the arena, which the model owns from then on where this
 * succeeds. `path` is the file's, for messages and names beside it; `sha256` the hash of its files, to which that of
 * its trees is added; `told` the currency that money is converted to, NULL: the file's own. */
jk_status jk_model_make(jk_arena *arena, const char *path, const jk_yaml_node *root, const char sha256[65],
                        const char *told, jk_model **model, jk_error *error);

#endif
