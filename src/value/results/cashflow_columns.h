/* SPDX-License-Identifier: Apache-2.0 */
/* The cash flow of a month as columns: what each is, and their order wherever they are written. */
#ifndef JK_VALUE_CASHFLOW_COLUMNS_H
#define JK_VALUE_CASHFLOW_COLUMNS_H

#include "base/words/listing.h"
#include "jalki/value.h"

enum {
    JK_CASHFLOW_GROSS,
    JK_CASHFLOW_INSTALMENTS,
    JK_CASHFLOW_COST,
    JK_CASHFLOW_SALE,
    JK_CASHFLOW_NET,
    JK_CASHFLOW_COUNT
};

/* As columns of a listing, from the one that the listing says. */
#define JK_CASHFLOW_LISTING(at)                                                                                        \
    [(at) +                                                                                                            \
        JK_CASHFLOW_GROSS] = JK_LISTED_MONEY("gross", "gross", "Expected collections"),                                \
        [(at) + JK_CASHFLOW_INSTALMENTS] =                                                                             \
            JK_LISTED_MONEY("instalments", "instalments", "The part of it that debtors who pay bring month by month"), \
        [(at) + JK_CASHFLOW_COST] = JK_LISTED_MONEY("cost", "cost", "Running costs, contingent fees and court fees"),  \
        [(at) + JK_CASHFLOW_SALE] = JK_LISTED_MONEY("sale", "sale", "Proceeds of claims sold on"),                     \
        [(at) + JK_CASHFLOW_NET] = JK_LISTED_MONEY("net", "net", "Collections and sales less their cost")

void jk_cashflow_amounts(const jk_month *month, double flows[JK_CASHFLOW_COUNT]);

#endif
