/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of a simulation's JSON holds its own figure: all figures of a made simulation differ. */
#include "cmocka_all.h"

#include <jansson.h>
#include <math.h>

#include "jalki/simulate.h"
#include "value/engine_case.h"

enum { YEARS = 3, AFTER = 2 };

static jk_tape *tape;

/* Figures from `first` on, errors from first + 100. */
static jk_distribution numbered(double first, uint64_t count) {
    jk_distribution d = {.count = count};
    for (int f = 0; f < JK_FIGURE_COUNT; f++) {
        d.figure[f] = first + f;
        d.error[f] = first + 100.0 + f;
    }
    return d;
}

static double at(const json_t *object, const char *key) {
    const json_t *number = json_object_get(object, key);
    if (!json_is_number(number)) {
        fail_msg("no number %s", key);
    }
    return json_number_value(number);
}

static void check_distribution(const json_t *object, double first) {
    static const char *const names[] = {"mean", "sd", "p01", "p05", "p25", "p50", "p75", "p95", "p99", "es05"};
    for (int f = 0; f < JK_FIGURE_COUNT; f++) {
        assert_true(at(object, names[f]) == first + f);
        assert_true(at(json_object_get(object, "std_errors"), names[f]) == first + 100.0 + f);
    }
}

static void check_years(const json_t *list, double first) {
    static const struct {
        const char *name;
        int figure;
    } shown[] = {{"mean", JK_FIGURE_MEAN}, {"p05", JK_FIGURE_P05}, {"p50", JK_FIGURE_P50}, {"p95", JK_FIGURE_P95}};
    assert_int_equal(json_array_size(list), YEARS);
    for (int y = 0; y < YEARS; y++) {
        const json_t *year = json_array_get(list, (size_t)y);
        assert_true(at(year, "year") == y + 1);
        for (int i = 0; i < 4; i++) {
            assert_true(at(year, shown[i].name) == first + 1000.0 * y + shown[i].figure);
            assert_true(at(json_object_get(year, "std_errors"), shown[i].name) ==
                        first + 1000.0 * y + 100.0 + shown[i].figure);
        }
    }
}

static json_t *written(const jk_simulation *simulation) {
    char *text = jk_simulation_json(tape, model, simulation);
    assert_non_null(text);
    assert_int_equal(text[strlen(text) - 1], '\n');
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static void keys_hold_their_own_figures(void **state) {
    (void)state;
    jk_distribution year[YEARS], collected[YEARS];
    jk_simulation is = {.paths = 901,
                        .seed = 77,
                        .claims = 5003,
                        .face = 1.5,
                        .base_value = 2.5,
                        .irr = 0.125,
                        .cutoff = tape_cutoff(),
                        .allow = JK_ALLOW_ALL,
                        .onboarding = 3.5,
                        .price = 4.5,
                        .own_risk = 1,
                        .parameters = 11,
                        .parameters_left_out = 13,
                        .factors = 17,
                        .lowest_correlation = -0.25,
                        .highest_correlation = 0.75,
                        .model_points = 19,
                        .large_claims = 23,
                        .compression_error = 0.5,
                        .value_error = 0.0625,
                        .gross_error = 0.25,
                        .cost_error = 0.375,
                        .stress = {0.7, 1.3},
                        .stressed_one_in = 8,
                        .within_tolerance = 1,
                        .value = numbered(10000.0, 901),
                        .gross = numbered(20000.0, 901),
                        .net = numbered(30000.0, 901),
                        .irr_at_price = numbered(40000.0, 890),
                        .probability_of_return = 0.625,
                        .probability_of_loss = 0.1875,
                        .years = YEARS,
                        .year = year,
                        .collected = collected,
                        .confidence_price = {61.0, 62.0},
                        .confidence_error = {63.0, 64.0},
                        .convergence_count = AFTER,
                        .convergence = {numbered(50000.0, 450), numbered(60000.0, 901)}};
    for (int y = 0; y < YEARS; y++) {
        year[y] = numbered(70000.0 + 1000.0 * y, 901);
        collected[y] = numbered(80000.0 + 1000.0 * y, 901);
    }
    json_t *root = written(&is);
    static const struct {
        const char *object, *key;
        double number;
    } numbers[] = {{NULL, "paths", 901},
                   {NULL, "seed", 77},
                   {NULL, "claims", 5003},
                   {NULL, "face", 1.5},
                   {NULL, "base_value", 2.5},
                   {NULL, "irr", 0.125},
                   {NULL, "onboarding", 3.5},
                   {NULL, "model_points", 19},
                   {NULL, "large_claims", 23},
                   {NULL, "compression_error", 0.5},
                   {"compression", "value", 0.0625},
                   {"compression", "yearly_gross", 0.25},
                   {"compression", "yearly_cost", 0.375},
                   {"compression", "stressed_one_in", 8},
                   {"correlation", "factors", 17},
                   {"correlation", "lowest", -0.25},
                   {"correlation", "highest", 0.75},
                   {"irr_at_price", "price", 4.5},
                   {"irr_at_price", "paths_without", 11},
                   {"irr_at_price", "probability_of_required_return", 0.625},
                   {"irr_at_price", "probability_of_loss", 0.1875},
                   {"price_at_confidence", "0.80", 61},
                   {"price_at_confidence", "0.95", 62},
                   {"price_at_confidence_std_errors", "0.80", 63},
                   {"price_at_confidence_std_errors", "0.95", 64},
                   {"manifest", "seed", 77},
                   {"manifest", "paths", 901},
                   {"manifest", "parameters_drawn", 11},
                   {"manifest", "parameters_left_out", 13}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const json_t *object = numbers[i].object == NULL ? root : json_object_get(root, numbers[i].object);
        if (at(object, numbers[i].key) != numbers[i].number) {
            fail_msg("%s: %g, expected %g", numbers[i].key, at(object, numbers[i].key), numbers[i].number);
        }
    }
    check_distribution(json_object_get(root, "pv"), 10000.0);
    check_distribution(json_object_get(root, "gross"), 20000.0);
    check_distribution(json_object_get(root, "net"), 30000.0);
    check_distribution(json_object_get(root, "irr_at_price"), 40000.0);
    check_years(json_object_get(root, "erc_by_year"), 70000.0);
    check_years(json_object_get(root, "erc_to_year"), 80000.0);
    const json_t *after = json_object_get(root, "convergence"), *stress = NULL;
    assert_int_equal(json_array_size(after), AFTER);
    for (size_t i = 0; i < AFTER; i++) {
        check_distribution(json_array_get(after, i), 50000.0 + 10000.0 * (double)i);
        assert_true(at(json_array_get(after, i), "paths") == (i == 0 ? 450 : 901));
    }
    stress = json_object_get(json_object_get(root, "compression"), "stress");
    assert_int_equal(json_array_size(stress), 2);
    assert_true(json_number_value(json_array_get(stress, 0)) == 0.7 &&
                json_number_value(json_array_get(stress, 1)) == 1.3);
    assert_true(json_is_true(json_object_get(json_object_get(root, "compression"), "within_tolerance")));
    assert_true(json_is_true(json_object_get(json_object_get(root, "manifest"), "own_risk")));
    assert_string_equal(json_string_value(json_object_get(json_object_get(root, "irr_at_price"), "price_is")), "bid");
    json_decref(root);
    is.price_given = 1;
    is.within_tolerance = is.own_risk = 0;
    is.value.figure[JK_FIGURE_SD] = NAN;
    root = written(&is);
    assert_true(json_is_false(json_object_get(json_object_get(root, "compression"), "within_tolerance")));
    assert_true(json_is_false(json_object_get(json_object_get(root, "manifest"), "own_risk")));
    assert_true(json_is_null(json_object_get(json_object_get(root, "pv"), "sd")));
    assert_string_equal(json_string_value(json_object_get(json_object_get(root, "irr_at_price"), "price_is")), "given");
    json_decref(root);
}

static int open_tape(void **state) {
    return open_plain(state, 30, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_hold_their_own_figures)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
