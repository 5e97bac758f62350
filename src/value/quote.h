/* SPDX-License-Identifier: Apache-2.0 */
/* What claims are worth, and the figures that the trade quotes beside a bid, as columns of a listing and as keys of
 * JSON: one text for all tables that have them. */
#ifndef JK_VALUE_QUOTE_H
#define JK_VALUE_QUOTE_H

#include "base/words/listing.h"
#include "jalki/value.h"

/* Value, value in per cent of face, bid, collections and net of a group: five columns from one that the listing says.
 */
#define JK_WORTH_LISTING(at)                                                                                           \
    [(at)] = JK_LISTED_MONEY("value", "value", "Their worth at the required return, before onboarding"),               \
    [(at) + 1] = {"value_pct_of_face", "% of face", "%", "Value in per cent of face", JK_LISTING_NUMBER, 4},           \
    [(at) + 2] = JK_LISTED_MONEY("bid", NULL, "Value less onboarding"),                                                \
    [(at) + 3] = JK_LISTED_MONEY("erc_gross", "gross", "Collections over the whole horizon"),                          \
    [(at) + 4] = JK_LISTED_MONEY("erc_net", "net", "Collections and sales less their cost")

/* The figures of the trade: their order in a listing, from the column that the listing says. */
enum {
    JK_QUOTE_GROSS_MULTIPLE,
    JK_QUOTE_WAL,
    JK_QUOTE_GROSS_IRR,
    JK_QUOTE_NET_IRR,
    JK_QUOTE_NPV,
    JK_QUOTE_COLUMNS = JK_QUOTE_NPV + JK_NPV_COUNT
};

#define JK_QUOTE_LISTING(at)                                                                                           \
    [(at) +                                                                                                            \
        JK_QUOTE_GROSS_MULTIPLE] = {"gross_multiple",                                                                  \
                                    NULL,                                                                              \
                                    "",                                                                                \
                                    "Gross money multiple: collections and sales over bid and onboarding",             \
                                    JK_LISTING_NUMBER,                                                                 \
                                    6},                                                                                \
        [(at) + JK_QUOTE_WAL] = {"wal_years",       NULL, "years", "Weighted average life of collections and sales",   \
                                 JK_LISTING_NUMBER, 6},                                                                \
        [(at) + JK_QUOTE_GROSS_IRR] = {"gross_irr",                                                                    \
                                       NULL,                                                                           \
                                       "a year",                                                                       \
                                       "Return of collections and sales, before their cost, on bid and onboarding",    \
                                       JK_LISTING_NUMBER,                                                              \
                                       8},                                                                             \
        [(at) +                                                                                                        \
            JK_QUOTE_NET_IRR] = {"net_irr",         NULL, "a year", "Return of the net flows on bid and onboarding",   \
                                 JK_LISTING_NUMBER, 8},                                                                \
        [(at) + JK_QUOTE_NPV] = {"npv_12",          NULL,                                                              \
                                 "money",           "Present value of the first 12 months' net at the return",         \
                                 JK_LISTING_NUMBER, 2},                                                                \
        [(at) + JK_QUOTE_NPV + 1] = {"npv_24", NULL, "money", "Of the first 24 months", JK_LISTING_NUMBER, 2},         \
        [(at) + JK_QUOTE_NPV + 2] = {"npv_36", NULL, "money", "Of the first 36 months", JK_LISTING_NUMBER, 2}

/* Fills JK_QUOTE_COLUMNS cells from `cells` on. */
void jk_quote_fill(const jk_offer *offer, jk_cell *cells);

/* Adds gross_multiple, wal_years, gross_irr, net_irr and npv (by months) to an object. */
void jk_quote_json(jk_json_builder *builder, json_t *object, const jk_offer *offer);

#endif
