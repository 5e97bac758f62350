/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the generator: the shapes of countries and products (one table each, argued in docs/generator.md), and the
 * steps from a row number to a claim: layout -> debtor -> claim. Amounts are in euro until a claim is written down;
 * durations are months before the cut-off. */
#ifndef JK_GENERATE_SHAPES_H
#define JK_GENERATE_SHAPES_H

#include "generate/random.h"
#include "jalki/generate.h"

enum { GENERATE_GROUP_ROWS = 4096, GENERATE_GROUP_DEBTORS = 2560 };

enum { COUNTRY_COUNT = 5, CURRENCY_COUNT = 4, PRODUCT_COUNT = 8 };
/* Codes of the products that the rules below name; the rest are reached by the table alone. */
enum { PRODUCT_CONSUMER_LOAN, PRODUCT_CREDIT_CARD };

typedef struct country_shape {
    double share;          /* of debtors */
    double business_share; /* of its debtors */
    int32_t currency;      /* index into the dictionary of currencies */
    double per_euro;       /* currency units for one euro */
    double price_level;    /* claims and costs of living against Finland */
    double income_level;   /* net incomes against Finland */
    double titled;         /* share of old, large claims with a title */
    bool letter_interrupts;
    bool lets_lapse;            /* untitled trade claims that a letter cannot keep alive are rarely on a tape */
    double loan_period;         /* limitation without a title, months: money loans */
    double trade_period[2];     /* the same for other claims, by debtor type */
    double title_renewal;       /* months after which a title is usually renewed by a new step */
    int32_t statutory[2];       /* late-payment interest in 1/10000 a year, by debtor type */
    double protected_base;      /* income that a debtor keeps, euro a month */
    double protected_dependant; /* more for each dependant */
    bool housing_protected;     /* housing cost is protected as well */
    double fee_cap[3];          /* collection fees, euro: principal up to 100, up to 1000, above */
    double court_cost;          /* awarded with a title, euro */
} country_shape;

typedef struct product_shape {
    double weight[2];            /* share among claims, by debtor type */
    double median[2];            /* principal, euro, by debtor type; 0 where it does not occur */
    double spread;               /* sigma of the log-normal body */
    double tail;                 /* Pareto index of the upper tail */
    double lag_low, lag_high;    /* months from first unpaid due date to write-off */
    bool loan;                   /* a money loan in the law of limitation */
    int32_t rate_low, rate_high; /* contract rate in 1/10000 a year; 0: only statutory interest */
} product_shape;

extern const country_shape jk_generate_countries[COUNTRY_COUNT];
extern const product_shape jk_generate_products[PRODUCT_COUNT];

/* What befell the debtor; decides the status of all its claims. */
typedef enum debtor_state { DEBTOR_NORMAL, DEBTOR_BANKRUPT, DEBTOR_ADJUSTMENT, DEBTOR_DECEASED } debtor_state;

typedef struct generated_debtor {
    int32_t country;
    int8_t type; /* jk_debtor_type */
    debtor_state state;
    double distress; /* standard normal: how deep in trouble */
    double size;     /* standard normal: whether its claims are large */
    double trouble;  /* 0..1: when it got into trouble, as a rank of ages of debt */
    double age;      /* years at the cut-off; 200 for businesses (an age limits nothing) */
    double spare;    /* income above what it keeps, euro a month; 0 for businesses */
    bool shows_age, shows_income, shows_dependants, shows_housing, shows_other_debt, shows_marks, shows_vulnerable;
    double income, housing; /* euro a month */
    double other_debt;      /* euro */
    int32_t dependants, marks;
    int8_t employment, reachable, vulnerable; /* as stored, may be missing */
} generated_debtor;

typedef struct generated_claim {
    int32_t product;
    int8_t status; /* jk_legal_status */
    bool titled;
    double default_age, write_off_age; /* months before the cut-off */
    double last_paid_age;              /* months; below 0: never paid */
    double title_age;                  /* months; below 0: none */
    double limitation_in;              /* months from the cut-off, may be negative */
    bool shows_default, shows_limitation, shows_title, shows_product, shows_currency, shows_type, shows_status;
    bool shows_interest, shows_fees, shows_original, shows_rate, shows_payments, shows_promises, shows_placements;
    bool shows_instalment;
    double principal, interest, fees, original; /* euro */
    double payments_12m, payments_24m;          /* euro */
    double instalment;                          /* euro a month; 0: nothing is paid now */
    int32_t rate;                               /* 1/10000 a year */
    int32_t kept, broken, placements;
} generated_claim;

/* Debtor number of each row of a group; see layout.c. */
void jk_generate_layout(uint64_t seed, uint64_t group, int32_t debtor[GENERATE_GROUP_ROWS]);

void jk_generate_debtor(uint64_t seed, int32_t number, generated_debtor *debtor);

void jk_generate_claim(uint64_t seed, uint64_t row, const generated_debtor *debtor, generated_claim *claim);

#endif
