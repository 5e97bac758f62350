/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a model. */
#ifndef JK_MODEL_DIFF_H
#define JK_MODEL_DIFF_H

#include "jalki/model_diff.h"

jk_model_part jk_model_part_of(const char *key); /* of a key of the top level */

#endif
