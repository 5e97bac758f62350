/* SPDX-License-Identifier: Apache-2.0 */
/* Simulation against what is known otherwise: without risk it is the valuation; with one lasting factor it is the full
 * valuation at that factor's quantiles; with own risk alone it is binomial; and the same bits whatever the threads. */
#include "cmocka_all.h"

#include "base/lanes/isa.h"
#include "base/number/fmath.h"
#include "base/number/grid.h"
#include "base/number/normal.h"
#include "jalki/scenario.h"
#include "jalki/simulate.h"
#include "simulate/plain_case.h"
#include "value/engine_case.h"

static jk_tape *tape;
static jk_risk_factor factors[64];
static jk_risk_correlation countries;

static void expect_near(const char *what, double got, double expected, double slack) {
    if (!(fabs(got - expected) <= slack)) {
        fail_msg("%s: %.12g, expected %.12g within %.3g", what, got, expected, slack);
    }
}

/* Sets all that is uncertain of a model. */
static void set_risk(jk_model *of, double volatility, double persistence, double correlation, double parameters) {
    assert_true(of->jurisdiction_count <= sizeof factors / sizeof factors[0]);
    for (size_t i = 0; i < of->jurisdiction_count; i++) {
        factors[i] = (jk_risk_factor){volatility, persistence};
    }
    of->risk.jurisdiction = factors;
    countries = (jk_risk_correlation){.countries = correlation};
    of->risk.correlation = &countries;
    of->risk.curve_error = of->risk.class_multiplier_error = of->risk.garnish_share_error = parameters;
}

static jk_simulation simulate(const jk_tape *of, const jk_model *under, const jk_simulate_options *wanted, int threads,
                              const char *isa) {
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.run.threads = threads;
    options.run.block_rows = threads > 1 ? 333 : 0;
    options.isa = isa;
    jk_simulation simulation;
    must(jk_simulate(of, under, &options, wanted, &simulation, &error), &error);
    return simulation;
}

/* ---- the shipped model ------------------------------------------------------------------------------------------ */

static void without_risk_it_is_the_valuation(void **state) {
    (void)state;
    jk_error error = {0};
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 200;
    wanted.own_risk = 0;
    set_risk(model, 0.0, 0.5, 0.5, 0.0);
    jk_value_options options = jk_value_defaults();
    jk_valuation valuation;
    must(jk_value_run(tape, model, &options, NULL, 0, &valuation, &error), &error);
    for (int fine = 0; fine < 2; fine++) {
        wanted.tolerance = fine ? 0.0 : 1e-3;
        const double slack = fine ? 2e-6 : 1e-3;
        jk_simulation found = simulate(tape, model, &wanted, 2, NULL);
        double value = valuation.total.value;
        expect_near("value", found.value.figure[JK_FIGURE_MEAN], value, slack * value);
        expect_near("spread", found.value.figure[JK_FIGURE_SD], 0.0, 1e-9 * value);
        assert_true(found.value.figure[JK_FIGURE_P01] == found.value.figure[JK_FIGURE_P99]);
        assert_true(found.base_value == value);
        for (int y = 0; y < found.years; y++) {
            jk_month before = jk_valuation_months(&valuation, 12 * y, valuation.segment_count);
            double gross = jk_valuation_months(&valuation, 12 * y + 12, valuation.segment_count).gross - before.gross;
            expect_near("year", found.year[y].figure[JK_FIGURE_P50], gross, slack * gross);
        }
        /* The bid earns the required return, but for discounting at mid-month. */
        jk_offer offer = jk_offer_make(&valuation, NULL, 0, valuation.total.value - valuation.onboarding);
        expect_near("irr", found.irr_at_price.figure[JK_FIGURE_MEAN], offer.asked_irr, 2e-3);
        assert_int_equal(found.within_tolerance, !fine);
        jk_simulation_reset(&found);
    }
    jk_valuation_reset(&valuation);
}

static double committed_value(double recovery) {
    jk_error error = {0};
    jk_stress stress = jk_stress_none();
    stress.figure[JK_STRESS_RECOVERY] = recovery;
    jk_scenario scenario = {"recovery", NULL, 1, &stress, NULL};
    jk_value_options options = jk_value_defaults();
    const double irr = model->irr;
    jk_scenario_run run = {&scenario, 1, &irr, 1, JK_MODE_COMMITTED, false};
    jk_scenario_grid grid;
    must(jk_scenario_grid_make(tape, model, &options, &run, NULL, 0, &grid, &error), &error);
    double value = jk_scenario_at(&grid, 0, JK_MODE_COMMITTED, 0)->total.value;
    jk_scenario_grid_reset(&grid);
    return value;
}

/* One factor for all countries, drawn once: the value's quantiles are the values at the factor's quantiles, which the
 * full valuation of all claims gives. */
static void a_lasting_factor_gives_known_quantiles(void **state) {
    (void)state;
    const double sigma = 0.3;
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 5000;
    wanted.tolerance = 2e-3;
    wanted.own_risk = 0;
    set_risk(model, sigma, 1.0, 1.0, 0.0);
    jk_simulation found = simulate(tape, model, &wanted, 2, NULL);
    static const struct {
        jk_figure figure;
        double probability;
    } at[] = {{JK_FIGURE_P05, 0.05}, {JK_FIGURE_P50, 0.5}, {JK_FIGURE_P95, 0.95}};
    for (size_t i = 0; i < 3; i++) {
        double z = jk_normal_quantile(at[i].probability);
        double value = committed_value(exp(sigma * z - 0.5 * sigma * sigma));
        expect_near("quantile", found.value.figure[at[i].figure], value,
                    4.0 * found.value.error[at[i].figure] + 2e-3 * value);
    }
    for (int f = JK_FIGURE_P01; f < JK_FIGURE_P99; f++) {
        assert_true(found.value.figure[f] < found.value.figure[f + 1]);
        assert_true(found.irr_at_price.figure[f] < found.irr_at_price.figure[f + 1]);
    }
    assert_true(found.value.figure[JK_FIGURE_ES05] < found.value.figure[JK_FIGURE_P05]);
    expect_near("price", found.confidence_price[1], found.value.figure[JK_FIGURE_P05] - found.onboarding, 1e-6);
    jk_simulation_reset(&found);
}

/* Figures are numbers, so that their bits can be compared; the list of years is compared apart. */
static void assert_same(const jk_simulation *a, const jk_simulation *b) {
    assert_memory_equal(&a->value, &b->value, sizeof a->value);
    assert_memory_equal(&a->irr_at_price, &b->irr_at_price, sizeof a->irr_at_price);
    assert_memory_equal(&a->gross, &b->gross, sizeof a->gross);
    assert_memory_equal(&a->net, &b->net, sizeof a->net);
    assert_memory_equal(a->year, b->year, (size_t)a->years * sizeof *a->year);
    assert_true(a->compression_error == b->compression_error);
    assert_int_equal(a->model_points, b->model_points);
    assert_int_equal(a->large_claims, b->large_claims);
}

static void the_same_bits(void **state) {
    (void)state;
    enum { ROWS = 6000 };
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 150;
    wanted.tolerance = 0.01;
    set_risk(model, 0.2, 0.6, 0.4, 0.1);
    size_t key[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        key[i] = (i * 3847) % ROWS; /* 3847 is a prime: every key once */
    }
    tape_plan mixed = {.key = key, .rows = ROWS};
    jk_tape *other = open_made("mixed.h5", &mixed);
    /* Old processors' code takes minutes with sanitizers; without them it is held against the others. */
    const bool few = cases_of(5) < 5;
    jk_simulation first = simulate(tape, model, &wanted, 1, few ? NULL : "base");
    for (int i = 0; i < JK_ISA_COUNT; i++) {
        if (!few && jk_isa_runs((jk_isa)i)) {
            jk_simulation again = simulate(i == 1 ? other : tape, model, &wanted, i + 1, jk_isa_name((jk_isa)i));
            assert_same(&first, &again);
            jk_simulation_reset(&again);
        }
    }
    jk_simulation moved = simulate(other, model, &wanted, 3, NULL);
    assert_same(&first, &moved);
    wanted.seed = 2;
    jk_simulation differs = simulate(tape, model, &wanted, 2, NULL);
    assert_true(differs.value.figure[JK_FIGURE_MEAN] != first.value.figure[JK_FIGURE_MEAN]);
    jk_simulation_reset(&differs);
    jk_simulation_reset(&moved);
    jk_simulation_reset(&first);
    jk_tape_close(other);
}

/* ---- a model that can be solved by hand ------------------------------------------------------------------------- */

static void one_segment_has_a_closed_form(void **state) {
    (void)state;
    const double sigma = 0.4;
    jk_model *plain = load_plain();
    set_risk(plain, sigma, 1.0, 0.3, 0.0);
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 20000;
    wanted.own_risk = 0;
    jk_simulation found = simulate(tape, plain, &wanted, 2, NULL);
    balances all = balances_of(tape, plain);
    assert_true(found.model_points < 200); /* claims differ in what does not matter here */
    static const jk_figure figure[] = {JK_FIGURE_P01, JK_FIGURE_P05, JK_FIGURE_P25, JK_FIGURE_P75, JK_FIGURE_P99};
    static const double probability[] = {0.01, 0.05, 0.25, 0.75, 0.99};
    for (size_t i = 0; i < 5; i++) {
        double m = exp(sigma * jk_normal_quantile(probability[i]) - 0.5 * sigma * sigma);
        double expected = all.sum * (1.0 - exp(-24.0 * INTENSITY * m));
        expect_near("collected", found.gross.figure[figure[i]], expected, 4.0 * found.gross.error[figure[i]]);
        double first = all.sum * (1.0 - exp(-12.0 * INTENSITY * m));
        expect_near("first year", found.year[0].figure[figure[i]], first, 4.0 * found.year[0].error[figure[i]]);
    }
    jk_simulation_reset(&found);
    jk_model_free(plain);
}

/* However the horizon is cut, the same comes in: here in sixteen epochs, whose numbers fill their memory wholly. */
static void epochs_do_not_show(void **state) {
    (void)state;
    jk_model *cut = load_changed("epochs: [12, 12]", "epochs: [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]");
    set_risk(cut, 0.0, 0.5, 0.5, 0.0);
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = JK_PATHS_LEAST;
    wanted.own_risk = 0;
    jk_simulation found = simulate(tape, cut, &wanted, 2, NULL);
    const double all = balances_of(tape, cut).sum;
    assert_int_equal(found.years, 2);
    for (int y = 0; y < 2; y++) {
        const double expected = all * (1.0 - exp(-12.0 * (y + 1) * INTENSITY));
        expect_near("collected", found.collected[y].figure[JK_FIGURE_P50], expected, 1e-5 * expected);
    }
    jk_simulation_reset(&found);
    jk_model_free(cut);
}

/* A curve and a class that a fit knows together: their product is log-normal with the variance of the sum. The second
 * is known by half: what is not known of it is half its own variance and, of the mean that it leans on and that is its
 * own (there is one segment), (1 - Z)^2 times the variance s^2/(1 - Z): together all of it. */
static void parameters_of_a_fit_are_drawn_together(void **state) {
    (void)state;
    jk_model *plain = load_plain();
    set_risk(plain, 0.0, 0.0, 0.0, 0.7);
    write_covariance(HEAD CURVE "\"credibility\":1}," POINTS "\"credibility\":1}," CLASS "\"credibility\":0.5}],"
                                "\"covariance\":[[0.04,9,0.02],[9,9,9],[0.02,9,0.09]]}");
    const double variance = 0.04 + 0.09 + 2.0 * sqrt(0.5) * 0.02;
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 20000;
    wanted.own_risk = 0;
    wanted.covariance = file_name("claims.csv");
    jk_simulation found = simulate(tape, plain, &wanted, 2, NULL);
    assert_int_equal(found.parameters, 2);
    assert_int_equal(found.parameters_left_out, 1);
    balances all = balances_of(tape, plain);
    static const jk_figure figure[] = {JK_FIGURE_P05, JK_FIGURE_P50, JK_FIGURE_P95};
    static const double probability[] = {0.05, 0.5, 0.95};
    for (size_t i = 0; i < 3; i++) {
        double m = exp(sqrt(variance) * jk_normal_quantile(probability[i]) - 0.5 * variance);
        expect_near("collected", found.gross.figure[figure[i]], all.sum * (1.0 - exp(-24.0 * INTENSITY * m)),
                    4.0 * found.gross.error[figure[i]]);
    }
    jk_simulation_reset(&found);
    jk_model_free(plain);
}

#define STEP(level)                                                                                                    \
    "{\"segment\":\"one\",\"treatment\":\"surveil\",\"characteristic\":\"curve\",\"level\":\"" level                   \
    "\",\"credibility\":1}"

/* A curve of three steps, of which all claims are in the second in the middle of any epoch: what is not known of it is
 * what moves all that they bring. */
static void a_step_is_drawn_for_those_of_its_age(void **state) {
    (void)state;
    static const jk_figure figure[] = {JK_FIGURE_P05, JK_FIGURE_P50, JK_FIGURE_P95};
    static const double probability[] = {0.05, 0.5, 0.95};
    jk_model *steps = load_changed("surveil: [[0, 0.01]]", "surveil: [[0, 0.01], [1, 0.01], [300, 0.01]]");
    set_risk(steps, 0.0, 0.0, 0.0, 0.0);
    write_covariance(HEAD STEP("0 to below 1") "," STEP("1 to below 300") "," STEP(
        "300 and more") "],"
                        "\"covariance\":[[0.25,0,0],[0,0.09,0],[0,0,0.36]]}");
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 10000;
    wanted.own_risk = 0;
    wanted.covariance = file_name("claims.csv");
    jk_simulation found = simulate(tape, steps, &wanted, 2, NULL);
    assert_int_equal(found.parameters, 3);
    for (size_t i = 0; i < 3; i++) {
        const double m = exp(0.3 * jk_normal_quantile(probability[i]) - 0.045);
        const double expected = balances_of(tape, steps).sum * (1.0 - exp(-24.0 * INTENSITY * m));
        expect_near("collected", found.gross.figure[figure[i]], expected, 4.0 * found.gross.error[figure[i]]);
    }
    jk_simulation_reset(&found);
    jk_model_free(steps);
}

typedef struct placed {
    double all, often;
} placed;

static jk_status add_placed(void *context, const jk_value_block *block, jk_error *error) {
    (void)error;
    placed *to = context;
    for (size_t row = 0; row < block->terms->rows; row++) {
        if (block->terms->allowed[row] != 0 && block->plan->decision[row] == JK_SURVEIL) {
            double balance = (double)block->terms->balance[row];
            to->all += balance;
            to->often += JK_BLOCK_INT32(block->block, PLACEMENTS)[row] >= 2 ? balance : 0.0;
        }
    }
    return JK_OK;
}

/* Points that a fit knows together with the curve: claims that have the level carry its error, and the portfolio
 * carries it with their part of the collections. */
static void errors_of_points_are_drawn_too(void **state) {
    (void)state;
    jk_error error = {0};
    jk_model *scored =
        load_changed("characteristics: []",
                     "characteristics: [{name: placements, missing: 0, bins: [{below: 2, points: 0}, {points: 0}]}]");
    set_risk(scored, 0.0, 0.0, 0.0, 0.0);
    write_covariance(HEAD CURVE "\"credibility\":1},{\"segment\":null,\"treatment\":null,\"characteristic\":"
                                "\"placements\",\"level\":\"2 and more\",\"credibility\":1}],"
                                "\"covariance\":[[0.04,-0.05],[-0.05,0.16]]}");
    placed sums = {0};
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    jk_value_sink sink = {.block = add_placed, .context = &sums};
    jk_valuation valuation;
    must(jk_value_run(tape, scored, &options, &sink, 1, &valuation, &error), &error);
    jk_valuation_reset(&valuation);
    const double share = sums.often / sums.all, variance = 0.04 + share * share * 0.16 - 2.0 * share * 0.05;
    assert_true(share > 0.3 && share < 0.7 && variance < 0.035);
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 20000;
    wanted.own_risk = 0;
    wanted.covariance = file_name("claims.csv");
    jk_simulation found = simulate(tape, scored, &wanted, 2, NULL);
    assert_int_equal(found.parameters, 2);
    assert_int_equal(found.parameters_left_out, 0);
    static const jk_figure figure[] = {JK_FIGURE_P05, JK_FIGURE_P50, JK_FIGURE_P95};
    static const double probability[] = {0.05, 0.5, 0.95};
    for (size_t i = 0; i < 3; i++) {
        double m = exp(sqrt(variance) * jk_normal_quantile(probability[i]) - 0.5 * variance);
        expect_near("collected", found.gross.figure[figure[i]], sums.all * (1.0 - exp(-24.0 * INTENSITY * m)),
                    4.0 * found.gross.error[figure[i]] + 1e-3 * found.gross.figure[figure[i]]);
    }
    jk_simulation_reset(&found);
    jk_model_free(scored);
}

/* Part of the balance that comes in within two years: the two moods' equations by Runge and Kutta's rule. */
static double collected_in_spells(double settled, double share, double breakage) {
    enum { STEPS = 2400 };
    const double dt = 24.0 / STEPS;
    double y[3] = {1.0, 0.0, 0.0}; /* quiet, paying, paid */
    for (int n = 0; n < STEPS; n++) {
        double slope[5][3] = {{0}}, sum[3] = {0};
        static const double reach[] = {0.0, 0.5, 0.5, 1.0}, weight[] = {1.0, 2.0, 2.0, 1.0};
        for (int i = 0; i < 4; i++) {
            double q = y[0] + reach[i] * dt * slope[i][0], p = y[1] + reach[i] * dt * slope[i][1];
            slope[i + 1][0] = breakage * p - INTENSITY * q;
            slope[i + 1][1] = (1.0 - settled) * INTENSITY * q - (breakage + share) * p;
            slope[i + 1][2] = settled * INTENSITY * q + share * p;
            for (int k = 0; k < 3; k++) {
                sum[k] += weight[i] * slope[i + 1][k];
            }
        }
        for (int k = 0; k < 3; k++) {
            y[k] += dt * sum[k] / 6.0;
        }
    }
    return y[2];
}

#define SPELL(figure, of, link)                                                                                        \
    HEAD CURVE                                                                                                         \
        "\"credibility\":1}],\"covariance\":[[0]],\"spells\":{\"parameters\":[{\"figure\":\"half_life\",\"segment\":"  \
        "null,\"link\":\"log\",\"credibility\":1},{\"figure\":\"" figure "\",\"segment\":\"one\"," of                  \
        ",\"link\":\"" link "\",\"credibility\":1}],\"covariance\":[[9,0],[0,0.25]]}}"

/* What a fit says of payers is drawn, each figure by itself: collections rise with the settled share and with what
 * payers pay, and fall with breakage, so that their quantiles are those of the figure. */
static void payers_of_a_fit_are_drawn(void **state) {
    (void)state;
    static const char *const texts[] = {SPELL("settled_share", "\"treatment\":\"surveil\"", "logit"),
                                        SPELL("monthly_share", "\"capacity_class\":null", "log"),
                                        SPELL("breakage", "\"treatment\":\"surveil\"", "log")};
    jk_model *spells = load_changed(
        "    market:", "    payers: {settled_share: {surveil: 0.3, amicable: 0.3, legal: 0.3}, monthly_share: "
                       "[0.03, 0.03, 0.03],\n      breakage: {surveil: 0.06, amicable: 0.06, legal: 0.06}, "
                       "monthly: {surveil: 0, amicable: 0, legal: 0}, since_last_payment: 0}\n    market:");
    set_risk(spells, 0.0, 0.0, 0.0, 0.0);
    balances all = balances_of(tape, spells);
    static const jk_figure figure[] = {JK_FIGURE_P05, JK_FIGURE_P50, JK_FIGURE_P95};
    static const double probability[] = {0.05, 0.5, 0.95}, variance = 0.25;
    for (size_t f = 0; f < 3; f++) {
        jk_simulate_options wanted = jk_simulate_defaults();
        wanted.paths = 10000;
        wanted.own_risk = 0;
        wanted.covariance = file_name("claims.csv");
        write_covariance(texts[f]);
        jk_simulation found = simulate(tape, spells, &wanted, 2, NULL);
        assert_int_equal(found.parameters, 2);
        assert_int_equal(found.parameters_left_out, 0);
        for (size_t i = 0; i < 3; i++) {
            double z = sqrt(variance) * jk_normal_quantile(f == 2 ? 1.0 - probability[i] : probability[i]);
            double factor = exp(z - 0.5 * variance);
            double logit = log(0.3 / 0.7) * sqrt(1.0 + 3.14159265358979 / 8.0 * variance) + z;
            double expected = f == 0   ? collected_in_spells(1.0 / (1.0 + exp(-logit)), 0.03, 0.06)
                              : f == 1 ? collected_in_spells(0.3, 0.03 * factor, 0.06)
                                       : collected_in_spells(0.3, 0.03, 0.06 * factor);
            expect_near("collected", found.gross.figure[figure[i]], all.sum * expected,
                        4.0 * found.gross.error[figure[i]] + 1e-3 * all.sum * expected);
        }
        jk_simulation_reset(&found);
    }
    jk_model_free(spells);
}

static void bad_covariances_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        jk_status status;
    } bad[] = {
        {"", JK_ERROR_FORMAT},
        {"[]", JK_ERROR_FORMAT},
        {"{\"jalki_covariance\":1}", JK_ERROR_FORMAT},
        {"{\"jalki_covariance\":2,\"parameters\":[" CURVE "\"credibility\":1}],\"covariance\":[[1]]}", JK_ERROR_FORMAT},
        {HEAD "],\"covariance\":[]}", JK_ERROR_FORMAT},
        {HEAD "7],\"covariance\":[[1]]}", JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":1}],\"covariance\":[]}", JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":1}],\"covariance\":[1]}", JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":1}],\"covariance\":[[\"1\"]]}", JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":1}],\"covariance\":[[1e300]]}", JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":1}],\"covariance\":[[-1]]}", JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":2}],\"covariance\":[[1]]}", JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":null}],\"covariance\":[[1]]}", JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":1}," CURVE "\"credibility\":1}],\"covariance\":[[1,0],[0,1]]}", JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":1}," CLASS "\"credibility\":1}],\"covariance\":[[1,2],[2,1]]}", JK_ERROR_FORMAT},
        {SPELL("breakage", "\"treatment\":\"surveil\"", "log"), JK_ERROR_DATA}, /* a model without payers */
        {HEAD CURVE "\"credibility\":1}],\"covariance\":[[1]],\"spells\":{\"parameters\":[7],\"covariance\":[[1]]}}",
         JK_ERROR_FORMAT},
        {HEAD CURVE "\"credibility\":1}],\"covariance\":[[1]],\"spells\":{\"parameters\":[{}],\"covariance\":[]}}",
         JK_ERROR_FORMAT},
        {HEAD "{\"segment\":\"two\",\"treatment\":\"surveil\",\"characteristic\":\"curve\",\"level\":\"0 and more\","
              "\"credibility\":1}],\"covariance\":[[1]]}",
         JK_ERROR_DATA},
        {HEAD "{\"segment\":\"one\",\"treatment\":\"surveil\",\"characteristic\":\"curve\",\"level\":\"3 and more\","
              "\"credibility\":1}],\"covariance\":[[1]]}",
         JK_ERROR_DATA},
    };
    jk_model *plain = load_plain();
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.covariance = file_name("claims.csv");
    jk_value_options options = jk_value_defaults();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        jk_error error = {0};
        jk_simulation simulation;
        write_covariance(bad[i].text);
        assert_int_equal(jk_simulate(tape, plain, &options, &wanted, &simulation, &error), bad[i].status);
        assert_true(error.message[0] != '\0');
    }
    jk_model_free(plain);
}

/* With the factor off, collections are sums of independent claims that pay all or nothing. */
static void own_risk_is_binomial(void **state) {
    (void)state;
    jk_model *plain = load_plain();
    set_risk(plain, 0.0, 0.0, 0.0, 0.0);
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 8000;
    tape_plan few = {.rows = 900};
    jk_tape *small = open_made("first.h5", &few);
    const struct {
        const jk_tape *tape;
        bool one_by_one;
    } cases[] = {{small, true}, {tape, false}};
    for (size_t i = 0; i < 2; i++) {
        jk_simulation found = simulate(cases[i].tape, plain, &wanted, 2, NULL);
        balances all = balances_of(cases[i].tape, plain);
        assert_true(cases[i].one_by_one ? found.large_claims == found.model_points
                                        : found.large_claims < found.model_points);
        double q = 1.0 - exp(-24.0 * INTENSITY), first = 1.0 - exp(-12.0 * INTENSITY), second = q - first;
        const jk_distribution *gross = &found.gross;
        expect_near("mean", gross->figure[JK_FIGURE_MEAN], q * all.sum, 4.0 * gross->error[JK_FIGURE_MEAN]);
        expect_near("spread", gross->figure[JK_FIGURE_SD], sqrt(q * (1.0 - q) * all.squares),
                    4.0 * gross->error[JK_FIGURE_SD]);
        expect_near("first year", found.year[0].figure[JK_FIGURE_SD], sqrt(first * (1.0 - first) * all.squares),
                    4.0 * found.year[0].error[JK_FIGURE_SD]);
        expect_near("second year", found.year[1].figure[JK_FIGURE_SD], sqrt(second * (1.0 - second) * all.squares),
                    4.0 * found.year[1].error[JK_FIGURE_SD]);
        jk_simulation_reset(&found);
    }
    jk_tape_close(small);
    jk_model_free(plain);
}

/* ---- options ---------------------------------------------------------------------------------------------------- */

static void precision_ends_the_run(void **state) {
    (void)state;
    set_risk(model, 0.15, 0.6, 0.4, 0.0);
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 50000;
    wanted.precision = 0.02;
    jk_simulation found = simulate(tape, model, &wanted, 2, NULL);
    assert_true(found.precise && found.paths < 50000);
    for (int f = 0; f < JK_FIGURE_COUNT; f++) {
        assert_true(found.value.error[f] <= 0.02 * found.value.figure[JK_FIGURE_MEAN]);
    }
    assert_int_equal(found.convergence[found.convergence_count - 1].count, found.paths);
    assert_memory_equal(&found.convergence[found.convergence_count - 1], &found.value, sizeof found.value);
    wanted.paths = 200;
    wanted.precision = 1e-6;
    jk_simulation short_of = simulate(tape, model, &wanted, 2, NULL);
    assert_false(short_of.precise);
    assert_int_equal(short_of.paths, 200);
    jk_simulation_reset(&short_of);
    jk_simulation_reset(&found);
}

static void bad_options_are_refused(void **state) {
    (void)state;
    const jk_simulate_options good = jk_simulate_defaults();
    jk_simulate_options bad[6] = {good, good, good, good, good, good};
    bad[0].paths = 1;
    bad[1].paths = JK_PATHS_MOST + 1u;
    bad[2].price = -1.0;
    bad[3].price = INFINITY;
    bad[4].precision = NAN;
    bad[5].tolerance = 1.0;
    jk_value_options options = jk_value_defaults();
    for (size_t i = 0; i < 6; i++) {
        jk_error error = {0};
        jk_simulation simulation;
        assert_int_equal(jk_simulate(tape, model, &options, &bad[i], &simulation, &error), JK_ERROR_ARGUMENT);
        assert_null(simulation.year);
    }
}

static void no_claims_are_worth_nothing(void **state) {
    (void)state;
    tape_plan none = {.rows = 0};
    jk_tape *empty = open_made("empty.h5", &none);
    jk_simulate_options wanted = jk_simulate_defaults();
    wanted.paths = 200;
    jk_simulation found = simulate(empty, model, &wanted, 2, NULL);
    assert_int_equal(found.model_points, 0);
    assert_true(found.value.figure[JK_FIGURE_P99] == 0.0 && found.compression_error == 0.0);
    assert_int_equal(found.irr_at_price.count, 0);
    jk_simulation_reset(&found);
    jk_tape_close(empty);
}

static int open_tape(void **state) {
    return open_plain(state, 6000, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_risk_it_is_the_valuation),
        cmocka_unit_test(a_lasting_factor_gives_known_quantiles),
        cmocka_unit_test(the_same_bits),
        cmocka_unit_test(one_segment_has_a_closed_form),
        cmocka_unit_test(epochs_do_not_show),
        cmocka_unit_test(parameters_of_a_fit_are_drawn_together),
        cmocka_unit_test(a_step_is_drawn_for_those_of_its_age),
        cmocka_unit_test(errors_of_points_are_drawn_too),
        cmocka_unit_test(payers_of_a_fit_are_drawn),
        cmocka_unit_test(bad_covariances_are_refused),
        cmocka_unit_test(own_risk_is_binomial),
        cmocka_unit_test(precision_ends_the_run),
        cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(no_claims_are_worth_nothing),
    };
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
