/* SPDX-License-Identifier: Apache-2.0 */
/* Realised returns of flows whose roots are known: single payments in closed form, several payments made so that they
 * are worth the outlay at given rates, of which the highest counts, and flows that have none. */
#include "cmocka_all.h"

#include <math.h>
#include <stdlib.h>

#include "base/number/fmath.h"
#include "jalki/price.h"
#include "simulate/paths/paths.h"

enum { MONTHS = 120 };

/* What 1 in the middle of a month is worth. */
static double worth(double rate, int month) {
    return pow(1.0 + rate, -(month + 0.5) / 12.0);
}

static void near(double found, double expected) {
    if (!(fabs(found - expected) <= 1e-9 * (1.0 + expected))) {
        fail_msg("%.12g, expected %.12g", found, expected);
    }
}

static void one_payment(void **state) {
    (void)state;
    static const double rates[] = {-0.9, -0.3, 0.0, 0.07, 0.5, 3.0, 9.0};
    for (int month = 0; month < MONTHS; month += 17) {
        for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
            double net[MONTHS] = {0.0};
            net[month] = 250.0 / worth(rates[i], month);
            near(jk_path_irr(net, MONTHS, 250.0), rates[i]);
            near(jk_path_irr(net, month + 1, 250.0), rates[i]);
        }
    }
}

/* Costs first, then collections: one change of sign after the outlay's. */
static void costs_come_first(void **state) {
    (void)state;
    double net[MONTHS] = {0.0}, missing = 100.0;
    net[0] = -20.0, net[1] = -5.0;
    missing += 20.0 * worth(0.15, 0) + 5.0 * worth(0.15, 1);
    net[30] = 0.5 * missing / worth(0.15, 30);
    net[119] = 0.5 * missing / worth(0.15, 119);
    near(jk_path_irr(net, MONTHS, 100.0), 0.15);
}

/* Two payments that are worth the outlay at two rates: a collection, and costs later; or costs between collections. */
static void the_highest_of_several(void **state) {
    (void)state;
    static const double rates[][2] = {{0.05, 0.4}, {0.4, 0.05}, {-0.5, 0.1}, {-0.8, -0.2}, {0.2, 4.0}};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        const int a = 10, b = 90;
        const double p = rates[i][0], q = rates[i][1];
        const double d = worth(p, a) * worth(q, b) - worth(q, a) * worth(p, b);
        double net[MONTHS] = {0.0};
        net[a] = 100.0 * (worth(q, b) - worth(p, b)) / d;
        net[b] = 100.0 * (worth(p, a) - worth(q, a)) / d;
        assert_true(net[a] > 0.0 && net[b] < 0.0);
        near(jk_path_irr(net, MONTHS, 100.0), fmax(p, q));
    }
    double net[MONTHS] = {0.0}; /* one root, though flows turn three times */
    net[5] = 60.0, net[6] = -1.0;
    net[40] = (100.0 - 60.0 * worth(0.3, 5) + worth(0.3, 6)) / worth(0.3, 40);
    near(jk_path_irr(net, MONTHS, 100.0), 0.3);
}

static void where_there_is_none(void **state) {
    (void)state;
    double nothing[MONTHS] = {0.0}, costs[MONTHS] = {0.0}, one[MONTHS] = {0.0};
    assert_true(jk_path_irr(nothing, MONTHS, 1.0) == -1.0);
    costs[3] = -5.0;
    assert_true(jk_path_irr(costs, MONTHS, 1.0) == -1.0);
    assert_true(isnan(jk_path_irr(nothing, MONTHS, 0.0)) && isnan(jk_path_irr(nothing, MONTHS, -1.0)));
    assert_true(isnan(jk_path_irr(nothing, MONTHS, NAN)));
    one[12] = 1.01 * 100.0 / worth(JK_IRR_HIGHEST, 12); /* more than the highest rate */
    assert_true(isnan(jk_path_irr(one, MONTHS, 100.0)));
    one[12] = 0.999 * 100.0 / worth(JK_IRR_HIGHEST, 12);
    assert_true(jk_path_irr(one, MONTHS, 100.0) > 0.99 * JK_IRR_HIGHEST);
    /* Worth exactly the outlay at the highest rate: it is above no rate that is told. */
    double *now = malloc(sizeof *now); /* nothing stands behind the last month */
    *now = 250.0;
    const double outlay = now[0] * jk_exp(-jk_log(1.0 + JK_IRR_HIGHEST) / 24.0);
    assert_true(isnan(jk_path_irr(now, 1, outlay)));
    assert_true(jk_path_irr(now, 1, nextafter(outlay, INFINITY)) > 0.999 * JK_IRR_HIGHEST);
    /* And exactly at the lowest, which is told. */
    const double most = *now * jk_exp(-jk_log(1.0 + JK_IRR_LOWEST) / 24.0);
    near(jk_path_irr(now, 1, most), JK_IRR_LOWEST);
    assert_true(jk_path_irr(now, 1, nextafter(most, INFINITY)) == -1.0);
    free(now);
    /* In the last step of the search, which goes down to it. */
    double late[MONTHS] = {0.0};
    late[0] = 1e-9, late[1] = -1e-9, late[12] = 100.0 / worth(-0.9899, 12);
    near(jk_path_irr(late, MONTHS, 100.0), -0.9899);
    one[12] = 0.99 * 100.0 / worth(JK_IRR_LOWEST, 12); /* less than the lowest */
    assert_true(jk_path_irr(one, MONTHS, 100.0) == -1.0);
    one[12] = 1.01 * 100.0 / worth(JK_IRR_LOWEST, 12);
    assert_true(jk_path_irr(one, MONTHS, 100.0) > JK_IRR_LOWEST);
    one[100] = -1e-9; /* turns again, and is never worth the outlay */
    one[12] = 0.01 / worth(JK_IRR_LOWEST, 12);
    assert_true(jk_path_irr(one, MONTHS, 100.0) == -1.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_payment), cmocka_unit_test(costs_come_first),
                                       cmocka_unit_test(the_highest_of_several), cmocka_unit_test(where_there_is_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
