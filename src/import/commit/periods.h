/* SPDX-License-Identifier: Apache-2.0 */
/* The periods of each claim that were accepted so far, latest first: what contradicts them is found while rows come in,
 * in any order. 12 bytes a row and 8 a claim. Rows in order of time cost one look each; a claim's rows backwards in
 * time cost a walk over those accepted. */
#ifndef JK_IMPORT_PERIODS_H
#define JK_IMPORT_PERIODS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct jk_period {
    int32_t start, end; /* days; `end` is the day after the last */
    uint32_t next;      /* the one before it in time + 1, 0: none; the topmost bit: the claim left with this period */
} jk_period;

typedef struct jk_periods {
    jk_period *period;
    size_t count, capacity;
    uint32_t *latest; /* by claim: its latest period + 1, 0: none */
    uint32_t *debtor; /* by claim: its own debtor + 1 where none is named, 0: none yet */
    size_t claim_capacity;
} jk_periods;

typedef enum jk_period_verdict {
    JK_PERIOD_FITS,      /* and is now among them */
    JK_PERIOD_DUPLICATE, /* the claim has a period with this start */
    JK_PERIOD_OVERLAPS,
    JK_PERIOD_AFTER_EXIT /* the claim left before it, or leaves with it while later periods were accepted */
} jk_period_verdict;

/* Makes room for `rows` more periods of claims numbered below `claims`; false if there is no memory. */
bool jk_periods_reserve(jk_periods *periods, size_t rows, size_t claims);

/* Adds the period if it fits. */
jk_period_verdict jk_periods_add(jk_periods *periods, uint32_t claim, int32_t start, int32_t end, bool leaves);

void jk_periods_free(jk_periods *periods);

#endif
