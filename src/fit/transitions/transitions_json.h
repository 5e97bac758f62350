/* SPDX-License-Identifier: Apache-2.0 */
/* Transitions as JSON, for the outputs of a fit. */
#ifndef JK_FIT_TRANSITIONS_JSON_H
#define JK_FIT_TRANSITIONS_JSON_H

#include "base/text/json.h"
#include "jalki/transitions.h"

/* A list with one object per segment, treatment and class at the start: segment, treatment, from, months, and by class
 * at the end counts, monthly, std_error, low, high. Segments first, then the parent as segment null. */
json_t *jk_transitions_json(jk_json_builder *builder, const jk_model *model, const jk_transitions *transitions);

/* A list with one object per segment: segment, and exit_monthly, death_monthly, insolvency_monthly, months_to_title and
 * recovery_share (by treatment), each with value, observed, low, high, events, exposure. */
json_t *jk_exits_json(jk_json_builder *builder, const jk_model *model, const jk_transitions *transitions);

#endif
