/* SPDX-License-Identifier: Apache-2.0 */
/* Results per claim in memory, as columns: those that a file of results has (jalki/export.h), in the order of the tape.
 *
 *     jk_claims_table *claims = NULL;
 *     jk_claims_table_open(tape, model, false, &claims, &error);
 *     sinks[0] = jk_claims_table_sink(claims);
 *     jk_value_run(tape, model, &options, sinks, 1, &valuation, &error);
 *     const void *first = jk_claims_table_data(claims, 0);
 */
#ifndef JALKI_CLAIMS_H
#define JALKI_CLAIMS_H

#include "jalki/result.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_claims_table jk_claims_table;

/* Takes memory for a row per claim of the tape. `with_face`: debtor_id, country, currency, balance (base currency) and
 * value_pct_of_face behind the columns of results, as the CSV of claims has them. `tape` and `model` must outlive the
 * run, not the table. JK_ERROR_MEMORY. Free with jk_claims_table_free. */
jk_status jk_claims_table_open(const jk_tape *tape, const jk_model *model, bool with_face, jk_claims_table **table,
                               jk_error *error);

/* Fills the table; for one run. */
jk_value_sink jk_claims_table_sink(jk_claims_table *table);

size_t jk_claims_table_rows(const jk_claims_table *table);
size_t jk_claims_table_columns(const jk_claims_table *table);
/* Name, type, unit, meaning and levels of a column, valid as long as the table. */
const jk_result_column *jk_claims_table_column(const jk_claims_table *table, size_t column);
/* Its rows, elements of the column's type; NaN stands for what is missing. The table's. */
const void *jk_claims_table_data(const jk_claims_table *table, size_t column);

void jk_claims_table_free(jk_claims_table *table); /* NULL is accepted */

#ifdef __cplusplus
}
#endif
#endif
