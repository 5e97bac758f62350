/* SPDX-License-Identifier: Apache-2.0 */
/* The price stage: from value and cash flow to what a portfolio may cost (model.md section 8). Pure arithmetic on
 * small arrays. Flows are arrays of `months` doubles, month 1 first, base currency, undiscounted; month t arrives at t
 * - 0.5 months after the cut-off. `outlay` is what is paid at the cut-off: price plus onboarding. */
#ifndef JALKI_PRICE_H
#define JALKI_PRICE_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* max(0, value - onboarding_cost * claims). */
double jk_price_bid(double value, double onboarding_cost, uint64_t claims);

/* Sum of net / outlay; NaN where outlay is 0. */
double jk_price_multiple(const double *net, int months, double outlay);

/* First month in which cumulated net reaches outlay; -1 if it never does or outlay is 0. */
int jk_price_payback(const double *net, int months, double outlay);

/* Sum of gross over the first `horizon` months (as far as `months` goes). */
double jk_price_erc(const double *gross, int months, int horizon);

/* Present value at mid-month of the flows at a yearly rate (> -1). */
double jk_price_present_value(const double *net, int months, double rate);

typedef enum jk_irr_outcome {
    JK_IRR_FOUND,
    JK_IRR_NO_ROOT,      /* no rate in (-0.99, 100) makes the flows worth the outlay */
    JK_IRR_SEVERAL_ROOTS /* more than one rate does: none is reported */
} jk_irr_outcome;

/* Yearly rate at which the flows are worth the outlay. *rate is NaN unless JK_IRR_FOUND. */
jk_irr_outcome jk_price_irr(const double *net, int months, double outlay, double *rate);

typedef enum jk_floor_kind { JK_FLOOR_RETURN, JK_FLOOR_MULTIPLE, JK_FLOOR_PAYBACK } jk_floor_kind;
typedef struct jk_floor {
    jk_floor_kind kind;
    double bound; /* multiple: at least this; payback: at most this many months. JK_FLOOR_RETURN is the bid itself. */
} jk_floor;

/* Highest price that meets the bid at the required return and all floors, given the onboarding total. *binding gets the
 * index of the floor that binds, or -1 if the required return does. */
double jk_price_with_floors(double bid, const double *net, int months, double onboarding, const jk_floor *floors,
                            size_t floor_count, int *binding);

#ifdef __cplusplus
}
#endif
#endif
