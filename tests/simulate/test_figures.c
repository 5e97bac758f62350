/* SPDX-License-Identifier: Apache-2.0 */
/* Figures that a simulation tells of its paths, against each other: after fewer paths they are those of a run of so
 * many, years add up to the whole, chances are those of the quantiles, and a run ends where it is precise. */
#include "cmocka_all.h"

#include <math.h>

#include "jalki/simulate.h"
#include "simulate/plain_case.h"
#include "value/engine_case.h"

static jk_tape *tape;
static jk_risk_factor factors[4];
static const jk_risk_correlation countries = {.countries = 0.3};

static jk_model *load_risky(const char *onboarding) {
    jk_model *plain = load_changed("irr: 0.0\n", onboarding);
    assert_int_equal(plain->jurisdiction_count, 1);
    factors[0] = (jk_risk_factor){0.4, 0.7};
    plain->risk.jurisdiction = factors;
    plain->risk.correlation = &countries;
    return plain;
}

static jk_simulation simulate(const jk_model *of, uint64_t paths, double price, double precision) {
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.run.threads = 2;
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = paths;
    wanted.price = price;
    wanted.precision = precision;
    wanted.tolerance = 0.01;
    wanted.own_risk = 0;
    jk_simulation found;
    must(jk_simulate(tape, of, &options, &wanted, &found, &error), &error);
    return found;
}

static void near(double found, double expected) {
    if (!(fabs(found - expected) <= 1e-6 * (1.0 + fabs(expected)))) {
        fail_msg("%.12g, expected %.12g", found, expected);
    }
}

static void fewer_paths_are_the_first_of_many(void **state) {
    (void)state;
    jk_model *risky = load_risky("irr: 0.08\n");
    jk_simulation all = simulate(risky, 1001, NAN, 0.0);
    static const size_t counts[] = {250, 500, 1001}; /* halves, down to the last with 250 */
    assert_int_equal(all.convergence_count, 3);
    assert_int_equal(all.paths, 1001);
    for (size_t i = 0; i < 3; i++) {
        jk_simulation alone = simulate(risky, counts[i], NAN, 0.0);
        assert_int_equal(alone.value.count, counts[i]);
        assert_memory_equal(&all.convergence[i], &alone.value, sizeof alone.value);
        jk_simulation_reset(&alone);
    }
    jk_simulation few = simulate(risky, JK_PATHS_LEAST, NAN, 0.0);
    assert_int_equal(few.convergence_count, 1);
    assert_memory_equal(&few.convergence[0], &few.value, sizeof few.value);
    jk_simulation_reset(&few);
    jk_simulation_reset(&all);
    jk_model_free(risky);
}

static void years_add_up(void **state) {
    (void)state;
    jk_model *risky = load_risky("irr: 0.08\n");
    jk_simulation found = simulate(risky, 801, NAN, 0.0);
    double sum = 0.0;
    assert_int_equal(found.years, 2);
    for (int y = 0; y < found.years; y++) {
        sum += found.year[y].figure[JK_FIGURE_MEAN];
        near(found.collected[y].figure[JK_FIGURE_MEAN], sum);
        assert_int_equal(found.year[y].count, 801);
    }
    near(found.collected[0].figure[JK_FIGURE_P01], found.year[0].figure[JK_FIGURE_P01]);
    for (int f = 0; f < JK_FIGURE_COUNT; f++) { /* there are no costs */
        near(found.collected[1].figure[f], found.gross.figure[f]);
        near(found.net.figure[f], found.gross.figure[f]);
        near(found.collected[1].error[f], found.gross.error[f]);
    }
    assert_true(found.value.figure[JK_FIGURE_MEAN] < found.gross.figure[JK_FIGURE_MEAN]);
    near(found.confidence_price[1], found.value.figure[JK_FIGURE_P05]);
    near(found.confidence_error[1], found.value.error[JK_FIGURE_P05]);
    assert_true(found.confidence_price[0] > found.confidence_price[1]);
    assert_true(found.confidence_price[0] < found.value.figure[JK_FIGURE_P25]);
    jk_simulation_reset(&found);
    jk_model_free(risky);
}

/* With 801 paths a quarter of the way is a path's own figure: who is just there has earned it and lost nothing. */
static void chances_are_those_of_quantiles(void **state) {
    (void)state;
    jk_model *risky = load_risky("irr: 0.08\n");
    jk_simulation first = simulate(risky, 801, 0.0, 0.0);
    assert_true(first.onboarding == 0.0);
    assert_true(first.probability_of_return == 1.0 && first.probability_of_loss == 0.0);
    assert_int_equal(first.irr_at_price.count, 0); /* nothing was paid */
    static const jk_figure at[] = {JK_FIGURE_P25, JK_FIGURE_P50, JK_FIGURE_P75};
    for (int i = 0; i < 3; i++) {
        const double part = 0.25 * (i + 1);
        jk_simulation value = simulate(risky, 801, first.value.figure[at[i]], 0.0);
        jk_simulation net = simulate(risky, 801, first.net.figure[at[i]], 0.0);
        near(value.probability_of_return, 1.0 - part * 800.0 / 801.0);
        near(net.probability_of_loss, part * 800.0 / 801.0);
        assert_true(fabs(value.irr_at_price.figure[at[i]] - 0.08) < 2e-3); /* but for mid-month */
        assert_true(fabs(net.irr_at_price.figure[at[i]]) < 2e-3);
        assert_memory_equal(&value.value, &first.value, sizeof first.value);
        jk_simulation_reset(&value);
        jk_simulation_reset(&net);
    }
    jk_simulation_reset(&first);
    jk_model_free(risky);
}

/* Onboarding is paid with the price. */
static void onboarding_is_paid_too(void **state) {
    (void)state;
    jk_model *risky = load_risky("irr: 0.08\nonboarding_cost: 2\n");
    jk_simulation bid = simulate(risky, 801, NAN, 0.0);
    near(bid.onboarding, 2.0 * (double)bid.claims);
    near(bid.price, bid.base_value - bid.onboarding);
    assert_true(!bid.price_given && bid.claims > 100);
    jk_simulation at = simulate(risky, 801, bid.value.figure[JK_FIGURE_P25] - bid.onboarding, 0.0);
    assert_true(fabs(at.probability_of_return - 0.75) < 0.003 && at.price_given);
    jk_simulation loses = simulate(risky, 801, bid.net.figure[JK_FIGURE_P75] - bid.onboarding, 0.0);
    assert_true(fabs(loses.probability_of_loss - 0.75) < 0.003);
    near(bid.confidence_price[1], bid.value.figure[JK_FIGURE_P05] - bid.onboarding);
    jk_simulation_reset(&loses);
    jk_simulation_reset(&at);
    jk_simulation_reset(&bid);
    jk_model_free(risky);
}

static double worst_error(const jk_distribution *of) {
    double worst = 0.0;
    for (int f = 0; f < JK_FIGURE_COUNT; f++) {
        worst = fmax(worst, of->error[f]);
    }
    return worst / fabs(of->figure[JK_FIGURE_MEAN]);
}

/* 1,024 paths, then twice as many each time, until all figures are as precise as asked for, or there are no more. */
static void a_run_ends_where_it_is_precise(void **state) {
    (void)state;
    enum { MOST = 5000 };
    static const uint64_t ends[] = {1024, 2048, 4096, MOST};
    jk_model *risky = load_risky("irr: 0.08\n");
    double worst[4];
    for (int i = 0; i < 4; i++) {
        jk_simulation found = simulate(risky, ends[i], NAN, 0.0);
        worst[i] = worst_error(&found.value);
        assert_false(found.precise);
        jk_simulation_reset(&found);
    }
    for (int i = 0; i < 4; i++) {
        for (int just = 0; just < 2; just++) { /* just precise enough after so many, and not quite */
            const double precision = just ? worst[i] * (1.0 + 1e-12) : worst[i] * (1.0 - 1e-9);
            int last = 0;
            while (last < 3 && worst[last] > precision) {
                last++;
            }
            jk_simulation found = simulate(risky, MOST, NAN, precision);
            assert_int_equal(found.paths, ends[last]);
            assert_int_equal(found.precise, worst[last] <= precision);
            jk_simulation_reset(&found);
        }
    }
    jk_model_free(risky);
}

static int open_tape(void **state) {
    return open_plain(state, 600, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fewer_paths_are_the_first_of_many),
                                       cmocka_unit_test(years_add_up), cmocka_unit_test(chances_are_those_of_quantiles),
                                       cmocka_unit_test(onboarding_is_paid_too),
                                       cmocka_unit_test(a_run_ends_where_it_is_precise)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
