/* SPDX-License-Identifier: Apache-2.0 */
/* Prices of limits against linear programs that can be solved by sorting, and allocations against knapsacks solved by
 * dynamic programming (Bellman 1957): each country has a limit of its own kind, of money, hours or claims. */
#include <stdlib.h>

#include "base/number/random.h"
#include "base/number/sort.h"
#include "decide/allocate_case.h"

enum { COUNTRIES = 3, MOST = 250000 };

/* What is won by working a unit at all, and what that uses of its country's limit. */
typedef struct item {
    double worth, use, ratio;
} item;

typedef struct knapsacks {
    jk_allocation problem;
    float *value[JK_ACTION_COUNT];
    int32_t *court, *hours;
    uint16_t *country;
    jk_limit limits[COUNTRIES];
} knapsacks;

static double uniform(uint64_t seed, uint64_t unit, uint64_t what) {
    return jk_uniform(jk_philox(seed, what, unit).word[0]);
}

/* Country 0 goes to court or not, of country 1 claims are worked amicably or not, of country 2 sold or not; court fees
 * and hours are whole parts below `largest`. */
static void make(knapsacks *k, size_t units, uint64_t seed, int32_t largest, double tightness) {
    memset(k, 0, sizeof *k);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        k->value[a] = calloc(units, sizeof(float));
        k->problem.value[a] = k->value[a];
    }
    k->problem.units = units;
    k->problem.court = k->court = calloc(units, sizeof(int32_t));
    k->problem.hours[JK_TREAT_AMICABLE] = k->hours = calloc(units, sizeof(int32_t));
    k->problem.country = k->country = calloc(units, sizeof(uint16_t));
    double all[COUNTRIES] = {0};
    for (size_t i = 0; i < units; i++) {
        const int c = (int)(COUNTRIES * uniform(seed, i, 1));
        const float worth = (float)(1.0 + 100.0 * pow(uniform(seed, i, 2), 2.0));
        k->country[i] = (uint16_t)c;
        k->court[i] = 1 + (int32_t)((largest - 1) * uniform(seed, i, 3));
        k->hours[i] = 1 + (int32_t)((largest - 1) * uniform(seed, i, 4));
        k->value[JK_SURVEIL][i] = k->value[JK_LEGAL][i] = k->value[JK_AMICABLE][i] = k->value[JK_SELL][i] = NAN;
        k->value[c == 0 ? JK_LEGAL : c == 1 ? JK_AMICABLE : JK_SELL][i] = worth;
        all[c] += c == 0 ? k->court[i] : c == 1 ? k->hours[i] : 1.0;
    }
    static const jk_resource resource[] = {JK_RESOURCE_COURT, JK_RESOURCE_HOURS, JK_RESOURCE_CLAIMS};
    static const double parts[] = {100.0, 10000.0, 1.0};
    for (int c = 0; c < COUNTRIES; c++) {
        k->limits[c] = (jk_limit){resource[c], c == 2 ? JK_SELL : JK_CLOSE, c, JK_SCOPE_ALL, 0.0, NULL};
        k->limits[c].amount = floor(tightness * (1.0 + 0.3 * c) * all[c]) / parts[c];
    }
    k->problem.limits = k->limits;
    k->problem.limit_count = COUNTRIES;
}

static void drop(knapsacks *k) {
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        free(k->value[a]);
    }
    free(k->court);
    free(k->hours);
    free(k->country);
}

static int by_ratio(const void *a, const void *b) {
    const double x = ((const item *)a)->ratio, y = ((const item *)b)->ratio;
    return (x < y) - (x > y);
}

static size_t items_of(const knapsacks *k, int country, item *items) {
    size_t count = 0;
    for (size_t i = 0; i < k->problem.units; i++) {
        if (k->country[i] == country) {
            const double use = country == 0 ? k->court[i] : country == 1 ? k->hours[i] : 1.0;
            const double worth = (double)k->value[country == 0 ? JK_LEGAL : country == 1 ? JK_AMICABLE : JK_SELL][i];
            items[count++] = (item){worth, use, worth / use};
        }
    }
    return count;
}

static double parts_of(const knapsacks *k, int country) {
    return round(k->limits[country].amount * (country == 0 ? 100.0 : country == 1 ? 10000.0 : 1.0));
}

/* The linear program of a country: the best ratios first, the last one in part. Its price is between *low and *high. */
static double relaxed(const knapsacks *k, int country, item *items, double *low, double *high) {
    const size_t count = items_of(k, country, items);
    double left = parts_of(k, country), sum = 0.0;
    jk_sort(items, count, sizeof *items, by_ratio);
    size_t i = 0;
    for (; i < count && items[i].use <= left; i++) {
        left -= items[i].use;
        sum += items[i].worth;
    }
    *high = i > 0 ? items[i - 1].ratio : (double)INFINITY;
    *low = i < count ? items[i].ratio : 0.0;
    return sum + (i < count ? items[i].ratio * left : 0.0);
}

static void prices_solve_the_linear_program(void **state) {
    (void)state;
    static const size_t sizes[] = {40, 3000, 19999, 30000, MOST};
    item *items = malloc(MOST * sizeof *items);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (uint64_t seed = 1; seed <= (sizes[s] > 10000 ? 1 : 4); seed++) {
            knapsacks k;
            make(&k, sizes[s], seed, 5000, 0.2 * (double)seed);
            allocation_cell cells[COUNTRIES] = {{1, {0}}, {1, {1}}, {1, {2}}};
            allocation_tariff tariffs[COUNTRIES];
            allocation_state all = {
                .problem = &k.problem, .countries = COUNTRIES, .segments = 1, .cells = cells, .tariffs = tariffs};
            double bound = 0.0, expected = 0.0;
            for (int c = 0; c < COUNTRIES; c++) {
                all.amount[c] = parts_of(&k, c);
            }
            assert_int_equal(jk_allocation_dual(&all, &bound, NULL), JK_OK);
            const double slack = sizes[s] < 20000 ? 1e-6 : 2e-4; /* of many, a handful costs nothing */
            for (int c = 0; c < COUNTRIES; c++) {
                double low, high;
                expected += relaxed(&k, c, items, &low, &high);
                assert_true(all.price[c] >= 0.0);
                if (sizes[s] >= 3000 && low > 0.0) {
                    assert_true(all.price[c] > low * (1.0 - 0.01) && all.price[c] < high * (1.0 + 0.01));
                }
            }
            if (bound < expected * (1.0 - 1e-9) - 1e-3 || bound > expected * (1.0 + slack)) {
                fail_msg("%zu units, seed %d: bound %.9g, linear program %.9g", sizes[s], (int)seed, bound, expected);
            }
            drop(&k);
        }
    }
    free(items);
}

/* The best of a country in whole units. */
static double whole(const knapsacks *k, int country, item *items) {
    const size_t count = items_of(k, country, items), room = (size_t)parts_of(k, country);
    double *best = calloc(room + 1, sizeof *best);
    for (size_t i = 0; i < count; i++) {
        for (size_t left = room + 1; left-- > (size_t)items[i].use;) {
            best[left] = fmax(best[left], best[left - (size_t)items[i].use] + items[i].worth);
        }
    }
    const double found = best[room];
    free(best);
    return found;
}

static void knapsacks_are_filled_as_well_as_can_be(void **state) {
    (void)state;
    static const size_t sizes[] = {9, 60, 900, 5200};
    item *items = malloc(MOST * sizeof *items);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (uint64_t seed = 1; seed <= 6; seed++) {
            knapsacks k;
            make(&k, sizes[s], 50 + seed, 40, 0.1 * (double)seed);
            uint8_t *decision = calloc(sizes[s], 1);
            jk_allocation_result result = {.decision = decision};
            double expected = 0.0, unlimited = 0.0, used[COUNTRIES] = {0};
            assert_int_equal(jk_allocate(&k.problem, NULL, &result, NULL), JK_OK);
            for (int c = 0; c < COUNTRIES; c++) {
                expected += whole(&k, c, items);
                const size_t count = items_of(&k, c, items);
                for (size_t i = 0; i < count; i++) {
                    unlimited += items[i].worth;
                }
            }
            for (size_t i = 0; i < sizes[s]; i++) {
                const int c = k.country[i];
                used[c] += decision[i] == JK_CLOSE ? 0.0 : c == 0 ? k.court[i] : c == 1 ? k.hours[i] : 1.0;
            }
            for (int c = 0; c < COUNTRIES; c++) {
                assert_true(used[c] <= parts_of(&k, c));
                assert_true(fabs(result.use[c] * parts_of(&k, c) - used[c] * k.limits[c].amount) <= 1e-6 * used[c]);
            }
            const double slack = sizes[s] > 5000 ? 1e-5 * expected : 1e-3;
            if (fabs(result.objective - expected) > slack || result.bound < expected - 1e-3 ||
                result.bound > result.objective + slack) {
                fail_msg("%zu units, seed %d: %.6f, best %.6f, bound %.6f", sizes[s], (int)seed, result.objective,
                         expected, result.bound);
            }
            assert_true(fabs(result.unlimited - unlimited) < 1e-3);
            free(decision);
            drop(&k);
        }
    }
    free(items);
}

/* What the limit of the first country would sell for, and what is left of the units at that price. */
static double bound_at(const knapsacks *k, double price) {
    double bound = price * k->limits[0].amount;
    for (size_t i = 0; i < k->problem.units; i++) {
        bound += fmax(0.0, (double)k->value[JK_LEGAL][i] - price * k->court[i] / 100.0);
    }
    return bound;
}

/* More units are nearly indifferent than are searched: what is found is none the less held against a true bound. */
static void a_search_that_is_not_whole_proves_nothing(void **state) {
    (void)state;
    enum { UNITS = 4000 };
    item *items = malloc(UNITS * sizeof *items);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        knapsacks k;
        make(&k, UNITS, seed, 40, 0.31);
        for (size_t i = 0; i < UNITS; i++) { /* all alike per part, but for little */
            k.country[i] = 0;
            k.value[JK_AMICABLE][i] = k.value[JK_SELL][i] = NAN;
            k.court[i] = 20 + (int32_t)(20.0 * uniform(seed, i, 8));
            k.value[JK_LEGAL][i] = (float)(k.court[i] + 0.02 * uniform(seed, i, 9));
        }
        k.limits[0].amount = 0.01 * (20010.0 + (double)seed);
        uint8_t *decision = calloc(UNITS, 1);
        jk_allocation_result result = {.decision = decision};
        assert_int_equal(jk_allocate(&k.problem, NULL, &result, NULL), JK_OK);
        const double expected = whole(&k, 0, items);
        if (result.objective > expected + 1e-3 || result.bound < expected - 1e-3 ||
            result.objective < expected * (1.0 - 1e-4) || fabs(result.bound - bound_at(&k, result.price[0])) > 0.01) {
            fail_msg("seed %d: %.6f, best %.6f, bound %.6f", (int)seed, result.objective, expected, result.bound);
        }
        free(decision);
        drop(&k);
    }
    free(items);
}

/* ---- prices of units that are alike, in closed form ------------------------------------------------------------- */

enum { GROUPS = 3, ALIKE_LIMITS = 6 };

/* Units of a group, about a quarter of all, are worth the same in court and use the same; of the last quarter nobody
 * gains. */
typedef struct group {
    double worth, court, hours, share; /* share: of the group's units, those that the limits let go to court */
} group;

typedef struct crowd {
    jk_allocation problem;
    float *value[JK_ACTION_COUNT];
    int32_t *court, *hours;
    size_t one[GROUPS + 1];         /* a unit of each group */
    double count[GROUPS + 1], mean; /* units of each group; what the best is worth, of all units */
} crowd;

static crowd gather(size_t units, const group of[GROUPS]) {
    crowd made = {.problem.units = units};
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        if (a == JK_CLOSE || a == JK_SELL || a == JK_LEGAL) {
            made.problem.value[a] = made.value[a] = calloc(units, sizeof(float));
        }
    }
    made.problem.court = made.court = calloc(units, sizeof(int32_t));
    made.problem.hours[JK_TREAT_LEGAL] = made.hours = calloc(units, sizeof(int32_t));
    for (size_t i = 0; i < units; i++) {
        const size_t g = jk_philox(3, 10, i).word[0] % (GROUPS + 1);
        const bool gains = g < GROUPS;
        made.count[g] += 1.0;
        made.one[g] = i;
        made.value[JK_SELL][i] = (float)(-0.5 * of[0].worth);
        made.value[JK_LEGAL][i] = gains ? (float)of[g].worth : NAN;
        made.court[i] = gains ? (int32_t)of[g].court : 0;
        made.hours[i] = gains ? (int32_t)of[g].hours : 0;
        made.mean += gains ? of[g].worth / (double)units : 0.0;
    }
    return made;
}

/* The last temperature above the coldest, from the mean worth on, each a quarter of the one before. */
static double last_temperature(double warmest, double coldest) {
    double temperature = warmest;
    while (0.25 * temperature > coldest * warmest) {
        temperature *= 0.25;
    }
    return temperature;
}

/* At temperature T a share s of alike units goes to court where T ln(s / (1 - s)) is left of their worth. The first
 * group uses three limits, the second two of them, the third one; fees that are ample and sales, which nobody wants
 * when it is cold, have no price. */
static void check_alike(size_t units, double coldest, double worth) {
    const group of[GROUPS] = {
        {worth, 4000.0, 3000.0, 0.3}, {0.6 * worth, 0.0, 7000.0, 0.55}, {0.2 * worth, 0.0, 0.0, 0.4}};
    crowd made = gather(units, of);
    double filed[GROUPS], left[GROUPS], bound = 0.0, expected = 0.0;
    const double temperature = last_temperature(made.mean, coldest);
    for (int g = 0; g < GROUPS; g++) {
        filed[g] = made.count[g] * of[g].share;
        left[g] = temperature * log(of[g].share / (1.0 - of[g].share));
    }
    const jk_limit limits[ALIKE_LIMITS] = {{JK_RESOURCE_COURT, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL},
                                           {JK_RESOURCE_CLAIMS, JK_SELL, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL},
                                           {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL},
                                           {JK_RESOURCE_CLAIMS, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL},
                                           {JK_RESOURCE_COURT, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL},
                                           {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL}};
    made.problem.limits = limits;
    made.problem.limit_count = ALIKE_LIMITS;
    allocation_cell cell;
    allocation_tariff tariff;
    allocation_state all = {.problem = &made.problem,
                            .countries = 1,
                            .segments = 1,
                            .cells = &cell,
                            .tariffs = &tariff,
                            .amount = {filed[0] * of[0].court, 0.01 * (double)units,
                                       filed[0] * of[0].hours + filed[1] * of[1].hours, filed[0] + filed[1] + filed[2],
                                       made.count[0] * of[0].court}};
    all.amount[5] = all.amount[2];
    set_cells(&made.problem, &all);
    assert_int_equal(jk_allocation_dual(&all, &bound, NULL), JK_OK);
    const double claim = of[2].worth - left[2], hour = (of[1].worth - left[1] - claim) / of[1].hours;
    const double fee = (of[0].worth - left[0] - claim - hour * of[0].hours) / of[0].court;
    const double prices[] = {fee, 0.0, hour, claim, 0.0}, uses[] = {4000.0, 1.0, 7000.0, 1.0, 4000.0};
    for (int m = 0; m < ALIKE_LIMITS; m++) {
        expected += all.price[m] * all.amount[m];
    }
    for (int m = 0; m < 5; m++) {
        const double price =
            all.price[m] + (m == 2 ? all.price[5] : 0.0); /* one limit twice: the two share its price */
        if (fabs(price - prices[m]) * uses[m] > 0.03 * temperature) {
            fail_msg("%zu units: price %d is %.12g, expected %.12g", units, m, price, prices[m]);
        }
    }
    for (int g = 0; g <= GROUPS; g++) {
        const size_t i = made.one[g];
        expected += made.count[g] * plain_reduced(&made.problem, all.price, i, plain_best(&made.problem, all.price, i));
    }
    assert_true(fabs(bound - expected) < 1e-12 * expected + (double)units * 0x1p-20);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        free(made.value[a]);
    }
    free(made.court);
    free(made.hours);
}

static void prices_of_alike_units_in_closed_form(void **state) {
    (void)state;
    check_alike(400, 1e-7, 1e7);
    check_alike(19999, 1e-7, 1e7);
    check_alike(20000, 5.0 / 20000.0, 1e7); /* of many, a handful */
    check_alike(22000, 5.0 / 22000.0, 1e7);
    check_alike(200001, 5.0 / 200001.0, 1e6); /* found on a sample */
    check_alike(1400000, 1e-5, 1e6);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(prices_solve_the_linear_program),
                                       cmocka_unit_test(prices_of_alike_units_in_closed_form),
                                       cmocka_unit_test(knapsacks_are_filled_as_well_as_can_be),
                                       cmocka_unit_test(a_search_that_is_not_whole_proves_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
