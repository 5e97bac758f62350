/* SPDX-License-Identifier: Apache-2.0 */
/* The own risk of claims: a claim resolves or it does not (docs/simulate.md). */
#ifndef JK_SIMULATE_OWN_RISK_H
#define JK_SIMULATE_OWN_RISK_H

#include "simulate/points/calibrate.h"

/* Flows of one path, [epochs][JK_PATH_FLOWS]. */

/* A large claim: replaces its expected flows by those of the draw `uniform` in (0, 1): it pays in one epoch or never,
 * and costs, or is sold, only while it has not paid. JK_PATH_SECOND holds the probability of its resolution in each
 * epoch. Means over draws stay as they were. */
void jk_own_risk_large(double *flow, int epochs, double uniform);

/* How the logarithms of years' collections hang together: the lower triangle [years][years] of a factor of their
 * correlations, whose rows have the norm 1 also where no log-normal numbers have these covariances. `covariance`
 * [years][years] is that of the years, each with mean 1; its lower triangle counts. */
void jk_own_risk_factor(const double *covariance, int years, double *factor);

/* All other claims: multiplies the collections of each year by a number of mean 1, log-normal, with the variance that
 * the year's collections have on this path (second moments go with the collections), and tied to other years' as in the
 * base case. `normal` holds a standard normal number for each year, `work` years * 2 numbers. */
void jk_own_risk_rest(const jk_calibration *calibration, double *flow, const double *normal, double *work);

#endif
