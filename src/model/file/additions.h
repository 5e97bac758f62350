/* SPDX-License-Identifier: Apache-2.0 */
/* Joining what a model file says to what it includes: maps key by key, and lists that add (`segments+`,
 * `characteristics+`) to the list that was there. */
#ifndef JK_MODEL_ADDITIONS_H
#define JK_MODEL_ADDITIONS_H

#include "base/text/yaml.h"

/* Both maps as one: where both have a key, maps are joined and `later` wins otherwise; lists that add are put one
 * behind the other. NULL if there is no memory. */
const jk_yaml_node *jk_additions_join(jk_arena *arena, const jk_yaml_node *earlier, const jk_yaml_node *later);

/* The map without some of its keys (NULL-ended); NULL if there is no memory. */
const jk_yaml_node *jk_additions_without(jk_arena *arena, const jk_yaml_node *map, const char *const *keys);

/* Adds the entries of `segments+` to `segments` and those of `scorecard.characteristics+` to
 * `scorecard.characteristics`, where both lists are there. An entry with `like: ID` is the entry of that id with what
 * it says itself, and stands before it (a characteristic: last); one whose id is there changes that one in its place;
 * another stands first (a characteristic: last). `complete`: nothing more is to be joined, so that a list that adds to
 * nothing is an error. JK_ERROR_MODEL at the entry. */
jk_status jk_additions_apply(jk_arena *arena, bool complete, const jk_yaml_node **root, jk_error *error);

#endif
