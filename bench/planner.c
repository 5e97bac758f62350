/* SPDX-License-Identifier: Apache-2.0 */
#include "planner.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/team/parallel.h"
#include "bench.h"

enum { BLOCK_ROWS = 16384, THREADS_MAX = 64 };

struct bench_planner {
    const bench_claims *claims;
    jk_plan *plan;
    int threads;
    int with_flow;
    enum { BOTH, INDUCT, KEEP, PROJECT } task;
    jk_plan_policy **policy; /* of every block, where kept */
    jk_plan_workspace *workspace[THREADS_MAX];
    jk_cashflow flow[THREADS_MAX];
    jk_plan_results results;
};

static void *column(size_t rows, size_t size) {
    void *memory = jk_columns_zero(rows, size);
    bench_must(memory == NULL ? JK_ERROR_MEMORY : JK_OK);
    return memory;
}

bench_planner *bench_planner_make(const bench_claims *claims, const char *isa, int threads) {
    bench_planner *planner = column(1, sizeof *planner);
    planner->claims = claims;
    planner->threads = threads;
    jk_plan_options options = {.irr = claims->model->irr, .isa = isa};
    jk_status status = jk_plan_create(claims->model, &options, &planner->plan, bench_error());
    if (status == JK_ERROR_UNSUPPORTED) {
        *bench_error() = (jk_error){0};
        free(planner);
        return NULL;
    }
    bench_must(status);
    for (int i = 0; i < threads; i++) {
        planner->workspace[i] = jk_plan_workspace_create(planner->plan, BLOCK_ROWS);
        bench_must(planner->workspace[i] == NULL ? JK_ERROR_MEMORY : JK_OK);
        bench_must(jk_cashflow_init(&planner->flow[i], claims->model->horizon_months, claims->model->segment_count,
                                    bench_error()));
    }
    size_t rows = claims->rows;
    jk_plan_results *results = &planner->results;
    results->rows = rows;
    results->value = column(rows, sizeof(float));
    results->erc_gross = column(rows, sizeof(float));
    results->erc_net = column(rows, sizeof(float));
    results->gross_12m = column(rows, sizeof(float));
    results->gross_60m = column(rows, sizeof(float));
    results->decision = column(rows, 1);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        results->action_value[a] = column(rows, sizeof(float));
    }
    return planner;
}

static size_t block_count(const bench_planner *planner) {
    return (planner->claims->rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
}

void bench_planner_free(bench_planner *planner) {
    for (size_t i = 0; planner->policy != NULL && i < block_count(planner); i++) {
        jk_plan_policy_free(planner->policy[i]);
    }
    free(planner->policy);
    for (int i = 0; i < planner->threads; i++) {
        jk_plan_workspace_free(planner->workspace[i]);
        jk_cashflow_reset(&planner->flow[i]);
    }
    free(planner->results.value);
    free(planner->results.erc_gross);
    free(planner->results.erc_net);
    free(planner->results.gross_12m);
    free(planner->results.gross_60m);
    free(planner->results.decision);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        free(planner->results.action_value[a]);
    }
    jk_plan_free(planner->plan);
    free(planner);
}

/* The rows from `first` on as terms and results of their own. */
static jk_terms terms_from(const jk_terms *all, size_t first, size_t rows) {
    return (jk_terms){
        .rows = rows,
        .balance = all->balance + first,
        .interest_monthly = all->interest_monthly + first,
        .theta = all->theta + first,
        .garnish = all->garnish + first,
        .share = all->share + first,
        .mortality = all->mortality + first,
        .exit_status = all->exit_status + first,
        .fading = all->fading + first,
        .instalment = all->instalment + first,
        .dividend = all->dividend + first,
        .paying = all->paying + first,
        .bar_untitled = all->bar_untitled + first,
        .bar_titled = all->bar_titled + first,
        .interruption = all->interruption + first,
        .age_months = all->age_months + first,
        .segment = all->segment + first,
        .jurisdiction = all->jurisdiction + first,
        .capacity_class = all->capacity_class + first,
        .title_state = all->title_state + first,
        .allowed = all->allowed + first,
    };
}

static jk_plan_results results_from(const jk_plan_results *all, size_t first, size_t rows) {
    jk_plan_results part = {
        .rows = rows,
        .value = all->value + first,
        .decision = all->decision + first,
        .erc_gross = all->erc_gross + first,
        .erc_net = all->erc_net + first,
        .gross_12m = all->gross_12m + first,
        .gross_60m = all->gross_60m + first,
    };
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        part.action_value[a] = all->action_value[a] + first;
    }
    return part;
}

static jk_status run_block(void *context, int thread, size_t block, jk_error *error) {
    (void)error;
    bench_planner *planner = context;
    size_t first = block * BLOCK_ROWS;
    size_t left = planner->claims->rows - first;
    size_t rows = left < BLOCK_ROWS ? left : BLOCK_ROWS;
    jk_terms terms = terms_from(&planner->claims->terms, first, rows);
    jk_plan_results results = results_from(&planner->results, first, rows);
    jk_cashflow *flow = planner->with_flow ? &planner->flow[thread] : NULL;
    jk_plan_workspace *workspace = planner->workspace[thread];
    if (planner->task == INDUCT) {
        results.erc_gross = results.erc_net = results.gross_12m = results.gross_60m = NULL;
    }
    if (planner->task == PROJECT) {
        results.value = NULL;
        memset(results.action_value, 0, sizeof results.action_value);
        jk_plan_block_follow(planner->plan, &terms, planner->policy[block], &results, flow, workspace);
    } else if (planner->task == KEEP) {
        jk_plan_block_keep(planner->plan, &terms, &results, flow, planner->policy[block], workspace);
    } else {
        jk_plan_block(planner->plan, &terms, &results, flow, workspace);
    }
    return JK_OK;
}

static void run_blocks(bench_planner *planner) {
    jk_run run = {.threads = planner->threads};
    bench_must(jk_parallel_for(&run, block_count(planner), "plan", BLOCK_ROWS, run_block, planner, bench_error()));
}

static void run_task(bench_planner *planner, int task, int with_flow) {
    planner->task = task;
    planner->with_flow = with_flow;
    run_blocks(planner);
}

void bench_planner_induct(bench_planner *planner) {
    run_task(planner, INDUCT, 0);
}

void bench_planner_keep(bench_planner *planner) {
    planner->policy = calloc(block_count(planner), sizeof(jk_plan_policy *));
    bench_must(planner->policy == NULL ? JK_ERROR_MEMORY : JK_OK);
    for (size_t i = 0; i < block_count(planner); i++) {
        planner->policy[i] = jk_plan_policy_create(planner->plan, BLOCK_ROWS);
        bench_must(planner->policy[i] == NULL ? JK_ERROR_MEMORY : JK_OK);
    }
    run_task(planner, KEEP, 1);
}

void bench_planner_project(bench_planner *planner) {
    run_task(planner, PROJECT, 1);
}

void bench_planner_run(bench_planner *planner, int with_flow) {
    for (int i = 0; i < planner->threads; i++) {
        jk_cashflow *flow = &planner->flow[i];
        memset(flow->cell, 0, (size_t)flow->months * flow->segments * JK_FLOW_COUNT * sizeof *flow->cell);
    }
    run_task(planner, BOTH, with_flow);
}

const jk_plan_results *bench_planner_results(const bench_planner *planner) {
    return &planner->results;
}

const jk_cashflow *bench_planner_flow(bench_planner *planner) {
    for (int i = 1; i < planner->threads; i++) {
        jk_cashflow_add(&planner->flow[0], &planner->flow[i]);
        size_t cells = (size_t)planner->flow[i].months * planner->flow[i].segments * JK_FLOW_COUNT;
        memset(planner->flow[i].cell, 0, cells * sizeof *planner->flow[i].cell);
    }
    return &planner->flow[0];
}
