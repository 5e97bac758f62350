/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a distribution of few numbers, which can be had by hand. */
#include "cmocka_all.h"

#include <math.h>
#include <stdlib.h>

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

/* ---- by their definitions ------------------------------------------------------------------------------------- */

static int rising(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between the two ranks next to it, and at the ends beyond them. */
static double at(const double *sorted, size_t count, double rank) {
    const double place = fmin(fmax(rank, 0.0), (double)count - 1.0), below = floor(place);
    const size_t next = (size_t)ceil(place);
    return sorted[(size_t)below] * (1.0 - (place - below)) + sorted[next] * (place - below);
}

static void near(const char *what, size_t count, double found, double expected) {
    if (!(isnan(expected) ? isnan(found) : fabs(found - expected) <= 1e-11 * (1.0 + fabs(expected)))) {
        fail_msg("%s of %zu: %.15g, expected %.15g", what, count, found, expected);
    }
}

static void check(const jk_distribution *d, const double *sorted, size_t count) {
    static const struct {
        jk_figure figure;
        double probability;
    } quantiles[] = {{JK_FIGURE_P01, 0.01}, {JK_FIGURE_P05, 0.05}, {JK_FIGURE_P25, 0.25}, {JK_FIGURE_P50, 0.5},
                     {JK_FIGURE_P75, 0.75}, {JK_FIGURE_P95, 0.95}, {JK_FIGURE_P99, 0.99}};
    const double n = (double)count;
    double mean = 0.0, second = 0.0, fourth = 0.0;
    for (size_t i = 0; i < count; i++) {
        mean += sorted[i] / n;
    }
    for (size_t i = 0; i < count; i++) {
        second += pow(sorted[i] - mean, 2);
        fourth += pow(sorted[i] - mean, 4) / n;
    }
    const double variance = count > 1 ? second / (n - 1.0) : 0.0;
    near("mean", count, d->figure[JK_FIGURE_MEAN], mean);
    near("its error", count, d->error[JK_FIGURE_MEAN], sqrt(variance / n));
    near("spread", count, d->figure[JK_FIGURE_SD], sqrt(variance));
    const double of_variance = fmax(fourth - variance * variance, 0.0) / n;
    near("its error", count, d->error[JK_FIGURE_SD], variance > 0.0 ? sqrt(of_variance / variance) / 2.0 : 0.0);
    for (size_t q = 0; q < sizeof quantiles / sizeof quantiles[0]; q++) {
        const double p = quantiles[q].probability, rank = p * (n - 1.0), step = sqrt(n * p * (1.0 - p));
        near("quantile", count, d->figure[quantiles[q].figure], at(sorted, count, rank));
        const double apart = at(sorted, count, rank + step) - at(sorted, count, rank - step);
        near("its error", count, d->error[quantiles[q].figure], count > 1 ? apart / 2.0 : (double)NAN);
    }
    /* The mean of the worst twentieth, the one begun counted, and the spread of (q - x)+ / 0.05 over root n. */
    const size_t worst = (count + 19) / 20;
    double shortfall = 0.0, first = 0.0, square = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double lacks = i < worst ? 20.0 * (sorted[worst - 1] - sorted[i]) : 0.0;
        shortfall += i < worst ? sorted[i] / (double)worst : 0.0;
        first += lacks / n;
        square += lacks * lacks / n;
    }
    near("shortfall", count, d->figure[JK_FIGURE_ES05], shortfall);
    near("its error", count, d->error[JK_FIGURE_ES05], sqrt(fmax(square - first * first, 0.0) / n));
}

static void figures_by_their_definitions(void **state) {
    (void)state;
    static const size_t counts[] = {1, 2, 3, 19, 20, 21, 40, 41, 100, 101, 333};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (int nothing = 0; nothing < 2; nothing++) { /* some are no numbers: they do not count */
            double values[700], sorted[700];
            size_t all = 0, count = 0;
            for (size_t k = 0; k < counts[i]; k++) {
                const size_t mixed = (k * 37) % counts[i];
                values[all++] = sorted[count++] = pow((double)mixed + 0.3, 1.7) - 40.0 + 3.0 * sin((double)mixed);
                if (nothing && k % 3 != 1) {
                    values[all++] = (double)NAN;
                }
            }
            qsort(sorted, count, sizeof sorted[0], rising);
            const jk_distribution d = jk_distribution_of(values, all);
            assert_int_equal(d.count, count);
            check(&d, sorted, count);
        }
    }
    double same[30], none[2] = {(double)NAN, (double)NAN};
    for (size_t k = 0; k < 30; k++) {
        same[k] = 7.25;
    }
    const jk_distribution flat = jk_distribution_of(same, 30), nobody = jk_distribution_of(none, 2);
    check(&flat, same, 30);
    assert_int_equal(nobody.count, 0);
    for (int f = 0; f < JK_FIGURE_COUNT; f++) {
        assert_true(isnan(nobody.figure[f]) && isnan(nobody.error[f]));
    }
    assert_true(isnan(jk_quantile(none, 0, 0.5)) && isnan(jk_quantile_error(none, 0, 0.5)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shortfall_is_of_the_worst_twentieth),
        cmocka_unit_test(moments_and_quantiles_of_the_first_numbers),
        cmocka_unit_test(figures_by_their_definitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
