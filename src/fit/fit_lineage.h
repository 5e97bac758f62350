/* SPDX-License-Identifier: Apache-2.0 */
/* What a fitted model says of where it comes from: version, day, parent and data. */
#ifndef JK_FIT_LINEAGE_H
#define JK_FIT_LINEAGE_H

#include <stdio.h>

#include "jalki/fit.h"

enum { JK_FIT_VERSION_TEXT = 32 };

/* The version of a model whose file would be these bytes without it: the day on which the last period ends, and eight
 * digits of their hash. Other data, another base model or other options of the fit make another version. */
void jk_fit_version(const jk_fit *fit, const char *text, size_t length, char version[JK_FIT_VERSION_TEXT]);

/* An entry of a list of `lineage`: name, version (NULL: none) and digest ("": none). */
void jk_fit_write_source(FILE *out, const char *key, const char *name, const char *version, const char *sha256);

/* `version:` and `lineage:`. */
void jk_fit_write_lineage(FILE *out, const jk_fit *fit, const char *version);

#endif
