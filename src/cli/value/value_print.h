/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of jalki value. Each returns 0, or 1 with a message. */
#ifndef JK_CLI_VALUE_PRINT_H
#define JK_CLI_VALUE_PRINT_H

#include "cli/print/listing_print.h"
#include "jalki/model.h"
#include "jalki/value.h"

/* What the portfolio comes to, and the figures that the trade quotes. */
int jk_value_print_totals(const jk_valuation *valuation, const jk_model *model);

/* By year, who pays, by decision, segment and country, and why. */
int jk_value_print_groups(const jk_valuation *valuation, const jk_model *model);

/* Adds to the lines of a turned table collections of the usual spans within the horizon, and present values of the
 * first months, each under its name. Returns the last of the spans, 0 where there is none. */
int jk_value_show_collections(jk_cli_shown *lines, int horizon);
void jk_value_show_npv(jk_cli_shown *lines);

#endif
