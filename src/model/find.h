/* SPDX-License-Identifier: Apache-2.0 */
/* Segments and treatments by the names that files give them. */
#ifndef JK_MODEL_FIND_H
#define JK_MODEL_FIND_H

#include "jalki/model.h"

/* Index of the segment with this id, of the jk_treatment with this name ("amicable"); -1: there is none, or NULL. */
int jk_model_find_segment(const jk_model *model, const char *id);
int jk_treatment_find(const char *name);

#endif
