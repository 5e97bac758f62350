/* SPDX-License-Identifier: Apache-2.0 */
/* Plans within hours. With u_j(a) the expected hours that plan a takes in epoch j, c_j those that there are, i_j the
 * inflation of costs and l_j >= 0 a price of an hour,
 *
 *     max { V(a) : u_j(a) <= c_j for all j }  <=  D(l) = max_a { V(a) - sum_j l_j i_j ud_j(a) } + sum_j l_j i_j e^(-d
 * T_j) c_j
 *
 * where ud_j are the hours of epoch j discounted to the cut-off, at most e^(-d T_j) u_j (Lagrange; Everett,
 * "Generalized Lagrange multiplier method for solving problems of optimum allocation of resources", Operations Research
 * 11, 1963). The first term is a valuation with hours at the prices l, claim by claim. What its plan is worth at the
 * model's own costs is a lower bound wherever u_j <= c_j, so that the two certify each other.
 *
 * A round is one pass over the tape with three cases: the plan at the prices; the same plan with hours one unit dearer,
 * whose costs are higher by i_j u_j; the same plan at the model's own costs. The prices then move in their logarithm by
 * that of u_j / c_j, over an elasticity that two rounds tell. */
#include "jalki/hours.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number/fmath.h"

enum { ROUNDS_MAX = 40, REPAIRS_MAX = 60, PATIENCE = 4, CASES = 3 };
#define MARGIN       0.0005 /* of the hours: rounds aim below the limit, so that they come to keep it */
#define CLOSE_GAP    1e-3   /* of the bound: near enough */
#define FIRST_PRICE  4.0
#define LEAST_PRICE  0.01 /* below it, hours that are not all used cost nothing */
#define LEAST_SENSE  0.25 /* bounds of the elasticity, and of one step */
#define MOST_SENSE   4.0
#define LARGEST_STEP 1.0

typedef struct search {
    const jk_tape *tape;
    const jk_model *model;
    const jk_value_options *options;
    jk_hours *hours;
    double irr;
    double price[JK_EPOCHS_MAX], dearer[JK_EPOCHS_MAX], used[JK_EPOCHS_MAX];
    double before_price[JK_EPOCHS_MAX], before_used[JK_EPOCHS_MAX];
    double sense[JK_EPOCHS_MAX]; /* how the logarithm of hours falls with that of the price */
    double value, bound;         /* of this round */
    bool found;                  /* a plan that keeps the limit */
} search;

static double inflation_at(const jk_model *model, int month) {
    return jk_exp(jk_log(1.0 + model->cost_inflation) * (double)month / 12.0);
}

static double cost_of(const jk_valuation *valuation, int first, int months) {
    size_t all = valuation->segment_count;
    return jk_valuation_months(valuation, first + months, all).cost - jk_valuation_months(valuation, first, all).cost;
}

/* ---- one round ----------------------------------------------------------------------------------------------------
 */

static void read_round(search *s, const jk_valuation valuations[CASES]) {
    double delta = jk_log(1.0 + s->irr) / 12.0;
    int month = 0;
    s->value = valuations[2].total.value;
    s->bound = valuations[0].total.value;
    for (int j = 0; j < s->model->epoch_count; j++) {
        int months = s->model->epochs[j];
        double inflation = inflation_at(s->model, month);
        double more = cost_of(&valuations[1], month, months) - cost_of(&valuations[0], month, months);
        s->used[j] = fmax(0.0, more / inflation);
        s->bound += s->price[j] * inflation * jk_exp(-delta * (double)month) * s->hours->available[j];
        month += months;
    }
    s->hours->bound = fmin(s->hours->bound, s->bound);
    s->hours->rounds++;
}

static jk_status run_round(search *s, jk_error *error) {
    for (int j = 0; j < s->model->epoch_count; j++) {
        s->dearer[j] = s->price[j] + 1.0;
    }
    const jk_value_case cases[CASES] = {{.irr = s->irr, .keeps = -1, .hour_price = s->price},
                                        {.irr = s->irr, .keeps = 0, .hour_price = s->dearer},
                                        {.irr = s->irr, .keeps = 0}};
    jk_valuation valuations[CASES];
    JK_TRY(jk_value_cases(s->tape, s->model, s->options, cases, CASES, NULL, 0, valuations, error));
    read_round(s, valuations);
    for (int c = 0; c < CASES; c++) {
        jk_valuation_reset(&valuations[c]);
    }
    return JK_OK;
}

static bool keeps_limit(const search *s) {
    for (int j = 0; j < s->model->epoch_count; j++) {
        if (s->used[j] > s->hours->available[j]) {
            return false;
        }
    }
    return true;
}

/* Keeps the round's plan if it is within the hours and worth more than the one kept; true if it was taken. */
static bool take_round(search *s) {
    if (!keeps_limit(s) || (s->found && s->value <= s->hours->value)) {
        return false;
    }
    s->found = true;
    s->hours->value = s->value;
    memcpy(s->hours->price, s->price, sizeof s->price);
    memcpy(s->hours->used, s->used, sizeof s->used);
    return true;
}

/* ---- prices -------------------------------------------------------------------------------------------------------
 */

static double clamp(double value, double low, double high) {
    return fmin(fmax(value, low), high);
}

/* What the last two rounds say of the elasticity of an epoch's hours, half of it believed. */
static void learn(search *s, int j) {
    bool moved = s->before_price[j] > 0.0 && s->price[j] > 0.0 && s->before_used[j] > 0.0 && s->used[j] > 0.0;
    double step = moved ? jk_log(s->price[j] / s->before_price[j]) : 0.0;
    if (fabs(step) > 1e-3) {
        double seen = -jk_log(s->used[j] / s->before_used[j]) / step;
        s->sense[j] = 0.5 * (s->sense[j] + clamp(seen, LEAST_SENSE, MOST_SENSE));
    }
}

static double next_price(const search *s, int j) {
    double wanted = s->hours->available[j] * (1.0 - MARGIN);
    if (s->price[j] <= 0.0) {
        return s->used[j] > wanted ? FIRST_PRICE : 0.0;
    }
    double ratio = s->used[j] > 0.0 ? jk_log(s->used[j] / wanted) : -LARGEST_STEP * MOST_SENSE;
    double price = s->price[j] * jk_exp(clamp(ratio / s->sense[j], -LARGEST_STEP, LARGEST_STEP));
    return price < LEAST_PRICE && ratio < 0.0 ? 0.0 : fmin(price, JK_HOUR_MAX - 1.0);
}

static void move_prices(search *s) {
    for (int j = 0; j < s->model->epoch_count; j++) {
        learn(s, j);
        double price = next_price(s, j);
        s->before_price[j] = s->price[j];
        s->before_used[j] = s->used[j];
        s->price[j] = price;
    }
}

/* Where no round kept the limit: hours of the epochs that are over it become dearer until all keep it. */
static jk_status raise_prices(search *s, jk_error *error) {
    for (int i = 0; i < REPAIRS_MAX && !s->found; i++) {
        for (int j = 0; j < s->model->epoch_count; j++) {
            if (s->used[j] > s->hours->available[j]) {
                s->price[j] = fmin(fmax(1.05 * s->price[j], LEAST_PRICE), JK_HOUR_MAX - 1.0);
            }
        }
        JK_TRY(run_round(s, error));
        (void)take_round(s);
    }
    return s->found ? JK_OK
                    : jk_fail(error, JK_ERROR_DATA, jk_tape_path(s->tape), 0, "hours",
                              "no price of an hour was found at which the plan keeps to so few hours; expected more");
}

static jk_status find_prices(search *s, jk_error *error) {
    int since = 0;
    for (int i = 0; i < ROUNDS_MAX && since < PATIENCE; i++) {
        move_prices(s);
        JK_TRY(run_round(s, error));
        since = take_round(s) || !s->found ? 0 : since + 1;
        if (s->found && s->hours->bound - s->hours->value <= CLOSE_GAP * fabs(s->hours->bound)) {
            break;
        }
    }
    return s->found ? JK_OK : raise_prices(s, error);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------
 */

static jk_status set_available(const jk_model *model, jk_hours *hours, jk_error *error) {
    if (hours->given_count < 1 || hours->given_count > (size_t)model->epoch_count) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "hours",
                       "hours of %zu epochs are given; expected 1 to %d, as many as the model has", hours->given_count,
                       model->epoch_count);
    }
    size_t last = hours->given_count - 1;
    for (size_t j = 0; j < (size_t)model->epoch_count; j++) {
        double given = hours->given[j < last ? j : last];
        if (!(given > 0.0 && given <= 1e12)) {
            return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "hours", "%g is no number of hours; expected above 0",
                           given);
        }
        hours->months[j] = model->epochs[j];
        hours->available[j] = j <= last ? given : given * (double)model->epochs[j] / (double)model->epochs[last];
    }
    hours->epochs = model->epoch_count;
    return JK_OK;
}

jk_status jk_hours_solve(const jk_tape *tape, const jk_model *model, const jk_value_options *options, jk_hours *hours,
                         jk_error *error) {
    JK_TRY(set_available(model, hours, error));
    search s = {.tape = tape,
                .model = model,
                .options = options,
                .hours = hours,
                .irr = isnan(options->irr) ? model->irr : options->irr};
    hours->bound = (double)INFINITY;
    hours->rounds = 0;
    for (int j = 0; j < model->epoch_count; j++) {
        s.sense[j] = 1.0;
    }
    JK_TRY(run_round(&s, error)); /* at no price: what is wanted */
    hours->unlimited = s.value;
    memcpy(hours->wanted, s.used, sizeof s.used);
    if (!take_round(&s)) {
        JK_TRY(find_prices(&s, error));
    }
    hours->bound = fmax(hours->bound, hours->value); /* lower by the rounding of the plan's arithmetic alone */
    return JK_OK;
}

jk_status jk_hours_value(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                         const jk_hours *hours, const jk_value_sink *sinks, size_t sink_count, jk_valuation *valuation,
                         jk_error *error) {
    double irr = isnan(options->irr) ? model->irr : options->irr;
    const jk_value_case cases[] = {{.irr = irr, .keeps = -1, .hour_price = hours->price}, {.irr = irr, .keeps = 0}};
    jk_value_options own = *options;
    jk_valuation both[2];
    own.sinks_see_last = true;
    *valuation = (jk_valuation){0};
    JK_TRY(jk_value_cases(tape, model, &own, cases, 2, sinks, sink_count, both, error));
    *valuation = both[1];
    jk_valuation_reset(&both[0]);
    return JK_OK;
}
