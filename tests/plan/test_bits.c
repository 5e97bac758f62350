/* SPDX-License-Identifier: Apache-2.0 */
/* Results are the same bits for any instruction set, block size and order of rows; a block may have any number of rows,
 * none included; what is not asked for changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/lanes/isa.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "support/plan_cases.h"

enum { ROWS = 3001 };

typedef struct outcome {
    jk_plan_results results;
    jk_cashflow flow;
} outcome;

static outcome solve(const plan_case *made, const char *isa, size_t block, const jk_terms *terms) {
    outcome o = {.results = plan_results_alloc(terms->rows)};
    assert_int_equal(jk_cashflow_init(&o.flow, made->model.horizon_months, made->model.segment_count, NULL), JK_OK);
    plan_run(made, 0.13, isa, block, terms, &o.results, &o.flow);
    return o;
}

static void drop(outcome *o) {
    plan_results_free(&o->results);
    jk_cashflow_reset(&o->flow);
}

static void expect_same_row(const jk_plan_results *a, size_t i, const jk_plan_results *b, size_t k) {
    assert_memory_equal(&a->value[i], &b->value[k], sizeof(float));
    assert_int_equal(a->decision[i], b->decision[k]);
    for (int q = 0; q < JK_ACTION_COUNT; q++) {
        assert_memory_equal(&a->action_value[q][i], &b->action_value[q][k], sizeof(float));
    }
    assert_memory_equal(&a->erc_gross[i], &b->erc_gross[k], sizeof(float));
    assert_memory_equal(&a->erc_net[i], &b->erc_net[k], sizeof(float));
    assert_memory_equal(&a->gross_12m[i], &b->gross_12m[k], sizeof(float));
    assert_memory_equal(&a->gross_60m[i], &b->gross_60m[k], sizeof(float));
}

static void expect_same_flow(const jk_cashflow *a, const jk_cashflow *b) {
    assert_int_equal(a->months, b->months);
    assert_memory_equal(a->cell, b->cell, (size_t)a->months * a->segments * JK_FLOW_COUNT * sizeof(int64_t));
}

static void expect_same(const outcome *a, const outcome *b) {
    for (size_t row = 0; row < a->results.rows; row++) {
        expect_same_row(&a->results, row, &b->results, row);
    }
    expect_same_flow(&a->flow, &b->flow);
}

static void expect_same_everywhere(const plan_case *made, plan_kind kind, uint64_t seed) {
    jk_terms terms = plan_terms_create(made, kind, seed, ROWS);
    outcome base = solve(made, "base", 0, &terms);
    for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
        if (!jk_isa_runs((jk_isa)isa)) {
            print_message("%s does not run here\n", jk_isa_name((jk_isa)isa));
            continue;
        }
        const size_t blocks[] = {0, 1000, 257};
        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
            outcome other = solve(made, jk_isa_name((jk_isa)isa), blocks[i], &terms);
            expect_same(&base, &other);
            drop(&other);
        }
    }
    drop(&base);
    plan_terms_free(&terms);
}

static void instruction_sets_and_blocks(void **state) {
    (void)state;
    plan_case *made = plan_case_create(5, 7);
    expect_same_everywhere(made, PLAN_TYPICAL, 1);
    expect_same_everywhere(made, PLAN_FULL_SELL, 2);
    expect_same_everywhere(made, PLAN_EXTREME, 3);
    plan_case_push(made, 4);
    expect_same_everywhere(made, PLAN_TYPICAL, 5);
    expect_same_everywhere(made, PLAN_EXTREME, 6);
    plan_case_free(made);
}

static void payers_everywhere(void **state) {
    (void)state;
    plan_case *made = plan_case_create(6, 7);
    plan_case_spell(made, 6);
    expect_same_everywhere(made, PLAN_TYPICAL, 11);
    expect_same_everywhere(made, PLAN_FULL_SELL, 12);
    plan_case_spell_push(made, 6);
    plan_case_push(made, 4);
    expect_same_everywhere(made, PLAN_EXTREME, 13);
    plan_case_free(made);
}

static void same_in_any_order(bool spells) {
    plan_case *made = plan_case_create(6, 4);
    if (spells) {
        plan_case_spell(made, 6);
    }
    jk_terms terms = plan_terms_create(made, PLAN_TYPICAL, 7, ROWS);
    jk_terms shuffled = plan_terms_alloc(ROWS);
    size_t *place = malloc(ROWS * sizeof *place);
    assert_non_null(place);
    for (size_t i = 0; i < ROWS; i++) {
        size_t k = jk_philox(9, 9, i).word[0] % (i + 1);
        place[i] = place[k];
        place[k] = i;
    }
    for (size_t i = 0; i < ROWS; i++) {
        plan_terms_copy(&terms, place[i], &shuffled, i);
    }
    outcome straight = solve(made, NULL, 0, &terms), mixed = solve(made, NULL, 500, &shuffled);
    for (size_t i = 0; i < ROWS; i++) {
        expect_same_row(&straight.results, place[i], &mixed.results, i);
    }
    expect_same_flow(&straight.flow, &mixed.flow);
    drop(&straight);
    drop(&mixed);
    free(place);
    plan_terms_free(&terms);
    plan_terms_free(&shuffled);
    plan_case_free(made);
}

static void order_of_rows(void **state) {
    (void)state;
    same_in_any_order(false);
    same_in_any_order(true);
}

/* Each claim alone, each in a block of any size, gives what it gives among the others. */
static void same_in_any_number(bool spells) {
    plan_case *made = plan_case_create(8, 1);
    if (spells) {
        plan_case_spell(made, 8);
    }
    const size_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 127, 128, 129, 300};
    jk_terms all = plan_terms_create(made, PLAN_FULL, 8, 300);
    outcome whole = solve(made, NULL, 0, &all);
    for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
        jk_terms some = plan_terms_alloc(sizes[n]);
        for (size_t i = 0; i < sizes[n]; i++) {
            plan_terms_copy(&all, i, &some, i);
        }
        outcome part = solve(made, NULL, sizes[n], &some);
        for (size_t i = 0; i < sizes[n]; i++) {
            expect_same_row(&whole.results, i, &part.results, i);
        }
        drop(&part);
        plan_terms_free(&some);
    }
    drop(&whole);
    plan_terms_free(&all);
    plan_case_free(made);
}

static void any_number_of_rows(void **state) {
    (void)state;
    same_in_any_number(false);
    same_in_any_number(true);
}

static void columns_not_wanted(void **state) {
    (void)state;
    plan_case *made = plan_case_create(9, 2);
    jk_terms terms = plan_terms_create(made, PLAN_TYPICAL, 10, 500);
    outcome full = solve(made, NULL, 0, &terms);
    jk_plan *plan = NULL;
    assert_int_equal(jk_plan_create(&made->model, &(jk_plan_options){.irr = 0.13, .isa = NULL}, &plan, NULL), JK_OK);
    jk_plan_workspace *workspace = jk_plan_workspace_create(plan, 500);
    assert_non_null(workspace);
    jk_plan_results all = plan_results_alloc(500);
    jk_plan_results value_only = {.rows = 500, .value = all.value};
    jk_plan_block(plan, &terms, &value_only, NULL, workspace);
    assert_memory_equal(all.value, full.results.value, 500 * sizeof(float));
    jk_plan_results gross_only = {.rows = 500, .erc_gross = all.erc_gross};
    jk_plan_block(plan, &terms, &gross_only, NULL, workspace);
    assert_memory_equal(all.erc_gross, full.results.erc_gross, 500 * sizeof(float));
    jk_plan_results nothing = {.rows = 500};
    jk_cashflow flow;
    assert_int_equal(jk_cashflow_init(&flow, made->model.horizon_months, 2, NULL), JK_OK);
    jk_plan_block(plan, &terms, &nothing, &flow, workspace);
    expect_same_flow(&flow, &full.flow);
    jk_cashflow_reset(&flow);
    plan_results_free(&all);
    jk_plan_workspace_free(workspace);
    jk_plan_free(plan);
    drop(&full);
    plan_terms_free(&terms);
    plan_case_free(made);
}

static void choice_of_instruction_set(void **state) {
    (void)state;
    jk_isa isa = JK_ISA_COUNT;
    jk_error error = {0};
    assert_int_equal(jk_isa_choose("base", &isa, &error), JK_OK);
    assert_int_equal(isa, JK_ISA_BASE);
    assert_int_equal(jk_isa_choose("v9", &isa, &error), JK_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "v9"));
    assert_int_equal(setenv("JALKI_ISA", "base", 1), 0);
    plan_case *made = plan_case_create(1, 1);
    jk_plan *plan = NULL;
    assert_int_equal(jk_plan_create(&made->model, &(jk_plan_options){.irr = 0.1, .isa = NULL}, &plan, NULL), JK_OK);
    assert_string_equal(jk_plan_isa(plan), "base");
    jk_plan_free(plan);
    error = (jk_error){0};
    assert_int_equal(setenv("JALKI_ISA", "sse9", 1), 0);
    assert_int_equal(jk_plan_create(&made->model, &(jk_plan_options){.irr = 0.1, .isa = NULL}, &plan, &error),
                     JK_ERROR_UNSUPPORTED);
    assert_null(plan);
    assert_non_null(strstr(error.message, "JALKI_ISA"));
    assert_int_equal(unsetenv("JALKI_ISA"), 0);
    error = (jk_error){0};
    assert_int_equal(jk_plan_create(&made->model, &(jk_plan_options){.irr = -1.0, .isa = NULL}, &plan, &error),
                     JK_ERROR_ARGUMENT);
    plan_case_free(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instruction_sets_and_blocks),
        cmocka_unit_test(payers_everywhere),
        cmocka_unit_test(order_of_rows),
        cmocka_unit_test(any_number_of_rows),
        cmocka_unit_test(columns_not_wanted),
        cmocka_unit_test(choice_of_instruction_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
