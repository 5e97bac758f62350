/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes as numbers. Every figure is argued in docs/generator.md; most are modelling choices around a few
 * published marginals, and none is an estimate of a real portfolio. */
#include "generate/shapes.h"

static const char *const country_names[COUNTRY_COUNT] = {"FI", "SE", "DK", "NO", "EE"};
static const char *const currency_names[CURRENCY_COUNT] = {"EUR", "SEK", "DKK", "NOK"};
static const char *const product_names[PRODUCT_COUNT] = {"consumer_loan", "credit_card", "telecom", "utility",
                                                         "rent",          "invoice",     "medical", "business_loan"};

enum { EUR, SEK, DKK, NOK };

const country_shape jk_generate_countries[COUNTRY_COUNT] = {
    {.share = 0.29,
     .business_share = 0.10,
     .currency = EUR,
     .per_euro = 1.0,
     .price_level = 1.0,
     .income_level = 1.0,
     .titled = 0.68,
     .letter_interrupts = true,
     .loan_period = 36,
     .trade_period = {36, 36},
     .title_renewal = 200,
     .statutory = {950, 1050},
     .protected_base = 990.9,
     .protected_dependant = 289.8,
     .fee_cap = {60, 120, 210},
     .court_cost = 175},
    {.share = 0.38,
     .business_share = 0.09,
     .currency = SEK,
     .per_euro = 11.30,
     .price_level = 1.0,
     .income_level = 0.98,
     .titled = 0.70,
     .letter_interrupts = true,
     .loan_period = 120,
     .trade_period = {36, 120},
     .title_renewal = 200,
     .statutory = {1000, 1000},
     .protected_base = 539,
     .protected_dependant = 320,
     .housing_protected = true,
     .fee_cap = {37, 37, 37},
     .court_cost = 60},
    {.share = 0.12,
     .business_share = 0.12,
     .currency = DKK,
     .per_euro = 7.463,
     .price_level = 1.15,
     .income_level = 1.25,
     .titled = 0.60,
     .lets_lapse = true,
     .loan_period = 120,
     .trade_period = {36, 36},
     .title_renewal = 112,
     .statutory = {975, 975},
     .protected_base = 970,
     .protected_dependant = 338,
     .housing_protected = true,
     .fee_cap = {54, 134, 302},
     .court_cost = 100},
    {.share = 0.16,
     .business_share = 0.11,
     .currency = NOK,
     .per_euro = 11.63,
     .price_level = 1.15,
     .income_level = 1.32,
     .titled = 0.64,
     .lets_lapse = true,
     .loan_period = 120,
     .trade_period = {36, 36},
     .title_renewal = 112,
     .statutory = {1200, 1200},
     .protected_base = 922,
     .protected_dependant = 350,
     .housing_protected = true,
     .fee_cap = {42, 96, 193},
     .court_cost = 125},
    {.share = 0.05,
     .business_share = 0.14,
     .currency = EUR,
     .per_euro = 1.0,
     .price_level = 0.6,
     .income_level = 0.62,
     .titled = 0.62,
     .lets_lapse = true,
     .loan_period = 36,
     .trade_period = {36, 36},
     .title_renewal = 112,
     .statutory = {1015, 1015},
     .protected_base = 886,
     .protected_dependant = 295,
     .fee_cap = {30, 40, 50},
     .court_cost = 90},
};

/* In the order of product_names. */
const product_shape jk_generate_products[PRODUCT_COUNT] = {
    {{0.17, 0.0}, {2400, 0}, 0.95, 2.6, 4, 14, true, 900, 2000},
    {{0.12, 0.0}, {1350, 0}, 0.90, 2.8, 4, 12, true, 1000, 1900},
    {{0.18, 0.15}, {135, 420}, 0.90, 2.6, 3, 9, false, 0, 0},
    {{0.10, 0.14}, {175, 560}, 0.95, 2.4, 3, 9, false, 0, 0},
    {{0.03, 0.06}, {900, 2800}, 0.85, 2.8, 2, 8, false, 0, 0},
    {{0.33, 0.52}, {85, 800}, 1.00, 2.0, 3, 10, false, 0, 0},
    {{0.07, 0.02}, {60, 140}, 0.80, 3.0, 3, 9, false, 0, 0},
    {{0.0, 0.11}, {0, 9500}, 1.10, 1.6, 4, 14, true, 500, 1400},
};

const char *const *jk_generate_dictionary(jk_column column, size_t *count) {
    switch (column) {
    case JK_COLUMN_COUNTRY:
        *count = COUNTRY_COUNT;
        return country_names;
    case JK_COLUMN_PRODUCT:
        *count = PRODUCT_COUNT;
        return product_names;
    case JK_COLUMN_CURRENCY:
        *count = CURRENCY_COUNT;
        return currency_names;
    default:
        *count = 0;
        return NULL;
    }
}
