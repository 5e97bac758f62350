/* SPDX-License-Identifier: Apache-2.0 */
/* The factor that ties years together, against moments of log-normal numbers, and where there are none; and what it
 * makes of the flows of a path, by hand. */
#include "cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
            double covariance[YEARS * YEARS], *factor = malloc(YEARS * YEARS * sizeof *factor);
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
                for (int z = 0; z < y; z++) { /* years of which nothing comes, or all, are tied to none */
                    const bool certain = !(covariance[y * YEARS + y] > 0.0 && covariance[z * YEARS + z] > 0.0);
                    assert_true(!certain || fabs(product(factor, y, z)) < 1e-12);
                }
            }
            free(factor);
        }
    }
}

/* Each year's collections are multiplied by exp(s n - s^2/2), s^2 = ln(1 + second moment per unit collected / what is
 * collected - part of the squared means), n tied to the numbers of the years before; costs stay. The third year begins
 * two epochs; in the last nothing was expected, so that no mean is known. */
static void collections_of_a_year_move_together(void **state) {
    (void)state;
    enum { EPOCHS = YEARS + 1 };
    static const double gross[EPOCHS] = {100.0, 50.0, 30.0, 10.0, 5.0}, normal[YEARS] = {0.7, -1.2, 0.4, 2.0};
    static const double mean[YEARS] = {80.0, 60.0, 50.0, 0.0}, moment[YEARS] = {9.0, 7.0, 12.0, 2.0};
    static const double tie[YEARS][YEARS] = {
        {1.0, NAN, NAN, NAN}, {0.6, 0.8, NAN, NAN}, {-0.48, 0.6, 0.64, NAN}, {0.0, 0.0, 0.28, 0.96}};
    static const int years_of[EPOCHS] = {0, 1, 2, 2, 3};
    int *year_of = malloc(sizeof years_of);
    double base[YEARS], second[YEARS], cross[YEARS * YEARS], ties[YEARS * YEARS], work[2 * YEARS];
    double *flow = malloc(EPOCHS * JK_PATH_FLOWS * sizeof *flow);
    memcpy(year_of, years_of, sizeof years_of);
    for (int y = 0; y < YEARS; y++) {
        base[y] = mean[y];
        second[y] = moment[y];
        for (int z = 0; z < YEARS; z++) {
            cross[y * YEARS + z] = 10.0 + 25.0 * y + 3.0 * z;
            ties[y * YEARS + z] = tie[y][z];
        }
    }
    for (int j = 0; j < EPOCHS; j++) {
        for (int k = 0; k < JK_PATH_FLOWS; k++) {
            flow[j * JK_PATH_FLOWS + k] = k == JK_PATH_GROSS ? gross[j] : 1.0;
        }
    }
    const jk_calibration calibration = {.epochs = EPOCHS,
                                        .years = YEARS,
                                        .epoch_year = year_of,
                                        .base_year = base,
                                        .cross = cross,
                                        .second = second,
                                        .tie = ties};
    jk_own_risk_rest(&calibration, flow, normal, work);
    for (int j = 0; j < EPOCHS; j++) {
        const int y = year_of[j];
        const double collected = y == 2 ? gross[2] + gross[3] : gross[j];
        const double less = mean[y] > 0.0 ? (10.0 + 28.0 * y) / (mean[y] * mean[y]) : 0.0;
        const double variance = log1p(moment[y] / collected - less);
        double number = 0.0;
        for (int z = 0; z <= y; z++) {
            number += tie[y][z] * normal[z];
        }
        const double factor = exp(sqrt(variance) * number - 0.5 * variance), *here = flow + j * JK_PATH_FLOWS;
        assert_true(variance > 0.01 && fabs(here[JK_PATH_GROSS] / gross[j] - factor) < 1e-12 * factor);
        assert_true(fabs(here[JK_PATH_CONTINGENT] - factor) < 1e-12 * factor);
        assert_true(fabs(here[JK_PATH_KEPT] - factor) < 1e-12 * factor);
        assert_true(here[JK_PATH_RUNNING] == 1.0 && here[JK_PATH_FILING] == 1.0 && here[JK_PATH_SALE] == 1.0);
    }
    memset(flow, 0, EPOCHS * JK_PATH_FLOWS * sizeof *flow); /* where nothing is collected nothing moves */
    jk_own_risk_rest(&calibration, flow, normal, work);
    for (int k = 0; k < EPOCHS * JK_PATH_FLOWS; k++) {
        assert_true(flow[k] == 0.0);
    }
    free(flow);
    free(year_of);
}

/* A large claim resolves in the epoch into which the draw falls, and brings there what it is expected to over the
 * chance that it does; it costs, or is sold, as long as it has not, over the chance of that. */
static void a_large_claim_pays_once_or_never(void **state) {
    (void)state;
    enum { EPOCHS = 5, NEVER = EPOCHS };
    static const double chance[EPOCHS] = {0.125, 0.0, 0.25, 0.375, 0.25}; /* in the end it is sure, in 53 bits */
    static const struct {
        double uniform;
        int pays;
    } cases[] = {{1e-9, 0}, {0.1249, 0}, {0.125, 2}, {0.3749, 2}, {0.375, 3}, {0.7499, 3}, {0.75, 4}, {0.9999, 4}};
    static const jk_path_flow collections[] = {JK_PATH_GROSS, JK_PATH_CONTINGENT, JK_PATH_KEPT};
    static const jk_path_flow upkeep[] = {JK_PATH_RUNNING, JK_PATH_SPENT, JK_PATH_FILING, JK_PATH_SALE};
    for (int less = 0; less < 2; less++) { /* an epoch less: perhaps it never pays */
        for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
            double flow[EPOCHS * JK_PATH_FLOWS], before = 0.0;
            const int epochs = EPOCHS - less, pays = cases[c].pays < epochs ? cases[c].pays : NEVER;
            for (int k = 0; k < EPOCHS * JK_PATH_FLOWS; k++) {
                flow[k] = k % JK_PATH_FLOWS == JK_PATH_SECOND ? chance[k / JK_PATH_FLOWS] : 2.0 + k;
            }
            jk_own_risk_large(flow, epochs, cases[c].uniform);
            for (int j = 0; j < EPOCHS; j++) {
                const double *here = flow + j * JK_PATH_FLOWS, was = 2.0 + j * JK_PATH_FLOWS;
                const double paid = j >= epochs ? 1.0 : j == pays ? 1.0 / chance[j] : 0.0;
                const double open = j >= epochs ? 1.0 : j <= pays ? 1.0 / (1.0 - before) : 0.0;
                for (size_t f = 0; f < 3; f++) {
                    assert_true(fabs(here[collections[f]] - paid * (was + collections[f])) < 1e-9);
                }
                for (size_t f = 0; f < 4; f++) {
                    assert_true(fabs(here[upkeep[f]] - open * (was + upkeep[f])) < 1e-9);
                }
                before += chance[j];
            }
        }
    }
    /* Who surely pays in the first epoch costs nothing later, whatever the draw is. */
    double sure[2 * JK_PATH_FLOWS];
    for (int k = 0; k < 2 * JK_PATH_FLOWS; k++) {
        sure[k] = k == JK_PATH_SECOND ? 1.0 : k == JK_PATH_FLOWS + JK_PATH_SECOND ? 0.0 : 5.0;
    }
    jk_own_risk_large(sure, 2, 1.0);
    assert_true(sure[JK_PATH_RUNNING] == 5.0 && sure[JK_PATH_FLOWS + JK_PATH_RUNNING] == 0.0);
    assert_true(sure[JK_PATH_FLOWS + JK_PATH_GROSS] == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_log_normal_numbers_can_do_is_met),
        cmocka_unit_test(rows_keep_their_norm_whatever_is_asked),
        cmocka_unit_test(collections_of_a_year_move_together),
        cmocka_unit_test(a_large_claim_pays_once_or_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
