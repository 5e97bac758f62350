/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions under limits for debtors and claims of a small tape, against every combination of treatments; and what
 * decisions claim by claim are worth when a debtor is filed against once, for one whole fee. */
#include "jalki/decide.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "decide/made_candidates.h"
#include "support/refusal.h"

enum { ROWS = 12, STRIDE = 5, DEBTORS = ROWS / CLAIMS_PER_DEBTOR, LIMITS = 4, SEEDS = 60 };

static jk_tape *tape;

/* What a debtor's treatment brings and uses: of the claims that it is worth more than nothing for. */
typedef struct bundle {
    double value, court, hours;
    size_t claims;
} bundle;

static bool joins(const jk_candidates *c, size_t i, size_t debtor, int a) {
    return (size_t)c->debtor[i] == debtor && a != JK_CLOSE && c->value[a][i] > 0.0f; /* NaN is not */
}

static bundle bundle_of(const jk_candidates *c, size_t debtor, int a) {
    bundle sum = {0};
    double parts = 0.0, whole = 0.0;
    for (size_t i = 0; i < c->claims; i++) {
        if (joins(c, i, debtor, a)) {
            sum.claims++;
            sum.value += (double)c->value[a][i];
            sum.hours = a >= JK_SURVEIL ? fmax(sum.hours, c->hours[a - JK_SURVEIL][i] / 10000.0) : 0.0;
            parts += a == JK_LEGAL ? c->court[i] / 100.0 : 0.0;
            whole = a == JK_LEGAL && c->court[i] > 0 ? fmax(whole, model->segments[c->segment[i]].filing) : whole;
        }
    }
    sum.court = fmax(parts, whole);
    sum.value -= sum.court - parts;
    return sum;
}

static size_t first_claim_of(const jk_candidates *c, size_t debtor) {
    size_t i = 0;
    while ((size_t)c->debtor[i] != debtor) {
        i++;
    }
    return i;
}

static bool counts(const jk_limit *limit, const jk_candidates *c, size_t i) {
    bool of_team = limit->team == NULL;
    for (size_t k = 0; limit->team != NULL && k < limit->team->country_count; k++) {
        of_team = of_team || limit->team->country[k] == c->country[i];
    }
    for (size_t k = 0; limit->team != NULL && k < limit->team->segment_count; k++) {
        of_team = of_team || limit->team->segment[k] == c->segment[i];
    }
    return of_team && (limit->country == JK_SCOPE_ALL || limit->country == c->country[i]) &&
           (limit->segment == JK_SCOPE_ALL || limit->segment == c->segment[i]);
}

static double used(const jk_limit *limit, const bundle *of, int action) {
    switch (limit->resource) {
    case JK_RESOURCE_COURT:
        return of->court;
    case JK_RESOURCE_HOURS:
        return of->hours;
    default:
        return (int)limit->action == action ? (double)of->claims : 0.0;
    }
}

/* The best of all combinations within the limits. */
static double best_of_all(const jk_candidates *c, const jk_limit *limits, bundle all[DEBTORS][JK_ACTION_COUNT]) {
    double best = 0.0;
    for (int number = 0; number < 625; number++) { /* 5^4 */
        double value = 0.0, use[LIMITS] = {0};
        bool allowed = true;
        for (int d = 0, rest = number; d < DEBTORS; d++, rest /= JK_ACTION_COUNT) {
            const int action = rest % JK_ACTION_COUNT;
            const bundle *one = &all[d][action];
            allowed = allowed && (action == JK_CLOSE || one->claims > 0);
            value += one->value;
            for (int m = 0; m < LIMITS; m++) {
                use[m] += counts(&limits[m], c, first_claim_of(c, (size_t)d)) ? used(&limits[m], one, action) : 0.0;
            }
        }
        for (int m = 0; m < LIMITS; m++) {
            allowed = allowed && use[m] <= limits[m].amount + 1e-9;
        }
        best = allowed && value > best ? value : best;
    }
    return best;
}

static int dearest(const jk_candidates *c, size_t i) {
    int best = JK_CLOSE;
    for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
        best = c->value[a][i] > c->value[best][i] ? a : best;
    }
    return best;
}

/* What was decided, told by claim, is one combination: it is worth and uses what is told. */
static void check_told(const jk_candidates *c, const jk_limit *limits, bundle all[DEBTORS][JK_ACTION_COUNT],
                       const jk_decided *decided) {
    uint64_t claims[JK_ACTION_COUNT] = {0};
    double value[JK_ACTION_COUNT] = {0}, face[JK_ACTION_COUNT] = {0}, use[LIMITS] = {0};
    double sum = 0.0, court = 0.0, hours = 0.0;
    for (size_t d = 0; d < DEBTORS; d++) {
        int action = JK_CLOSE;
        for (size_t i = 0; i < ROWS; i++) {
            action = (size_t)c->debtor[i] == d && decided->decision[i] != JK_CLOSE ? decided->decision[i] : action;
        }
        for (size_t i = 0; i < ROWS; i++) {
            if ((size_t)c->debtor[i] == d) {
                assert_int_equal(decided->decision[i], joins(c, i, d, action) ? action : JK_CLOSE);
                claims[decided->decision[i]]++;
                value[decided->decision[i]] += (double)c->value[decided->decision[i]][i];
                face[decided->decision[i]] += c->balance[i];
            }
        }
        sum += all[d][action].value;
        court += all[d][action].court;
        hours += all[d][action].hours;
        for (int m = 0; m < LIMITS; m++) {
            use[m] += counts(&limits[m], c, first_claim_of(c, d)) ? used(&limits[m], &all[d][action], action) : 0.0;
        }
    }
    assert_memory_equal(decided->claims, claims, sizeof claims);
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        assert_true(fabs(decided->value[a] - value[a]) < 1e-6 && fabs(decided->face[a] - face[a]) < 1e-6);
    }
    for (int m = 0; m < LIMITS; m++) {
        assert_true(fabs(decided->use[m] - use[m]) < 1e-9 && use[m] <= limits[m].amount + 1e-9);
    }
    assert_true(fabs(decided->court - court) < 1e-9 && fabs(decided->hours - hours) < 1e-9);
    assert_true(fabs(decided->objective - sum) < 1e-4);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(decided->free[i], dearest(c, i));
    }
}

static void debtors_are_decided_as_by_trying_all(void **state) {
    (void)state;
    jk_team team = {.name = "west", .country_count = 1, .segment_count = 1, .country = {1}, .segment = {2}};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        jk_error error = {0};
        jk_candidates *c = make_candidates(tape, seed);
        bundle all[DEBTORS][JK_ACTION_COUNT];
        double unlimited = 0.0;
        for (size_t d = 0; d < DEBTORS; d++) {
            double best = 0.0;
            for (int a = 0; a < JK_ACTION_COUNT; a++) {
                all[d][a] = bundle_of(c, d, a);
                best = all[d][a].claims > 0 ? fmax(best, all[d][a].value) : best;
            }
            unlimited += best;
        }
        drawing from = {seed, 0};
        jk_limit limits[LIMITS] = {
            {.resource = JK_RESOURCE_COURT, .country = JK_SCOPE_ALL, .segment = JK_SCOPE_ALL},
            {.resource = JK_RESOURCE_HOURS, .country = (int)draw(&from, 60, 3), .segment = JK_SCOPE_ALL},
            {.resource = JK_RESOURCE_CLAIMS, .country = JK_SCOPE_ALL, .segment = JK_SCOPE_ALL},
            {.resource = JK_RESOURCE_HOURS, .country = JK_SCOPE_ALL, .segment = JK_SCOPE_ALL, .team = &team}};
        limits[0].amount = 25.0 * draw(&from, 61, 20);
        limits[1].amount = 0.5 * draw(&from, 62, 5);
        limits[2].amount = draw(&from, 63, 4);
        limits[2].action = (jk_action)(JK_SELL + draw(&from, 64, 4));
        limits[2].segment = seed % 3 == 0 ? (int)c->segment[first_claim_of(c, 1)] : JK_SCOPE_ALL;
        limits[3].amount = 0.25 * draw(&from, 65, 9);
        jk_decide_options options = {.limit_count = LIMITS, .limits = limits, .by_debtor = 1, .run.threads = 1};
        jk_decided decided;
        must(jk_decide(c, &options, &decided, &error), &error);
        assert_true(fabs(decided.unlimited - unlimited) < 1e-4);
        assert_true(fabs(decided.objective - best_of_all(c, limits, all)) < 1e-4);
        assert_true(decided.bound >= decided.objective - 1e-4);
        check_told(c, limits, all, &decided);
        jk_decided_reset(&decided);
        jk_decided_reset(&decided); /* nothing is left that could be given back twice */
        jk_candidates_free(c);
    }
}

/* As many debtors as fill the columns that are kept of them, wholly: without limits each gets its best. */
static void debtors_may_fill_their_columns(void **state) {
    (void)state;
    enum { MANY = 16 };
    jk_error error = {0};
    jk_tape *larger = open_mixed((size_t)MANY * CLAIMS_PER_DEBTOR, STRIDE);
    jk_candidates *c = make_candidates(larger, 1);
    double sum = 0.0;
    for (size_t d = 0; d < MANY; d++) {
        double best = 0.0;
        for (int a = 0; a < JK_ACTION_COUNT; a++) {
            const bundle one = bundle_of(c, d, a);
            best = one.claims > 0 ? fmax(best, one.value) : best;
        }
        sum += best;
    }
    jk_decide_options options = {.by_debtor = 1, .run.threads = 1};
    jk_decided decided;
    must(jk_decide(c, &options, &decided, &error), &error);
    assert_true(sum > 0.0 && fabs(decided.objective - sum) < 1e-4 && decided.unlimited == decided.objective);
    jk_decided_reset(&decided);
    jk_candidates_free(c);
    jk_tape_close(larger);
}

/* Without limits each claim gets its best, and what that comes to has the fees that nobody else pays taken off. */
static void claims_are_carried_out_with_whole_fees(void **state) {
    (void)state;
    double largest = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        jk_error error = {0};
        jk_candidates *c = make_candidates(tape, seed);
        jk_decide_options options = {.run.threads = 1};
        jk_decided decided;
        double worth = 0.0, sum = 0.0, missing = 0.0;
        must(jk_decide(c, &options, &decided, &error), &error);
        for (size_t i = 0; i < ROWS; i++) {
            assert_int_equal(decided.decision[i], dearest(c, i));
            sum += (double)c->value[dearest(c, i)][i];
        }
        for (size_t d = 0; d < DEBTORS; d++) {
            double parts = 0.0, whole = 0.0;
            for (size_t i = 0; i < ROWS; i++) {
                if ((size_t)c->debtor[i] == d && dearest(c, i) == JK_LEGAL && c->court[i] > 0) {
                    parts += c->court[i] / 100.0;
                    whole = fmax(whole, model->segments[c->segment[i]].filing);
                }
            }
            missing += fmax(0.0, whole - parts);
        }
        must(jk_decided_carried_out(c, &decided, &worth, &error), &error);
        assert_true(fabs(decided.objective - sum) < 1e-4 && fabs(worth - (sum - missing)) < 1e-4);
        largest = fmax(largest, missing);
        jk_decided_reset(&decided);
        jk_candidates_free(c);
    }
    assert_true(largest > 0.0);
}

/* Limits for a country or a segment that there is not, the first behind the last: nobody is under them. */
static void limits_for_nobody_bind_nobody(void **state) {
    (void)state;
    jk_error error = {0};
    jk_candidates *c = make_candidates(tape, 3);
    size_t countries = 0;
    (void)jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &countries);
    const int behind = (int)model->segment_count;
    jk_limit limits[] = {{JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, behind, 0.0, NULL},
                         {JK_RESOURCE_COURT, JK_CLOSE, (int)countries, JK_SCOPE_ALL, 0.0, NULL},
                         {JK_RESOURCE_COURT, JK_CLOSE, (int)countries + 1, JK_SCOPE_ALL, 0.0, NULL},
                         {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, behind + 1, 0.0, NULL}};
    for (int by_debtor = 0; by_debtor < 2; by_debtor++) {
        jk_decide_options options = {.by_debtor = by_debtor, .run.threads = 1};
        jk_decided plain, limited;
        must(jk_decide(c, &options, &plain, &error), &error);
        options.limits = limits;
        options.limit_count = sizeof limits / sizeof limits[0];
        must(jk_decide(c, &options, &limited, &error), &error);
        assert_memory_equal(limited.decision, plain.decision, ROWS);
        assert_true(limited.objective == plain.objective && limited.hours == plain.hours && plain.hours > 0.0);
        for (size_t m = 0; m < options.limit_count; m++) {
            assert_true(limited.use[m] == 0.0);
        }
        jk_decided_reset(&limited);
        jk_decided_reset(&plain);
    }
    jk_candidates_free(c);
}

/* A debtor's fees of claims that come to more than can be held are held as the most. */
static void fees_beyond_all_measure_are_the_most(void **state) {
    (void)state;
    jk_error error = {0};
    jk_candidates *c = make_candidates(tape, 5);
    for (size_t i = 0; i < ROWS; i++) {
        c->value[JK_AMICABLE][i] = c->value[JK_SURVEIL][i] = c->value[JK_SELL][i] = NAN;
        c->value[JK_LEGAL][i] = c->debtor[i] == 1 ? 9.0f : NAN;
        c->court[i] = i % 2 == 0 ? INT32_MAX : INT32_MAX - 7;
    }
    jk_decide_options options = {.by_debtor = 1, .run.threads = 1};
    jk_decided decided;
    must(jk_decide(c, &options, &decided, &error), &error);
    assert_true(decided.court == 21474836.47 && decided.objective == 27.0);
    jk_decided_reset(&decided);
    options.by_debtor = 0; /* each claim pays its own */
    must(jk_decide(c, &options, &decided, &error), &error);
    assert_true(fabs(decided.court - 3 * 21474836.47) < 0.2 && decided.court < 3 * 21474836.47);
    jk_decided_reset(&decided);
    jk_candidates_free(c);
}

/* Six euros for half an hour each: an hour more would be worth twelve. */
static void hours_have_their_price(void **state) {
    (void)state;
    jk_error error = {0};
    jk_candidates *c = make_candidates(tape, 5);
    for (size_t i = 0; i < ROWS; i++) {
        c->value[JK_LEGAL][i] = c->value[JK_SURVEIL][i] = c->value[JK_SELL][i] = NAN;
        c->value[JK_AMICABLE][i] = 6.0f;
        c->hours[JK_TREAT_AMICABLE][i] = 5000;
    }
    jk_limit limits[] = {{JK_RESOURCE_COURT, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 1.0, NULL},
                         {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 2.0, NULL}};
    jk_decide_options options = {.limit_count = 2, .limits = limits, .run.threads = 1};
    jk_decided decided;
    must(jk_decide(c, &options, &decided, &error), &error);
    assert_true(decided.objective == 24.0 && decided.hours == 2.0 && decided.use[1] == 2.0);
    assert_true(decided.price[0] == 0.0 && fabs(decided.price[1] - 12.0) < 1e-3);
    jk_decided_reset(&decided);
    jk_candidates_free(c);
}

static void more_limits_than_there_may_be_are_refused(void **state) {
    (void)state;
    static jk_limit limits[JK_LIMITS_MAX + 1];
    jk_error error = {0};
    jk_candidates *c = make_candidates(tape, 5);
    for (size_t m = 0; m <= JK_LIMITS_MAX; m++) {
        limits[m] = (jk_limit){JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 1e6 + (double)m, NULL};
    }
    jk_decide_options options = {.limit_count = JK_LIMITS_MAX, .limits = limits, .run.threads = 1};
    jk_decided decided;
    must(jk_decide(c, &options, &decided, &error), &error);
    assert_true(decided.use[JK_LIMITS_MAX - 1] == decided.hours && decided.hours > 0.0);
    jk_decided_reset(&decided);
    options.limit_count++;
    memset(&decided, 0x5a, sizeof decided);
    assert_int_equal(jk_decide(c, &options, &decided, &error), JK_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "257 limits are given, at most 256 are possible"));
    assert_true(decided.decision == NULL && decided.free == NULL);
    jk_candidates_free(c);
}

typedef struct asked {
    jk_candidates *c;
    jk_decide_options options;
} asked;

static jk_status decide_once(void *context, jk_error *error) {
    const asked *of = context;
    jk_decided decided;
    double worth = 0.0;
    memset(&decided, 0x5a, sizeof decided);
    jk_status status = jk_decide(of->c, &of->options, &decided, error);
    if (status != JK_OK) { /* nothing is left */
        assert_int_equal(status, JK_ERROR_MEMORY);
        assert_true(decided.decision == NULL && decided.free == NULL && decided.objective == 0.0);
        return status;
    }
    status = jk_decided_carried_out(of->c, &decided, &worth, error);
    jk_decided_reset(&decided);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    jk_limit limit = {JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 1.0, NULL};
    asked of = {.c = make_candidates(tape, 1), .options = {.limit_count = 1, .limits = &limit, .run.threads = 1}};
    for (int by_debtor = 0; by_debtor < 2; by_debtor++) {
        of.options.by_debtor = by_debtor;
        const long refused = refuse_each_allocation(decide_once, &of, NULL);
        print_message("%ld allocations\n", refused);
        assert_true(refused > 30);
    }
    jk_candidates_free(of.c);
}

static int open_tape(void **state) {
    return open_mixed_tape(state, ROWS, STRIDE, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(debtors_are_decided_as_by_trying_all),
        cmocka_unit_test(debtors_may_fill_their_columns),
        cmocka_unit_test(claims_are_carried_out_with_whole_fees),
        cmocka_unit_test(limits_for_nobody_bind_nobody),
        cmocka_unit_test(fees_beyond_all_measure_are_the_most),
        cmocka_unit_test(more_limits_than_there_may_be_are_refused),
        cmocka_unit_test(hours_have_their_price),
        cmocka_unit_test(memory_that_is_refused_is_told),
    };
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
