/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table on stdout. */
#ifndef JK_CLI_PRICE_COMMAND_H
#define JK_CLI_PRICE_COMMAND_H

#include "cli/value/valuing.h"
#include "jalki/bids.h"

/* Prints the tables, or the rows as CSV; returns the exit code. */
int jk_price_print_tables(const jk_cli_valuing *valuing, const jk_bids *bids);
int jk_price_print_csv(const jk_bids *bids);

/* The scenarios beside the base: the portfolio at each return, then segments x scenarios. Nonzero: out of memory. */
int jk_price_print_scenarios(const jk_bids *bids);

#endif
