/* SPDX-License-Identifier: Apache-2.0 */
/* One claim in so many under stress: what it is decides, not where it stands; the part's flows are the part's; and
 * scales found from the part are near those found from all claims. */
#include "cmocka_all.h"

#include <stdlib.h>

#include "base/number/grid.h"
#include "simulate/points/calibrate.h"
#include "simulate/points/points.h"
#include "simulate/points/survey.h"
#include "value/engine_case.h"

enum { ROWS = 24000, EVERY = 4, LEVEL = 6 };

static jk_tape *tape;
static const jk_extremes extremes = {.worse = 0.75, .better = 1.35, .turn = 36, .back = 24};

typedef struct looked {
    jk_survey survey;
    jk_points points;
    jk_calibration calibration;
} looked;

static void look(looked *at, size_t every, int threads, size_t block) {
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.run.threads = threads;
    options.run.block_rows = block;
    must(jk_survey_init(&at->survey, model, &options, &extremes, NULL, &error), &error);
    jk_value_sink sink = jk_survey_sink(&at->survey, ROWS);
    assert_int_equal(at->survey.grid.every, 1);
    at->survey.grid.every = every;
    jk_valuation valuation;
    must(jk_value_run(tape, model, &options, &sink, 1, &valuation, &error), &error);
    must(jk_survey_finish(&at->survey, &valuation, false, &error), &error);
    must(jk_points_create(&at->points, &at->survey, LEVEL, &options.run, &error), &error);
    must(jk_calibrate(&at->calibration, &at->points, &at->survey, &options.run, &error), &error);
    jk_valuation_reset(&valuation);
}

static void forget(looked *at) {
    for (int twice = 0; twice < 2; twice++) { /* nothing is left that could be given back twice */
        jk_calibration_reset(&at->calibration);
        jk_points_reset(&at->points);
        jk_survey_reset(&at->survey);
    }
}

static double gross_of(const looked *at, int state) {
    const jk_cashflow *flow = &at->survey.truth[state].flow;
    int64_t sum = 0;
    for (size_t i = 0; i < (size_t)flow->months * flow->segments; i++) {
        sum += flow->cell[i * JK_FLOW_COUNT + JK_FLOW_GROSS];
    }
    return jk_grid_to_double(sum);
}

static void one_in_so_many(void **state) {
    (void)state;
    assert_int_equal(jk_stress_every(0), 1);
    assert_int_equal(jk_stress_every(499999), 1);
    assert_int_equal(jk_stress_every(500000), 2);
    assert_int_equal(jk_stress_every(10000000), 32);
    jk_cell_claim claim = {.balance = 1.0f};
    size_t chosen = 0;
    for (size_t i = 0; i < ROWS; i++) {
        claim.theta = (float)i;
        chosen += jk_cell_claim_is_part(&claim, EVERY);
        assert_true(jk_cell_claim_is_part(&claim, 1));
    }
    /* Binomial: within 5 standard deviations. */
    assert_true(fabs((double)chosen - ROWS / EVERY) < 5.0 * sqrt(ROWS * 0.25 * 0.75));
}

static void parts_do_not_depend_on_threads(void **state) {
    (void)state;
    looked a = {0}, b = {0};
    look(&a, EVERY, 1, 512);
    look(&b, EVERY, 3, 333);
    for (int s = JK_STATE_BASE; s < JK_STRESS_STATES; s++) {
        const jk_cashflow *flow = &a.survey.truth[s].flow;
        assert_memory_equal(flow->cell, b.survey.truth[s].flow.cell,
                            (size_t)flow->months * flow->segments * JK_FLOW_COUNT * sizeof(int64_t));
        assert_true(a.survey.truth[s].value == b.survey.truth[s].value);
    }
    const size_t scales = model->segment_count * (size_t)model->epoch_count * JK_SCALE_COUNT;
    assert_memory_equal(a.calibration.answer, b.calibration.answer, scales * sizeof(jk_answer));
    forget(&a);
    forget(&b);
}

static void a_part_says_what_all_say(void **state) {
    (void)state;
    looked all = {0}, part = {0};
    look(&all, 1, 2, 0);
    look(&part, EVERY, 2, 0);
    /* Of all claims, in the base case: the same. */
    assert_true(all.survey.truth[JK_STATE_BASE].value == part.survey.truth[JK_STATE_BASE].value);
    assert_true(all.survey.truth[JK_STATE_PART].value == all.survey.truth[JK_STATE_BASE].value);
    const size_t scales = model->segment_count * (size_t)model->epoch_count * JK_SCALE_COUNT;
    assert_memory_equal(all.calibration.scale, part.calibration.scale, scales * sizeof(double));
    /* The cells' shares are what the claims of the part bring. */
    int64_t share = 0;
    for (size_t i = 0; i < part.survey.cells.count; i++) {
        share += part.survey.cells.cell[i].part;
    }
    const double brought = gross_of(&part, JK_STATE_PART);
    assert_true(fabs(jk_grid_to_double(share) / brought - 1.0) < 1e-4); /* a claim's in 32 bits */
    assert_true(fabs(brought / gross_of(&part, JK_STATE_BASE) * EVERY - 1.0) < 0.1);
    /* Stress answers by the part's ratios. */
    for (int s = JK_STATE_WORSE; s < JK_STRESS_STATES; s++) {
        const double whole = gross_of(&all, s) / gross_of(&all, JK_STATE_PART);
        assert_true(fabs(gross_of(&part, s) / brought / whole - 1.0) < 0.01);
    }
    assert_true(part.calibration.error.gross < 2.0 * all.calibration.error.gross + 1e-3);
    print_message("error of a year's collections %.5f by all claims, %.5f by a quarter of them\n",
                  all.calibration.error.gross, part.calibration.error.gross);
    forget(&all);
    forget(&part);
}

static int open_tape(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_in_so_many),
                                       cmocka_unit_test(parts_do_not_depend_on_threads),
                                       cmocka_unit_test(a_part_says_what_all_say)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
