/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of history, by segment. Amounts stand on the grid of portfolio sums (base/number/grid.h); their squares are
 * exact in 128 bits. */
#ifndef JK_HISTORY_HISTORY_H
#define JK_HISTORY_HISTORY_H

#include "base/number/grid.h"
#include "base/number/wide.h"
#include "history/class_matrix.h"
#include "jalki/transitions.h"

typedef struct jk_settlement_sums {
    int64_t count;
    jk_wide cash, balance;
    jk_wide cash_cash, cash_balance, balance_balance;
} jk_settlement_sums;

typedef struct jk_segment_history {
    jk_class_counts classes[JK_TREATMENT_COUNT];
    int64_t deaths, insolvencies;
    jk_wide months;
    jk_wide known_exits;                                                         /* on the square of the grid */
    int64_t pending[JK_TRANSITION_MONTHS_MAX], titles[JK_TRANSITION_MONTHS_MAX]; /* by length of the period */
    jk_settlement_sums settlement[JK_TREATMENT_COUNT];
} jk_segment_history;

struct jk_history {
    size_t segments;
    int64_t too_long, rounded;
    jk_segment_history *segment;
};

/* The part of jk_history_add that counts classes and titles. */
void jk_history_add_states(jk_history *history, const jk_history_row *row);

static inline double jk_history_amount(jk_wide sum) {
    return (double)sum / JK_GRID_PER_UNIT;
}

static inline double jk_history_square(jk_wide sum) {
    return (double)sum / (JK_GRID_PER_UNIT * JK_GRID_PER_UNIT);
}

jk_history *jk_history_create(size_t segments); /* NULL if there is no memory */

/* Adds a row. Amounts beyond 1e9 and months beyond 600 are taken as those. Not thread-safe: one a thread, then merge.
 */
void jk_history_add(jk_history *history, const jk_history_row *row);

/* Adds the counts of `from`, which has as many segments. */
void jk_history_merge(jk_history *into, const jk_history *from);

#endif
