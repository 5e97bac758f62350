/* SPDX-License-Identifier: Apache-2.0 */
/* Bids in auctions, as jalki/auction.h says. */
#ifndef JK_DEAL_AUCTION_H
#define JK_DEAL_AUCTION_H

#include "jalki/auction.h"

/* JK_ERROR_ARGUMENT for figures outside the ranges that are said there. */
jk_status jk_auction_check(const jk_auction *auction, jk_error *error);

/* A bid of an auction that jk_auction_check has passed. A bid equal to the reserve is taken; equal to a rival's, it
 * wins.
 */
jk_auction_bid jk_auction_at(const jk_auction *auction, double bid);
jk_auction_advice jk_auction_best(const jk_auction *auction);

#endif
