/* SPDX-License-Identifier: Apache-2.0 */
/* By how much each cluster moves the estimates of a fit. */
#ifndef JK_FIT_PPML_INFLUENCE_H
#define JK_FIT_PPML_INFLUENCE_H

#include "fit/ppml/ppml_pass.h"

/* Row c of influence[clusters][unknowns] is what cluster c adds to the estimates (estimate - estimate without it, to
 * the first order); 0 where none of its rows are in the estimation. size[unknowns] gets the sums of absolute values
 * over clusters, square[unknowns] those of squares. `inverse` is that of the information, penalties included. */
jk_status jk_ppml_influence(const jk_ppml_work *work, const double *inverse, double *influence, double *size,
                            double *square, jk_error *error);

#endif
