/* SPDX-License-Identifier: Apache-2.0 */
/* Worklists of drawn claims against the words of jalki/worklist.h, followed one by one and sorted by the rule: every
 * order, treatment and scope, by claim and by debtor, with debtors who rest, and under hours. */
#include "jalki/worklist.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/number/calendar.h"
#include "decide/made_candidates.h"
#include "support/refusal.h"

enum { ROWS = 60, STRIDE = 23, DEBTORS = ROWS / CLAIMS_PER_DEBTOR };

static jk_tape *tape;

/* What a list is made of, and what each claim is left out for before any figure. */
typedef struct wanted {
    const jk_candidates *c;
    const jk_worklist_options *options;
    const uint8_t *decided; /* under hours; NULL: all that gains */
    int32_t cutoff, review_on;
    jk_exclusion left_out[ROWS];
} wanted;

static double nothing_if_unknown(double amount) {
    return isnan(amount) ? 0.0 : amount;
}

static double accepts(const wanted *w, size_t i) {
    const jk_segment *segment = &w->c->model->segments[w->c->segment[i]];
    double share = segment->recovery_share[JK_TREAT_AMICABLE];
    bool nobody_settles = segment->payers.given && segment->payers.settled_share[JK_TREAT_AMICABLE] == 0.0;
    return share >= 1.0 || nobody_settles || w->c->paying[i] == 1 ? (double)NAN : share * w->c->balance[i];
}

static int32_t looks_again(const wanted *w, size_t i) {
    int64_t before_bar = w->cutoff + (int64_t)w->c->bar_days[i] - 1;
    before_bar = before_bar < w->cutoff ? w->cutoff : before_bar;
    return (int32_t)(before_bar < w->review_on ? before_bar : w->review_on);
}

/* The claims of `unit` worked by action `a`; claims = 0 where none joins. */
static jk_worklist_row worked_by(const wanted *w, size_t unit, int a, bool free_of_hours) {
    const jk_candidates *c = w->c;
    const bool by_debtor = w->options->by_debtor != 0;
    jk_worklist_row sum = {.action = (jk_action)a, .instalment = (double)NAN, .next_on = INT32_MAX};
    double fees_of_claims = 0.0, whole_fee = 0.0, known = 0.0;
    bool any_known = false;
    for (size_t i = 0; i < c->claims; i++) {
        double value = (double)c->value[a][i];
        bool mine = by_debtor ? (size_t)c->debtor[i] == unit : i == unit;
        bool decided_so = free_of_hours || w->decided == NULL || w->decided[i] == a;
        if (!mine || w->left_out[i] != JK_EXCLUDED_NOT || isnan(value) || (by_debtor && !(value > 0.0)) ||
            !decided_so) {
            continue;
        }
        double watched = nothing_if_unknown((double)c->value[JK_SURVEIL][i]);
        sum.gain += value - (watched > 0.0 ? watched : 0.0);
        sum.hours = fmax(sum.hours, (double)c->hours[a - JK_SURVEIL][i] / 10000.0);
        if (sum.claims == 0 || c->balance[i] > c->balance[sum.row]) {
            sum.row = i;
        }
        sum.balance += c->balance[i];
        known += nothing_if_unknown((double)c->instalment[i]);
        any_known = any_known || !isnan(c->instalment[i]);
        sum.settlement += a == JK_AMICABLE ? accepts(w, i) : (double)NAN;
        sum.next_on = looks_again(w, i) < sum.next_on ? looks_again(w, i) : sum.next_on;
        if (by_debtor && a == JK_LEGAL && c->court[i] > 0) {
            fees_of_claims += (double)c->court[i] / 100.0;
            whole_fee = fmax(whole_fee, c->model->segments[c->segment[i]].filing);
        }
        sum.claims++;
    }
    sum.instalment = any_known ? known : (double)NAN;
    sum.gain -= fmax(0.0, whole_fee - fees_of_claims);
    return sum;
}

/* The better of the treatments; claims = 0: none, or nothing gained where that is asked for. */
static jk_worklist_row better(const wanted *w, size_t unit, bool also_without_gain, bool free_of_hours) {
    jk_worklist_row best = {.claims = 0};
    for (int a = JK_AMICABLE; a <= JK_LEGAL; a++) {
        jk_worklist_row one = worked_by(w, unit, a, free_of_hours);
        bool asked = w->options->treatment == -1 || w->options->treatment == a;
        if (asked && one.claims > 0 && (also_without_gain || one.gain > 0.0) &&
            (best.claims == 0 || one.gain > best.gain)) {
            best = one;
        }
    }
    return best;
}

typedef struct placed {
    jk_worklist_row row;
    float key;
    double balance; /* of the claim that stands for it */
} placed;

static bool stands_before(const placed *a, const placed *b) {
    if (a->key != b->key) {
        return a->key > b->key;
    }
    return a->balance != b->balance ? a->balance > b->balance : a->row.row < b->row.row;
}

static void put(const wanted *w, placed *list, size_t *count, const jk_worklist_row *row, double key) {
    placed one = {*row, (float)key, w->c->balance[row->row]};
    size_t at = (*count)++;
    for (; at > 0 && stands_before(&one, &list[at - 1]); at--) {
        list[at] = list[at - 1];
    }
    list[at] = one;
}

static double key_of(const wanted *w, const jk_worklist_row *row) {
    switch (w->options->order) {
    case JK_BY_GAIN:
        return row->gain;
    case JK_BY_BALANCE:
        return row->balance;
    default:
        return row->hours == 0.0 ? row->gain * 1e9 : row->gain / row->hours;
    }
}

static void assert_same(double found, double expected) {
    assert_true(isnan(expected) ? isnan(found) : fabs(found - expected) <= 1e-9 * (1.0 + fabs(expected)));
}

static void assert_same_row(const jk_worklist_row *found, const jk_worklist_row *expected) {
    assert_int_equal(found->row, expected->row);
    assert_int_equal(found->claims, expected->claims);
    assert_int_equal(found->action, expected->action);
    assert_int_equal(found->next_on, expected->next_on);
    assert_same(found->balance, expected->balance);
    assert_same(found->instalment, expected->instalment);
    assert_same(found->settlement, expected->settlement);
    assert_same(found->gain, expected->gain);
    assert_same(found->hours, expected->hours);
}

static bool in_scope(const wanted *w, size_t i) {
    const jk_limit *scope = &w->options->scope;
    bool of_team = false;
    for (size_t k = 0; scope->team != NULL && k < scope->team->country_count; k++) {
        of_team = of_team || scope->team->country[k] == w->c->country[i];
    }
    for (size_t k = 0; scope->team != NULL && k < scope->team->segment_count; k++) {
        of_team = of_team || scope->team->segment[k] == w->c->segment[i];
    }
    return (scope->country == JK_SCOPE_ALL || w->c->country[i] == scope->country) &&
           (scope->segment == JK_SCOPE_ALL || w->c->segment[i] == scope->segment) && (scope->team == NULL || of_team);
}

static void check_excluded(const wanted *w, const jk_worklist *made) {
    uint64_t claims[JK_EXCLUSION_COUNT] = {0};
    double balance[JK_EXCLUSION_COUNT] = {0};
    for (size_t i = 0; i < w->c->claims; i++) {
        size_t unit = w->options->by_debtor ? (size_t)w->c->debtor[i] : i;
        jk_exclusion why = w->left_out[i];
        if (why == JK_EXCLUDED_NOT && better(w, unit, false, false).claims == 0) {
            why = better(w, unit, false, true).claims == 0 ? JK_EXCLUDED_NO_GAIN : JK_EXCLUDED_HOURS;
        }
        claims[why]++;
        balance[why] += w->c->balance[i];
    }
    assert_memory_equal(made->excluded, claims, sizeof claims);
    assert_int_equal(made->eligible, claims[JK_EXCLUDED_NOT]);
    for (int e = 0; e < JK_EXCLUSION_COUNT; e++) {
        assert_same(made->excluded_balance[e], balance[e]);
    }
}

static void check_largest_first(const wanted *w, size_t units, const jk_worklist *made) {
    placed list[ROWS];
    size_t count = 0, claims = 0;
    double hours = 0.0, gain = 0.0;
    for (size_t unit = 0; unit < units; unit++) {
        jk_worklist_row row = better(w, unit, true, true);
        if (row.claims > 0) {
            put(w, list, &count, &row, row.balance);
        }
    }
    for (size_t n = 0; n < count; n++) {
        if (hours + list[n].row.hours <= made->hours + 1e-9) {
            hours += list[n].row.hours;
            gain += list[n].row.gain;
            claims += list[n].row.claims;
        }
    }
    assert_int_equal(made->largest_first_claims, claims);
    assert_same(made->largest_first_hours, hours);
    assert_same(made->largest_first_gain, gain);
}

/* Makes the list and follows the words; under hours, with the decisions of jk_decide. */
static void check(const jk_candidates *c, const jk_worklist_options *options, int32_t cutoff, int32_t review_on) {
    jk_error error = {0};
    jk_worklist made;
    jk_decided decided = {0};
    wanted w = {.c = c, .options = options, .cutoff = cutoff, .review_on = review_on};
    if (options->hours > 0.0) {
        jk_limit limit = options->scope;
        limit.resource = JK_RESOURCE_HOURS;
        limit.amount = options->hours;
        jk_decide_options how = {.limit_count = 1, .limits = &limit, .by_debtor = options->by_debtor, .run.threads = 1};
        must(jk_decide(c, &how, &decided, &error), &error);
        w.decided = decided.decision;
    }
    for (size_t i = 0; i < c->claims; i++) {
        bool rests = options->resting != NULL && options->resting[i] != 0;
        w.left_out[i] = c->exclusion[i] == JK_EXCLUDED_NOT && rests ? JK_EXCLUDED_RESTING : c->exclusion[i];
        w.left_out[i] = in_scope(&w, i) ? w.left_out[i] : JK_EXCLUDED_ELSEWHERE;
    }
    placed list[ROWS];
    size_t count = 0, units = options->by_debtor ? DEBTORS : ROWS;
    for (size_t unit = 0; unit < units; unit++) {
        jk_worklist_row row = better(&w, unit, false, false);
        if (row.claims > 0) {
            put(&w, list, &count, &row, key_of(&w, &row));
        }
    }
    must(jk_worklist_make(c, options, &made, &error), &error);
    assert_int_equal(made.count, count < options->top ? count : options->top);
    double hours = 0.0, gain = 0.0;
    for (size_t n = 0; n < made.count; n++) {
        assert_same_row(&made.rows[n], &list[n].row);
        hours += list[n].row.hours;
        gain += list[n].row.gain;
    }
    assert_same(made.hours, hours);
    assert_same(made.gain, gain);
    assert_same(made.hour_price, w.decided != NULL ? decided.price[0] : (double)NAN);
    assert_same(made.hours_decided, w.decided != NULL ? decided.use[0] : (double)NAN);
    assert_same(made.value_decided, w.decided != NULL ? decided.objective : (double)NAN);
    check_excluded(&w, &made);
    check_largest_first(&w, units, &made);
    jk_worklist_reset(&made);
    jk_worklist_reset(&made); /* nothing is left that could be given back twice */
    jk_decided_reset(&decided);
}

static void lists_are_as_their_words_say(void **state) {
    (void)state;
    static const size_t tops[] = {ROWS + 5, 1, 7};
    int32_t cutoff = tape_cutoff(), review_on = jk_date_from_civil(2026, 9, 30);
    jk_team team = {.name = "north", .country_count = 1, .segment_count = 1, .country = {0}, .segment = {1}};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        jk_candidates *c = make_candidates(tape, seed);
        uint8_t resting[ROWS];
        for (size_t i = 0; i < ROWS; i++) {
            resting[i] = draw(&(drawing){seed, i}, 50, 4) == 0;
        }
        jk_worklist_options options = jk_worklist_defaults();
        assert_int_equal(options.top, 100);
        options.run.threads = 1 + (int)(seed % 3);
        options.top = tops[seed % 3];
        options.order = (jk_worklist_order)(seed % 3);
        check(c, &options, cutoff, review_on);
        options.order = (jk_worklist_order)(seed / 3 % 3);
        options.resting = resting;
        options.treatment = seed % 4 == 0 ? JK_AMICABLE : (seed % 4 == 1 ? JK_LEGAL : -1);
        for (int by_debtor = 0; by_debtor < 2; by_debtor++) {
            options.by_debtor = by_debtor;
            check(c, &options, cutoff, review_on);
            options.scope.country = (int)(seed % 3);
            check(c, &options, cutoff, review_on);
            options.scope = (jk_limit){.country = JK_SCOPE_ALL, .segment = (int)(seed % model->segment_count)};
            options.cutoff = jk_date_from_civil(2026, 11, 30); /* three months on there is no 30th */
            check(c, &options, options.cutoff, jk_date_from_civil(2027, 2, 28));
            options.scope = (jk_limit){.country = JK_SCOPE_ALL, .segment = JK_SCOPE_ALL, .team = &team};
            options.cutoff = JK_MISSING_INTEGER;
            check(c, &options, cutoff, review_on);
            options.scope.team = NULL;
            for (options.hours = 1.5; options.hours < 20.0 && seed % 3 == 0; options.hours *= 2.0) {
                check(c, &options, cutoff, review_on);
            }
            options.hours = 0.0;
            check(c, &options, cutoff, review_on);
        }
        jk_candidates_free(c);
    }
}

/* Segments without payers, where nobody settles, and where all of the balance is asked for: what is accepted. */
static void settlements_are_those_of_the_segment(void **state) {
    (void)state;
    jk_segment *segments = malloc(model->segment_count * sizeof *segments);
    jk_model changed = *model;
    changed.segments = segments;
    for (size_t g = 0; g < model->segment_count; g++) {
        segments[g] = model->segments[g];
        segments[g].payers.given = g % 4 != 0;
        segments[g].payers.settled_share[JK_TREAT_AMICABLE] = g % 4 == 1 ? 0.0 : 0.25;
        segments[g].recovery_share[JK_TREAT_AMICABLE] = g % 4 == 2 ? 1.0 : 0.75;
        segments[g].recovery_share[JK_TREAT_LEGAL] = 0.5;
    }
    assert_true(model->segment_count > 4);
    size_t kinds[4] = {0}, offered = 0;
    for (uint64_t seed = 21; seed <= 24; seed++) {
        jk_candidates *c = make_candidates(tape, seed);
        jk_worklist_options options = jk_worklist_defaults();
        jk_worklist made;
        jk_error error = {0};
        c->model = &changed;
        options.run.threads = 1;
        check(c, &options, tape_cutoff(), jk_date_from_civil(2026, 9, 30));
        options.by_debtor = 1;
        check(c, &options, tape_cutoff(), jk_date_from_civil(2026, 9, 30));
        options.by_debtor = 0;
        must(jk_worklist_make(c, &options, &made, &error), &error);
        for (size_t n = 0; n < made.count; n++) {
            const jk_worklist_row *row = &made.rows[n];
            const size_t g = c->segment[row->row] % 4;
            const bool settles = row->action == JK_AMICABLE && (g == 0 || g == 3) && c->paying[row->row] == 0;
            assert_same(row->settlement, settles ? 0.75 * row->balance : (double)NAN);
            kinds[g] += row->action == JK_AMICABLE;
            offered += settles;
        }
        jk_worklist_reset(&made);
        jk_candidates_free(c);
    }
    assert_true(kinds[0] > 0 && kinds[1] > 0 && kinds[2] > 0 && kinds[3] > 0 && offered > 0);
    free(segments);
}

static jk_status make_once(void *context, jk_error *error) {
    jk_worklist_options options = jk_worklist_defaults();
    jk_worklist made;
    memset(&made, 0x5a, sizeof made);
    options.by_debtor = 1;
    options.hours = 4.0;
    options.run.threads = 1;
    const jk_status status = jk_worklist_make(context, &options, &made, error);
    assert_true(status == JK_OK || status == JK_ERROR_MEMORY);
    assert_true(status == JK_OK || (made.rows == NULL && made.count == 0)); /* nothing is left of what fails */
    jk_worklist_reset(&made);
    return status;
}

static void memory_that_is_refused_is_told(void **state) {
    (void)state;
    jk_candidates *c = make_candidates(tape, 1);
    const long refused = refuse_each_allocation(make_once, c, NULL);
    print_message("%ld allocations\n", refused);
    assert_true(refused > 30);
    jk_candidates_free(c);
}

static int open_tape(void **state) {
    return open_mixed_tape(state, ROWS, STRIDE, &tape);
}

static int close_tape(void **state) {
    return close_made(state, tape);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_are_as_their_words_say),
                                       cmocka_unit_test(settlements_are_those_of_the_segment),
                                       cmocka_unit_test(memory_that_is_refused_is_told)};
    return cmocka_run_group_tests(tests, open_tape, close_tape);
}
