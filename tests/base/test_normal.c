/* SPDX-License-Identifier: Apache-2.0 */
/* The normal distribution against the C library's erfc. */
#include "cmocka_all.h"

#include "base/number/normal.h"

static void test_against_erfc(void **state) {
    (void)state;
    /* Beyond, results are smaller than normal numbers. */
    for (int i = -3700; i <= 3700; i++) {
        double x = 0.01 * i;
        double wanted = 0.5 * erfc(-x / sqrt(2.0));
        double got = jk_normal_cdf(x);
        if (!(fabs(got - wanted) <= 1e-15) || !(fabs(got - wanted) <= 1e-12 * wanted)) {
            fail_msg("at %g: %.17g, wanted %.17g", x, got, wanted);
        }
    }
}

static void test_ends(void **state) {
    (void)state;
    assert_true(jk_normal_cdf(0.0) == 0.5);
    assert_true(jk_normal_cdf(INFINITY) == 1.0 && jk_normal_cdf(-INFINITY) == 0.0);
    assert_true(jk_normal_cdf(40.0) == 1.0 && jk_normal_cdf(-40.0) == 0.0);
    assert_true(isnan(jk_normal_cdf(NAN)));
    assert_true(fabs(jk_normal_density(1.0) - 0.24197072451914335) < 1e-16);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_erfc), cmocka_unit_test(test_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
