/* SPDX-License-Identifier: Apache-2.0 */
/* A file of results (value -o R.h5) as a table, and that table in a data base or in files of other programs.
 *
 *     jk_results_table *table = NULL;
 *     jk_results_table_open("R.h5", "results", &table, &error);
 *     jk_results_table_export(table, "postgresql://host/base", "results", &rows, &error);
 *     jk_results_table_close(table);
 */
#ifndef JALKI_RESULTS_TABLE_H
#define JALKI_RESULTS_TABLE_H

#include "jalki/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_results_table jk_results_table;

/* Opens the table of this name: "results" (a row for each claim) or "cashflow" (a row for each month and segment).
 * JK_ERROR_IO, JK_ERROR_FORMAT where the file is something else. Free with close. */
jk_status jk_results_table_open(const char *path, const char *name, jk_results_table **table, jk_error *error);
void jk_results_table_close(jk_results_table *table); /* NULL is accepted */

/* Writes the table: into a data base of PostgreSQL where the target is the hidden name of its URL (jk_exchange_hide),
 * or of SQLite where it ends in .sqlite, .sqlite3 or .db; else into a file of the kind that its name ends in (.csv,
 * .csv.gz, .xlsx, .json, .parquet).
 *
 * In a data base the rows go to the table `into`, which is made where it is not there (columns that it lacks are
 * added), with the cut-off as a column: rows of the same claim and cut-off (of a cash flow: month, segment and cut-off)
 * are replaced, others stay. All of it is one transaction. *rows: how many were written. JK_ERROR_IO with what the data
 * base says, JK_ERROR_UNSUPPORTED where its library is not there. */
jk_status jk_results_table_export(const jk_results_table *table, const char *target, const char *into, size_t *rows,
                                  jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
