/* SPDX-License-Identifier: Apache-2.0 */
/* Files made of a valuation: per-claim results as CSV and HDF5, the cash flow, and summaries as JSON. Every file
 * appears whole when it is committed, or not at all.
 *
 *     jk_claims_file *claims = NULL;
 *     jk_claims_open("claims.csv", tape, model, false, &claims, &error);
 *     sinks[0] = jk_claims_sink(claims);
 *     jk_value_run(tape, model, &options, sinks, 1, &valuation, &error);
 *     jk_claims_commit(claims, &error);      or jk_claims_abort(claims)
 */
#ifndef JALKI_EXPORT_H
#define JALKI_EXPORT_H

#include <stdbool.h>

#include "jalki/bids.h"
#include "jalki/listing.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- claims as CSV ----------------------------------------------------------------------------------------------- */

typedef struct jk_claims_file jk_claims_file;

/* Opens a CSV file with the columns of jk_claims_columns, own columns of the tape behind them, in tape order;
 * compressed if the name ends in ".gz". Money has 2 decimals, halves rounded as printf does (to even, on the exact
 * binary value), or 9 significant digits if `full`. What is not allowed, never barred or unknown is an empty cell; -0
 * is 0. `tape` and `model` must outlive the file. */
jk_status jk_claims_open(const char *path, const jk_tape *tape, const jk_model *model, bool full, jk_claims_file **file,
                         jk_error *error);

/* A further column of the claims file, one element per row of the tape. */
typedef struct jk_claims_column {
    const int32_t *parts;  /* printed as parts / 10^decimals, as its description says; NULL: `action` is given */
    const uint8_t *action; /* jk_action, printed by name */
} jk_claims_column;
enum { JK_CLAIMS_COLUMNS_MAX = 16 };

/* For decisions that are not the valuation's own: `decision` (one jk_action per row of the tape; NULL: the valuation's)
 * is printed as the decision, and `columns`, one for each that is described (name, decimals 0 to 9), are printed after
 * the last column. To be called right after opening; arrays and descriptions must outlive the file. */
jk_status jk_claims_add(jk_claims_file *file, const uint8_t *decision, const jk_listing *described,
                        const jk_claims_column *columns, jk_error *error);
jk_value_sink jk_claims_sink(jk_claims_file *file);
/* Completes the file, gives it its name and frees; on failure nothing is left behind. */
jk_status jk_claims_commit(jk_claims_file *file, jk_error *error);
void jk_claims_abort(jk_claims_file *file); /* NULL is accepted */
/* What each column is: of this file, of stores of results but for the last five, and of claims in memory (claims.h). */
jk_listing jk_claims_columns(void);

/* ---- results as HDF5 --------------------------------------------------------------------------------------------- */

typedef struct jk_results_file jk_results_file;

/* Opens a result store: /result/<column> for the columns of jk_claims_columns but the last five, /portfolio/cashflow
 * [month x segment x (gross, instalments, cost, sale, net)], with units and meaning as attributes and a manifest. NaN
 * stands for what is empty in the CSV. */
jk_status jk_results_open(const char *path, const jk_tape *tape, const jk_model *model, jk_results_file **file,
                          jk_error *error);
jk_value_sink jk_results_sink(jk_results_file *file);
jk_status jk_results_commit(jk_results_file *file, const jk_valuation *valuation, jk_error *error);
void jk_results_abort(jk_results_file *file);

/* ---- the portfolio ----------------------------------------------------------------------------------------------- */

/* Writes the columns of jk_cashflow_columns: months 1..H, in each the segments in the model's order, so that
 * plain sums are the portfolio's; `with_all`: behind them a row `all`. 9 digits. */
jk_status jk_cashflow_write(const char *path, const jk_valuation *valuation, bool with_all, jk_error *error);

/* Where a figure comes from: program version, sha256 of tape and model, cut-off, return, scenario, seed, options;
 * without a valuation (NULL, with it tape and model) of the program and its run alone. One JSON object; NULL if there
 * is no memory or a file that was read cannot be read again for its digest. Free with free(). */
char *jk_manifest_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuation);

/* What a valuation comes to by decision, segment and country, its cash flow, and the bid table, as rows with their
 * columns described; for NULL the columns alone. */
jk_listing jk_groups_listing(const jk_valuation *valuation);
jk_listing jk_cashflow_listing(const jk_valuation *valuation); /* all claims, a row for each month */
jk_listing jk_cashflow_columns(void);                          /* those of jk_cashflow_write */
jk_listing jk_years_listing(const jk_valuation *valuation);    /* all claims, a row for each year of twelve months */
jk_listing jk_bids_listing(const jk_bids *bids);

/* Who is expected to pay, at the start of each epoch of the model it was valued by; for NULLs the columns alone. */
jk_listing jk_valuation_payers_listing(const jk_valuation *valuation, const jk_model *model);

/* The summary of `value` as JSON, ending in a line end; NULL if there is no memory. Free with free(). */
char *jk_valuation_json(const jk_tape *tape, const jk_model *model, const jk_valuation *valuation);

/* The bid table of `price` as JSON: one entry of "returns" per scenario and return, with decisions, segments and
 * countries. NULL if there is no memory. Free with free(). */
char *jk_bids_json(const jk_tape *tape, const jk_model *model, const jk_bids *bids);

/* Writes a text to a file that appears whole or not at all. */
jk_status jk_text_write(const char *path, const char *text, jk_error *error);

/* The same for text with ids of claims: a new file is its owner's alone. */
jk_status jk_text_write_personal(const char *path, const char *text, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
