/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan made with a fitted model is worth, where the fit is only known as far as its history goes (docs/bid.md).
 *
 * Whoever picks the best of several actions by estimates picks those that were estimated too well: the plan then brings
 * less than the best plan would, while the value promises as much (Smith, Winkler 2006, "The optimizer's curse",
 * Management Science 52). Models are drawn from what the fit does not know; under each of them the plan is valued as it
 * stands, and beside it the best one. */
#ifndef JALKI_WORTH_H
#define JALKI_WORTH_H

#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

struct jk_worth {
    size_t draws;      /* models drawn for the curse */
    size_t parameters; /* figures of the fit that are drawn */
    double value;      /* at the model's own figures */
    double curse;      /* mean over the models of (best plan - this plan) / value; 0 where the value is not above 0 */
    double curse_error;
    double overstated; /* part of the value that a plan made in this way does not bring on average: mean over the models
                          of (curse + value - what the best plan of the model drawn is worth at the model's own figures)
                          / value, as if the model were the truth and the models drawn its fits */
    double overstated_error;
    double spread; /* standard deviation over the models of this plan's worth / value, points of the score included */
    double error;  /* the same of the logarithm, as jk_auction takes it: sqrt(log(1 + spread^2)); both NaN where not
                      asked for */
};

/* `covariance` is the file that fit wrote beside the model. The curse takes the time of about thirty valuations, the
 * spread (where `spread` is asked for) that of a simulation of 2,048 paths; the same tape, model and file give the same
 * bits. Fails as jk_value_run and jk_simulate do. */
jk_status jk_worth_measure(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                           const char *covariance, bool spread, jk_worth *worth, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
