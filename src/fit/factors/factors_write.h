/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JK_FIT_FACTORS_WRITE_H
#define JK_FIT_FACTORS_WRITE_H

#include <stdio.h>

#include "base/text/json.h"
#include "base/text/yaml.h"
#include "fit/factors/fit_factors.h"

/* `risk:` of the fitted model: the base model's (NULL: it has none) with the fitted correlations. */
void jk_fit_write_risk(FILE *out, const jk_fit_factors *factors, const jk_yaml_node *base);

/* null where there are none. */
json_t *jk_fit_factors_json(jk_json_builder *json, const jk_fit_factors *factors);

#endif
