/* SPDX-License-Identifier: Apache-2.0 */
/* What exclusions and orders are called in outputs. */
#ifndef JK_DECIDE_WORDS_H
#define JK_DECIDE_WORDS_H

#include "jalki/decide.h"
#include "jalki/worklist.h"

const char *jk_exclusion_name(jk_exclusion exclusion); /* "none", "barred", "vulnerable", "disputed", "no_channel",
                                                          "no_gain", "hours", "resting", "elsewhere" */
const char *jk_worklist_order_name(jk_worklist_order order); /* "gain_per_hour", "gain", "balance" */

#endif
