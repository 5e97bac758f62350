/* SPDX-License-Identifier: Apache-2.0 */
/* Points against claims. Claims that are points of their own bring, in the kernel of the paths, what the valuation's
 * own kernel says of them: every kind of flow of every segment and epoch, in every state of stress. Points of many
 * claims are scaled to theirs, and the errors and moments that are told are those of plain sums. */
#include "cmocka_all.h"

#include <math.h>
#include <stdlib.h>

#include "base/number/grid.h"
#include "jalki/simulate.h"
#include "simulate/paths/own_risk.h"
#include "simulate/paths/walk.h"
#include "simulate/points/calibrate.h"
#include "simulate/points/points.h"
#include "value/engine_case.h"

enum { ROWS = 3000, ROWS_OF_SEGMENT = 64, EPOCHS = 64, SEGMENTS = 64, YEARS = JK_HORIZON_MAX / 12 };

static jk_tape *tape;
static const jk_extremes usual = {.worse = 0.7, .better = 1.4, .turn = 36, .back = 24};

typedef struct looked {
    const jk_model *model;
    jk_survey survey;
    jk_points points;
    jk_calibration calibration;
    jk_run run;
} looked;

static jk_value_options valued(void) {
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    options.irr = 0.12;
    options.run.threads = 2;
    return options;
}

static void look_under(looked *at, const jk_model *of, const jk_extremes *extremes, bool own_risk, int level) {
    jk_error error = {0};
    const jk_value_options options = valued();
    *at = (looked){.model = of};
    must(jk_survey_init(&at->survey, of, &options, extremes, NULL, &error), &error);
    jk_value_sink sink = jk_survey_sink(&at->survey, ROWS);
    jk_valuation valuation;
    must(jk_value_run(tape, of, &options, &sink, 1, &valuation, &error), &error);
    must(jk_survey_finish(&at->survey, &valuation, own_risk, &error), &error);
    must(jk_points_create(&at->points, &at->survey, level, &options.run, &error), &error);
    must(jk_calibrate(&at->calibration, &at->points, &at->survey, &options.run, &error), &error);
    jk_valuation_reset(&valuation);
}

static void look(looked *at, const jk_model *of, bool own_risk, int level) {
    look_under(at, of, &usual, own_risk, level);
}

static void forget(looked *at) {
    jk_calibration_reset(&at->calibration);
    jk_points_reset(&at->points);
    jk_survey_reset(&at->survey);
}

/* What points bring, [segments][epochs][JK_PATH_FLOWS][states], each point once. */
typedef double sums[SEGMENTS][EPOCHS][JK_PATH_FLOWS][JK_STRESS_STATES];

/* Flows of one point go to the sums; year [states][YEARS] gets its collections by year. */
static void run_point(const looked *at, jk_path_runner *runner, size_t point, sums to, double year[YEARS]) {
    jk_path_runner_run(runner, point, 1);
    const size_t g = at->points.terms.segment[point];
    for (int j = 0; j < runner->program.epochs; j++) {
        for (int f = 0; f < JK_PATH_FLOWS; f++) {
            for (int s = 0; s < JK_STRESS_STATES; s++) {
                const double flow = (double)runner->tile.flow[(j * JK_PATH_FLOWS + f) * JK_PATH_LANES + s];
                to[g][j][f][s] += flow;
                if (s == JK_STATE_BASE && f == JK_PATH_GROSS) {
                    year[(at->survey.epoch_end[j] - at->model->epochs[j]) / 12] += flow;
                }
            }
        }
    }
}

/* A runner whose lanes have the states' multipliers, and ones. */
static void init_runner(const looked *at, bool by_step, jk_path_runner *runner) {
    jk_error error = {0};
    static float lanes[(EPOCHS + ROWS_OF_SEGMENT) * JK_PATH_LANES] __attribute__((aligned(64)));
    must(jk_path_runner_init(runner, at->survey.plan[JK_STATE_BASE], &at->points, &error), &error);
    for (size_t i = 0; i < sizeof lanes / sizeof lanes[0]; i++) {
        lanes[i] = 1.0f;
    }
    for (int s = 0; s < JK_STRESS_STATES; s++) {
        for (int j = 0; j < at->model->epoch_count; j++) {
            const int32_t start = at->survey.epoch_end[j] - at->model->epochs[j];
            lanes[j * JK_PATH_LANES + s] = (float)jk_extreme_at(&usual, s, start);
        }
    }
    for (size_t g = 0; g < at->model->segment_count; g++) {
        assert_true(jk_factor_rows(&at->model->segments[g], true) <= ROWS_OF_SEGMENT);
    }
    assert_true(at->model->epoch_count <= EPOCHS && at->model->segment_count <= SEGMENTS);
    runner->tile.lanes = JK_PATH_STEP;
    runner->tile.recovery = lanes;
    runner->tile.multiplier = runner->tile.garnish = runner->tile.spells = lanes + EPOCHS * JK_PATH_LANES;
    runner->by_step = by_step;
}

/* Runs all points; `cross` [YEARS][YEARS] gets spread times products of years. */
static void run_points(const looked *at, bool by_step, sums to, double cross[YEARS][YEARS]) {
    jk_path_runner runner;
    memset(to, 0, sizeof(sums));
    init_runner(at, by_step, &runner);
    for (size_t i = 0; i < at->points.count; i++) {
        double year[YEARS] = {0};
        run_point(at, &runner, i, to, year);
        for (int y = 0; cross != NULL && i < at->points.cells && y < YEARS; y++) {
            for (int z = 0; z < YEARS; z++) {
                cross[y][z] += at->points.spread[i] * year[y] * year[z];
            }
        }
    }
    jk_path_runner_reset(&runner);
    jk_path_runner_reset(&runner); /* nothing is left that could be given back twice */
}

static double truth_of(const looked *at, size_t g, int j, jk_flow which, int s) {
    const jk_cashflow *flow = &at->survey.truth[s].flow;
    int64_t sum = 0;
    for (int32_t month = at->survey.epoch_end[j] - at->model->epochs[j]; month < at->survey.epoch_end[j]; month++) {
        sum += flow->cell[((size_t)month * flow->segments + g) * JK_FLOW_COUNT + which];
    }
    return jk_grid_to_double(sum);
}

static void near(const char *what, size_t g, int j, int s, double found, double expected, double slack) {
    if (!(fabs(found - expected) <= slack)) {
        fail_msg("%s of segment %zu, epoch %d, state %d: %.9g, expected %.9g within %.3g", what, g, j, s, found,
                 expected, slack);
    }
}

static double discount_at(const looked *at, int j) {
    return pow(1.12, -(double)(at->survey.epoch_end[j] - at->model->epochs[j]) / 12.0);
}

static sums brought;

static void check_claims(const looked *at, bool by_step) {
    double kinds[4] = {0};
    assert_int_equal(at->points.cells, 0);
    assert_true(at->points.count > ROWS / 2);
    run_points(at, by_step, brought, NULL);
    for (int s = 0; s < JK_STRESS_STATES; s++) {
        double value = 0.0;
        for (size_t g = 0; g < at->model->segment_count; g++) {
            for (int j = 0; j < at->model->epoch_count; j++) {
                double of[JK_PATH_FLOWS];
                for (int f = 0; f < JK_PATH_FLOWS; f++) {
                    of[f] = brought[g][j][f][s];
                }
                const double cost = of[JK_PATH_RUNNING] + of[JK_PATH_CONTINGENT];
                const double gross = truth_of(at, g, j, JK_FLOW_GROSS, s), slack = 2e-5 * gross + 0.01;
                near("gross", g, j, s, of[JK_PATH_GROSS], gross, slack);
                near("cost", g, j, s, cost, truth_of(at, g, j, JK_FLOW_COST, s), slack);
                near("filing", g, j, s, of[JK_PATH_FILING], truth_of(at, g, j, JK_FLOW_FILING, s), slack);
                near("sale", g, j, s, of[JK_PATH_SALE], truth_of(at, g, j, JK_FLOW_SALE, s), slack);
                value +=
                    of[JK_PATH_KEPT] - of[JK_PATH_SPENT] - discount_at(at, j) * (of[JK_PATH_FILING] - of[JK_PATH_SALE]);
                kinds[0] += of[JK_PATH_RUNNING], kinds[1] += of[JK_PATH_CONTINGENT];
                kinds[2] += of[JK_PATH_FILING], kinds[3] += of[JK_PATH_SALE];
            }
        }
        const double expected = jk_grid_to_double(at->survey.truth[s].value);
        near("value", 0, 0, s, value, expected, 1e-5 * expected);
    }
    assert_true(kinds[0] > 100.0 && kinds[1] > 100.0 && kinds[2] > 100.0 && kinds[3] > 100.0);
    /* Nothing is scaled where no cells are; the errors are those of the kernels' arithmetic. */
    assert_true(at->calibration.error.worst < 2e-5);
}

static void claims_bring_what_the_valuation_says(void **state) {
    (void)state;
    jk_model plain = at_once(model);
    const jk_model *models[] = {model, &plain};
    for (size_t m = 0; m < 2; m++) {
        looked at;
        look(&at, models[m], true, 0);
        check_claims(&at, false);
        check_claims(&at, true); /* curves by step, none of which is drawn */
        forget(&at);
    }
    free_at_once(&plain);
}

/* A part of the claims whose debtors pay in spells, each drawn many times: within five standard errors of the kernel.
 */
static void drawn_lives_bring_the_mean(void **state) {
    (void)state;
    enum { STEP = 6, DRAWS = 150, FLOWS = JK_PATH_SECOND };
    static double mean[2][EPOCHS][FLOWS], drawn[2][EPOCHS][FLOWS], square[2][EPOCHS][FLOWS];
    static size_t times[2][EPOCHS][FLOWS];
    static const int lanes[] = {JK_STATE_BASE, JK_STATE_TURN};
    looked at;
    jk_path_runner runner;
    double flow[EPOCHS * JK_PATH_FLOWS];
    size_t told = 0;
    look(&at, model, true, 0);
    init_runner(&at, false, &runner);
    const int epochs = at.model->epoch_count;
    for (size_t i = 0; i < at.points.count; i += STEP) {
        jk_path_runner_run(&runner, i, 1);
        assert_true(runner.program.pairs);
        for (int l = 0; l < 2; l++) {
            for (size_t n = 0; n < DRAWS; n++) {
                jk_walk_luck luck = jk_walk_luck_of(5, i, n);
                jk_walk(&runner.program, &runner.tile, (size_t)lanes[l], &luck, epochs, flow);
                for (int k = 0; k < epochs * JK_PATH_FLOWS; k++) {
                    const int j = k / JK_PATH_FLOWS, f = k % JK_PATH_FLOWS;
                    if (f < FLOWS) {
                        drawn[l][j][f] += flow[k] / DRAWS;
                        times[l][j][f] += flow[k] != 0.0;
                        square[l][j][f] += flow[k] * flow[k] / (DRAWS * (double)DRAWS); /* more than its variance */
                    }
                }
            }
            for (int j = 0; j < runner.program.epochs; j++) {
                for (int f = 0; f < FLOWS; f++) {
                    mean[l][j][f] += (double)runner.tile.flow[(j * JK_PATH_FLOWS + f) * JK_PATH_LANES + lanes[l]];
                }
            }
        }
    }
    for (int l = 0; l < 2; l++) {
        for (int f = 0; f < FLOWS; f++) {
            double sum = 0.0, expected = 0.0, squares = 0.0;
            for (int j = 0; j < epochs; j++) {
                if (times[l][j][f] > 200) {
                    near("a drawn flow", (size_t)f, j, lanes[l], drawn[l][j][f], mean[l][j][f],
                         5.0 * sqrt(square[l][j][f]) + 1e-4 * mean[l][j][f]);
                    told++;
                }
                sum += drawn[l][j][f];
                expected += mean[l][j][f];
                squares += square[l][j][f];
            }
            assert_true(expected > 0.0);
            near("drawn flows", (size_t)f, -1, lanes[l], sum, expected, 5.0 * sqrt(squares) + 1e-4 * expected);
        }
    }
    assert_true(told > 100);
    jk_path_runner_reset(&runner);
    forget(&at);
}

/* The course of a state: ln of the mean multiplier so far, and of the moment's over it. */
static jk_course course_of(const looked *at, int s, int j) {
    double total = 0.0, here = 1.0;
    for (int i = 0; i <= j; i++) {
        here = jk_extreme_at(&usual, s, at->survey.epoch_end[i] - at->model->epochs[i]);
        total += here * at->model->epochs[i];
    }
    const double mean = log(total / at->survey.epoch_end[j]);
    return (jk_course){mean, log(here) - mean};
}

static double scale_at(const looked *at, size_t g, int j, jk_scale which, int s) {
    const size_t place = (g * (size_t)at->model->epoch_count + (size_t)j) * JK_SCALE_COUNT + which;
    return at->calibration.scale[place] * jk_answer_at(&at->calibration.answer[place], course_of(at, s, j));
}

/* Months within an epoch as the base case has them, all segments together. */
static double month_part(const looked *at, jk_flow which, int j, int32_t month) {
    const jk_cashflow *flow = &at->survey.truth[JK_STATE_BASE].flow;
    int64_t here = 0, sum = 0;
    for (int32_t m = at->survey.epoch_end[j] - at->model->epochs[j]; m < at->survey.epoch_end[j]; m++) {
        for (size_t g = 0; g < flow->segments; g++) {
            const int64_t amount = flow->cell[((size_t)m * flow->segments + g) * JK_FLOW_COUNT + which];
            sum += amount;
            here += m == month ? amount : 0;
        }
    }
    return sum > 0 ? (double)here / (double)sum : 1.0 / at->model->epochs[j];
}

/* The errors of a state by plain sums: value, and the worst year's collections and costs against its collections. */
static void errors_of(const looked *at, int s, double error[3]) {
    double gross[YEARS] = {0}, cost[YEARS] = {0}, true_gross[YEARS] = {0}, true_cost[YEARS] = {0}, value = 0.0;
    for (int j = 0; j < at->model->epoch_count; j++) {
        const int32_t end = at->survey.epoch_end[j], first = end - at->model->epochs[j];
        double collected = 0.0, spent = 0.0;
        for (size_t g = 0; g < at->model->segment_count; g++) {
            double of[JK_PATH_FLOWS];
            for (int f = 0; f < JK_PATH_FLOWS; f++) {
                of[f] = brought[g][j][f][s];
            }
            const double up = scale_at(at, g, j, JK_SCALE_GROSS, s), running = scale_at(at, g, j, JK_SCALE_RUNNING, s);
            const double start = scale_at(at, g, j, JK_SCALE_FILING, s) * of[JK_PATH_FILING] -
                                 scale_at(at, g, j, JK_SCALE_SALE, s) * of[JK_PATH_SALE];
            collected += up * of[JK_PATH_GROSS];
            spent += up * of[JK_PATH_CONTINGENT] + running * of[JK_PATH_RUNNING];
            cost[first / 12] += start;
            value += up * of[JK_PATH_KEPT] - running * of[JK_PATH_SPENT] - discount_at(at, j) * start;
            for (int32_t m = first; m < end; m++) {
                const jk_cashflow *flow = &at->survey.truth[s].flow;
                const int64_t *cell = flow->cell + ((size_t)m * flow->segments + g) * JK_FLOW_COUNT;
                true_gross[m / 12] += jk_grid_to_double(cell[JK_FLOW_GROSS]);
                true_cost[m / 12] += jk_grid_to_double(cell[JK_FLOW_COST]) + jk_grid_to_double(cell[JK_FLOW_FILING]) -
                                     jk_grid_to_double(cell[JK_FLOW_SALE]);
            }
        }
        for (int32_t m = first; m < end; m++) {
            gross[m / 12] += collected * month_part(at, JK_FLOW_GROSS, j, m);
            cost[m / 12] += spent * month_part(at, JK_FLOW_COST, j, m);
        }
    }
    error[0] = fabs(value / jk_grid_to_double(at->survey.truth[s].value) - 1.0);
    error[1] = error[2] = 0.0;
    for (int y = 0; y < at->calibration.years; y++) {
        const double whole = true_gross[y] > 0.0 ? true_gross[y] : fabs(true_cost[y]);
        error[1] = whole > 0.0 ? fmax(error[1], fabs(gross[y] - true_gross[y]) / whole) : error[1];
        error[2] = whole > 0.0 ? fmax(error[2], fabs(cost[y] - true_cost[y]) / whole) : error[2];
    }
}

static void check_base(const looked *at) {
    double scaled = 0.0;
    for (size_t g = 0; g < at->model->segment_count; g++) {
        for (int j = 0; j < at->model->epoch_count; j++) {
            const double gross = truth_of(at, g, j, JK_FLOW_GROSS, JK_STATE_BASE);
            const double found = brought[g][j][JK_PATH_GROSS][JK_STATE_BASE];
            const double up = scale_at(at, g, j, JK_SCALE_GROSS, JK_STATE_BASE);
            if (found > 0.0 && up > 0.2501 && up < 3.999) {
                near("scaled gross", g, j, 0, up * found, gross, 1e-5 * gross + 0.01);
                scaled += gross;
            }
            const double running = scale_at(at, g, j, JK_SCALE_RUNNING, JK_STATE_BASE);
            const double costs = up * brought[g][j][JK_PATH_CONTINGENT][0] +
                                 running * brought[g][j][JK_PATH_RUNNING][0] +
                                 scale_at(at, g, j, JK_SCALE_FILING, 0) * brought[g][j][JK_PATH_FILING][0] -
                                 scale_at(at, g, j, JK_SCALE_SALE, 0) * brought[g][j][JK_PATH_SALE][0];
            const double expected = truth_of(at, g, j, JK_FLOW_COST, 0) + truth_of(at, g, j, JK_FLOW_FILING, 0) -
                                    truth_of(at, g, j, JK_FLOW_SALE, 0);
            if (running > 0.2501 && running < 3.999 && running != 1.0) {
                near("scaled costs", g, j, 0, costs, expected, 1e-5 * gross + 0.01);
            }
        }
    }
    assert_true(scaled > 1000.0);
}

/* Second moments and products of years, of points that pay at once. */
static void check_moments(const looked *at, double cross[YEARS][YEARS]) {
    const jk_calibration *c = &at->calibration;
    double plain[YEARS] = {0}, scaled[YEARS] = {0}, second[YEARS] = {0}, covariance[YEARS * YEARS], tie[YEARS * YEARS];
    for (size_t g = 0; g < at->model->segment_count; g++) {
        for (int j = 0; j < at->model->epoch_count; j++) {
            const int y = (at->survey.epoch_end[j] - at->model->epochs[j]) / 12;
            plain[y] += brought[g][j][JK_PATH_GROSS][0];
            scaled[y] += brought[g][j][JK_PATH_GROSS][0] * scale_at(at, g, j, JK_SCALE_GROSS, 0);
            second[y] += brought[g][j][JK_PATH_SECOND][0];
        }
    }
    for (int y = 0; y < c->years; y++) {
        near("year", 0, y, 0, c->base_year[y], scaled[y], 1e-6 * scaled[y]);
        near("second moment", 0, y, 0, c->second[y], second[y] / plain[y], 1e-5 * second[y] / plain[y]);
        for (int z = 0; z < c->years; z++) {
            const double means = scaled[y] * scaled[z] / (plain[y] * plain[z]);
            near("products", 0, y, z, c->cross[y * c->years + z], cross[y][z] * means, 1e-4 * cross[y][z] * means);
            const double together = y == z ? second[y] : 0.0; /* who has paid in one year pays in no other */
            covariance[y * c->years + z] = (together - cross[y][z]) / (plain[y] * plain[z]);
        }
    }
    jk_own_risk_factor(covariance, c->years, tie);
    for (int i = 0; i < c->years * c->years; i++) {
        near("tie", 0, i, 0, c->tie[i], tie[i], 1e-4);
    }
}

static void points_are_scaled_to_claims(void **state) {
    (void)state;
    static double cross[YEARS][YEARS];
    jk_model plain = at_once(model);
    const jk_model *models[] = {model, &plain};
    for (size_t m = 0; m < 2; m++) {
        looked at;
        look(&at, models[m], false, 7);
        assert_int_equal(at.points.cells, at.points.count);
        assert_true(at.points.count < ROWS / 2);
        memset(cross, 0, sizeof cross);
        run_points(&at, false, brought, cross);
        check_base(&at);
        double worst[3] = {0};
        for (int s = 0; s < JK_STRESS_STATES; s++) {
            double error[3];
            errors_of(&at, s, error);
            for (int i = 0; i < 3; i++) {
                worst[i] = fmax(worst[i], error[i]);
            }
        }
        const jk_compression *error = &at.calibration.error;
        near("error of the value", 0, 0, 0, error->value, worst[0], 1e-6);
        near("error of collections", 0, 0, 0, error->gross, worst[1], 1e-6);
        near("error of costs", 0, 0, 0, error->cost, worst[2], 1e-6);
        near("worst error", 0, 0, 0, error->worst, fmax(worst[0], fmax(worst[1], worst[2])), 1e-6);
        assert_true(worst[0] > 1e-5 && worst[1] > 1e-5 && worst[2] > 1e-5);
        if (m == 1) {
            check_moments(&at, cross);
        }
        forget(&at);
    }
    free_at_once(&plain);
}

/* A simulation tells the errors of its points in states that turn after three years, and back after two; of short
 * horizons after a half and a third. */
static void errors_are_told(void **state) {
    (void)state;
    static const struct {
        int32_t epochs[4];
        int count, turn, back;
    } cases[] = {
        {{6, 6, 6, 6}, 4, 12, 8}, {{12, 12, 24, 24}, 4, 36, 24}, {{12, 12, 24, 23}, 4, 35, 23}, {{0}, 0, 36, 24}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_model of = *model;
        jk_risk_factor still[64];
        jk_error error = {0};
        int32_t horizon = 0;
        for (int j = 0; j < cases[i].count; j++) {
            horizon += cases[i].epochs[j];
        }
        of.horizon_months = horizon > 0 ? horizon : of.horizon_months;
        of.epochs = horizon > 0 ? cases[i].epochs : of.epochs;
        of.epoch_count = horizon > 0 ? cases[i].count : of.epoch_count;
        assert_true(of.jurisdiction_count <= sizeof still / sizeof still[0]);
        for (size_t c = 0; c < of.jurisdiction_count; c++) {
            still[c] = (jk_risk_factor){0.0, 0.5};
        }
        of.risk.jurisdiction = still;
        of.risk.curve_error = 0.15;
        jk_simulate_options wanted = jk_simulate_defaults();
        wanted.paths = JK_PATHS_LEAST;
        wanted.own_risk = 0;
        wanted.tolerance = 0.99;
        const jk_value_options options = valued();
        jk_simulation told;
        must(jk_simulate(tape, &of, &options, &wanted, &told, &error), &error);
        const jk_extremes extremes = {
            .worse = exp(-0.3), .better = exp(0.3), .turn = cases[i].turn, .back = cases[i].back};
        looked at;
        look_under(&at, &of, &extremes, false, JK_CELL_LEVELS - 1);
        const jk_compression *is = &at.calibration.error;
        assert_int_equal(told.model_points, at.points.count);
        near("told error of the value", 0, (int)i, 0, told.value_error, is->value, 1e-12);
        near("told error of collections", 0, (int)i, 0, told.gross_error, is->gross, 1e-12);
        near("told error of costs", 0, (int)i, 0, told.cost_error, is->cost, 1e-12);
        near("told worst error", 0, (int)i, 0, told.compression_error, is->worst, 1e-12);
        jk_simulation_reset(&told);
        forget(&at);
    }
}

/* Points run in runs of one segment, country and class, at most 64 each, one after the other. */
static void runs_are_of_one_kind(void **state) {
    (void)state;
    looked at;
    look(&at, model, false, 0);
    const jk_terms *terms = &at.points.terms;
    size_t next = 0, longest = 0;
    for (size_t r = 0; r < at.points.run_count; r++) {
        const jk_point_run *run = &at.points.run[r];
        assert_int_equal(run->first, next);
        for (size_t i = run->first; i < run->first + run->count; i++) {
            assert_int_equal(terms->segment[i], run->segment);
            assert_int_equal(terms->jurisdiction[i], run->jurisdiction);
            assert_int_equal(terms->capacity_class[i], run->capacity_class);
        }
        next += run->count;
        longest = run->count > longest ? run->count : longest;
        if (r + 1 < at.points.run_count && run->count < JK_RUN_POINTS) { /* no sooner than it must */
            assert_true(run[1].segment != run->segment || run[1].jurisdiction != run->jurisdiction ||
                        run[1].capacity_class != run->capacity_class);
        }
    }
    assert_int_equal(next, at.points.cells);
    assert_int_equal(longest, JK_RUN_POINTS);
    forget(&at);
}

static int open_tape(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(claims_bring_what_the_valuation_says),
                                       cmocka_unit_test(drawn_lives_bring_the_mean),
                                       cmocka_unit_test(points_are_scaled_to_claims), cmocka_unit_test(errors_are_told),
                                       cmocka_unit_test(runs_are_of_one_kind)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
