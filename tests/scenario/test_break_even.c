/* SPDX-License-Identifier: Apache-2.0 */
/* Break-even: the figure found is put into a scenario, which must come to the target; where there is none, the ends say
 * so. */
#include "cmocka_all.h"

#include <jansson.h>

#include "base/words/listing.h"
#include "jalki/break_even.h"
#include "support/listing_case.h"
#include "value/engine_case.h"

static jk_tape *tape;
static jk_where where; /* who is stressed; all claims, but for one test */

static jk_valuation value_at(jk_stress_key key, double figure, unsigned mode) {
    jk_stress stress = jk_stress_none();
    stress.figure[key] = figure;
    stress.where = where;
    const jk_scenario scenario = {"there", NULL, 1, &stress, NULL};
    const double irr = 0.12;
    jk_scenario_run run = {&scenario, 1, &irr, 1, mode, false};
    jk_error error = {0};
    jk_scenario_grid grid;
    jk_value_options options = jk_value_defaults();
    must(jk_scenario_grid_make(tape, model, &options, &run, NULL, 0, &grid, &error), &error);
    jk_valuation there = *jk_scenario_at(&grid, 0, mode, 0);
    there.flow.cell = NULL;
    there.arena = NULL;
    there.segment = NULL; /* only totals outlive the grid */
    jk_scenario_grid_reset(&grid);
    return there;
}

static jk_break_even find(jk_stress_key key, jk_measure measure, double target, int committed) {
    jk_break_even_wish wish = {
        .key = key, .where = where, .irr = 0.12, .committed = committed, .measure = measure, .target = target};
    jk_value_options options = jk_value_defaults();
    jk_break_even result;
    jk_error error = {0};
    must(jk_break_even_find(tape, model, &options, &wish, &result, &error), &error);
    return result;
}

static void bids(void **state) {
    (void)state;
    jk_valuation base = value_at(JK_STRESS_RECOVERY, 1.0, JK_MODE_REPLANNED);
    double bid = base.total.value - base.onboarding;
    static const struct {
        jk_stress_key key;
        double share; /* of the base bid */
    } cases[] = {{JK_STRESS_RECOVERY, 0.9},   {JK_STRESS_RECOVERY, 1.5},  {JK_STRESS_RECOVERY, 0.8},
                 {JK_STRESS_COSTS, 0.9},      {JK_STRESS_EXIT, 0.95},     {JK_STRESS_TILT, 0.8},
                 {JK_STRESS_NEW_PAYERS, 1.1}, {JK_STRESS_BREAKAGE, 0.95}, {JK_STRESS_IRR, 0.8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int committed = 0; committed < 2; committed++) {
            double target = cases[i].share * bid;
            jk_break_even found = find(cases[i].key, JK_MEASURE_BID, target, committed);
            if (!found.found || fabs(found.base - bid) > 1e-9 * bid) {
                fail_msg("%s for %.2f: base %.6f, %.6f at %g, %.6f at %g", jk_stress_field_of(cases[i].key)->name,
                         target, found.base, found.at_low, found.low, found.at_high, found.high);
            }
            jk_valuation there =
                value_at(cases[i].key, found.figure, committed ? JK_MODE_COMMITTED : JK_MODE_REPLANNED);
            double reached = there.total.value - there.onboarding;
            if (!(fabs(reached - target) <= 1e-5 * target) || fabs(reached - found.reached) > 1e-9 * fabs(reached)) {
                fail_msg("%s for %.2f: %.9g gives %.6f (%d runs)", jk_stress_field_of(cases[i].key)->name, target,
                         found.figure, reached, found.runs);
            }
            assert_true(found.runs < 20); /* halving alone would take more */
        }
    }
    assert_true(find(JK_STRESS_RECOVERY, JK_MEASURE_BID, bid, 0).figure == 1.0);
}

/* Months are whole: the first at which the bid is no longer above. */
static void months(void **state) {
    (void)state;
    double target = 0.8 * find(JK_STRESS_DELAY, JK_MEASURE_BID, 0.0, 0).base;
    jk_break_even found = find(JK_STRESS_DELAY, JK_MEASURE_BID, target, 0);
    assert_true(found.found && found.figure == floor(found.figure) && found.figure > 1.0);
    jk_valuation there = value_at(JK_STRESS_DELAY, found.figure, JK_MODE_REPLANNED);
    jk_valuation before = value_at(JK_STRESS_DELAY, found.figure - 1.0, JK_MODE_REPLANNED);
    assert_true(there.total.value - there.onboarding <= target && before.total.value - before.onboarding > target);
}

static void court(void **state) {
    (void)state;
    uint64_t legal = value_at(JK_STRESS_COURT_COST, 1.0, JK_MODE_REPLANNED).decision[JK_LEGAL].claims;
    jk_break_even found = find(JK_STRESS_COURT_COST, JK_MEASURE_LEGAL_SHARE, 0.5, 0);
    assert_true(found.found && found.base == 1.0 && found.reached <= 0.5);
    uint64_t there = value_at(JK_STRESS_COURT_COST, found.figure, JK_MODE_REPLANNED).decision[JK_LEGAL].claims;
    uint64_t nearer = value_at(JK_STRESS_COURT_COST, 0.999 * found.figure, JK_MODE_REPLANNED).decision[JK_LEGAL].claims;
    assert_true(2 * there <= legal && 2 * nearer > legal);
}

static void none(void **state) {
    (void)state;
    jk_break_even found = find(JK_STRESS_MARKET_PRICE, JK_MEASURE_BID, 1.0, 0); /* nothing may be sold */
    assert_true(!found.found && isnan(found.figure) && found.at_low == found.base && found.at_high == found.base);
    found = find(JK_STRESS_GARNISHMENT, JK_MEASURE_BID, 1.0, 0); /* not all comes from garnishment */
    assert_true(!found.found && found.at_low > 1.0 && found.at_low < found.base && found.at_high > found.base);
    found = find(JK_STRESS_IRR, JK_MEASURE_BID, 1e15, 0); /* no return makes so much of it: from -30 to 500 % */
    assert_true(!found.found && fabs(0.12 + found.low + 0.3) < 1e-12 && fabs(0.12 + found.high - 5.0) < 1e-12);
    assert_true(found.at_low > found.base && found.at_high < found.base);
    found = find(JK_STRESS_DELAY, JK_MEASURE_BID, 1e15, 0);
    assert_true(!found.found && found.low == 0.0 && found.high == (double)model->horizon_months);
}

/* ---- the search, written again ----------------------------------------------------------------------------------- */

typedef struct tried {
    double at, off; /* a figure, and how far the measure is from the target there */
} tried;

typedef struct plain_search {
    const jk_break_even_wish *wish;
    double legal; /* decided so where nothing is stressed */
    int runs;
} plain_search;

static tried attempt(plain_search *s, double figure) {
    const jk_valuation there =
        value_at(s->wish->key, figure, s->wish->committed ? JK_MODE_COMMITTED : JK_MODE_REPLANNED);
    s->runs++;
    return (tried){figure, (s->wish->measure == JK_MEASURE_BID ? there.total.value - there.onboarding
                                                               : (double)there.decision[JK_LEGAL].claims / s->legal) -
                               s->wish->target};
}

/* The Illinois way: a chord between two that lie on two sides, the older end's distance halved where the other moved
 * twice in a row, until the best is within a ten-millionth. */
static tried by_chords(plain_search *s, tried a, tried b) {
    const double fine = 1e-7 * fmax(1.0, fabs(s->wish->target));
    tried best = fabs(a.off) < fabs(b.off) ? a : b;
    char last = ' ';
    while (fabs(best.off) > fine && s->runs < 80) {
        double middle = (a.at * b.off - b.at * a.off) / (b.off - a.off);
        if (middle <= fmin(a.at, b.at) || middle >= fmax(a.at, b.at)) {
            middle = (a.at + b.at) / 2.0;
        }
        if (fabs(a.at - b.at) <= 1e-8 * fmax(1e-3, fabs(middle))) {
            break;
        }
        const tried next = attempt(s, middle);
        best = fabs(next.off) < fabs(best.off) ? next : best;
        if (next.off * b.off > 0.0) {
            b = next;
            a.off /= last == 'b' ? 2.0 : 1.0;
            last = 'b';
        } else {
            a = next;
            b.off /= last == 'a' ? 2.0 : 1.0;
            last = 'a';
        }
    }
    return best;
}

/* By halves, to whole months or a ten-thousandth; the answer is the end that is not the base's. */
static tried by_halves(plain_search *s, tried base, tried end) {
    const bool months = s->wish->key == JK_STRESS_DELAY;
    while (s->runs < 80 && fabs(end.at - base.at) > (months ? 1.0 : 1e-4 * fmax(0.01, fabs(end.at)))) {
        const double middle = (base.at + end.at) / 2.0;
        const tried next = attempt(s, months ? floor(middle) : middle);
        *(next.off * base.off > 0.0 ? &base : &end) = next;
    }
    return end;
}

/* Below first, then above: factors to 2, to 10 and to their highest. */
static bool search_plainly(plain_search *s, const jk_break_even *bounds, tried *found) {
    const jk_stress_field *field = jk_stress_field_of(s->wish->key);
    const bool halves = s->wish->key == JK_STRESS_DELAY || s->wish->measure == JK_MEASURE_LEGAL_SHARE;
    const double ends[] = {bounds->low, field->neutral == 1.0 ? 2.0 : bounds->high, 10.0, bounds->high};
    s->legal = 1.0;
    s->legal = s->wish->measure == JK_MEASURE_BID ? 1.0 : attempt(s, field->neutral).off + s->wish->target;
    const tried base = attempt(s, field->neutral);
    tried from = base;
    for (int i = 0; i < 4; i++) {
        if (i == 0 ? ends[0] >= base.at : from.at >= bounds->high) {
            continue;
        }
        const tried end = attempt(s, ends[i]);
        if (end.off * from.off <= 0.0) {
            *found = halves ? by_halves(s, from, end) : by_chords(s, from, end);
            return true;
        }
        from = i == 0 ? base : end;
    }
    return false;
}

static void figures_are_found_as_by_the_search_written_again(void **state) {
    (void)state;
    const double bid = find(JK_STRESS_COSTS, JK_MEASURE_BID, 0.0, 0).base;
    const struct {
        jk_stress_key key;
        jk_measure measure;
        double target;
    } cases[] = {{JK_STRESS_RECOVERY, JK_MEASURE_BID, 0.93 * bid},  {JK_STRESS_RECOVERY, JK_MEASURE_BID, 4.5 * bid},
                 {JK_STRESS_RECOVERY, JK_MEASURE_BID, 0.02 * bid},  {JK_STRESS_RECOVERY, JK_MEASURE_BID, 9.0 * bid},
                 {JK_STRESS_COSTS, JK_MEASURE_BID, 0.41 * bid},     {JK_STRESS_COSTS, JK_MEASURE_BID, 1.2 * bid},
                 {JK_STRESS_COSTS, JK_MEASURE_BID, 0.004 * bid},    {JK_STRESS_EXIT, JK_MEASURE_BID, 0.7 * bid},
                 {JK_STRESS_TILT, JK_MEASURE_BID, 0.6 * bid},       {JK_STRESS_TILT, JK_MEASURE_BID, 1.3 * bid},
                 {JK_STRESS_BREAKAGE, JK_MEASURE_BID, 1.05 * bid},  {JK_STRESS_NEW_PAYERS, JK_MEASURE_BID, 1.6 * bid},
                 {JK_STRESS_HOUR_PRICE, JK_MEASURE_BID, 0.3 * bid}, {JK_STRESS_IRR, JK_MEASURE_BID, 1.4 * bid},
                 {JK_STRESS_IRR, JK_MEASURE_BID, 0.35 * bid},       {JK_STRESS_DELAY, JK_MEASURE_BID, 0.55 * bid},
                 {JK_STRESS_DELAY, JK_MEASURE_BID, 0.9 * bid},      {JK_STRESS_COSTS, JK_MEASURE_LEGAL_SHARE, 0.4},
                 {JK_STRESS_COSTS, JK_MEASURE_LEGAL_SHARE, 1.25},   {JK_STRESS_COURT_COST, JK_MEASURE_LEGAL_SHARE, 0.9},
                 {JK_STRESS_DELAY, JK_MEASURE_LEGAL_SHARE, 0.6},    {JK_STRESS_GARNISHMENT, JK_MEASURE_BID, 0.0},
                 {JK_STRESS_COSTS, JK_MEASURE_BID, 1e-9},           {JK_STRESS_TILT, JK_MEASURE_LEGAL_SHARE, 0.8}};
    int reached = 0, most = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int committed = 0; committed < 2; committed++) {
            const jk_break_even_wish wish = {.key = cases[i].key,
                                             .irr = 0.12,
                                             .committed = committed,
                                             .measure = cases[i].measure,
                                             .target = cases[i].target};
            const jk_break_even is = find(wish.key, wish.measure, wish.target, committed);
            plain_search plain = {.wish = &wish};
            tried found = {NAN, NAN};
            const bool there = search_plainly(&plain, &is, &found);
            if (is.found != there || is.runs != plain.runs ||
                (there && fabs(is.figure - found.at) > 1e-9 * fmax(1e-3, fabs(found.at)))) {
                fail_msg("%s for %g: %.12g after %d runs, plainly %.12g after %d", jk_stress_field_of(wish.key)->name,
                         wish.target, is.figure, is.runs, found.at, plain.runs);
            }
            assert_true(!there || fabs(is.reached - found.off - wish.target) <= 1e-6 * fmax(1.0, fabs(wish.target)));
            reached += there;
            most = plain.runs > most ? plain.runs : most;
        }
    }
    print_message("%d reached, %d runs at most\n", reached, most);
    assert_true(reached > 30 && most > 15);
}

/* Costs of one country's claims alone. */
static void some_claims_are_stressed(void **state) {
    (void)state;
    static const char *const countries[] = {"FI"};
    const double target = 0.97 * find(JK_STRESS_COSTS, JK_MEASURE_BID, 0.0, 0).base;
    const jk_break_even all = find(JK_STRESS_COSTS, JK_MEASURE_BID, target, 0);
    where = (jk_where){.country_count = 1, .countries = countries};
    const jk_break_even some = find(JK_STRESS_COSTS, JK_MEASURE_BID, target, 0);
    const jk_valuation there = value_at(JK_STRESS_COSTS, some.figure, JK_MODE_REPLANNED);
    where = (jk_where){0};
    assert_true(all.found && some.found && some.base == all.base && some.figure > all.figure + 0.01);
    assert_true(fabs(there.total.value - there.onboarding - target) <= 1e-6 * target);
}

/* The return of the model where none is wished for; and a portfolio where nobody goes to court. */
static void the_return_may_be_the_models_and_courts_empty(void **state) {
    (void)state;
    jk_error error = {0};
    const jk_value_options options = jk_value_defaults();
    jk_break_even_wish wish = {.key = JK_STRESS_COSTS, .irr = NAN, .measure = JK_MEASURE_BID, .target = 1000.0};
    jk_break_even models, own;
    must(jk_break_even_find(tape, model, &options, &wish, &models, &error), &error);
    wish.irr = model->irr;
    must(jk_break_even_find(tape, model, &options, &wish, &own, &error), &error);
    assert_true(models.found && models.figure == own.figure && models.base == own.base);
    wish.measure = JK_MEASURE_LEGAL_SHARE;
    wish.target = 0.5;
    jk_value_options no_court = options;
    no_court.allow = JK_ALLOW_ALL & ~JK_ALLOW(JK_LEGAL);
    assert_int_equal(jk_break_even_find(tape, model, &no_court, &wish, &own, &error), JK_ERROR_DATA);
    assert_non_null(strstr(error.message, "no claim is decided legal"));
}

/* A target that is less than the figures of claims can tell apart: what is nearest is found, and the search ends. */
static void targets_next_to_nothing(void **state) {
    (void)state;
    static const struct {
        jk_stress_key key;
        int committed;
    } cases[] = {{JK_STRESS_COSTS, 0}, {JK_STRESS_COSTS, 1}, {JK_STRESS_TILT, 1}, {JK_STRESS_HOUR_PRICE, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const jk_break_even found = find(cases[i].key, JK_MEASURE_BID, 0.37, cases[i].committed);
        assert_true(found.found && fabs(found.reached - 0.37) < 1e-3 && found.runs <= 30);
        const jk_valuation there =
            value_at(cases[i].key, found.figure, cases[i].committed ? JK_MODE_COMMITTED : JK_MODE_REPLANNED);
        assert_true(fabs(there.total.value - there.onboarding - 0.37) < 1e-3);
    }
}

/* Rows and keys hold their own figures. */
static void break_evens_are_told(void **state) {
    (void)state;
    const jk_break_even_wish wishes[] = {
        {.key = JK_STRESS_COSTS, .irr = 0.125, .measure = JK_MEASURE_BID, .target = 7.5},
        {.key = JK_STRESS_DELAY, .irr = 0.25, .committed = 1, .measure = JK_MEASURE_LEGAL_SHARE, .target = 0.5}};
    const jk_break_even results[] = {{1, 2.25, 7.75, 9.5, 0.25, 10.5, 11.5, 1.5, 3},
                                     {0, NAN, NAN, 1.25, 0.0, 60.0, NAN, 0.75, 4}};
    static const decimals named[] = {{"irr", -6}, {"target", -10}, {"figure", 8}, {"reached", 6}, {"base", 6},
                                     {"low", 6},  {"at_low", 6},   {"high", 6},   {"at_high", 6}};
    const jk_listing listing = jk_break_even_listing(wishes, results, 2), empty = jk_break_even_listing(NULL, NULL, 0);
    expect_decimals(&listing, named, sizeof named / sizeof named[0]);
    assert_true(listing.rows == 2 && empty.rows == 0 && empty.column_count == listing.column_count);
    for (size_t i = 0; i < 2; i++) {
        const jk_break_even *is = &results[i];
        const struct {
            const char *column;
            double is;
        } told[] = {{"irr", wishes[i].irr},  {"target", wishes[i].target}, {"found", is->found},
                    {"figure", is->figure},  {"reached", is->reached},     {"base", is->base},
                    {"low", is->low},        {"at_low", is->at_low},       {"high", is->high},
                    {"at_high", is->at_high}};
        jk_cell cells[JK_LISTING_COLUMNS];
        jk_error error = {0};
        must(jk_listing_row(&listing, i, cells, &error), &error);
        for (size_t k = 0; k < sizeof told / sizeof told[0]; k++) {
            const double found = cells[column_named(&listing, told[k].column)].number;
            assert_true(isnan(told[k].is) ? isnan(found) : found == told[k].is);
        }
        assert_string_equal(cells[column_named(&listing, "key")].text, i == 0 ? "costs" : "delay");
        assert_string_equal(cells[column_named(&listing, "measure")].text, i == 0 ? "bid" : "legal_share");
        assert_string_equal(cells[column_named(&listing, "mode")].text, i == 0 ? "replanned" : "committed");
    }
    char *text = jk_break_even_json(wishes, results, 1);
    json_t *root = json_loads(text, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(root, "key")), "costs");
    assert_string_equal(json_string_value(json_object_get(root, "measure")), "bid");
    assert_string_equal(json_string_value(json_object_get(root, "mode")), "replanned");
    assert_true(json_number_value(json_object_get(root, "irr")) == 0.125);
    assert_true(json_number_value(json_object_get(root, "neutral")) == 1.0);
    assert_true(json_number_value(json_object_get(root, "base")) == 9.5);
    assert_int_equal(json_array_size(json_object_get(root, "results")), 1);
    json_decref(root);
    free(text);
    text = jk_break_even_json(&wishes[1], &results[1], 1);
    root = json_loads(text, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(root, "mode")), "committed");
    assert_true(json_number_value(json_object_get(root, "neutral")) == 0.0);
    json_decref(root);
    free(text);
}

static int open_tape(void **state) {
    return open_plain(state, 1500, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bids),
                                       cmocka_unit_test(months),
                                       cmocka_unit_test(court),
                                       cmocka_unit_test(none),
                                       cmocka_unit_test(figures_are_found_as_by_the_search_written_again),
                                       cmocka_unit_test(some_claims_are_stressed),
                                       cmocka_unit_test(the_return_may_be_the_models_and_courts_empty),
                                       cmocka_unit_test(targets_next_to_nothing),
                                       cmocka_unit_test(break_evens_are_told)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
