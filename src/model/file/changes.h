/* SPDX-License-Identifier: Apache-2.0 */
/* Figures changed in a model's tree after its files were read and before it is checked. */
#ifndef JK_MODEL_CHANGES_H
#define JK_MODEL_CHANGES_H

#include "base/text/yaml.h"

/* Puts a value in its place: "irr=0.12", "risk.correlation=0.3", "segments[fi-bills].cost.hour=30". A key is written as
 * messages write it; an item of a list is named by its number, from 0, or its `id`; * stands for all items. The value
 * is YAML in one line and replaces what stood there; keys that are not there are added, for the schema to judge. *root
 * becomes the changed tree, sha256 takes the change in. JK_ERROR_ARGUMENT where the key leads nowhere, JK_ERROR_MODEL
 * where the value is no YAML. */
jk_status jk_change_tree(jk_yaml_reader *reader, const char *change, const jk_yaml_node **root, char sha256[65],
                         jk_error *error);

#endif
