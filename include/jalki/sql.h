/* SPDX-License-Identifier: Apache-2.0 */
/* SQL over frames, and Parquet, by DuckDB's library where it is there (docs/sql.md). Frames are read in place, by the
 * columns and rows that a query needs; nothing is copied into a data base.
 *
 *     jk_sql *sql = NULL;
 *     jk_sql_open(0, &sql, &error);
 *     jk_sql_add(sql, &frame, &error);                            a table of the frame's name
 *     jk_sql_query(sql, "select ...", take_row, context, &error);
 *     jk_sql_write(sql, "from results", "results.parquet", false, &error);
 *     jk_sql_close(sql);
 */
#ifndef JALKI_SQL_H
#define JALKI_SQL_H

#include "jalki/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jk_sql jk_sql;

/* Loads the library: JK_ERROR_UNSUPPORTED where it is absent; the message says how to get it. */
jk_status jk_sql_check(jk_error *error);

/* A session with `threads` threads (0: all cores). Extensions are neither loaded nor fetched from the network.
 * Fails as jk_sql_check does. */
jk_status jk_sql_open(int threads, jk_sql **sql, jk_error *error);

/* Adds a table that reads the frame, whose rows come in its order. Dates are DATE, money DECIMAL(18,2), codes ENUM,
 * what is missing NULL. The frame and its source must outlive the session. */
jk_status jk_sql_add(jk_sql *sql, const jk_frame *frame, jk_error *error);

/* A column of an answer. */
typedef struct jk_sql_column {
    const char *name;
    int is_number, is_boolean;
} jk_sql_column;

/* Runs a query and hands over its rows as texts (NULL: missing), numbers with all their digits. The first call has no
 * cells, for the columns alone. JK_ERROR_ARGUMENT with what the library says of the query. */
typedef jk_status jk_sql_take(void *context, const jk_sql_column *columns, size_t count, const char *const *cells,
                              jk_error *error);
jk_status jk_sql_query(jk_sql *sql, const char *query, jk_sql_take *take, void *context, jk_error *error);

/* Writes the rows of a query as a Parquet file (Zstandard), which appears whole or not at all. `personal`: a new file
 * is its owner's alone. */
jk_status jk_sql_write(jk_sql *sql, const char *query, const char *path, int personal, jk_error *error);

void jk_sql_close(jk_sql *sql); /* NULL is accepted */

#ifdef __cplusplus
}
#endif
#endif
