/* SPDX-License-Identifier: Apache-2.0 */
/* Levels by landmarks in the posterior of a fit. */
#ifndef JK_SIMULATE_COVARIANCE_LEVELS_H
#define JK_SIMULATE_COVARIANCE_LEVELS_H

#include <jansson.h>

#include "simulate/draws/covariance.h"

/* Moves covariance->matrix by the `levels` of the file (NULL: none), whose drawn parameters count with `expected` cash.
 * JK_ERROR_FORMAT where levels are not what they should be, JK_ERROR_DATA where the model has no such segment. */
jk_status jk_covariance_levels(const json_t *levels, const char *path, const jk_model *model, const double *expected,
                               jk_covariance *covariance, jk_error *error);

#endif
