/* SPDX-License-Identifier: Apache-2.0 */
/* Where simulation's options end: limits that are just met are met, the number beyond is refused; and under which
 * multipliers the points are held against all claims. */
#include "cmocka_all.h"

#include <math.h>

#include "jalki/simulate.h"
#include "value/engine_case.h"

static jk_tape *tape;
static jk_risk_factor factors[64];
static const jk_risk_correlation countries = {.countries = 0.4};

/* All countries alike but the last, which is less certain. */
static void set_volatility(double usual, double last, double curve_error) {
    const size_t count = model->jurisdiction_count;
    assert_true(count > 1 && count <= sizeof factors / sizeof factors[0]);
    for (size_t i = 0; i < count; i++) {
        factors[i] = (jk_risk_factor){i + 1 < count ? usual : last, 0.5};
    }
    model->risk.jurisdiction = factors;
    model->risk.correlation = &countries;
    model->risk.curve_error = curve_error;
}

static jk_status try_simulate(const jk_simulate_options *wanted, jk_simulation *simulation) {
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    return jk_simulate(tape, model, &options, wanted, simulation, &error);
}

static jk_simulation simulate(const jk_simulate_options *wanted) {
    jk_simulation found;
    assert_int_equal(try_simulate(wanted, &found), JK_OK);
    return found;
}

/* A tolerance that the points just meet is met by them, and the next one below asks for more points. */
static void a_tolerance_that_is_just_met_is_met(void **state) {
    (void)state;
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = JK_PATHS_LEAST;
    wanted.tolerance = 0.01;
    wanted.own_risk = 0; /* no claim is a point of its own */
    set_volatility(0.2, 0.2, 0.1);
    jk_simulation first = simulate(&wanted);
    assert_true(first.within_tolerance && first.compression_error > 0.0);
    wanted.tolerance = first.compression_error;
    jk_simulation again = simulate(&wanted);
    assert_true(again.within_tolerance && again.compression_error == first.compression_error);
    assert_int_equal(again.model_points, first.model_points);
    wanted.tolerance = nextafter(first.compression_error, 0.0);
    jk_simulation finer = simulate(&wanted);
    assert_true(finer.model_points > first.model_points);
    jk_simulation_reset(&finer);
    jk_simulation_reset(&finer); /* nothing is left that could be given back twice */
    jk_simulation_reset(&again);
    jk_simulation_reset(&first);
}

/* Two standard deviations of the least certain country with its curves' error, and of 5 % at least. */
static void points_are_held_against_claims_two_deviations_off(void **state) {
    (void)state;
    static const struct {
        double usual, last, curve_error, spread;
    } cases[] = {{0.1, 0.3, 0.4, 0.5}, {0.3, 0.1, 0.0, 0.3}, {0.0, 0.0, 0.0, 0.05}, {0.0, 0.03, 0.04, 0.05}};
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = JK_PATHS_LEAST;
    wanted.tolerance = 0.9;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_volatility(cases[i].usual, cases[i].last, cases[i].curve_error);
        jk_simulation found = simulate(&wanted);
        assert_true(fabs(found.stress[0] - exp(-2.0 * cases[i].spread)) < 1e-12);
        assert_true(fabs(found.stress[1] - exp(2.0 * cases[i].spread)) < 1e-12);
        jk_simulation_reset(&found);
    }
}

static void options_at_their_limits_are_taken(void **state) {
    (void)state;
    const jk_simulate_options good = {
        .paths = JK_PATHS_LEAST, .seed = 1, .price = 0.0, .precision = 0.0, .tolerance = 0.5};
    jk_simulation found = simulate(&good);
    assert_true(found.price_given && found.price == 0.0 && found.paths == JK_PATHS_LEAST);
    jk_simulation_reset(&found);
    jk_simulate_options bad[6] = {good, good, good, good, good, good};
    bad[0].paths = JK_PATHS_LEAST - 1;
    bad[1].price = -1e-300;
    bad[2].precision = -1e-300;
    bad[3].precision = 1.0;
    bad[4].tolerance = -1e-300;
    bad[5].tolerance = NAN;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(try_simulate(&bad[i], &found), JK_ERROR_ARGUMENT);
        assert_null(found.year);
    }
}

static int open_tape(void **state) {
    return open_plain(state, 3000, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tolerance_that_is_just_met_is_met),
        cmocka_unit_test(points_are_held_against_claims_two_deviations_off),
        cmocka_unit_test(options_at_their_limits_are_taken),
    };
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
