/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios as rows: each holds the line of its own valuation, in each mode, for all claims, each segment or a chosen
 * one; changes of decisions; combinations of columns; and what a grid takes. */
#include "cmocka_all.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "jalki/scenario.h"
#include "support/listing_case.h"
#include "value/engine_case.h"

enum { ROWS = 700 };

static jk_tape *tape;

static void near(double found, double expected) {
    if (!(isnan(expected) ? isnan(found) : fabs(found - expected) <= 1e-9 * (1.0 + fabs(expected)))) {
        fail_msg("%.17g, expected %.17g", found, expected);
    }
}

static double cell_of(const jk_listing *listing, size_t row, const char *name) {
    jk_error error = {0};
    jk_cell cells[JK_LISTING_COLUMNS];
    must(jk_listing_row(listing, row, cells, &error), &error);
    return cells[column_named(listing, name)].number;
}

static void expect_text(const jk_listing *listing, size_t row, const char *name, const char *expected) {
    jk_error error = {0};
    jk_cell cells[JK_LISTING_COLUMNS];
    must(jk_listing_row(listing, row, cells, &error), &error);
    assert_string_equal(cells[column_named(listing, name)].text, expected);
}

static void check_listed(const jk_listing *listing, size_t row, const jk_valuation *of, const jk_valuation *base,
                         int segment) {
    const jk_scenario_line line = jk_scenario_line_of(of, base, segment);
    const struct {
        const char *name;
        double is;
    } told[] = {{"irr", line.irr},
                {"claims", (double)line.claims},
                {"face", line.face},
                {"value", line.value},
                {"change_pct", line.change_pct},
                {"bid", line.bid},
                {"bid_pct_of_face", line.bid_pct_of_face},
                {"erc_gross_84", line.erc_gross[0]},
                {"erc_gross_120", line.erc_gross[1]},
                {"erc_gross_180", line.erc_gross[2]},
                {"net", line.net},
                {"multiple", line.multiple},
                {"payback_months", line.payback > 0 ? line.payback : (double)NAN},
                {"changed_claims", segment < 0 ? (double)line.changed : (double)NAN},
                {"changed_face", segment < 0 ? line.changed_face : (double)NAN}};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        near(cell_of(listing, row, told[i].name), told[i].is);
    }
    expect_text(listing, row, "segment", segment < 0 ? "all" : model->segments[segment].id);
}

/* Two scenarios in the modes that are asked for. */
typedef struct two_scenarios {
    jk_stress stresses[2];
    jk_scenario scenarios[2];
    jk_scenarios set;
    double irr;
    jk_scenario_run run;
    jk_value_options options;
} two_scenarios;

static void make_two(two_scenarios *to, unsigned modes) {
    to->stresses[0] = to->stresses[1] = jk_stress_none();
    to->stresses[0].figure[JK_STRESS_COSTS] = 3.0;
    to->stresses[1].figure[JK_STRESS_IRR] = 0.05;
    to->scenarios[0] = (jk_scenario){"dear", NULL, 1, &to->stresses[0], NULL};
    to->scenarios[1] = (jk_scenario){"greedy", NULL, 1, &to->stresses[1], NULL};
    to->set = (jk_scenarios){.count = 2, .scenarios = to->scenarios, .sha256 = "abc"};
    to->irr = 0.1;
    to->run = (jk_scenario_run){
        .scenarios = to->scenarios, .scenario_count = 2, .irr = &to->irr, .returns = 1, .modes = modes};
    to->options = jk_value_defaults();
    to->options.run.threads = 1;
}

/* The base, then each mode's scenarios; of each all claims, then the segments or the one that was chosen. */
static void rows_hold_their_lines(void **state) {
    (void)state;
    static const char *const names[] = {"", "replanned", "committed"};
    for (unsigned modes = 1; modes <= 3; modes++) {
        jk_error error = {0};
        two_scenarios of;
        jk_scenario_grid grid;
        make_two(&of, modes);
        must(jk_scenario_grid_make(tape, model, &of.options, &of.run, NULL, 0, &grid, &error), &error);
        const jk_valuation *base = jk_scenario_at(&grid, 0, 0, -1);
        for (int chosen = -1; chosen < 3; chosen += 2) {
            const jk_listing listing = jk_scenario_listing(&of.set, &grid, chosen);
            size_t row = 0;
            for (unsigned mode = 0; mode < 3; mode++) {
                for (int s = mode == 0 ? -1 : 0; (mode == 0 || (modes & mode) != 0) && s < (mode == 0 ? 0 : 2); s++) {
                    const jk_valuation *there = jk_scenario_at(&grid, 0, mode, s);
                    for (int line = -1; line < (chosen < 0 ? (int)base->segment_count : 1); line++, row++) {
                        check_listed(&listing, row, there, base, line < 0 || chosen < 0 ? line : chosen);
                        expect_text(&listing, row, "scenario", s < 0 ? "base" : of.scenarios[s].name);
                        expect_text(&listing, row, "mode", s < 0 ? "base" : names[mode]);
                    }
                }
            }
            assert_int_equal(listing.rows, row);
        }
        jk_scenario_grid_reset(&grid);
    }
}

/* So many rows for each scenario, those of its changes first; the others are empty. */
static void rows_of_changes(void **state) {
    (void)state;
    enum { MOST = 9 };
    jk_error error = {0};
    two_scenarios of;
    jk_scenario_grid grid;
    size_t full = 0, empty = 0;
    make_two(&of, JK_MODE_REPLANNED);
    must(jk_scenario_grid_make(tape, model, &of.options, &of.run, NULL, 0, &grid, &error), &error);
    const jk_listing listing = jk_scenario_changes_listing(&of.set, &grid, MOST);
    assert_true(listing.rows == 2 * MOST && listing.choice == MOST);
    for (size_t row = 0; row < listing.rows; row++) {
        const jk_valuation *there = jk_scenario_at(&grid, 0, JK_MODE_REPLANNED, row < MOST ? 0 : 1);
        jk_change_pair pairs[JK_CHANGE_PAIRS];
        char words[JK_CHANGE_WORDS];
        const size_t count = jk_change_pairs(there, pairs, MOST), at = row % MOST;
        if (at >= count) {
            near(cell_of(&listing, row, "claims"), 0.0);
            expect_text(&listing, row, "scenario", "");
            empty++;
            continue;
        }
        const jk_change *change = &there->change[pairs[at].from][pairs[at].to];
        near(cell_of(&listing, row, "claims"), (double)change->claims);
        near(cell_of(&listing, row, "face"), change->face);
        near(cell_of(&listing, row, "from_value_base"), change->from_first);
        near(cell_of(&listing, row, "from_value"), change->from_here);
        near(cell_of(&listing, row, "to_value_base"), change->to_first);
        near(cell_of(&listing, row, "to_value"), change->to_here);
        expect_text(&listing, row, "scenario", row < MOST ? "dear" : "greedy");
        expect_text(&listing, row, "from", jk_action_name(pairs[at].from));
        expect_text(&listing, row, "to", jk_action_name(pairs[at].to));
        expect_text(&listing, row, "why", jk_change_words(there, pairs[at], words));
        full++;
    }
    assert_true(full > 1 && empty > 0);
    jk_scenario_grid_reset(&grid);
}

/* By segment as one asks for columns: each scenario and mode with the values of its own valuation, also as JSON. */
static void combinations_of_scenarios(void **state) {
    (void)state;
    for (unsigned modes = 1; modes <= 3; modes++) {
        jk_error error = {0};
        two_scenarios of;
        jk_scenario_grid grid;
        jk_strata *strata = NULL;
        jk_strata_case cases[5];
        const size_t count = modes == 3 ? 5 : 3;
        make_two(&of, modes);
        must(jk_strata_open(tape, model, "segment", tape_cutoff(), (jk_strata_shape){count, count}, &strata, &error),
             &error);
        const jk_value_sink sink = jk_strata_sink(strata);
        must(jk_scenario_grid_make(tape, model, &of.options, &of.run, &sink, 1, &grid, &error), &error);
        assert_int_equal(grid.count, count);
        jk_scenario_cases(&of.set, &grid, cases);
        for (size_t c = 0; c < count; c++) { /* base, then the scenarios of the first mode, then of the second */
            const bool committed = modes == JK_MODE_COMMITTED || c > 2;
            assert_ptr_equal(cases[c].valuation, &grid.valuations[c]);
            near(cases[c].required, 0.1);
            if (c == 0) {
                assert_true(cases[c].scenario == NULL && cases[c].mode == NULL);
            } else {
                assert_string_equal(cases[c].scenario, c % 2 == 1 ? "dear" : "greedy");
                assert_string_equal(cases[c].mode, committed ? "committed" : "replanned");
            }
        }
        must(jk_strata_finish(strata, cases, &error), &error);
        char *text = jk_scenario_json(tape, model, &of.set, &grid, strata);
        json_t *root = json_loads(text, 0, NULL);
        const json_t *told = json_object_get(root, "strata");
        const size_t groups = jk_strata_rows(strata);
        assert_true(groups > 1);
        assert_int_equal(json_array_size(told), count * groups);
        for (size_t row = 0; row < count * groups; row++) {
            const json_t *object = json_array_get(told, row);
            const jk_valuation *there = &grid.valuations[row / groups];
            size_t g = 0;
            while (strcmp(model->segments[g].id, json_string_value(json_object_get(object, "segment"))) != 0) {
                g++;
            }
            near(json_number_value(json_object_get(object, "value")), there->segment[g].value);
            near(json_number_value(json_object_get(object, "claims")), (double)there->segment[g].claims);
        }
        json_decref(root);
        free(text);
        jk_scenario_grid_reset(&grid);
        jk_strata_free(strata);
    }
}

/* What a grid takes is what its cases take; a return that nothing can be worth at is refused. */
static void grids_are_their_cases(void **state) {
    (void)state;
    jk_error error = {0};
    two_scenarios of;
    jk_value_memory is, expected;
    make_two(&of, JK_MODE_REPLANNED);
    const double irrs[] = {0.1, 0.2, 0.3};
    const jk_value_case cases[] = {{.irr = 0.1, .keeps = -1}, {.irr = 0.2, .keeps = -1}, {.irr = 0.3, .keeps = -1}};
    of.run.scenario_count = 0;
    of.run.irr = irrs;
    of.run.returns = 3;
    must(jk_scenario_grid_memory(tape, model, &of.options, &of.run, NULL, 0, &is, &error), &error);
    must(jk_value_cases_memory(tape, model, &of.options, cases, 3, NULL, 0, &expected, &error), &error);
    /* What the process holds by itself moves between the two. */
    assert_true(is.threads == expected.threads && is.block_rows == expected.block_rows);
    assert_true(is.per_thread == expected.per_thread && is.debtors == expected.debtors && is.sinks == expected.sinks);
    must(jk_value_cases_memory(tape, model, &of.options, cases, 1, NULL, 0, &expected, &error), &error);
    assert_true(is.per_thread > expected.per_thread);
    of.run.returns = JK_CASES_MAX + 1;
    assert_int_equal(jk_scenario_grid_memory(tape, model, &of.options, &of.run, NULL, 0, &is, &error),
                     JK_ERROR_ARGUMENT);
    make_two(&of, JK_MODE_REPLANNED);
    of.irr = 0.0;
    error = (jk_error){0};
    for (int over = 0; over < 2; over++) {
        jk_scenario_grid grid;
        of.stresses[1].figure[JK_STRESS_IRR] = over ? -1.0 : -0.5;
        const jk_status status = jk_scenario_grid_make(tape, model, &of.options, &of.run, NULL, 0, &grid, &error);
        assert_int_equal(status, over ? JK_ERROR_ARGUMENT : JK_OK);
        jk_scenario_grid_reset(&grid);
    }
    assert_non_null(strstr(error.message, "takes the required return to -1"));
}

static int open_tape(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_hold_their_lines), cmocka_unit_test(rows_of_changes),
                                       cmocka_unit_test(combinations_of_scenarios),
                                       cmocka_unit_test(grids_are_their_cases)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
