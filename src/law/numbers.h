/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that a row gives by itself, without what other rows say: columns of amounts, numbers and dates, and the
 * figures that conditions may name. Scores and conditions take them from here. */
#ifndef JK_LAW_NUMBERS_H
#define JK_LAW_NUMBERS_H

#include "jalki/law.h"

/* Bit c is set if the figure, or (JK_DERIVED_NONE) the column, needs column c in the block. The interest that
 * jk_law_accrue adds to a balance needs columns of its own, which are among those of the law. */
uint64_t jk_law_number_columns(jk_derived figure, jk_column column);

/* Numbers of rows [first, first + count) of the block; NaN where missing. Amounts are in the currency
 * that the model file is written in, the statutory
 * rate stands where a claim has none, `vulnerable` is 0 or 1, a date is days since 1970-01-01 (defaulted_on: of the
 * write-off where it is missing). `figure` must be one of jk_condition_figure, or JK_DERIVED_NONE. */
void jk_law_numbers(const jk_law *law, jk_derived figure, jk_column column, const jk_block *block, size_t first,
                    size_t count, double *value);

/* Whole months from the dates of a column to the cut-off, below 0 where they lie ahead (model.md section 2); NaN where
 * missing. */
void jk_law_months_since(const jk_law *law, jk_column column, const jk_block *block, size_t first, size_t count,
                         double *value);

#endif
