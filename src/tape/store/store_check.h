/* SPDX-License-Identifier: Apache-2.0 */
/* Whether stored values keep their bounds: run over every value that is read, in vector code, while it is in cache. */
#ifndef JK_TAPE_STORE_CHECK_H
#define JK_TAPE_STORE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One set of loops per instruction set. Each returns true if all values lie in [low, high]; the special value
 * `missing` is allowed where it is INT64_MIN for money, INT32_MIN or -1 for int32, -1 for int8 (`missing` equal to
 * `low` turns the exception off), NaN for doubles. */
typedef struct jk_store_checks {
    bool (*int8)(const int8_t *values, size_t count, int8_t low, int8_t high, int8_t missing);
    bool (*int32)(const int32_t *values, size_t count, int32_t low, int32_t high, int32_t missing);
    bool (*int64)(const int64_t *values, size_t count, int64_t low, int64_t high, int64_t missing);
    bool (*real)(const double *values, size_t count, double low, double high);
} jk_store_checks;

/* The fastest set that this processor runs. */
const jk_store_checks *jk_store_checks_get(void);

#endif
