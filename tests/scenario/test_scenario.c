/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios on a made tape: what changes nothing changes no bit, what is about some claims leaves the others as they
 * were, and figures follow the definitions of docs/scenario.md computed by hand. */
#include "cmocka_all.h"

#include "base/number/grid.h"
#include "base/words/listing.h"
#include "jalki/scenario.h"
#include "value/engine_case.h"

static jk_tape *tape;

static void expect_near(double got, double expected, double slack) {
    if (!(fabs(got - expected) <= slack)) {
        fail_msg("%.17g, expected %.17g", got, expected);
    }
}

static jk_scenario_grid value_under(const jk_scenario *scenarios, size_t count, unsigned modes, int threads) {
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    options.run.threads = threads;
    options.run.block_rows = threads > 1 ? 333 : 0;
    const double irr = 0.12;
    jk_scenario_run run = {scenarios, count, &irr, 1, modes, false};
    jk_scenario_grid grid;
    must(jk_scenario_grid_make(tape, model, &options, &run, NULL, 0, &grid, &error), &error);
    return grid;
}

static jk_valuation value_plainly(void) {
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    options.irr = 0.12;
    jk_valuation valuation;
    must(jk_value_run(tape, model, &options, NULL, 0, &valuation, &error), &error);
    return valuation;
}

static void assert_same(const jk_valuation *a, const jk_valuation *b) {
    assert_memory_equal(&a->total, &b->total, sizeof a->total);
    assert_memory_equal(a->decision, b->decision, sizeof a->decision);
    assert_memory_equal(a->reason, b->reason, sizeof a->reason);
    assert_int_equal(a->segment_count, b->segment_count);
    assert_memory_equal(a->segment, b->segment, a->segment_count * sizeof *a->segment);
    assert_int_equal(a->country_count, b->country_count);
    assert_memory_equal(a->country, b->country, a->country_count * sizeof *a->country);
    assert_memory_equal(a->flow.cell, b->flow.cell,
                        (size_t)a->flow.months * a->flow.segments * JK_FLOW_COUNT * sizeof *a->flow.cell);
}

static const jk_group *country_of(const jk_valuation *valuation, const char *id) {
    for (size_t i = 0; i < valuation->country_count; i++) {
        if (strcmp(valuation->country_id[i], id) == 0) {
            return &valuation->country[i];
        }
    }
    fail_msg("no claims in %s", id);
    return NULL;
}

static jk_stress stress_of(jk_stress_key key, double figure) {
    jk_stress stress = jk_stress_none();
    stress.figure[key] = figure;
    return stress;
}

#define ONE(name, stress) ((jk_scenario){name, NULL, 1, &(stress), NULL})

/* Nothing is stressed, though segments are split: the bits of a plain run, re-planned and committed. */
static void nothing_changes_nothing(void **state) {
    (void)state;
    static const char *const countries[] = {"PL", "SE", "XX"};
    jk_stress split = jk_stress_none();
    split.where = (jk_where){3, countries, 0, NULL};
    jk_scenario scenario = ONE("neutral", split);
    jk_valuation plain = value_plainly();
    for (int threads = 1; threads < 4; threads += 2) {
        jk_scenario_grid grid = value_under(&scenario, 1, JK_MODE_REPLANNED | JK_MODE_COMMITTED, threads);
        assert_int_equal(grid.count, 3);
        for (size_t i = 0; i < 3; i++) {
            assert_same(&grid.valuations[i], &plain);
            for (int c = 0; c < JK_ACTION_COUNT * JK_ACTION_COUNT; c++) {
                assert_int_equal(grid.valuations[i].change[c / JK_ACTION_COUNT][c % JK_ACTION_COUNT].claims, 0);
            }
        }
        jk_scenario_grid_reset(&grid);
    }
    jk_valuation_reset(&plain);
}

/* PL has no segments of its own: its claims are cut out of those that take what is left, and only they change. */
static void only_where(void **state) {
    (void)state;
    static const char *const countries[] = {"PL"};
    jk_stress stress = stress_of(JK_STRESS_RECOVERY, 0.5);
    stress.where = (jk_where){1, countries, 0, NULL};
    jk_scenario scenario = ONE("poland", stress);
    jk_scenario_grid grid = value_under(&scenario, 1, JK_MODE_REPLANNED | JK_MODE_COMMITTED, 2);
    const jk_valuation *base = jk_scenario_at(&grid, 0, 0, -1);
    for (unsigned mode = JK_MODE_REPLANNED; mode <= JK_MODE_COMMITTED; mode++) {
        const jk_valuation *there = jk_scenario_at(&grid, 0, mode, 0);
        assert_memory_equal(country_of(base, "FI"), country_of(there, "FI"), sizeof(jk_group));
        assert_memory_equal(country_of(base, "SE"), country_of(there, "SE"), sizeof(jk_group));
        assert_true(country_of(there, "PL")->value < 0.9 * country_of(base, "PL")->value);
        assert_true(country_of(there, "PL")->value > 0.0);
    }
    jk_scenario_grid_reset(&grid);
}

/* Claims that a scenario leaves alone are not planned again: the same bits as where all are, which they are beside a
 * first case with multipliers of its own, if only 1. */
static void planned_again_or_not(void **state) {
    (void)state;
    static const char *const countries[] = {"SE"};
    jk_error error = {0};
    jk_stress stress = stress_of(JK_STRESS_RECOVERY, 0.6);
    stress.where = (jk_where){1, countries, 0, NULL};
    jk_scenario scenario = ONE("sweden", stress);
    jk_stress_set *set = NULL;
    must(jk_stress_set_make(model, &scenario, 1, NULL, &set, &error), &error);
    const size_t cells = set->split->segment_count * (size_t)set->split->epoch_count;
    double *ones = calloc(cells, sizeof *ones);
    for (size_t i = 0; i < cells; i++) {
        ones[i] = 1.0;
    }
    const jk_stressed *stressed = &set->stressed[0];
    const jk_value_case stressed_case = {.model = &stressed->model,
                                         .recovery = stressed->recovery,
                                         .paying_recovery = stressed->paying_recovery,
                                         .stress = stressed->stress,
                                         .irr = 0.12,
                                         .keeps = -1};
    jk_value_case cases[3] = {{.recovery = ones, .irr = 0.12, .keeps = -1}, stressed_case, stressed_case};
    cases[2].keeps = 0;
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    jk_valuation all[3];
    must(jk_value_cases(tape, set->split, &options, cases, 3, NULL, 0, all, &error), &error);
    for (int threads = 1; threads < 4; threads += 2) {
        jk_scenario_grid grid = value_under(&scenario, 1, JK_MODE_REPLANNED | JK_MODE_COMMITTED, threads);
        assert_int_equal(grid.count, 3);
        for (size_t i = 0; i < 3; i++) {
            assert_same(&grid.valuations[i], &all[i]);
            assert_memory_equal(grid.valuations[i].change, all[i].change, sizeof all[i].change);
        }
        jk_scenario_grid_reset(&grid);
    }
    for (size_t i = 0; i < 3; i++) {
        jk_valuation_reset(&all[i]);
    }
    free(ones);
    jk_stress_set_free(set);
}

/* Half the recoveries, a segment: sums of other segments stay. */
static void only_a_segment(void **state) {
    (void)state;
    static const char *const segments[] = {"fi-finance"};
    jk_stress stress = stress_of(JK_STRESS_COSTS, 3.0);
    stress.where = (jk_where){0, NULL, 1, segments};
    jk_scenario scenario = ONE("dear", stress);
    jk_scenario_grid grid = value_under(&scenario, 1, JK_MODE_REPLANNED, 1);
    const jk_valuation *base = jk_scenario_at(&grid, 0, 0, -1), *there = jk_scenario_at(&grid, 0, 1, 0);
    for (size_t s = 0; s < base->segment_count; s++) {
        bool meant = strcmp(base->segment_id[s], "fi-finance") == 0;
        if (meant) {
            assert_true(base->segment[s].claims > 0 && there->segment[s].value < base->segment[s].value);
        } else {
            assert_memory_equal(&base->segment[s], &there->segment[s], sizeof(jk_group));
        }
    }
    jk_scenario_grid_reset(&grid);
}

/* Worse is never worth more; keeping a plan is never worth more than choosing one; both meet where nothing changes. */
static void order_of_values(void **state) {
    (void)state;
    static const struct {
        jk_stress_key key;
        double worse[3]; /* from bad to harmless */
    } axes[] = {
        {JK_STRESS_RECOVERY, {0.3, 0.7, 1.0}},   {JK_STRESS_DELAY, {24.0, 7.0, 0.0}},
        {JK_STRESS_COSTS, {5.0, 1.5, 1.0}},      {JK_STRESS_COURT_COST, {10.0, 2.0, 1.0}},
        {JK_STRESS_EXIT, {20.0, 2.0, 1.0}},      {JK_STRESS_MARKET_PRICE, {0.0, 0.5, 1.0}},
        {JK_STRESS_THETA, {0.4, 0.9, 1.0}},      {JK_STRESS_GARNISHMENT, {0.0, 0.5, 1.0}},
        {JK_STRESS_BREAKAGE, {0.6, 0.1, 0.0}},   {JK_STRESS_IRR, {0.1, 0.02, 0.0}},
        {JK_STRESS_NEW_PAYERS, {0.2, 0.8, 1.0}}, {JK_STRESS_TILT, {-1.0, -0.2, 0.0}},
    };
    enum { AXES = sizeof axes / sizeof axes[0] };
    jk_stress stresses[3 * AXES];
    jk_scenario scenarios[3 * AXES];
    for (int i = 0; i < 3 * AXES; i++) {
        stresses[i] = stress_of(axes[i / 3].key, axes[i / 3].worse[i % 3]);
        scenarios[i] = ONE("axis", stresses[i]);
    }
    jk_scenario_grid grid = value_under(scenarios, 3 * AXES, JK_MODE_REPLANNED | JK_MODE_COMMITTED, 2);
    double base = jk_scenario_at(&grid, 0, 0, -1)->total.value;
    for (int axis = 0; axis < AXES; axis++) {
        double before = -INFINITY;
        for (int i = 0; i < 3; i++) {
            double free_value = jk_scenario_at(&grid, 0, JK_MODE_REPLANNED, 3 * axis + i)->total.value;
            double kept = jk_scenario_at(&grid, 0, JK_MODE_COMMITTED, 3 * axis + i)->total.value;
            const char *name = jk_stress_field_of(axes[axis].key)->name;
            if (!(free_value > before) || !(kept <= free_value * (1.0 + 1e-6)) || (i == 2 && free_value != base) ||
                (i == 2 && kept != base)) {
                fail_msg("%s %g: %.6f re-planned, %.6f kept, %.6f before, base %.6f", name, axes[axis].worse[i],
                         free_value, kept, before, base);
            }
            before = free_value;
        }
    }
    jk_scenario_grid_reset(&grid);
}

/* What comes in while all recovery is delayed is what would come in if nobody began to pay: instalments of those who
 * pay, and dividends. The epoch in which recovery begins has its share of months. */
static void delay(void **state) {
    (void)state;
    jk_stress stresses[] = {stress_of(JK_STRESS_DELAY, 7.0), stress_of(JK_STRESS_NEW_PAYERS, 0.0)};
    stresses[0].figure[JK_STRESS_GARNISHMENT] = stresses[1].figure[JK_STRESS_GARNISHMENT] = 0.0;
    jk_scenario scenarios[] = {ONE("late", stresses[0]), ONE("never", stresses[1])};
    jk_scenario_grid grid = value_under(scenarios, 2, JK_MODE_COMMITTED, 1);
    const jk_valuation *late = jk_scenario_at(&grid, 0, JK_MODE_COMMITTED, 0);
    const jk_valuation *never = jk_scenario_at(&grid, 0, JK_MODE_COMMITTED, 1);
    for (int month = 1; month <= 9; month++) { /* epochs 3, 3, 3, 3, …: the third has two months of three */
        jk_month sum = jk_valuation_month(late, month, late->flow.segments);
        jk_month none = jk_valuation_month(never, month, never->flow.segments);
        assert_true(month <= 6 ? sum.gross == none.gross : sum.gross > 1.1 * none.gross);
        assert_true(none.instalments > 0.0 && none.gross < 1.2 * none.instalments);
    }
    jk_scenario_grid_reset(&grid);

    jk_model plain = at_once(model); /* where nobody pays instalments nothing comes in but dividends */
    jk_model *spells = model;
    model = &plain;
    grid = value_under(scenarios, 1, JK_MODE_COMMITTED, 1);
    late = jk_scenario_at(&grid, 0, JK_MODE_COMMITTED, 0);
    const jk_valuation *base = jk_scenario_at(&grid, 0, 0, -1);
    for (int month = 1; month <= 6; month++) {
        jk_month sum = jk_valuation_month(late, month, late->flow.segments);
        assert_true(sum.instalments == 0.0);
        assert_true(sum.gross < 0.01 * jk_valuation_month(base, month, base->flow.segments).gross);
    }
    jk_scenario_grid_reset(&grid);
    model = spells;
    free_at_once(&plain);

    jk_error error = {0};
    jk_stress_set *set = NULL;
    must(jk_stress_set_make(model, &scenarios[0], 1, NULL, &set, &error), &error);
    const double expected[] = {0.0, 0.0, 2.0 / 3.0, 1.0};
    for (int j = 0; j < 4; j++) {
        expect_near(set->stressed[0].recovery[j], expected[j], 1e-15);
    }
    jk_stress_set_free(set);
}

/* Each scenario beside others gives what it gives alone. */
static void beside_others(void **state) {
    (void)state;
    jk_stress stresses[] = {stress_of(JK_STRESS_RECOVERY, 0.8), stress_of(JK_STRESS_EXIT, 2.0),
                            stress_of(JK_STRESS_TILT, -0.3)};
    jk_scenario scenarios[] = {ONE("a", stresses[0]), ONE("b", stresses[1]), ONE("c", stresses[2])};
    unsigned both = JK_MODE_REPLANNED | JK_MODE_COMMITTED;
    jk_scenario_grid all = value_under(scenarios, 3, both, 3);
    for (int s = 0; s < 3; s++) {
        jk_scenario_grid alone = value_under(&scenarios[s], 1, both, 1);
        assert_same(jk_scenario_at(&all, 0, JK_MODE_REPLANNED, s), jk_scenario_at(&alone, 0, JK_MODE_REPLANNED, 0));
        assert_same(jk_scenario_at(&all, 0, JK_MODE_COMMITTED, s), jk_scenario_at(&alone, 0, JK_MODE_COMMITTED, 0));
        jk_scenario_grid only = value_under(&scenarios[s], 1, JK_MODE_COMMITTED, 1);
        assert_same(jk_scenario_at(&all, 0, JK_MODE_COMMITTED, s), jk_scenario_at(&only, 0, JK_MODE_COMMITTED, 0));
        jk_scenario_grid_reset(&only);
        jk_scenario_grid_reset(&alone);
    }
    jk_scenario_grid_reset(&all);
}

/* Claims that change their decision: what leaves one decision and comes to another makes up the difference of counts,
 * and the action taken is worth more here, the action left was worth more before. */
static void changes(void **state) {
    (void)state;
    jk_stress stress = stress_of(JK_STRESS_COURT_COST, 4.0);
    jk_scenario scenario = ONE("court", stress);
    jk_scenario_grid grid = value_under(&scenario, 1, JK_MODE_REPLANNED, 2);
    const jk_valuation *base = jk_scenario_at(&grid, 0, 0, -1), *there = jk_scenario_at(&grid, 0, 1, 0);
    uint64_t moved = 0;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        int64_t in = 0, out = 0;
        for (int b = 0; b < JK_ACTION_COUNT; b++) {
            in += (int64_t)there->change[b][a].claims;
            out += (int64_t)there->change[a][b].claims;
            const jk_change *change = &there->change[a][b];
            moved += change->claims;
            assert_true(change->claims == 0 || (a != b && change->face > 0.0));
            assert_true(change->to_here >= change->from_here && change->to_first <= change->from_first);
        }
        assert_true((int64_t)there->decision[a].claims == (int64_t)base->decision[a].claims + in - out);
    }
    assert_true(moved > 10 &&
                there->change[JK_LEGAL][JK_AMICABLE].claims + there->change[JK_LEGAL][JK_SURVEIL].claims > 0);
    jk_scenario_grid_reset(&grid);
}

/* Where segments have payers, new payers are those who begin and breakage makes spells shorter; classes move as the
 * tilt alone says. */
static void figures_of_payers(void **state) {
    (void)state;
    jk_stress stresses[] = {stress_of(JK_STRESS_TILT, log(2.0)), stress_of(JK_STRESS_NEW_PAYERS, 0.5),
                            stress_of(JK_STRESS_BREAKAGE, 0.25), stress_of(JK_STRESS_RECOVERY, 0.8)};
    jk_scenario scenario = {"all", NULL, 4, stresses, NULL};
    jk_error error = {0};
    jk_stress_set *set = NULL;
    must(jk_stress_set_make(model, &scenario, 1, NULL, &set, &error), &error);
    const jk_stressed *stressed = &set->stressed[0];
    for (size_t g = 0; g < model->segment_count; g++) {
        const jk_segment *from = &model->segments[g], *to = &stressed->model.segments[g];
        assert_true(from->payers.given);
        assert_memory_equal(to->class_multiplier, from->class_multiplier, sizeof from->class_multiplier);
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            const double *q = from->class_monthly[a][JK_CAPACITY_WEAK], *row = to->class_monthly[a][JK_CAPACITY_WEAK];
            expect_near(row[2], q[2] * 2.0 / (q[0] / 2.0 + q[1] + q[2] * 2.0), 1e-12);
        }
        for (int j = 0; j < model->epoch_count; j++) {
            expect_near(stressed->recovery[g * (size_t)model->epoch_count + (size_t)j], 0.4, 1e-12);
            expect_near(stressed->paying_recovery[g * (size_t)model->epoch_count + (size_t)j], 0.8, 1e-12);
        }
        expect_near(stressed->stress[g].breakage, 1.0 / 0.75, 1e-12);
    }
    jk_stress_set_free(set);
}

/* Figures by hand, where segments have no payers. */
static void figures(void **state) {
    (void)state;
    jk_model plain = at_once(model);
    jk_stress stresses[] = {stress_of(JK_STRESS_TILT, log(2.0)), stress_of(JK_STRESS_NEW_PAYERS, 0.5),
                            stress_of(JK_STRESS_BREAKAGE, 0.25), stress_of(JK_STRESS_COSTS, 1.5)};
    stresses[3].figure[JK_STRESS_COURT_COST] = 2.0;
    jk_scenario scenario = {"all", NULL, 4, stresses, NULL};
    jk_error error = {0};
    jk_stress_set *set = NULL;
    must(jk_stress_set_make(&plain, &scenario, 1, NULL, &set, &error), &error);
    for (size_t g = 0; g < plain.segment_count; g++) {
        const jk_segment *from = &plain.segments[g], *to = &set->stressed[0].model.segments[g];
        for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
            const double *q = from->class_monthly[a][JK_CAPACITY_WEAK];
            double down = q[0] / 2.0, stay = q[1], up = q[2] * 2.0, sum = down + stay + up;
            double expected[3] = {down / sum, stay / sum + 0.5 * up / sum, 0.5 * up / sum};
            for (int k = 0; k < 3; k++) {
                expect_near(to->class_monthly[a][JK_CAPACITY_WEAK][k], expected[k], 1e-12);
            }
            for (int k = 0; k < 3; k++) {
                const double *row = to->class_monthly[a][k];
                expect_near(row[0] + row[1] + row[2], 1.0, 1e-12);
                double kept = k == JK_CAPACITY_NONE ? 1.0 : 0.75;
                expect_near(to->class_multiplier[a][k], kept * from->class_multiplier[a][k], 1e-15);
            }
            expect_near(to->cost[a].monthly, 1.5 * from->cost[a].monthly, 1e-12);
            assert_true(to->cost[a].contingent == from->cost[a].contingent);
        }
        expect_near(to->filing, 3.0 * from->filing, 1e-9);
        expect_near(to->enforcement_monthly, 3.0 * from->enforcement_monthly, 1e-12);
        expect_near(set->stressed[0].stress[g].interruption, 1.5, 0.0);
    }
    jk_stress_set_free(set);

    jk_stress much = stress_of(JK_STRESS_NEW_PAYERS, 100.0); /* no more can move up than stay */
    scenario = ONE("much", much);
    must(jk_stress_set_make(&plain, &scenario, 1, NULL, &set, &error), &error);
    const double *row = set->stressed[0].model.segments[0].class_monthly[0][0];
    expect_near(row[0], 0.0, 0.0);
    expect_near(row[1] + row[2], 1.0, 1e-12);
    jk_stress_set_free(set);

    jk_stress far[] = {stress_of(JK_STRESS_RECOVERY, 100.0), stress_of(JK_STRESS_THETA, 100.0)};
    scenario = (jk_scenario){"far", NULL, 2, far, NULL};
    assert_int_equal(jk_stress_set_make(&plain, &scenario, 1, NULL, &set, &error), JK_ERROR_MODEL);
    assert_null(set);
    free_at_once(&plain);
}

static void returns(void **state) {
    (void)state;
    jk_stress stress = stress_of(JK_STRESS_IRR, 0.03);
    jk_scenario scenario = ONE("dearer", stress);
    const double irr[] = {0.10, 0.13};
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    jk_scenario_run run = {&scenario, 1, irr, 2, JK_MODE_REPLANNED, false};
    jk_scenario_grid grid;
    must(jk_scenario_grid_make(tape, model, &options, &run, NULL, 0, &grid, &error), &error);
    assert_same(jk_scenario_at(&grid, 0, JK_MODE_REPLANNED, 0), jk_scenario_at(&grid, 1, 0, -1));
    jk_scenario_grid_reset(&grid);
    run.scenario_count = JK_SCENARIOS_MAX;
    run.returns = 6;
    run.modes = JK_MODE_REPLANNED;
    assert_int_equal(jk_scenario_grid_make(tape, model, &options, &run, NULL, 0, &grid, &error), JK_ERROR_ARGUMENT);
}

static int open_tape(void **state) {
    return open_plain(state, 3000, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

static size_t column_named(const jk_listing *listing, const char *name) {
    size_t c = 0;
    while (c < listing->column_count && strcmp(listing->columns[c].name, name) != 0) {
        c++;
    }
    assert_true(c < listing->column_count);
    return c;
}

/* The base and each mode's scenario, each of all claims and of all segments, or of the one that is chosen: the first,
 * too. */
static void a_listing_has_all_segments_or_one(void **state) {
    (void)state;
    jk_error error = {0};
    jk_stress stress = stress_of(JK_STRESS_RECOVERY, 0.8);
    jk_scenario one = ONE("less", stress);
    const jk_scenarios set = {.scenarios = &one, .count = 1};
    jk_scenario_grid grid = value_under(&one, 1, JK_MODE_REPLANNED | JK_MODE_COMMITTED, 1);
    const jk_valuation *base = jk_scenario_at(&grid, 0, 0, -1);
    uint64_t most = 0;
    for (int choice = -1; choice < (int)base->segment_count; choice++) {
        jk_listing listing = jk_scenario_listing(&set, &grid, choice);
        const size_t lines = choice < 0 ? 1 + base->segment_count : 2, segment = column_named(&listing, "segment");
        const size_t claims = column_named(&listing, "claims"), changed = column_named(&listing, "changed_claims");
        assert_int_equal(listing.rows, 3 * lines);
        for (size_t row = 0; row < listing.rows; row++) {
            jk_cell cells[JK_LISTING_COLUMNS];
            must(jk_listing_row(&listing, row, cells, &error), &error);
            const size_t line = row % lines, number = choice < 0 ? line - 1 : (size_t)choice;
            assert_string_equal(cells[segment].text, line == 0 ? "all" : base->segment_id[number]);
            const jk_group *of = line == 0 ? &base->total : &base->segment[number];
            assert_true(cells[claims].number == (double)of->claims);
            if (line > 0 || row == 0) { /* changes are told of all claims together */
                continue;
            }
            const jk_valuation *then =
                jk_scenario_at(&grid, 0, row == lines ? JK_MODE_REPLANNED : JK_MODE_COMMITTED, 0);
            uint64_t moved = 0;
            for (int from = 0; from < JK_ACTION_COUNT; from++) {
                for (int to = 0; to < JK_ACTION_COUNT; to++) {
                    moved += then->change[from][to].claims;
                }
            }
            assert_true(cells[changed].number == (double)moved);
            most = moved > most ? moved : most;
        }
    }
    assert_true(most > 0);
    jk_scenario_grid_reset(&grid);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changes_nothing),
        cmocka_unit_test(only_where),
        cmocka_unit_test(planned_again_or_not),
        cmocka_unit_test(only_a_segment),
        cmocka_unit_test(order_of_values),
        cmocka_unit_test(delay),
        cmocka_unit_test(beside_others),
        cmocka_unit_test(changes),
        cmocka_unit_test(figures_of_payers),
        cmocka_unit_test(figures),
        cmocka_unit_test(returns),
        cmocka_unit_test(a_listing_has_all_segments_or_one),
    };
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
