/* SPDX-License-Identifier: Apache-2.0 */
/* Scorecards and logistic regressions in PMML (versions 4.x), brought to the forms that their readers know. */
#ifndef JK_MODEL_PMML_H
#define JK_MODEL_PMML_H

#include <stdbool.h>

#include "base/memory.h"
#include "jalki/status.h"

/* Whether the bytes begin as XML does. */
bool jk_pmml_is(const char *bytes, size_t size);

/* The Scorecard of a document as CSV (characteristic, bin, points), or its RegressionModel as a network in JSON, whose
 * output is log odds (logit) or a logarithm (exp). *text lives in the arena. JK_ERROR_MODEL for a document that is not
 * well formed, declares entities, or holds what these two cannot say: it names element and line. */
jk_status jk_pmml_card(jk_arena *arena, const char *path, const char *bytes, size_t size, char **text, jk_error *error);
jk_status jk_pmml_network(jk_arena *arena, const char *path, const char *bytes, size_t size, char **text,
                          jk_error *error);

#endif
