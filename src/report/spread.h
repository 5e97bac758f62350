/* SPDX-License-Identifier: Apache-2.0 */
/* How face and value spread: by segment and age of the debt, and over claims and debtors (concentration). A sink of the
 * engine keeps each claim's value and balance. */
#ifndef JK_REPORT_SPREAD_H
#define JK_REPORT_SPREAD_H

#include "jalki/reprice.h"

enum { JK_LORENZ_POINTS = 101, JK_TOP_SHARES = 4 };

/* Sums of the claims of one segment and band of ages, in 2^-20 currency units. */
typedef struct jk_spread_cell {
    int64_t claims, face, value;
} jk_spread_cell;

typedef struct jk_spread {
    size_t rows, segments;
    int64_t *face, *value; /* [rows], 2^-20 currency units */
    int threads;
    jk_spread_cell *cells; /* [threads][segments][JK_BOOK_BANDS]; jk_spread_finish adds all to the first and last one */
} jk_spread;

jk_status jk_spread_init(jk_spread *spread, size_t rows, size_t segments, jk_error *error);
void jk_spread_reset(jk_spread *spread);
jk_value_sink jk_spread_sink(jk_spread *spread);
void jk_spread_finish(jk_spread *spread);

/* Parts of a whole that few hold much of. */
typedef struct jk_concentration {
    size_t count;                    /* holders */
    int has_shares;                  /* 0: the whole is 0, and the rest is empty */
    double gini;                     /* 0: all hold the same; near 1: one holds all */
    size_t top_count[JK_TOP_SHARES]; /* the largest 1 %, 5 %, 10 %, 25 % of the holders, at least one */
    double top_share[JK_TOP_SHARES]; /* of the whole */
    double lorenz[JK_LORENZ_POINTS]; /* share of the whole that the smallest 0, 1, ... 100 % hold */
} jk_concentration;
extern const int jk_top_percent[JK_TOP_SHARES];

/* Sorts amounts[count], none below 0, and measures. */
void jk_concentration_measure(int64_t *amounts, size_t count, jk_concentration *concentration);

#endif
