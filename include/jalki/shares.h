/* SPDX-License-Identifier: Apache-2.0 */
/* The price of a portfolio by claim, so that a claim that goes back to the seller has a price: each claim's share of
 * what was paid is in proportion to its value at the required return (by largest remainders). Onboarding and floors
 * lower all shares alike; a claim that is worth nothing has no share. Shares depend on no order of rows: where claims
 * have the same remainder, the lower claim_id gets the cent.
 *
 *     jk_shares_create(tape, &shares, &error);
 *     sinks[0] = jk_shares_sink(shares);           a run over the tape
 *     jk_shares_make(shares, price, &error);
 *     jk_shares_write(shares, "shares.csv", &error);
 *
 * Takes 12 bytes a claim. */
#ifndef JALKI_SHARES_H
#define JALKI_SHARES_H

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_shares jk_shares;

/* `tape` must outlive the shares. */
jk_status jk_shares_create(const jk_tape *tape, jk_shares **shares, jk_error *error);
jk_value_sink jk_shares_sink(jk_shares *shares); /* keeps value and face of every row */
void jk_shares_free(jk_shares *shares);          /* NULL is accepted */

/* Shares a price out; may be called again with another price. */
jk_status jk_shares_make(jk_shares *shares, double price, jk_error *error);

/* Writes the columns of jk_shares_columns in tape order, amounts with 2 decimals; compressed if the name ends in
 * ".gz". The file appears whole or not at all. */
jk_status jk_shares_write(const jk_shares *shares, const char *path, jk_error *error);
jk_listing jk_shares_columns(void);

#ifdef __cplusplus
}
#endif
#endif
