/* SPDX-License-Identifier: Apache-2.0 */
/* Chances of being treated: what is left of what was chosen gives the figures of the regression back, and these the
 * chances; differences of shares by hand. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "fit/experiment/experiment_internal.h"

enum { UNITS = 400, TERMS = 2, LEVELS = 3 };

static uint64_t state;

static double draw(void) { /* SplitMix64, in 0..1 */
    uint64_t x = state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

static const char *names[TERMS] = {"segment", "employment"};

static jk_experiment of_two_terms(void) {
    return (jk_experiment){.terms = TERMS, .term_name = names, .term_levels = {LEVELS, LEVELS}};
}

/* Large debts are treated more readily, old ones less, and by level. Nobody is of the last level of the second. */
static void draw_units(jk_unit *unit, const jk_unit **list) {
    state = 5;
    for (size_t i = 0; i < UNITS; i++) {
        unit[i] = (jk_unit){.balance = 50.0 * exp(4.0 * draw()), .age = i % 50 == 0 ? -1.0 : 60.0 * draw()};
        unit[i].term[0] = (uint8_t)(LEVELS * draw());
        unit[i].term[1] = (uint8_t)(2.0 * draw());
        const double score = 0.5 * log(unit[i].balance / 400.0) - 0.4 * log(1.0 + fmax(unit[i].age, 0.0)) +
                             unit[i].term[0] - 0.5 * unit[i].term[1];
        unit[i].arm = draw() < 1.0 / (1.0 + exp(-score)) ? JK_TREAT_AMICABLE : JK_TREAT_SURVEIL;
        list[i] = &unit[i];
    }
}

/* Numbers of a unit about their mean, in standard deviations. */
static void scale(const jk_unit *unit, double number[UNITS][2]) {
    for (int k = 0; k < 2; k++) {
        double mean = 0.0, square = 0.0;
        for (size_t i = 0; i < UNITS; i++) {
            number[i][k] = k == 0 ? log(unit[i].balance) : log(1.0 + fmax(unit[i].age, 0.0));
            mean += number[i][k] / UNITS;
        }
        for (size_t i = 0; i < UNITS; i++) {
            number[i][k] -= mean;
            square += number[i][k] * number[i][k] / UNITS;
        }
        for (size_t i = 0; i < UNITS; i++) {
            number[i][k] /= sqrt(square);
        }
    }
}

/* With a ridge of one every figure but the level is the sum of what is left times its value. */
static void chances_give_their_figures_back(void **unused) {
    (void)unused;
    static jk_unit unit[UNITS];
    static double number[UNITS][2], chance[UNITS];
    const jk_unit *list[UNITS];
    const jk_experiment experiment = of_two_terms();
    draw_units(unit, list);
    assert_int_equal(jk_propensity(&experiment, list, UNITS, chance, NULL), JK_OK);
    scale(unit, number);
    double left = 0.0, slope[2] = {0.0}, level[TERMS][LEVELS] = {{0.0}}, first = 0.0, most = 0.0;
    for (size_t i = 0; i < UNITS; i++) {
        const double rest = (unit[i].arm == JK_TREAT_AMICABLE ? 1.0 : 0.0) - chance[i];
        left += rest;
        for (int k = 0; k < 2; k++) {
            slope[k] += rest * number[i][k];
            level[k][unit[i].term[k]] += rest;
        }
    }
    assert_true(fabs(left) < 1e-7);
    assert_true(slope[0] > 0.2 && slope[1] < -0.2 && level[0][2] > level[0][0] + 0.5 && level[1][2] == 0.0);
    for (size_t i = 0; i < UNITS; i++) {
        const double own = log(chance[i] / (1.0 - chance[i])) - slope[0] * number[i][0] - slope[1] * number[i][1] -
                           level[0][unit[i].term[0]] - level[1][unit[i].term[1]];
        first = i == 0 ? own : first;
        most = fmax(most, fabs(own - first));
    }
    assert_true(most < 1e-6);
}

/* Debts of one size: numbers that do not differ say nothing, and all have the chance of their level. */
static void numbers_that_do_not_differ(void **unused) {
    (void)unused;
    jk_unit unit[20];
    const jk_unit *list[20];
    double chance[20];
    const jk_experiment experiment = {.terms = 1, .term_name = names, .term_levels = {2}};
    for (size_t i = 0; i < 20; i++) {
        unit[i] = (jk_unit){.balance = 300.0, .age = 12.0, .arm = i % 4 == 0 ? JK_TREAT_LEGAL : JK_TREAT_SURVEIL};
        unit[i].term[0] = i >= 10;
        list[i] = &unit[i];
    }
    assert_int_equal(jk_propensity(&experiment, list, 20, chance, NULL), JK_OK);
    /* 3 and 2 of 10 are treated: figures b and -b of the two levels. */
    const double b = 3.0 - 10.0 * chance[0];
    assert_true(b > 0.0 && fabs(5.0 - 10.0 * (chance[0] + chance[19])) < 1e-8);
    assert_true(fabs(log(chance[0] / (1.0 - chance[0])) - log(chance[19] / (1.0 - chance[19])) - 2.0 * b) < 1e-7);
    for (size_t i = 0; i < 20; i++) {
        assert_true(chance[i] == chance[i < 10 ? 0 : 19]);
    }
}

/* Of four treated and four others: one of four and three of four are of a segment, half of either of an employment. */
static void differences_by_hand(void **unused) {
    (void)unused;
    jk_unit unit[8];
    const jk_unit *list[8];
    double weight[8];
    const char *name = NULL;
    const jk_experiment experiment = of_two_terms();
    for (size_t i = 0; i < 8; i++) {
        unit[i] = (jk_unit){.arm = i < 4 ? JK_TREAT_LEGAL : JK_TREAT_SURVEIL};
        unit[i].term[0] = i == 0 || i > 4 ? 1 : 2;
        unit[i].term[1] = i % 2 == 0 ? 0 : 2;
        list[i] = &unit[i];
        weight[i] = 1.0;
    }
    const double apart = jk_standardised_difference(&experiment, list, 8, weight, &name);
    assert_true(fabs(apart - 0.5 / sqrt(0.25 * 0.75)) < 1e-12);
    assert_string_equal(name, "segment");
    weight[0] = 9.0; /* 3 of 4 of either */
    unit[1].term[1] = 0;
    const double employment = 11.0 / 12.0 - 0.5; /* 9 + 1 + 1 of 12, and 2 of 4 */
    const double variance = (11.0 / 12.0 * (1.0 / 12.0) + 0.25) / 2.0;
    assert_true(fabs(jk_standardised_difference(&experiment, list, 8, weight, &name) - employment / sqrt(variance)) <
                1e-12);
    assert_string_equal(name, "employment");
    for (size_t i = 0; i < 8; i++) { /* alike, or only one of the two */
        unit[i].term[0] = unit[i].term[1] = 1;
    }
    assert_true(jk_standardised_difference(&experiment, list, 8, weight, &name) == 0.0 && name == NULL);
    unit[0].term[0] = 0;
    assert_true(jk_standardised_difference(&experiment, list, 4, weight, &name) == 0.0 && name == NULL);
    assert_true(jk_standardised_difference(&experiment, list + 4, 4, weight, &name) == 0.0 && name == NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chances_give_their_figures_back),
        cmocka_unit_test(numbers_that_do_not_differ),
        cmocka_unit_test(differences_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
