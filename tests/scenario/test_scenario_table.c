/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios side by side: lines, changes of decisions in their order and what stands behind them in words, against the
 * valuations that they are made of and by hand. */
#include "cmocka_all.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "jalki/scenario.h"
#include "scenario/refused_case.h"
#include "simulate/plain_case.h"
#include "support/listing_case.h"
#include "value/engine_case.h"

enum { ROWS = 1500 };

static jk_tape *tape;

static void near(double found, double expected) {
    if (!(isnan(expected) ? isnan(found) : fabs(found - expected) <= 1e-9 * (1.0 + fabs(expected)))) {
        fail_msg("%.17g, expected %.17g", found, expected);
    }
}

/* A line's figures by adding up months; what it pays is made of the bid and the onboarding of its claims. */
static void check_line(const jk_valuation *of, const jk_valuation *base, int segment) {
    const jk_scenario_line line = jk_scenario_line_of(of, base, segment);
    const jk_group *is = segment < 0 ? &of->total : &of->segment[segment];
    const double was = segment < 0 ? base->total.value : base->segment[segment].value;
    const size_t all = segment < 0 ? of->segment_count : (size_t)segment;
    const double onboarding = of->onboarding_cost * (double)is->claims, bid = fmax(0.0, is->value - onboarding);
    double net = 0.0, gross[JK_ERC_COUNT] = {0};
    int payback = -1;
    for (int month = 1; month <= of->flow.months; month++) {
        const jk_month flow = jk_valuation_month(of, month, all);
        net += flow.net;
        payback = payback < 0 && net >= bid + onboarding ? month : payback;
        for (int i = 0; i < JK_ERC_COUNT; i++) {
            gross[i] += month <= jk_erc_months[i] ? flow.gross : 0.0;
        }
    }
    assert_int_equal(line.claims, is->claims);
    near(line.irr, of->irr);
    near(line.face, is->face);
    near(line.value, is->value);
    near(line.change_pct, was > 0.0 ? 100.0 * (is->value / was - 1.0) : (double)NAN);
    near(line.bid, bid);
    near(line.bid_pct_of_face, is->face > 0.0 ? 100.0 * bid / is->face : (double)NAN);
    near(line.net, net);
    if (bid + onboarding > 0.0) {
        near(line.multiple, net / (bid + onboarding));
        assert_int_equal(line.payback, payback);
    }
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        near(line.erc_gross[i], gross[i]);
    }
    uint64_t changed = 0;
    double face = 0.0;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        for (int b = 0; b < JK_ACTION_COUNT; b++) {
            changed += segment < 0 ? of->change[a][b].claims : 0;
            face += segment < 0 ? of->change[a][b].face : 0.0;
        }
    }
    assert_int_equal(line.changed, changed);
    near(line.changed_face, face);
}

static void lines_by_hand(void **state) {
    (void)state;
    jk_error error = {0};
    jk_stress stress = jk_stress_none();
    stress.figure[JK_STRESS_COSTS] = 3.0;
    const jk_scenario scenario = {"dear", NULL, 1, &stress, NULL};
    const double irr = 0.1;
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    const jk_scenario_run run = {
        .scenarios = &scenario, .scenario_count = 1, .irr = &irr, .returns = 1, .modes = JK_MODE_REPLANNED};
    jk_scenario_grid grid;
    must(jk_scenario_grid_make(tape, model, &options, &run, NULL, 0, &grid, &error), &error);
    const jk_valuation *base = jk_scenario_at(&grid, 0, 0, -1), *dear = jk_scenario_at(&grid, 0, JK_MODE_REPLANNED, 0);
    assert_true(base->onboarding_cost > 0.0 && dear->total.value < base->total.value);
    for (int segment = -1; segment < (int)base->segment_count; segment++) {
        check_line(base, base, segment);
        check_line(dear, base, segment);
    }
    jk_scenario_grid_reset(&grid);
    jk_scenario_grid_reset(&grid); /* nothing is left that could be given back twice */
}

static double cell_of(const jk_listing *listing, size_t row, const char *name) {
    jk_error error = {0};
    jk_cell cells[JK_LISTING_COLUMNS];
    must(jk_listing_row(listing, row, cells, &error), &error);
    return cells[column_named(listing, name)].number;
}

/* What a portfolio that costs next to nothing has paid back after its first month, and one that costs too much never.
 */
static void the_first_month_pays_back(void **state) {
    (void)state;
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    jk_valuation of;
    must(jk_value_run(tape, model, &options, NULL, 0, &of, &error), &error);
    const double value = of.total.value, costs[] = {1e6, 1e12};
    of.onboarding_cost = 0.0;
    of.flow.cell[JK_FLOW_GROSS] += INT64_C(1000000000) << 20; /* the grid of amounts */
    for (int dear = 0; dear < 2; dear++) {
        of.total.value = costs[dear];
        const jk_scenarios set = {.count = 0};
        const jk_scenario_grid grid = {.returns = 1, .count = 1, .modes = JK_MODE_REPLANNED, .valuations = &of};
        const jk_listing listing = jk_scenario_listing(&set, &grid, -1);
        assert_int_equal(listing.rows, 1 + of.segment_count);
        expect_decimals(&listing,
                        (const decimals[]){{"irr", -1}, {"change_pct", 4}, {"bid_pct_of_face", 4}, {"multiple", 6}}, 4);
        near(cell_of(&listing, 0, "payback_months"), dear ? (double)NAN : 1.0);
        near(cell_of(&listing, 0, "value"), costs[dear]);
        near(cell_of(&listing, 0, "bid"), costs[dear]);
        near(cell_of(&listing, 1, "value"), of.segment[0].value);
    }
    of.total.value = value;
    jk_valuation_reset(&of);
}

static double number_at(const json_t *object, const char *key) {
    const json_t *number = json_object_get(object, key);
    assert_true(json_is_number(number) || json_is_null(number));
    return json_is_number(number) ? json_number_value(number) : (double)NAN;
}

static void check_told(const json_t *object, const jk_scenario_line *line) {
    near(number_at(object, "claims"), (double)line->claims);
    near(number_at(object, "face"), line->face);
    near(number_at(object, "value"), line->value);
    near(number_at(object, "change_pct"), line->change_pct);
    near(number_at(object, "bid"), line->bid);
    near(number_at(object, "bid_pct_of_face"), line->bid_pct_of_face);
    near(number_at(object, "net"), line->net);
    near(number_at(object, "multiple"), line->multiple);
    near(number_at(object, "payback_months"), line->payback < 0 ? (double)NAN : line->payback);
    near(number_at(json_object_get(object, "erc_gross"), "84"), line->erc_gross[0]);
    near(number_at(json_object_get(object, "erc_gross"), "180"), line->erc_gross[2]);
}

static void check_valuation(const json_t *object, const jk_valuation *of, const jk_valuation *base) {
    const jk_scenario_line whole = jk_scenario_line_of(of, base, -1);
    const json_t *segments = json_object_get(object, "segments");
    check_told(object, &whole);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        const json_t *decision = json_object_get(json_object_get(object, "decisions"), jk_action_name((jk_action)a));
        near(number_at(decision, "claims"), (double)of->decision[a].claims);
        near(number_at(decision, "face"), of->decision[a].face);
        near(number_at(decision, "value"), of->decision[a].value);
    }
    assert_int_equal(json_array_size(segments), of->segment_count);
    for (size_t g = 0; g < of->segment_count; g++) {
        const jk_scenario_line line = jk_scenario_line_of(of, base, (int)g);
        check_told(json_array_get(segments, g), &line);
        assert_string_equal(json_string_value(json_object_get(json_array_get(segments, g), "id")),
                            model->segments[g].id);
    }
}

/* JSON has the scenarios of the set, in the modes that were asked for, and all changes of decisions. */
static void scenarios_as_json(void **state) {
    (void)state;
    jk_error error = {0};
    jk_stress stresses[2] = {jk_stress_none(), jk_stress_none()};
    stresses[0].figure[JK_STRESS_COSTS] = 3.0;
    stresses[1].figure[JK_STRESS_IRR] = 0.05;
    jk_scenario scenarios[] = {{"dear", "costs three times as much", 1, &stresses[0], NULL},
                               {"greedy", NULL, 1, &stresses[1], NULL}};
    const jk_scenarios set = {.count = 2, .scenarios = scenarios, .sha256 = "abc"};
    const double irr = 0.1;
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    for (unsigned modes = 1; modes <= 3; modes++) {
        const jk_scenario_run run = {
            .scenarios = scenarios, .scenario_count = 2, .irr = &irr, .returns = 1, .modes = modes};
        jk_scenario_grid grid;
        must(jk_scenario_grid_make(tape, model, &options, &run, NULL, 0, &grid, &error), &error);
        const jk_valuation *base = jk_scenario_at(&grid, 0, 0, -1);
        char *text = jk_scenario_json(tape, model, &set, &grid, NULL);
        json_t *root = json_loads(text, 0, NULL);
        assert_non_null(root);
        const json_t *list = json_object_get(root, "scenarios"), *manifest = json_object_get(root, "manifest");
        near(number_at(root, "irr"), 0.1);
        near(number_at(root, "horizon_months"), model->horizon_months);
        check_valuation(json_object_get(root, "base"), base, base);
        assert_int_equal(json_array_size(list), 2);
        assert_string_equal(json_string_value(json_object_get(manifest, "scenarios_sha256")), "abc");
        assert_null(json_object_get(manifest, "scenario"));
        assert_null(json_object_get(root, "strata"));
        for (int s = 0; s < 2; s++) {
            const json_t *object = json_array_get(list, (size_t)s), *note = json_object_get(object, "note");
            assert_string_equal(json_string_value(json_object_get(object, "name")), scenarios[s].name);
            assert_true(s == 0 ? strcmp(json_string_value(note), scenarios[0].note) == 0 : json_is_null(note));
            near(number_at(object, "irr"), s == 0 ? 0.1 : 0.15);
            const json_t *replanned = json_object_get(object, "replanned"),
                         *committed = json_object_get(object, "committed");
            assert_int_equal(replanned != NULL, (modes & JK_MODE_REPLANNED) != 0);
            assert_int_equal(committed != NULL, (modes & JK_MODE_COMMITTED) != 0);
            if (committed != NULL) {
                check_valuation(committed, jk_scenario_at(&grid, 0, JK_MODE_COMMITTED, s), base);
            }
            if (replanned != NULL) {
                const jk_valuation *of = jk_scenario_at(&grid, 0, JK_MODE_REPLANNED, s);
                jk_change_pair pairs[JK_CHANGE_PAIRS];
                const size_t count = jk_change_pairs(of, pairs, JK_CHANGE_PAIRS);
                const json_t *changes = json_object_get(replanned, "changes");
                check_valuation(replanned, of, base);
                assert_int_equal(json_array_size(changes), count);
                for (size_t i = 0; i < count; i++) {
                    near(number_at(json_array_get(changes, i), "claims"),
                         (double)of->change[pairs[i].from][pairs[i].to].claims);
                }
                assert_true(s == 1 || count > 0);
            }
        }
        json_decref(root);
        free(text);
        jk_scenario_grid_reset(&grid);
    }
}

/* Pairs by falling number of claims, those of one number in the order of their actions; as many as are asked for. */
static void changes_in_order(void **state) {
    (void)state;
    jk_valuation of = {0};
    for (uint64_t seed = 1; seed < 60; seed++) {
        size_t there = 0;
        for (size_t cell = 0; cell < JK_CHANGE_PAIRS; cell++) {
            const size_t from = cell / JK_ACTION_COUNT, to = cell % JK_ACTION_COUNT;
            const uint32_t drawn = jk_philox(3, seed, cell).word[0];
            of.change[from][to].claims = drawn % 3 == 0 || from == to ? 0 : drawn / 3 % 9;
            there += of.change[from][to].claims > 0;
        }
        for (size_t room = 1; room <= JK_CHANGE_PAIRS; room += 3) {
            jk_change_pair pairs[JK_CHANGE_PAIRS + 1];
            memset(pairs, 0x5a, sizeof pairs);
            const size_t count = jk_change_pairs(&of, pairs, room);
            assert_int_equal(count, there < room ? there : room);
            size_t before_number = SIZE_MAX, before_cell = 0, larger = 0;
            for (size_t i = 0; i < count; i++) {
                const size_t cell = (size_t)pairs[i].from * JK_ACTION_COUNT + (size_t)pairs[i].to;
                const size_t number = of.change[pairs[i].from][pairs[i].to].claims;
                assert_true(number < before_number || (number == before_number && cell > before_cell));
                before_number = number;
                before_cell = cell;
            }
            for (size_t cell = 0; cell < JK_CHANGE_PAIRS; cell++) { /* who stands before the last is on the list */
                const size_t number = of.change[cell / JK_ACTION_COUNT][cell % JK_ACTION_COUNT].claims;
                larger += number > before_number || (number > 0 && number == before_number && cell <= before_cell);
            }
            assert_int_equal(larger, count);
            assert_int_equal(((const unsigned char *)&pairs[room])[0], 0x5a);
        }
    }
}

static void words_of_changes(void **state) {
    (void)state;
    static const struct {
        jk_change_pair pair;
        jk_change change;
        const char *words;
    } cases[] = {
        {{JK_LEGAL, JK_CLOSE}, {4, 0, -8, 0, 40, 0}, "legal falls from 10.00 to -2.00 a claim: nothing pays any more"},
        {{JK_CLOSE, JK_SURVEIL}, {2, 0, 0, 6, 0, -1}, "surveil comes to be worth 3.00 a claim, from -0.50"},
        {{JK_LEGAL, JK_AMICABLE},
         {4, 0, 8, 12, 40, 20},
         "legal goes from 10.00 to 2.00 a claim, amicable only from 5.00 to 3.00"},
        {{JK_SURVEIL, JK_AMICABLE},
         {4, 0, 44, 60, 40, 20},
         "amicable goes from 5.00 to 15.00 a claim, surveil only from 10.00 to 11.00"},
        {{JK_SURVEIL, JK_AMICABLE},
         {4, 0, 40, 60, 40, 20}, /* the one stays as it was */
         "amicable goes from 5.00 to 15.00 a claim, surveil only from 10.00 to 10.00"},
        {{JK_SURVEIL, JK_AMICABLE}, {0, 0, 1, 2, 3, 4}, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_valuation of = {0};
        char text[JK_CHANGE_WORDS];
        of.change[cases[i].pair.from][cases[i].pair.to] = cases[i].change;
        assert_string_equal(jk_change_words(&of, cases[i].pair, text), cases[i].words);
    }
}

/* As many valuations in one pass as there may be: of returns, or of scenarios; one more is refused. */
static void so_many_valuations(void **state) {
    (void)state;
    static double irrs[JK_CASES_MAX + 1];
    static jk_scenario scenarios[JK_CASES_MAX];
    const jk_stress none = jk_stress_none();
    jk_model *plain = load_plain();
    jk_tape *few = open_made("first.h5", &(tape_plan){.rows = 9});
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    for (size_t i = 0; i <= JK_CASES_MAX; i++) {
        irrs[i] = 0.1 + 1e-4 * (double)i;
    }
    for (size_t i = 0; i < JK_CASES_MAX; i++) {
        scenarios[i] = (jk_scenario){"none", NULL, 1, &none, NULL};
    }
    const struct {
        size_t returns, scenarios;
        jk_status status;
    } cases[] = {{JK_CASES_MAX, 0, JK_OK},     {JK_CASES_MAX + 1, 0, JK_ERROR_ARGUMENT},
                 {1, JK_CASES_MAX - 1, JK_OK}, {1, JK_CASES_MAX, JK_ERROR_ARGUMENT},
                 {JK_CASES_MAX / 2, 1, JK_OK}, {JK_CASES_MAX / 2 + 1, 1, JK_ERROR_ARGUMENT},
                 {0, 0, JK_ERROR_ARGUMENT}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jk_error error = {0};
        jk_scenario_grid grid;
        const jk_scenario_run run = {.scenarios = scenarios,
                                     .scenario_count = cases[i].scenarios,
                                     .irr = irrs,
                                     .returns = cases[i].returns,
                                     .modes = JK_MODE_REPLANNED};
        assert_int_equal(jk_scenario_grid_make(few, plain, &options, &run, NULL, 0, &grid, &error), cases[i].status);
        if (cases[i].status == JK_OK) {
            near(jk_scenario_at(&grid, cases[i].returns - 1, 0, -1)->irr, irrs[cases[i].returns - 1]);
            jk_scenario_grid_reset(&grid);
        }
    }
    jk_tape_close(few);
    jk_model_free(plain);
}

static jk_status make_once(void *context, jk_error *error) {
    jk_stress stress = jk_stress_none();
    stress.figure[JK_STRESS_COSTS] = 2.0;
    const jk_scenario scenario = {"dear", NULL, 1, &stress, NULL};
    const double irr = 0.1;
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    const jk_scenario_run run = {.scenarios = &scenario,
                                 .scenario_count = 1,
                                 .irr = &irr,
                                 .returns = 1,
                                 .modes = JK_MODE_REPLANNED | JK_MODE_COMMITTED,
                                 .by_country = true};
    jk_scenario_grid grid;
    memset(&grid, 0x5a, sizeof grid);
    const jk_status status = jk_scenario_grid_make(context, model, &options, &run, NULL, 0, &grid, error);
    assert_true(status == JK_OK || (grid.valuations == NULL && grid.count == 0)); /* nothing is left */
    jk_scenario_grid_reset(&grid);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    refuse_on_nine_claims(make_once, 50, 5); /* flows by country need not be known */
}

/* Without results a listing has its columns, and no rows. */
static void nothing_has_no_rows(void **state) {
    (void)state;
    const jk_listing scenarios = jk_scenario_listing(NULL, NULL, -1);
    const jk_listing changes = jk_scenario_changes_listing(NULL, NULL, 5);
    assert_true(scenarios.rows == 0 && scenarios.column_count > 0);
    assert_true(changes.rows == 0 && changes.column_count > 0);
}

static int open_tape(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_by_hand),
                                       cmocka_unit_test(the_first_month_pays_back),
                                       cmocka_unit_test(changes_in_order),
                                       cmocka_unit_test(words_of_changes),
                                       cmocka_unit_test(scenarios_as_json),
                                       cmocka_unit_test(so_many_valuations),
                                       cmocka_unit_test(memory_that_is_refused_is_told),
                                       cmocka_unit_test(nothing_has_no_rows)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
