/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the model file for actions, classes, title states and derived figures. */
#ifndef JK_MODEL_NAMES_H
#define JK_MODEL_NAMES_H

#include "jalki/model.h"

extern const char *const jk_action_names[JK_ACTION_COUNT];
extern const char *const jk_capacity_names[JK_CAPACITY_COUNT];
extern const char *const jk_title_names[JK_TITLE_COUNT];
extern const char *const jk_derived_names[JK_DERIVED_COUNT];

#endif
