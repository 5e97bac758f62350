/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the kernel over all claims with a number of threads, as the engine does. */
#ifndef JK_BENCH_PLANNER_H
#define JK_BENCH_PLANNER_H

#include "claims.h"
#include "jalki/plan.h"

typedef struct bench_planner bench_planner;

/* NULL where the instruction set does not run here. isa NULL: the best. The claims must outlive the planner. */
bench_planner *bench_planner_make(const bench_claims *claims, const char *isa, int threads);
void bench_planner_free(bench_planner *planner);

/* Plans and projects every claim; with_flow = 0: no portfolio cash flow. */
void bench_planner_run(bench_planner *planner, int with_flow);

/* Induction alone: no column of the projection and no flow is wanted. */
void bench_planner_induct(bench_planner *planner);

/* Keeps the plan of every block, for bench_planner_project. */
void bench_planner_keep(bench_planner *planner);

/* Projection alone, under the plans that were kept: no values. */
void bench_planner_project(bench_planner *planner);

const jk_plan_results *bench_planner_results(const bench_planner *planner);
/* The threads' cash flows put together. */
const jk_cashflow *bench_planner_flow(bench_planner *planner);

#endif
