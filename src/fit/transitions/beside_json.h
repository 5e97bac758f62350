/* SPDX-License-Identifier: Apache-2.0 */
/* What is not known of a fit's figures beside the cash: exits, class moves, titles, the half-life of what fades. */
#ifndef JK_FIT_BESIDE_JSON_H
#define JK_FIT_BESIDE_JSON_H

#include "base/text/json.h"
#include "fit/fit_internal.h"

/* Of the covariance file, for drawing (docs/fit.md). */
json_t *jk_fit_beside_json(jk_json_builder *json, const jk_fit *fit);

/* What is not known of the logarithm of a factor that the model takes, of an estimate that leans on 1; null: held. */
json_t *jk_fit_factor_error_json(const jk_fit_factor *factor);

#endif
