/* SPDX-License-Identifier: Apache-2.0 */
/* Sums over units at given prices against plain sums of every action of every unit: soft maxima, mean uses and their
 * covariances, under limits of every resource for countries, segments and teams; with units that were settled before,
 * and of samples. */
#include "decide/allocate_pass.h"

#include "base/number/random.h"
#include "decide/allocate_case.h"

enum { UNITS = 61, COUNTRIES = 3, SEGMENTS = 2, CELLS = COUNTRIES * SEGMENTS, LIMITS = 7, SEEDS = 24 };

static const jk_team team = {.name = "south", .country_count = 1, .segment_count = 1, .country = {2}, .segment = {0}};
static const jk_limit limits[LIMITS] = {{JK_RESOURCE_COURT, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL},
                                        {JK_RESOURCE_HOURS, JK_CLOSE, 1, JK_SCOPE_ALL, 0.0, NULL},
                                        {JK_RESOURCE_CLAIMS, JK_SELL, JK_SCOPE_ALL, 1, 0.0, NULL},
                                        {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, &team},
                                        {JK_RESOURCE_CLAIMS, JK_LEGAL, 0, 1, 0.0, NULL},
                                        {JK_RESOURCE_CLAIMS, JK_AMICABLE, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL},
                                        {JK_RESOURCE_COURT, JK_CLOSE, 2, JK_SCOPE_ALL, 0.0, NULL}};

/* Units whose figures are drawn. */
typedef struct drawn {
    float value[JK_ACTION_COUNT][UNITS];
    int32_t court[UNITS], hours[JK_TREATMENT_COUNT][UNITS], claims[JK_ACTION_COUNT][UNITS];
    uint16_t country[UNITS], segment[UNITS];
    jk_allocation problem;
    allocation_cell cells[CELLS];
    allocation_tariff tariffs[CELLS];
    allocation_state state;
} drawn;

static double uniform(uint64_t seed, uint64_t unit, uint64_t what) {
    return jk_uniform(jk_philox(seed, what, unit).word[0]);
}

/* Of every third seed units have no fees, no hours of watching, no sales, and count as one. */
static void make(drawn *to, uint64_t seed) {
    memset(to, 0, sizeof *to);
    jk_allocation *p = &to->problem;
    for (size_t i = 0; i < UNITS; i++) {
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            to->value[a][i] = a > JK_CLOSE && uniform(seed, i, 10 + (uint64_t)a) < 0.2
                                  ? NAN
                                  : (float)(100.0 * uniform(seed, i, 20 + (uint64_t)a) - 20.0);
            to->claims[a][i] = 1 + (int32_t)(4.0 * uniform(seed, i, 30 + (uint64_t)a));
        }
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            to->hours[t][i] = (int32_t)(9000.0 * uniform(seed, i, 40 + (uint64_t)t));
        }
        to->court[i] = 100 + (int32_t)(9000.0 * uniform(seed, i, 50));
        to->country[i] = (uint16_t)(COUNTRIES * uniform(seed, i, 51));
        to->segment[i] = (uint16_t)(SEGMENTS * uniform(seed, i, 52));
    }
    const bool bare = seed % 3 == 0;
    p->units = UNITS;
    p->court = bare ? NULL : to->court;
    p->country = to->country;
    p->segment = to->segment;
    p->limits = limits;
    p->limit_count = LIMITS;
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        p->value[a] = bare && a == JK_SELL ? NULL : to->value[a];
        p->claims[a] = bare || a == JK_SURVEIL ? NULL : to->claims[a];
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        p->hours[t] = bare && t == JK_TREAT_SURVEIL ? NULL : to->hours[t];
    }
    to->state = (allocation_state){
        .problem = p, .countries = COUNTRIES, .segments = SEGMENTS, .cells = to->cells, .tariffs = to->tariffs};
    set_cells(p, &to->state);
}

/* The same sums, action by action; `largest` use beyond the mean counts as that much. */
typedef struct sums {
    double value, use[LIMITS], hessian[LIMITS][LIMITS];
    size_t units;
} sums;

static void add_plainly(const drawn *of, const double *price, const double *scale, double temperature, size_t i,
                        sums *to) {
    const jk_allocation *p = &of->problem;
    double weight[JK_ACTION_COUNT], total = 0.0, mean[LIMITS] = {0};
    const int best = plain_best(p, price, i);
    const double top = plain_reduced(p, price, i, best);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        const double left = plain_reduced(p, price, i, a);
        weight[a] = isnan(left) ? 0.0 : temperature > 0.0 ? exp((left - top) / temperature) : a == best ? 1.0 : 0.0;
        total += weight[a];
    }
    to->value += top + (temperature > 0.0 ? temperature * log(total) : 0.0);
    for (int m = 0; m < LIMITS; m++) {
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            mean[m] += weight[a] / total * plain_use(p, &limits[m], i, a) / scale[m];
        }
        to->use[m] += mean[m];
    }
    for (int m = 0; m < LIMITS; m++) {
        for (int n = 0; temperature > 0.0 && n <= m; n++) {
            for (int a = 0; a < JK_ACTION_COUNT; a++) {
                const double x = fmin(plain_use(p, &limits[m], i, a) / scale[m] - mean[m], 1e4);
                const double y = fmin(plain_use(p, &limits[n], i, a) / scale[n] - mean[n], 1e4);
                to->hessian[m][n] += weight[a] / total * x * y / temperature;
            }
        }
    }
    to->units++;
}

static void expect_near(double found, double expected, double most, const char *what, uint64_t seed, int m) {
    if (!(fabs(found - expected) <= most)) {
        fail_msg("seed %d: %s %d: %.12g, plainly %.12g", (int)seed, what, m, found, expected);
    }
}

static void check(const drawn *of, dual_units *units, const double *price, double temperature, uint64_t seed) {
    double hessian[LIMITS * LIMITS];
    dual_point point = {.hessian = hessian};
    sums plain = {0};
    for (size_t i = 0; i < UNITS; i += units->step) {
        add_plainly(of, price, units->scale, temperature, i, &plain);
    }
    assert_int_equal(jk_dual_at(units, price, temperature, &point, NULL), JK_OK);
    assert_int_equal(units->units, plain.units);
    const double rounding = (double)UNITS * 0x1p-20;
    expect_near(point.value, plain.value, rounding, "value", seed, 0);
    for (int m = 0; m < LIMITS; m++) {
        expect_near(point.use[m], plain.use[m], rounding, "use", seed, m);
        for (int n = 0; n <= m; n++) {
            const double expected = temperature > 0.0 ? plain.hessian[m][n] : 0.0;
            const double most = temperature > 0.0 ? 1e-9 * fabs(expected) + UNITS * 5 * 0x1p-25 / temperature : 0.0;
            expect_near(hessian[m * LIMITS + n], expected, most, "curvature", seed, m * LIMITS + n);
        }
    }
}

/* A price by part of every limit, about as much as uses are worth. */
static void draw_prices(uint64_t seed, uint64_t step, double *price) {
    static const double usual[LIMITS] = {2e-3, 3e-3, 6.0, 2e-3, 5.0, 7.0, 1e-3};
    for (int m = 0; m < LIMITS; m++) {
        price[m] = uniform(seed, step, 60) < 0.2 ? 0.0 : 2.0 * usual[m] * uniform(seed, step, 61 + (uint64_t)m);
    }
}

static void set_scales(dual_units *units) {
    static const double scale[LIMITS] = {5000.0, 3000.0, 2.5, 4000.0, 1.5, 2.0, 6000.0};
    memcpy(units->scale, scale, sizeof scale);
}

static void sums_are_those_of_all_actions(void **state) {
    (void)state;
    drawn *of = malloc(sizeof *of);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        dual_units units;
        double price[LIMITS];
        make(of, seed);
        assert_int_equal(jk_dual_units_create(&of->state, &units, NULL), JK_OK);
        jk_dual_units_sample(&units, UNITS);
        set_scales(&units);
        for (uint64_t step = 0; step < 6; step++) {
            draw_prices(seed, step, price);
            check(of, &units, price, (const double[]){8.0, 0.0, 2.0, 0.5, 0.0, 1e-3}[step], seed);
        }
        jk_dual_units_free(&units);
        jk_dual_units_free(&units); /* nothing is left that could be given back twice */
    }
    free(of);
}

/* Prices that wander as far as units are settled for, and farther, while it cools; now and then a hard maximum. */
static void settled_units_hold_as_far_as_prices_wander(void **state) {
    (void)state;
    drawn *of = malloc(sizeof *of);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const jk_run run = {.threads = 1 + (int)(seed % 3)};
        dual_units units;
        double price[LIMITS], start[LIMITS];
        make(of, seed);
        of->state.run = &run;
        assert_int_equal(jk_dual_units_create(&of->state, &units, NULL), JK_OK);
        assert_int_equal(units.threads, run.threads);
        jk_dual_units_sample(&units, UNITS);
        set_scales(&units);
        draw_prices(seed, 0, price);
        for (uint64_t step = 0; step < 40; step++) {
            const double temperature = 0.8 * pow(0.25, (double)(step / 5)); /* cools every fifth step */
            memcpy(start, price, sizeof price);
            for (int m = 0; m < LIMITS; m++) {
                const double far = 63.0 * temperature / units.scale[m];
                price[m] = fmax(0.0, start[m] + (uniform(seed, step, 70 + (uint64_t)m) < 0.5 ? -far : far));
            }
            check(of, &units, start, temperature, seed);
            check(of, &units, price, temperature, seed);
            if (step % 7 == 3) {
                check(of, &units, price, 0.0, seed);
            }
        }
        jk_dual_units_free(&units);
    }
    free(of);
}

static void samples_are_every_so_many_units(void **state) {
    (void)state;
    static const size_t wanted[] = {1, 7, 25, 30, 31, 60, 61, 62};
    static const size_t expected[] = {1, 8, 31, 31, 61, 61, 61, 61}; /* 61 by 61, 8, 2, 2, and 1 */
    drawn *of = malloc(sizeof *of);
    dual_units units;
    double price[LIMITS];
    make(of, 4);
    draw_prices(4, 0, price);
    assert_int_equal(jk_dual_units_create(&of->state, &units, NULL), JK_OK);
    for (size_t w = 0; w < sizeof wanted / sizeof wanted[0]; w++) {
        jk_dual_units_sample(&units, wanted[w]);
        set_scales(&units);
        assert_int_equal(units.units, expected[w]);
        check(of, &units, price, 1.5, w);
        check(of, &units, price, 1.5, w);
    }
    jk_dual_units_free(&units);
    free(of);
}

/* Ten thousand times the average use and more counts as ten thousand times in the curvature. */
static void enormous_uses_bend_no_more_than_large_ones(void **state) {
    (void)state;
    drawn *of = malloc(sizeof *of);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        dual_units units;
        double price[LIMITS];
        make(of, seed);
        draw_prices(seed, 0, price);
        assert_int_equal(jk_dual_units_create(&of->state, &units, NULL), JK_OK);
        jk_dual_units_sample(&units, UNITS);
        set_scales(&units);
        units.scale[0] = 0.3;
        units.scale[1] = 0.1;
        check(of, &units, price, 30.0, seed);
        jk_dual_units_free(&units);
    }
    free(of);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_are_those_of_all_actions),
                                       cmocka_unit_test(settled_units_hold_as_far_as_prices_wander),
                                       cmocka_unit_test(samples_are_every_so_many_units),
                                       cmocka_unit_test(enormous_uses_bend_no_more_than_large_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
