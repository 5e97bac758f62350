/* SPDX-License-Identifier: Apache-2.0 */
/* From prices to choices that keep the limits: a knapsack against the greedy rule written again, and small cases by
 * hand in which units move to another treatment, block each other's way, or follow each other into what is left. */
#include <stdlib.h>

#include "base/number/random.h"
#include "base/number/sort.h"
#include "decide/allocate_case.h"

/* ---- a knapsack -------------------------------------------------------------------------------------------------- */

typedef struct filing {
    size_t unit;
    double key;
} filing;

static int by_key(const void *a, const void *b) {
    const filing *x = a, *y = b;
    return x->key != y->key ? (x->key < y->key ? -1 : 1) : (x->unit < y->unit ? -1 : 1);
}

/* One limit: what is best at the price, then what loses least at the price by each part freed is closed, then what
 * loses least at the price is filed where it fits. */
static void fill_greedily(const jk_allocation *p, double price, double amount, uint8_t *decision, filing *list) {
    double left = amount;
    size_t count = 0;
    for (size_t i = 0; i < p->units; i++) {
        const double reduced = (double)p->value[JK_LEGAL][i] - price * p->court[i];
        decision[i] = reduced > 0.0 ? JK_LEGAL : JK_CLOSE;
        if (reduced > 0.0) {
            left -= p->court[i];
            list[count++] = (filing){i, reduced / p->court[i]};
        }
    }
    jk_sort(list, count, sizeof *list, by_key);
    for (size_t k = 0; left < 0.0; k++) {
        decision[list[k].unit] = JK_CLOSE;
        left += p->court[list[k].unit];
    }
    count = 0;
    for (size_t i = 0; i < p->units; i++) {
        if (decision[i] == JK_CLOSE && p->value[JK_LEGAL][i] > 0.0f) {
            list[count++] = (filing){i, price * p->court[i] - (double)p->value[JK_LEGAL][i]};
        }
    }
    jk_sort(list, count, sizeof *list, by_key);
    for (size_t k = 0; k < count; k++) {
        if (p->court[list[k].unit] <= left) {
            decision[list[k].unit] = JK_LEGAL;
            left -= p->court[list[k].unit];
        }
    }
}

/* Few different figures, so that units tie; more units than are looked at at a time. */
static void a_knapsack_is_filled_greedily(void **state) {
    (void)state;
    enum { UNITS = 40000 };
    float *none = calloc(UNITS, sizeof *none), *legal = calloc(UNITS, sizeof *legal);
    int32_t *court = calloc(UNITS, sizeof *court);
    uint8_t *found = calloc(UNITS, 1), *expected = calloc(UNITS, 1);
    filing *list = calloc(UNITS, sizeof *list);
    static const size_t sizes[] = {1, 7, 300, 16384, UNITS};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        double used = 0.0;
        for (size_t i = 0; i < sizes[s]; i++) {
            const jk_random4 random = jk_philox(17, s, i);
            legal[i] = 0.5f * (float)(int)(random.word[0] % 400) - 20.0f;
            court[i] = 1 + (int32_t)(random.word[1] % 40);
            used += legal[i] > 0.0f ? court[i] : 0.0;
        }
        const jk_limit limit = {JK_RESOURCE_COURT, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL};
        jk_allocation problem = {.units = sizes[s], .court = court, .limit_count = 1, .limits = &limit};
        problem.value[JK_CLOSE] = none;
        problem.value[JK_LEGAL] = legal;
        for (int k = 0; k < 12; k++) {
            const jk_run run = {.threads = 1 + k % 3};
            allocation_cell cell = {.count = 1};
            allocation_tariff tariff;
            allocation_state of = {.problem = &problem,
                                   .run = &run,
                                   .countries = 1,
                                   .segments = 1,
                                   .cells = &cell,
                                   .tariffs = &tariff,
                                   .amount = {floor(used * (k % 4) / 3.0)},
                                   .price = {(double[]){0.0, 0.25, 3.0}[k / 4]}};
            jk_allocation_tariffs(&of, of.price, of.tariffs);
            fill_greedily(&problem, of.price[0], of.amount[0], expected, list);
            assert_int_equal(jk_allocation_round(&of, found, NULL), JK_OK);
            assert_memory_equal(found, expected, sizes[s]);
        }
    }
    free(none);
    free(legal);
    free(court);
    free(found);
    free(expected);
    free(list);
}

/* ---- by hand ----------------------------------------------------------------------------------------------------- */

enum { FEW = 8 };

/* A few units, each of a country of its own, of which nothing is allowed but closing until it is said. */
typedef struct few {
    float value[JK_ACTION_COUNT][FEW];
    int32_t court[FEW], hours[JK_TREATMENT_COUNT][FEW];
    uint16_t country[FEW];
    jk_allocation problem;
    allocation_cell cells[FEW];
    allocation_tariff tariffs[FEW];
    allocation_state state;
} few;

static void begin(few *of, size_t units) {
    memset(of, 0, sizeof *of);
    of->problem = (jk_allocation){.units = units, .court = of->court, .country = of->country};
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        of->problem.value[a] = of->value[a];
        for (size_t i = 0; i < FEW; i++) {
            of->value[a][i] = a == JK_CLOSE ? 0.0f : NAN;
            of->country[i] = (uint16_t)i;
        }
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        of->problem.hours[t] = of->hours[t];
    }
    of->state = (allocation_state){
        .problem = &of->problem, .countries = FEW, .segments = 1, .cells = of->cells, .tariffs = of->tariffs};
}

static void put(few *of, size_t unit, jk_action action, double value, int32_t hours) {
    of->value[action][unit] = (float)value;
    of->hours[action - JK_SURVEIL][unit] = hours;
}

static const jk_limit all_hours = {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL};
static const jk_limit all_fees = {JK_RESOURCE_COURT, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL};
static const jk_limit all_amicable = {JK_RESOURCE_CLAIMS, JK_AMICABLE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL};

/* With amounts and prices by part. */
static void expect(few *of, const jk_limit *limits, size_t count, const double *amount, const double *price,
                   const uint8_t *decision) {
    uint8_t found[FEW];
    double use[JK_LIMITS_MAX], worth = 0.0;
    of->problem.limits = limits;
    of->problem.limit_count = count;
    memcpy(of->state.amount, amount, count * sizeof *amount);
    memcpy(of->state.price, price, count * sizeof *price);
    set_cells(&of->problem, &of->state);
    jk_allocation_tariffs(&of->state, of->state.price, of->state.tariffs);
    assert_int_equal(jk_allocation_round(&of->state, found, NULL), JK_OK);
    for (size_t i = 0; i < of->problem.units; i++) {
        if (found[i] != decision[i]) {
            fail_msg("unit %zu: %s, expected %s", i, jk_action_name((jk_action)found[i]),
                     jk_action_name((jk_action)decision[i]));
        }
        worth += (double)of->value[decision[i]][i];
    }
    assert_true(fabs(jk_allocation_sum(&of->state, found, use) - worth) < 1e-5);
    for (size_t m = 0; m < count; m++) {
        double used = 0.0;
        for (size_t i = 0; i < of->problem.units; i++) {
            used += plain_use(&of->problem, &limits[m], i, decision[i]);
        }
        assert_true(use[m] == used && used <= amount[m]);
    }
}

static const double free_of_charge[JK_LIMITS_MAX];

/* The second hour in court costs 1 an hour, the first two of all cost more. */
static void a_cheaper_treatment_comes_before_closing(void **state) {
    (void)state;
    few of;
    begin(&of, 1);
    put(&of, 0, JK_AMICABLE, 8.0, 1);
    put(&of, 0, JK_LEGAL, 10.0, 3);
    expect(&of, &all_hours, 1, (const double[]){3.0}, free_of_charge, (const uint8_t[]){JK_LEGAL});
    expect(&of, &all_hours, 1, (const double[]){2.0}, free_of_charge, (const uint8_t[]){JK_AMICABLE});
    expect(&of, &all_hours, 1, (const double[]){1.0}, free_of_charge, (const uint8_t[]){JK_AMICABLE});
    expect(&of, &all_hours, 1, (const double[]){0.0}, free_of_charge, (const uint8_t[]){JK_CLOSE});
    const jk_limit both[] = {all_hours, all_amicable}; /* nobody may be worked amicably */
    expect(&of, both, 2, (const double[]){2.0, 0.0}, free_of_charge, (const uint8_t[]){JK_CLOSE});
}

/* Half a euro for the one hour that is freed of three, against 30 cents for one of one. */
static void losses_are_by_the_hour_that_is_freed(void **state) {
    (void)state;
    few of;
    begin(&of, 2);
    put(&of, 0, JK_AMICABLE, 9.5, 2);
    put(&of, 0, JK_LEGAL, 10.0, 3);
    put(&of, 1, JK_LEGAL, 0.3, 1);
    expect(&of, &all_hours, 1, (const double[]){3.0}, free_of_charge, (const uint8_t[]){JK_LEGAL, JK_CLOSE});
    put(&of, 1, JK_LEGAL, 0.7, 1);
    expect(&of, &all_hours, 1, (const double[]){3.0}, free_of_charge, (const uint8_t[]){JK_AMICABLE, JK_LEGAL});
}

/* Of equals the one that uses nothing stays; what gains nothing takes nothing. */
static void what_gains_nothing_does_not_move(void **state) {
    (void)state;
    few of;
    begin(&of, 2);
    put(&of, 0, JK_AMICABLE, 5.0, 1);
    put(&of, 0, JK_LEGAL, 5.0, 2);
    put(&of, 1, JK_LEGAL, 0.0, 2);
    expect(&of, &all_hours, 1, (const double[]){9.0}, free_of_charge, (const uint8_t[]){JK_AMICABLE, JK_CLOSE});
}

/* Both would rather be worked amicably than closed; there is room for one of them, who loses less by the hour. */
static void who_finds_no_room_is_closed(void **state) {
    (void)state;
    few of;
    begin(&of, 2);
    put(&of, 0, JK_AMICABLE, 7.9, 1);
    put(&of, 0, JK_LEGAL, 10.0, 3);
    put(&of, 1, JK_AMICABLE, 8.0, 1);
    put(&of, 1, JK_LEGAL, 10.0, 3);
    const jk_limit both[] = {all_hours, all_amicable};
    expect(&of, both, 2, (const double[]){1.0, 1.0}, free_of_charge, (const uint8_t[]){JK_CLOSE, JK_AMICABLE});
    expect(&of, both, 2, (const double[]){2.0, 2.0}, free_of_charge, (const uint8_t[]){JK_AMICABLE, JK_AMICABLE});
}

/* A limit that is over, too, and comes down later, does not keep those from moving who do not use it. */
static void limits_come_down_one_after_the_other(void **state) {
    (void)state;
    few of;
    begin(&of, 2);
    put(&of, 0, JK_SURVEIL, 6.0, 1);
    put(&of, 0, JK_AMICABLE, 7.0, 3);
    put(&of, 1, JK_SURVEIL, 2.0, 0);
    put(&of, 1, JK_LEGAL, 9.0, 0);
    of.court[1] = 50;
    const jk_limit both[] = {all_hours, all_fees};
    expect(&of, both, 2, (const double[]){2.0, 49.0}, free_of_charge, (const uint8_t[]){JK_SURVEIL, JK_SURVEIL});
    expect(&of, both, 2, (const double[]){3.0, 50.0}, free_of_charge, (const uint8_t[]){JK_AMICABLE, JK_LEGAL});
}

/* Losses by the hour are taken in bands, each sixteen times as wide as the one before, from a millionth of the price
 * (or of a billionth): who has moved may move again before others move who lose more. */
static void small_losses_come_twice_before_large_ones_once(void **state) {
    (void)state;
    few of;
    begin(&of, 2);
    put(&of, 0, JK_AMICABLE, 0.2, 1); /* 0.05 an hour */
    put(&of, 0, JK_LEGAL, 0.3, 3);
    put(&of, 1, JK_LEGAL, 0.3, 1); /* 0.3 an hour, and the first again 0.2: the band before ends at 0.28 */
    expect(&of, &all_hours, 1, (const double[]){1.0}, free_of_charge, (const uint8_t[]){JK_CLOSE, JK_LEGAL});
    begin(&of, 2);
    put(&of, 0, JK_AMICABLE, 100.5, 1); /* at a price of 100 these lose 0.3 an hour, then 0.5 */
    put(&of, 0, JK_LEGAL, 301.1, 3);
    put(&of, 1, JK_LEGAL, 100.9, 1); /* and this one 0.9; bands end at 0.41 and 6.6 */
    expect(&of, &all_hours, 1, (const double[]){1.0}, (const double[]){100.0}, (const uint8_t[]){JK_CLOSE, JK_LEGAL});
}

/* A limit for one country is not kept by closing in another. */
static void others_do_not_pay_for_a_limit(void **state) {
    (void)state;
    few of;
    begin(&of, 3);
    put(&of, 0, JK_LEGAL, 1.0, 5);
    put(&of, 1, JK_LEGAL, 2.0, 5);
    put(&of, 2, JK_LEGAL, 3.0, 5);
    const jk_team team = {.name = "south", .country_count = 1, .country = {2}};
    const jk_limit limits[] = {{JK_RESOURCE_HOURS, JK_CLOSE, 1, JK_SCOPE_ALL, 0.0, NULL},
                               {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, &team}};
    expect(&of, limits, 1, (const double[]){4.0}, free_of_charge, (const uint8_t[]){JK_LEGAL, JK_CLOSE, JK_LEGAL});
    expect(&of, limits, 2, (const double[]){4.0, 5.0}, free_of_charge, (const uint8_t[]){JK_LEGAL, JK_CLOSE, JK_LEGAL});
    expect(&of, limits, 2, (const double[]){5.0, 4.0}, free_of_charge, (const uint8_t[]){JK_LEGAL, JK_LEGAL, JK_CLOSE});
    of.problem.country = NULL; /* all are of the first */
    expect(&of, limits, 2, (const double[]){0.0, 0.0}, free_of_charge, (const uint8_t[]){JK_LEGAL, JK_LEGAL, JK_LEGAL});
}

/* Each leaves the place that the next one waits for, sold or worked amicably in turn: places are given out in at most
 * four rounds. */
static void what_is_left_is_given_in_four_rounds(void **state) {
    (void)state;
    enum { CHAIN = 6 };
    few of;
    jk_team teams[CHAIN + 1];
    jk_limit limits[CHAIN + 1];
    double amount[CHAIN + 1], price[CHAIN + 1];
    uint8_t decision[CHAIN];
    begin(&of, CHAIN);
    for (int k = 0; k <= CHAIN; k++) { /* a place for one of two neighbours, which is dearer the earlier it comes */
        const jk_action action = k % 2 == 0 ? JK_SELL : JK_AMICABLE;
        teams[k] = (jk_team){.country_count = 2, .country = {k - 1, k}};
        limits[k] = (jk_limit){JK_RESOURCE_CLAIMS, action, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, &teams[k]};
        amount[k] = 1.0;
        price[k] = 2.0 * (CHAIN - k);
        if (k < CHAIN) {
            of.value[action][k] = 51.0f;
            of.value[action == JK_SELL ? JK_AMICABLE : JK_SELL][k] = 50.0f;
            decision[k] = (uint8_t)(k < 4 ? action : action == JK_SELL ? JK_AMICABLE : JK_SELL);
        }
    }
    expect(&of, limits, CHAIN + 1, amount, price, decision);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_knapsack_is_filled_greedily),
                                       cmocka_unit_test(a_cheaper_treatment_comes_before_closing),
                                       cmocka_unit_test(losses_are_by_the_hour_that_is_freed),
                                       cmocka_unit_test(what_gains_nothing_does_not_move),
                                       cmocka_unit_test(who_finds_no_room_is_closed),
                                       cmocka_unit_test(limits_come_down_one_after_the_other),
                                       cmocka_unit_test(small_losses_come_twice_before_large_ones_once),
                                       cmocka_unit_test(others_do_not_pay_for_a_limit),
                                       cmocka_unit_test(what_is_left_is_given_in_four_rounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
