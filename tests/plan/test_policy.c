/* SPDX-License-Identifier: Apache-2.0 */
/* Multipliers of intensities and plans that are kept: against the 64-bit reference of model.md, and what must hold
 * whatever the figures are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/lanes/isa.h"
#include "base/number/grid.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "plan/plan.h"
#include "support/plan_cases.h"
#include "support/plan_reference.h"

enum { ROWS = 1200, SEGMENTS = 4 };

static double tolerance(double expected) {
    return fmax(1e-4 * fabs(expected), 0.01);
}

static void expect_close(const char *what, size_t row, double got, double expected) {
    if (isnan(expected) ? !isnan(got) : !(fabs(got - expected) <= tolerance(expected))) {
        fail_msg("row %zu: %s is %.9g, expected %.9g", row, what, got, expected);
    }
}

/* Multipliers between 0 and 2, some of them 0. */
static double *random_recovery(const jk_model *model, uint64_t seed) {
    size_t cells = model->segment_count * (size_t)model->epoch_count;
    double *recovery = malloc(cells * sizeof *recovery);
    assert_non_null(recovery);
    for (size_t i = 0; i < cells; i++) {
        double u = jk_uniform(jk_philox(seed, 5, i).word[0]);
        recovery[i] = u < 0.15 ? 0.0 : 2.0 * u;
    }
    return recovery;
}

typedef struct run {
    jk_plan *plan;
    jk_plan_workspace *workspace;
    jk_plan_results results;
    jk_cashflow flow;
} run;

static run prepare(const jk_model *model, double irr, const char *isa, const double *recovery, size_t rows) {
    run made = {.results = plan_results_alloc(rows)};
    jk_plan_options options = {.irr = irr, .isa = isa, .recovery = recovery};
    assert_int_equal(jk_plan_create(model, &options, &made.plan, NULL), JK_OK);
    made.workspace = jk_plan_workspace_create(made.plan, rows);
    assert_non_null(made.workspace);
    assert_int_equal(jk_cashflow_init(&made.flow, model->horizon_months, model->segment_count, NULL), JK_OK);
    return made;
}

static void drop(run *made) {
    jk_cashflow_reset(&made->flow);
    plan_results_free(&made->results);
    jk_plan_workspace_free(made->workspace);
    jk_plan_free(made->plan);
}

static void expect_same_bits(const run *a, const run *b) {
    size_t rows = a->results.rows;
    assert_memory_equal(a->results.value, b->results.value, rows * sizeof(float));
    assert_memory_equal(a->results.decision, b->results.decision, rows);
    for (int q = 0; q < JK_ACTION_COUNT; q++) {
        assert_memory_equal(a->results.action_value[q], b->results.action_value[q], rows * sizeof(float));
    }
    assert_memory_equal(a->results.erc_gross, b->results.erc_gross, rows * sizeof(float));
    assert_memory_equal(a->results.erc_net, b->results.erc_net, rows * sizeof(float));
    assert_memory_equal(a->results.gross_12m, b->results.gross_12m, rows * sizeof(float));
    assert_memory_equal(a->results.gross_60m, b->results.gross_60m, rows * sizeof(float));
    assert_memory_equal(a->flow.cell, b->flow.cell,
                        (size_t)a->flow.months * a->flow.segments * JK_FLOW_COUNT * sizeof(int64_t));
}

/* A plan kept and followed with its own figures gives the plan's bits, in blocks that have room to spare. */
static void own_plan(void **state) {
    (void)state;
    const plan_kind kinds[] = {PLAN_TYPICAL, PLAN_FULL_SELL, PLAN_EXTREME};
    plan_case *made = plan_case_create(3, SEGMENTS);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
            if (!jk_isa_runs((jk_isa)isa)) {
                continue;
            }
            jk_terms terms = plan_terms_create(made, kinds[i], 10 + i, ROWS);
            run first = prepare(&made->model, 0.14, jk_isa_name((jk_isa)isa), NULL, ROWS);
            run kept = prepare(&made->model, 0.14, jk_isa_name((jk_isa)isa), NULL, ROWS);
            run again = prepare(&made->model, 0.14, jk_isa_name((jk_isa)isa), NULL, ROWS);
            jk_plan_policy *policy = jk_plan_policy_create(first.plan, ROWS + 100);
            assert_non_null(policy);
            jk_plan_block(first.plan, &terms, &first.results, &first.flow, first.workspace);
            jk_plan_block_keep(kept.plan, &terms, &kept.results, &kept.flow, policy, kept.workspace);
            jk_plan_block_follow(again.plan, &terms, policy, &again.results, &again.flow, again.workspace);
            expect_same_bits(&first, &kept);
            expect_same_bits(&first, &again);
            /* Flows alone, and a second block in the same policy. */
            jk_plan_results none = {.rows = ROWS};
            jk_cashflow flow;
            assert_int_equal(jk_cashflow_init(&flow, made->model.horizon_months, SEGMENTS, NULL), JK_OK);
            jk_plan_block_follow(again.plan, &terms, policy, &none, &flow, again.workspace);
            assert_memory_equal(flow.cell, first.flow.cell,
                                (size_t)flow.months * SEGMENTS * JK_FLOW_COUNT * sizeof(int64_t));
            jk_plan_block_keep(kept.plan, &terms, &kept.results, NULL, policy, kept.workspace);
            jk_plan_block_follow(again.plan, &terms, policy, &again.results, NULL, again.workspace);
            expect_same_bits(&first, &again);
            jk_cashflow_reset(&flow);
            jk_plan_policy_free(policy);
            drop(&first);
            drop(&kept);
            drop(&again);
            plan_terms_free(&terms);
        }
    }
    plan_case_free(made);
}

static void expect_flows(size_t row, const jk_plan_results *results, int months, const reference_plan *plan) {
    double gross = 0.0, net = 0.0, gross_12m = 0.0, gross_60m = 0.0;
    for (int m = 0; m < months; m++) {
        gross += plan->gross[m];
        net += plan->gross[m] - plan->cost[m] - plan->filing[m] + plan->sale[m];
        gross_12m += m < 12 ? plan->gross[m] : 0.0;
        gross_60m += m < 60 ? plan->gross[m] : 0.0;
    }
    expect_close("erc_gross", row, (double)results->erc_gross[row], gross);
    expect_close("erc_net", row, (double)results->erc_net[row], net);
    expect_close("gross_12m", row, (double)results->gross_12m[row], gross_12m);
    expect_close("gross_60m", row, (double)results->gross_60m[row], gross_60m);
}

static void take_actions(const jk_model *model, const jk_plan_trace *trace, reference_plan *reference) {
    for (int j = 0; j < model->epoch_count; j++) {
        for (int s = 0; s < 9; s++) {
            reference->action[j][0][s / 3][s % 3] = trace->action[j * 9 + s];
            reference->action[j][1][s / 3][s % 3] = trace->paying_action[j * 9 + s];
        }
    }
}

/* Base plans of the kernel, kept and followed with other figures (curves, costs, classes, prices, multipliers, return);
 * the reference evaluates and projects the same plans with those figures. */
static void other_figures(void **state) {
    (void)state;
    plan_case *base = plan_case_create(21, SEGMENTS), *stressed = plan_case_create(22, SEGMENTS);
    double *recovery = random_recovery(&stressed->model, 1);
    const plan_kind kinds[] = {PLAN_TYPICAL, PLAN_FULL_SELL, PLAN_EXTREME};
    reference_plan *reference = calloc(1, sizeof *reference);
    assert_non_null(reference);
    size_t below = 0, lower = 0;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        jk_terms terms = plan_terms_create(base, kinds[kind], 30 + kind, ROWS);
        run plan = prepare(&base->model, 0.12, NULL, NULL, ROWS);
        run other = prepare(&stressed->model, 0.17, NULL, recovery, ROWS);
        run best = prepare(&stressed->model, 0.17, NULL, recovery, ROWS);
        jk_plan_policy *policy = jk_plan_policy_create(plan.plan, ROWS);
        jk_plan_trace trace;
        assert_int_equal(jk_plan_trace_init(&trace, plan.plan, NULL), JK_OK);
        jk_plan_block_keep(plan.plan, &terms, &plan.results, &plan.flow, policy, plan.workspace);
        jk_plan_block_follow(other.plan, &terms, policy, &other.results, &other.flow, other.workspace);
        jk_plan_block(best.plan, &terms, &best.results, &best.flow, best.workspace);
        assert_memory_equal(plan.results.decision, other.results.decision, ROWS);
        for (size_t row = 0; row < ROWS; row++) {
            if (terms.allowed[row] == 0) {
                assert_true(other.results.value[row] == 0.0f && other.results.erc_net[row] == 0.0f);
                continue;
            }
            reference_claim claim = reference_claim_of(&terms, row);
            claim.recovery = recovery + claim.segment * stressed->model.epoch_count;
            jk_plan_explain(plan.plan, &terms, row, &trace, plan.workspace);
            take_actions(&base->model, &trace, reference);
            reference_evaluate(&stressed->model, &claim, 0.17, reference);
            reference_project(&stressed->model, &claim, reference);
            double value = (double)other.results.value[row], free_value = (double)best.results.value[row];
            expect_close("value", row, value, reference->value);
            expect_flows(row, &other.results, stressed->model.horizon_months, reference);
            assert_true(value <= free_value + tolerance(free_value));
            below += value < 0.0;
            lower += value < free_value - tolerance(free_value);
            reference_induct(&stressed->model, &claim, 0.17, reference);
            expect_close("re-planned value", row, free_value, reference->value);
        }
        jk_plan_trace_reset(&trace);
        jk_plan_policy_free(policy);
        drop(&plan);
        drop(&other);
        drop(&best);
        plan_terms_free(&terms);
    }
    assert_true(below > 0); /* the cases do reach plans that lose money and plans that are no longer best */
    assert_true(lower > 100);
    free(reference);
    free(recovery);
    plan_case_free(base);
    plan_case_free(stressed);
}

static void multipliers(void **state) {
    (void)state;
    plan_case *made = plan_case_create(31, SEGMENTS);
    jk_terms terms = plan_terms_create(made, PLAN_TYPICAL, 3, ROWS);
    size_t cells = SEGMENTS * (size_t)made->model.epoch_count;
    double *recovery = random_recovery(&made->model, 7);
    run plain = prepare(&made->model, 0.1, NULL, NULL, ROWS), set = prepare(&made->model, 0.1, NULL, recovery, ROWS);
    jk_plan_block(plain.plan, &terms, &plain.results, &plain.flow, plain.workspace);
    jk_plan_block(set.plan, &terms, &set.results, &set.flow, set.workspace);
    assert_true(memcmp(plain.results.value, set.results.value, ROWS * sizeof(float)) != 0);
    assert_int_equal(jk_plan_set_recovery(set.plan, NULL, NULL, NULL), JK_OK);
    memset(set.flow.cell, 0, (size_t)set.flow.months * SEGMENTS * JK_FLOW_COUNT * sizeof(int64_t));
    jk_plan_block(set.plan, &terms, &set.results, &set.flow, set.workspace);
    expect_same_bits(&plain, &set);

    const double wrong[] = {-1e-9, NAN, INFINITY, 1001.0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        recovery[cells - 1] = wrong[i];
        jk_error error = {0};
        assert_int_equal(jk_plan_set_recovery(set.plan, recovery, NULL, &error), JK_ERROR_ARGUMENT);
        jk_plan *none = NULL;
        jk_plan_options options = {.irr = 0.1, .recovery = recovery};
        assert_int_equal(jk_plan_create(&made->model, &options, &none, NULL), JK_ERROR_ARGUMENT);
        assert_null(none);
    }
    memset(set.flow.cell, 0, (size_t)set.flow.months * SEGMENTS * JK_FLOW_COUNT * sizeof(int64_t));
    jk_plan_block(set.plan, &terms, &set.results, &set.flow, set.workspace);
    expect_same_bits(&plain, &set); /* a refused set changed nothing */

    /* The largest multiplier on extreme claims keeps every figure finite. */
    for (size_t i = 0; i < cells; i++) {
        recovery[i] = JK_RECOVERY_MAX;
    }
    jk_terms extreme = plan_terms_create(made, PLAN_EXTREME, 4, ROWS);
    assert_int_equal(jk_plan_set_recovery(set.plan, recovery, NULL, NULL), JK_OK);
    jk_plan_block(set.plan, &extreme, &set.results, &set.flow, set.workspace);
    for (size_t row = 0; row < ROWS; row++) {
        assert_true(isfinite(set.results.value[row]) && isfinite(set.results.erc_net[row]));
    }
    plan_terms_free(&extreme);
    free(recovery);
    drop(&plain);
    drop(&set);
    plan_terms_free(&terms);
    plan_case_free(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_plan),
        cmocka_unit_test(other_figures),
        cmocka_unit_test(multipliers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
