/* SPDX-License-Identifier: Apache-2.0 */
/* A model made once more with some of its keys changed. */
#ifndef JK_MODEL_AMEND_H
#define JK_MODEL_AMEND_H

#include "base/text/yaml.h"
#include "jalki/model.h"

/* A model of the tree that `model` was read from (its own changes included), with the map `changes` joined last, as an
 * include would be. `model` and the nodes of `changes` must outlive the result, which jk_model_free frees.
 * JK_ERROR_MODEL as jk_model_load says. */
jk_status jk_model_amend(const jk_model *model, const jk_yaml_node *changes, jk_model **amended, jk_error *error);

#endif
