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

/* ---- the search, written again ----------------------------------------------------------------------------------- */

/* Of one round, or of the best plan so far. */
typedef struct round_of {
    double price[JK_EPOCHS_MAX], used[JK_EPOCHS_MAX], value, bound;
} round_of;

static double cost_between(const jk_valuation *of, int from, int to) {
    double sum = 0.0;
    for (int month = from + 1; month <= to; month++) {
        sum += jk_valuation_month(of, month, of->segment_count).cost;
    }
    return sum;
}

/* A plan at the prices, what it costs with hours one dearer, and what it is worth at the model's costs. */
static void try_prices(const jk_hours *there_are, double irr, round_of *at) {
    jk_error error = {0};
    double dearer[JK_EPOCHS_MAX];
    for (int j = 0; j < model->epoch_count; j++) {
        dearer[j] = at->price[j] + 1.0;
    }
    const jk_value_case cases[] = {{.irr = irr, .keeps = -1, .hour_price = at->price},
                                   {.irr = irr, .keeps = 0, .hour_price = dearer},
                                   {.irr = irr, .keeps = 0}};
    const jk_value_options options = valued();
    jk_valuation of[3];
    must(jk_value_cases(tape, model, &options, cases, 3, NULL, 0, of, &error), &error);
    at->value = of[2].total.value;
    at->bound = of[0].total.value;
    for (int j = 0, month = 0; j < model->epoch_count; month += model->epochs[j++]) {
        const double inflated = pow(1.0 + model->cost_inflation, month / 12.0), end = month + model->epochs[j];
        const double more = cost_between(&of[1], month, (int)end) - cost_between(&of[0], month, (int)end);
        at->used[j] = fmax(0.0, more / inflated);
        at->bound += at->price[j] * inflated * pow(1.0 + irr, -month / 12.0) * there_are->available[j];
    }
    for (int c = 0; c < 3; c++) {
        jk_valuation_reset(&of[c]);
    }
}

/* Free hours of which more are wanted begin at 4; others follow the logarithm of what is used over what is aimed for,
 * by at most a factor of e, and are free again below a cent. */
static double moved(double price, double used, double available, double sense) {
    const double aim = 0.9995 * available;
    if (price == 0.0) {
        return used > aim ? 4.0 : 0.0;
    }
    const double wanted = used > 0.0 ? log(used / aim) : -4.0;
    const double next = price * exp(fmax(-1.0, fmin(1.0, wanted / sense)));
    return wanted < 0.0 && next < 0.01 ? 0.0 : fmin(next, JK_HOUR_MAX - 1.0);
}

typedef struct plain_search {
    round_of best;
    double bound;
    int rounds, raised;
    bool found;
} plain_search;

/* Whether the round is the best so far of those that keep the limit. */
static bool take(plain_search *to, const jk_hours *there_are, const round_of *at) {
    bool keeps = true;
    for (int j = 0; j < model->epoch_count; j++) {
        keeps = keeps && at->used[j] <= there_are->available[j];
    }
    to->rounds++;
    to->bound = fmin(to->bound, at->bound);
    if (keeps && (!to->found || at->value > to->best.value)) {
        to->best = *at;
        return to->found = true;
    }
    return false;
}

static plain_search search_plainly(const jk_hours *there_are, double irr) {
    plain_search all = {.bound = (double)INFINITY};
    round_of at = {.value = 0.0}, before = {.value = 0.0};
    double sense[JK_EPOCHS_MAX];
    for (int j = 0; j < model->epoch_count; j++) {
        sense[j] = 1.0;
    }
    try_prices(there_are, irr, &at);
    if (take(&all, there_are, &at)) {
        return all;
    }
    for (int round = 0, idle = 0; round < 40 && idle < 4; round++) {
        round_of next = {.value = 0.0};
        for (int j = 0; j < model->epoch_count; j++) {
            const bool both = before.price[j] > 0.0 && before.used[j] > 0.0 && at.price[j] > 0.0 && at.used[j] > 0.0;
            const double step = both ? log(at.price[j] / before.price[j]) : 0.0;
            if (fabs(step) > 1e-3) {
                const double seen = -log(at.used[j] / before.used[j]) / step;
                sense[j] = (sense[j] + fmax(0.25, fmin(4.0, seen))) / 2.0;
            }
            next.price[j] = moved(at.price[j], at.used[j], there_are->available[j], sense[j]);
        }
        before = at;
        at = next;
        try_prices(there_are, irr, &at);
        idle = take(&all, there_are, &at) || !all.found ? 0 : idle + 1;
        if (all.found && all.bound - all.best.value <= 1e-3 * fabs(all.bound)) {
            break;
        }
    }
    for (; !all.found && all.raised < 60; all.raised++) {
        for (int j = 0; j < model->epoch_count; j++) {
            at.price[j] = at.used[j] > there_are->available[j] ? fmax(0.01, 1.05 * at.price[j]) : at.price[j];
        }
        try_prices(there_are, irr, &at);
        (void)take(&all, there_are, &at);
    }
    return all;
}

static void prices_are_found_as_by_the_search_written_again(void **state) {
    (void)state;
    const double much = 1e12;
    const jk_hours wide = solved(1, &much);
    int close = 0, idle = 0, raised = 0, most = 0;
    static const double shares[][2] = {{0.9, 0.9},  {0.3, 2.0},   {0.02, 0.5},  {1.2, 0.1},
                                       {1e-7, 9.0}, {0.999, 0.8}, {1e-9, 1e-9}, {0.5, 1e-6}};
    for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++) {
        for (size_t count = 1; count <= (size_t)model->epoch_count; count += (size_t)model->epoch_count - 1) {
            double given[JK_EPOCHS_MAX];
            for (size_t j = 0; j < count; j++) {
                given[j] = shares[k][j % 2] * wide.wanted[j] + 1e-9;
            }
            const jk_hours hours = solved(count, given);
            const plain_search plain = search_plainly(&hours, 0.12);
            assert_true(plain.found);
            assert_int_equal(hours.rounds, plain.rounds);
            assert_true(hours.value == plain.best.value);
            assert_true(fabs(hours.bound - fmax(plain.bound, plain.best.value)) <= 1e-9 * hours.bound);
            for (int j = 0; j < model->epoch_count; j++) {
                assert_true(fabs(hours.price[j] - plain.best.price[j]) <= 1e-6 * (1e-3 + hours.price[j]));
                assert_true(fabs(hours.used[j] - plain.best.used[j]) <= 1e-6 * (1e-3 + hours.used[j]));
            }
            const bool is_close = plain.bound - plain.best.value <= 1e-3 * fabs(plain.bound);
            close += is_close;
            idle += !is_close && plain.rounds < 41;
            raised += plain.raised;
            most = plain.rounds > most ? plain.rounds : most;
        }
    }
    print_message("%d ended near the bound, %d without progress, prices were raised %d times; at most %d rounds\n",
                  close, idle, raised, most);
    assert_true(close > 0 && idle > 0);
}

/* The hours of the last epoch that is given are those, to the bit; the pace goes on from there. */
static void the_last_hours_given_are_as_given(void **state) {
    (void)state;
    for (size_t count = 1; count < 4; count++) {
        const double given = 1024.0 * (1.5 + 0x1p-51), months = model->epochs[count - 1];
        double hours[3] = {5000.0, 6000.0, 7000.0};
        volatile double scaled = given * months;
        hours[count - 1] = given;
        assert_true(scaled / months != given); /* as it is with others */
        const jk_hours is = solved(count, hours);
        assert_true(is.available[count - 1] == given);
        assert_true(fabs(is.available[count] - given * model->epochs[count] / months) < 1e-9);
    }
}

/* A claim that is worth more than any hour can cost takes its hours whatever they cost: after so many rounds and so
 * many prices that were raised it is said that there is no price. */
static void no_price_keeps_some_from_working(void **state) {
    (void)state;
    jk_error error = {0};
    jk_tape *huge = open_made("huge.h5", &(tape_plan){.rows = 9, .huge_row = 1});
    const jk_value_options options = valued();
    jk_hours hours = {.given = {1e-6}, .given_count = 1};
    assert_int_equal(jk_hours_solve(huge, model, &options, &hours, &error), JK_ERROR_DATA);
    assert_non_null(strstr(error.message, "no price of an hour was found"));
    assert_int_equal(hours.rounds, 1 + 40 + 60);
    jk_tape_close(huge);
}

/* The return of the model where none is asked for. */
static void the_return_may_be_the_models(void **state) {
    (void)state;
    jk_error error = {0};
    jk_value_options options = valued();
    jk_hours hours[2] = {{.given = {200.0}, .given_count = 1}, {.given = {200.0}, .given_count = 1}};
    jk_valuation made[2];
    for (int k = 0; k < 2; k++) {
        options.irr = k == 0 ? (double)NAN : model->irr;
        must(jk_hours_solve(tape, model, &options, &hours[k], &error), &error);
        must(jk_hours_value(tape, model, &options, &hours[k], NULL, 0, &made[k], &error), &error);
    }
    assert_true(model->irr != 0.12 && hours[0].value == hours[1].value && hours[0].bound == hours[1].bound);
    assert_true(made[0].irr == model->irr && made[0].total.value == made[1].total.value);
    jk_valuation_reset(&made[0]);
    jk_valuation_reset(&made[1]);
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
                                       cmocka_unit_test(prices_are_found_as_by_the_search_written_again),
                                       cmocka_unit_test(the_last_hours_given_are_as_given),
                                       cmocka_unit_test(no_price_keeps_some_from_working),
                                       cmocka_unit_test(the_return_may_be_the_models),
                                       cmocka_unit_test(mistakes)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
