/* SPDX-License-Identifier: Apache-2.0 */
/* What knowing a field is worth on average (Raiffa and Schlaifer 1961, expected value of information): were the figure
 * x drawn from what the tape itself says of others, with probability p(x) within the claim's segment, then who knows it
 * takes the best action for it, and who does not takes the one that is best on average:
 *
 *     information = sum over x of p(x) max_a Q(a | x)  -  max_a sum over x of p(x) Q(a | x)   >= 0
 *
 * Q are the action values now; later decisions are taken in the knowledge of x, so that this is the least that knowing
 * is worth. An action that is not allowed or not available at x is closing the claim. */
#ifndef JK_SCENARIO_INFORMATION_H
#define JK_SCENARIO_INFORMATION_H

#include "jalki/value.h"

enum { JK_TRIALS_MAX = 12 };

/* How the figures of a column are meant. */
typedef enum jk_trial_kind {
    JK_TRIAL_CODES,        /* of an enumeration */
    JK_TRIAL_COUNT,        /* whole numbers */
    JK_TRIAL_UNITS,        /* currency units of the row */
    JK_TRIAL_RATE,         /* as they are */
    JK_TRIAL_MONTHS_AGO,   /* dates before the cut-off */
    JK_TRIAL_MONTHS_AHEAD, /* dates from the cut-off on, below 0 before it */
    JK_TRIAL_YEARS_AGO     /* years before that of the cut-off */
} jk_trial_kind;

typedef struct jk_trial_set {
    jk_column column;
    jk_trial_kind kind;
    bool usual;
    int count;
    double figure[JK_TRIALS_MAX];
} jk_trial_set;

typedef struct jk_information {
    size_t rows, segments;
    uint64_t known;    /* claims of the tape that have the field */
    uint16_t *segment; /* [rows], the caller's to fill before the first weighing */
    double *weight;    /* [segments][JK_TRIALS_MAX] p(x); the claims of a figure are those nearest to it */
    float *value;      /* [rows] mean of the value */
    float *action;     /* [JK_ACTION_COUNT][rows] mean of the action values */
} jk_information;

jk_status jk_information_init(jk_information *information, size_t rows, size_t segments, jk_error *error);
void jk_information_reset(jk_information *information);

/* Empties the means and reads the tape's own distribution of the set's column: of the claim's segment where 30 claims
 * or more have the field there, else of the tape. */
jk_status jk_information_weigh(jk_information *information, const jk_tape *tape, const jk_trial_set *set,
                               int32_t cutoff, jk_error *error);

/* Adds what row `i` of a block, the claim `row` of the tape, is worth at figure `trial`. */
void jk_information_add(jk_information *information, int trial, size_t row, const jk_plan_results *plan, size_t i);

/* What knowing the field is worth for a claim. */
double jk_information_of(const jk_information *information, size_t row);

/* Whether element i of a column's values is missing (missing.c). */
bool jk_missing_element(jk_type type, const void *values, size_t i);

#endif
