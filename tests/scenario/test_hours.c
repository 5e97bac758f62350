/* SPDX-License-Identifier: Apache-2.0 */
/* Plans within hours on a made tape: each keeps to what there is, its worth and the bound enclose the best, the
 * valuation is that of the plan that was found, and a run that fails leaves nothing behind. */
#include "cmocka_all.h"

#include <math.h>

#include "jalki/hours.h"
#include "value/engine_case.h"

static jk_tape *tape;

static jk_value_options valued(void) {
    jk_value_options options = jk_value_defaults();
    options.irr = 0.12;
    options.run.threads = 2;
    return options;
}

static jk_hours solved(size_t count, const double *given) {
    jk_error error = {0};
    jk_hours hours = {.given_count = count};
    const jk_value_options options = valued();
    memcpy(hours.given, given, count * sizeof *given);
    must(jk_hours_solve(tape, model, &options, &hours, &error), &error);
    return hours;
}

static void plans_keep_to_their_hours(void **state) {
    (void)state;
    jk_error error = {0};
    const jk_value_options options = valued();
    jk_valuation plain;
    must(jk_value_run(tape, model, &options, NULL, 0, &plain, &error), &error);
    const double much = 1e12;
    const jk_hours wide = solved(1, &much);
    assert_true(wide.value == plain.total.value && wide.unlimited == plain.total.value && wide.bound == wide.value);
    assert_int_equal(wide.rounds, 1);
    double before = 0.0;
    for (int share = 1; share < 4; share++) { /* few now, more later, and so on at that pace */
        const double given[] = {0.2 * share * wide.wanted[0], 0.3 * share * wide.wanted[1]};
        const jk_hours hours = solved(2, given);
        for (int j = 0; j < model->epoch_count; j++) {
            const double pace = given[1] * model->epochs[j] / model->epochs[1];
            assert_int_equal(hours.months[j], model->epochs[j]);
            assert_true(fabs(hours.available[j] - (j == 0 ? given[0] : pace)) <= 1e-9 * pace);
            assert_true(hours.used[j] <= hours.available[j] && hours.wanted[j] == wide.wanted[j]);
            assert_true(wide.price[j] == 0.0 && hours.price[j] >= 0.0);
        }
        assert_true(hours.price[0] > 0.0 && hours.unlimited == wide.value);
        assert_true(before < hours.value && hours.value <= hours.bound && hours.bound < wide.value);
        print_message("%.4f of the bound is open\n", 1.0 - hours.value / hours.bound);
        assert_true(hours.bound - hours.value < 0.03 * hours.bound); /* of few claims */
        jk_valuation made;
        must(jk_hours_value(tape, model, &options, &hours, NULL, 0, &made, &error), &error);
        assert_true(made.total.value == hours.value);
        jk_valuation_reset(&made);
        before = hours.value;
    }
    jk_valuation_reset(&plain);
}

/* Hours that the plan uses but for the twentieth of a per cent that is aimed below have no price: those of the last
 * epoch, which the limit of the first leaves as they are wanted. */
static void hours_that_are_just_enough_are_free(void **state) {
    (void)state;
    const double much = 1e12, margin = 1.0 - 0.0005;
    const jk_hours wide = solved(1, &much);
    const int last = model->epoch_count - 1;
    double given[JK_EPOCHS_MAX];
    for (int j = 0; j < last; j++) {
        given[j] = j == 0 ? 0.6 * wide.wanted[0] : 10.0 * wide.wanted[j] + 1.0;
    }
    given[last] = wide.wanted[last] / margin;
    while (given[last] * margin > wide.wanted[last]) {
        given[last] = nextafter(given[last], 0.0);
    }
    while (given[last] * margin < wide.wanted[last]) {
        given[last] = nextafter(given[last], 2.0 * given[last]);
    }
    assert_true(given[last] * margin == wide.wanted[last]);
    const jk_hours hours = solved((size_t)model->epoch_count, given);
    assert_true(hours.price[0] > 0.0 && hours.rounds > 1 && hours.price[last] == 0.0);
    assert_true(hours.used[last] > 0.0 && hours.used[last] <= wide.wanted[last]);
}

static void mistakes(void **state) {
    (void)state;
    jk_value_options options = valued();
    static const struct {
        size_t count;
        double given;
    } bad[] = {{0, 5.0}, {1, 0.0}, {1, -1.0}, {1, NAN}, {1, 1.001e12}, {JK_EPOCHS_MAX, 5.0}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        jk_error error = {0};
        jk_hours hours = {.given_count = bad[i].count};
        for (size_t j = 0; j < bad[i].count; j++) {
            hours.given[j] = bad[i].given;
        }
        assert_int_equal(jk_hours_solve(tape, model, &options, &hours, &error), JK_ERROR_ARGUMENT);
    }
    jk_error error = {0};
    const jk_hours hours = {.given = {5.0}, .given_count = 1};
    jk_valuation made;
    memset(&made, 0x5a, sizeof made);
    options.memory = 1;
    assert_int_equal(jk_hours_value(tape, model, &options, &hours, NULL, 0, &made, &error), JK_ERROR_MEMORY);
    assert_true(made.arena == NULL && made.segment == NULL && made.flow.cell == NULL && made.total.claims == 0);
    jk_valuation_reset(&made);
}

static int open_tape(void **state) {
    return open_plain(state, 600, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(plans_keep_to_their_hours),
                                       cmocka_unit_test(hours_that_are_just_enough_are_free),
                                       cmocka_unit_test(mistakes)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
