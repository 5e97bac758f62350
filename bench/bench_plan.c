/* SPDX-License-Identifier: Apache-2.0 */
/* Speed of the plan stage: induction and projection of claims for which every state and epoch is reached, by
 * instruction set and threads, beside a scalar version and the machine's multiply-add rate in the same run.
 *
 *     bench_plan [claims] [rows per block]
 */
#include <omp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/lanes/isa.h"
#include "machine.h"
#include "plan/tables.h"
#include "plan_scalar.h"
#include "support/plan_cases.h"

enum { SEGMENTS = 20, REPEATS = 5 };

typedef struct work {
    plan_case *made;
    const jk_plan *plan;
    jk_terms *terms; /* by block */
    jk_plan_results *results;
    size_t blocks;
} work;

/* Claims per second of wall time, and per second of processor time summed over the threads: on a machine that others
 * use as well, the second tells what a quiet one would give. */
typedef struct rates {
    double wall, core;
} rates;

/* All blocks, best of a few runs. */
static rates rate_of(const work *w, int threads, size_t block_rows, bool project) {
    rates best = {0.0, 0.0};
    jk_plan_workspace *workspace[64];
    jk_cashflow flow[64];
    for (int t = 0; t < threads; t++) {
        workspace[t] = jk_plan_workspace_create(w->plan, block_rows);
        (void)jk_cashflow_init(&flow[t], w->made->model.horizon_months, SEGMENTS, NULL);
    }
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double core = 0.0, start = bench_seconds();
#pragma omp parallel num_threads(threads) reduction(+ : core)
        {
            int t = omp_get_thread_num();
            size_t claims = 0;
            double own_start = bench_core_seconds();
#pragma omp for schedule(dynamic) nowait
            for (size_t b = 0; b < w->blocks; b++) {
                jk_plan_results out = w->results[b];
                if (!project) {
                    out = (jk_plan_results){.rows = out.rows, .value = out.value, .decision = out.decision};
                }
                jk_plan_block(w->plan, &w->terms[b], &out, project ? &flow[t] : NULL, workspace[t]);
                claims += w->terms[b].rows;
            }
            core += claims == 0 ? 0.0 : (double)claims / (bench_core_seconds() - own_start);
        }
        double wall = (double)(w->blocks * block_rows) / (bench_seconds() - start);
        best.wall = wall > best.wall ? wall : best.wall;
        best.core = core > best.core ? core : best.core;
    }
    for (int t = 0; t < threads; t++) {
        jk_plan_workspace_free(workspace[t]);
        jk_cashflow_reset(&flow[t]);
    }
    return best;
}

static double scalar_rate(const work *w) {
    jk_plan_tables tables;
    jk_cashflow flow;
    (void)jk_plan_tables_init(&tables, &w->made->model, 0.15, NULL);
    (void)jk_cashflow_init(&flow, w->made->model.horizon_months, SEGMENTS, NULL);
    jk_terms some = w->terms[0];
    some.rows = some.rows < 4096 ? some.rows : 4096;
    double best = 0.0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double start = bench_core_seconds();
        plan_scalar(&tables, &some, &w->results[0], &flow);
        double rate = (double)some.rows / (bench_core_seconds() - start);
        best = rate > best ? rate : best;
    }
    jk_cashflow_reset(&flow);
    jk_plan_tables_reset(&tables);
    return best;
}

static void bench_kind(const char *title, plan_kind kind, bool spells, size_t claims, size_t block_rows) {
    int cores = omp_get_num_procs() < 64 ? omp_get_num_procs() : 64;
    work w = {.made = plan_case_create(1, SEGMENTS), .blocks = (claims + block_rows - 1) / block_rows};
    if (spells) {
        plan_case_spell(w.made, 1);
    }
    w.terms = calloc(w.blocks, sizeof *w.terms);
    w.results = calloc(w.blocks, sizeof *w.results);
    if (w.terms == NULL || w.results == NULL) {
        abort();
    }
    for (size_t b = 0; b < w.blocks; b++) {
        w.terms[b] = plan_terms_create(w.made, kind, 100 + b, block_rows);
        w.results[b] = plan_results_alloc(block_rows);
    }
    double peak = bench_multiply_add_rate(1), clock = bench_clock_rate(), scalar = spells ? 0.0 : scalar_rate(&w);
    printf("%s, %zu claims, blocks of %zu; multiply-add peak of a core %.1f Gop/s, clock %.2f GHz\n", title,
           w.blocks * block_rows, block_rows, peak * 1e-9, clock * 1e-9);
    printf("  %-6s %8s %14s %14s %12s %12s %12s %16s\n", "code", "threads", "claims/s wall", "claims/s core",
           "cycles/claim", "ops of peak", "x scalar", "induction only");
    if (!spells) { /* the scalar version has debtors who pay at once */
        printf("  %-6s %8d %14s %14.0f %12.0f %12.0f\n", "scalar", 1, "", scalar, clock / scalar, peak / scalar);
    }
    for (int isa = JK_ISA_COUNT - 1; isa >= 0; isa--) {
        if (!jk_isa_runs((jk_isa)isa)) {
            continue;
        }
        jk_plan *plan = NULL;
        jk_plan_options options = {.irr = 0.15, .isa = jk_isa_name((jk_isa)isa)};
        if (jk_plan_create(&w.made->model, &options, &plan, NULL) != JK_OK) {
            abort();
        }
        w.plan = plan;
        for (int threads = 1; threads <= cores; threads *= 2) {
            if (isa == JK_ISA_BASE && threads > 1) {
                break;
            }
            rates all = rate_of(&w, threads, block_rows, true), induction = rate_of(&w, threads, block_rows, false);
            printf("  %-6s %8d %14.0f %14.0f %12.0f %12.0f %12.1f %16.0f\n", jk_isa_name((jk_isa)isa), threads,
                   all.wall, all.core, clock * threads / all.core, peak * threads / all.core,
                   spells ? 0.0 : all.core / scalar, induction.core);
        }
        jk_plan_free(plan);
    }
    for (size_t b = 0; b < w.blocks; b++) {
        plan_terms_free(&w.terms[b]);
        plan_results_free(&w.results[b]);
    }
    free(w.terms);
    free(w.results);
    plan_case_free(w.made);
}

int main(int argc, char **argv) {
    size_t claims = argc > 1 ? strtoull(argv[1], NULL, 10) : 262144;
    size_t block_rows = argc > 2 ? strtoull(argv[2], NULL, 10) : JK_PLAN_BLOCK_ROWS;
    if (claims == 0 || block_rows == 0) {
        fprintf(stderr, "usage: bench_plan [claims] [rows per block]\n");
        return 2;
    }
    bench_kind("no title, all actions but sell", PLAN_FULL, false, claims, block_rows);
    bench_kind("no title, all actions but sell, eighteen states with payers", PLAN_FULL, true, claims, block_rows);
    bench_kind("no title, all actions", PLAN_FULL_SELL, false, claims, block_rows);
    bench_kind("all states, masks and bars", PLAN_TYPICAL, false, claims, block_rows);
    bench_kind("all states, masks and bars, with payers", PLAN_TYPICAL, true, claims, block_rows);
    return 0;
}
