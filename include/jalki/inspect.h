/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a tape: the figures that a buyer of debts reads before pricing it.
 *
 *     jk_inspection *inspection = NULL;
 *     jk_inspect_options options = jk_inspect_defaults();
 *     jk_inspect_run(tape, &options, &inspection, &error);
 *     ...
 *     jk_inspect_free(inspection);
 *
 * The tape is streamed once; memory is bounded by threads and groups, not by rows (but 4 bytes per debtor). All counts
 * and sums are integers, so the figures do not depend on threads. Amounts of different currencies are never added:
 * money is shown per currency, the JK_INSPECT_CURRENCIES most frequent ones by themselves, claims in others are only
 * counted. With a model that says the exchange rates all of it is told in the model's base currency instead, each
 * amount rounded to the hundredth: one currency then.
 *
 * Quantiles are the value at rank ceil(p·n), read from a histogram: exact for dates within about 55 years before and 12
 * after the cut-off, for counts below 512 and for extremes; elsewhere within 0.2 % of the value.
 */
#ifndef JALKI_INSPECT_H
#define JALKI_INSPECT_H

#include "jalki/listing.h"
#include "jalki/model.h"
#include "jalki/tape.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    JK_INSPECT_CURRENCIES = 6,            /* currencies with amounts of their own */
    JK_INSPECT_GROUPS = 12,               /* groups of `by` of their own; the rest is "(other)" */
    JK_INSPECT_TOP = 5,                   /* largest claims named, per currency */
    JK_INSPECT_BALANCE = JK_COLUMN_COUNT, /* item: principal + interest_accrued + fees */
    JK_INSPECT_ITEMS = JK_COLUMN_COUNT + 1
};

typedef struct jk_inspect_options {
    int by;              /* a dictionary or enumeration column to group by; -1: none */
    const char *by_name; /* instead of it, an own column of texts by its name on the tape; NULL: none */
    /* Columns with commas between whose combinations are counted, too: those of the tape with texts or levels,
     * balance_band (in the currency that the balance is told in), vintage, last_payment; NULL: none. */
    const char *by_columns;
    int32_t cutoff;       /* JK_MISSING_INTEGER: the tape's */
    const jk_model *told; /* in whose base currency amounts are told, at its rates; NULL: each in its own */
    jk_run run;
} jk_inspect_options;

jk_inspect_options jk_inspect_defaults(void);

typedef struct jk_inspect_amounts {
    uint64_t claims;
    double balance[JK_INSPECT_CURRENCIES]; /* in units of each currency */
} jk_inspect_amounts;

/* Numbers of one column: money in currency units, dates in days since 1970-01-01, rates as fractions. All but `given`
 * and `missing` are 0 where nothing is given. */
typedef struct jk_inspect_series {
    uint64_t given, missing;
    double minimum, p01, quartile[3], p99, maximum, mean;
    /* Robust fences (Tukey 1977): three interquartile ranges beyond the quartiles; for money with a positive lower
     * quartile one and a half on the scale of ratios, because amounts are skewed. No fences (and none beyond) where the
     * quartiles are equal. */
    int has_fences;
    double fence_low, fence_high;
    uint64_t below, above;
} jk_inspect_series;

typedef struct jk_inspect_level {
    const char *name; /* "(missing)" for rows without one */
    jk_inspect_amounts amounts;
} jk_inspect_level;

typedef struct jk_inspect_column {
    uint64_t given, missing;
    int is_constant; /* more than one row gives it, and all the same value */
    size_t distinct; /* levels that occur, without missing; dictionaries and enumerations only */
    size_t level_count;
    const jk_inspect_level *levels; /* by claims, most first; missing is one of them */
} jk_inspect_column;

typedef struct jk_inspect_band {
    const char *name; /* "1-2 years", "3 claims" */
    uint64_t debtors; /* bands of claims per debtor only */
    jk_inspect_amounts amounts;
} jk_inspect_band;

/* A pattern that a buyer asks the seller about. */
typedef struct jk_inspect_check {
    const char *name;    /* "principal_above_original" */
    const char *meaning; /* one sentence */
    jk_inspect_amounts amounts;
} jk_inspect_check;

typedef struct jk_inspect_claim {
    char claim_id[JK_TEXT_MAX + 1];
    uint64_t row; /* from 0 */
    double balance;
} jk_inspect_claim;

/* Figures of all claims (group 0) or of one level of `by`. */
typedef struct jk_inspect_group {
    const char *name; /* "all" for group 0 */
    jk_inspect_amounts amounts;
    uint64_t currency_claims[JK_INSPECT_CURRENCIES];
    const jk_inspect_check *checks; /* check_count of the inspection */
    const jk_inspect_series *series;
} jk_inspect_group;

typedef struct jk_inspect_combinations jk_inspect_combinations;

typedef struct jk_inspection {
    uint64_t rows, debtors, largest_debtor; /* claims of the debtor with most */
    int32_t cutoff;                         /* JK_MISSING_INTEGER: unknown; then there are no ages */
    size_t currency_count;
    const char *currency[JK_INSPECT_CURRENCIES]; /* most claims first; "(none)" where the tape names none */
    uint64_t other_currency_claims;
    const jk_model *told;                  /* of the options */
    jk_inspect_combinations *combinations; /* of by_columns, or NULL */
    double principal[JK_INSPECT_CURRENCIES], interest[JK_INSPECT_CURRENCIES], fees[JK_INSPECT_CURRENCIES];
    double top_percent_share[JK_INSPECT_CURRENCIES]; /* of the balance, held by the largest 1 % of claims */
    size_t column_count; /* of columns that such a tape can have, in their order, and own ones that this tape has */
    jk_column column[JK_COLUMN_COUNT];
    jk_extras extras;                           /* names of the own ones; the tape's */
    jk_inspect_column columns[JK_COLUMN_COUNT]; /* by column */
    size_t age_count, debtor_band_count, check_count, group_count;
    const jk_inspect_band *ages;         /* years since write-off */
    const jk_inspect_band *debtor_bands; /* claims per debtor */
    const jk_inspect_group *groups;      /* group_count of them; 0 is the whole tape */
    size_t top_count[JK_INSPECT_CURRENCIES];
    jk_inspect_claim top[JK_INSPECT_CURRENCIES][JK_INSPECT_TOP];
} jk_inspection;

/* JK_ERROR_DATA if the model that it is told by has no rate of a currency of the tape; JK_ERROR_ARGUMENT if `by` is no
 * dictionary or enumeration column, or the tape has no texts under `by_name`; otherwise as jk_tape_read. */
jk_status jk_inspect_run(const jk_tape *tape, const jk_inspect_options *options, jk_inspection **inspection,
                         jk_error *error);
void jk_inspect_free(jk_inspection *inspection); /* NULL is accepted */

/* Items: the columns of jk_inspection.column, and behind them the balance: `place` from 0 to column_count. */
static inline int jk_inspect_item(const jk_inspection *inspection, size_t place) {
    return place < inspection->column_count ? (int)inspection->column[place] : (int)JK_INSPECT_BALANCE;
}

/* 1 if the item has a series: all columns but texts, dictionaries, enumerations and debtor_index; and the balance. */
int jk_inspect_is_numeric(int item);
int jk_inspect_is_money(int item); /* its series are per currency */
const char *jk_inspect_item_name(const jk_inspection *inspection, int item);

/* The series of an item in a group; `currency` matters for money only. */
const jk_inspect_series *jk_inspect_series_of(const jk_inspection *inspection, size_t group, int item, size_t currency);

/* All figures as one JSON object; to be freed. NULL: no memory. */
char *jk_inspect_json(const jk_tape *tape, const jk_inspection *inspection);

/* The same as rows with their columns described, for NULL the columns alone: the balance by currency, and the largest
 * claims of each; the tape's columns; the spread of its numbers by group; balances of groups, patterns and ages by
 * currency, and claims per debtor; combinations of columns by currency. The levels of one column of an inspection,
 * those with most claims first, have the columns of amounts. */
jk_listing jk_inspect_currencies_listing(const jk_inspection *inspection);
jk_listing jk_inspect_largest_listing(const jk_inspection *inspection);
jk_listing jk_inspect_columns_listing(const jk_inspection *inspection);
jk_listing jk_inspect_numbers_listing(const jk_inspection *inspection);
jk_listing jk_inspect_amounts_listing(const jk_inspection *inspection);
jk_listing jk_inspect_levels_listing(const jk_inspection *inspection, jk_column column);
jk_listing jk_inspect_combinations_listing(const jk_inspection *inspection);

/* All figures, one a line, for pivot tables; their listing. */
jk_listed *jk_inspect_figures(const jk_inspection *inspection);
jk_listing jk_inspect_figures_listing(const jk_listed *figures);

#ifdef __cplusplus
}
#endif
#endif
