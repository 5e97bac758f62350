/* SPDX-License-Identifier: Apache-2.0 */
/* Section 4 for one claim: rates by hand, and months in moods against the differential equation stepped through. */
#include "model/economics.h"

#include <math.h>

#include "cmocka_all.h"

static const jk_segment segment = {.pre_title_factor = 0.5,
                                   .garnish_share = {0.0, 0.3, 0.8},
                                   .cost = {{0.1, 0.0}, {0.6, 0.0}, {0.4, 0.0}},
                                   .enforcement_monthly = 0.9,
                                   .payers = {.monthly_share = {0.01, 0.02, 0.04}}};

static void rates(void **state) {
    (void)state;
    assert_true(jk_pending_factor(&segment, JK_TREAT_AMICABLE, JK_TITLE_NONE) == 1.0);
    assert_true(jk_pending_factor(&segment, JK_TREAT_LEGAL, JK_TITLE_NONE) == 0.5);
    assert_true(jk_pending_factor(&segment, JK_TREAT_LEGAL, JK_TITLE_PENDING) == 0.5);
    assert_true(jk_pending_factor(&segment, JK_TREAT_LEGAL, JK_TITLE_HELD) == 1.0);
    assert_true(jk_garnished(JK_TREAT_LEGAL, JK_TITLE_HELD, 0.8, 0.05) == 0.8 * 0.05);
    assert_true(jk_garnished(JK_TREAT_LEGAL, JK_TITLE_PENDING, 0.8, 0.05) == 0.0);
    assert_true(jk_garnished(JK_TREAT_SURVEIL, JK_TITLE_HELD, 0.8, 0.05) == 0.0);
    assert_true(jk_paid_by_payers(JK_TITLE_NONE, 0.5 * 0.04, 0.8, 0.05) == 0.5 * 0.04);
    assert_true(jk_paid_by_payers(JK_TITLE_HELD, 0.5 * 0.04, 0.8, 0.05) == 0.8 * 0.05);
    assert_true(jk_paid_by_payers(JK_TITLE_HELD, 0.5 * 0.01, 0.0, 0.05) == 0.5 * 0.01);
    assert_true(jk_running_cost(&segment, JK_TREAT_LEGAL, JK_TITLE_PENDING) == 0.4);
    assert_true(jk_running_cost(&segment, JK_TREAT_LEGAL, JK_TITLE_HELD) == 0.9);
    assert_true(jk_running_cost(&segment, JK_TREAT_AMICABLE, JK_TITLE_HELD) == 0.6);
}

/* 0.5 hours in a first epoch of four months are 0.125 a month, at 32 an hour 4; 0.25 hours are 2. */
static void hours_are_paid_in_every_state(void **state) {
    (void)state;
    jk_segment priced = segment;
    priced.payers.monthly[JK_TREAT_AMICABLE] = 0.25;
    priced.hours_monthly[JK_TREAT_AMICABLE] = 0.125;
    priced.hours_monthly[JK_TREAT_LEGAL] = 0.0625;
    assert_true(jk_running_cost(&priced, JK_TREAT_AMICABLE, JK_TITLE_NONE) == 0.6);
    assert_true(jk_paying_cost(&priced, JK_TREAT_AMICABLE) == 0.25);
    priced.hour = 32.0;
    assert_true(jk_running_cost(&priced, JK_TREAT_AMICABLE, JK_TITLE_NONE) == 0.6 + 4.0);
    assert_true(jk_running_cost(&priced, JK_TREAT_AMICABLE, JK_TITLE_HELD) == 0.6 + 4.0);
    assert_true(jk_running_cost(&priced, JK_TREAT_LEGAL, JK_TITLE_PENDING) == 0.4 + 2.0);
    assert_true(jk_running_cost(&priced, JK_TREAT_LEGAL, JK_TITLE_HELD) == 0.9 + 2.0);
    assert_true(jk_running_cost(&priced, JK_TREAT_SURVEIL, JK_TITLE_NONE) == 0.1);
    assert_true(jk_paying_cost(&priced, JK_TREAT_AMICABLE) == 4.25);
    assert_true(jk_paying_cost(&priced, JK_TREAT_LEGAL) == 2.0);
    priced.effort_hours[JK_TREAT_LEGAL] = 0.33336;
    assert_int_equal(jk_effort_parts(&priced, JK_TREAT_LEGAL), 3334);
}

/* p' = -p A by the classical Runge-Kutta method, and with it the integral of p. */
static void step_through(const jk_mood_rates *r, double months, bool paying, double spent[2]) {
    enum { STEPS = 20000 };
    double p[2] = {!paying, paying}, h = months / STEPS;
    spent[0] = spent[1] = 0.0;
    for (int i = 0; i < STEPS; i++) {
        double k[4][2], at[2];
        for (int n = 0; n < 4; n++) {
            double part = n == 0 ? 0.0 : n == 3 ? h : h / 2.0;
            for (int m = 0; m < 2; m++) {
                at[m] = p[m] + (n == 0 ? 0.0 : part * k[n - 1][m]);
            }
            k[n][0] = -r->leave_quiet * at[0] + r->stop * at[1];
            k[n][1] = -r->leave_paying * at[1] + r->begin * at[0];
        }
        for (int m = 0; m < 2; m++) {
            /* Simpson's rule on p at both ends and in the middle, by the cubic through ends and slopes. */
            double next = p[m] + h / 6.0 * (k[0][m] + 2.0 * k[1][m] + 2.0 * k[2][m] + k[3][m]);
            double middle = (p[m] + next) / 2.0 + h / 8.0 * (k[0][m] - k[3][m]);
            spent[m] += h / 6.0 * (p[m] + 4.0 * middle + next);
            at[m] = next;
        }
        p[0] = at[0];
        p[1] = at[1];
    }
}

static void moods(void **state) {
    (void)state;
    static const jk_mood_rates cases[] = {
        {0.05, 0.2, 0.03, 0.1},   {0.9, 0.15, 0.01, 0.1},   {0.1, 0.1, 0.0, 0.0},
        {0.1, 0.1, 1e-9, 1e-9},   {0.02, 0.12, 0.02, 0.12}, {0.0, 0.0, 0.0, 0.0},
        {-0.004, 0.1, 0.0, 0.08}, {-0.01, -0.01, 0.0, 0.0}, {1e-7, 0.08, 1e-7, 0.0799},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int paying = 0; paying < 2; paying++) {
            double spent[2], expected[2];
            jk_mood_months(&cases[i], 12.0, paying == 1, spent);
            step_through(&cases[i], 12.0, paying == 1, expected);
            for (int m = 0; m < 2; m++) {
                if (!(fabs(spent[m] - expected[m]) < 1e-8)) {
                    fail_msg("case %zu from %d in %d: %.12g, expected %.12g", i, paying, m, spent[m], expected[m]);
                }
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rates), cmocka_unit_test(hours_are_paid_in_every_state),
                                       cmocka_unit_test(moods)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
