/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of one claim in plain scalar C, as a careful programmer writes it without vectors: 32-bit floats, the
 * stage's own tables, expf of the C library, only reachable states, no allocation. What the kernel's speed is compared
 * with. */
#ifndef JK_BENCH_PLAN_SCALAR_H
#define JK_BENCH_PLAN_SCALAR_H

#include "jalki/plan.h"
#include "plan/tables.h"

/* Plans and projects all rows; fills value, decision, erc_gross and erc_net, and adds to the cells of the cash flow. */
void plan_scalar(const jk_plan_tables *tables, const jk_terms *terms, jk_plan_results *results, jk_cashflow *flow);

#endif
