/* SPDX-License-Identifier: Apache-2.0 */
/* The price stage: from value and cash flow to what a portfolio may cost (model.md section 8). Pure arithmetic on
 * small arrays, nothing is allocated, nothing can fail.
 *
 * Flows are arrays of `months` doubles, month 1 first, base currency, undiscounted; month t arrives t - 0.5 months
 * after the cut-off. `outlay` is what is paid at the cut-off: price plus onboarding. A rate is yearly, 0.15 is 15 %. */
#ifndef JALKI_PRICE_H
#define JALKI_PRICE_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* max(0, value - onboarding_cost * claims). */
double jk_price_bid(double value, double onboarding_cost, uint64_t claims);

/* Sum of net / outlay; NaN where outlay is not above 0. */
double jk_price_multiple(const double *net, int months, double outlay);

/* First month (from 1) in which cumulated net reaches outlay; -1 if it never does or outlay is not above 0. */
int jk_price_payback(const double *net, int months, double outlay);

/* Weighted average life of the flows in years: sum of (t - 0.5) flow_t / 12 over the sum of flow_t. NaN where that sum
 * is not above 0. */
double jk_price_average_life(const double *flow, int months);

/* Present value at mid-month of the flows at a yearly rate (> -1); NaN for other rates. */
double jk_price_present_value(const double *net, int months, double rate);

typedef enum jk_irr_outcome {
    JK_IRR_FOUND,
    JK_IRR_NO_ROOT,       /* no rate from JK_IRR_LOWEST to JK_IRR_HIGHEST makes the flows worth the outlay */
    JK_IRR_SEVERAL_ROOTS, /* more than one rate does, and none of them is evident: none is reported */
    JK_IRR_ABOVE          /* the rate is above JK_IRR_HIGHEST */
} jk_irr_outcome;
#define JK_IRR_LOWEST  (-0.99)
#define JK_IRR_HIGHEST 100.0

/* "found", "none", "several", "above". */
const char *jk_irr_outcome_name(jk_irr_outcome outcome);

/* Yearly rate at which the flows are worth the outlay; *rate is NaN unless JK_IRR_FOUND.
 *
 * The present value is scanned over 4096 steps of equal size in ln(1 + rate) over the whole range, and minima of its
 * distance from the outlay are refined, so that a second rate is seen although it lies near the first; flows that are
 * negative early or change sign often are therefore safe. A bracket is halved to the last bit. Of several rates one is
 * evident where at most one is above 0 and the flows, cumulated without interest, change sign once at most: the
 * highest (costs after the last collection make a second one far below 0, which says nothing). */
jk_irr_outcome jk_price_irr(const double *net, int months, double outlay, double *rate);

typedef enum jk_floor_kind { JK_FLOOR_RETURN, JK_FLOOR_MULTIPLE, JK_FLOOR_PAYBACK, JK_FLOOR_KIND_COUNT } jk_floor_kind;
const char *jk_floor_kind_name(jk_floor_kind kind); /* "irr", "multiple", "payback" */

/* A condition that a price must meet on top of the required return. */
typedef struct jk_floor {
    jk_floor_kind kind;
    double bound; /* return: the flows are worth price and onboarding at this yearly rate; multiple: at least this (>
                     0); payback: at most this many months (>= 1) */
} jk_floor;

typedef struct jk_floor_price {
    double price;   /* the highest price that meets the required return and all floors; 0 where none does */
    int binding;    /* index of the floor that binds; -1: the required return (also where both give the same price) */
    int attainable; /* 0: even at a price of 0 the onboarding alone breaks a condition */
} jk_floor_price;

/* The highest price that meets the required return (at which the portfolio is worth `value`, onboarding included) and
 * all floors. */
jk_floor_price jk_price_with_floors(double value, const double *net, int months, double onboarding,
                                    const jk_floor *floors, size_t floor_count);

#ifdef __cplusplus
}
#endif
#endif
