/* SPDX-License-Identifier: Apache-2.0 */
/* Concentration against figures that can be worked out by hand. */
#include "report/spread.h"

#include <math.h>

#include "cmocka_all.h"

#define assert_near(is, wanted) assert_true(fabs((is) - (wanted)) < 1e-12)

static void all_alike(void **state) {
    (void)state;
    int64_t amounts[200];
    for (int i = 0; i < 200; i++) {
        amounts[i] = 7;
    }
    jk_concentration measured;
    jk_concentration_measure(amounts, 200, &measured);
    assert_near(measured.gini, 0.0);
    assert_int_equal(measured.top_count[0], 2);
    assert_near(measured.top_share[0], 0.01);
    for (int p = 0; p < JK_LORENZ_POINTS; p++) {
        assert_near(measured.lorenz[p], p / 100.0);
    }
}

static void one_has_all(void **state) {
    (void)state;
    int64_t amounts[50] = {[17] = 1 << 20};
    jk_concentration measured;
    jk_concentration_measure(amounts, 50, &measured);
    assert_near(measured.gini, 49.0 / 50.0);    /* 1 - 1/n */
    assert_int_equal(measured.top_count[0], 1); /* one per cent of fifty, but at least one */
    assert_near(measured.top_share[0], 1.0);
    assert_near(measured.lorenz[98], 0.0);
    assert_near(measured.lorenz[99], 0.5); /* half of the last holder */
    assert_near(measured.lorenz[100], 1.0);
}

static void one_to_hundred(void **state) {
    (void)state;
    int64_t amounts[100];
    for (int i = 0; i < 100; i++) {
        amounts[i] = 100 - i;
    }
    jk_concentration measured;
    jk_concentration_measure(amounts, 100, &measured);
    assert_near(measured.gini, 99.0 / 300.0); /* (n - 1) / 3n for 1..n */
    assert_near(measured.top_share[0], 100.0 / 5050.0);
    assert_near(measured.top_share[2], 955.0 / 5050.0); /* 91 + ... + 100 */
    assert_near(measured.lorenz[10], 55.0 / 5050.0);
}

static void nothing(void **state) {
    (void)state;
    int64_t amounts[3] = {0, 0, 0};
    jk_concentration measured;
    jk_concentration_measure(amounts, 3, &measured);
    assert_int_equal(measured.has_shares, 0);
    jk_concentration_measure(amounts, 0, &measured);
    assert_int_equal(measured.has_shares, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_alike), cmocka_unit_test(one_has_all),
                                       cmocka_unit_test(one_to_hundred), cmocka_unit_test(nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
