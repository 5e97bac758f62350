/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over the tape behind jk_inspect_run: what each thread counts, and how the counts of threads are put together
 * (by addition only, so that their order does not matter). */
#ifndef JK_INSPECT_SCAN_H
#define JK_INSPECT_SCAN_H

#include <stdatomic.h>

#include "base/memory.h"
#include "base/team/team.h"
#include "inspect/checks.h"
#include "inspect/series.h"
#include "jalki/inspect.h"

enum {
    JK_SCAN_CURRENCIES = JK_INSPECT_CURRENCIES + 1, /* the last: others */
    JK_SCAN_GROUPS = JK_INSPECT_GROUPS + 1,         /* the last: others; one group where there is no `by` */
    JK_SCAN_SLOTS = JK_SCAN_CURRENCIES * JK_SCAN_GROUPS,
    JK_SCAN_AGES = 8,
    JK_SCAN_BLOCK_ROWS = 16384
};

typedef struct jk_scan_tally {
    uint64_t claims;
    jk_wide balance; /* hundredths */
} jk_scan_tally;

typedef struct jk_scan_top {
    int64_t balance;
    uint64_t row;
} jk_scan_top;

/* What one thread has counted. A slot is a group and a currency: group · JK_SCAN_CURRENCIES + currency. */
typedef struct jk_scan_counts {
    jk_scan_tally slots[JK_SCAN_SLOTS];
    jk_scan_tally checks[JK_SCAN_SLOTS][JK_CLAIM_CHECKS_MAX];
    jk_counts items[JK_SCAN_SLOTS][JK_INSPECT_ITEMS];
    jk_scan_tally ages[JK_SCAN_AGES][JK_SCAN_CURRENCIES];
    jk_wide parts[JK_SCAN_CURRENCIES][3]; /* principal, interest, fees */
    size_t top_count[JK_SCAN_CURRENCIES];
    jk_scan_top top[JK_SCAN_CURRENCIES][JK_INSPECT_TOP];
    /* Of dictionary and enumeration columns: level_count + 1 entries (missing first) for each currency. */
    jk_scan_tally *levels[JK_COLUMN_COUNT];
} jk_scan_counts;

/* How rows are counted; constant during the pass. */
typedef struct jk_scan {
    const jk_tape *tape;
    int by; /* -1: none */
    int32_t cutoff, cutoff_year;
    jk_scale dates, sizes;
    uint8_t *currency_of; /* by currency index + 1 */
    double *rate;         /* likewise, to the one currency that amounts are told in; NULL: each in its own */
    uint8_t *group_of;    /* by level + 1 of `by`; NULL where there is none */
    size_t column_count;  /* as in jk_inspection */
    const jk_column *column;
    size_t level_count[JK_COLUMN_COUNT];
    const jk_claim_check *checks;
    size_t check_count;
    _Atomic uint32_t *debtor_claims; /* by debtor_index */
} jk_scan;

/* Levels of a dictionary or enumeration column and the level of `row` in values read from it (-1: missing). */
const char *const *jk_scan_levels(const jk_tape *tape, jk_column column, size_t *count);
bool jk_scan_has_levels(jk_column column);
static inline int32_t jk_scan_level(jk_column column, const void *values, size_t row) {
    return jk_schema_column(column)->type == JK_TYPE_ENUM ? ((const int8_t *)values)[row]
                                                          : ((const int32_t *)values)[row];
}

/* Parts of a unit: 100 for money, 1,000,000 for rates, else 1. */
double jk_scan_per_unit(int item);
jk_scale jk_scan_scale(const jk_scan *scan, int item);

/* Item at a place: the columns, then the balance. */
static inline int jk_scan_item(const jk_scan *scan, size_t place) {
    return place < scan->column_count ? (int)scan->column[place] : (int)JK_INSPECT_BALANCE;
}

/* Counts all rows; the threads' counts are merged into *total, which is given back by jk_scan_counts_free. Ranks count
 * some of the blocks each, and all come to the counts of all. */
jk_status jk_scan_run(const jk_scan *scan, const jk_run *run, jk_scan_counts **total, jk_error *error);
jk_scan_counts *jk_scan_counts_create(const jk_scan *scan); /* NULL: no memory */
void jk_scan_counts_free(jk_scan_counts *counts);
/* Adds `from` to `to`; false: no memory. */
bool jk_scan_counts_merge(const jk_scan *scan, jk_scan_counts *to, const jk_scan_counts *from);

/* Blocks of JK_SCAN_BLOCK_ROWS that this process looks at, in any pass over the tape. */
void jk_scan_blocks(const jk_tape *tape, size_t *first, size_t *end);

/* Adds up over the processes of a run on ranks; alone, nothing is to do. */
jk_status jk_scan_add_over_ranks(const char *stage, const jk_tally *tally, jk_error *error);

/* Rows that lack a text. */
jk_status jk_scan_texts(const jk_tape *tape, jk_column column, const jk_run *run, jk_arena *arena, uint64_t *missing,
                        jk_error *error);

/* scan_ranks.c: the counts of all ranks, and claims per debtor. */
jk_status jk_scan_gather(const jk_scan *scan, jk_scan_counts **total, jk_error *error);

#endif
