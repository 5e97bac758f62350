/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of a group's cash flow, figure by figure, by plain sums over the months. */
#include <math.h>

#include "cmocka_all.h"
#include "jalki/value.h"

enum { MONTHS = 130 };

static jk_month flow[MONTHS];
static const jk_group group = {.claims = 40, .face = 5000.0, .value = 1700.0};

static jk_valuation valuation_of(int months) {
    return (jk_valuation){.irr = 0.1, .onboarding_cost = 2.5, .flow = {.months = months}};
}

static int make_flow(void **state) {
    (void)state;
    for (int t = 0; t < MONTHS; t++) {
        jk_month *month = &flow[t];
        month->gross = 31.0 + t % 7;
        month->instalments = 5.0 + t % 3;
        month->cost = 3.0 + t % 5;
        month->sale = t % 11 == 4 ? 17.0 : 0.0;
        month->net = month->gross - month->cost + month->sale;
    }
    return 0;
}

/* Sums of the first months. */
static jk_month sums(int months) {
    jk_month sum = {0};
    for (int t = 0; t < months && t < MONTHS; t++) {
        sum.gross += flow[t].gross;
        sum.instalments += flow[t].instalments;
        sum.cost += flow[t].cost;
        sum.sale += flow[t].sale;
        sum.net += flow[t].net;
    }
    return sum;
}

/* Worth at a yearly rate, each month in its middle. */
static double worth(int months, double rate, bool gross) {
    double value = 0.0;
    for (int t = 0; t < months && t < MONTHS; t++) {
        value += (gross ? flow[t].gross + flow[t].sale : flow[t].net) * pow(1.0 + rate, -(t + 0.5) / 12.0);
    }
    return value;
}

static void assert_near(double a, double b) {
    if (!(fabs(a - b) <= 1e-9 * fmax(1.0, fabs(b)))) {
        fail_msg("%.15g is not %.15g", a, b);
    }
}

static int months_until(double amount) {
    double sum = 0.0;
    for (int t = 0; t < MONTHS; t++) {
        sum += flow[t].net;
        if (sum >= amount) {
            return t + 1;
        }
    }
    return -1;
}

static void test_figures_of_a_flow(void **state) {
    (void)state;
    const jk_valuation valuation = valuation_of(MONTHS);
    const jk_offer offer = jk_offer_group(&valuation, &group, flow, NULL, 0, 2100.0);
    const jk_month all = sums(MONTHS);
    assert_near(offer.irr, 0.1);
    assert_near(offer.value, 1700.0);
    assert_near(offer.onboarding, 100.0);
    assert_near(offer.bid_at_return, 1600.0);
    assert_near(offer.bid, 1600.0);
    assert_int_equal(offer.binding, -1);
    assert_true(offer.attainable);
    assert_near(offer.bid_pct_of_face, 32.0);
    assert_near(offer.sum.gross, all.gross);
    assert_near(offer.sum.instalments, all.instalments);
    assert_near(offer.sum.cost, all.cost);
    assert_near(offer.sum.sale, all.sale);
    assert_near(offer.sum.net, all.net);
    assert_near(offer.cost_share, all.cost / all.gross);
    assert_near(offer.multiple, all.net / 1700.0);
    assert_int_equal(offer.payback, months_until(1700.0));
    assert_near(offer.gross_multiple, (all.gross + all.sale) / 1700.0);
    double weighed = 0.0;
    for (int t = 0; t < MONTHS; t++) {
        weighed += (t + 0.5) / 12.0 * (flow[t].gross + flow[t].sale);
    }
    assert_near(offer.wal_years, weighed / (all.gross + all.sale));
    assert_near(worth(MONTHS, offer.gross_irr, true), 1700.0);
    assert_near(worth(MONTHS, offer.net_irr, false), 1700.0);
    assert_near(offer.asked, 2100.0);
    assert_int_equal(offer.asked_outcome, JK_IRR_FOUND);
    assert_near(worth(MONTHS, offer.asked_irr, false), 2200.0);
    assert_near(offer.asked_multiple, all.net / 2200.0);
    assert_int_equal(offer.asked_payback, months_until(2200.0));
}

/* Collections of 84, 120 and 180 months and worth of 12, 24 and 36: of those that there are. */
static void test_first_months(void **state) {
    (void)state;
    static const int lengths[] = {MONTHS, 84, 36, 20, 1};
    static const int collected[] = {84, 120, 180}, worths[] = {12, 24, 36};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        const int months = lengths[i];
        const jk_valuation valuation = valuation_of(months);
        const jk_offer offer = jk_offer_group(&valuation, &group, flow, NULL, 0, NAN);
        for (int k = 0; k < 3; k++) {
            assert_int_equal(jk_erc_months[k], collected[k]);
            assert_int_equal(jk_npv_months[k], worths[k]);
            assert_near(offer.erc_gross[k], sums(collected[k] < months ? collected[k] : months).gross);
            assert_near(offer.npv[k], worth(worths[k] < months ? worths[k] : months, 0.1, false));
        }
        assert_near(offer.sum.gross, sums(months).gross);
        assert_true(isnan(offer.asked_irr) && isnan(offer.asked_multiple) && offer.asked_payback == -1);
        assert_int_equal(offer.asked_outcome, JK_IRR_NO_ROOT);
    }
}

/* A floor takes the price to where it is just met; figures are those at that price. */
static void test_floors(void **state) {
    (void)state;
    const jk_valuation valuation = valuation_of(MONTHS);
    const jk_month all = sums(MONTHS);
    const jk_floor floors[] = {{JK_FLOOR_MULTIPLE, 1.2}, {JK_FLOOR_MULTIPLE, 3.0}};
    const jk_offer offer = jk_offer_group(&valuation, &group, flow, floors, 2, NAN);
    assert_int_equal(offer.binding, 1);
    assert_near(offer.bid, all.net / 3.0 - 100.0);
    assert_near(offer.bid_at_return, 1600.0);
    assert_near(offer.multiple, 3.0);
    assert_near(offer.bid_pct_of_face, 100.0 * offer.bid / 5000.0);
    assert_near(worth(MONTHS, offer.net_irr, false), all.net / 3.0);
}

static void test_no_flow(void **state) {
    (void)state;
    const jk_valuation valuation = valuation_of(MONTHS);
    const jk_floor floor = {JK_FLOOR_MULTIPLE, 3.0};
    const jk_offer offer = jk_offer_group(&valuation, &group, NULL, &floor, 1, NAN);
    assert_near(offer.bid, 1600.0);
    assert_int_equal(offer.binding, -1);
    const double unknown[] = {offer.erc_gross[0], offer.erc_gross[1],   offer.erc_gross[2], offer.sum.gross,
                              offer.sum.net,      offer.sum.cost,       offer.sum.sale,     offer.sum.instalments,
                              offer.cost_share,   offer.multiple,       offer.wal_years,    offer.gross_multiple,
                              offer.gross_irr,    offer.net_irr,        offer.npv[0],       offer.npv[1],
                              offer.npv[2],       offer.asked_multiple, offer.asked_irr};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_true(isnan(unknown[i]));
    }
    assert_true(offer.payback == -1 && offer.asked_payback == -1);
}

/* What is worth just its onboarding, and less, and nothing of face. */
static void test_edges(void **state) {
    (void)state;
    const jk_valuation valuation = valuation_of(MONTHS);
    const jk_group just = {.claims = 40, .face = 0.0, .value = 100.0},
                   less = {.claims = 40, .face = 1.0, .value = 99.0};
    jk_offer offer = jk_offer_group(&valuation, &just, NULL, NULL, 0, NAN);
    assert_true(offer.attainable && offer.bid == 0.0 && isnan(offer.bid_pct_of_face));
    offer = jk_offer_group(&valuation, &less, NULL, NULL, 0, NAN);
    assert_true(!offer.attainable && offer.bid == 0.0 && offer.bid_pct_of_face == 0.0);
    static const jk_month nothing[2];
    const jk_valuation two = valuation_of(2);
    offer = jk_offer_group(&two, &group, nothing, NULL, 0, NAN);
    assert_true(isnan(offer.cost_share) && offer.sum.gross == 0.0 && offer.multiple == 0.0 && offer.payback == -1);
    assert_true(isnan(jk_percent(1.0, 0.0)) && isnan(jk_percent(1.0, -1.0)) && jk_percent(3.0, 4.0) == 75.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_figures_of_a_flow), cmocka_unit_test(test_first_months),
                                       cmocka_unit_test(test_floors), cmocka_unit_test(test_no_flow),
                                       cmocka_unit_test(test_edges)};
    return cmocka_run_group_tests(tests, make_flow, NULL);
}
