/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions that do not rest on effects that were never shown: what `fit --experiment` found of treatments
 * (jalki/experiment.h) beside what the model says of them.
 *
 * Where the 95 % interval of what a treatment brings beside watching is not above 0, its gain over surveillance is
 * taken for no more than the lower end of that: uplift · balance · months followed, which is at most 0. So such a
 * treatment is never chosen instead of watching, and legal not instead of amicable unless it was shown to bring
 * something. The interval is that of the claim's segment; where that has none, of all claims. Where neither has one
 * (too few debtors, or a treatment that was not compared) the model's values stand. */
#ifndef JALKI_CAUTIOUS_H
#define JALKI_CAUTIOUS_H

#include "jalki/decide.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_cautious {
    bool by_lot;                               /* chance assigned the treatments that were compared */
    uint64_t lowered[JK_TREATMENT_COUNT];      /* claims whose value under the treatment was lowered */
    uint64_t not_compared[JK_TREATMENT_COUNT]; /* claims open to the treatment of which there is no interval */
    uint64_t changed;                          /* claims for which another action is best now, without limits */
    double given_up; /* what the model says the actions given up are worth beside those taken, base currency */
} jk_cautious;

/* Lowers the candidates' values by the file that `fit --experiment` wrote. Before jk_decide, once. Errors: as the file
 * reports; JK_ERROR_FORMAT where it is no such file. Segments that the model does not have are not looked at. */
jk_status jk_candidates_be_cautious(jk_candidates *candidates, const char *effects, jk_cautious *cautious,
                                    jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
