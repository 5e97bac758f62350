/* SPDX-License-Identifier: Apache-2.0 */
/* Amortised cost month by month. The carrying amount is always the present value, at the original rate, of what is
 * expected at that moment; interest, collections and gains explain its way from month to month. */
#include "deal/account.h"

#include <assert.h>

#include "base/number/fmath.h"

static double at_month(const double *flow, const jk_forecast *forecast, int month) {
    int index = month - forecast->after - 1;
    return flow != NULL && index >= 0 && index < forecast->months ? flow[index] : 0.0;
}

/* The forecast that holds during a month: the latest made before it. */
static const jk_forecast *in_force(const jk_account *account, int month) {
    const jk_forecast *latest = &account->forecasts[0];
    for (size_t i = 1; i < account->forecast_count && account->forecasts[i].after < month; i++) {
        latest = &account->forecasts[i];
    }
    return latest;
}

int jk_account_months(const jk_account *account) {
    int last = account->actual_months;
    for (size_t i = 0; i < account->forecast_count; i++) {
        /* Only what is not overtaken by a later forecast. */
        int end = account->forecasts[i].after + account->forecasts[i].months;
        int until = i + 1 < account->forecast_count ? account->forecasts[i + 1].after : end;
        assert(until >= account->forecasts[i].after); /* forecasts stand in the order in which they were made */
        end = end < until ? end : until;
        last = end > last ? end : last;
        last = account->forecasts[i].after > last ? account->forecasts[i].after : last;
    }
    return last < JK_ACCOUNT_MONTHS_MAX ? last : JK_ACCOUNT_MONTHS_MAX;
}

/* Value at the end of `month` of all that the forecast expects after it, by Horner's rule. */
static double worth_after(const jk_forecast *forecast, int month, double discount, double half) {
    double value = 0.0;
    for (int t = forecast->after + forecast->months; t > month; t--) {
        value = value * discount + at_month(forecast->flow, forecast, t);
    }
    return value * half;
}

static double remaining_after(const jk_forecast *forecast, int month) {
    double sum = 0.0;
    for (int t = forecast->after + forecast->months; t > month; t--) {
        sum += at_month(forecast->flow, forecast, t);
    }
    return sum;
}

void jk_account_roll(const jk_account *account, int months, jk_account_row *rows) {
    double force = jk_log(1.0 + account->eir);
    double growth = jk_exp(force / 12.0);
    double half_growth = jk_exp(force / 24.0);
    double discount = jk_exp(-force / 12.0);
    double half_discount = jk_exp(-force / 24.0);
    const jk_forecast *first = &account->forecasts[0];
    assert(account->forecast_count > 0 && first->after == 0);
    double opening = account->outlay, gross = account->outlay;
    for (int t = 1; t <= months; t++) {
        const jk_forecast *before = in_force(account, t);
        const jk_forecast *after = in_force(account, t + 1);
        jk_account_row *row = &rows[t - 1];
        *row = (jk_account_row){.first = t, .last = t, .opening = opening};
        row->expected = at_month(before->flow, before, t);
        row->cost = at_month(before->cost, before, t);
        row->collections = row->expected;
        if (t <= account->actual_months) {
            row->collections = account->actual[t - 1];
            row->cost = account->actual_cost != NULL ? account->actual_cost[t - 1] : row->cost;
        }
        row->interest = opening * (growth - 1.0) - row->collections * (half_growth - 1.0);
        row->performance = (row->collections - row->expected) * half_growth;
        row->closing = worth_after(after, t, discount, half_discount);
        row->revision = after == before ? 0.0 : row->closing - worth_after(before, t, discount, half_discount);
        row->remaining = remaining_after(after, t);
        double promised = at_month(first->flow, first, t);
        row->allowance_opening = gross - opening;
        row->impairment = -(row->performance + row->revision);
        row->unwinding = gross * (growth - 1.0) - promised * (half_growth - 1.0) - row->interest;
        row->lapsed = promised - row->collections;
        row->gross = worth_after(first, t, discount, half_discount);
        row->allowance = row->gross - row->closing;
        gross = row->gross;
        opening = row->closing;
    }
}

static void add_row(jk_account_row *sum, const jk_account_row *row) {
    sum->last = row->last;
    sum->purchased += row->purchased;
    sum->interest += row->interest;
    sum->collections += row->collections;
    sum->expected += row->expected;
    sum->performance += row->performance;
    sum->revision += row->revision;
    sum->cost += row->cost;
    sum->closing = row->closing;
    sum->remaining = row->remaining;
    sum->impairment += row->impairment;
    sum->unwinding += row->unwinding;
    sum->lapsed += row->lapsed;
    sum->gross = row->gross;
    sum->allowance = row->allowance;
}

static jk_account_row sum_rows(const jk_account_row *rows, int count) {
    jk_account_row sum = {0};
    if (count > 0) {
        sum.first = rows[0].first;
        sum.opening = rows[0].opening;
        sum.allowance_opening = rows[0].allowance_opening;
    }
    for (int i = 0; i < count; i++) {
        add_row(&sum, &rows[i]);
    }
    return sum;
}

size_t jk_account_years(const jk_account_row *rows, int months, int first_year, jk_account_row *years) {
    size_t count = 0;
    for (int start = 0, length = first_year; start < months; length = 12) {
        int own = months - start < length ? months - start : length;
        years[count++] = sum_rows(&rows[start], own);
        start += own;
    }
    return count;
}

jk_account_row jk_account_total(const jk_account_row *rows, int months) {
    return sum_rows(rows, months);
}
