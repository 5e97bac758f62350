/* SPDX-License-Identifier: Apache-2.0 */
/* The wild cluster bootstrap of a fit's errors. */
#ifndef JK_FIT_PPML_BOOTSTRAP_H
#define JK_FIT_PPML_BOOTSTRAP_H

#include "jalki/ppml.h"

enum { JK_BOOTSTRAP_BLOCK = 320 };

typedef struct jk_bootstrap_options {
    size_t draws; /* 1 and more */
    uint64_t seed;
    size_t block; /* clusters that are multiplied at once; it does not show in what comes out [0: JK_BOOTSTRAP_BLOCK] */
} jk_bootstrap_options;

/* Of each of the fit's parameters the jackknife's standard error, and the quantile that 95 % of the draws' studentised
 * errors are below in absolute value: estimate -+ quantile · std_error is the interval. NaN where the parameter is not
 * free, or the quantile has no bound. `links` are the penalties that the fit had. Memory: 8 bytes for each
 * cluster and free parameter, and 16 for each draw and free parameter on each thread. */
jk_status jk_ppml_bootstrap(const jk_ppml_rows *rows, const jk_ppml_design *design, const jk_ppml_link *links,
                            size_t link_count, const jk_ppml *fit, const jk_bootstrap_options *options,
                            const jk_run *run, double *std_error, double *quantile, jk_error *error);

#endif
