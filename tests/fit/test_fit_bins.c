/* SPDX-License-Identifier: Apache-2.0 */
/* Fine bins that brought no cash are joined to a neighbour, by hand. */
#include <string.h>

#include "cmocka_all.h"
#include "fit/fit_internal.h"

enum { FINE = 6 }; /* five bins and "missing" */

/* The level of each fine bin, by the cash of each; returns how many levels there are. */
static size_t join(const double cash[FINE], uint8_t level_of[FINE]) {
    static double level_cash[1][JK_FIT_LEVELS_MAX + 6], level_exposure[1][JK_FIT_LEVELS_MAX + 6];
    const jk_characteristic item = {.name = "age_years", .is_numeric = 1};
    const jk_model base = {.scorecard = {.count = 1, .characteristics = &item}};
    jk_fit_card_item card = {.from = &item, .fine = FINE, .levels = FINE};
    jk_fit_cuts cuts = {.count = FINE - 1};
    jk_fit fit = {.base = &base, .card = &card, .rows = {.cuts = &cuts}};
    fit.survey.level_cash = level_cash;
    fit.survey.level_exposure = level_exposure;
    for (size_t f = 0; f < FINE; f++) {
        level_cash[0][f] = cash[f];
        level_exposure[0][f] = 100.0;
        card.level_of[f] = (uint8_t)f;
    }
    jk_fit_join_empty(&fit);
    memcpy(level_of, card.level_of, FINE);
    return card.levels;
}

static void bins_without_cash_are_joined(void **state) {
    (void)state;
    static const struct {
        double cash[FINE];
        size_t levels;
        uint8_t level_of[FINE];
    } cases[] = {
        {{1, 1, 1, 1, 1, 0}, 6, {0, 1, 2, 3, 4, 5}}, /* each has some, but for "missing" */
        {{0, 0, 1, 0, 1, 1}, 3, {0, 0, 0, 1, 1, 2}}, /* a bin without goes to the next one that has */
        {{1, 0, 0, 0, 0, 1}, 2, {0, 0, 0, 0, 0, 1}}, /* the last ones to the one before */
        {{1, 1, 0, 0, 0, 1}, 3, {0, 1, 1, 1, 1, 2}}, {{0, 0, 0, 0, 1, 1}, 2, {0, 0, 0, 0, 0, 1}},
        {{0, 0, 0, 0, 0, 1}, 2, {0, 0, 0, 0, 0, 1}}, /* none has any */
        {{1, 0, 0, 0, 1, 0}, 3, {0, 1, 1, 1, 1, 2}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t level_of[FINE];
        assert_int_equal(join(cases[i].cash, level_of), cases[i].levels);
        assert_memory_equal(level_of, cases[i].level_of, FINE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bins_without_cash_are_joined)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
