/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of claims in memory as numbers. */
#ifndef JK_TESTS_CLAIMS_CASE_H
#define JK_TESTS_CLAIMS_CASE_H

#include "jalki/claims.h"

/* A number of the table, or the position of a word. */
static inline double claims_number(const jk_claims_table *claims, size_t column, size_t row) {
    const void *data = jk_claims_table_data(claims, column);
    switch (jk_claims_table_column(claims, column)->type) {
    case JK_RESULT_FLOAT32:
        return (double)((const float *)data)[row];
    case JK_RESULT_FLOAT64:
        return ((const double *)data)[row];
    case JK_RESULT_INT32:
        return ((const int32_t *)data)[row];
    case JK_RESULT_INT64:
        return (double)((const int64_t *)data)[row];
    case JK_RESULT_INDEX:
        return ((const uint16_t *)data)[row];
    default:
        return ((const uint8_t *)data)[row];
    }
}

#endif
