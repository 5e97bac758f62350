/* SPDX-License-Identifier: Apache-2.0 */
/* How much of a portfolio's value hangs on going to court being as good as history says (docs/bid.md).
 *
 * Whoever chose the claims that were sued may have known what the history does not show. Where an unmeasured
 * characteristic is so much more common among those sued, and makes debtors pay so much more, that together they
 * multiply what the sued brought by at most F (Ding, VanderWeele, "Sensitivity analysis without assumptions",
 * Epidemiology 27 (2016), 368-377: with the ratios a and b, F = ab / (a + b - 1)), the same claims bring no less than
 * 1/F of it. The worst of these models has the intensities under `legal`, and what is garnished, divided by F. */
#ifndef JALKI_CONFOUNDING_H
#define JALKI_CONFOUNDING_H

#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JK_CONFOUNDING_MOST 100.0

typedef struct jk_confounding {
    double factor;
    double value; /* after onboarding, by the model as it is */
    double kept;  /* what its plan is worth if F explains as much */
    double best;  /* what the best plan is worth then: no plan is worth more at the worst, whatever is true of F */
} jk_confounding;

/* `factor` is from 1 to JK_CONFOUNDING_MOST, else JK_ERROR_ARGUMENT. Takes the time of three valuations; fails as
 * jk_value_run does. */
jk_status jk_confounding_measure(const jk_tape *tape, const jk_model *model, const jk_value_options *options,
                                 double factor, jk_confounding *confounding, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
