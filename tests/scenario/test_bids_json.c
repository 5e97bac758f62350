/* SPDX-License-Identifier: Apache-2.0 */
/* Bid tables by columns that were asked for, within hours or not, and as JSON: each combination is worth in each case
 * what the table says; what was not asked for is null or not there. */
#include "cmocka_all.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "scenario/refused_case.h"
#include "support/listing_case.h"
#include "value/engine_case.h"

enum { ROWS = 300, RETURNS = 2 };

static jk_tape *tape;
static const double irrs[RETURNS] = {0.18, 0.1};

static void near(const char *what, double found, double expected) {
    if (!(isnan(expected) ? isnan(found) : fabs(found - expected) <= 1e-9 * (1.0 + fabs(expected)))) {
        fail_msg("%s: %.17g, expected %.17g", what, found, expected);
    }
}

static jk_value_options valued(void) {
    jk_value_options options = jk_value_defaults();
    options.run.threads = 1;
    return options;
}

static jk_strata *open_strata(size_t cases, size_t each) {
    jk_error error = {0};
    jk_strata *strata = NULL;
    must(jk_strata_open(tape, model, "segment", tape_cutoff(), (jk_strata_shape){cases, each}, &strata, &error),
         &error);
    return strata;
}

static jk_bids made(const jk_bid_options *wanted) {
    jk_error error = {0};
    const jk_value_options options = valued();
    jk_bids bids;
    must(jk_bids_make(tape, model, &options, wanted, &bids, &error), &error);
    return bids;
}

static json_t *told(const jk_bids *bids) {
    char *text = jk_bids_json(tape, model, bids);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static size_t line_of(const jk_bids *bids, const char *segment) {
    size_t line = 0;
    while (bids->line[line].kind != JK_BID_SEGMENT || strcmp(bids->line[line].name, segment) != 0) {
        line++;
    }
    return line;
}

/* Case by case: of each return the base, then its scenarios. */
static void check_strata(const jk_bids *bids, const char *mode) {
    const jk_listing listing = jk_strata_cases_listing(bids->strata);
    const size_t groups = jk_strata_rows(bids->strata), each = bids->scenario_count;
    json_t *root = told(bids);
    const json_t *rows = json_object_get(root, "strata");
    assert_true(groups > 1);
    assert_int_equal(listing.rows, groups * each * bids->return_count);
    assert_int_equal(json_array_size(rows), listing.rows);
    for (size_t row = 0; row < listing.rows; row++) {
        const size_t r = row / groups / each, s = row / groups % each;
        jk_error error = {0};
        jk_cell cells[JK_LISTING_COLUMNS];
        must(jk_listing_row(&listing, row, cells, &error), &error);
        const size_t line = line_of(bids, cells[column_named(&listing, "segment")].text);
        const jk_bid_cell *cell = jk_bid_at(bids, s, r, line);
        near("value", cells[column_named(&listing, "value")].number, cell->group.value);
        near("face", cells[column_named(&listing, "face")].number, cell->group.face);
        near("required", cells[column_named(&listing, "required_return")].number, bids->irr[r]);
        assert_string_equal(cells[column_named(&listing, "scenario")].text, s == 0 ? "base" : bids->scenario[s]);
        assert_string_equal(cells[column_named(&listing, "mode")].text, s == 0 ? "base" : mode);
        near("value", json_number_value(json_object_get(json_array_get(rows, row), "value")), cell->group.value);
    }
    json_decref(root);
}

static void combinations_are_worth_what_the_table_says(void **state) {
    (void)state;
    jk_stress stresses[] = {jk_stress_none(), jk_stress_none()};
    stresses[0].figure[JK_STRESS_COSTS] = 2.0;
    stresses[1].figure[JK_STRESS_IRR] = 0.04;
    const jk_scenario scenarios[] = {{"dear", NULL, 1, &stresses[0], NULL}, {"greedy", NULL, 1, &stresses[1], NULL}};
    for (int committed = 0; committed < 2; committed++) {
        for (size_t count = 0; count < 3; count++) {
            jk_strata *strata = open_strata(RETURNS * (1 + count), 1 + count);
            const jk_bid_options wanted = {.irr = irrs,
                                           .returns = RETURNS,
                                           .asked = NAN,
                                           .scenarios = scenarios,
                                           .scenario_count = count,
                                           .committed = committed,
                                           .strata = strata};
            jk_bids bids = made(&wanted);
            check_strata(&bids, committed ? "committed" : "replanned");
            jk_bids_reset(&bids);
            jk_strata_free(strata);
        }
    }
}

/* Within hours at one return. */
static void combinations_within_hours(void **state) {
    (void)state;
    jk_error error = {0};
    jk_value_options options = valued();
    options.irr = irrs[0];
    jk_hours few = {.given = {1e12}, .given_count = 1};
    must(jk_hours_solve(tape, model, &options, &few, &error), &error);
    few.given[0] = 0.4 * few.wanted[0];
    jk_strata *strata = open_strata(1, 1);
    jk_bid_options wanted = {.irr = irrs, .returns = 1, .asked = NAN, .hours = &few, .strata = strata};
    jk_bids bids = made(&wanted);
    check_strata(&bids, "");
    json_t *root = told(&bids);
    const json_t *at = json_array_get(json_object_get(root, "returns"), 0);
    const json_t *hours = json_object_get(at, "hours");
    near("value", json_number_value(json_object_get(at, "value")), bids.hours[0].value);
    near("bound", json_number_value(json_object_get(hours, "bound")), bids.hours[0].bound);
    assert_true(bids.hours[0].value < bids.hours[0].unlimited);
    json_decref(root);
    jk_bids_reset(&bids);
    jk_strata_free(strata);
    wanted.returns = 2;
    wanted.strata = strata = open_strata(2, 1);
    memset(&bids, 0x5a, sizeof bids);
    assert_int_equal(jk_bids_make(tape, model, &options, &wanted, &bids, &error), JK_ERROR_ARGUMENT);
    assert_true(bids.cell == NULL && bids.arena == NULL);
    jk_strata_free(strata);
    wanted.strata = NULL;
    few.given[0] = 0.0; /* no number of hours */
    memset(&bids, 0x5a, sizeof bids);
    error = (jk_error){0};
    assert_int_equal(jk_bids_make(tape, model, &options, &wanted, &bids, &error), JK_ERROR_ARGUMENT);
    assert_true(bids.cell == NULL && bids.arena == NULL && bids.hours == NULL);
}

/* Claims of a plan within hours at one return are seen by as many sinks as there may be. */
static jk_status count_rows(void *context, const jk_value_block *block, jk_error *error) {
    (void)error;
    *(size_t *)context += block->block->rows;
    return JK_OK;
}

static void sinks_see_their_claims(void **state) {
    (void)state;
    size_t seen[7] = {0};
    jk_value_sink sinks[7];
    for (size_t i = 0; i < 7; i++) {
        sinks[i] = (jk_value_sink){.block = count_rows, .context = &seen[i]};
    }
    const jk_hours few = {.given = {50.0}, .given_count = 1};
    for (int within = 0; within < 2; within++) {
        jk_strata *strata = open_strata(1, 1);
        const jk_bid_options wanted = {.irr = irrs,
                                       .returns = 1,
                                       .asked = NAN,
                                       .sinks = sinks,
                                       .sink_count = 7,
                                       .strata = strata,
                                       .hours = within ? &few : NULL};
        jk_bids bids = made(&wanted);
        for (size_t i = 0; i < 7; i++) {
            assert_int_equal(seen[i], ROWS);
            seen[i] = 0;
        }
        jk_bids_reset(&bids);
        jk_strata_free(strata);
    }
}

static void what_was_not_asked_for_is_not_there(void **state) {
    (void)state;
    static const jk_floor floor = {JK_FLOOR_MULTIPLE, 1e6}; /* that nothing meets */
    const jk_bid_options wanted = {.irr = irrs, .returns = 1, .floors = &floor, .floor_count = 1, .asked = NAN};
    jk_bids bids = made(&wanted);
    json_t *root = told(&bids);
    const json_t *returns = json_object_get(root, "returns"), *at = json_array_get(returns, 0);
    assert_int_equal(json_array_size(returns), 1);
    assert_true(json_is_false(json_object_get(root, "committed")));
    assert_true(json_is_null(json_object_get(at, "asked")));
    assert_true(json_object_get(at, "hours") == NULL || json_is_null(json_object_get(at, "hours")));
    assert_null(json_object_get(root, "strata"));
    assert_string_equal(json_string_value(json_object_get(at, "binding")), "multiple");
    assert_int_equal(json_is_true(json_object_get(at, "attainable")), jk_bid_at(&bids, 0, 0, 0)->offer.attainable);
    json_decref(root);
    jk_bids_reset(&bids);
}

static jk_status make_once(void *context, jk_error *error) {
    const jk_hours many = {.given = {1e12}, .given_count = 1};
    const jk_bid_options wanted = {.irr = irrs, .returns = 1, .asked = NAN, .hours = &many};
    const jk_value_options options = valued();
    jk_bids bids;
    memset(&bids, 0x5a, sizeof bids);
    const jk_status status = jk_bids_make(context, model, &options, &wanted, &bids, error);
    assert_true(status == JK_OK || (bids.cell == NULL && bids.arena == NULL));
    jk_bids_reset(&bids);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    refuse_on_nine_claims(make_once, 100, 5); /* flows by country need not be known */
}

static int open_tape(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(combinations_are_worth_what_the_table_says), cmocka_unit_test(combinations_within_hours),
        cmocka_unit_test(sinks_see_their_claims), cmocka_unit_test(what_was_not_asked_for_is_not_there),
        cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
