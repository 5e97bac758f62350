/* SPDX-License-Identifier: Apache-2.0 */
/* `law:` and `from:` of a scenario: a country's limitation and protected amounts from a day on. */
#ifndef JK_SCENARIO_LAW_H
#define JK_SCENARIO_LAW_H

#include "base/text/yaml.h"
#include "jalki/scenario.h"

/* What the later law may change, checked while the file is read: a map from countries of the model to `limitation` and
 * `attachable`. JK_ERROR_MODEL with file, line and key. */
jk_status jk_scenario_law_check(const jk_yaml_node *law, const jk_model *model, jk_error *error);

/* The later law as a model of its own, in *model, and the change in the arena. */
jk_status jk_scenario_law_make(jk_arena *arena, const jk_yaml_node *law, int32_t from, const jk_model *model,
                               jk_model **later, const jk_law_change **change, jk_error *error);

#endif
