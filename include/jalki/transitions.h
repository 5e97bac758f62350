/* SPDX-License-Identifier: Apache-2.0 */
/* What changes beside the cash, learnt from history: how capacity classes move, how claims end by death or insolvency,
 * how long a title takes, and what share of the balance a settlement brings. All with 95 % intervals, and every figure
 * that a model takes is one that a model may hold, however thin the data.
 *
 * Classes. Rows say the class at a period's start and at its end, whatever the period's length: one month, a quarter, a
 * year. The monthly matrix Q that is wanted has a likelihood through its powers, prod Q^m(start, end), and is found by
 * expectation-maximisation with the months between as what is hidden (Dempster, Laird, Rubin, Journal of the Royal
 * Statistical Society B 39 (1977), 1-38). Every step is a stochastic matrix, which roots and logarithms of an observed
 * yearly matrix need not be: that is the embedding problem of Israel, Rosenthal and Wei, Mathematical Finance 11
 * (2001), 245-265; Bladt and Sorensen, Journal of the Royal Statistical Society B 67 (2005), 395-410, argue for the
 * likelihood in its place. With monthly rows it is counting. Months are taken to the nearest whole one.
 *
 * Prior. Each row of Q has a Dirichlet prior worth prior_months months seen from that class. That of all segments
 * together (the parent) is centred on the base model; that of a segment on the base model's own matrix, moved as the
 * parent was moved from its base. A segment without data follows its parent, one with thousands of months itself.
 *
 * Exits. The rate of all segments together leans on the base model's by one exit, a segment's on that by a few: with
 * hundreds of exits the rate is what was seen, with none it is below what one exit would have made of it.
 *
 * Intervals take rows as independent. Claims of one debtor are not, quite: their classes move together, and the
 * intervals are then too narrow by up to the root of the number of claims a debtor. */
#ifndef JALKI_TRANSITIONS_H
#define JALKI_TRANSITIONS_H

#include <stdbool.h>

#include "jalki/panel_filter.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_TRANSITION_MONTHS_MAX = 24 }; /* rows of longer periods tell nothing about classes and titles */

/* ---- what is counted ------------------------------------------------------------------------------------------ */

typedef enum jk_history_end {
    JK_HISTORY_OPEN,
    JK_HISTORY_PAID,
    JK_HISTORY_DEATH,
    JK_HISTORY_INSOLVENCY,
    JK_HISTORY_OTHER
} jk_history_end;

/* One claim and period. */
typedef struct jk_history_row {
    size_t segment;
    jk_treatment treatment;
    int class_start, class_end; /* jk_capacity, or -1: not known, or not open at the end */
    int title_start, title_end; /* jk_title, or -1 likewise */
    jk_history_end end;         /* how the claim stood at the period's end */
    double months;              /* > 0 */
    double known_exit;    /* monthly exit that the base model has from mortality and status, not from the segment */
    double balance, cash; /* base currency */
} jk_history_row;

/* Counts of rows; sums are integers or on a fixed grid, so that the order of rows and merges does not show. */
typedef struct jk_history jk_history;

void jk_history_free(jk_history *history); /* NULL is accepted */

/* Counts the rows of a panel that are in the filter. What a period ended in is taken from the panel's own columns: the
 * class from capacity_class_end, else from the claim's next row; the title from the next row. The next row is the one
 * in the filter that starts nearest to where the period ends, at most half a month from it; rows may stand in any
 * order. Classes that only the score gives are not counted. Streams the panel twice where rows ask for their next; 24
 * bytes for each that does. `run` may be NULL. *history is the caller's. */
jk_status jk_history_collect(const jk_panel *panel, const jk_model *model, const jk_panel_filter *filter,
                             const jk_run *run, jk_history **history, jk_error *error);

/* ---- what is estimated ----------------------------------------------------------------------------------------- */

typedef struct jk_estimate {
    double value;     /* for the model: between the data and the base model, by their weight */
    double observed;  /* the data alone; NaN where there are none */
    double low, high; /* 95 % interval of `observed` (of the class matrices: of `value`) */
    double events;    /* that it rests on: exits, titles, settlements, changes */
    double exposure;  /* months; balance for settlements */
    double log_error; /* exit, months_to_title: what is not known of the logarithm of `value`, a standard deviation; 0:
                         it does not say. Of an exit, beside `exits_error` */
} jk_estimate;

/* One monthly matrix. */
typedef struct jk_class_matrix {
    int64_t pairs[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT]; /* rows seen from, to, over periods of any length */
    int64_t months[JK_CAPACITY_COUNT];                   /* whole months of the rows from each class */
    bool monthly;                                        /* all periods are of one month: intervals are exact */
    double value[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT];  /* rows sum to 1 */
    double std_error[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT];
    double low[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT], high[JK_CAPACITY_COUNT][JK_CAPACITY_COUNT];
} jk_class_matrix;

typedef struct jk_segment_transitions {
    jk_class_matrix classes[JK_TREATMENT_COUNT];
    jk_estimate death, insolvency; /* raw, per month of exposure, by exact Poisson intervals; value = observed */
    jk_estimate exit;              /* exit_monthly: both, less what mortality and status explain, never below 0 */
    double exit_leans;             /* weight of the rate of all segments in it, 0 to 1 */
    jk_estimate months_to_title; /* L of model.md section 6: a title at a period's end has probability 1 - exp(-E/L) */
    jk_estimate recovery_share[JK_TREATMENT_COUNT]; /* cash over balance where a claim ended as paid; value in 0..1 */
} jk_segment_transitions;

typedef struct jk_transitions {
    size_t segments;
    jk_class_matrix parent[JK_TREATMENT_COUNT]; /* all segments together */
    double class_weight;                        /* months that the parent weighs in a row of a segment */
    double exits_error;                         /* of the logarithm of the exits of all segments together */
    jk_segment_transitions *segment;            /* [segments] */
    int64_t too_long;                           /* rows with known classes longer than JK_TRANSITION_MONTHS_MAX */
    int64_t rounded;                            /* rows with known classes whose months were not whole */
} jk_transitions;

/* What the base model weighs. */
typedef struct jk_transition_prior {
    double class_months; /* months seen from a class [240] */
    double exits;  /* exits by the rate of all segments that a segment's own are joined by [5]; 0: own data alone */
    double titles; /* titles obtained [5] */
    double settlements; /* claims ended as paid [20] */
} jk_transition_prior;

#ifdef __cplusplus
}
#endif
#endif
