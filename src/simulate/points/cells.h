/* SPDX-License-Identifier: Apache-2.0 */
/* Cells: claims that are alike, as sums. A cell is named by what its claims share exactly (segment, jurisdiction,
 * class, title state, whether the debtor pays, allowed actions, what is done first) and by the bins of a
 * grid into which the rest falls. Bins of one level nest in those of the next, so that a table can be made coarser
 * without its claims.
 *
 * All sums are integers: the table of a set of claims does not depend on their order, nor on how they were divided
 * among tables that are added up later. */
#ifndef JK_SIMULATE_CELLS_H
#define JK_SIMULATE_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/number/wide.h"
#include "jalki/plan.h"

enum { JK_CELL_LEVELS = 10, JK_CELL_BINS = 10 };

/* The grid. Months before a bar count up to `bar_limit` (beyond it nothing differs). */
typedef struct jk_cell_grid {
    int epoch_count;
    const int32_t *epoch_end; /* [epochs] months */
    float bar_limit;
    size_t every; /* one claim of so many, a power of two, is looked at under stress, too */
} jk_cell_grid;

typedef struct jk_cell_key {
    uint16_t segment, jurisdiction;
    uint8_t capacity_class, title_state, allowed, flags;
    uint32_t plan;
    uint16_t bin[JK_CELL_BINS];
} jk_cell_key;

typedef struct jk_claims_cell {
    jk_cell_key key;
    uint64_t claims;
    int64_t balance, interest, interruption; /* base currency, 2^-20 */
    int64_t share;                           /* 2^-30 */
    int64_t value, gross, net;               /* of the claims in the base case, 2^-20 */
    int64_t part;                            /* the gross of those that are looked at under stress */
    /* Weighted with the balance. */
    jk_wide theta, fading, instalment, dividend, garnish, mortality, exit_status, bar_untitled, bar_titled, age;
    jk_wide balance_squared;
} jk_claims_cell;

/* An action as part of what is done first: of those who pay or not, in a class. */
enum { JK_CELL_ACTION_BITS = 3 };
static inline uint32_t jk_cell_action(uint32_t action, bool paying, int capacity) {
    return action << JK_CELL_ACTION_BITS * ((paying ? JK_CAPACITY_COUNT : 0) + capacity);
}

/* One claim as cells see it. */
typedef struct jk_cell_claim {
    float balance, interest_monthly, theta, fading, instalment, dividend, garnish, share, mortality, exit_status,
        bar_untitled, bar_titled, interruption;
    int32_t age_months;
    uint16_t segment, jurisdiction;
    uint32_t plan; /* what is done first: jk_cell_action of all classes */
    uint8_t capacity_class, title_state, paying, allowed;
    float value, gross, net;
} jk_cell_claim;

typedef struct jk_cells {
    jk_cell_grid grid;
    int level;   /* 0: the finest */
    size_t most; /* cells; beyond it the table becomes coarser */
    size_t count, room;
    jk_claims_cell *cell; /* [room], in the order of their coming */
    uint32_t *slot;       /* [slots] 1 + index, 0: free */
    size_t slots;         /* a power of two */
} jk_cells;

jk_status jk_cells_init(jk_cells *cells, const jk_cell_grid *grid, size_t most, jk_error *error);
void jk_cells_reset(jk_cells *cells);

/* Whether a claim is looked at under stress, by its bytes. */
bool jk_cell_claim_is_part(const jk_cell_claim *claim, size_t every);

void jk_cell_claim_of(const jk_terms *terms, const jk_plan_results *results, size_t row, jk_cell_claim *claim);

/* Adds a claim; makes the table coarser where it would hold more than `most` cells. JK_ERROR_MEMORY. */
jk_status jk_cells_add(jk_cells *cells, const jk_cell_claim *claim, jk_error *error);

/* Takes a claim out again that was added before. */
void jk_cells_remove(jk_cells *cells, const jk_cell_claim *claim);

/* Adds all of `from`; both end at the coarser of their levels. */
jk_status jk_cells_merge(jk_cells *cells, jk_cells *from, jk_error *error);

/* A copy of `from` at `level`, which must not be finer, without empty cells, sorted by key. */
jk_status jk_cells_at_level(jk_cells *cells, const jk_cells *from, int level, jk_error *error);

/* Row `row` of the terms: a claim; the mean claim of a cell, with the sums of what is proportional to its size. */
void jk_cell_claim_put(const jk_cell_claim *claim, jk_terms *terms, size_t row);
void jk_cell_put(const jk_claims_cell *cell, jk_terms *terms, size_t row);

#endif
