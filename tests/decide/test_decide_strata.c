/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions under limits by combinations of columns, against sums over the claims of each. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/words/listing.h"
#include "decide/made_candidates.h"
#include "support/listing_case.h"
#include "support/refusal.h"

enum { ROWS = 300 };

static jk_tape *tape;

/* Claims as they are valued, with the strata of that, and what is decided within a third of the hours wanted. */
typedef struct made {
    jk_strata *strata;
    jk_candidates *claims;
    jk_decided decided;
} made;

static void make(const char *by, made *to) {
    jk_error error = {0};
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    options.run.threads = 1;
    must(jk_strata_open(tape, model, by, tape_cutoff(), (jk_strata_shape){1, 1}, &to->strata, &error), &error);
    must(jk_strata_keep(to->strata, &error), &error);
    must(jk_candidates_create(tape, model, &to->claims, &error), &error);
    const jk_value_sink sinks[] = {jk_strata_sink(to->strata), jk_candidates_sink(to->claims)};
    jk_valuation valuation;
    must(jk_value_run(tape, model, &options, sinks, 2, &valuation, &error), &error);
    must(jk_strata_finish(to->strata, &(jk_strata_case){.valuation = &valuation}, &error), &error);
    jk_valuation_reset(&valuation);
    jk_decide_options free_of_limits = {.run.threads = 1};
    must(jk_decide(to->claims, &free_of_limits, &to->decided, &error), &error);
    const jk_limit limit = {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, to->decided.hours / 3.0, NULL};
    jk_decided_reset(&to->decided);
    const jk_decide_options within = {.limit_count = 1, .limits = &limit, .run.threads = 1};
    must(jk_decide(to->claims, &within, &to->decided, &error), &error);
}

static void forget(made *of) {
    jk_decided_reset(&of->decided);
    jk_candidates_free(of->claims);
    jk_strata_free(of->strata);
}

static void expect(const jk_listing *listing, const jk_cell *cells, const char *name, double expected) {
    const double found = cells[column_named(listing, name)].number;
    if (!(fabs(found - expected) <= 1e-6 * (1.0 + fabs(expected)))) {
        fail_msg("%s: %.17g, expected %.17g", name, found, expected);
    }
}

/* Each row has the claims of its country and of its decision under the limits. */
static void combinations_by_hand(void **state) {
    (void)state;
    jk_error error = {0};
    made of;
    jk_decided_strata *strata = NULL;
    size_t countries = 0, claims = 0, moved = 0;
    const char *const *codes = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &countries);
    make("country,decision", &of);
    const jk_candidates *c = of.claims;
    double all = 0.0;
    for (size_t i = 0; i < ROWS; i++) {
        all += c->balance[i];
        moved += of.decided.decision[i] != of.decided.free[i];
    }
    assert_true(moved > 10);
    must(jk_decided_strata_make(of.strata, c, &of.decided, &strata, &error), &error);
    const jk_listing listing = jk_decided_strata_listing(strata);
    for (size_t row = 0; row < listing.rows; row++) {
        jk_cell cells[JK_LISTING_COLUMNS];
        double face = 0.0, value = 0.0, free_value = 0.0, of_action[JK_ACTION_COUNT] = {0.0}, count = 0.0;
        must(jk_listing_row(&listing, row, cells, &error), &error);
        const char *country = cells[column_named(&listing, "country")].text;
        const char *decision = cells[column_named(&listing, "decision")].text;
        for (size_t i = 0; i < ROWS; i++) {
            const int a = of.decided.decision[i];
            if (strcmp(codes[c->country[i]], country) == 0 && strcmp(jk_action_name((jk_action)a), decision) == 0) {
                count += 1.0;
                face += c->balance[i];
                value += (double)c->value[a][i];
                free_value += (double)c->value[of.decided.free[i]][i];
                of_action[a] += 1.0;
            }
        }
        expect(&listing, cells, "claims", count);
        expect(&listing, cells, "face", face);
        expect(&listing, cells, "share_of_face", 100.0 * face / all);
        expect(&listing, cells, "value", value);
        expect(&listing, cells, "value_pct_of_face", 100.0 * value / face);
        expect(&listing, cells, "value_free", free_value);
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            expect(&listing, cells, jk_action_name((jk_action)a), of_action[a]);
        }
        assert_true(count > 0.0);
        claims += (size_t)count;
    }
    assert_int_equal(claims, ROWS);
    assert_true(listing.rows > countries);
    assert_string_equal(listing.name, "strata of decisions");
    const jk_decide_outcome outcome = {.candidates = c, .decided = &of.decided, .strata = strata};
    const jk_valuation valuation = {.irr = 0.1, .cutoff = tape_cutoff(), .allow = JK_ALLOW_ALL};
    char *text = jk_decided_json(&outcome, &valuation, false);
    json_t *root = json_loads(text, 0, NULL);
    const json_t *told = json_object_get(root, "strata");
    assert_int_equal(json_array_size(told), listing.rows);
    for (size_t row = 0; row < listing.rows; row++) {
        jk_cell cells[JK_LISTING_COLUMNS];
        must(jk_listing_row(&listing, row, cells, &error), &error);
        assert_true(json_number_value(json_object_get(json_array_get(told, row), "claims")) ==
                    cells[column_named(&listing, "claims")].number);
    }
    json_decref(root);
    free(text);
    jk_decided_strata_free(strata);
    forget(&of);
}

static jk_status make_once(void *context, jk_error *error) {
    const made *of = context;
    jk_decided_strata *strata = NULL;
    const jk_status status = jk_decided_strata_make(of->strata, of->claims, &of->decided, &strata, error);
    jk_decided_strata_free(strata);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    made of;
    long without = 0;
    make("segment", &of);
    assert_true(refuse_each_allocation(make_once, &of, &without) > without + 2); /* sorts get on without */
    forget(&of);
    const jk_listing empty = jk_decided_strata_listing(NULL);
    assert_int_equal(empty.rows, 0);
    assert_string_equal(empty.columns[0].name, "claims");
    expect_decimals(&empty, (const decimals[]){{"share_of_face", 4}, {"value_pct_of_face", 4}}, 2);
    assert_string_equal(empty.columns[empty.column_count - 1].name, "legal");
    jk_decided_strata_free(NULL);
}

static int open_tape(void **state) {
    return open_plain(state, ROWS, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(combinations_by_hand),
                                       cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
