/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation under limits against full enumeration of small cases, and by its own certificates on large ones. */
#include "jalki/allocate.h"

#include <stdlib.h>

#include "base/number/random.h"
#include "decide/allocate_case.h"
#include "decide/allocate_pass.h"

enum { SMALL = 7, LARGE = 100000 };

typedef struct sample {
    jk_allocation problem;
    float *value[JK_ACTION_COUNT];
    int32_t *court, *hours[JK_TREATMENT_COUNT];
    uint16_t *country, *segment;
} sample;

static double uniform(uint64_t seed, uint64_t unit, uint64_t what) {
    return jk_uniform(jk_philox(seed, what, unit).word[0]);
}

static void make_sample(sample *s, size_t units, uint64_t seed) {
    memset(s, 0, sizeof *s);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        s->value[a] = calloc(units, sizeof(float));
        s->problem.value[a] = s->value[a];
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        s->hours[t] = calloc(units, sizeof(int32_t));
        s->problem.hours[t] = s->hours[t];
    }
    s->court = calloc(units, sizeof(int32_t));
    s->country = calloc(units, sizeof(uint16_t));
    s->segment = calloc(units, sizeof(uint16_t));
    s->problem.units = units;
    s->problem.court = s->court;
    s->problem.country = s->country;
    s->problem.segment = s->segment;
    for (size_t i = 0; i < units; i++) {
        double size = pow(uniform(seed, i, 1), -0.5) * 100.0;
        s->value[JK_CLOSE][i] = 0.0f;
        s->value[JK_SELL][i] = (float)(0.1 * size * uniform(seed, i, 2));
        s->value[JK_SURVEIL][i] = (float)(size * (0.3 * uniform(seed, i, 3) - 0.05));
        s->value[JK_AMICABLE][i] = (float)(size * (0.5 * uniform(seed, i, 4) - 0.1));
        s->value[JK_LEGAL][i] = uniform(seed, i, 5) < 0.3 ? NAN : (float)(size * (0.8 * uniform(seed, i, 6) - 0.2));
        s->court[i] = 1000 + (int32_t)(9000.0 * uniform(seed, i, 7));
        s->hours[JK_TREAT_SURVEIL][i] = 200;
        s->hours[JK_TREAT_AMICABLE][i] = 1000 + (int32_t)(9000.0 * uniform(seed, i, 8));
        s->hours[JK_TREAT_LEGAL][i] = 4000;
        s->country[i] = (uint16_t)(3.0 * uniform(seed, i, 9));
        s->segment[i] = (uint16_t)(2.0 * uniform(seed, i, 10));
    }
}

static void free_sample(sample *s) {
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        free(s->value[a]);
    }
    for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
        free(s->hours[t]);
    }
    free(s->court);
    free(s->country);
    free(s->segment);
}

/* Use of a limit by an allocation. */
static double use_of(const sample *s, const jk_limit *limit, const uint8_t *decision) {
    double use = 0.0;
    for (size_t i = 0; i < s->problem.units; i++) {
        use += plain_use(&s->problem, limit, i, decision[i]);
    }
    return use / plain_parts(limit);
}

/* What nothing within the limits can be worth more than, at the prices that were told. */
static double bound_of(const jk_allocation *p, const jk_allocation_result *result) {
    double price[JK_LIMITS_MAX], bound = 0.0;
    for (size_t m = 0; m < p->limit_count; m++) {
        const double parts = plain_parts(&p->limits[m]);
        price[m] = result->price[m] / parts;
        bound += price[m] * floor(p->limits[m].amount * parts + 1e-6);
    }
    for (size_t i = 0; i < p->units; i++) {
        bound += plain_reduced(p, price, i, plain_best(p, price, i));
    }
    return bound;
}

static double value_of(const sample *s, const uint8_t *decision) {
    double value = 0.0;
    for (size_t i = 0; i < s->problem.units; i++) {
        value += (double)s->value[decision[i]][i];
    }
    return value;
}

static bool keeps_limits(const sample *s, const uint8_t *decision) {
    for (size_t m = 0; m < s->problem.limit_count; m++) {
        if (use_of(s, &s->problem.limits[m], decision) > s->problem.limits[m].amount + 1e-9) {
            return false;
        }
    }
    return true;
}

/* The optimum of a small case by trying every combination. */
static double enumerate(const sample *s) {
    uint8_t decision[SMALL] = {0};
    double best = -1e300;
    for (;;) {
        bool allowed = true;
        for (size_t i = 0; i < SMALL; i++) {
            allowed = allowed && !isnan(s->value[decision[i]][i]);
        }
        if (allowed && keeps_limits(s, decision) && value_of(s, decision) > best) {
            best = value_of(s, decision);
        }
        size_t i = 0;
        while (i < SMALL && ++decision[i] == JK_ACTION_COUNT) {
            decision[i++] = 0;
        }
        if (i == SMALL) {
            return best;
        }
    }
}

static void small_cases_reach_the_optimum(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        sample s;
        make_sample(&s, SMALL, seed);
        jk_limit limits[] = {
            {JK_RESOURCE_COURT, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, 150.0 * uniform(seed, 1, 20), NULL},
            {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 2.0 * uniform(seed, 1, 21), NULL},
            {JK_RESOURCE_CLAIMS, JK_AMICABLE, 1, JK_SCOPE_ALL, floor(3.0 * uniform(seed, 1, 22)), NULL},
            {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, 1, 1.0 * uniform(seed, 1, 23), NULL},
            {JK_RESOURCE_CLAIMS, JK_SELL, JK_SCOPE_ALL, JK_SCOPE_ALL, 1.0, NULL},
        };
        s.problem.limits = limits;
        s.problem.limit_count = sizeof limits / sizeof limits[0];
        uint8_t decision[SMALL];
        jk_allocation_result result = {.decision = decision};
        assert_int_equal(jk_allocate(&s.problem, NULL, &result, NULL), JK_OK);
        assert_true(keeps_limits(&s, decision));
        assert_true(result.bound >= result.objective);
        for (size_t m = 0; m < s.problem.limit_count; m++) {
            assert_true(fabs(result.use[m] - use_of(&s, &limits[m], decision)) < 1e-9);
        }
        double optimum = enumerate(&s);
        if (fabs(result.objective - optimum) > 1e-3 || result.bound < optimum - 1e-3) {
            fail_msg("seed %d: objective %.6f, optimum %.6f, bound %.6f", (int)seed, result.objective, optimum,
                     result.bound);
        }
        free_sample(&s);
    }
}

static void large_cases_certify_a_small_gap(void **state) {
    (void)state;
    sample s;
    make_sample(&s, LARGE, 7);
    jk_limit limits[] = {
        {JK_RESOURCE_COURT, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, 5e5, NULL},
        {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 2e4, NULL},
        {JK_RESOURCE_CLAIMS, JK_LEGAL, 2, JK_SCOPE_ALL, 3000.0, NULL},
        {JK_RESOURCE_HOURS, JK_CLOSE, 0, 1, 1600.0, NULL},
    };
    s.problem.limits = limits;
    s.problem.limit_count = sizeof limits / sizeof limits[0];
    uint8_t *decision = calloc(LARGE, 1);
    uint8_t *again = calloc(LARGE, 1);
    jk_allocation_result result = {.decision = decision};
    jk_run one = {.threads = 1};
    assert_int_equal(jk_allocate(&s.problem, &one, &result, NULL), JK_OK);
    assert_true(keeps_limits(&s, decision));
    assert_true(fabs(value_of(&s, decision) - result.objective) < 1.0);
    print_message("gap %.3g of the bound; prices %.4g %.4g %.4g %.4g\n", 1.0 - result.objective / result.bound,
                  result.price[0], result.price[1], result.price[2], result.price[3]);
    assert_true(result.objective >= result.bound * (1.0 - 1e-4));
    assert_true(fabs(result.bound - bound_of(&s.problem, &result)) < LARGE * 0x1p-20);
    jk_allocation free_of_limits = s.problem;
    double unlimited = 0.0;
    free_of_limits.limit_count = 0;
    for (size_t i = 0; i < LARGE; i++) {
        unlimited += (double)s.value[plain_best(&free_of_limits, NULL, i)][i];
    }
    assert_true(fabs(result.unlimited - unlimited) < LARGE * 0x1p-20);
    jk_allocation_result repeated = {.decision = again};
    jk_run seven = {.threads = 7};
    assert_int_equal(jk_allocate(&s.problem, &seven, &repeated, NULL), JK_OK);
    assert_memory_equal(decision, again, LARGE);
    assert_true(repeated.bound == result.bound && repeated.objective == result.objective);
    free(decision);
    free(again);
    free_sample(&s);
}

static void without_binding_limits_everybody_gets_the_best(void **state) {
    (void)state;
    sample s;
    make_sample(&s, 1000, 3);
    jk_limit limits[] = {{JK_RESOURCE_COURT, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, 1e9, NULL}};
    s.problem.limits = limits;
    s.problem.limit_count = 1;
    uint8_t decision[1000];
    jk_allocation_result result = {.decision = decision};
    assert_int_equal(jk_allocate(&s.problem, NULL, &result, NULL), JK_OK);
    assert_true(result.price[0] == 0.0);
    assert_true(result.objective == result.unlimited && result.bound == result.unlimited);
    free_sample(&s);
}

static void no_budget_closes_what_only_courts_can_save(void **state) {
    (void)state;
    /* Three claims worth something in court only; nothing may be filed. */
    float none[3] = {0.0f, 0.0f, 0.0f};
    float legal[3] = {10.0f, 20.0f, 30.0f};
    int32_t court[3] = {100, 100, 100};
    jk_limit limits[] = {{JK_RESOURCE_COURT, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.0, NULL}};
    jk_allocation problem = {.units = 3, .court = court, .limit_count = 1, .limits = limits};
    problem.value[JK_CLOSE] = none;
    problem.value[JK_LEGAL] = legal;
    uint8_t decision[3];
    jk_allocation_result result = {.decision = decision};
    assert_int_equal(jk_allocate(&problem, NULL, &result, NULL), JK_OK);
    assert_true(result.objective == 0.0 && result.bound < 1e-3);
    limits[0].amount = 1.0; /* one filing: the best one */
    assert_int_equal(jk_allocate(&problem, NULL, &result, NULL), JK_OK);
    assert_true(result.objective == 30.0 && decision[2] == JK_LEGAL);
    assert_true(result.bound < 30.0 + 1e-3);
}

static void identical_claims_are_told_apart_by_their_place(void **state) {
    (void)state;
    enum { UNITS = 50000 };
    float *none = calloc(UNITS, sizeof(float));
    float *legal = calloc(UNITS, sizeof(float));
    int32_t *court = calloc(UNITS, sizeof(int32_t));
    uint8_t *decision = calloc(UNITS, 1);
    for (size_t i = 0; i < UNITS; i++) {
        legal[i] = 5.0f;
        court[i] = 8600;
    }
    jk_limit limits[] = {{JK_RESOURCE_COURT, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, 86.0 * 1234 + 10.0, NULL}};
    jk_allocation problem = {.units = UNITS, .court = court, .limit_count = 1, .limits = limits};
    problem.value[JK_CLOSE] = none;
    problem.value[JK_LEGAL] = legal;
    jk_allocation_result result = {.decision = decision};
    assert_int_equal(jk_allocate(&problem, NULL, &result, NULL), JK_OK);
    assert_true(result.objective == 5.0 * 1234);
    assert_true(fabs(result.price[0] - 5.0 / 86.0) < 1e-4);
    free(none);
    free(legal);
    free(court);
    free(decision);
}

/* A budget that is just used up: the bound is what is reached, of sums that are rounded unit by unit, and never less.
 */
static void a_bound_is_never_below_what_is_reached(void **state) {
    (void)state;
    enum { UNITS = 2000, FILED = 617 };
    float none[UNITS] = {0.0f}, legal[UNITS];
    int32_t court[UNITS];
    uint8_t decision[UNITS];
    for (int k = 0; k < 24; k++) {
        for (size_t i = 0; i < UNITS; i++) {
            legal[i] = 5.0f + 0.1f * (float)k;
            court[i] = 8600 + 7 * k;
        }
        const jk_limit limit = {
            JK_RESOURCE_COURT, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, 0.01 * FILED * (8600.0 + 7.0 * k), NULL};
        jk_allocation problem = {.units = UNITS, .court = court, .limit_count = 1, .limits = &limit};
        problem.value[JK_CLOSE] = none;
        problem.value[JK_LEGAL] = legal;
        jk_allocation_result result = {.decision = decision};
        assert_int_equal(jk_allocate(&problem, NULL, &result, NULL), JK_OK);
        assert_true(fabs(result.objective - FILED * (double)legal[0]) < FILED * 0x1p-20);
        assert_true(result.bound >= result.objective && result.bound < result.objective + UNITS * 0x1p-20);
    }
}

static void impossible_limits_are_refused(void **state) {
    (void)state;
    float none[1] = {0.0f};
    uint8_t decision[1];
    jk_limit limits[] = {{JK_RESOURCE_COURT, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, -1.0, NULL}};
    jk_allocation problem = {.units = 1, .limit_count = 1, .limits = limits};
    problem.value[JK_CLOSE] = none;
    jk_allocation_result result = {.decision = decision};
    jk_error error = {0};
    assert_int_equal(jk_allocate(&problem, NULL, &result, &error), JK_ERROR_ARGUMENT);
    limits[0] = (jk_limit){JK_RESOURCE_CLAIMS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 1.0, NULL};
    error = (jk_error){0};
    assert_int_equal(jk_allocate(&problem, NULL, &result, &error), JK_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "closing cannot be limited"));
}

/* Limits are counted in whole parts, of which a rounding of the amount is none; as much as a million millions may be
 * had. */
static void amounts_are_whole_parts(void **state) {
    (void)state;
    static const struct {
        double amount;
        jk_status status;
        bool filed;
    } cases[] = {{0.29, JK_OK, true}, /* 28.999999999999996 hundredths */
                 {0.2899999, JK_OK, false},
                 {0.28, JK_OK, false},
                 {1e12, JK_OK, true},
                 {1.0000001e12, JK_ERROR_ARGUMENT, false},
                 {-0.01, JK_ERROR_ARGUMENT, false},
                 {NAN, JK_ERROR_ARGUMENT, false}};
    float none[1] = {0.0f}, legal[1] = {10.0f};
    int32_t court[1] = {29};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const jk_limit limit = {JK_RESOURCE_COURT, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, cases[k].amount, NULL};
        jk_allocation problem = {.units = 1, .court = court, .limit_count = 1, .limits = &limit};
        problem.value[JK_CLOSE] = none;
        problem.value[JK_LEGAL] = legal;
        uint8_t decision[1];
        jk_allocation_result result = {.decision = decision};
        jk_error error = {0};
        assert_int_equal(jk_allocate(&problem, NULL, &result, &error), cases[k].status);
        assert_true(cases[k].status != JK_OK || (decision[0] == JK_LEGAL) == cases[k].filed);
    }
}

typedef struct stopping {
    int calls, stop_at;
} stopping;

static int stop(void *context, const char *stage, uint64_t done, uint64_t total) {
    stopping *at = context;
    assert_true(stage != NULL && done <= total);
    return ++at->calls == at->stop_at;
}

/* Whoever stops it, wherever it is, gets it back stopped. */
static void it_can_be_stopped_anywhere(void **state) {
    (void)state;
    sample s;
    make_sample(&s, 50, 9);
    jk_limit limits[] = {{JK_RESOURCE_COURT, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, 300.0, NULL},
                         {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 4.0, NULL}};
    s.problem.limits = limits;
    s.problem.limit_count = 2;
    jk_status status = JK_ERROR_INTERRUPTED;
    stopping at = {0};
    for (at.stop_at = 1; status != JK_OK; at.stop_at++) {
        uint8_t decision[50];
        jk_allocation_result result = {.decision = decision};
        const jk_run run = {.threads = 1, .progress = stop, .context = &at};
        at.calls = 0;
        status = jk_allocate(&s.problem, &run, &result, NULL);
        assert_true(status == JK_OK ? at.calls < at.stop_at : status == JK_ERROR_INTERRUPTED && at.calls == at.stop_at);
    }
    assert_true(at.stop_at > 30);
    free_sample(&s);
}

/* Sums at a point where units were left out before, against sums over all of them: use and curvature to the bit, the
 * value as far as it is rounded by unit. */
static void units_left_out_change_no_sum(void **state) {
    (void)state;
    sample s;
    make_sample(&s, LARGE, 77);
    jk_limit limits[] = {{JK_RESOURCE_COURT, JK_LEGAL, JK_SCOPE_ALL, JK_SCOPE_ALL, 1000.0, NULL},
                         {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 1000.0, NULL}};
    s.problem.country = s.problem.segment = NULL;
    s.problem.limits = limits;
    s.problem.limit_count = 2;
    allocation_cell cell = {.count = 2, .limit = {0, 1}};
    allocation_tariff tariff;
    const allocation_state all = {
        .problem = &s.problem, .countries = 1, .segments = 1, .cells = &cell, .tariffs = &tariff};
    dual_units packed, fresh;
    double packed_hessian[4] = {0.0}, fresh_hessian[4] = {0.0};
    assert_int_equal(jk_dual_units_create(&all, &packed, NULL), JK_OK);
    assert_int_equal(jk_dual_units_create(&all, &fresh, NULL), JK_OK);
    jk_dual_units_sample(&packed, LARGE);
    packed.scale[0] = fresh.scale[0] = 5000.0;
    packed.scale[1] = fresh.scale[1] = 3000.0;
    size_t fewest = LARGE;
    for (int step = 0; step < 24; step++) { /* cools every third step; prices wander, and jump now and then */
        const double temperature = 4.0 * pow(0.25, step / 3), far = step % 7 == 6 ? 1e-2 : 20.0 * temperature / 5000.0;
        const double price[2] = {2e-3 + far * uniform(5, (uint64_t)step, 1),
                                 3e-3 + far * uniform(5, (uint64_t)step, 2)};
        dual_point here = {.hessian = packed_hessian}, there = {.hessian = fresh_hessian};
        assert_int_equal(jk_dual_at(&packed, price, temperature, &here, NULL), JK_OK);
        jk_dual_units_sample(&fresh, LARGE); /* knows of no unit that is settled */
        assert_int_equal(jk_dual_at(&fresh, price, temperature, &there, NULL), JK_OK);
        for (int m = 0; m < 2; m++) {
            assert_true(here.use[m] == there.use[m]);
        }
        for (int i = 0; i < 4; i++) {
            assert_true(packed_hessian[i] == fresh_hessian[i]);
        }
        assert_true(fabs(here.value - there.value) < LARGE * 0x1p-20);
        jk_dual_units_sample(&fresh, LARGE);
        assert_int_equal(jk_dual_at(&fresh, price, 0.0, &there, NULL), JK_OK);
        /* a soft maximum lies above the hard one, at most by the temperature times log 5 a unit */
        assert_true(here.value > there.value - LARGE * 0x1p-20);
        assert_true(here.value < there.value + 1.7 * temperature * LARGE);
        size_t open = 0;
        for (size_t b = 0; b * 16384 < LARGE; b++) {
            open += packed.open.count[b];
        }
        fewest = open < fewest ? open : fewest;
    }
    assert_true(fewest < LARGE / 20); /* the point of it */
    jk_dual_units_free(&packed);
    jk_dual_units_free(&fresh);
    free_sample(&s);
}

/* As many limits as there may be, all for every unit, and the last of a resource is the one that binds: the optimum is
 * that of the last ones alone. */
static void the_last_of_all_limits_binds(void **state) {
    (void)state;
    static jk_limit limits[JK_LIMITS_MAX + 1];
    for (uint64_t seed = 1; seed <= 6; seed++) {
        sample s;
        make_sample(&s, SMALL, seed);
        const double court = 150.0 * uniform(seed, 1, 20), hours = 2.0 * uniform(seed, 1, 21);
        for (size_t m = 0; m < JK_LIMITS_MAX; m++) {
            const double more = (double)(JK_LIMITS_MAX - 2 + m % 2 - m); /* 0 for the last two */
            limits[m] =
                (jk_limit){m % 2 ? JK_RESOURCE_COURT : JK_RESOURCE_HOURS,    JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL,
                           m % 2 ? court + 10.0 * more : hours + 0.1 * more, NULL};
        }
        uint8_t decision[SMALL];
        static jk_allocation_result result;
        result = (jk_allocation_result){.decision = decision};
        s.problem.limits = limits;
        s.problem.limit_count = JK_LIMITS_MAX;
        assert_int_equal(jk_allocate(&s.problem, NULL, &result, NULL), JK_OK);
        for (size_t m = 0; m < JK_LIMITS_MAX; m++) {
            assert_true(fabs(result.use[m] - use_of(&s, &limits[m], decision)) < 1e-9);
        }
        const double objective = result.objective;
        s.problem.limits = limits + JK_LIMITS_MAX - 2;
        s.problem.limit_count = 2;
        const double optimum = enumerate(&s);
        assert_true(keeps_limits(&s, decision));
        assert_true(fabs(objective - optimum) < 1e-3 && result.bound > optimum - 1e-3);
        s.problem.limits = limits;
        s.problem.limit_count = JK_LIMITS_MAX + 1;
        jk_error error = {0};
        assert_int_equal(jk_allocate(&s.problem, NULL, &result, &error), JK_ERROR_ARGUMENT);
        free_sample(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_cases_reach_the_optimum),
        cmocka_unit_test(large_cases_certify_a_small_gap),
        cmocka_unit_test(without_binding_limits_everybody_gets_the_best),
        cmocka_unit_test(no_budget_closes_what_only_courts_can_save),
        cmocka_unit_test(identical_claims_are_told_apart_by_their_place),
        cmocka_unit_test(a_bound_is_never_below_what_is_reached),
        cmocka_unit_test(impossible_limits_are_refused),
        cmocka_unit_test(amounts_are_whole_parts),
        cmocka_unit_test(it_can_be_stopped_anywhere),
        cmocka_unit_test(units_left_out_change_no_sum),
        cmocka_unit_test(the_last_of_all_limits_binds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
