/* SPDX-License-Identifier: Apache-2.0 */
/* The plan's tables: everything in model.md sections 4 to 7 that is the same for all claims of a segment, a
 * jurisdiction or an epoch. Computed once in 64 bits, kept in 32.
 *
 * Epochs are few but their lengths are fewer: what depends only on the length of an epoch stands in a "span".
 * Tables "by action" hold one number per jk_action, for look-up by a claim's planned action; actions that end the claim
 * have 0.
 */
#ifndef JK_PLAN_TABLES_H
#define JK_PLAN_TABLES_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "jalki/plan.h"

enum { JK_ACTION_SLOTS = 8 };   /* JK_ACTION_COUNT, rounded up to what jk_lookup reads */
enum { JK_CURVE_PADDING = 16 }; /* readable floats beyond the end of a curve, for jk_window */

/* Same for all claims. */
typedef struct jk_plan_epoch {
    int32_t first_month; /* T_j */
    int32_t month_count; /* E_j */
    int32_t span;        /* index of its length among the distinct lengths */
    float start, end;    /* T_j, T_j + E_j */
    float months;        /* E_j */
    float later;         /* part of the epoch that lies behind a change of what may be attached; 0: none */
    float fade;          /* 2^-((T_j + E_j/2)/half_life): what is left of a fading part of the score */
} jk_plan_epoch;

/* Per segment and distinct epoch length. */
typedef struct jk_plan_span {
    alignas(32) float class_by_action[2][JK_CAPACITY_COUNT][JK_CAPACITY_COUNT][JK_ACTION_SLOTS];
    /* [has title][from][to][action]: Q^E where the claim keeps its title state; legal moves it unless it has a title */
    float class_step[JK_TREATMENT_COUNT][JK_CAPACITY_COUNT][JK_CAPACITY_COUNT]; /* Q^E [treatment][from][to] */
    float title_probability;                                                    /* q */
    const float *curve[JK_TREATMENT_COUNT]; /* mean monthly intensity over the epoch, by age at its start */
} jk_plan_span;

/* Per segment and epoch: the multiplier of intensities, and costs at the prices of the epoch's start, base currency a
 * month and debtor. */
typedef struct jk_plan_costs {
    alignas(32) float running_by_action[2][JK_ACTION_SLOTS]; /* [has title][action] */
    float interruption_by_action[JK_ACTION_SLOTS];           /* i_j where the claim waits without title */
    float paying[JK_TREATMENT_COUNT];                        /* a debtor who pays */
    float filing;
    float inflation;       /* i_j, times the stress of interruption */
    float recovery;        /* m_j on what makes new payers */
    float paying_recovery; /* m_j on what payers pay */
} jk_plan_costs;

typedef struct jk_plan_segment {
    alignas(32) float share_by_action[JK_ACTION_SLOTS]; /* sigma */
    float contingent_by_action[JK_ACTION_SLOTS];
    float class_multiplier[JK_TREATMENT_COUNT][JK_CAPACITY_COUNT]; /* kappa */
    float pending_multiplier[JK_CAPACITY_COUNT];                   /* psi * kappa of legal */
    float garnish_share[JK_CAPACITY_COUNT];                        /* phi */
    float class_multiplier_most[JK_TREATMENT_COUNT], pending_multiplier_most, garnish_share_most; /* over the classes */
    float kept_share[JK_TREATMENT_COUNT]; /* sigma * (1 - contingent) */
    float open_share[JK_TREATMENT_COUNT]; /* 1 - contingent, of what no settlement share is taken off */
    float title_kept;                     /* 1 - lost_share: of the cases that are decided, those that are won */
    /* Payers. Of the multipliers above, the parts of those who settle and of those who begin to pay. */
    bool has_payers;    /* the segment has payers */
    bool begins_to_pay; /* and some new payer does not settle at once */
    float settle_multiplier[JK_TREATMENT_COUNT][JK_CAPACITY_COUNT], settle_pending[JK_CAPACITY_COUNT];
    float begin_multiplier[JK_TREATMENT_COUNT][JK_CAPACITY_COUNT], begin_pending[JK_CAPACITY_COUNT];
    float monthly_share[JK_CAPACITY_COUNT]; /* rho */
    float breakage[JK_TREATMENT_COUNT];     /* beta, stressed */
    float exit, exit_factor;                /* monthly exit of the segment, stressed, and what multiplies the others */
    float fee;                              /* fee_shift * filing */
    float title_factor[JK_TITLE_COUNT];
    float bar_months_inverse;
    float informed;     /* what a buyer's price knows of a claim; 0: nothing, and the rest is not used but for payers */
    float insight_most; /* insight_cap^informed */
    float insight_multiplier[JK_CAPACITY_COUNT]; /* (kappa of amicable / reference)^informed */
    float payer_factor;
    int32_t last_age;    /* curves and prices are constant from this age on */
    const float *market; /* price by age, less transaction cost */
    const jk_plan_span *spans;
    const jk_plan_costs *costs;
} jk_plan_segment;

typedef struct jk_plan_jurisdiction {
    float title_end;        /* monthly rate at which a title yet to come ends; 0 where renewable */
    const float *mortality; /* by epoch: growth of the hazard since the cut-off */
    const float *accrual;   /* by epoch: months of interest that the balance carries */
} jk_plan_jurisdiction;

typedef struct jk_plan_tables {
    int epoch_count, span_count, months;
    int32_t last_age; /* largest of the segments' */
    size_t segment_count, jurisdiction_count;
    float discount; /* delta, per month */
    jk_plan_epoch *epochs;
    uint16_t epoch_of_month[JK_HORIZON_MAX]; /* the epoch that a month from the cut-off lies in */
    jk_plan_segment *segments;
    jk_plan_segment *guessed; /* [segments] in the first epoch, by the class of the score; NULL: no class is guessed */
    jk_plan_jurisdiction *jurisdictions;
    jk_plan_span *spans;  /* segments x spans, and likewise of `guessed` */
    jk_plan_costs *costs; /* segments x epochs */
    float *curves;        /* all curves and prices */
    float *aging;         /* all mortality and accrual factors */
} jk_plan_tables;

/* Fills *tables; on failure it is left empty. JK_ERROR_MODEL where a figure is beyond what the kernel can hold. */
jk_status jk_plan_tables_init(jk_plan_tables *tables, const jk_model *model, double irr, jk_error *error);

/* Sets the multipliers of all segments and epochs, [segments][epochs], on what makes new payers (NULL: 1) and on what
 * payers pay (NULL: the same). They must have been checked. */
void jk_plan_tables_recover(jk_plan_tables *tables, const double *recovery, const double *paying_recovery);

/* Puts multipliers of exits, interruption and breakage into tables that have none yet; [segments]. */
void jk_plan_tables_stress(jk_plan_tables *tables, const jk_model *model, const jk_plan_stress *stress);

/* Charges hours at `price` [epochs] beside what the segments charge themselves. It must have been checked. */
void jk_plan_tables_hours(jk_plan_tables *tables, const jk_model *model, const double *price);

/* Lets the law change `from` months after the cut-off. */
void jk_plan_tables_change(jk_plan_tables *tables, double from);
void jk_plan_tables_reset(jk_plan_tables *tables);

#endif
