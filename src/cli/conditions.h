/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the conditions of a bid from options: required returns and floors. */
#ifndef JK_CLI_CONDITIONS_H
#define JK_CLI_CONDITIONS_H

#include <argp.h>

#include "jalki/bids.h"

/* Reads "0.12,0.15,0.18" into irr[JK_RETURNS_MAX] and returns how many; on anything else argp_error is called. */
size_t jk_cli_returns(struct argp_state *state, const char *list, double *irr);

/* Reads "multiple=1.8", "payback=60" or "irr=0.1" and appends it to floors[JK_FLOORS_MAX]. */
void jk_cli_floor(struct argp_state *state, const char *text, jk_floor *floors, size_t *count);

#endif
