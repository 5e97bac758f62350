/* SPDX-License-Identifier: Apache-2.0 */
/* Factors of segments and countries on paths: their correlations are those of the matrix, their spread and persistence
 * those of their countries, and their shocks the same to the bit in every order of summation. */
#include <math.h>
#include <stdlib.h>

#include "base/lanes/isa.h"
#include "base/memory.h"
#include "base/number/random.h"
#include "base/number/semidefinite.h"
#include "cmocka_all.h"
#include "simulate/draws/draws.h"

enum { SEGMENTS = 2, COUNTRIES = 2, MONTHS = 24, PATHS = 3000, FACTORS = 3 };

static const double matrix[FACTORS * FACTORS] = {1.0, 0.6, -0.3, 0.6, 1.0, 0.2, -0.3, 0.2, 1.0};
static const uint32_t of[SEGMENTS * COUNTRIES] = {0, 1, 2, 2}; /* the second segment has one factor in both countries */
static const jk_risk_factor countries[COUNTRIES] = {{0.3, 0.0}, {0.4, 0.5}};
static const jk_segment segments[SEGMENTS];
static const jk_jurisdiction jurisdictions[COUNTRIES];

static jk_model model_with(const jk_risk_correlation *correlation, const int32_t *epochs) {
    return (jk_model){.segments = segments,
                      .segment_count = SEGMENTS,
                      .jurisdictions = jurisdictions,
                      .jurisdiction_count = COUNTRIES,
                      .horizon_months = MONTHS,
                      .epoch_count = MONTHS,
                      .epochs = epochs,
                      .risk = {.correlation = correlation, .jurisdiction = countries}};
}

static void expect_within(const char *what, double found, double expected, double error) {
    if (!(fabs(found - expected) <= 3.0 * error)) {
        fail_msg("%s: %.5f, expected %.5f +/- %.5f", what, found, expected, error);
    }
}

typedef struct moments {
    double sum, square, cross;
} moments;

/* ln m has the mean -sigma^2/2 and the deviation sigma; shocks of two series have the correlation of their factors, so
 * that the x of a series that forgets at once and of one that keeps f a month have root(1 - f^2) times it from the
 * second month on. */
static void paths_have_the_correlations_of_the_matrix(void **state) {
    (void)state;
    double root[FACTORS * FACTORS] = {0}, pivot = 0.0;
    assert_int_equal(jk_semidefinite_root(matrix, FACTORS, root, &pivot), FACTORS);
    int32_t epochs[MONTHS];
    for (size_t i = 0; i < MONTHS; i++) {
        epochs[i] = 1;
    }
    const jk_risk_correlation correlation = {
        .countries = (double)NAN, .count = FACTORS, .matrix = matrix, .root = root, .of = of};
    const jk_model model = model_with(&correlation, epochs);
    jk_factors factors;
    assert_int_equal(jk_factors_init(&factors, &model, 7, NULL), JK_OK);
    assert_int_equal(factors.count, 4); /* the shared factor moves more in the second country */
    float *recovery = jk_columns_zero(4 * MONTHS * JK_PATH_LANES, sizeof *recovery);
    float *course = jk_columns_zero(2 * 4 * MONTHS * JK_PATH_LANES, sizeof *course);
    const jk_factor_lanes lanes = {recovery, course, course + 4 * MONTHS * JK_PATH_LANES};
    assert_true(recovery != NULL && course != NULL);
    moments of_pair[4][4] = {{{0}}}; /* of the first month, which is stationary, over paths */
    moments later[2] = {{0}};        /* of the second: series 0 and 1, and 1 with itself a month before */
    for (uint64_t path = 0; path < PATHS; path++) {
        double x[4][2];
        jk_factors_draw(&factors, path, 0, &lanes);
        for (size_t i = 0; i < 4; i++) {
            const double sigma = factors.series[i].is.volatility;
            for (size_t t = 0; t < 2; t++) {
                x[i][t] = (log((double)recovery[(i * MONTHS + t) * JK_PATH_LANES]) + 0.5 * sigma * sigma) / sigma;
            }
        }
        for (size_t i = 0; i < 4; i++) {
            for (size_t k = 0; k < 4; k++) {
                of_pair[i][k].sum += x[i][0];
                of_pair[i][k].cross += x[i][0] * x[k][0];
            }
        }
        later[0].cross += x[0][1] * x[1][1];
        later[1].cross += x[1][0] * x[1][1];
    }
    for (size_t i = 0; i < 4; i++) {
        expect_within("mean", of_pair[i][i].sum / PATHS, 0.0, sqrt(1.0 / PATHS));
        for (size_t k = 0; k < 4; k++) {
            const double rho = matrix[factors.series[i].factor * FACTORS + factors.series[k].factor];
            expect_within("correlation", of_pair[i][k].cross / PATHS, rho, sqrt((1.0 + rho * rho) / PATHS));
        }
    }
    const double keep = pow(0.5, 1.0 / 12.0), shared = 0.6 * sqrt(1.0 - keep * keep);
    expect_within("a quick and a slow series", later[0].cross / PATHS, shared, sqrt((1.0 + shared * shared) / PATHS));
    expect_within("persistence", later[1].cross / PATHS, keep, sqrt((1.0 + keep * keep) / PATHS));
    free(recovery);
    free(course);
    jk_factors_reset(&factors);
    jk_factors_reset(&factors); /* nothing is left that could be given back twice */
}

/* The most factors that a model may have, with correlations that use all of the grid: every kernel's shocks are those
 * of sums from the last factor to the first. */
static void shocks_do_not_depend_on_the_order_of_sums(void **state) {
    (void)state;
    const size_t n = JK_RISK_FACTORS_MOST;
    double *full = jk_columns_zero(n * n, sizeof *full), *root = jk_columns_zero(n * n, sizeof *root), pivot = 0.0;
    int32_t epochs[MONTHS];
    for (size_t i = 0; i < MONTHS; i++) {
        epochs[i] = 1;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            full[i * n + k] = i == k ? 1.0 : exp(-fabs((double)i - (double)k) / 300.0);
        }
    }
    assert_int_equal(jk_semidefinite_root(full, n, root, &pivot), n);
    const jk_risk_correlation correlation = {
        .countries = (double)NAN, .count = n, .matrix = full, .root = root, .of = of};
    const jk_model model = model_with(&correlation, epochs);
    jk_factors factors;
    assert_int_equal(jk_factors_init(&factors, &model, 7, NULL), JK_OK);
    float *recovery = jk_columns_zero(4 * MONTHS * JK_PATH_LANES, sizeof *recovery);
    float *course = jk_columns_zero(2 * 4 * MONTHS * JK_PATH_LANES, sizeof *course);
    const jk_factor_lanes lanes = {recovery, course, course + 4 * MONTHS * JK_PATH_LANES};
    for (int isa = JK_ISA_BASE; isa <= (int)jk_isa_best(); isa++) {
        factors.kernel = jk_dense_kernel_for(n, (jk_isa)isa);
        jk_factors_draw(&factors, 3, 0, &lanes);
        for (size_t i = 0; i < n; i++) {
            for (size_t t = 0; t < MONTHS; t++) {
                double sum = 0.0;
                for (size_t k = n; k-- > 0;) {
                    sum += factors.root[i * n + k] * factors.normal[k * JK_DENSE_ROWS + t];
                }
                assert_true(sum == factors.shock[i * JK_DENSE_ROWS + t]);
            }
        }
    }
    free(recovery);
    free(course);
    free(full);
    free(root);
    jk_factors_reset(&factors);
}

static void a_matrix_that_is_none_has_no_root(void **state) {
    (void)state;
    const double wrong[] = {1.0, 0.9, 0.0, 0.9, 1.0, 0.9, 0.0, 0.9, 1.0};
    const double singular[] = {1.0, 1.0, 0.4, 1.0, 1.0, 0.4, 0.4, 0.4, 1.0};
    double root[9] = {0}, pivot = 0.0;
    assert_int_equal(jk_semidefinite_root(wrong, 3, root, &pivot), 2);
    assert_true(fabs(pivot - (1.0 - 0.81 / 0.19)) < 1e-12); /* 1 - 0.9^2 / (1 - 0.9^2) */
    assert_int_equal(jk_semidefinite_root(singular, 3, root, &pivot), 3);
    assert_true(root[4] == 0.0 && root[7] == 0.0 && fabs(root[8] - sqrt(1.0 - 0.16)) < 1e-15);
    const double nan[] = {(double)NAN};
    assert_int_equal(jk_semidefinite_root(nan, 1, root, &pivot), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_have_the_correlations_of_the_matrix),
        cmocka_unit_test(shocks_do_not_depend_on_the_order_of_sums),
        cmocka_unit_test(a_matrix_that_is_none_has_no_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
