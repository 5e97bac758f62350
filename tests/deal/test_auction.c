/* SPDX-License-Identifier: Apache-2.0 */
/* Bidding against closed forms: one rival, exchangeable rivals, an arcsine, limits; and first-order conditions. A
 * simulation in Python is in tests/python/test_auction.py. */
#include "cmocka_all.h"

#include <math.h>

#include "base/number/normal.h"
#include "deal/auction.h"
#include "jalki/auction.h"

static jk_auction auction_of(int rivals, double spread, double error, double correlation) {
    jk_auction auction = {
        .value = 1000.0, .rivals = rivals, .level = 0.9, .spread = spread, .error = error, .correlation = correlation};
    jk_error problem = {0};
    assert_int_equal(jk_auction_check(&auction, &problem), JK_OK);
    return auction;
}

static void assert_near(double got, double wanted, double tolerance) {
    if (!(fabs(got - wanted) <= tolerance)) {
        fail_msg("got %.15g, wanted %.15g", got, wanted);
    }
}

static void test_no_rivals(void **state) {
    (void)state;
    jk_auction auction = auction_of(0, 0.3, 0.2, 0.0);
    jk_auction_advice advice = jk_auction_best(&auction);
    assert_near(advice.best.bid, 0.0, 0.0);
    assert_near(advice.best.expected_gain, 1000.0, 0.0);
    assert_near(advice.best.worth, 1000.0, 0.0); /* nobody to learn from */
    assert_near(advice.break_even, 1000.0, 0.0);
    auction.reserve = 400.0;
    advice = jk_auction_best(&auction);
    assert_near(advice.best.bid, 400.0, 0.0);
    assert_near(advice.best.expected_gain, 600.0, 0.0);
    auction.reserve = 1200.0;
    assert_false(jk_auction_best(&auction).bids);
    assert_true(isnan(jk_auction_best(&auction).break_even));
}

/* One rival: ln(rival / median) is normal with the whole spread, whatever it is made of. */
static void test_one_rival(void **state) {
    (void)state;
    const double parts[][2] = {{0.0, 0.0}, {0.05, 0.0}, {0.2, 0.0}, {0.29, 0.0}, {0.3, 0.0}, {0.6, 0.8}, {0.3, 1.0}};
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        jk_auction auction = auction_of(1, 0.3, parts[p][0], parts[p][1]);
        double a2 = parts[p][0] * parts[p][0] * (1.0 - parts[p][1]);
        for (double bid = 300.0; bid < 1500.0; bid += 100.0) {
            double distance = log(bid / 900.0);
            double chance = 0.5 * erfc(-distance / 0.3 / sqrt(2.0));
            double known = 0.5 * erfc(-(distance - a2) / 0.3 / sqrt(2.0));
            jk_auction_bid at = jk_auction_at(&auction, bid);
            assert_near(at.chance, chance, 1e-12);
            assert_near(at.worth, 1000.0 * known / chance, 1e-6);
            assert_near(at.expected_gain, 1000.0 * known - chance * bid, 1e-9);
        }
    }
}

/* At the median, with as much of the spread from our own error as from each rival's own part, all rivals and we are
 * exchangeable: each is highest equally often. */
static void test_exchangeable(void **state) {
    (void)state;
    for (int rivals = 1; rivals <= 40; rivals += 3) {
        jk_auction auction = auction_of(rivals, 0.2 * sqrt(2.0), 0.2, 0.0);
        assert_near(jk_auction_at(&auction, 900.0).chance, 1.0 / (rivals + 1.0), 1e-12);
        auction.error = 0.2 * (1.0 - 1e-9); /* the other form of the integral */
        assert_near(jk_auction_at(&auction, 900.0).chance, 1.0 / (rivals + 1.0), 1e-8);
        auction.error = 0.2 * (1.0 + 1e-9);
        assert_near(jk_auction_at(&auction, 900.0).chance, 1.0 / (rivals + 1.0), 1e-8);
    }
}

/* Two rivals at the median: the chance that two correlated normals are negative, 1/4 + asin(r) / (2 pi). */
static void test_two_rivals(void **state) {
    (void)state;
    for (double error = 0.0; error <= 0.3; error += 0.025) {
        jk_auction auction = auction_of(2, 0.3, error, 0.0);
        double r = error * error / 0.09;
        double wanted = 0.25 + asin(r < 1.0 ? r : 1.0) / (2.0 * acos(-1.0));
        assert_near(jk_auction_at(&auction, 900.0).chance, wanted, 1e-12);
    }
}

static void test_private_values(void **state) {
    (void)state;
    jk_auction auction = auction_of(5, 0.25, 0.0, 0.0);
    jk_auction_bid at = jk_auction_at(&auction, 850.0);
    assert_near(at.chance, pow(0.5 * erfc(-log(850.0 / 900.0) / 0.25 / sqrt(2.0)), 5.0), 1e-14);
    assert_near(at.worth, 1000.0, 1e-12);
    jk_auction_advice advice = jk_auction_best(&auction);
    /* First-order condition: N phi(z) / Phi(z) x (value - bid) = spread x bid. */
    double z = log(advice.best.bid / 900.0) / 0.25;
    double slope = 5.0 * jk_normal_density(z) / jk_normal_cdf(z) * (1000.0 - advice.best.bid);
    assert_near(slope, 0.25 * advice.best.bid, 1e-2);
    assert_near(advice.naive.bid, advice.best.bid, 0.0);
    assert_near(advice.break_even, 1000.0, 1e-6);
    /* Errors that rivals share teach nothing by winning. */
    jk_auction shared = auction_of(5, 0.25, 0.25, 1.0);
    assert_near(jk_auction_best(&shared).best.bid, advice.best.bid, 1e-9);
}

/* Rivals who all bid the same are beaten by a bid just as high. */
static void test_spread_vanishes(void **state) {
    (void)state;
    const double spreads[] = {1e-2, 1e-3, 1e-5, 0.0};
    for (size_t i = 0; i < 4; i++) {
        jk_auction auction = auction_of(3, spreads[i], 0.0, 0.0);
        jk_auction_advice advice = jk_auction_best(&auction);
        assert_near(advice.best.bid, 900.0, 900.0 * 6.0 * spreads[i] + 1e-6);
        assert_true(advice.best.bid >= 900.0 - 1e-6);
        assert_near(advice.best.expected_gain, 100.0, 900.0 * 8.0 * spreads[i] + 1e-6);
        auction.level = 1.1;
        advice = jk_auction_best(&auction);
        assert_true(!advice.bids || advice.best.expected_gain < 1e-3);
    }
}

/* The curse grows with rivals and with the error; a correction moves the bid down, and ignoring it costs. */
static void test_winners_curse(void **state) {
    (void)state;
    double before = 1000.0;
    for (int rivals = 1; rivals <= 30; rivals++) {
        jk_auction auction = auction_of(rivals, 0.3, 0.2, 0.0);
        jk_auction_bid at = jk_auction_at(&auction, 800.0);
        assert_true(at.worth < before);
        before = at.worth;
        jk_auction_advice advice = jk_auction_best(&auction);
        assert_int_equal(advice.bids, rivals <= 6); /* against more of such rivals, who wins has erred */
        if (!advice.bids) {
            continue;
        }
        assert_true(advice.best.expected_gain >= advice.naive.expected_gain);
        assert_true(advice.break_even < 1000.0);
        assert_near(jk_auction_at(&auction, advice.break_even).gain_if_won, 0.0, 1e-6);
        for (double bid = 20.0; bid < 1400.0; bid += 20.0) {
            jk_auction_bid other = jk_auction_at(&auction, bid);
            assert_true(other.chance < JK_AUCTION_CHANCE || other.expected_gain <= advice.best.expected_gain + 1e-9);
        }
    }
    before = 1000.0;
    for (double error = 0.05; error < 0.3; error += 0.05) {
        jk_auction auction = auction_of(4, 0.3, error, 0.0);
        double worth = jk_auction_at(&auction, 800.0).worth;
        assert_true(worth < before);
        before = worth;
    }
}

static void test_many_rivals(void **state) {
    (void)state;
    jk_auction auction = auction_of(JK_RIVALS_MAX, 0.3, 0.2, 0.0);
    double sum = 0.0;
    auction.level = 1.0;
    /* The chance that all of many are below, over a finer grid, as a check of the step. */
    for (int i = -9 * 512; i <= 9 * 512; i++) {
        double g = i / 512.0;
        sum += jk_normal_density(g) * pow(0.5 * erfc(-(log(1.5) + 0.2 * g) / sqrt(0.05) / sqrt(2.0)), 1000.0) / 512.0;
    }
    assert_near(jk_auction_at(&auction, 1500.0).chance, sum, 1e-12);
}

static void test_refused(void **state) {
    (void)state;
    const jk_auction good = {.value = 1.0, .rivals = 1, .level = 1.0, .spread = 0.2, .error = 0.1};
    jk_auction bad[9];
    for (size_t i = 0; i < 9; i++) {
        bad[i] = good;
    }
    bad[0].value = 0.0;
    bad[1].rivals = -1;
    bad[2].rivals = JK_RIVALS_MAX + 1;
    bad[3].level = 0.0;
    bad[4].spread = NAN;
    bad[5].error = 0.21;
    bad[6].correlation = 1.1;
    bad[7].reserve = -1.0;
    bad[8].value = INFINITY;
    for (size_t i = 0; i < 9; i++) {
        jk_error error = {0};
        assert_int_equal(jk_auction_check(&bad[i], &error), JK_ERROR_ARGUMENT);
    }
    jk_auction_bid none = jk_auction_at(&good, 0.0);
    assert_true(none.chance == 0.0 && none.expected_gain == 0.0 && isnan(none.worth));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_rivals),      cmocka_unit_test(test_one_rival),
        cmocka_unit_test(test_exchangeable),   cmocka_unit_test(test_two_rivals),
        cmocka_unit_test(test_private_values), cmocka_unit_test(test_spread_vanishes),
        cmocka_unit_test(test_winners_curse),  cmocka_unit_test(test_many_rivals),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
