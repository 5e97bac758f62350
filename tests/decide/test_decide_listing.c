/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of decisions and worklists: every row and key of a made outcome holds its own figure, limits have their
 * names, and the reasons of a row are said in words. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/words/listing.h"
#include "decide/made_candidates.h"
#include "jalki/cautious.h"
#include "jalki/hours.h"
#include "jalki/worklist.h"
#include "support/listing_case.h"

enum { ROWS = 12, LIMITS = 5, POINTS = 2 };

static jk_tape *tape;
static jk_candidates *claims;

static void read_row(const jk_listing *listing, size_t row, jk_cell cells[JK_LISTING_COLUMNS]) {
    jk_error error = {0};
    must(jk_listing_row(listing, row, cells, &error), &error);
}

static void expect_number(const jk_listing *listing, size_t row, const char *name, double expected) {
    jk_cell cells[JK_LISTING_COLUMNS];
    read_row(listing, row, cells);
    const double found = cells[column_named(listing, name)].number;
    if (!(isnan(expected) ? isnan(found) : fabs(found - expected) <= 1e-12 * fabs(expected))) {
        fail_msg("%s of row %zu: %.17g, expected %.17g", name, row, found, expected);
    }
}

static void expect_text(const jk_listing *listing, size_t row, const char *name, const char *expected) {
    jk_cell cells[JK_LISTING_COLUMNS];
    read_row(listing, row, cells);
    assert_string_equal(cells[column_named(listing, name)].text, expected);
}

/* ---- decisions --------------------------------------------------------------------------------------------------- */

static jk_team team = {.name = "north", .country_count = 1, .country = {1}};
static const char *limit_names[LIMITS];

static void make_limits(jk_limit limits[LIMITS]) {
    static char names[LIMITS][JK_LIMIT_NAME_MAX];
    limits[0] = (jk_limit){JK_RESOURCE_COURT, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 101.5, NULL};
    limits[1] = (jk_limit){JK_RESOURCE_HOURS, JK_CLOSE, 1, JK_SCOPE_ALL, 102.5, NULL};
    limits[2] = (jk_limit){JK_RESOURCE_CLAIMS, JK_SELL, JK_SCOPE_ALL, 2, 103.5, NULL};
    limits[3] = (jk_limit){JK_RESOURCE_CLAIMS, JK_LEGAL, 0, 0, 104.5, NULL};
    limits[4] = (jk_limit){JK_RESOURCE_HOURS, JK_CLOSE, JK_SCOPE_ALL, JK_SCOPE_ALL, 105.5, &team};
    (void)snprintf(names[0], sizeof names[0], "court_budget");
    (void)snprintf(names[1], sizeof names[1], "agent_hours@SE");
    (void)snprintf(names[2], sizeof names[2], "max_sell@%s", model->segments[2].id);
    (void)snprintf(names[3], sizeof names[3], "max_legal@FI@%s", model->segments[0].id);
    (void)snprintf(names[4], sizeof names[4], "agent_hours@north");
    for (int m = 0; m < LIMITS; m++) {
        char text[JK_LIMIT_NAME_MAX];
        limit_names[m] = names[m];
        assert_string_equal(jk_limit_name(claims, &limits[m], text), names[m]);
    }
}

static jk_decided make_decided(void) {
    jk_decided decided = {.objective = 900.0, .bound = 1000.0, .unlimited = 1100.0, .court = 31.0, .hours = 32.0};
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        decided.claims[a] = 40 + (uint64_t)a;
        decided.value[a] = 50.5 + a;
        decided.face[a] = 60.5 + a;
    }
    for (int m = 0; m < LIMITS; m++) {
        decided.price[m] = 70.25 + m;
        decided.use[m] = 80.25 + m;
    }
    return decided;
}

static double at(const json_t *root, const char *object, const char *key) {
    const json_t *in = object == NULL ? root : json_object_get(root, object), *number = json_object_get(in, key);
    if (!json_is_number(number)) {
        fail_msg("no number %s of %s", key, object == NULL ? "all" : object);
    }
    return json_number_value(number);
}

static void check_decided_json(const jk_decide_outcome *outcome, const jk_decided *decided) {
    const jk_valuation valuation = {.irr = 0.1, .cutoff = tape_cutoff(), .allow = JK_ALLOW_ALL};
    char *text = jk_decided_json(outcome, &valuation, true);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    assert_true(at(root, NULL, "claims") == ROWS && at(root, NULL, "objective") == 900.0);
    assert_true(at(root, NULL, "bound") == 1000.0 && fabs(at(root, NULL, "gap") - 0.1) < 1e-12);
    assert_true(at(root, NULL, "unlimited") == 1100.0 && at(root, NULL, "claim_by_claim") == 850.0);
    assert_true(at(root, NULL, "court_cost") == 31.0 && at(root, NULL, "agent_hours") == 32.0);
    assert_true(json_is_true(json_object_get(root, "by_debtor")));
    for (size_t m = 0; m < outcome->limit_count; m++) {
        assert_true(at(root, "shadow_prices", limit_names[m]) == decided->price[m]);
        assert_true(at(root, "use", limit_names[m]) == decided->use[m]);
        assert_true(at(root, "limits", limit_names[m]) == outcome->limits[m].amount);
    }
    assert_int_equal(json_object_size(json_object_get(root, "limits")), outcome->limit_count);
    const json_t *decisions = json_object_get(root, "decisions");
    for (int a = 0; a < JK_ACTION_COUNT; a++) {
        const char *name = jk_action_name((jk_action)a);
        assert_true(at(decisions, name, "claims") == 40 + a && at(decisions, name, "face") == 60.5 + a);
        assert_true(at(decisions, name, "value") == 50.5 + a);
    }
    const json_t *cautious = json_object_get(root, "cautious"), *curve = json_object_get(root, "curve");
    assert_true(at(cautious, "lowered", "amicable") == 5.0 && at(cautious, "lowered", "legal") == 6.0);
    assert_true(at(cautious, "not_compared", "amicable") == 7.0 && at(cautious, "not_compared", "legal") == 8.0);
    assert_true(at(cautious, NULL, "changed") == 9.0 && at(cautious, NULL, "given_up") == 10.5);
    assert_true(json_is_true(json_object_get(cautious, "by_lot")));
    assert_int_equal(json_object_size(json_object_get(cautious, "lowered")), 2);
    assert_string_equal(json_string_value(json_object_get(curve, "limit")), limit_names[4]);
    assert_true(at(root, "hours", "bound") == 92.5);
    const json_t *points = json_object_get(curve, "points");
    assert_int_equal(json_array_size(points), POINTS);
    for (size_t i = 0; i < POINTS; i++) {
        const json_t *point = json_array_get(points, i);
        const jk_curve_point *is = &outcome->curve[i];
        assert_true(at(point, NULL, "amount") == is->amount && at(point, NULL, "objective") == is->objective);
        assert_true(at(point, NULL, "bound") == is->bound && at(point, NULL, "shadow_price") == is->price);
    }
    assert_int_equal(json_array_size(json_object_get(root, "rows")), JK_ACTION_COUNT + outcome->limit_count + POINTS);
    assert_true(json_is_object(json_object_get(root, "manifest")));
    json_decref(root);
    free(text);
}

/* Without caution, a curve, strata and a bound: null, nothing, and a gap of nothing. */
static void decisions_of_little_are_told(void **state) {
    (void)state;
    const jk_decided decided = {.objective = -3.5, .bound = 0.0};
    const jk_decide_outcome outcome = {.candidates = claims, .decided = &decided, .claim_by_claim = NAN};
    const jk_valuation valuation = {.irr = 0.1, .cutoff = tape_cutoff(), .allow = JK_ALLOW_ALL};
    char *text = jk_decided_json(&outcome, &valuation, false);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    assert_true(at(root, NULL, "objective") == -3.5 && at(root, NULL, "bound") == 0.0 && at(root, NULL, "gap") == 0.0);
    assert_true(json_is_false(json_object_get(root, "by_debtor")));
    assert_true(json_is_null(json_object_get(root, "claim_by_claim")));
    assert_true(json_is_null(json_object_get(root, "cautious")));
    assert_null(json_object_get(root, "curve"));
    assert_null(json_object_get(root, "strata"));
    assert_int_equal(json_object_size(json_object_get(root, "limits")), 0);
    assert_int_equal(json_array_size(json_object_get(root, "rows")), JK_ACTION_COUNT);
    json_decref(root);
    free(text);
}

static void decisions_are_told(void **state) {
    (void)state;
    jk_limit limits[LIMITS];
    const jk_decided decided = make_decided();
    const jk_cautious cautious = {
        .by_lot = true, .lowered = {1, 5, 6}, .not_compared = {2, 7, 8}, .changed = 9, .given_up = 10.5};
    const jk_curve_point curve[POINTS] = {{.amount = 1.5, .objective = 2.5, .bound = 3.5, .price = 4.5},
                                          {.amount = 5.5, .objective = 6.5, .bound = 7.5, .price = 8.5}};
    make_limits(limits);
    const jk_hours later = {.epochs = 1, .months = {3}, .value = 91.5, .bound = 92.5, .unlimited = 93.5, .rounds = 4};
    jk_decide_outcome outcome = {.candidates = claims,
                                 .decided = &decided,
                                 .limits = limits,
                                 .limit_count = LIMITS - 1,
                                 .curve = curve,
                                 .curve_count = POINTS,
                                 .curve_limit = 4,
                                 .claim_by_claim = 850.0,
                                 .later = &later,
                                 .cautious = &cautious};
    check_decided_json(&outcome, &decided);
    const jk_listing rows = jk_decide_listing(&outcome);
    assert_int_equal(rows.rows, JK_ACTION_COUNT + LIMITS - 1 + POINTS);
    assert_string_equal(rows.name, "decide");
    for (size_t a = 0; a < JK_ACTION_COUNT; a++) {
        expect_text(&rows, a, "decision", jk_action_name((jk_action)a));
        expect_number(&rows, a, "claims", 40.0 + (double)a);
        expect_number(&rows, a, "face", 60.5 + (double)a);
        expect_number(&rows, a, "value", 50.5 + (double)a);
        expect_number(&rows, a, "amount", NAN);
    }
    for (size_t m = 0; m < LIMITS - 1; m++) {
        const size_t row = JK_ACTION_COUNT + m;
        expect_text(&rows, row, "limit", limit_names[m]);
        expect_number(&rows, row, "amount", limits[m].amount);
        expect_number(&rows, row, "used", decided.use[m]);
        expect_number(&rows, row, "shadow_price", decided.price[m]);
        expect_number(&rows, row, "objective", NAN);
    }
    for (size_t i = 0; i < POINTS; i++) {
        const size_t row = JK_ACTION_COUNT + LIMITS - 1 + i;
        expect_text(&rows, row, "limit", limit_names[4]);
        expect_number(&rows, row, "amount", curve[i].amount);
        expect_number(&rows, row, "shadow_price", curve[i].price);
        expect_number(&rows, row, "objective", curve[i].objective);
        expect_number(&rows, row, "used", NAN);
    }
    const jk_listing none = jk_decide_listing(NULL);
    assert_true(none.rows == 0 && none.column_count == rows.column_count);
    expect_decimals(&none, (const decimals[]){{"amount", 2}, {"used", 4}, {"shadow_price", 4}}, 3);
}

/* ---- worklists --------------------------------------------------------------------------------------------------- */

static void set_claim(size_t row, uint8_t capacity, uint8_t title, uint8_t channel, uint8_t paying, uint8_t silent) {
    claims->capacity_class[row] = capacity;
    claims->title_state[row] = title;
    claims->reachable[row] = channel;
    claims->paying[row] = paying;
    claims->silent_months[row] = silent;
}

static void rows_say_why(void **state) {
    (void)state;
    static const char *const words[] = {
        "able, title, phone: legal brings 41.20 more than waiting",
        "3 claims: last paid 4 months ago, weak, filed, email: amicable brings 7.50 more than waiting",
        "pays now, no capacity yet, no title, channel unknown: keeping the plan brings 0.25 more than waiting",
        "able, no title, letter: filing now brings 12.00 more than waiting"};
    jk_worklist_row made[] = {{.row = 0,
                               .claims = 1,
                               .balance = 100.5,
                               .instalment = 20.0,
                               .settlement = 80.0,
                               .next_on = 20000,
                               .action = JK_LEGAL,
                               .gain = 41.2,
                               .hours = 0.5},
                              {.row = 1,
                               .claims = 3,
                               .balance = 200.5,
                               .instalment = NAN,
                               .settlement = NAN,
                               .next_on = 20001,
                               .action = JK_AMICABLE,
                               .gain = 7.5,
                               .hours = 0.0},
                              {.row = 2,
                               .claims = 1,
                               .balance = 300.5,
                               .instalment = 30.0,
                               .settlement = 81.0,
                               .next_on = 20002,
                               .action = JK_AMICABLE,
                               .gain = 0.25,
                               .hours = 2.0},
                              {.row = 5,
                               .claims = 1,
                               .balance = 400.5,
                               .instalment = 40.0,
                               .settlement = 82.0,
                               .next_on = 20003,
                               .action = JK_LEGAL,
                               .gain = 12.0,
                               .hours = 4.0}};
    set_claim(0, JK_CAPACITY_ABLE, JK_TITLE_HELD, JK_REACHABLE_PHONE, 0, 0);
    set_claim(1, JK_CAPACITY_WEAK, JK_TITLE_PENDING, JK_REACHABLE_EMAIL, 0, 4);
    set_claim(2, JK_CAPACITY_NONE, JK_TITLE_NONE, JK_REACHABLE_UNKNOWN, 1, 3);
    set_claim(5, JK_CAPACITY_ABLE, JK_TITLE_NONE, JK_REACHABLE_LETTER, 0, 0);
    const jk_worklist list = {.count = 4, .rows = made};
    const jk_listing rows = jk_worklist_listing(claims, &list);
    static const char *const countries[] = {"FI", "SE", "PL"}, *const languages[] = {"fi", "sv", ""};
    static const char *const channels[] = {"none", "letter", "email", "phone", "unknown"};
    static const char *const days[] = {"2024-10-04", "2024-10-05", "2024-10-06", "2024-10-07"};
    assert_int_equal(rows.rows, 4);
    expect_decimals(
        &rows, (const decimals[]){{"hours", 4}, {"balance_own", 2}, {"instalment_own", 2}, {"settlement_own", 2}}, 4);
    for (size_t i = 0; i < 4; i++) {
        const jk_worklist_row *is = &made[i];
        jk_error error = {0};
        int32_t code = 0;
        int64_t principal = 0, fees = 0;
        char id[JK_TEXT_MAX + 1] = "", debtor[JK_TEXT_MAX + 1] = "";
        must(jk_tape_read(tape, JK_COLUMN_PRINCIPAL, is->row, 1, &principal, &error), &error);
        must(jk_tape_read(tape, JK_COLUMN_FEES, is->row, 1, &fees, &error), &error);
        must(jk_tape_read(tape, JK_COLUMN_CURRENCY, is->row, 1, &code, &error), &error);
        must(jk_tape_read(tape, JK_COLUMN_CLAIM_ID, is->row, 1, id, &error), &error);
        must(jk_tape_read(tape, JK_COLUMN_DEBTOR_ID, is->row, 1, debtor, &error), &error);
        const char *const own = code == 1 ? "SEK" : "EUR";
        const double rate = jk_model_exchange_rate(model, own);
        expect_number(&rows, i, "place", (double)i + 1.0);
        expect_number(&rows, i, "balance", is->balance);
        expect_number(&rows, i, "claims", (double)is->claims);
        expect_number(&rows, i, "instalment", is->instalment);
        expect_number(&rows, i, "instalment_own", is->instalment / rate);
        expect_number(&rows, i, "settlement", is->settlement);
        expect_number(&rows, i, "settlement_own", is->settlement / rate);
        expect_number(&rows, i, "balance_own", (double)(principal + fees) / 100.0);
        expect_number(&rows, i, "gain", is->gain);
        expect_number(&rows, i, "hours", is->hours);
        expect_number(&rows, i, "gain_per_hour", is->hours > 0.0 ? is->gain / is->hours : (double)NAN);
        expect_text(&rows, i, "action", jk_action_name(is->action));
        expect_text(&rows, i, "next_on", days[i]);
        expect_text(&rows, i, "country", countries[claims->country[is->row]]);
        expect_text(&rows, i, "language", languages[claims->country[is->row]]);
        expect_text(&rows, i, "segment", model->segments[claims->segment[is->row]].id);
        expect_text(&rows, i, "channel", channels[claims->reachable[is->row]]);
        expect_text(&rows, i, "currency", own);
        expect_text(&rows, i, "claim_id", id);
        expect_text(&rows, i, "debtor_id", debtor);
        expect_text(&rows, i, "why", words[i]);
    }
}

/* What is owed and offered on every claim of a tape in its own currency; where claims have none, in the model's. */
static void check_own(const tape_plan *plan, const char *const languages[3]) {
    jk_tape *other = open_made("first.h5", plan);
    jk_candidates *of = make_candidates(other, 2);
    size_t count = 0, foreign = 0;
    const char *const *country = jk_tape_dictionary(other, JK_COLUMN_COUNTRY, &count);
    for (size_t row = 0; row < plan->rows; row++) {
        jk_error error = {0};
        int32_t code = 0;
        int64_t part[3] = {0};
        const jk_worklist_row made = {.row = row,
                                      .claims = 1,
                                      .instalment = 20.5 + (double)row,
                                      .settlement = 30.5 + (double)row,
                                      .action = JK_LEGAL,
                                      .hours = 0.25,
                                      .gain = 2.0};
        const jk_worklist list = {.count = 1, .rows = (jk_worklist_row *)&made};
        const jk_listing rows = jk_worklist_listing(of, &list);
        must(jk_tape_read(other, JK_COLUMN_PRINCIPAL, row, 1, &part[0], &error), &error);
        must(jk_tape_read(other, JK_COLUMN_FEES, row, 1, &part[1], &error), &error);
        must(jk_tape_read(other, JK_COLUMN_INTEREST_ACCRUED, row, 1, &part[2], &error), &error);
        must(jk_tape_read(other, JK_COLUMN_CURRENCY, row, 1, &code, &error), &error);
        part[2] = plan->interest ? part[2] : 0;
        assert_true(!plan->interest || part[2] > 0);
        const char *own = plan->no_currency ? model->written_currency : code == 1 ? "SEK" : "EUR";
        const double rate = strcmp(own, "SEK") == 0 ? jk_model_exchange_rate(model, "SEK") : 1.0;
        expect_text(&rows, 0, "currency", own);
        expect_number(&rows, 0, "balance_own", (double)(part[0] + part[1] + part[2]) / 100.0);
        expect_number(&rows, 0, "instalment_own", made.instalment / rate);
        expect_number(&rows, 0, "settlement_own", made.settlement / rate);
        expect_number(&rows, 0, "gain_per_hour", 8.0);
        expect_text(&rows, 0, "country", country[of->country[row]]);
        expect_text(&rows, 0, "language", languages[of->country[row]]);
        foreign += rate != 1.0;
    }
    assert_true(plan->no_currency ? foreign == 0 : foreign > 0 && foreign < plan->rows);
    jk_candidates_free(of);
    jk_tape_close(other);
}

static void amounts_are_told_in_their_own_currency(void **state) {
    (void)state;
    static const char *const north[] = {"DK", "NO", "EE"};
    check_own(&(tape_plan){.rows = 30, .interest = 1}, (const char *const[]){"fi", "sv", ""});
    check_own(&(tape_plan){.rows = 30, .no_currency = 1}, (const char *const[]){"fi", "sv", ""});
    check_own(&(tape_plan){.rows = 30, .countries = north}, (const char *const[]){"da", "nb", "et"});
    assert_int_equal(jk_worklist_listing(NULL, NULL).rows, 0);
}

/* The reasons that every list has come first, also without a claim; of the others those that there are. */
static void who_is_left_out_is_told(void **state) {
    (void)state;
    static const char *const always[] = {"barred", "vulnerable", "disputed", "no_channel", "no_gain"};
    static const char *const others[] = {"hours", "resting", "elsewhere"};
    for (unsigned which = 0; which < 8; which++) {
        jk_worklist list = {.count = 0};
        size_t rows = 5;
        for (int e = 0; e < JK_EXCLUSION_COUNT; e++) {
            const bool there = e >= JK_EXCLUDED_HOURS ? (which >> (e - JK_EXCLUDED_HOURS) & 1) != 0 : e % 2 == 0;
            list.excluded[e] = there ? 10 + (uint64_t)e : 0;
            list.excluded_balance[e] = there ? 20.5 + e : 0.0;
        }
        const jk_listing left_out = jk_worklist_excluded_listing(&list);
        for (size_t i = 0; i < 5; i++) {
            expect_text(&left_out, i, "reason", always[i]);
            expect_number(&left_out, i, "claims", (double)list.excluded[JK_EXCLUDED_BARRED + i]);
            expect_number(&left_out, i, "balance", list.excluded_balance[JK_EXCLUDED_BARRED + i]);
        }
        for (size_t k = 0; k < 3; k++) {
            if ((which >> k & 1) != 0) {
                expect_text(&left_out, rows, "reason", others[k]);
                expect_number(&left_out, rows, "claims", (double)list.excluded[JK_EXCLUDED_HOURS + k]);
                rows++;
            }
        }
        assert_int_equal(left_out.rows, rows);
    }
    assert_int_equal(jk_worklist_excluded_listing(NULL).rows, 0);
}

static void worklists_as_json(void **state) {
    (void)state;
    jk_worklist_row one = {.row = 3,
                           .claims = 1,
                           .balance = 1.5,
                           .instalment = NAN,
                           .settlement = NAN,
                           .next_on = 20000,
                           .action = JK_AMICABLE,
                           .gain = 2.0,
                           .hours = 0.5};
    jk_worklist list = {.count = 1,
                        .rows = &one,
                        .hours = 11.5,
                        .gain = 12.5,
                        .eligible = 13,
                        .hour_price = 14.5,
                        .hours_decided = 15.5,
                        .value_decided = 16.5,
                        .largest_first_claims = 17,
                        .largest_first_hours = 18.5,
                        .largest_first_gain = 19.5};
    list.excluded[JK_EXCLUDED_DISPUTED] = 21;
    list.excluded_balance[JK_EXCLUDED_DISPUTED] = 22.5;
    const jk_valuation valuation = {.irr = 0.1, .cutoff = tape_cutoff(), .allow = JK_ALLOW_ALL};
    jk_worklist_options options = jk_worklist_defaults();
    set_claim(3, JK_CAPACITY_ABLE, JK_TITLE_HELD, JK_REACHABLE_PHONE, 0, 0);
    for (int limited = 0; limited < 2; limited++) {
        options.hours = limited ? 23.5 : 0.0;
        options.treatment = limited ? JK_LEGAL : -1;
        options.by_debtor = limited;
        options.order = limited ? JK_BY_BALANCE : JK_BY_GAIN;
        char *text = jk_worklist_json(claims, &valuation, &options, &list);
        json_t *root = json_loads(text, 0, NULL);
        assert_non_null(root);
        assert_string_equal(json_string_value(json_object_get(root, "by")), limited ? "balance" : "gain");
        const json_t *treatment = json_object_get(root, "treatment"), *hours = json_object_get(root, "hours_available");
        assert_true(limited ? strcmp(json_string_value(treatment), "legal") == 0 : json_is_null(treatment));
        assert_true(limited ? json_number_value(hours) == 23.5 : json_is_null(hours));
        assert_int_equal(json_is_true(json_object_get(root, "by_debtor")), limited);
        assert_true(at(root, NULL, "eligible") == 13.0 && at(root, "listed", "claims") == 1.0);
        assert_true(at(root, "listed", "hours") == 11.5 && at(root, "listed", "gain") == 12.5);
        assert_true(at(root, "largest_first", "claims") == 17.0 && at(root, "largest_first", "hours") == 18.5);
        assert_true(at(root, "largest_first", "gain") == 19.5 && at(root, NULL, "hour_price") == 14.5);
        assert_true(at(root, NULL, "hours_decided") == 15.5 && at(root, NULL, "value_decided") == 16.5);
        const json_t *excluded = json_object_get(root, "excluded");
        assert_int_equal(json_object_size(excluded), 5);
        assert_true(at(excluded, "disputed", "claims") == 21.0 && at(excluded, "disputed", "balance") == 22.5);
        assert_true(at(excluded, "barred", "claims") == 0.0);
        assert_null(json_object_get(json_object_get(excluded, "disputed"), "reason"));
        assert_int_equal(json_array_size(json_object_get(root, "rows")), 1);
        assert_true(at(json_array_get(json_object_get(root, "rows"), 0), NULL, "gain") == 2.0);
        assert_true(json_is_object(json_object_get(root, "manifest")));
        json_decref(root);
        free(text);
    }
    jk_error error = {0}; /* the rows by other names */
    jk_listing_template names;
    const jk_listing ours = jk_worklist_listing(claims, &list);
    write_file(file_name("bad.h5"), "Won: gain\n", 10);
    must(jk_listing_template_read(file_name("bad.h5"), &ours, &names, &error), &error);
    options.columns = &names;
    char *text = jk_worklist_json(claims, &valuation, &options, &list);
    json_t *root = json_loads(text, 0, NULL);
    const json_t *row = json_array_get(json_object_get(root, "rows"), 0);
    assert_true(json_object_size(row) == 1 && at(row, NULL, "Won") == 2.0);
    json_decref(root);
    free(text);
    jk_listing_template_reset(&names);
}

static int set_up_tape(void **state) {
    int failed = set_up(state);
    tape = failed ? NULL : open_made("mixed.h5", &(tape_plan){.rows = ROWS});
    claims = failed ? NULL : make_candidates(tape, 1);
    return failed;
}

static int tear_down_tape(void **state) {
    jk_candidates_free(claims);
    jk_tape_close(tape);
    return tear_down(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(decisions_are_told),
                                       cmocka_unit_test(decisions_of_little_are_told),
                                       cmocka_unit_test(rows_say_why),
                                       cmocka_unit_test(amounts_are_told_in_their_own_currency),
                                       cmocka_unit_test(who_is_left_out_is_told),
                                       cmocka_unit_test(worklists_as_json)};
    return cmocka_run_group_tests(tests, set_up_tape, tear_down_tape);
}
