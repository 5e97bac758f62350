/* SPDX-License-Identifier: Apache-2.0 */
/* Expected against actual of one group, as JSON: the same keys for periods and for horizons; what more tenths have. */
#ifndef JK_BACKTEST_JSON_CELL_H
#define JK_BACKTEST_JSON_CELL_H

#include "base/text/json.h"
#include "jalki/backtest.h"

/* Puts a cell's figures into an object; `rows` is the key of what is counted ("rows", "landmarks"). */
void jk_backtest_put_cell(jk_json_builder *b, json_t *object, const char *rows, const jk_backtest_cell *cell);

/* Share of cash over share of exposure of a tenth; NaN where it has no exposure. */
double jk_backtest_lift(const jk_backtest_model *model, size_t tenth);

#endif
