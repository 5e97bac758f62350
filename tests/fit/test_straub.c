/* SPDX-License-Identifier: Apache-2.0 */
/* Credibility factors against the formulas of Bühlmann and Straub written out, and at their limits. */
#include <math.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"

static void near(double value, double expected) {
    if (!(fabs(value - expected) <= 1e-12 * fmax(1.0, fabs(expected)))) {
        fail_msg("%.17g is not %.17g", value, expected);
    }
}

/* Ratios 2, 1, 0.5 on volumes 100, 200, 400: mean 600/700; the variance between from the spread less what chance of 2
 * per unit of volume explains. */
static void written_out(void **state) {
    (void)state;
    double actual[] = {200.0, 200.0, 200.0}, expected[] = {100.0, 200.0, 400.0}, factor[3], weight[3];
    double mean = 6.0 / 7.0;
    double spread = 100.0 * pow(2.0 - mean, 2) + 200.0 * pow(1.0 - mean, 2) + 400.0 * pow(0.5 - mean, 2);
    double between = (spread - 2.0 * 2.0) / (700.0 - (1e4 + 4e4 + 16e4) / 700.0);
    near(jk_fit_straub(actual, expected, 3, 2.0, NAN, factor, weight), between);
    for (int i = 0; i < 3; i++) {
        double z = expected[i] / (expected[i] + 2.0 / between);
        near(weight[i], z);
        near(factor[i], z * actual[i] / expected[i] + (1.0 - z) * mean);
    }
}

static void limits(void **state) {
    (void)state;
    double factor[3], weight[3];
    double alike[] = {101.0, 199.0, 400.0}, expected[] = {100.0, 200.0, 400.0};
    near(jk_fit_straub(alike, expected, 3, 50.0, NAN, factor, weight), 0.0); /* less spread than chance: all the mean */
    for (int i = 0; i < 3; i++) {
        near(weight[i], 0.0);
        near(factor[i], 1.0);
    }
    double one[] = {30.0, 0.0, 0.0}, volume[] = {20.0, 0.0, 0.0};
    (void)jk_fit_straub(one, volume, 3, 1.0, NAN, factor, weight); /* one cell alone is all there is */
    near(weight[0], 1.0);
    near(factor[0], 1.5);
    near(weight[1], 0.0);
    near(factor[1], 1.5); /* and what the others take */
    double nothing[] = {0.0, 0.0, 0.0};
    (void)jk_fit_straub(nothing, nothing, 3, 1.0, NAN, factor, weight);
    near(factor[2], 1.0);
    double none_paid[] = {0.0, 300.0, 500.0};
    (void)jk_fit_straub(none_paid, expected, 3, 1.0, 1.0, factor, weight); /* no cash is not no intensity */
    assert_true(factor[0] > 0.0 && factor[0] < 0.2);
}

/* The mean of what the variance between cells may be, by adding up the density of its estimate over what is not
 * negative, times that beforehand; and what that makes of a cell's variance beside what its credibility leaves. */
static double mean_between(double raw, double error, double usual) {
    double mass = 0.0, sum = 0.0;
    const double step = error / 2000.0, end = fmax(raw, 0.0) + 12.0 * error;
    for (double between = 0.5 * step; between < end; between += step) {
        double away = (between - raw) / error, density = exp(-0.5 * away * away - between / usual);
        mass += density;
        sum += density * between;
    }
    return sum / mass;
}

static void cells_that_little_is_known_of(void **state) {
    (void)state;
    const double expected[] = {100.0, 200.0, 400.0}, within = 2.0, freedom = 700.0 - (1e4 + 4e4 + 16e4) / 700.0;
    const double of_all[][3] = {{200.0, 200.0, 200.0}, {101.0, 199.0, 400.0}, {104.0, 190.0, 402.0}};
    for (int k = 0; k < 3; k++) {
        const double *actual = of_all[k];
        double mean = (actual[0] + actual[1] + actual[2]) / 700.0, spread = 0.0, factor[3], weight[3], unknown[3];
        for (int i = 0; i < 3; i++) {
            spread += expected[i] * pow(actual[i] / expected[i] - mean, 2);
        }
        double raw = (spread - 2.0 * within) / freedom, error = within * sqrt(2.0 * 2.0) / freedom;
        double between = mean_between(raw, error, 0.3 * mean * mean);
        double taken = jk_fit_straub(actual, expected, 3, within, NAN, factor, weight);
        jk_fit_straub_unknown(actual, expected, 3, within, unknown);
        for (int i = 0; i < 3; i++) {
            double told = weight[i] * within / expected[i];
            double z = expected[i] / (expected[i] + within / between), all_of_it = between * (1.0 - z);
            double left = fmax(all_of_it - told, 0.0) / (mean * mean); /* the mean may be below what is taken */
            if (!(fabs(unknown[i] - left) <= 1e-5 * left + 1e-12)) {
                fail_msg("%d, %d: %.12g is not %.12g (variance between %g, taken %g)", k, i, unknown[i], left, between,
                         taken);
            }
        }
        assert_true(k == 0 || taken == 0.0); /* told as certain, and not known: that is what is added */
    }
    double unknown[3];
    const double one[] = {30.0, 0.0, 0.0}, volume[] = {20.0, 0.0, 0.0}; /* one cell leans on nobody */
    jk_fit_straub_unknown(one, volume, 3, 1.0, unknown);
    assert_true(unknown[0] == 0.0 && unknown[1] == 0.0 && unknown[2] == 0.0);
    /* Chance so large that nothing is told: the variance is what is thought of it beforehand, but for a part of 1e-4.
     */
    jk_fit_straub_unknown(of_all[1], expected, 3, 1e6, unknown);
    for (int i = 0; i < 3; i++) {
        const double thought = 0.3 * 1e6 / (1e6 + 0.3 * expected[i]);
        assert_true(fabs(unknown[i] - thought) < 2e-4 * thought);
    }
    const double alike[] = {100.0, 200.0, 400.0}; /* much more alike than chance allows: the distribution's tail */
    jk_fit_straub_unknown(alike, expected, 3, 1e-9, unknown);
    assert_true(unknown[0] >= 0.0 && unknown[0] < 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(written_out), cmocka_unit_test(limits),
                                       cmocka_unit_test(cells_that_little_is_known_of)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
