/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel against the 64-bit reference of model.md, claim by claim and cell by cell, with the tolerances of its
 * section 13: typical and extreme claims, several horizons and returns, every instruction set that runs here. */
#include <math.h>
#include <stdlib.h>

#include "base/lanes/isa.h"
#include "base/number/grid.h"
#include "cmocka_all.h"
#include "support/plan_cases.h"
#include "support/plan_reference.h"

enum { ROWS = 1500 };

static double tolerance(double expected) {
    return fmax(1e-4 * fabs(expected), 0.01);
}

static void expect_close(const char *what, size_t row, double got, double expected) {
    if (isnan(expected) ? !isnan(got) : !(fabs(got - expected) <= tolerance(expected))) {
        fail_msg("row %zu: %s is %.9g, expected %.9g", row, what, got, expected);
    }
}

/* Where the kernel plans otherwise than the reference, the two actions must be worth the same. The reference's plan is
 * then set to the kernel's, so that projections can be compared. */
static void take_kernel_plan(const plan_case *made, const reference_claim *claim, const jk_plan_trace *trace,
                             size_t row, reference_plan *reference) {
    for (int i = 0; i < made->model.epoch_count * 18; i++) {
        int j = i / 18, r = i % 18 / 9, k = i % 9 / 3, z = i % 3, at = j * 9 + i % 9;
        bool reachable = z == claim->title_state || (z > claim->title_state && claim->allowed & JK_ALLOW(JK_LEGAL));
        if (!reachable || (r == 1 && !trace->payers)) {
            continue;
        }
        const double *q = reference->choice[j][r][k][z];
        int best = reference->action[j][r][k][z], action = (r == 0 ? trace->action : trace->paying_action)[at];
        double value = (double)(r == 0 ? trace->value : trace->paying_value)[at];
        /* States late in the plan of a huge claim inherit the rounding of what is worth far more before. */
        double slack = tolerance(fmax(q[best], 1e-3 * reference->value));
        if (action != best && !(q[best] - q[action] <= slack)) {
            fail_msg("row %zu epoch %d mood %d class %d title %d: action %d (%.9g), expected %d (%.9g)", row, j, r, k,
                     z, action, q[action], best, q[best]);
        }
        expect_close("value of a state", row, value, q[best]);
        reference->action[j][r][k][z] = action;
    }
    reference_project(&made->model, claim, reference);
}

typedef struct sums {
    double gross[JK_HORIZON_MAX], instalments[JK_HORIZON_MAX], cost[JK_HORIZON_MAX], filing[JK_HORIZON_MAX];
    double sale[JK_HORIZON_MAX], payers[JK_HORIZON_MAX];
} sums;

static void expect_projection(const jk_model *model, size_t row, const jk_plan_results *results,
                              const reference_plan *plan, sums *total) {
    double gross = 0.0, net = 0.0, gross_12m = 0.0, gross_60m = 0.0;
    for (int m = 0; m < model->horizon_months; m++) {
        gross += plan->gross[m];
        net += plan->gross[m] - plan->cost[m] - plan->filing[m] + plan->sale[m];
        gross_12m += m < 12 ? plan->gross[m] : 0.0;
        gross_60m += m < 60 ? plan->gross[m] : 0.0;
        total->gross[m] += plan->gross[m];
        total->instalments[m] += plan->instalments[m];
        total->cost[m] += plan->cost[m];
        total->filing[m] += plan->filing[m];
        total->sale[m] += plan->sale[m];
    }
    for (int j = 0, month = 0; j < model->epoch_count; month += model->epochs[j++]) {
        for (int s = 0; s < 9; s++) {
            total->payers[month] += plan->probability[j][1][s / 3][s % 3];
        }
    }
    expect_close("erc_gross", row, (double)results->erc_gross[row], gross);
    expect_close("erc_net", row, (double)results->erc_net[row], net);
    expect_close("gross_12m", row, (double)results->gross_12m[row], gross_12m);
    expect_close("gross_60m", row, (double)results->gross_60m[row], gross_60m);
}

/* What is told of a claim's epochs: sums of the months' flows, court fees with the costs. */
static void expect_trace(const jk_model *model, size_t row, const jk_plan_trace *trace, const reference_plan *plan) {
    for (int j = 0, month = 0; j < model->epoch_count; j++) {
        double gross = 0.0, instalments = 0.0, cost = 0.0, sale = 0.0;
        for (int end = month + model->epochs[j]; month < end; month++) {
            gross += plan->gross[month];
            instalments += plan->instalments[month];
            cost += plan->cost[month] + plan->filing[month];
            sale += plan->sale[month];
        }
        expect_close("gross of an epoch", row, (double)trace->gross[j], gross);
        expect_close("instalments of an epoch", row, (double)trace->instalments[j], instalments);
        expect_close("cost of an epoch", row, (double)trace->cost[j], cost);
        expect_close("sale of an epoch", row, (double)trace->sale[j], sale);
    }
}

static void expect_cells(const jk_cashflow *flow, jk_flow column, const char *name, const double *expected) {
    double mean = 0.0, total = 0.0;
    for (int m = 0; m < flow->months; m++) {
        mean += expected[m] / flow->months;
    }
    for (int m = 0; m < flow->months; m++) {
        double cell = 0.0;
        for (size_t g = 0; g < flow->segments; g++) {
            cell += jk_grid_to_double(flow->cell[((size_t)m * flow->segments + g) * JK_FLOW_COUNT + (size_t)column]);
        }
        total += cell;
        double rounded = 4.0 / JK_GRID_PER_UNIT; /* sums of nearly nothing show the grid */
        if (!(fabs(cell - expected[m]) <= 1e-4 * fmax(fabs(expected[m]), mean) + rounded)) {
            fail_msg("%s of month %d is %.9g, expected %.9g", name, m + 1, cell, expected[m]);
        }
    }
    if (!(fabs(total - mean * flow->months) <= 1e-5 * fabs(mean) * flow->months)) {
        fail_msg("sum of %s is %.12g, expected %.12g", name, total, mean * flow->months);
    }
}

/* Nothing is done and nothing comes in; it stands where it stood. */
static void expect_unplanned(const jk_terms *terms, size_t row, const jk_plan_trace *trace) {
    const size_t states = (size_t)trace->epochs * JK_CAPACITY_COUNT * JK_TITLE_COUNT;
    const size_t at = (size_t)jk_terms_class(terms, row) * JK_TITLE_COUNT + terms->title_state[row];
    assert_false(trace->payers);
    for (size_t s = 0; s < 2 * states; s++) {
        assert_true(trace->probability[s] == (s == at ? 1.0f : 0.0f));
        assert_true(trace->action[s] == JK_CLOSE && trace->value[s] == 0.0f);
    }
    for (int j = 0; j < trace->epochs; j++) {
        assert_true(trace->gross[j] == 0.0f && trace->instalments[j] == 0.0f);
        assert_true(trace->cost[j] == 0.0f && trace->sale[j] == 0.0f);
    }
}

static void compare(const plan_case *made, double irr, const char *isa, const jk_terms *terms) {
    jk_plan_results results = plan_results_alloc(terms->rows);
    jk_cashflow flow;
    assert_int_equal(jk_cashflow_init(&flow, made->model.horizon_months, made->model.segment_count, NULL), JK_OK);
    plan_run(made, irr, isa, 0, terms, &results, &flow);
    jk_plan *plan = NULL;
    assert_int_equal(jk_plan_create(&made->model, &(jk_plan_options){.irr = irr, .isa = isa}, &plan, NULL), JK_OK);
    jk_plan_workspace *workspace = jk_plan_workspace_create(plan, 16);
    jk_plan_trace trace;
    assert_int_equal(jk_plan_trace_init(&trace, plan, NULL), JK_OK);
    reference_plan *reference = calloc(1, sizeof *reference);
    sums *total = calloc(1, sizeof *total);
    assert_non_null(workspace);
    assert_non_null(reference);
    assert_non_null(total);
    for (size_t row = 0; row < terms->rows; row++) {
        reference_claim claim = reference_claim_of(terms, row);
        if (claim.allowed == 0) {
            assert_int_equal(results.decision[row], JK_CLOSE);
            assert_true(results.value[row] == 0.0f && isnan(results.action_value[JK_SURVEIL][row]));
            jk_plan_explain(plan, terms, row, &trace, workspace);
            expect_unplanned(terms, row, &trace);
            continue;
        }
        reference_induct(&made->model, &claim, irr, reference);
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            expect_close(jk_action_name((jk_action)a), row, (double)results.action_value[a][row],
                         reference->action_value[a]);
        }
        expect_close("value", row, (double)results.value[row], reference->value);
        jk_plan_explain(plan, terms, row, &trace, workspace);
        take_kernel_plan(made, &claim, &trace, row, reference);
        assert_int_equal(results.decision[row],
                         reference->action[0][trace.payers && claim.paying][claim.capacity_class][claim.title_state]);
        expect_projection(&made->model, row, &results, reference, total);
        expect_trace(&made->model, row, &trace, reference);
    }
    expect_cells(&flow, JK_FLOW_GROSS, "gross", total->gross);
    expect_cells(&flow, JK_FLOW_COST, "cost", total->cost);
    expect_cells(&flow, JK_FLOW_FILING, "filing", total->filing);
    expect_cells(&flow, JK_FLOW_SALE, "sale", total->sale);
    expect_cells(&flow, JK_FLOW_INSTALMENTS, "instalments", total->instalments);
    expect_cells(&flow, JK_FLOW_PAYERS, "payers", total->payers);
    free(total);
    free(reference);
    jk_plan_trace_reset(&trace);
    jk_plan_workspace_free(workspace);
    jk_plan_free(plan);
    jk_cashflow_reset(&flow);
    plan_results_free(&results);
}

static void compare_all_isas(const plan_case *made, double irr, plan_kind kind, uint64_t seed, size_t rows) {
    jk_terms terms = plan_terms_create(made, kind, seed, rows);
    for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
        if (jk_isa_runs((jk_isa)isa)) {
            compare(made, irr, jk_isa_name((jk_isa)isa), &terms);
        }
    }
    plan_terms_free(&terms);
}

static void typical_claims(void **state) {
    (void)state;
    plan_case *made = plan_case_create(1, 5);
    compare_all_isas(made, 0.15, PLAN_TYPICAL, 11, ROWS);
    compare_all_isas(made, 0.0, PLAN_TYPICAL, 12, ROWS / 4);
    compare_all_isas(made, 0.30, PLAN_TYPICAL, 13, ROWS / 4);
    compare_all_isas(made, -0.20, PLAN_TYPICAL, 14, ROWS / 4);
    plan_case_free(made);
}

static void all_states_reached(void **state) {
    (void)state;
    plan_case *made = plan_case_create(2, 3);
    compare_all_isas(made, 0.12, PLAN_FULL, 21, ROWS / 3);
    compare_all_isas(made, 0.12, PLAN_FULL_SELL, 22, ROWS / 3);
    plan_case_free(made);
}

static void other_horizons(void **state) {
    (void)state;
    const int32_t short_one[] = {1, 2, 4, 5, 7, 17};
    const int32_t odd[] = {1, 5, 11, 13, 30, 60, 120};
    const int32_t year[] = {1, 1, 1, 1, 1, 1, 1};
    plan_case *made = plan_case_create(3, 2);
    plan_case_epochs(made, short_one, 6);
    compare_all_isas(made, 0.15, PLAN_TYPICAL, 31, ROWS / 3);
    plan_case_epochs(made, odd, 7);
    compare_all_isas(made, 0.10, PLAN_TYPICAL, 32, ROWS / 3);
    plan_case_epochs(made, year, 7);
    compare_all_isas(made, 0.10, PLAN_TYPICAL, 33, ROWS / 6);
    plan_case_free(made);
}

static void extreme_claims(void **state) {
    (void)state;
    plan_case *made = plan_case_create(4, 4);
    compare_all_isas(made, 0.15, PLAN_EXTREME, 41, ROWS);
    plan_case_free(made);
}

static void extreme_models(void **state) {
    (void)state;
    for (uint64_t seed = 50; seed < 56; seed++) {
        plan_case *made = plan_case_create(seed, 4);
        plan_case_push(made, seed);
        compare_all_isas(made, seed % 2 ? 0.0 : 0.25, PLAN_TYPICAL, seed, ROWS / 5);
        compare_all_isas(made, 0.15, PLAN_EXTREME, seed + 100, ROWS / 5);
        plan_case_free(made);
    }
}

/* One instruction set is enough here: test_bits.c holds the others to its bits. */
static void compare_best_isa(const plan_case *made, double irr, plan_kind kind, uint64_t seed, size_t rows) {
    jk_terms terms = plan_terms_create(made, kind, seed, rows);
    compare(made, irr, NULL, &terms);
    plan_terms_free(&terms);
}

/* Debtors who pay in spells; with everything of version 2 at once. */
static void payers(void **state) {
    (void)state;
    plan_case *made = plan_case_create(5, 6);
    plan_case_spell(made, 5);
    compare_best_isa(made, 0.15, PLAN_TYPICAL, 51, ROWS / 10);
    compare_best_isa(made, 0.0, PLAN_FULL_SELL, 52, ROWS / 20);
    compare_best_isa(made, -0.20, PLAN_TYPICAL, 53, ROWS / 20);
    const int32_t odd[] = {1, 5, 11, 13, 30, 60};
    plan_case_epochs(made, odd, 6);
    compare_best_isa(made, 0.10, PLAN_TYPICAL, 54, ROWS / 20);
    plan_case_free(made);
}

static void extreme_payers(void **state) {
    (void)state;
    for (uint64_t seed = 60; seed < 66; seed++) {
        plan_case *made = plan_case_create(seed, 4);
        plan_case_spell(made, seed);
        plan_case_spell_push(made, seed);
        compare_best_isa(made, seed % 2 ? 0.0 : 0.25, PLAN_TYPICAL, seed, ROWS / 30);
        plan_case_push(made, seed);
        compare_best_isa(made, seed % 3 ? 0.15 : -0.10, PLAN_EXTREME, seed + 100, ROWS / 30);
        plan_case_free(made);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typical_claims), cmocka_unit_test(all_states_reached), cmocka_unit_test(other_horizons),
        cmocka_unit_test(extreme_claims), cmocka_unit_test(extreme_models),     cmocka_unit_test(payers),
        cmocka_unit_test(extreme_payers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
