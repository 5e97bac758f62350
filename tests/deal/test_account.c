/* SPDX-License-Identifier: Apache-2.0 */
/* Amortised cost against figures worked by hand. The rate is chosen so that half a month grows an amount by a tenth: a
 * month by 21 %, and 110 in month 1 is worth 100 at purchase, 133.1 in month 2 as well. */
#include "cmocka_all.h"

#include <math.h>

#include "base/number/random.h"
#include "deal/account.h"
#include "jalki/account.h"
#include "jalki/price.h"

static double tenth_rate(void) {
    return pow(1.1, 24.0) - 1.0;
}

static void assert_near(double got, double wanted, double tolerance) {
    if (!(fabs(got - wanted) <= tolerance)) {
        fail_msg("got %.15g, wanted %.15g", got, wanted);
    }
}

static void assert_row(const jk_account_row *row, double opening, double interest, double collections,
                       double performance, double revision, double closing) {
    assert_near(row->opening, opening, 1e-9);
    assert_near(row->interest, interest, 1e-9);
    assert_near(row->collections, collections, 1e-9);
    assert_near(row->performance, performance, 1e-9);
    assert_near(row->revision, revision, 1e-9);
    assert_near(row->closing, closing, 1e-9);
    assert_near(row->opening + row->interest - row->collections + row->performance + row->revision, row->closing, 1e-9);
    assert_near(row->allowance_opening + row->impairment + row->unwinding - row->lapsed, row->allowance, 1e-9);
    assert_near(row->gross - row->allowance, row->closing, 1e-9);
}

static void assert_allowance(const jk_account_row *row, double opening, double impairment, double unwinding,
                             double lapsed, double closing) {
    assert_near(row->allowance_opening, opening, 1e-9);
    assert_near(row->impairment, impairment, 1e-9);
    assert_near(row->unwinding, unwinding, 1e-9);
    assert_near(row->lapsed, lapsed, 1e-9);
    assert_near(row->allowance, closing, 1e-9);
}

static void test_two_months(void **state) {
    (void)state;
    const double flow[] = {110.0, 133.1};
    double eir = 0.0;
    assert_int_equal(jk_price_irr(flow, 2, 200.0, &eir), JK_IRR_FOUND);
    assert_near(eir, tenth_rate(), 1e-9);
    const jk_forecast forecast = {.months = 2, .flow = flow};
    jk_account account = {.outlay = 200.0, .eir = eir, .forecasts = &forecast, .forecast_count = 1};
    jk_account_row rows[2];
    assert_int_equal(jk_account_months(&account), 2);
    jk_account_roll(&account, 2, rows);
    /* 200 grows by 42; 110 paid at mid-month do not earn the last half's 11. */
    assert_row(&rows[0], 200.0, 31.0, 110.0, 0.0, 0.0, 121.0);
    assert_row(&rows[1], 121.0, 12.1, 133.1, 0.0, 0.0, 0.0);
    assert_near(rows[0].remaining, 133.1, 1e-12);
    assert_near(rows[1].remaining, 0.0, 0.0);
}

static void test_less_than_expected(void **state) {
    (void)state;
    const double flow[] = {110.0, 133.1};
    const double actual[] = {99.0};
    const jk_forecast forecast = {.months = 2, .flow = flow};
    jk_account account = {.outlay = 200.0,
                          .eir = tenth_rate(),
                          .forecasts = &forecast,
                          .forecast_count = 1,
                          .actual = actual,
                          .actual_months = 1};
    jk_account_row rows[2];
    jk_account_roll(&account, jk_account_months(&account), rows);
    /* 11 too little at mid-month are 12.1 at its end: a loss, as the second month is still expected in full. */
    assert_row(&rows[0], 200.0, 42.0 - 9.9, 99.0, -12.1, 0.0, 121.0);
    assert_near(rows[0].expected, 110.0, 0.0);
    /* The loss was the month's own: what lapsed leaves no allowance; 11 earn no interest in its second half. */
    assert_allowance(&rows[0], 0.0, 12.1, -1.1, 11.0, 0.0);
    assert_row(&rows[1], 121.0, 12.1, 133.1, 0.0, 0.0, 0.0);
}

static void test_new_forecast(void **state) {
    (void)state;
    const double flow[] = {110.0, 133.1};
    const double later[] = {55.0, 133.1, 16.1051}; /* at the end of month 1 worth 50, 100 and 10 */
    const double cost[] = {5.0, 6.0};
    const double later_cost[] = {1.0, 2.0, 3.0};
    const jk_forecast forecasts[] = {{.months = 2, .flow = flow, .cost = cost},
                                     {.after = 1, .months = 3, .flow = later, .cost = later_cost}};
    jk_account account = {.outlay = 200.0, .eir = tenth_rate(), .forecasts = forecasts, .forecast_count = 2};
    jk_account_row rows[4];
    assert_int_equal(jk_account_months(&account), 4);
    jk_account_roll(&account, 4, rows);
    assert_row(&rows[0], 200.0, 31.0, 110.0, 0.0, 39.0, 160.0); /* 121 by the old forecast, 160 by the new one */
    assert_row(&rows[1], 160.0, 33.6 - 5.5, 55.0, 0.0, 0.0, 133.1);
    assert_row(&rows[2], 133.1, 27.951 - 13.31, 133.1, 0.0, 0.0, 14.641);
    assert_row(&rows[3], 14.641, 3.07461 - 1.61051, 16.1051, 0.0, 0.0, 0.0);
    assert_near(rows[0].cost, 5.0, 0.0);
    assert_near(rows[3].cost, 3.0, 0.0);
    assert_near(rows[0].remaining, 204.2051, 1e-9);
    /* 39 more is expected than at purchase: 160 instead of 121. Then 133.1 was promised, and 55 came. */
    assert_allowance(&rows[0], 0.0, -39.0, 0.0, 0.0, -39.0);
    assert_allowance(&rows[1], -39.0, 0.0, 12.1 - 28.1, 78.1, -133.1);
    assert_near(rows[1].gross, 0.0, 0.0);
    jk_account_row total = jk_account_total(rows, 4);
    assert_allowance(&total, 0.0, -39.0, 31.0 + 12.1 - (31.0 + 28.1 + 14.641 + 1.4641), 243.1 - 314.2051, 0.0);
    assert_row(&total, 200.0, 31.0 + 28.1 + 14.641 + 1.4641, 314.2051, 0.0, 39.0, 0.0);
    assert_near(total.cost, 11.0, 0.0);
}

/* What collecting cost in a month that is past is what it did cost, and nothing of it is the asset's. */
static void test_actual_costs(void **state) {
    (void)state;
    const double flow[] = {110.0, 133.1}, cost[] = {5.0, 6.0}, actual[] = {110.0}, actual_cost[] = {7.5};
    const jk_forecast forecast = {.months = 2, .flow = flow, .cost = cost};
    jk_account account = {.outlay = 200.0,
                          .eir = tenth_rate(),
                          .forecasts = &forecast,
                          .forecast_count = 1,
                          .actual = actual,
                          .actual_cost = actual_cost,
                          .actual_months = 1};
    jk_account_row rows[2];
    jk_account_roll(&account, 2, rows);
    assert_row(&rows[0], 200.0, 31.0, 110.0, 0.0, 0.0, 121.0);
    assert_near(rows[0].cost, 7.5, 0.0);
    assert_near(rows[1].cost, 6.0, 0.0);
    account.actual_cost = NULL; /* not known: the forecast's */
    jk_account_roll(&account, 2, rows);
    assert_near(rows[0].cost, 5.0, 0.0);
}

/* Actual collections that run on after nothing more is expected are all gain. */
static void test_actual_beyond_the_forecast(void **state) {
    (void)state;
    const double flow[] = {110.0};
    const double actual[] = {110.0, 0.0, 50.0};
    const jk_forecast forecast = {.months = 1, .flow = flow};
    jk_account account = {.outlay = 100.0,
                          .eir = tenth_rate(),
                          .forecasts = &forecast,
                          .forecast_count = 1,
                          .actual = actual,
                          .actual_months = 3};
    jk_account_row rows[3];
    assert_int_equal(jk_account_months(&account), 3);
    jk_account_roll(&account, 3, rows);
    assert_row(&rows[0], 100.0, 10.0, 110.0, 0.0, 0.0, 0.0);
    assert_row(&rows[2], 0.0, -5.0, 50.0, 55.0, 0.0, 0.0);
}

/* Two new forecasts on random flows: every closing is the plain present value of what is then expected, and the life's
 * gains are its collections less what was paid. */
static void test_random_books(void **state) {
    (void)state;
    enum { MONTHS = 60 };
    double flow[3][MONTHS];
    double actual[20];
    for (uint64_t trial = 0; trial < 50; trial++) {
        for (uint64_t f = 0; f < 3; f++) {
            for (uint64_t t = 0; t < MONTHS; t++) {
                flow[f][t] = 100.0 * jk_uniform(jk_philox(trial, f, t).word[0]) - (f == 2 ? 20.0 : 0.0);
            }
        }
        for (uint64_t t = 0; t < 20; t++) {
            actual[t] = 120.0 * jk_uniform(jk_philox(trial, 9, t).word[0]);
        }
        const jk_forecast forecasts[] = {{.after = 0, .months = MONTHS, .flow = flow[0]},
                                         {.after = 7, .months = 40, .flow = flow[1]},
                                         {.after = 20, .months = MONTHS, .flow = flow[2]}};
        double eir = 0.05 * (double)(trial % 20) - 0.2;
        double outlay = jk_price_present_value(flow[0], MONTHS, eir);
        jk_account account = {.outlay = outlay,
                              .eir = eir,
                              .forecasts = forecasts,
                              .forecast_count = 3,
                              .actual = actual,
                              .actual_months = 20};
        jk_account_row rows[20 + MONTHS];
        int months = jk_account_months(&account);
        assert_int_equal(months, 20 + MONTHS);
        jk_account_roll(&account, months, rows);
        for (int t = 1; t <= months; t++) {
            const jk_forecast *now = t < 7 ? &forecasts[0] : t < 20 ? &forecasts[1] : &forecasts[2];
            double worth = 0.0;
            for (int s = t + 1; s <= now->after + now->months; s++) {
                worth += now->flow[s - now->after - 1] / pow(1.0 + eir, (s - 0.5 - t) / 12.0);
            }
            const jk_account_row *row = &rows[t - 1];
            assert_near(row->closing, worth, 1e-8);
            assert_near(row->opening, t == 1 ? outlay : rows[t - 2].closing, 0.0);
            assert_near(row->opening + row->interest - row->collections + row->performance + row->revision,
                        row->closing, 1e-8);
        }
        jk_account_row total = jk_account_total(rows, months);
        assert_near(total.interest + total.performance + total.revision, total.collections - outlay, 1e-7);
        jk_account_row years[20 + MONTHS];
        size_t count = jk_account_years(rows, months, 5, years);
        assert_int_equal(count, 1 + (months - 5 + 11) / 12);
        assert_int_equal(years[0].last, 5);
        assert_int_equal(years[1].first, 6);
        assert_int_equal(years[count - 1].last, months);
        double interest = 0.0;
        for (size_t y = 0; y < count; y++) {
            interest += years[y].interest;
            assert_near(years[y].opening, y == 0 ? outlay : years[y - 1].closing, 0.0);
        }
        assert_near(interest, total.interest, 1e-9);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_months),
        cmocka_unit_test(test_less_than_expected),
        cmocka_unit_test(test_new_forecast),
        cmocka_unit_test(test_actual_costs),
        cmocka_unit_test(test_actual_beyond_the_forecast),
        cmocka_unit_test(test_random_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
