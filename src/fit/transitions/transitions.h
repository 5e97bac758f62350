/* SPDX-License-Identifier: Apache-2.0 */
/* Estimates of jalki/transitions.h. */
#ifndef JK_FIT_TRANSITIONS_H
#define JK_FIT_TRANSITIONS_H

#include "jalki/transitions.h"

jk_transition_prior jk_transition_prior_default(void);

/* The data alone, wherever there are any: the base model weighs next to nothing. */
jk_transition_prior jk_transition_prior_none(void);

/* Estimates everything from the counts. JK_ERROR_ARGUMENT if the history's segments are not the model's or a weight is
 * not above zero. Single-threaded and quick. *transitions is the caller's, for jk_transitions_reset. */
jk_status jk_transitions_estimate(const jk_history *history, const jk_model *base, const jk_transition_prior *prior,
                                  jk_transitions *transitions, jk_error *error);
void jk_transitions_reset(jk_transitions *transitions);

#endif
