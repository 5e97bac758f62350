/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison says in sentences. */
#ifndef JK_FIT_EXPERIMENT_WORDS_H
#define JK_FIT_EXPERIMENT_WORDS_H

#include "fit/experiment/experiment_internal.h"

jk_status jk_experiment_say(jk_experiment *self, jk_error *error);

#endif
