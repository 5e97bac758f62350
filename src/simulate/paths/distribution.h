/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a distribution from its paths. */
#ifndef JK_SIMULATE_DISTRIBUTION_H
#define JK_SIMULATE_DISTRIBUTION_H

#include "jalki/simulate.h"

/* Of `count` values in any order, which it sorts; NaN where there are none. Values that are NaN do not count. */
jk_distribution jk_distribution_of(double *values, size_t count);

/* The quantile of sorted values, and its standard error: half the distance between the values that stand one standard
 * deviation of the binomial rank below and above it. */
double jk_quantile(const double *sorted, size_t count, double probability);
double jk_quantile_error(const double *sorted, size_t count, double probability);

#endif
