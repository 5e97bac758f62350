/* SPDX-License-Identifier: Apache-2.0 */
/* What thin segments lean on: against the equations of the penalised likelihood, written out; moments by hand; and at
 * its limits. */
#include <math.h>

#include "cmocka_all.h"
#include "fit/payers/payers_thin.h"

enum { SEGMENTS = 4, CELLS = SEGMENTS * JK_TREATMENT_COUNT };
static const double size[SEGMENTS] = {5.0, 5.5, 8.0, 9.0};

static void near(double value, double expected, double within) {
    if (!(fabs(value - expected) <= within)) {
        fail_msg("%.17g is not %.17g", value, expected);
    }
}

static double link_of(bool share, double mean) {
    return share ? log(mean / (1.0 - mean)) : log(mean);
}

/* The slopes of sum of log L - (d'd + b^2) / (2 s^2), s = 0.5, are 0: by a the data alone, by d and b with the prior.
 * The unknowns are read off the cells. */
static void slopes(bool share) {
    jk_payer_thin_cell cell[CELLS] = {{0}};
    static const double of[CELLS] = {9.0, 30.0, 8.0, 3.0, 0.0, 1.0, 2.0, 5.0, 2.0, 0.0, 4.0, 0.0};
    static const double all[CELLS] = {12.0, 55.0, 12.0, 3.0, 4.0, 2.0, 9.0, 20.0, 7.0, 0.0, 16.0, 3.0};
    for (int i = 0; i < CELLS; i++) {
        cell[i].numerator = of[i];
        cell[i].denominator = all[i];
    }
    jk_payer_thin thin = {.share = share, .segments = SEGMENTS, .size = size, .cell = cell};
    jk_fit_payers_thin(&thin);
    double b = (cell[9].link - cell[0].link) / (size[3] - size[0]), a = 0.0, center = 0.0, n = 0.0;
    for (int i = 0; i < CELLS; i++) {
        center += all[i] * size[i / JK_TREATMENT_COUNT];
        n += all[i];
    }
    center /= n;
    for (int j = 0; j < JK_TREATMENT_COUNT; j++) { /* d adds up to 0 where a is free */
        a += (cell[j].link - b * (size[0] - center)) / JK_TREATMENT_COUNT;
    }
    double by_d[JK_TREATMENT_COUNT] = {0.0}, by_b = 0.0, by_a = 0.0, square = 0.0, sum = 0.0, cells = 0.0;
    for (int i = 0; i < CELLS; i++) {
        double x = size[i / JK_TREATMENT_COUNT] - center, d = cell[i].link - a - b * x;
        near(d, cell[i % JK_TREATMENT_COUNT].link - a - b * (size[0] - center), 1e-10);
        near(cell[i].link, link_of(share, cell[i].mean), 1e-10);
        double rest = of[i] - all[i] * cell[i].mean, own = all[i] * cell[i].mean * (share ? 1.0 - cell[i].mean : 1.0);
        by_a += rest;
        by_d[i % JK_TREATMENT_COUNT] += rest;
        by_b += rest * x;
        near(cell[i].information, own, 1e-10);
        square += own > 0.0 ? rest * rest / own : 0.0;
        sum += own;
        cells += own > 0.0;
    }
    near(by_a, 0.0, 1e-8);
    near(by_b, b / 0.25, 1e-8);
    for (int j = 0; j < JK_TREATMENT_COUNT; j++) {
        near(by_d[j], (cell[j].link - a - b * (size[0] - center)) / 0.25, 1e-8);
    }
    near(thin.between, fmax(0.0, (square - (cells - 5.0)) / sum), 1e-10);
    double z = jk_fit_payers_thin_weight(&thin, 1, 0.01);
    near(z, thin.between / (thin.between + fmax(1.0 / cell[1].information, 0.01)), 1e-12);
    near(jk_fit_payers_thin_link(&thin, 1), link_of(share, of[1] / all[1]), 1e-12);
    double none = cell[4].link - cell[4].mean / (share ? cell[4].mean * (1.0 - cell[4].mean) : cell[4].mean);
    near(jk_fit_payers_thin_link(&thin, 4), none, 1e-10);
    near(jk_fit_payers_thin_weight(&thin, 9, 0.0), 0.0, 0.0);
}

static void equations(void **state) {
    (void)state;
    slopes(true);
    slopes(false);
}

/* Many spells: the prior weighs nothing, small debts' share and large ones' are found, and what differs besides counts
 * as its own. */
static void many(void **state) {
    (void)state;
    static const double share[SEGMENTS] = {0.55, 0.6, 0.25, 0.2};
    jk_payer_thin_cell cell[CELLS] = {{0}};
    for (int i = 0; i < CELLS; i++) {
        cell[i] = (jk_payer_thin_cell){.numerator = 1e6 * share[i / 3], .denominator = 1e6};
    }
    jk_payer_thin thin = {.share = true, .segments = SEGMENTS, .size = size, .cell = cell};
    jk_fit_payers_thin(&thin);
    assert_true(thin.between > 1e-3);
    for (size_t i = 0; i < CELLS; i++) {
        double z = jk_fit_payers_thin_weight(&thin, i, 0.0);
        double value = z * jk_fit_payers_thin_link(&thin, i) + (1.0 - z) * cell[i].link;
        near(1.0 / (1.0 + exp(-value)), share[i / 3], 1e-3);
    }
    /* Few spells of a segment of large debts lean on what such debts do, not on the many spells of small ones. */
    cell[9] = cell[10] = cell[11] = (jk_payer_thin_cell){0};
    jk_fit_payers_thin(&thin);
    near(cell[10].mean, 0.22, 0.06);
}

static void nothing_seen(void **state) {
    (void)state;
    jk_payer_thin_cell cell[CELLS] = {{0}};
    jk_payer_thin thin = {.share = true, .segments = SEGMENTS, .size = size, .cell = cell};
    jk_fit_payers_thin(&thin);
    near(cell[0].mean, 1e-6, 1e-9);
    cell[1].denominator = 1000.0; /* none of them settled */
    jk_fit_payers_thin(&thin);
    near(cell[1].mean, 1e-6, 1e-9);
    near(thin.between, 0.0, 0.0);
    cell[1].numerator = 1000.0; /* all did */
    jk_fit_payers_thin(&thin);
    near(cell[1].mean, 1.0 - 1e-6, 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(equations), cmocka_unit_test(many),
                                       cmocka_unit_test(nothing_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
