/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan can be made with: each figure at its bounds and just beyond, in the first place and in the last; what
 * lies behind the last is not looked at. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/lanes/isa.h"
#include "cmocka_all.h"
#include "plan/plan.h"
#include "support/plan_cases.h"

enum { SEGMENTS = 2, EPOCHS = 4, CELLS = SEGMENTS * EPOCHS };

static plan_case *small_case(void) {
    static const int32_t epochs[EPOCHS] = {3, 3, 6, 12};
    plan_case *made = plan_case_create(5, SEGMENTS);
    plan_case_epochs(made, epochs, EPOCHS);
    return made;
}

/* Whether a plan comes of it; its reason names `key` where none does. */
static bool can_be(const plan_case *made, const jk_plan_options *options, const char *key) {
    jk_plan *plan = NULL;
    jk_error error = {0};
    const jk_status status = jk_plan_create(&made->model, options, &plan, &error);
    if (status == JK_OK) {
        jk_plan_free(plan);
        return true;
    }
    assert_int_equal(status, JK_ERROR_ARGUMENT);
    assert_null(plan);
    assert_string_equal(error.key, key);
    return false;
}

/* Options with these figures in one of their places, as many as there are and one that is no figure behind them. */
typedef enum place { RECOVERY, PAYING_RECOVERY, HOUR_PRICE, EXITS, INTERRUPTION, BREAKAGE, PLACES } place;

static bool can_have(const plan_case *made, place of, size_t at, double value) {
    static const char *const keys[PLACES] = {"recovery", "recovery", "hour_price", "stress", "stress", "stress"};
    double figure[CELLS + 1];
    jk_plan_stress stress[SEGMENTS + 1];
    jk_plan_options options = {.irr = 0.1};
    const size_t count = of == HOUR_PRICE ? EPOCHS : CELLS;
    for (size_t i = 0; i < CELLS + 1; i++) {
        figure[i] = i == at ? value : i < count ? 1.0 : NAN;
    }
    for (size_t g = 0; g < SEGMENTS + 1; g++) {
        const double usual = g < SEGMENTS ? 1.0 : NAN;
        stress[g] = (jk_plan_stress){.exit = of == EXITS && g == at ? value : usual,
                                     .interruption = of == INTERRUPTION && g == at ? value : usual,
                                     .breakage = of == BREAKAGE && g == at ? value : usual};
    }
    *(of == RECOVERY          ? &options.recovery
      : of == PAYING_RECOVERY ? &options.paying_recovery
                              : &options.hour_price) = of < EXITS ? figure : NULL;
    options.stress = of < EXITS ? NULL : stress;
    return can_be(made, &options, keys[of]);
}

static void figures_are_within_their_bounds(void **state) {
    (void)state;
    static const double most[PLACES] = {JK_RECOVERY_MAX, JK_RECOVERY_MAX, JK_HOUR_MAX,
                                        JK_STRESS_MAX,   JK_STRESS_MAX,   JK_STRESS_MAX};
    plan_case *made = small_case();
    for (place of = 0; of < PLACES; of++) {
        const size_t count = of == HOUR_PRICE ? EPOCHS : of < EXITS ? CELLS : SEGMENTS;
        for (size_t at = 0; at < count; at += count - 1) {
            assert_true(can_have(made, of, at, 0.0) && can_have(made, of, at, most[of]));
            assert_false(can_have(made, of, at, -1e-9) || can_have(made, of, at, most[of] * (1.0 + 1e-15)));
            assert_false(can_have(made, of, at, NAN) || can_have(made, of, at, INFINITY));
        }
    }
    plan_case_free(made);
}

static void returns_and_instruction_sets(void **state) {
    (void)state;
    plan_case *made = small_case();
    assert_true(can_be(made, &(jk_plan_options){.irr = -0.999999}, "irr"));
    assert_true(can_be(made, &(jk_plan_options){.irr = 0.0}, "irr"));
    assert_true(can_be(made, &(jk_plan_options){.irr = 1e6}, "irr"));
    assert_false(can_be(made, &(jk_plan_options){.irr = -1.0}, "irr"));
    assert_false(can_be(made, &(jk_plan_options){.irr = INFINITY}, "irr"));
    assert_false(can_be(made, &(jk_plan_options){.irr = NAN}, "irr"));
    for (int isa = 0; isa < JK_ISA_COUNT; isa++) {
        if (jk_isa_runs((jk_isa)isa)) {
            const jk_plan_options options = {.irr = 0.1, .isa = jk_isa_name((jk_isa)isa)};
            jk_plan *plan = NULL;
            assert_int_equal(jk_plan_create(&made->model, &options, &plan, NULL), JK_OK);
            assert_string_equal(jk_plan_isa(plan), options.isa);
            jk_plan_free(plan);
        }
    }
    plan_case_free(made);
}

/* Room of pages, more of it for more rows; none for more rows than can be counted. */
static void workspaces_are_whole_pages(void **state) {
    (void)state;
    plan_case *made = small_case();
    jk_plan *plan = NULL;
    assert_int_equal(jk_plan_create(&made->model, &(jk_plan_options){.irr = 0.1}, &plan, NULL), JK_OK);
    const size_t one = jk_plan_workspace_size(plan, 1), many = jk_plan_workspace_size(plan, 100001);
    assert_true(one % 4096 == 0 && many % 4096 == 0);
    /* Two orders, a key of a group and of an age for each row. */
    assert_true(many - one >= 100000 * (3 * sizeof(uint32_t) + sizeof(uint16_t)) - 4096);
    assert_true(many - one <= 100000 * (3 * sizeof(uint32_t) + sizeof(uint16_t)) + 4096);
    assert_null(jk_plan_workspace_create(plan, (size_t)UINT32_MAX + 1));
    jk_plan_workspace *workspace = jk_plan_workspace_create(plan, 1);
    assert_true(workspace != NULL && (uintptr_t)workspace % 4096 == 0);
    jk_plan_workspace_free(workspace);
    jk_plan_free(plan);
    plan_case_free(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_within_their_bounds),
        cmocka_unit_test(returns_and_instruction_sets),
        cmocka_unit_test(workspaces_are_whole_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
