/* SPDX-License-Identifier: Apache-2.0 */
/* What measures are called in outputs. */
#ifndef JK_SCENARIO_BREAK_EVEN_H
#define JK_SCENARIO_BREAK_EVEN_H

#include "jalki/break_even.h"

const char *jk_measure_name(jk_measure measure); /* "bid", "legal_share" */

#endif
