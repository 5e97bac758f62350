/* SPDX-License-Identifier: Apache-2.0 */
/* Our exp and log against the C library in long double. */
#include "base/number/fmath.h"

#include <math.h>

#include "base/number/random.h"
#include "cmocka_all.h"

static void exp_is_within_its_bound(void **state) {
    (void)state;
    double worst = 0.0;
    for (uint64_t i = 0; i < 400000; i++) {
        double x = (jk_uniform(jk_philox(1, 1, i).word[0]) - 0.5) * (i % 2 ? 1400.0 : 4.0);
        long double exact = expl((long double)x);
        double error = (double)fabsl(((long double)jk_exp(x) - exact) / exact);
        worst = error > worst ? error : worst;
    }
    print_message("largest relative error of jk_exp: %.3g\n", worst);
    assert_true(worst < 4e-16);
}

static void log_is_within_its_bound(void **state) {
    (void)state;
    double worst = 0.0;
    for (uint64_t i = 0; i < 400000; i++) {
        double x = jk_exp((jk_uniform(jk_philox(2, 1, i).word[0]) - 0.5) * (i % 2 ? 1400.0 : 1.0));
        long double exact = logl((long double)x);
        double error = exact == 0.0L ? 0.0 : (double)fabsl(((long double)jk_log(x) - exact) / exact);
        worst = error > worst ? error : worst;
    }
    print_message("largest relative error of jk_log: %.3g\n", worst);
    assert_true(worst < 4e-16);
}

static void ends_of_the_range(void **state) {
    (void)state;
    assert_true(jk_exp(0.0) == 1.0);
    assert_true(jk_exp(-INFINITY) == 0.0);
    assert_true(jk_exp(1000.0) == INFINITY);
    assert_true(isnan(jk_exp(NAN)));
    assert_true(jk_log(1.0) == 0.0);
    assert_true(jk_log(0.0) == -INFINITY);
    assert_true(jk_log(INFINITY) == INFINITY);
    assert_true(isnan(jk_log(-1.0)));
    assert_true(jk_exp(-740.0) > 0.0 && jk_exp(-740.0) < 1e-300);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_within_its_bound),
        cmocka_unit_test(log_is_within_its_bound),
        cmocka_unit_test(ends_of_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
