/* SPDX-License-Identifier: Apache-2.0 */
/* Cash flows by country: what the claims of a country bring in all by the engine's own sums over claims, to the grid
 * what the segments' flows are together, and not told where claims of several countries were summed together. */
#include "cmocka_all.h"

#include "jalki/scenario.h"
#include "value/engine_case.h"

static int64_t month_sum(const jk_cashflow *flow, size_t month, size_t kind) {
    int64_t sum = 0;
    for (size_t part = 0; part < flow->segments; part++) {
        sum += flow->cell[(month * flow->segments + part) * JK_FLOW_COUNT + kind];
    }
    return sum;
}

static jk_scenario_grid value_with(const jk_model *with, const jk_tape *tape, const jk_scenario_run *run) {
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    jk_scenario_grid grid;
    must(jk_scenario_grid_make(tape, with, &options, run, NULL, 0, &grid, &error), &error);
    return grid;
}

static void assert_by_country(const jk_valuation *valuation) {
    const jk_cashflow *by_country = &valuation->country_flow;
    assert_int_equal(by_country->months, valuation->flow.months);
    assert_int_equal(by_country->segments, valuation->country_count);
    for (size_t month = 0; month < (size_t)by_country->months; month++) {
        for (size_t kind = 0; kind < JK_FLOW_COUNT; kind++) {
            assert_true(month_sum(by_country, month, kind) == month_sum(&valuation->flow, month, kind));
        }
    }
    for (size_t c = 0; c < valuation->country_count; c++) {
        double gross = 0.0, net = 0.0;
        for (int month = 1; month <= by_country->months; month++) {
            const jk_month flow = jk_valuation_country_month(valuation, month, c);
            gross += flow.gross;
            net += flow.net;
        }
        assert_true(gross > 0.0);
        assert_true(fabs(gross - valuation->country[c].erc_gross) < 1e-5 * gross);
        assert_true(fabs(net - valuation->country[c].erc_net) < 1e-5 * gross);
    }
}

static void flows_by_country_are_those_of_its_claims(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 600});
    const double irr = 0.12;
    const char *const poland[] = {"PL"};
    jk_stress stress = jk_stress_none();
    stress.where = (jk_where){.country_count = 1, .countries = poland};
    stress.figure[JK_STRESS_COSTS] = 2.0;
    const jk_scenario scenario = {.name = "Poland dearer", .stresses = &stress, .stress_count = 1};
    jk_scenario_run run = {
        .scenarios = &scenario, .scenario_count = 1, .irr = &irr, .returns = 1, .modes = JK_MODE_REPLANNED};
    jk_scenario_grid together = value_with(model, tape, &run);
    run.by_country = true;
    jk_scenario_grid apart = value_with(model, tape, &run);
    assert_int_equal(apart.count, 2);
    assert_true(apart.valuations[0].country_count > 1);
    for (size_t i = 0; i < apart.count; i++) {
        const jk_valuation *valuation = &apart.valuations[i];
        assert_by_country(valuation);
        assert_int_equal(together.valuations[i].country_flow.months, 0); /* only those of Poland are kept apart */
        assert_memory_equal(&valuation->total, &together.valuations[i].total, sizeof valuation->total);
        assert_int_equal(valuation->segment_count, model->segment_count);
    }
    jk_scenario_grid_reset(&together);
    jk_scenario_grid_reset(&apart);
    jk_tape_close(tape);
}

/* As many segments as a model can hold cannot be cut, and that is no error. */
static void too_many_parts_stay_together(void **state) {
    (void)state;
    jk_tape *tape = open_made("plain.h5", &(tape_plan){.rows = 600});
    jk_model full = *model;
    jk_segment *segments = calloc(JK_SEGMENTS_MAX, sizeof *segments);
    assert_non_null(segments);
    for (size_t s = 0; s < JK_SEGMENTS_MAX; s++) {
        segments[s] = model->segments[s < model->segment_count ? s : model->segment_count - 1];
    }
    full.segments = segments;
    full.segment_count = JK_SEGMENTS_MAX;
    const double irr = 0.12;
    jk_scenario_run run = {.irr = &irr, .returns = 1, .modes = JK_MODE_REPLANNED, .by_country = true};
    jk_scenario_grid grid = value_with(&full, tape, &run);
    assert_int_equal(grid.valuations[0].country_flow.months, 0);
    assert_true(grid.valuations[0].total.value > 0.0);
    jk_scenario_grid_reset(&grid);
    free(segments);
    jk_tape_close(tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(flows_by_country_are_those_of_its_claims),
                                       cmocka_unit_test(too_many_parts_stay_together)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
