/* SPDX-License-Identifier: Apache-2.0 */
/* A back-test on stdout. */
#ifndef JK_CLI_BACKTEST_PRINT_H
#define JK_CLI_BACKTEST_PRINT_H

#include "jalki/backtest.h"

/* Tables for people; returns 0, or 1 where memory ran out. */
int jk_cli_backtest_tables(const jk_backtest *test);

#endif
