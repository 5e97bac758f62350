/* SPDX-License-Identifier: Apache-2.0 */
/* Amortised cost of a purchased portfolio under IFRS 9: it is a purchased credit-impaired financial asset, so interest
 * is accrued from the first day at the credit-adjusted effective interest rate (5.4.1(a), Appendix A) that discounts
 * the flows expected at purchase, credit losses included (B5.4.7), to what was paid with transaction costs. When the
 * expected flows change, the carrying amount becomes the present value of the new flows at that original rate, and the
 * difference is a gain or a loss (5.5.13, 5.5.14).
 *
 * Flows are monthly and arrive in the middle of their month, as everywhere in the price stage; month 1 is the first
 * after the purchase. Pure arithmetic: nothing is allocated. */
#ifndef JALKI_ACCOUNT_H
#define JALKI_ACCOUNT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_FORECASTS_MAX = 64, JK_ACCOUNT_MONTHS_MAX = 1200 };

/* What is expected, from some month on: flow[0] is that of month after + 1, nothing is expected beyond `months` months.
 */
typedef struct jk_forecast {
    int after;          /* months since the purchase at whose end it was made; 0: at purchase */
    int months;         /* >= 0 */
    const double *flow; /* base currency */
    const double *cost; /* of collecting, where it is not in `flow` but an expense of its own; NULL: none */
} jk_forecast;

typedef struct jk_account {
    double outlay; /* price and transaction costs: the carrying amount at purchase */
    double eir;    /* yearly credit-adjusted effective interest rate, > -1 */
    const jk_forecast *forecasts;
    size_t forecast_count; /* at least 1; `after` ascends and begins with 0 */
    const double *actual;  /* what came in, in months 1..actual_months; thereafter the forecast counts. May be NULL. */
    const double *actual_cost; /* NULL: the forecast's */
    int actual_months;
} jk_account;

/* One month, or a year of them. opening + purchased + interest - collections + performance + revision = closing. */
typedef struct jk_account_row {
    int first, last;    /* months of the row */
    double opening;     /* carrying amount at its beginning */
    double purchased;   /* what was paid for pools that were bought meanwhile; 0 in a book of one (jalki/pools.h) */
    double interest;    /* at the effective rate, on the carrying amount less what comes in at mid-month */
    double collections; /* actual, or expected where there is no actual */
    double expected;    /* collections that the forecast in force expected */
    double performance; /* gain from collecting more (loss: less) than expected while the rest stays expected: the
                           difference with half a month's interest */
    double revision;    /* gain or loss from a new forecast at the end of the month */
    double closing;
    double cost;      /* of collecting, an expense beside */
    double remaining; /* collections still expected at its end, undiscounted (ERC) */
    /* The loss allowance (IFRS 7.35H(c), 35I): for a purchased credit-impaired asset the changes in expected losses
     * since purchase alone (IFRS 9 5.5.13). allowance_opening + impairment + unwinding - lapsed = allowance. */
    double gross; /* carrying amount at its end had the forecast of the purchase held: before the allowance */
    double allowance_opening; /* gross - carrying amount at its beginning; below 0 where more is expected than then */
    double impairment;        /* loss (below 0: gain) of the period: -(performance + revision) */
    double unwinding;         /* interest on the allowance */
    double lapsed;            /* expected of the period at purchase and not collected: no loss is yet to come of it */
    double allowance;         /* at its end */
} jk_account_row;

#ifdef __cplusplus
}
#endif
#endif
