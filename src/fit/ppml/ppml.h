/* SPDX-License-Identifier: Apache-2.0 */
/* The estimation of jalki/ppml.h. */
#ifndef JK_FIT_PPML_H
#define JK_FIT_PPML_H

#include "jalki/ppml.h"

/* Fits. *fit need not be initialised; on failure it is empty. JK_ERROR_ARGUMENT where design or rows break what is said
 * there, JK_ERROR_DATA where no row has both exposure and a way to expect cash, or where there is no cash at all;
 * JK_ERROR_MEMORY. A search that does not end within iterations_max is no error: `converged` is 0. */
jk_status jk_ppml_fit(const jk_ppml_rows *rows, const jk_ppml_design *design, const jk_ppml_options *options,
                      const jk_run *run, jk_ppml *fit, jk_error *error);
void jk_ppml_reset(jk_ppml *fit);

/* Means of rows under given parameters, into mu[rows]. */
jk_status jk_ppml_predict(const jk_ppml_rows *rows, const jk_ppml_design *design, const double *parameters,
                          const jk_run *run, double *mu, jk_error *error);

#endif
