/* SPDX-License-Identifier: Apache-2.0 */
/* The factor that ties years together, against moments of log-normal numbers, and where there are none. */
#include "cmocka_all.h"

#include <math.h>

#include "simulate/paths/own_risk.h"

enum { YEARS = 4 };

static double product(const double *factor, int y, int z) {
    double sum = 0.0;
    for (int k = 0; k < YEARS; k++) {
        sum += factor[y * YEARS + k] * factor[z * YEARS + k];
    }
    return sum;
}

/* Two numbers e^(s x - s^2/2), e^(t y - t^2/2) with corr(x, y) = r have the covariance e^(r s t) - 1. */
static void what_log_normal_numbers_can_do_is_met(void **state) {
    (void)state;
    static const double spread[YEARS] = {0.1, 0.25, 0.4, 0.9};
    double covariance[YEARS * YEARS], factor[YEARS * YEARS];
    for (int y = 0; y < YEARS; y++) {
        for (int z = 0; z < YEARS; z++) {
            double r = y == z ? 1.0 : -0.2 + 0.05 * (double)(y + z);
            covariance[y * YEARS + z] = expm1(r * spread[y] * spread[z]);
        }
    }
    jk_own_risk_factor(covariance, YEARS, factor);
    for (int y = 0; y < YEARS; y++) {
        for (int z = 0; z < YEARS; z++) {
            double r = y == z ? 1.0 : -0.2 + 0.05 * (double)(y + z);
            assert_true(fabs(product(factor, y, z) - r) < 1e-12);
            assert_true(z <= y || factor[y * YEARS + z] == 0.0);
        }
    }
}

/* A single claim pays in one of the years, or a few claims nearly surely pay: years exclude each other. */
static void rows_keep_their_norm_whatever_is_asked(void **state) {
    (void)state;
    static const double chances[][YEARS] = {{0.25, 0.25, 0.25, 0.25}, {0.97, 0.01, 0.01, 0.01}, {1e-9, 1e-9, 1e-9, 0.5},
                                            {0.5, 0.0, 0.5, 0.0},     {1.0, 0.0, 0.0, 0.0},     {0.0, 0.0, 0.0, 0.0}};
    static const double claims[] = {1.0, 3.0, 800.0};
    for (size_t i = 0; i < sizeof chances / sizeof chances[0]; i++) {
        for (size_t n = 0; n < 3; n++) {
            double covariance[YEARS * YEARS], factor[YEARS * YEARS];
            for (int y = 0; y < YEARS; y++) {
                for (int z = 0; z < YEARS; z++) {
                    double q = chances[i][y];
                    bool known = q > 0.0 && chances[i][z] > 0.0;
                    covariance[y * YEARS + z] = known ? ((y == z ? 1.0 / q : 0.0) - 1.0) / claims[n] : 0.0;
                }
            }
            jk_own_risk_factor(covariance, YEARS, factor);
            for (int y = 0; y < YEARS; y++) {
                assert_true(fabs(product(factor, y, y) - 1.0) < 1e-12);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_log_normal_numbers_can_do_is_met),
        cmocka_unit_test(rows_keep_their_norm_whatever_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
