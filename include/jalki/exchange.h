/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs in the files of other programs: what this library writes as CSV becomes a workbook, JSON or Parquet.
 *
 *     int fd = ...;                                               CSV of this library, from its beginning
 *     jk_exchange_convert(fd, "claims.xlsx", "claims", &error);
 */
#ifndef JALKI_EXCHANGE_H
#define JALKI_EXCHANGE_H

#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a text names a data base (postgresql://…, odbc:…); and the name under which it goes on: without user,
 * password and parameters, so that neither messages nor manifests can have them. Who takes texts from outside puts the
 * name in the URL's place; it lasts. NULL: out of memory. */
int jk_exchange_is_database(const char *text);
const char *jk_exchange_hide(const char *url);

/* Whether the libraries of these data bases are here. */
int jk_exchange_has_postgres(void);
int jk_exchange_has_sqlite(void);
int jk_exchange_has_odbc(void);

/* Kinds of files that rows can become, by the ending of a name (case does not matter). */
typedef enum jk_exchange_kind {
    JK_EXCHANGE_CSV, /* every other name */
    JK_EXCHANGE_XLSX,
    JK_EXCHANGE_JSON,
    JK_EXCHANGE_PARQUET
} jk_exchange_kind;
jk_exchange_kind jk_exchange_kind_of(const char *path);

/* Whether files of this kind can be written here: JK_ERROR_UNSUPPORTED for Parquet without DuckDB's library. */
jk_status jk_exchange_check(jk_exchange_kind kind, jk_error *error);

/* Reads the whole file behind the descriptor, CSV as this library writes it (a heading, commas, decimal points, dates
 * as YYYY-MM-DD), and writes its rows as the kind of file that `path` is called; the file appears whole or not at all,
 * and is its owner's alone where a column names claims or debtors. A column is numbers where every cell that is given
 * is a number as a computer writes it (007 is text) and it is no id, dates likewise; else it is text. JSON is an object
 * of "rows" and "manifest". `title` names the sheet of a workbook. JK_ERROR_IO; JK_ERROR_UNSUPPORTED as above, and for
 * more rows than a sheet holds. */
jk_status jk_exchange_convert(int fd, const char *path, const char *title, jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
