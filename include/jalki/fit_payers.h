/* SPDX-License-Identifier: Apache-2.0 */
/* What debtors who pay do, learnt from history (model.md sections 4 and 5): how many new payers settle at once, what
 * part of the balance the others pay a month, how readily they stop, how fast what was known of their last payment
 * fades, and the level at which claims valued on days of the past bring what came in. docs/fit.md describes the method.
 *
 * Shares and rates stand here on their own scale; errors on the scale of `link`: logarithms, of shares logits. */
#ifndef JALKI_FIT_PAYERS_H
#define JALKI_FIT_PAYERS_H

#include <stdbool.h>

#include "jalki/listing.h"
#include "jalki/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_payer_figure {
    JK_PAYER_SETTLED_SHARE, /* by treatment, logit */
    JK_PAYER_BREAKAGE,      /* by treatment, per month, logarithm */
    JK_PAYER_MONTHLY_SHARE, /* by class, per month, logarithm */
    JK_PAYER_HALF_LIFE,     /* months, logarithm; of the whole model */
    JK_PAYER_FIGURE_COUNT
} jk_payer_figure;
const char *
jk_payer_figure_name(jk_payer_figure figure); /* "settled_share", "breakage", "monthly_share", "half_life" */

typedef struct jk_payer_term {
    jk_payer_figure figure;
    int segment;                /* -1: all segments together */
    int index;                  /* jk_treatment, or jk_capacity for monthly_share; -1: all */
    bool together;              /* a monthly_share: its segment's classes are taken together */
    int parameter;              /* place in the covariance; -1: not estimated */
    double estimate, std_error; /* own data alone: on its own scale, and on the scale of the link, clustered by debtor;
                                   NaN where there are none */
    double low, high;           /* 95 % */
    double value;               /* what the model takes, before the levels below */
    double credibility;         /* weight of own data in it */
    double events, exposure;    /* new payers who settled of new payers; spells ended of months paid; cash of
                                   balance x months; new payers of them for the half-life */
    double debtors;
} jk_payer_term;

/* One factor that makes what landmarks expect what came in. */
typedef struct jk_payer_level {
    /* "worth": what new payers of a level brought in a year; then of landmarks "monthly_share": of those who pay then;
     * "curve": of the quiet; "points": of a level of months since the last payment, of the quiet */
    const char *what;
    int segment, treatment; /* -1: all */
    const char *level;      /* of `points`: the level's name; "" else */
    double actual,
        expected; /* cash of landmarks before the levels; what the quiet expect is carried to the panel's end */
    double debtors;
    double ratio, std_error; /* std_error of the logarithm */
    double value;            /* the factor that the model takes */
    double credibility; /* of `monthly_share` and `curve`: weight of own cash in it; the rest is that of all together,
                           whose rest is 1. 0 elsewhere */
} jk_payer_level;

typedef struct jk_payers_result {
    bool learned; /* false: `why_not` says why the panel cannot tell */
    const char *why_not;
    int grace;            /* months without payment that end a spell */
    double period_months; /* of the panel's rows, their mean */
    double again;         /* of debtors who paid in a period, the share that paid in the next */
    double quiet;         /* of the quiet, the share that paid in a period */
    int since_last_payment;
    size_t begun, settled, ended; /* new payers, those who settled at once, spells that ended */
    size_t term_count, parameter_count;
    const jk_payer_term *terms;
    const double *covariance;             /* [parameter_count squared], on the scale of the links */
    double half_life;                     /* that the model takes; 0: nothing fades */
    double half_life_error;               /* what is not known of its logarithm, a standard deviation */
    double half_life_low, half_life_high; /* 95 % by the profile of the likelihood; the ends of the search: 1 and 600 */
    double readiness_shape; /* of the gamma distribution of debtors' readiness; infinite: all are alike; NaN:
                               nothing fades, so that nobody looked */
    int landmark_months[2]; /* horizon that levels were made for, shortest and longest */
    size_t level_count;
    const jk_payer_level *levels;
} jk_payers_result;

/* The figures, and the levels, as rows, with the base model for their names; for NULLs the columns alone. */
jk_listing jk_payers_listing(const jk_payers_result *payers, const jk_model *base);
jk_listing jk_payer_levels_listing(const jk_payers_result *payers, const jk_model *base);

#ifdef __cplusplus
}
#endif
#endif
