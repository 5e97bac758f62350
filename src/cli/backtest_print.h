/* SPDX-License-Identifier: Apache-2.0 */
/* A back-test on stdout. */
#ifndef JK_CLI_BACKTEST_PRINT_H
#define JK_CLI_BACKTEST_PRINT_H

#include "jalki/backtest.h"

/* Tables for people; returns 0, or 1 where memory ran out. */
int jk_cli_backtest_tables(const jk_backtest *test);

/* One line per model and cell: model,by,name,rows,debtors,payers,exposure,actual,expected,ratio,low,high. */
void jk_cli_backtest_csv(const jk_backtest *test);

/* The end of such a line, from name on: also of back-tests over horizons. */
void jk_cli_backtest_csv_cell(const jk_backtest_cell *cell);

#endif
