/* SPDX-License-Identifier: Apache-2.0 */
/* Where simulation's options end: limits that are just met are met, the number beyond is refused; and under which
 * multipliers the points are held against all claims. */
#include "cmocka_all.h"

#include <math.h>

#include "base/number/semidefinite.h"
#include "jalki/simulate.h"
#include "plan/plan.h"
#include "simulate/points/survey.h"
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

/* The lowest and the highest correlation of two of the model's factors, wherever in the matrix they are. */
static void correlations_are_told(void **state) {
    (void)state;
    enum { MOST = 4 };
    static const struct {
        size_t count;
        double matrix[MOST * MOST], lowest, highest;
    } cases[] = {
        {0, {0.0}, 0.4, 0.4},
        {1, {1.0}, 1.0, 1.0},
        {2, {1.0, -0.5, -0.5, 1.0}, -0.5, -0.5},
        {3, {1.0, 0.1, -0.2, 0.1, 1.0, 0.3, -0.2, 0.3, 1.0}, -0.2, 0.3},
        {4, {1.0, 0.5, 0.2, 0.25, 0.5, 1.0, 0.4, 0.15, 0.2, 0.4, 1.0, 0.45, 0.25, 0.15, 0.45, 1.0}, 0.15, 0.5}};
    const size_t places = model->segment_count * model->jurisdiction_count;
    uint32_t *of = test_malloc(places * sizeof *of);
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = JK_PATHS_LEAST;
    wanted.tolerance = 0.9;
    wanted.own_risk = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t count = cases[i].count;
        double root[MOST * MOST] = {0.0}, pivot = 0.0;
        for (size_t place = 0; place < places; place++) {
            of[place] = count > 0 ? (uint32_t)(place % count) : 0;
        }
        assert_int_equal(jk_semidefinite_root(cases[i].matrix, count, root, &pivot), count);
        const jk_risk_correlation told = {
            .countries = 0.4, .count = count, .matrix = cases[i].matrix, .root = root, .of = of};
        set_volatility(0.2, 0.2, 0.0);
        model->risk.correlation = &told;
        jk_simulation found = simulate(&wanted);
        assert_int_equal(found.factors, count);
        assert_true(found.lowest_correlation == cases[i].lowest && found.highest_correlation == cases[i].highest);
        jk_simulation_reset(&found);
    }
    model->risk.correlation = &countries;
    test_free(of);
}

/* What a run may take: of each path five numbers and its years; of each thread a table with a cell for each claim,
 * which has half as much room again and two places in its index for each, the largest claims, and the flows of six
 * states; of all together two more tables, the flows, and a point for each claim. */
static void memory_is_planned(void **state) {
    (void)state;
    enum { MUCH = 300000, FEW_CLAIMS = 3000 };
    static const size_t tapes[] = {FEW_CLAIMS, JK_LARGE_MOST + 1, JK_CELLS_MOST - 1, JK_CELLS_MOST, MUCH};
    jk_error error = {0};
    jk_survey survey;
    jk_value_options options = jk_value_defaults();
    options.run.threads = 3;
    must(jk_survey_init(&survey, model, &options, &(jk_extremes){0.7, 1.4, 36, 24}, NULL, &error), &error);
    const jk_plan *plan = survey.plan[JK_STATE_BASE];
    const size_t flows =
        sizeof(int64_t) * JK_STRESS_STATES * JK_FLOW_COUNT * (size_t)model->horizon_months * model->segment_count;
    const size_t point = jk_terms_size(1) + (size_t)model->epoch_count * JK_ALL_STATES;
    for (size_t i = 0; i < sizeof tapes / sizeof tapes[0]; i++) {
        const jk_value_sink sink = jk_survey_sink(&survey, tapes[i]);
        const size_t cells = tapes[i] < 200000 ? tapes[i] : 200000, large = tapes[i] < 5120 ? tapes[i] : 5120;
        const size_t table = (cells + cells / 2) * (sizeof(jk_claims_cell) + 8) + large * sizeof(jk_cell_claim);
        assert_int_equal(sink.thread_held, table + flows);
        assert_int_equal(sink.held, table + table + flows + cells * point);
        assert_true(sink.parted && sink.plans);
        /* A row takes a place of the workspace, its outline, and what stress keeps of it: plan, terms and value. */
        const size_t stress = (jk_plan_policy_size(plan, 1024) + jk_terms_size(1024)) / 1024 + sizeof(float);
        assert_int_equal(sink.row_bytes, jk_plan_workspace_size(plan, 1024) / 1024 + sizeof(uint32_t) + stress);
    }
    jk_value_memory few, more;
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 1000;
    must(jk_simulate_memory(tape, model, &options, &wanted, &few, &error), &error);
    const jk_value_sink sink = jk_survey_sink(&survey, FEW_CLAIMS);
    const size_t years = ((size_t)model->horizon_months + 11) / 12;
    assert_int_equal(few.sinks, sink.held + 1000 * (40 + 4 * years));
    assert_true(few.per_thread > sink.thread_held);
    wanted.paths = 1001;
    must(jk_simulate_memory(tape, model, &options, &wanted, &more, &error), &error);
    assert_int_equal(more.sinks - few.sinks, 40 + 4 * years);
    jk_model longer = *model; /* a month more is a year more, if it is the thirteenth */
    longer.horizon_months = 12 * (int32_t)(years - 1) + 1;
    must(jk_simulate_memory(tape, &longer, &options, &wanted, &few, &error), &error);
    const size_t less = sizeof(int64_t) * JK_STRESS_STATES * JK_FLOW_COUNT * model->segment_count *
                        (size_t)(model->horizon_months - longer.horizon_months);
    assert_int_equal(more.sinks - few.sinks, less);
    options.memory = 1;
    assert_int_equal(jk_simulate_memory(tape, model, &options, &wanted, &few, &error), JK_ERROR_MEMORY);
    jk_survey_reset(&survey);
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
        cmocka_unit_test(correlations_are_told),
        cmocka_unit_test(memory_is_planned),
    };
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
