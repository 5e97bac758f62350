/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a distribution of few numbers, which can be had by hand. */
#include "cmocka_all.h"

#include <math.h>

#include "jalki/simulate.h"
#include "simulate/paths/distribution.h"

static jk_distribution of_first(size_t count) {
    static double values[64];
    for (size_t i = 0; i < count; i++) {
        values[i] = (double)((i * 37) % count + 1); /* 1..count in another order */
    }
    return jk_distribution_of(values, count);
}

/* The mean of the worst twentieth: of 20 numbers the least, of 40 the two least; of 41 three, the twentieth begun. */
static void shortfall_is_of_the_worst_twentieth(void **state) {
    (void)state;
    static const struct {
        size_t count;
        double mean;
    } cases[] = {{20, 1.0}, {40, 1.5}, {41, 2.0}, {60, 2.0}, {1, 1.0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_distribution d = of_first(cases[i].count);
        assert_int_equal(d.count, cases[i].count);
        assert_true(d.figure[JK_FIGURE_ES05] == cases[i].mean);
    }
}

static void moments_and_quantiles_of_the_first_numbers(void **state) {
    (void)state;
    jk_distribution d = of_first(41);
    assert_true(d.figure[JK_FIGURE_MEAN] == 21.0);
    assert_true(fabs(d.figure[JK_FIGURE_SD] - sqrt(41.0 * 42.0 / 12.0)) < 1e-12); /* n (n + 1) / 12 */
    assert_true(d.figure[JK_FIGURE_P05] == 3.0 && d.figure[JK_FIGURE_P50] == 21.0);
    assert_true(fabs(d.figure[JK_FIGURE_P99] - 40.6) < 1e-12); /* between the 40th and the 41st */
    assert_true(fabs(d.error[JK_FIGURE_MEAN] - sqrt(42.0 / 12.0)) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shortfall_is_of_the_worst_twentieth),
        cmocka_unit_test(moments_and_quantiles_of_the_first_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
