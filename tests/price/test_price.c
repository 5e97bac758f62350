/* SPDX-License-Identifier: Apache-2.0 */
/* The price stage against closed forms, figures worked by hand, and itself in reverse on random flows. The checks use
 * the C library's pow, which the stage does not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/random.h"
#include "cmocka_all.h"
#include "jalki/price.h"

enum { MONTHS_MAX = 600 };

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance)) {
        print_error("%.17g is not %.17g within %g\n", got, expected, tolerance);
        fail();
    }
}

static double plain_present_value(const double *net, int months, double rate) {
    double sum = 0.0;
    for (int t = 1; t <= months; t++) {
        sum += net[t - 1] * pow(1.0 + rate, -(t - 0.5) / 12.0);
    }
    return sum;
}

static void test_bid(void **state) {
    (void)state;
    assert_near(jk_price_bid(1000.0, 0.5, 300), 850.0, 0.0);
    assert_near(jk_price_bid(100.0, 0.5, 300), 0.0, 0.0); /* onboarding eats it all */
    assert_near(jk_price_bid(0.0, 0.5, 0), 0.0, 0.0);
    assert_near(jk_price_bid(1e12, 0.0, UINT64_C(50000000)), 1e12, 0.0);
}

static void test_multiple_payback_erc(void **state) {
    (void)state;
    const double net[6] = {-10.0, 30.0, 40.0, 40.0, 0.0, 20.0}; /* cumulated: -10, 20, 60, 100, 100, 120 */
    assert_near(jk_price_multiple(net, 6, 80.0), 1.5, 0.0);
    assert_int_equal(jk_price_payback(net, 6, 80.0), 4);
    assert_int_equal(jk_price_payback(net, 6, 60.0), 3); /* reached exactly */
    assert_int_equal(jk_price_payback(net, 6, 60.000001), 4);
    assert_int_equal(jk_price_payback(net, 6, 120.0), 6);
    assert_int_equal(jk_price_payback(net, 6, 120.5), -1);
    assert_int_equal(jk_price_payback(net, 6, 0.0), -1);
    assert_int_equal(jk_price_payback(net, 0, 1.0), -1);
    assert_true(isnan(jk_price_multiple(net, 6, 0.0)));
    assert_true(isnan(jk_price_multiple(net, 6, -5.0)));
}

/* 10 in the first month and 30 in the thirteenth: (0.5 * 10 + 12.5 * 30) / 40 = 9.5 months. */
static void test_average_life(void **state) {
    (void)state;
    double flow[13] = {10.0};
    flow[12] = 30.0;
    assert_near(jk_price_average_life(flow, 13), 9.5 / 12.0, 1e-15);
    assert_near(jk_price_average_life(flow, 12), 0.5 / 12.0, 1e-15);
    flow[12] = -10.0;
    assert_true(isnan(jk_price_average_life(flow, 13)));
    assert_true(isnan(jk_price_average_life(flow, 0)));
}

/* A level amount each month is an annuity: c·v^(1/2)·(1 - v^n)/(1 - v). */
static void test_present_value_of_an_annuity(void **state) {
    (void)state;
    double net[MONTHS_MAX];
    for (int t = 0; t < MONTHS_MAX; t++) {
        net[t] = 250.0;
    }
    const double rates[] = {-0.5, -0.05, 0.08, 0.15, 0.35, 4.0};
    const int months[] = {1, 12, 36, 180, 600};
    for (int i = 0; i < 6; i++) {
        double v = pow(1.0 + rates[i], -1.0 / 12.0);
        for (int j = 0; j < 5; j++) {
            double expected = 250.0 * sqrt(v) * (1.0 - pow(v, months[j])) / (1.0 - v);
            assert_near(jk_price_present_value(net, months[j], rates[i]), expected, 1e-12 * expected);
        }
    }
    assert_near(jk_price_present_value(net, 600, 0.0), 150000.0, 1e-9);
    assert_true(isnan(jk_price_present_value(net, 12, -1.0)));
    assert_true(isnan(jk_price_present_value(net, 12, NAN)));
}

/* The annuity factor at 1 % a month over 12 months is 11.2550775 in every printed table; paid at mid-month it is worth
 * half a month's interest more. */
static void test_table_of_annuities(void **state) {
    (void)state;
    double net[12];
    for (int t = 0; t < 12; t++) {
        net[t] = 100.0;
    }
    double yearly = pow(1.01, 12.0) - 1.0; /* 12.6825 % */
    double expected = 1125.50775 * sqrt(1.01);
    assert_near(jk_price_present_value(net, 12, yearly), expected, 1e-4);
    double rate = 0.0;
    assert_int_equal(jk_price_irr(net, 12, expected, &rate), JK_IRR_FOUND);
    assert_near(rate, yearly, 1e-7);
    /* One payment, by hand: 121 after 12.5 months for 100 now. */
    const double once[13] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 121.0};
    assert_int_equal(jk_price_irr(once, 13, 100.0, &rate), JK_IRR_FOUND);
    assert_near(rate, pow(1.21, 12.0 / 12.5) - 1.0, 1e-14);
}

static void test_irr_is_the_inverse_of_present_value(void **state) {
    (void)state;
    double net[180];
    for (uint64_t trial = 0; trial < 60; trial++) {
        int months = 1 + (int)(jk_philox(1, 0, trial).word[0] % 180);
        for (int t = 0; t < months; t++) {
            net[t] = 1e6 * jk_uniform(jk_philox(2, trial, (uint64_t)t).word[0]) * exp(-0.02 * t);
        }
        double wanted = -0.6 + 3.0 * jk_uniform(jk_philox(3, 0, trial).word[0]);
        double rate = 0.0;
        double outlay = plain_present_value(net, months, wanted);
        assert_int_equal(jk_price_irr(net, months, outlay, &rate), JK_IRR_FOUND);
        assert_near(rate, wanted, 1e-10);
        assert_near(jk_price_present_value(net, months, rate), outlay, 1e-10 * outlay);
        for (int t = 0; t < months; t++) { /* in whatever coin */
            net[t] *= 1e-12;
        }
        assert_int_equal(jk_price_irr(net, months, outlay * 1e-12, &rate), JK_IRR_FOUND);
        assert_near(rate, wanted, 1e-10);
    }
}

static void test_irr_with_early_negative_flows(void **state) {
    (void)state;
    double net[60];
    for (int t = 0; t < 60; t++) {
        net[t] = t < 6 ? -50.0 : 40.0; /* court fees first, garnishment later */
    }
    double rate = 0.0;
    assert_int_equal(jk_price_irr(net, 60, 800.0, &rate), JK_IRR_FOUND);
    assert_near(plain_present_value(net, 60, rate), 800.0, 1e-8);
}

/* With outlay 0 the surplus is v^(1/2) times a polynomial in the monthly factor v: flows are made from chosen rates. */
static void test_irr_with_several_rates(void **state) {
    (void)state;
    /* 1 % and 2 % a month. */
    double v1 = 1.0 / 1.01;
    double v2 = 1.0 / 1.02;
    double net[3] = {v1 * v2, -(v1 + v2), 1.0};
    double rate = 0.0;
    assert_int_equal(jk_price_irr(net, 3, 0.0, &rate), JK_IRR_SEVERAL_ROOTS);
    assert_true(isnan(rate));
    /* Two rates inside one step of the scan are still two. */
    double near = 1.0 / 1.0101;
    double close_net[3] = {v1 * near, -(v1 + near), 1.0};
    assert_int_equal(jk_price_irr(close_net, 3, 0.0, &rate), JK_IRR_SEVERAL_ROOTS);
    /* The same shape lifted above 0 has none. */
    double lifted[3] = {v1 * v2 + 0.01, -(v1 + v2), 1.0};
    assert_int_equal(jk_price_irr(lifted, 3, 0.0, &rate), JK_IRR_NO_ROOT);
    /* Three rates. */
    double v3 = 1.0 / 1.1;
    double cubic[4] = {-v1 * v2 * v3, v1 * v2 + v1 * v3 + v2 * v3, -(v1 + v2 + v3), 1.0};
    assert_int_equal(jk_price_irr(cubic, 4, 0.0, &rate), JK_IRR_SEVERAL_ROOTS);
}

/* Pairs of rates a fiftieth of a step apart, wherever they lie between the steps of the scan: two, never one. */
static void test_irr_sees_two_rates_within_a_step(void **state) {
    (void)state;
    const double step = log(101.0 / 0.01) / 4096.0;
    for (int i = 0; i < 64; i++) {
        double force = 0.11 + step * (double)i / 23.0;
        double v1 = exp(-force / 12.0), v2 = exp(-(force + step / 50.0) / 12.0);
        double net[3] = {v1 * v2, -(v1 + v2), 1.0}, rate = 0.0;
        assert_int_equal(jk_price_irr(net, 3, 0.0, &rate), JK_IRR_SEVERAL_ROOTS);
        assert_true(isnan(rate));
    }
}

/* A surplus of (v - 3/4)^2 only touches 0, where rounding leaves it exactly 0: two rates that fall together. */
static void test_irr_where_two_rates_fall_together(void **state) {
    (void)state;
    const double net[3] = {0.5625, -1.5, 1.0};
    double rate = 0.0;
    assert_int_equal(jk_price_irr(net, 3, 0.0, &rate), JK_IRR_SEVERAL_ROOTS);
    assert_true(isnan(rate));
}

/* Rates in the first step of the scan and at its very beginning are found, once each. The books of the first turn twice
 * (2.05, -0.81, 0.19), those of the second, too (4.4, -1, 1), so that one rate more or less shows. */
static void test_irr_at_the_ends_of_the_scan(void **state) {
    (void)state;
    const double step = log(101.0 / 0.01) / 4096.0;
    const double v1 = exp(-(log(0.01) + 0.5 * step) / 12.0), v2 = exp(4.0 / 12.0);
    const double pair[3] = {v1 * v2, -(v1 + v2), 1.0};
    double rate = 0.0;
    assert_int_equal(jk_price_irr(pair, 3, 0.0, &rate), JK_IRR_SEVERAL_ROOTS);
    const double turning[3] = {0.0, -5.42, 2.0};
    const double outlay = jk_price_present_value(turning, 3, JK_IRR_LOWEST); /* money in, as none is paid */
    assert_true(outlay < -4.4 && outlay > -4.5);
    assert_int_equal(jk_price_irr(turning, 3, outlay, &rate), JK_IRR_FOUND);
    assert_near(rate, JK_IRR_LOWEST, 1e-12);
    /* And in the last one, and at its very end. */
    const double v3 = exp(-(log(101.0) - 0.5 * step) / 12.0), v4 = 1.0 / 1.02;
    const double high[3] = {v3 * v4, -(v3 + v4), 1.0}, paid[3] = {1.0, 1.0, 1.0};
    assert_int_equal(jk_price_irr(high, 3, 0.0, &rate), JK_IRR_SEVERAL_ROOTS);
    assert_int_equal(jk_price_irr(paid, 3, jk_price_present_value(paid, 3, JK_IRR_HIGHEST), &rate), JK_IRR_FOUND);
    assert_near(rate, JK_IRR_HIGHEST, 1e-9);
}

/* Collections, then costs: two rates fit, and only one of them is the return. */
static void test_irr_with_costs_after_the_last_collection(void **state) {
    (void)state;
    double net[120] = {0}, rate = 0.0;
    for (int t = 0; t < 120; t++) {
        net[t] = t < 60 ? 40.0 : -2.0;
    }
    double outlay = plain_present_value(net, 120, 0.2);
    assert_true(plain_present_value(net, 120, -0.9) < outlay); /* so that a second rate fits, below 0 */
    assert_int_equal(jk_price_irr(net, 120, outlay, &rate), JK_IRR_FOUND);
    assert_near(rate, 0.2, 1e-9);
    outlay = plain_present_value(net, 120, -0.05); /* a loss: still the rate nearest to 0 */
    assert_true(plain_present_value(net, 120, -0.9) < outlay);
    assert_int_equal(jk_price_irr(net, 120, outlay, &rate), JK_IRR_FOUND);
    assert_near(rate, -0.05, 1e-9);
    for (int t = 0; t < 120; t++) { /* in whatever coin */
        net[t] *= 1e-6;
    }
    assert_int_equal(jk_price_irr(net, 120, outlay * 1e-6, &rate), JK_IRR_FOUND);
    assert_near(rate, -0.05, 1e-9);
    assert_int_equal(jk_price_irr(net, 120, plain_present_value(net, 120, 0.2), &rate), JK_IRR_FOUND);
    assert_near(rate, 0.2, 1e-9);
    /* Money out again that eats all that came in: two rates above 0, and none is evident; in whatever coin, and from
     * the other side, too, where money comes in first. */
    static const double coins[] = {1.0, 0.01, 0.001, 1e6, -1.0, -0.01, -0.001, -1e6};
    for (size_t i = 0; i < sizeof coins / sizeof coins[0]; i++) {
        double mine[25] = {0};
        mine[11] = 230.0 * coins[i];
        mine[23] = -132.0 * coins[i];
        assert_int_equal(jk_price_irr(mine, 25, 100.0 * coins[i], &rate), JK_IRR_SEVERAL_ROOTS);
        assert_true(isnan(rate));
    }
}

/* One rate above 0 and one below, and the books turn three times (-100, 20, -40, 80, 170, 80): none is evident. */
static void test_irr_where_the_books_turn_more_than_once(void **state) {
    (void)state;
    static const double yearly[5] = {120.0, -60.0, 120.0, 90.0, -90.0};
    double net[60] = {0}, rate = 0.0;
    for (int k = 0; k < 5; k++) {
        net[12 * k + 11] = yearly[k];
    }
    assert_true(plain_present_value(net, 60, -0.5) < 100.0 && plain_present_value(net, 60, -0.3) > 100.0);
    assert_true(plain_present_value(net, 60, 0.3) > 100.0 && plain_present_value(net, 60, 0.6) < 100.0);
    assert_int_equal(jk_price_irr(net, 60, 100.0, &rate), JK_IRR_SEVERAL_ROOTS);
    assert_true(isnan(rate));
}

/* Nothing is paid and something comes in first: the books turn once (0.99, -1.02, -0.0002), so that the rate above 0 is
 * the return, whatever the coin. */
static void test_irr_where_the_first_amount_comes_in(void **state) {
    (void)state;
    const double v1 = 1.0 / 1.01, v2 = 1.02;
    for (double coin = 1e-6; coin < 1e7; coin *= 1e3) {
        const double net[3] = {coin * v1 * v2, -coin * (v1 + v2), coin};
        double rate = 0.0;
        assert_int_equal(jk_price_irr(net, 3, 0.0, &rate), JK_IRR_FOUND);
        assert_near(rate, pow(1.01, 12.0) - 1.0, 1e-9);
    }
}

/* What lies behind the last month is nobody's: whatever it is, figures stay. */
static void test_nothing_behind_the_months_is_read(void **state) {
    (void)state;
    static const double behind[] = {1e9, -1e9, NAN};
    static const double flows[3][6] = {
        {40.0, 40.0, 40.0, 40.0, 40.0, 0.0}, {-50.0, 30.0, -10.0, 90.0, -5.0, 0.0}, {0.0, 60.0, 50.0, -4.0, -3.0, 0.0}};
    const jk_floor floors[] = {{JK_FLOOR_MULTIPLE, 1.3}, {JK_FLOOR_PAYBACK, 12.0}, {JK_FLOOR_RETURN, 0.1}};
    for (int f = 0; f < 3; f++) {
        for (int b = 0; b < 3; b++) {
            double net[6], rate = 0.0, expected = 0.0;
            memcpy(net, flows[f], sizeof net);
            net[5] = behind[b];
            for (double outlay = 0.0; outlay < 100.0; outlay += 20.0) {
                assert_int_equal(jk_price_irr(net, 5, outlay, &rate), jk_price_irr(flows[f], 5, outlay, &expected));
                assert_memory_equal(&rate, &expected, sizeof rate);
                assert_int_equal(jk_price_payback(net, 5, outlay), jk_price_payback(flows[f], 5, outlay));
            }
            assert_true(jk_price_average_life(net, 5) == jk_price_average_life(flows[f], 5));
            for (int k = 0; k < 3; k++) {
                const double with = jk_price_with_floors(1e6, net, 5, 1.0, &floors[k], 1).price;
                assert_true(with == jk_price_with_floors(1e6, flows[f], 5, 1.0, &floors[k], 1).price);
            }
        }
    }
}

/* What is paid back to the cent returns 0, and not the number beside it. */
static void test_irr_of_equal_flows_is_nothing(void **state) {
    (void)state;
    double cents[10], sum = 0.0, nothing = 1.0;
    for (int t = 0; t < 10; t++) {
        cents[t] = 12345678.9;
        sum += cents[t];
    }
    assert_true(sum != 123456789.0); /* but for rounding */
    assert_int_equal(jk_price_irr(cents, 10, 123456789.0, &nothing), JK_IRR_FOUND);
    assert_true(nothing == 0.0);
    double once[13] = {0}; /* a little more is no rounding: 1e-8 on 100 after 12.5 months */
    once[12] = 100.00000001;
    assert_int_equal(jk_price_irr(once, 13, 100.0, &nothing), JK_IRR_FOUND);
    assert_near(nothing, 1e-10 * 12.0 / 12.5, 1e-14);
    double net[10], rate = 1.0;
    for (int t = 0; t < 10; t++) {
        net[t] = 0.1;
    }
    assert_int_equal(jk_price_irr(net, 10, 1.0, &rate), JK_IRR_FOUND);
    assert_true(rate == 0.0);
    /* Rates above the range, also where flows change sign. */
    static const double first[5] = {0.0, -100.0, 600.0, 300.0, -100.0};
    assert_int_equal(jk_price_irr(first, 5, 50.0, &rate), JK_IRR_ABOVE);
    assert_true(isnan(rate));
    double twelve[12];
    for (int t = 0; t < 12; t++) {
        twelve[t] = t < 11 ? 87.17 : -86.43;
    }
    assert_int_equal(jk_price_irr(twelve, 12, 87.17, &rate), JK_IRR_ABOVE);
}

static void test_irr_of_degenerate_flows(void **state) {
    (void)state;
    double net[24] = {0};
    double rate = 0.0;
    assert_int_equal(jk_price_irr(net, 24, 100.0, &rate), JK_IRR_NO_ROOT);     /* nothing ever comes */
    assert_int_equal(jk_price_irr(net, 24, 0.0, &rate), JK_IRR_SEVERAL_ROOTS); /* every rate fits */
    assert_int_equal(jk_price_irr(net, 0, 100.0, &rate), JK_IRR_NO_ROOT);
    for (int t = 0; t < 24; t++) {
        net[t] = 10.0;
    }
    assert_int_equal(jk_price_irr(net, 24, 0.0, &rate), JK_IRR_NO_ROOT); /* free: no finite rate */
    assert_int_equal(jk_price_irr(net, 24, 1e-3, &rate), JK_IRR_ABOVE);  /* above 10,000 % */
    const double small[2] = {1e-11, 1e-11};
    assert_int_equal(jk_price_irr(small, 2, 1e-13, &rate), JK_IRR_ABOVE); /* in whatever coin */
    assert_int_equal(jk_price_irr(net, 24, 1e9, &rate), JK_IRR_NO_ROOT);  /* below -99 % */
    assert_int_equal(jk_price_irr(net, 24, NAN, &rate), JK_IRR_NO_ROOT);
    net[3] = INFINITY;
    assert_int_equal(jk_price_irr(net, 24, 100.0, &rate), JK_IRR_NO_ROOT);
    for (int t = 0; t < 24; t++) {
        net[t] = -10.0;
    }
    assert_int_equal(jk_price_irr(net, 24, 100.0, &rate), JK_IRR_NO_ROOT);
    double huge[600];
    for (int t = 0; t < 600; t++) {
        huge[t] = 1e12;
    }
    assert_int_equal(jk_price_irr(huge, 600, plain_present_value(huge, 600, 0.15), &rate), JK_IRR_FOUND);
    assert_near(rate, 0.15, 1e-10);
    assert_int_equal(jk_price_irr(huge, 600, 6e14, &rate), JK_IRR_FOUND); /* money back, no interest */
    assert_near(rate, 0.0, 1e-10);
}

/* The lowest rate that is looked at counts, and flows that overflow at some rate have none, whatever they are at
 * others. */
static void test_irr_at_the_ends_of_the_range(void **state) {
    (void)state;
    double net[600] = {0}, rate = 0.0;
    for (int t = 0; t < 12; t++) {
        net[t] = 10.0;
    }
    const double outlay = jk_price_present_value(net, 12, JK_IRR_LOWEST);
    assert_near(outlay, plain_present_value(net, 12, JK_IRR_LOWEST), 1e-9 * outlay);
    assert_int_equal(jk_price_irr(net, 12, outlay, &rate), JK_IRR_FOUND);
    assert_near(rate, JK_IRR_LOWEST, 1e-12);
    net[0] = 1e300;
    net[300] = -1e250;
    net[599] = 1e250;
    assert_true(isinf(plain_present_value(net, 600, JK_IRR_LOWEST)));
    assert_true(plain_present_value(net, 600, JK_IRR_HIGHEST) > 1.0);
    assert_int_equal(jk_price_irr(net, 600, 1.0, &rate), JK_IRR_NO_ROOT);
    assert_true(isnan(rate));
}

/* Net 20 a month for 60 months (1200 in all), onboarding 100, worth 900 at the required return. */
static void test_floors(void **state) {
    (void)state;
    double net[60];
    for (int t = 0; t < 60; t++) {
        net[t] = 20.0;
    }
    jk_floor_price price = jk_price_with_floors(900.0, net, 60, 100.0, NULL, 0);
    assert_near(price.price, 800.0, 0.0);
    assert_int_equal(price.binding, -1);
    assert_true(price.attainable);
    const jk_floor floors[] = {
        {JK_FLOOR_MULTIPLE, 1.6}, /* outlay at most 750 */
        {JK_FLOOR_PAYBACK, 36.0}, /* outlay at most 720 */
        {JK_FLOOR_RETURN, 0.25},
    };
    price = jk_price_with_floors(900.0, net, 60, 100.0, floors, 1);
    assert_near(price.price, 650.0, 1e-9);
    assert_int_equal(price.binding, 0);
    price = jk_price_with_floors(900.0, net, 60, 100.0, floors, 2);
    assert_near(price.price, 620.0, 1e-9);
    assert_int_equal(price.binding, 1);
    assert_int_equal(jk_price_payback(net, 60, price.price + 100.0), 36);
    double at_25 = plain_present_value(net, 60, 0.25);
    assert_true(at_25 < 750.0 && at_25 > 720.0);
    const jk_floor reversed[] = {floors[2], floors[0]};
    price = jk_price_with_floors(900.0, net, 60, 100.0, reversed, 2);
    assert_near(price.price, at_25 - 100.0, 1e-9);
    assert_int_equal(price.binding, 0);
    double rate = 0.0;
    assert_int_equal(jk_price_irr(net, 60, price.price + 100.0, &rate), JK_IRR_FOUND);
    assert_near(rate, 0.25, 1e-10);
    /* Floors that are looser than the return do not bind. */
    const jk_floor loose = {JK_FLOOR_MULTIPLE, 1.1};
    price = jk_price_with_floors(900.0, net, 60, 100.0, &loose, 1);
    assert_int_equal(price.binding, -1);
    /* One that allows just what the return does takes nothing off, and of two that allow the same the first binds. */
    const jk_floor even[] = {{JK_FLOOR_MULTIPLE, 1.5}, {JK_FLOOR_MULTIPLE, 1.5}}; /* outlay at most 800 */
    price = jk_price_with_floors(800.0, net, 60, 100.0, even, 1);
    assert_int_equal(price.binding, -1);
    assert_near(price.price, 700.0, 0.0);
    price = jk_price_with_floors(900.0, net, 60, 100.0, even, 2);
    assert_int_equal(price.binding, 0);
    assert_true(price.price == 700.0); /* nothing is taken off where the sum does not round */
    /* 2^52 + 3 less 1.5 lies between two numbers and goes up, and so does the sum with 1.5 again: past the floor. */
    const jk_floor whole = {JK_FLOOR_MULTIPLE, 1.0};
    const double paid[1] = {4503599627370499.0};
    price = jk_price_with_floors(1e18, paid, 1, 1.5, &whole, 1);
    assert_true(price.price + 1.5 <= paid[0] && price.price + 1.5 >= paid[0] - 2.0);
    /* Onboarding alone breaks the floor: no price meets it. */
    const jk_floor steep = {JK_FLOOR_MULTIPLE, 20.0};
    price = jk_price_with_floors(900.0, net, 60, 100.0, &steep, 1);
    assert_near(price.price, 0.0, 0.0);
    assert_false(price.attainable);
    assert_int_equal(price.binding, 0);
    price = jk_price_with_floors(50.0, net, 60, 100.0, NULL, 0);
    assert_near(price.price, 0.0, 0.0);
    assert_false(price.attainable);
}

/* The payback floor looks at the highest cumulated net within the bound; random flows, checked by definition. */
static void test_payback_floor_on_random_flows(void **state) {
    (void)state;
    double net[120];
    for (uint64_t trial = 0; trial < 200; trial++) {
        for (int t = 0; t < 120; t++) {
            net[t] = 100.0 * jk_uniform(jk_philox(4, trial, (uint64_t)t).word[0]) - 30.0;
        }
        jk_floor floor = {JK_FLOOR_PAYBACK, 1.0 + (double)(jk_philox(5, 0, trial).word[0] % 120)};
        double onboarding = 0.1 * (double)(trial % 7);
        jk_floor_price price = jk_price_with_floors(1e6, net, 120, onboarding, &floor, 1);
        if (!price.attainable) {
            continue;
        }
        int payback = jk_price_payback(net, 120, price.price + onboarding);
        if (price.price + onboarding > 0.0) {
            assert_in_range(payback, 1, (uintmax_t)floor.bound);
        }
        int later = jk_price_payback(net, 120, (price.price + onboarding) * (1.0 + 1e-9) + 1e-9);
        assert_true(later == -1 || later > (int)floor.bound);
    }
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(jk_irr_outcome_name(JK_IRR_SEVERAL_ROOTS), "several");
    assert_string_equal(jk_irr_outcome_name(JK_IRR_ABOVE), "above");
    assert_string_equal(jk_irr_outcome_name((jk_irr_outcome)7), "?");
    assert_string_equal(jk_floor_kind_name(JK_FLOOR_PAYBACK), "payback");
    assert_string_equal(jk_floor_kind_name((jk_floor_kind)-1), "?");
    assert_string_equal(jk_floor_kind_name(JK_FLOOR_KIND_COUNT), "?");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bid),
        cmocka_unit_test(test_multiple_payback_erc),
        cmocka_unit_test(test_average_life),
        cmocka_unit_test(test_present_value_of_an_annuity),
        cmocka_unit_test(test_table_of_annuities),
        cmocka_unit_test(test_irr_is_the_inverse_of_present_value),
        cmocka_unit_test(test_irr_with_early_negative_flows),
        cmocka_unit_test(test_irr_with_several_rates),
        cmocka_unit_test(test_irr_sees_two_rates_within_a_step),
        cmocka_unit_test(test_irr_where_two_rates_fall_together),
        cmocka_unit_test(test_irr_at_the_ends_of_the_scan),
        cmocka_unit_test(test_irr_with_costs_after_the_last_collection),
        cmocka_unit_test(test_irr_where_the_books_turn_more_than_once),
        cmocka_unit_test(test_irr_where_the_first_amount_comes_in),
        cmocka_unit_test(test_nothing_behind_the_months_is_read),
        cmocka_unit_test(test_irr_of_equal_flows_is_nothing),
        cmocka_unit_test(test_irr_of_degenerate_flows),
        cmocka_unit_test(test_irr_at_the_ends_of_the_range),
        cmocka_unit_test(test_floors),
        cmocka_unit_test(test_payback_floor_on_random_flows),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
