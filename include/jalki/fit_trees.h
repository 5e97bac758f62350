/* SPDX-License-Identifier: Apache-2.0 */
/* Trees on top of a fitted scorecard: what is left of the cash of a panel once curves, classes and points have said
 * theirs is learnt by boosted trees (jalki/boost.h) over the scorecard's characteristics without their bins. Where
 * nothing is left, few trees are grown and the model stays what it was.
 *
 * Cash of titles in enforcement is left out: garnishment is part of it and no matter of the score. */
#ifndef JALKI_FIT_TREES_H
#define JALKI_FIT_TREES_H

#include "jalki/boost.h"
#include "jalki/model.h"
#include "jalki/panel_filter.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_fit_trees_options {
    jk_panel_filter filter; /* rows that are learnt from [all] */
    size_t rows_max; /* of more rows a part is taken, by debtors [2,000,000]: 4 bytes a row and feature, three times */
    jk_boost_options boost;
    jk_run run;
} jk_fit_trees_options;
jk_fit_trees_options jk_fit_trees_defaults(void);

typedef struct jk_fit_trees_result {
    size_t rows, debtors_share_percent; /* learnt from; 100 unless rows_max bound */
    size_t features;
    jk_boost_result boost;
    size_t segments;
    double (*shift)[JK_CAPACITY_COUNT + 1]; /* [segments][class; the last: all classes together] to be added to
                                               theta_center, so that trees move cash between claims and not in all:
                                               log of the mean of exp(trees), weighted by expected cash; 0 where there
                                               are no rows. The caller's, for free(). */
} jk_fit_trees_result;

/* Learns from the panel and writes the ensemble to `path`. `model` is the fitted one, without trees. Errors as
 * jk_panel_open, jk_boost_train. */
jk_status jk_fit_trees(const char *panel, const jk_model *model, const jk_fit_trees_options *options, const char *path,
                       jk_fit_trees_result *result, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
