/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces that the JSON outputs of valuations share. */
#ifndef JK_VALUE_JSON_PARTS_H
#define JK_VALUE_JSON_PARTS_H

#include "base/text/json.h"
#include "jalki/value.h"

/* Fifteen digits: 0.15 stays 0.15, and sums on the grid keep their cents. */
enum { JK_JSON_FLAGS = JSON_INDENT(2) | JSON_REAL_PRECISION(15) };

/* null for a month that never comes (-1). */
json_t *jk_json_months(int months);

/* The hours of a plan, where it has such a limit. */
void jk_json_put_hours(jk_json_builder *b, json_t *object, const jk_hours *hours);

/* claims, face, value. */
json_t *jk_json_group(jk_json_builder *builder, const jk_group *group);
json_t *jk_json_challenge(jk_json_builder *builder, const jk_challenge *challenge);

/* Gross collections over the usual spans: {"84": ..., "120": ..., "180": ...}. */
json_t *jk_json_collections(jk_json_builder *builder, const jk_offer *offer);

/* "fit": what a fitted model's plan loses and how uncertain its value is; nothing where it was not measured. */
void jk_json_put_worth(jk_json_builder *builder, json_t *object, const jk_worth *worth);

/* Where the figures come from; `irr` are the required returns of the run: a number, or a list where there are several.
 */
json_t *jk_json_manifest(jk_json_builder *builder, const jk_tape *tape, const jk_model *model,
                         const jk_valuation *valuation, const double *irr, size_t count);

/* "exchange_rates": those that stand behind the amounts, units of the base currency per unit; nothing where none does.
 */
void jk_json_put_rates(jk_json_builder *builder, json_t *object, const jk_tape *tape, const jk_model *model);

#endif
