/* SPDX-License-Identifier: Apache-2.0 */
/* The chance to win by quadrature, and the bid that gains most by a scan and golden section (jalki/auction.h has the
 * belief and the formulas).
 *
 * P(b) is integrated by the trapezoidal rule over 18 standard deviations with 16 steps each: on a smooth integrand that
 * vanishes at both ends it converges faster than any power of the step (Trefethen, Weideman 2014). The expected gain
 * P(b) (worth given the win - b) need not have one maximum, so that 400 steps from the reserve to our value are scanned
 * first and only the step around the best is narrowed; no bid above our value gains, as winning never raises the
 * estimate. */
#include "deal/auction.h"

#include <math.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/number/normal.h"

/* The trapezoidal rule converges faster than any power of the step on a smooth integrand that vanishes at both ends;
 * the form that is integrated is the one whose inner slope is at most 1, so that this step leaves less than 1e-12. */
enum { STEPS_PER_UNIT = 16, REACH = 9 };
enum { SCAN = 400, NARROWINGS = 60, HALVINGS = 60 };

jk_status jk_auction_check(const jk_auction *auction, jk_error *error) {
    bool good = auction->value > 0.0 && isfinite(auction->value) && auction->rivals >= 0 &&
                auction->rivals <= JK_RIVALS_MAX && auction->level > 0.0 && isfinite(auction->level) &&
                auction->spread >= 0.0 && auction->spread <= 10.0 && auction->error >= 0.0 && auction->error <= 10.0 &&
                auction->correlation >= 0.0 && auction->correlation <= 1.0 && auction->reserve >= 0.0;
    if (!good) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "an auction takes a value above 0, 0 to %d rivals, a level above 0, spread and error from 0 to "
                       "10, a correlation from 0 to 1 and a reserve not below 0",
                       (int)JK_RIVALS_MAX);
    }
    double own = auction->error * sqrt(1.0 - auction->correlation);
    if (own > auction->spread * (1.0 + 1e-12)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL,
                       "rivals' bids that spread by %g around our value cannot all know better than an estimate whose "
                       "own error is %g; expected a spread of at least error x sqrt(1 - correlation)",
                       auction->spread, own);
    }
    return JK_OK;
}

/* What an auction comes to in standard units. */
typedef struct belief {
    int rivals;
    double own;  /* a: the part of our error that rivals do not share */
    double rest; /* s: what makes a rival's bid differ once that is known */
} belief;

static belief belief_of(const jk_auction *auction) {
    double own = auction->error * sqrt(1.0 - auction->correlation);
    double rest = auction->spread * auction->spread - own * own;
    return (belief){auction->rivals, own, rest > 0.0 ? sqrt(rest) : 0.0};
}

static double power(double base, int exponent) {
    double result = 1.0;
    for (; exponent > 0; exponent /= 2, base *= base) {
        result *= exponent % 2 == 1 ? base : 1.0;
    }
    return result;
}

/* The integrand at one point of the standard normal's axis. Where rivals differ more among themselves than by our
 * error, over our error: all rivals are below. Else over the highest rival's own part: our error is small enough. */
static double integrand(const belief *b, double distance, double point) {
    if (b->rest >= b->own) {
        return jk_normal_density(point) * power(jk_normal_cdf((distance + b->own * point) / b->rest), b->rivals);
    }
    double highest = b->rivals * jk_normal_density(point) * power(jk_normal_cdf(point), b->rivals - 1);
    return highest * jk_normal_cdf((distance - b->rest * point) / b->own);
}

/* Chance that all rivals are below a bid whose logarithm lies `distance` above their median. */
static double chance_at(const belief *b, double distance) {
    if (b->rivals == 0) {
        return 1.0;
    }
    if (b->own == 0.0) {
        return b->rest > 0.0 ? power(jk_normal_cdf(distance / b->rest), b->rivals) : (distance >= 0.0 ? 1.0 : 0.0);
    }
    double sum = 0.0;
    for (int i = -REACH * STEPS_PER_UNIT; i <= REACH * STEPS_PER_UNIT; i++) {
        sum += integrand(b, distance, (double)i / STEPS_PER_UNIT);
    }
    sum /= STEPS_PER_UNIT;
    return sum < 1.0 ? sum : 1.0;
}

jk_auction_bid jk_auction_at(const jk_auction *auction, double bid) {
    jk_auction_bid result = {.bid = bid, .worth = NAN, .gain_if_won = NAN};
    if (bid < auction->reserve || (bid <= 0.0 && auction->rivals > 0)) {
        return result;
    }
    belief b = belief_of(auction);
    double distance = auction->rivals > 0 ? jk_log(bid / (auction->level * auction->value)) : 0.0;
    result.chance = chance_at(&b, distance);
    if (result.chance > 0.0) {
        double overestimated = b.rivals == 0 || b.own == 0.0 ? result.chance : chance_at(&b, distance - b.own * b.own);
        result.worth = auction->value * overestimated / result.chance;
        result.gain_if_won = result.worth - bid;
        result.expected_gain = auction->value * overestimated - result.chance * bid;
    }
    return result;
}

/* ---- the best bid --------------------------------------------------------------------------------------------- */

/* What a bid that hardly ever wins gains is no reason to bid it. */
static double gain_at(const jk_auction *auction, double bid) {
    jk_auction_bid at = jk_auction_at(auction, bid);
    return at.chance >= JK_AUCTION_CHANCE ? at.expected_gain : -INFINITY;
}

static bool worth_its_price(const jk_auction *auction, double bid) {
    jk_auction_bid at = jk_auction_at(auction, bid);
    return at.chance >= JK_AUCTION_CHANCE && at.gain_if_won >= 0.0;
}

static double narrow(const jk_auction *auction, double low, double high) {
    const double golden = 0.61803398874989484820;
    for (int i = 0; i < NARROWINGS && high - low > 1e-12 * high; i++) {
        double a = high - golden * (high - low);
        double b = low + golden * (high - low);
        if (gain_at(auction, a) < gain_at(auction, b)) {
            low = a;
        } else {
            high = b;
        }
    }
    return 0.5 * (low + high);
}

/* The bid with the largest expected gain. Above `value` nothing is gained, as winning never raises the estimate. */
static jk_auction_bid best_bid(const jk_auction *auction) {
    double low = auction->reserve;
    jk_auction_bid best = jk_auction_at(auction, low);
    double most = gain_at(auction, low);
    if (auction->rivals == 0 || low >= auction->value) {
        return best;
    }
    double step = (auction->value - low) / SCAN;
    int at = 0;
    for (int i = 1; i <= SCAN; i++) {
        double gain = gain_at(auction, low + i * step);
        if (gain > most) {
            at = i;
            most = gain;
            best = jk_auction_at(auction, low + i * step);
        }
    }
    double from = low + (at > 0 ? at - 1 : 0) * step;
    jk_auction_bid fine = jk_auction_at(auction, narrow(auction, from, low + (at + 1 < SCAN ? at + 1 : SCAN) * step));
    return fine.expected_gain > best.expected_gain ? fine : best;
}

/* The highest bid that wins something worth its price: from above, the first of the scan that does, refined. */
static double find_break_even(const jk_auction *auction) {
    double low = auction->reserve;
    double step = (auction->value - low) / SCAN;
    if (!(step >= 0.0)) {
        return NAN;
    }
    if (worth_its_price(auction, auction->value)) {
        return auction->value;
    }
    for (int i = SCAN - 1; i >= 0; i--) {
        double inside = low + i * step;
        if (!worth_its_price(auction, inside)) {
            continue;
        }
        double outside = inside + step;
        for (int k = 0; k < HALVINGS; k++) {
            double middle = 0.5 * (inside + outside);
            if (worth_its_price(auction, middle)) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        return inside;
    }
    return NAN;
}

jk_auction_advice jk_auction_best(const jk_auction *auction) {
    jk_auction certain = *auction;
    certain.error = 0.0;
    jk_auction_advice advice = {.best = best_bid(auction), .break_even = find_break_even(auction)};
    advice.naive = jk_auction_at(auction, best_bid(&certain).bid);
    advice.bids = advice.best.expected_gain > 0.0 && advice.best.chance >= JK_AUCTION_CHANCE;
    return advice;
}
