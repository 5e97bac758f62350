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

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif
#endif
