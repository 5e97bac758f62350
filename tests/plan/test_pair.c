/* SPDX-License-Identifier: Apache-2.0 */
/* The pair of moods against the matrix exponential in 80 bits, over ordinary rates and over all that the model's schema
 * allows: the bounds of docs/numerics.md. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number/random.h"
#include "cmocka_all.h"
#include "plan/plan.h"
#include "support/plan_cases.h"
#include "support/plan_reference.h"

enum { COUNT = 4096 };

static double between(uint64_t index, double low, double high) { /* evenly in the logarithm */
    return low * pow(high / low, jk_uniform(jk_philox(5, 55, index).word[0]));
}

/* Rates times the length of an epoch. */
static void draw(bool wide, double months, float *rates) {
    for (uint64_t i = 0; i < COUNT; i++) {
        const double high[4] = {wide ? 20.0 : 1.0, wide ? 100.0 : 1.0, wide ? 10.0 : 0.1, wide ? 10.0 : 3.0};
        const double low[4] = {3e-5, 3e-5, 3e-5, wide ? 3e-5 : 0.03};
        for (uint64_t n = 0; n < 4; n++) {
            bool none = wide && jk_philox(6, 66, i * 4 + n).word[0] % 10 == 0;
            rates[n * COUNT + i] = none ? 0.0f : (float)(between(i * 4 + n, low[n], high[n]) * months);
        }
        if (i % 16 == 0) { /* two rates that meet */
            rates[COUNT + i] = rates[i];
            rates[2 * COUNT + i] = wide ? 0.0f : rates[2 * COUNT + i];
            rates[3 * COUNT + i] = rates[2 * COUNT + i];
        }
    }
}

static void compare(const jk_plan_kernel *kernel, bool month, bool wide, double months) {
    float *rates = jk_columns_zero(4 * COUNT, sizeof *rates), *left = jk_columns_zero(4 * COUNT, sizeof *left);
    float *share = jk_columns_zero(4 * COUNT, sizeof *share);
    assert_true(rates != NULL && left != NULL && share != NULL);
    draw(wide, months, rates);
    kernel->pair(month, rates, left, share, COUNT);
    double worst_left = 0.0, worst_share = 0.0;
    for (size_t i = 0; i < COUNT; i++) {
        double quiet = (double)rates[i], paying = (double)rates[COUNT + i];
        double begin = (double)rates[2 * COUNT + i], stop = (double)rates[3 * COUNT + i];
        reference_pair exact = reference_pair_of(quiet + begin, paying + stop, begin, stop, 1.0);
        for (size_t n = 0; n < 4; n++) {
            double row = exact.time[n / 2][0] + exact.time[n / 2][1];
            worst_left = fmax(worst_left, fabs((double)left[n * COUNT + i] - exact.stay[n / 2][n % 2]));
            worst_share = fmax(worst_share, fabs((double)share[n * COUNT + i] - exact.time[n / 2][n % 2]) / row);
        }
    }
    print_message("%s rates over %g months, series of %s: P within %.1e, M within %.1e of its row's time\n",
                  wide ? "wide" : "ordinary", months, month ? "months" : "epochs", worst_left, worst_share);
    assert_true(worst_left < 6e-7);
    assert_true(worst_share < 6e-7);
    free(rates);
    free(left);
    free(share);
}

static void bounds_hold(void **state) {
    (void)state;
    plan_case *made = plan_case_create(1, 1);
    jk_plan *plan = NULL;
    assert_int_equal(jk_plan_create(&made->model, &(jk_plan_options){.irr = 0.1}, &plan, NULL), JK_OK);
    const double months[] = {1.0, 3.0, 12.0, 60.0};
    for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
        for (int month = 0; month < 2; month++) {
            compare(plan->kernel[1], month == 1, false, months[i]);
            compare(plan->kernel[1], month == 1, true, months[i]);
        }
    }
    jk_plan_free(plan);
    plan_case_free(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
