/* SPDX-License-Identifier: Apache-2.0 */
/* What points rest on beside the likelihood: penalties against their score equations, and the power of the balance that
 * the variance of cash goes with, on payments of one size and on payments of a part of the balance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"
#include "fit/ppml/ppml.h"

enum { ROWS = 6000, LEVELS = 4 };

typedef struct data {
    double cash[ROWS], weight[ROWS], start[ROWS], months[ROWS], mean[ROWS];
    uint16_t curve[ROWS];
    uint8_t level[ROWS];
    uint32_t cluster[ROWS + 1];
    jk_ppml_rows rows;
} data;

static double draw(uint64_t *state) { /* SplitMix64, in 0..1 */
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

/* Balances from 20 to 20,000; a payment in one row of ten, of a part of the balance or of one size. */
static data *new_data(int of_balance) {
    data *d = calloc(1, sizeof *d);
    assert_non_null(d);
    uint64_t state = 42;
    for (size_t i = 0; i < ROWS; i++) {
        double balance = 20.0 * pow(1000.0, draw(&state));
        double chance = of_balance ? 0.1 : 5e-5 * balance; /* the mean goes with the balance in both */
        d->weight[i] = balance;
        d->months[i] = 1.0;
        d->level[i] = (uint8_t)(draw(&state) * LEVELS);
        d->cash[i] = draw(&state) < fmin(chance, 1.0) ? (of_balance ? 0.05 * balance : 100.0) : 0.0;
        d->mean[i] = 0.005 * balance;
        d->cluster[i] = (uint32_t)i;
    }
    d->cluster[ROWS] = ROWS;
    d->rows = (jk_ppml_rows){.rows = ROWS,
                             .cash = d->cash,
                             .weight = d->weight,
                             .start = d->start,
                             .months = d->months,
                             .curve = d->curve,
                             .level = d->level,
                             .clusters = ROWS,
                             .cluster_begin = d->cluster};
    return d;
}

static void power_is_that_of_payments(void **state) {
    (void)state;
    data *parts = new_data(1);
    assert_true(fabs(jk_fit_balance_power(&parts->rows) - 1.0) < 1e-9);
    data *sizes = new_data(0);
    assert_true(fabs(jk_fit_balance_power(&sizes->rows)) < 1e-9);
    /* Roots of the balance, halved or doubled at random; then one payment of a million euro. */
    uint64_t chance = 7;
    for (size_t i = 0; i < ROWS; i++) {
        double size = sqrt(sizes->weight[i]) * (draw(&chance) < 0.5 ? 0.5 : 2.0);
        sizes->cash[i] = sizes->cash[i] > 0.0 ? size : 0.0;
    }
    assert_true(fabs(jk_fit_balance_power(&sizes->rows) - 0.5) < 0.05);
    sizes->cash[0] = 1e6;
    assert_true(fabs(jk_fit_balance_power(&sizes->rows) - 0.5) < 0.05);
    /* Nothing paid, or one balance for all: payments of one size. */
    for (size_t i = 0; i < ROWS; i++) {
        sizes->weight[i] = 1000.0;
    }
    assert_true(jk_fit_balance_power(&sizes->rows) == 0.0);
    memset(sizes->cash, 0, sizeof sizes->cash);
    assert_true(jk_fit_balance_power(&sizes->rows) == 0.0);
    free(parts);
    free(sizes);
}

/* At the penalised estimates cash - expected of a level is the sum of weight * difference over its links; a heavier
 * penalty draws the levels nearer; none gives the likelihood's. */
static void penalties_draw(void **state) {
    (void)state;
    static const double month[] = {0.0};
    static const int32_t piece[] = {0}, levels[] = {JK_PPML_NONE, 1, 2, 3};
    static const jk_ppml_curve curve = {1, month, piece};
    static const jk_ppml_term term = {LEVELS, 0, levels};
    static const jk_ppml_design design = {4, 1, 1, &curve, &term};
    data *d = new_data(1);
    double apart = INFINITY;
    for (int k = 0; k < 4; k++) {
        double weight = k == 0 ? 0.0 : pow(30.0, k);
        const jk_ppml_link links[] = {{1, 2, weight}, {2, 3, 2.0 * weight}, {1, JK_PPML_NONE, 0.5 * weight}};
        jk_ppml_options options = {.without_errors = 1, .link_count = 3, .links = links};
        jk_ppml fit;
        assert_int_equal(jk_ppml_fit(&d->rows, &design, &options, NULL, &fit, NULL), JK_OK);
        const double *b = fit.estimate;
        double pull[] = {0.0, weight * (b[1] - b[2]) + 0.5 * weight * b[1],
                         weight * (b[2] - b[1]) + 2.0 * weight * (b[2] - b[3]), 2.0 * weight * (b[3] - b[2])};
        for (int p = 0; p < 4; p++) {
            assert_true(fabs(fit.cash[p] - fit.expected[p] - pull[p]) < 1e-6 * fit.cash[0]);
        }
        double distance = fabs(b[1] - b[2]) + fabs(b[2] - b[3]) + fabs(b[1]);
        assert_true(distance < apart);
        apart = distance;
        jk_ppml_reset(&fit);
    }
    free(d);
}

/* One figure, the intensity, and its link to nothing: with mu the sum of what rows are expected to bring, phi the
 * dispersion by debtor and m the sum of debtors' squared rests, the posterior has the variance phi / (mu + w), or with
 * the cash of debtors as it varied G / (G - 1) (m + phi w) / (mu + w)^2. */
static void errors_are_the_posteriors(void **state) {
    (void)state;
    data *d = new_data(1);
    static const double month[] = {0.0};
    static const int32_t curve_parameter[] = {0},
                         level_parameter[] = {JK_PPML_NONE, JK_PPML_NONE, JK_PPML_NONE, JK_PPML_NONE};
    const jk_ppml_curve curve = {1, month, curve_parameter};
    const jk_ppml_term term = {LEVELS, 0, level_parameter};
    const jk_ppml_design design = {.parameters = 1, .curves = 1, .terms = 1, .curve = &curve, .term = &term};
    const double weight = 500.0;
    const jk_ppml_link link = {0, JK_PPML_NONE, weight};
    for (int by_dispersion = 0; by_dispersion < 2; by_dispersion++) {
        jk_ppml_options options = {.link_count = 1, .links = &link, .by_dispersion = by_dispersion};
        jk_run run = {.threads = 1};
        jk_error error = {0};
        jk_ppml fit;
        assert_int_equal(jk_ppml_fit(&d->rows, &design, &options, &run, &fit, &error), JK_OK);
        double mean = 0.0, squares = 0.0;
        for (size_t i = 0; i < ROWS; i++) {
            const double own = d->weight[i] * exp(fit.estimate[0]), rest = d->cash[i] - own;
            mean += own;
            squares += rest * rest;
        }
        const double phi = squares / mean, whole = mean + weight;
        const double expected =
            by_dispersion ? phi / whole : ROWS / (ROWS - 1.0) * (squares + phi * weight) / (whole * whole);
        assert_true(fabs(fit.cluster_dispersion / phi - 1.0) < 1e-9);
        assert_true(fabs(fit.covariance[0] / expected - 1.0) < 1e-9);
        assert_true(fabs(fit.std_error[0] / sqrt(expected) - 1.0) < 1e-9);
        jk_ppml_reset(&fit);
    }
    free(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_the_posteriors),
        cmocka_unit_test(power_is_that_of_payments),
        cmocka_unit_test(penalties_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
