/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that the kernels read, by hand: how much of each epoch lies behind a change of the law. */
#include <math.h>

#include "cmocka_all.h"
#include "plan/plan.h"
#include "support/plan_cases.h"

/* Epochs of 1, 5, 11, 13, 30 and 60 months begin in months 0, 1, 6, 17, 30 and 60. */
static void epochs_know_how_much_of_them_is_later(void **state) {
    (void)state;
    static const int32_t lengths[] = {1, 5, 11, 13, 30, 60};
    static const struct {
        double from, later[6];
    } cases[] = {{0.0, {0}}, /* no change */
                 {0.5, {0.5, 1.0, 1.0, 1.0, 1.0, 1.0}},
                 {1.0, {0.0, 1.0, 1.0, 1.0, 1.0, 1.0}},
                 {17.0, {0.0, 0.0, 0.0, 1.0, 1.0, 1.0}},
                 {33.0, {0.0, 0.0, 0.0, 0.0, 0.9, 1.0}},
                 {105.0, {0.0, 0.0, 0.0, 0.0, 0.0, 0.25}},
                 {120.0, {0}},
                 {500.0, {0}}};
    plan_case *made = plan_case_create(1, 2);
    plan_case_epochs(made, lengths, 6);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_plan *plan = NULL;
        const jk_plan_options options = {.irr = 0.1, .law_from = cases[i].from};
        assert_int_equal(jk_plan_create(&made->model, &options, &plan, NULL), JK_OK);
        for (int j = 0; j < 6; j++) {
            assert_true(fabs((double)plan->tables.epochs[j].later - cases[i].later[j]) < 1e-7);
        }
        jk_plan_free(plan);
    }
    plan_case_free(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(epochs_know_how_much_of_them_is_later)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
