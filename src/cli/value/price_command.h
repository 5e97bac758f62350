/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table on stdout. */
#ifndef JK_CLI_PRICE_COMMAND_H
#define JK_CLI_PRICE_COMMAND_H

#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/bids.h"

/* Has a view show the lines of a kind, from the first return of the base case on, each with its name. */
void jk_price_choose_lines(jk_cli_listing_view *view, const jk_bids *bids, jk_bid_kind kind);

/* Writes what binds a bid, the return at the price asked, and paybacks; of the view of a table of bids. */
bool jk_price_written(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column);

/* Prints the tables, or the rows as CSV; returns the exit code. */
int jk_price_print_tables(const jk_cli_valuing *valuing, const jk_bids *bids);
int jk_price_print_csv(const jk_bids *bids);

/* The scenarios beside the base: the portfolio at each return, then segments x scenarios. Nonzero: out of memory. */
int jk_price_print_scenarios(const jk_bids *bids);

#endif
