/* SPDX-License-Identifier: Apache-2.0 */
/* Bidding in a sealed first-price auction: the winner pays its own bid. What a bid gains on average, what it is likely
 * to win, and what winning says about one's own estimate.
 *
 * Belief. Our estimate of the portfolio's worth is `value`, right on average. Each rival's bid is log-normal: its
 * median is level x value, its logarithm has the standard deviation `spread` around that. Rivals are right or wrong
 * about the same portfolio as we are: our estimate has an error (standard deviation `error` of its logarithm), theirs
 * have errors like ours, correlated with ours and with each other by `correlation` (the same tape, the same bureau, the
 * same hopes). The part of our error that rivals do not share, a = error x sqrt(1 - correlation), is what their bids
 * know and we do not: they bid low where we have overestimated, and we win oftener there. That is the winner's curse
 * (Capen, Clapp and Campbell 1971; Milgrom and Weber 1982 for affiliated values).
 *
 * With g normal and s^2 = spread^2 - a^2, the chance to win with a bid b against N rivals is
 *     P(b) = E[ Phi((ln(b / (level value)) + a g) / s)^N ],
 * and the portfolio's worth, given that we win, is value x P(b exp(-a^2)) / P(b). With error = 0 values are private and
 * nothing is learnt from winning. Nothing is allocated. */
#ifndef JALKI_AUCTION_H
#define JALKI_AUCTION_H

#include "jalki/price.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_RIVALS_MAX = 1000 };
#define JK_AUCTION_CHANCE 1e-4 /* a bid that wins less often than this is not looked at */

typedef struct jk_auction {
    double value;       /* worth of the portfolio to us, at the required return, after onboarding; > 0 */
    int rivals;         /* 0..JK_RIVALS_MAX */
    double level;       /* median rival's bid / value, > 0 */
    double spread;      /* >= 0, and not below error x sqrt(1 - correlation) */
    double error;       /* >= 0 */
    double correlation; /* 0..1 */
    double reserve;     /* lowest price that the seller takes; 0: none */
} jk_auction;

typedef struct jk_auction_bid {
    double bid;
    double chance;        /* to win, 0..1 */
    double worth;         /* of the portfolio, given that this bid wins; NaN where it cannot win */
    double gain_if_won;   /* worth - bid */
    double expected_gain; /* chance x (worth - bid); 0 where it cannot win */
} jk_auction_bid;

typedef struct jk_auction_advice {
    int bids;             /* 0: no bid gains anything: do not bid */
    jk_auction_bid best;  /* the bid that gains most on average */
    jk_auction_bid naive; /* the bid that would gain most if our estimate were certain, and what it truly gains */
    double break_even;    /* the highest bid that does not lose on average when it wins; NaN: none */
} jk_auction_advice;

#ifdef __cplusplus
}
#endif
#endif
