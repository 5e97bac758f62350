/* SPDX-License-Identifier: Apache-2.0 */
/* The own risk of claims: a claim resolves or it does not (docs/simulate.md). */
#ifndef JK_SIMULATE_OWN_RISK_H
#define JK_SIMULATE_OWN_RISK_H

#include "simulate/calibrate.h"

/* Flows of one path, [epochs][JK_PATH_FLOWS]. */

/* A large claim: replaces its expected flows by those of the draw `uniform` in (0, 1): it pays in one epoch or never,
 * and costs, or is sold, only while it has not paid. JK_PATH_SECOND holds the probability of its resolution in each
 * epoch. Means over draws stay as they were. */
void jk_own_risk_large(double *flow, int epochs, double uniform);

/* All other claims: multiplies the collections of each year by a number of mean 1, log-normal, with the variances and
 * covariances that the years' collections have. `normal` holds a standard normal number for each year, `work` years *
 * (years + 2) numbers. */
void jk_own_risk_rest(const jk_calibration *calibration, double *flow, const double *normal, double *work);

#endif
