/* SPDX-License-Identifier: Apache-2.0 */
/* Monthly cash flows from a CSV file: a cash flow that `value` wrote, or what was collected in fact. */
#ifndef JALKI_FLOWS_H
#define JALKI_FLOWS_H

#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_flows {
    int months;      /* 1..JK_HORIZON_MAX */
    jk_month *month; /* month 1 first; owned */
    int has_costs;   /* 0: the file gives collections alone, cost is 0 and net equals gross */
} jk_flows;

/* Reads `month` (1, 2, 3, …, one row each, in order) and either `collections`, or `gross` with `cost` and `sale` (where
 * they are there). Where there is a column `segment`, the rows `all` count, and without any the sums of the segments'
 * rows, each month's together. Amounts in base currency; an empty one is an error. JK_ERROR_IO, JK_ERROR_FORMAT or
 * JK_ERROR_DATA with line and column. *flows need not be initialised; on failure it is empty. */
jk_status jk_flows_read(const char *path, jk_flows *flows, jk_error *error);
void jk_flows_reset(jk_flows *flows);

#ifdef __cplusplus
}
#endif
#endif
