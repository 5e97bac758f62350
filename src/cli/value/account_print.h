/* SPDX-License-Identifier: Apache-2.0 */
/* Books as tables. */
#ifndef JK_CLI_ACCOUNT_PRINT_H
#define JK_CLI_ACCOUNT_PRINT_H

#include <stdbool.h>

#include "jalki/pools.h"

/* What is shown. What cannot be anything but 0 is left out: gains where nothing is known since the purchase, and with
 * them the whole allowance; purchases in a book of one; expenses on net flows. */
typedef struct jk_cli_book_view {
    bool by_month; /* else by year */
    bool news;     /* actual flows or new forecasts are known */
    bool purchases;
} jk_cli_book_view;

/* Carrying amount and loss allowance. Returns the exit code. */
int jk_cli_book_tables(const jk_book *book, const jk_cli_book_view *view);

/* The pools with their rates. Returns the exit code. */
int jk_cli_pools_table(const jk_pools *pools);

#endif
