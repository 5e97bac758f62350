/* SPDX-License-Identifier: Apache-2.0 */
/* A purchased portfolio at amortised cost (IFRS 9 5.4.1(a), B5.4.7, 5.5.13 and 5.5.14; arithmetic in account.h), flows
 * in the middle of their months:
 *
 *     rate      r with price + transaction costs + capitalised onboarding = sum expected_t (1 + r)^(-(t - 0.5)/12)
 *     month     carrying' = carrying (1 + r)^(1/12) - flow (1 + r)^(1/24), flows that came in, then those expected
 *     revision  the difference between the present values of new and old forecasts at r goes to profit or loss
 *
 * Here the terms become series and the series a table; the sums of a year are those of its months. */
#include "jalki/book.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "deal/account.h"

#define ROUNDING 1e-9 /* of what was paid */

const char *jk_book_basis_name(jk_book_basis basis) {
    return basis == JK_BOOK_NET ? "net" : "gross";
}

jk_status jk_flows_of_valuation(const jk_valuation *valuation, jk_flows *flows, jk_error *error) {
    *flows = (jk_flows){.months = valuation->flow.months, .has_costs = 1};
    flows->month = calloc((size_t)flows->months + 1, sizeof *flows->month);
    JK_TRY(jk_held(flows->month != NULL, error, "a cash flow"));
    for (int t = 1; t <= flows->months; t++) {
        flows->month[t - 1] = jk_valuation_month(valuation, t, valuation->flow.segments);
    }
    return JK_OK;
}

/* ---- the terms as series -------------------------------------------------------------------------------------- */

typedef struct book_work {
    jk_arena *arena;
    jk_forecast forecasts[JK_FORECASTS_MAX];
    jk_account account;
} book_work;

/* The asset's flow and, on the gross basis, the cost beside it. */
static bool split_flows(jk_arena *arena, const jk_flows *flows, jk_book_basis basis, const double **flow,
                        const double **cost) {
    double *into = jk_arena_alloc(arena, (size_t)flows->months + 1, sizeof *into);
    double *beside = jk_arena_alloc(arena, (size_t)flows->months + 1, sizeof *beside);
    for (int t = 0; into != NULL && beside != NULL && t < flows->months; t++) {
        const jk_month *month = &flows->month[t];
        into[t] = basis == JK_BOOK_NET ? month->net : month->gross + month->sale;
        beside[t] = month->cost;
    }
    *flow = into;
    *cost = basis == JK_BOOK_NET ? NULL : beside;
    return into != NULL && beside != NULL;
}

static jk_status check_terms(const jk_book_terms *terms, const jk_flows *expected, jk_error *error) {
    bool good = terms->price >= 0.0 && terms->transaction_costs >= 0.0 && terms->onboarding >= 0.0 &&
                terms->first_year >= 1 && terms->first_year <= 12 && terms->revision_count <= JK_BOOK_REVISIONS_MAX;
    for (size_t i = 0; good && i < terms->revision_count; i++) {
        good = terms->revision[i].after >= 1 && terms->revision[i].after <= JK_HORIZON_MAX;
    }
    if (!good) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "a book takes amounts not below 0, a first year of 1 to 12 months, and revisions in months 1 to "
                       "%d",
                       (int)JK_HORIZON_MAX);
    }
    bool costs = expected->has_costs;
    for (size_t i = 0; i < terms->revision_count; i++) {
        costs = costs && terms->revision[i].flows->has_costs;
    }
    if (terms->basis == JK_BOOK_NET && !costs) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL,
                       "a book on net flows needs forecasts with costs; expected the columns gross, cost and sale");
    }
    return JK_OK;
}

static int by_month(const void *a, const void *b) {
    int x = ((const jk_forecast *)a)->after;
    int y = ((const jk_forecast *)b)->after;
    return (x > y) - (x < y);
}

static jk_status take_forecasts(const jk_book_terms *terms, const jk_flows *expected, book_work *work,
                                jk_error *error) {
    bool held = true;
    for (size_t i = 0; held && i <= terms->revision_count; i++) {
        const jk_flows *flows = i == 0 ? expected : terms->revision[i - 1].flows;
        jk_forecast *forecast = &work->forecasts[i];
        *forecast = (jk_forecast){.after = i == 0 ? 0 : terms->revision[i - 1].after, .months = flows->months};
        held = split_flows(work->arena, flows, terms->basis, &forecast->flow, &forecast->cost);
    }
    JK_TRY(jk_held(held, error, "the book"));
    size_t count = terms->revision_count + 1;
    jk_sort(work->forecasts, count, sizeof *work->forecasts, by_month);
    for (size_t i = 1; i < count; i++) {
        if (work->forecasts[i].after == work->forecasts[i - 1].after) {
            return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL,
                           "two new forecasts at the end of month %d; expected one a month", work->forecasts[i].after);
        }
    }
    work->account.forecasts = work->forecasts;
    work->account.forecast_count = count;
    return JK_OK;
}

static jk_status take_actual(const jk_book_terms *terms, book_work *work, jk_error *error) {
    if (terms->actual == NULL) {
        return JK_OK;
    }
    work->account.actual_months = terms->actual->months;
    JK_TRY(jk_held(
        split_flows(work->arena, terms->actual, terms->basis, &work->account.actual, &work->account.actual_cost), error,
        "the book"));
    if (!terms->actual->has_costs) {
        work->account.actual_cost = NULL;
    }
    return JK_OK;
}

static jk_status find_rate(book_work *work, double outlay, jk_error *error) {
    const jk_forecast *first = &work->forecasts[0];
    jk_irr_outcome outcome = jk_price_irr(first->flow, first->months, outlay, &work->account.eir);
    work->account.outlay = outlay;
    if (outlay > 0.0 && outcome == JK_IRR_FOUND) {
        return JK_OK;
    }
    double sum = 0.0;
    for (int t = 0; t < first->months; t++) {
        sum += first->flow[t];
    }
    static const char *const words[] = {
        [JK_IRR_FOUND] = "nothing was paid, so that no rate fits; expected a price above 0",
        [JK_IRR_NO_ROOT] = "no effective interest rate makes them worth it; expected a price above 0 and flows that "
                           "repay something of it",
        [JK_IRR_SEVERAL_ROOTS] = "several effective interest rates make them worth it, because they change sign; "
                                 "expected one (gross flows do not change sign)",
        [JK_IRR_ABOVE] = "the effective interest rate is above 10,000 % a year; expected a price that fits the flows "
                         "(is one of them in another unit?)"};
    return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "the expected flows of %.2f and the %.2f paid: %s", sum, outlay,
                   words[outcome]);
}

/* ---- the book ------------------------------------------------------------------------------------------------- */

static jk_status roll(const jk_book_terms *terms, const book_work *work, jk_book *book, jk_error *error) {
    *book = (jk_book){.basis = terms->basis,
                      .price = terms->price,
                      .transaction_costs = terms->transaction_costs,
                      .onboarding = terms->onboarding,
                      .eir = work->account.eir,
                      .months = jk_account_months(&work->account),
                      .actual_months = work->account.actual_months};
    book->month = calloc((size_t)book->months + 1, sizeof *book->month);
    book->year = calloc((size_t)book->months / 12 + 2, sizeof *book->year);
    if (book->month == NULL || book->year == NULL) {
        jk_book_reset(book);
        return jk_fail_memory(error, "the book");
    }
    jk_account_roll(&work->account, book->months, book->month);
    book->year_count = jk_account_years(book->month, book->months, terms->first_year, book->year);
    book->total = jk_account_total(book->month, book->months);
    for (int t = 0; t < book->months; t++) {
        if (book->month[t].closing < book->least) {
            book->least = book->month[t].closing;
            book->least_month = t + 1;
        }
    }
    if (book->least >= -ROUNDING * work->account.outlay) {
        book->least = 0.0;
        book->least_month = 0;
    }
    return JK_OK;
}

jk_status jk_book_make(const jk_book_terms *terms, const jk_flows *expected, jk_book *book, jk_error *error) {
    book_work work = {.arena = jk_arena_create()};
    *book = (jk_book){0};
    jk_status status = work.arena != NULL ? check_terms(terms, expected, error) : jk_fail_memory(error, "the book");
    if (status == JK_OK) {
        status = take_forecasts(terms, expected, &work, error);
    }
    if (status == JK_OK) {
        status = take_actual(terms, &work, error);
    }
    if (status == JK_OK) {
        status = find_rate(&work, terms->price + terms->transaction_costs + terms->onboarding, error);
    }
    if (status == JK_OK) {
        status = roll(terms, &work, book, error);
    }
    jk_arena_free(work.arena);
    return status;
}

void jk_book_reset(jk_book *book) {
    free(book->month);
    free(book->year);
    *book = (jk_book){0};
}
