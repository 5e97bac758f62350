/* SPDX-License-Identifier: Apache-2.0 */
/* What a treatment brings beside watching, from history: the difference, not an association.
 *
 * Where chance assigned treatments (the panel's own column `arm`: surveil or held_out, amicable, legal), arms are
 * compared as they were assigned, whatever was done in the end. Without it the treatment in force in a claim's first
 * row stands for the arm, and claims are weighed by the inverse of the chance of what was chosen for them as the
 * panel's characteristics tell it (inverse probability weights). That makes what the panel shows alike, and nothing
 * else: `hidden` says how strong a choice by what it does not show would have to be to undo the result.
 *
 *     jk_experiment_options options = jk_experiment_defaults();
 *     jk_experiment *experiment = NULL;
 *     jk_experiment_run("P.h5", model, &options, &experiment, &error);
 *     jk_experiment_free(experiment);
 *
 * A claim counts from its first row (with an arm) for `follow` months, or until it was sold, closed or no longer
 * watched; who paid in full, died or became insolvent is watched to the end. A rate is cash over balance times months
 * watched; debtors are what errors count (linearised ratios of sums, Student's factor of the arm with fewer debtors).
 */
#ifndef JALKI_EXPERIMENT_H
#define JALKI_EXPERIMENT_H

#include "jalki/listing.h"
#include "jalki/panel_filter.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_experiment_options {
    jk_panel_filter filter;
    const char *arm; /* name of the own column of text that says the arm ["arm"] */
    int follow;      /* months that count, 1 to 120 [12] */
    jk_run run;
} jk_experiment_options;
jk_experiment_options jk_experiment_defaults(void);

/* What is compared: [0] held out or watched, [1] treated. */
typedef struct jk_effect {
    int treatment;               /* JK_TREAT_AMICABLE or JK_TREAT_LEGAL */
    int segment, band;           /* -1: all; band: the hundred of the score, 4 for 400 to 499 */
    size_t claims[2], payers[2]; /* payers: debtors that paid */
    size_t debtors[2];
    double exposure[2], cash[2]; /* balance · months watched, base currency; unweighted */
    double rate[2];              /* of the balance a month, weighted; NaN: no exposure */
    double uplift;               /* their difference */
    double std_error, low, high; /* 95 %; NaN: fewer than two debtors of an arm, or nobody paid */
    double hidden;               /* odds ratio of a hidden choice at which the interval comes to hold 0; 1: it holds it
                                    already; NaN: chance assigned the arms, or there is no interval */
} jk_effect;

/* Claims by the chance of being treated, as the panel's characteristics tell it. */
enum { JK_OVERLAP_BANDS = 8 };
typedef struct jk_overlap_band {
    int treatment;
    double from, to;
    size_t claims[2];
    double balance[2];
} jk_overlap_band;

typedef struct jk_experiment_result {
    bool randomised;
    const char *arm; /* the column; NULL: the panel has none */
    int follow;
    size_t claims, left_out,
        no_arm;      /* in the comparison; no treatment compared; rows without an arm are not looked at */
    double followed; /* of the months of treated arms, the share under the treatment assigned */
    size_t effect_count;
    const jk_effect *effects;
    size_t overlap_count; /* 0: chance assigned the arms */
    const jk_overlap_band *overlap;
    double outside[3];             /* by jk_treatment: share of the balance left out for want of overlap */
    double unlike[3], balanced[3]; /* largest standardised difference of a characteristic, before and after weighing */
    const char *unlike_name[3];
    size_t word_count;
    const char *const *words; /* what it says, and what it cannot prove */
} jk_experiment_result;

typedef struct jk_experiment jk_experiment;

/* JK_ERROR_DATA where no claim of the filter can be compared; otherwise as panel and model report. *experiment is the
 * caller's; `model` must outlive it. */
jk_status jk_experiment_run(const char *panel, const jk_model *model, const jk_experiment_options *options,
                            jk_experiment **experiment, jk_error *error);
void jk_experiment_free(jk_experiment *experiment); /* NULL is accepted */
const jk_experiment_result *jk_experiment_result_of(const jk_experiment *experiment);

/* Its effects, and the overlap; for NULL the columns alone. */
jk_listing jk_effects_listing(const jk_experiment *experiment);
jk_listing jk_overlap_listing(const jk_experiment *experiment);

/* {"kind", "effects", "overlap", …} as in docs/experiment.md. *text is the caller's, to be given to free(). */
jk_status jk_experiment_json(const jk_experiment *experiment, char **text, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
