/* SPDX-License-Identifier: Apache-2.0 */
/* A tender seen from one bidder: the bid that gains most, bids around it, and what each would earn (auction.h has the
 * belief and its arithmetic).
 *
 *     jk_auction auction = {.rivals = 4, .level = 0.9, .spread = 0.25, .error = 0.1};
 *     jk_tender_value(&auction, &valuation);
 *     jk_tender_make(&auction, &valuation, NAN, &tender, &error); */
#ifndef JALKI_TENDER_H
#define JALKI_TENDER_H

#include "jalki/auction.h"
#include "jalki/confounding.h"
#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_TENDER_STEPS = 13 }; /* bids of the ladder: 50 %, 55 %, …, 110 % of our value */

typedef struct jk_tender_row {
    jk_auction_bid at;
    double share_of_value; /* bid / value */
    double pct_of_face;    /* x 100; NaN where face is unknown */
    double irr;            /* yearly return at this bid if our estimate holds; NaN without flows or without a rate */
    double irr_if_won;     /* the same with all flows scaled down to the worth given that the bid wins */
} jk_tender_row;

typedef struct jk_tender {
    jk_auction auction;
    double face;        /* NaN: unknown */
    int bids;           /* 0: no bid gains: do not bid */
    jk_tender_row best; /* gains most on average */
    jk_tender_row naive;
    double break_even; /* see jk_auction_advice */
    double curse;      /* share by which the portfolio is worth less than we think, given that the best bid wins */
    jk_tender_row step[JK_TENDER_STEPS];
    double overstated; /* part of what the plan is said to be worth that is taken off for auction.value; the caller's */
    const jk_worth *worth; /* what a fit does not know of the plan, told in JSON; the caller's; NULL: not measured */
    const jk_confounding *confounding; /* likewise; told where its factor is above 0 */
    double confounded_bid;             /* the best bid if the best plan then is followed; NaN: none, or not measured */
} jk_tender;

/* Our value of a portfolio: what it is worth at the required return after onboarding (the bid at the return alone). */
double jk_tender_value(const jk_valuation *valuation);

/* `valuation` (NULL: none) gives face and flows, which are scaled to be worth auction->value; else `face` may be NaN.
 * JK_ERROR_DATA where the value is 0, JK_ERROR_ARGUMENT for figures of the auction outside their ranges
 * (jalki/auction.h). */
jk_status jk_tender_make(const jk_auction *auction, const jk_valuation *valuation, double face, jk_tender *tender,
                         jk_error *error);

/* Adds what the best bid would be if history were as confounded as that: kept by the caller. */
void jk_tender_confound(jk_tender *tender, const jk_confounding *confounding);

/* The best bid, where there is one, and the steps as rows; NULL: the columns alone. */
jk_listing jk_tender_listing(const jk_tender *tender);

/* The same rows in the order of their bids. */
jk_listing jk_tender_ladder_listing(const jk_tender *tender);

/* As JSON; `manifest` is jk_manifest_json's text. NULL if there is no memory or no manifest. Free with
 * free(). */
char *jk_tender_json(const jk_tender *tender, const char *manifest);

#ifdef __cplusplus
}
#endif
#endif
