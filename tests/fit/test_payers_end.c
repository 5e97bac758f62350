/* SPDX-License-Identifier: Apache-2.0 */
/* From landmarks to the panel's end, on landmarks and rows that are drawn here: readiness and instalments of those who
 * stand alike, summed once more claim by claim, and how payments go with the balance that is left. */
#include "fit/payers/payers.h"

#include <math.h>
#include <stdlib.h>

#include "base/number/calendar.h"
#include "cmocka_all.h"
#include "fit/panel_case.h"

enum { CLAIMS = 400, MONTHS = 20, ROWS = CLAIMS * MONTHS, EVERY = 6, DAYS = MONTHS / EVERY + 1, BINS = 2, SINCE = 3 };
enum { LEVELS = BINS + 1, PAYING = LEVELS, PLACES = LEVELS + 1, NEVER = INT32_MAX };

typedef struct history {
    jk_fit fit;
    struct jk_fit_payers payers;
    jk_characteristic item;
    jk_payer_row row[ROWS];
    uint8_t first[ROWS];
    double readiness[CLAIMS];
    jk_landmark at[CLAIMS * DAYS];
    jk_landmarks landmarks;
    int32_t end;
} history;

static const double below[BINS] = {7.0, INFINITY};
static jk_panel *panel;
static int32_t first_day;

static int open_panel(void **state) {
    (void)state;
    jk_error error = {0};
    (void)make_panel(60, 0.5, 0.0);
    must(jk_panel_open(panel_path, base, &panel, &error), &error);
    first_day = jk_panel_span_of(panel).first_start;
    return 0;
}

static int close_panel(void **state) {
    jk_panel_close(panel);
    return drop_panel(state);
}

static double draw(uint64_t *state) {
    return (double)(jk_fit_scramble((*state)++) >> 11) * 0x1p-53;
}

/* What a claim pays of a balance: every third one instalments that go with its square root, some all at once, some what
 * is not their own, some nothing. */
static double payment_of(int claim, double balance, double first_balance, uint64_t *state) {
    const double size = 20.0 + claim % 13;
    return claim % 3 == 0   ? size * sqrt(balance / first_balance)
           : claim % 3 == 1 ? (draw(state) < 0.1 ? 0.97 * balance : 0.0)
                            : size * (draw(state) < 0.2);
}

/* A claim has a row a month, or one of two months, from one of the first ten months on; some leave before the end, and
 * some only seem to. */
static void add_claim(history *h, int claim, uint64_t *state) {
    const int begins = claim % 10, ends = claim % 7 == 0 ? MONTHS - 3 : MONTHS;
    double balance = 400.0 + 3.0 * claim;
    const double first_balance = balance;
    for (int m = begins; m < ends; m += claim % 5 == 0 ? 2 : 1) {
        jk_payer_row *row = &h->row[h->payers.count];
        *row = (jk_payer_row){.months = claim % 5 == 0 ? 2.0 : 1.0,
                              .balance = balance,
                              .debtor = claim / 2,
                              .claim = CLAIMS - 1 - claim,
                              .start = jk_date_add_months(first_day, m),
                              .paid_months = claim % 4 == 0 ? NEVER : (claim + m) % 14,
                              .row = (uint32_t)h->payers.count,
                              .own = claim % 3 != 2 || claim % 6 == 5};
        row->cash = row->months * payment_of(claim, balance, first_balance, state);
        h->first[h->payers.count] = m == begins;
        const bool left = claim % 8 == 0 && m + 2 >= ends;
        row->exit = left ? JK_EXIT_SOLD : JK_EXIT_NONE;
        balance -= row->cash < 0.9 * balance ? 0.9 * row->cash : 0.0;
        h->payers.count++;
    }
}

static history *new_history(bool ready) {
    history *h = calloc(1, sizeof *h);
    assert_non_null(h);
    uint64_t state = 9;
    for (int c = 0; c < CLAIMS; c++) {
        add_claim(h, c, &state);
        h->readiness[c] = 0.2 + 3.0 * draw(&state) * (1.0 + c % 3);
    }
    for (int c = 0; c < CLAIMS; c++) {
        for (int d = 0; d < DAYS; d++) {
            const int month = d * EVERY + c % EVERY;
            jk_landmark *at = &h->at[h->landmarks.count++];
            *at = (jk_landmark){.debtor = c / 2,
                                .claim = c,
                                .start = jk_date_add_months(first_day, month < MONTHS ? month : MONTHS - 1),
                                .paid_months = c % 3 == d % 3 ? NEVER : (c + 5 * d) % 14,
                                .balance = 300.0 + 2.0 * c + 40.0 * d,
                                .paying = (c + d) % 4 == 0};
            at->horizon[0] =
                (jk_landmark_cash){.months = 12.0 + c % 12, .expected = at->balance * (0.05 + 0.9 * draw(&state))};
            if (c == 17 && d == 1) {
                at->horizon[0].expected = 1.5 * at->balance; /* no more than nearly all of it is paid */
            }
        }
    }
    h->landmarks.at = h->at;
    h->end = jk_date_add_months(first_day, MONTHS);
    h->item = (jk_characteristic){.name = "months_since_last_payment", .is_numeric = 1, .count = BINS, .below = below};
    h->payers.row = h->row;
    h->payers.first = h->first;
    h->payers.readiness = ready ? h->readiness : NULL;
    h->fit.payers = &h->payers;
    h->fit.panel = panel;
    h->fit.payers_result.since_last_payment = SINCE;
    return h;
}

/* ---- once more --------------------------------------------------------------------------------------------------- */

typedef struct alike {
    double claims, ready, payers, payment, balance;
} alike;

typedef struct seen {
    double payment[CLAIMS], elasticity;
    alike day[DAYS + 1][PLACES]; /* the last is the end */
} seen;

static size_t place_at(bool levels, bool paying, int32_t months) {
    return paying ? PAYING : !levels ? 0 : months == NEVER ? BINS : months < 7 ? 0 : 1;
}

static void add(const history *h, const seen *s, alike *to, int32_t claim, double balance) {
    const bool pays = s->payment[claim] > 0.0;
    to->claims += 1.0;
    to->ready += h->payers.readiness != NULL ? h->readiness[claim] : 1.0;
    to->payers += pays;
    to->payment += pays ? s->payment[claim] : 0.0;
    to->balance += pays ? balance : 0.0;
}

static seen *look(const history *h, bool levels) {
    seen *s = calloc(1, sizeof *s);
    assert_non_null(s);
    double cash[CLAIMS] = {0.0}, months[CLAIMS] = {0.0}, squares = 0.0, products = 0.0;
    const jk_payer_row *begun[CLAIMS] = {NULL};
    for (size_t i = 0; i < h->payers.count; i++) {
        const jk_payer_row *row = &h->row[i];
        const int32_t c = row->claim;
        if (row->own && row->cash > 0.0 && row->cash < 0.97 * row->balance) {
            cash[c] += row->cash;
            months[c] += row->months;
            s->payment[c] = cash[c] / months[c];
            begun[c] = begun[c] == NULL ? row : begun[c];
            const double x = log(row->balance) - log(begun[c]->balance);
            products += x * (log(row->cash / row->months) - log(begun[c]->cash / begun[c]->months));
            squares += x * x;
        }
    }
    s->elasticity = squares > 0.0 ? fmin(fmax(products / squares, 0.0), 1.0) : 1.0;
    for (size_t i = 0; i < h->landmarks.count; i++) {
        const jk_landmark *at = &h->at[i];
        const int day = (int)(i % DAYS);
        add(h, s, &s->day[day][place_at(levels, at->paying, at->paid_months)], at->claim, at->balance);
    }
    for (size_t i = 0; i < h->payers.count; i++) {
        const jk_payer_row *row = &h->row[i];
        const bool last = i + 1 == h->payers.count || row[1].claim != row->claim;
        const int32_t days_short = h->end - jk_date_add_months(row->start, (int)row->months);
        if (last && row->exit == JK_EXIT_NONE && days_short <= 5) {
            add(h, s, &s->day[DAYS][place_at(levels, row->paid_months < SINCE, row->paid_months)], row->claim,
                row->balance);
        }
    }
    return s;
}

/* Readiness of those alike over that of all the quiet of the day. */
static double ready_of(const seen *s, int day, size_t place) {
    double claims = 0.0, ready = 0.0;
    for (size_t l = 0; l < LEVELS; l++) {
        claims += s->day[day][l].claims;
        ready += s->day[day][l].ready;
    }
    const alike *own = &s->day[day][place];
    return own->claims < 20.0 ? NAN : own->ready / own->claims * claims / ready;
}

static double part_of(const seen *s, int day, size_t place) {
    const alike *own = &s->day[day][place];
    return own->payers < 20.0 ? NAN : own->payment / own->balance;
}

static double held(double ratio) {
    return isnan(ratio) ? 1.0 : ratio > 2.0 ? 2.0 : ratio < 0.5 ? 0.5 : ratio;
}

static double wanted_of(const history *h, const seen *s, bool levels, size_t i, double expected) {
    const jk_landmark *at = &h->at[i];
    const int day = (int)(i % DAYS);
    const size_t place = place_at(levels, at->paying, at->paid_months);
    const double less = 1.0 - s->elasticity;
    double factor = pow(held(part_of(s, day, place) / part_of(s, DAYS, place)), less);
    if (!at->paying) {
        const double share = fmin(expected / at->balance, 0.99), months = at->horizon[0].months;
        if (share > 0.0 && months > 0.0) { /* paid of five years a year beside that of the months that were watched */
            const double five_years = -expm1(60.0 / months * log1p(-share));
            factor *= pow(five_years / 60.0 / (share / months), less);
        }
        factor *= held(ready_of(s, day, place) / ready_of(s, DAYS, place));
    }
    return expected * factor;
}

static void check(history *h, bool levels) {
    static double before[CLAIMS * DAYS];
    seen *s = look(h, levels);
    for (size_t i = 0; i < h->landmarks.count; i++) {
        before[i] = h->at[i].horizon[0].expected;
    }
    assert_int_equal(jk_fit_payers_to_end(&h->fit, levels ? &h->item : NULL, EVERY, h->end, &h->landmarks, NULL),
                     JK_OK);
    for (size_t i = 0; i < h->landmarks.count; i++) {
        const double got = h->at[i].horizon[0].expected, wanted = wanted_of(h, s, levels, i, before[i]);
        if (!(fabs(got - wanted) <= 1e-9 * fabs(wanted))) {
            fail_msg("landmark %zu expects %.12g, expected %.12g", i, got, wanted);
        }
    }
    free(s);
}

static void landmarks_tell_of_the_end(void **state) {
    (void)state;
    for (int how = 0; how < 4; how++) {
        history *h = new_history(how % 2 == 0);
        const bool levels = how < 2;
        seen *s = look(h, levels);
        assert_true(s->elasticity > 0.1 && s->elasticity < 0.9);
        for (int day = 0; day <= DAYS; day++) {
            for (size_t place = 0; place < PLACES; place++) {
                assert_true(s->day[day][place].claims >= 20.0 || (!levels && place > 0 && place < PAYING));
            }
        }
        free(s);
        check(h, levels);
        free(h);
    }
}

/* A row that ends five days before the last one is there at the end; six days before, it is not. */
static void who_is_there_at_the_end(void **state) {
    (void)state;
    for (int days = 5; days <= 6; days++) {
        history *h = new_history(true);
        h->end += days;
        seen *s = look(h, true);
        double claims = 0.0;
        for (size_t place = 0; place < PLACES; place++) {
            claims += s->day[DAYS][place].claims;
        }
        assert_true((claims > 200.0) == (days == 5)); /* but for rows of two months, which go on */
        free(s);
        check(h, true);
        free(h);
    }
}

/* Who brought nothing yet, or was not watched, is left as he is but for readiness and parts. */
static void landmarks_that_say_nothing(void **state) {
    (void)state;
    history *h = new_history(true);
    for (size_t i = 0; i < h->landmarks.count; i++) {
        jk_landmark *at = &h->at[i];
        at->horizon[0].months = i % 5 == 0 ? 0.0 : at->horizon[0].months;
        at->horizon[0].expected = i % 7 == 0 ? 0.0 : at->horizon[0].expected;
        at->horizon[0].expected *= i % 11 == 0 ? 1e-13 : 1.0; /* hardly anything: over any time the same a month */
    }
    check(h, true);
    free(h);
}

/* Twenty claims at a level are enough, nineteen are not; likewise twenty who paid. */
static void twenty_stand_alike(void **state) {
    (void)state;
    for (int most = 19; most <= 20; most++) {
        history *h = new_history(true);
        int never = 0, payers = 0;
        seen *s = look(h, true);
        for (size_t i = 0; i < h->landmarks.count; i++) {
            jk_landmark *at = &h->at[i];
            if (i % DAYS == 1 && !at->paying && at->paid_months == NEVER) {
                at->paid_months = ++never > most ? 3 : NEVER;
            }
            if (i % DAYS == 2 && at->paying && s->payment[at->claim] > 0.0) {
                at->paying = ++payers <= most;
            }
        }
        assert_true(never > 20 && payers > 20);
        free(s);
        s = look(h, true);
        assert_true(s->day[1][BINS].claims == most && s->day[2][PAYING].payers == most);
        assert_true(isnan(ready_of(s, 1, BINS)) == (most == 19) && isnan(part_of(s, 2, PAYING)) == (most == 19));
        free(s);
        check(h, true);
        free(h);
    }
}

/* Payments that do not go with the balance, or more than it, or of balances that stay: elasticities of 0, 1 and 1. */
static void elasticities_are_held(void **state) {
    (void)state;
    for (int how = 0; how < 3; how++) {
        history *h = new_history(true);
        for (size_t i = 0; i < h->payers.count; i++) {
            jk_payer_row *row = &h->row[i];
            row->balance = how == 2 ? 1000.0 : row->balance;
            row->cash = row->cash > 0.0
                            ? row->months * 1e-4 * (how == 0 ? 1e5 / row->balance : row->balance * row->balance)
                            : 0.0;
        }
        seen *s = look(h, true);
        assert_true(s->elasticity == (how == 0 ? 0.0 : 1.0));
        free(s);
        check(h, true);
        free(h);
    }
}

static void readiness_at_the_end(void **state) {
    (void)state;
    for (int how = 0; how < 2; how++) {
        history *h = new_history(true);
        if (how == 1) { /* hardly anybody is left with a long time since his payment */
            for (size_t i = 0; i < h->payers.count; i++) {
                h->row[i].paid_months =
                    h->row[i].paid_months > 6 && h->row[i].paid_months != NEVER ? 5 : h->row[i].paid_months;
            }
        }
        seen *s = look(h, true);
        double ready[LEVELS];
        assert_int_equal(jk_fit_payers_ready_at_end(&h->fit, &h->item, h->end, ready, NULL), JK_OK);
        for (size_t l = 0; l < LEVELS; l++) {
            const double wanted = ready_of(s, DAYS, l) / ready_of(s, DAYS, BINS);
            assert_true(isnan(wanted) == (how == 1 && l == 1));
            assert_true((isnan(wanted) && isnan(ready[l])) || fabs(ready[l] - wanted) < 1e-12);
        }
        assert_true(ready[BINS] == 1.0 && ready[0] != 1.0);
        free(s);
        free(h);
    }
}

static void levels_of_months(void **state) {
    (void)state;
    const jk_characteristic item = {.is_numeric = 1, .count = BINS, .below = below};
    assert_true(jk_fit_payers_level_of(&item, 0) == 0 && jk_fit_payers_level_of(&item, 6) == 0);
    assert_true(jk_fit_payers_level_of(&item, 7) == 1 && jk_fit_payers_level_of(&item, 500) == 1);
    assert_true(jk_fit_payers_level_of(&item, NEVER) == 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(landmarks_tell_of_the_end),  cmocka_unit_test(who_is_there_at_the_end),
        cmocka_unit_test(landmarks_that_say_nothing), cmocka_unit_test(twenty_stand_alike),
        cmocka_unit_test(elasticities_are_held),      cmocka_unit_test(readiness_at_the_end),
        cmocka_unit_test(levels_of_months),
    };
    return cmocka_run_group_tests(tests, open_panel, close_panel);
}
