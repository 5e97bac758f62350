/* SPDX-License-Identifier: Apache-2.0 */
/* Figures that a program made, held to the bounds within which a model file may have them, so that what is written can
 * be read back. The bounds are those of the tables that the reader has. */
#ifndef JK_MODEL_BOUNDS_H
#define JK_MODEL_BOUNDS_H

#include "base/memory.h"
#include "model/keys/fields.h"

/* Told of every figure that was moved: what stood there, and what stands there now. */
typedef void jk_bound_told(void *context, const jk_field *field, double found, double held);

/* The nearest value that the field may have, what stands for a key that is absent included; `instead` for what is no
 * number. */
double jk_field_hold(const jk_field *field, double value, double instead);

/* Holds all numbers that a record's table names in `target`, maps within it included, but not what has a reader of its
 * own. `instead` is a struct of the same kind whose figures take the place of what is no number. Steps that must be
 * moved are copied to the arena. */
jk_status jk_record_hold(const jk_record *record, void *target, const void *instead, jk_arena *arena,
                         jk_bound_told *told, void *context, jk_error *error);

/* The field of a record by its key, which must be one of its table. */
const jk_field *jk_record_field(const jk_record *record, const char *key);

#endif
