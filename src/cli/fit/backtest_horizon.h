/* SPDX-License-Identifier: Apache-2.0 */
/* A back-test over horizons on stdout. */
#ifndef JK_CLI_BACKTEST_HORIZON_H
#define JK_CLI_BACKTEST_HORIZON_H

#include "jalki/horizon.h"

/* Tables for people, those whose bit is set in `by`; returns 0, or 1 where memory ran out. */
int jk_cli_horizon_tables(const jk_horizon_test *test, unsigned by);

#endif
