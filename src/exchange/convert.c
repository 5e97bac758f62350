/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/text/text.h"
#include "database/odbc.h"
#include "database/postgres.h"
#include "database/sqlite.h"
#include "exchange/plain_rows.h"
#include "jalki/exchange.h"
#include "jalki/sql.h"
#include "jalki/xlsx.h"

int jk_exchange_is_database(const char *text) {
    return jk_postgres_is_url(text) || jk_odbc_is_name(text);
}

const char *jk_exchange_hide(const char *url) {
    return jk_odbc_is_name(url) ? jk_odbc_hide(url) : jk_postgres_hide(url);
}

int jk_exchange_has_postgres(void) {
    return jk_postgres(NULL) != NULL;
}

int jk_exchange_has_odbc(void) {
    return jk_odbc(NULL) != NULL;
}

int jk_exchange_has_sqlite(void) {
    return jk_sqlite(NULL) != NULL;
}

jk_exchange_kind jk_exchange_kind_of(const char *path) {
    static const char *const endings[] = {
        [JK_EXCHANGE_XLSX] = ".xlsx", [JK_EXCHANGE_JSON] = ".json", [JK_EXCHANGE_PARQUET] = ".parquet"};
    const char *ending = strrchr(path, '.');
    for (int kind = JK_EXCHANGE_XLSX; ending != NULL && kind <= JK_EXCHANGE_PARQUET; kind++) {
        if (strcasecmp(ending, endings[kind]) == 0) {
            return (jk_exchange_kind)kind;
        }
    }
    return JK_EXCHANGE_CSV;
}

jk_status jk_exchange_check(jk_exchange_kind kind, jk_error *error) {
    return kind == JK_EXCHANGE_PARQUET ? jk_sql_check(error) : JK_OK;
}

static char *manifest_text(void) {
    jk_json_builder builder = {0};
    return jk_json_text(&builder, jk_run_record_manifest(&builder), JSON_INDENT(2));
}

/* ---- JSON ----------------------------------------------------------------------------------------------------- */

static jk_status put_value(FILE *stream, jk_sheet_kind kind, const char *cell, jk_error *error) {
    if (cell[0] == '\0') {
        (void)fputs("null", stream);
    } else if (kind <= JK_SHEET_NUMBER) {
        (void)fputs(cell, stream); /* a number of CSV is one of JSON */
    } else {
        json_t *value = jk_json_string(cell);
        char *text = json_dumps(value, JSON_ENCODE_ANY);
        json_decref(value);
        JK_TRY(jk_held(text != NULL, error, "a cell"));
        (void)fputs(text, stream);
        free(text);
    }
    return JK_OK;
}

static jk_status put_rows(FILE *stream, jk_plain_rows *rows, jk_error *error) {
    bool more = true;
    for (size_t row = 0; more; row++) {
        JK_TRY(jk_plain_rows_next(rows, &more, error));
        for (size_t c = 0; more && c < rows->count; c++) {
            (void)fputs(c == 0 ? row == 0 ? "\n  {" : ",\n  {" : ", ", stream);
            JK_TRY(put_value(stream, JK_SHEET_TEXT, rows->name[c], error));
            (void)fputs(": ", stream);
            JK_TRY(put_value(stream, rows->kind[c], rows->cell[c], error));
        }
        (void)fputs(more ? "}" : "\n", stream);
    }
    return JK_OK;
}

static jk_status write_json(jk_plain_rows *rows, const char *path, jk_error *error) {
    jk_output output;
    char *manifest = manifest_text();
    JK_TRY(jk_held(manifest != NULL, error, "the manifest"));
    jk_status status = jk_output_open(&output, path, rows->personal ? JK_OUTPUT_PERSONAL : JK_OUTPUT_PLAIN, error);
    status = status == JK_OK ? jk_output_stream(&output, error) : status;
    if (status == JK_OK) {
        (void)fputs("{\"rows\": [", output.stream);
        status = put_rows(output.stream, rows, error);
        (void)fprintf(output.stream, "],\n\"manifest\": %s}\n", manifest);
    }
    free(manifest);
    if (status != JK_OK) {
        jk_output_abort(&output);
        return status;
    }
    return jk_output_commit(&output, error);
}

/* ---- a workbook ----------------------------------------------------------------------------------------------- */

static jk_status next_row(void *context, const char *const **cells, jk_error *error) {
    jk_plain_rows *rows = context;
    bool more = false;
    JK_TRY(jk_plain_rows_next(rows, &more, error));
    *cells = more ? rows->cell : NULL;
    return JK_OK;
}

static jk_status write_xlsx(jk_plain_rows *rows, const char *path, const char *title, jk_error *error) {
    const jk_xlsx_rows sheet = {.sheet = title,
                                .columns = rows->count,
                                .names = (const char *const *)rows->name,
                                .kinds = rows->kind,
                                .next = next_row,
                                .context = rows};
    return jk_xlsx_write_rows(path, rows->personal, &sheet, manifest_text(), error);
}

/* ---- Parquet -------------------------------------------------------------------------------------------------- */

/* A name between quotes, those within doubled. */
static void put_quoted(FILE *stream, char quote, const char *text) {
    (void)fputc(quote, stream);
    for (; *text != '\0'; text++) {
        (void)fputc(*text, stream);
        if (*text == quote) {
            (void)fputc(quote, stream);
        }
    }
    (void)fputc(quote, stream);
}

static jk_status write_parquet(jk_plain_rows *rows, int fd, const char *path, jk_error *error) {
    static const char *const types[] = {[JK_SHEET_COUNT] = "BIGINT",
                                        [JK_SHEET_NUMBER] = "DOUBLE",
                                        [JK_SHEET_DATE] = "DATE",
                                        [JK_SHEET_TEXT] = "VARCHAR"};
    char *query = NULL;
    size_t length = 0;
    FILE *stream = jk_text_open(&query, &length);
    JK_TRY(jk_held(stream != NULL, error, "a query"));
    (void)fprintf(stream,
                  "select * from read_csv('/proc/self/fd/%d', auto_detect = false, header = true, delim = ',', "
                  "quote = '\"', escape = '\"', nullstr = '', columns = {",
                  fd);
    for (size_t c = 0; c < rows->count; c++) {
        (void)fputs(c > 0 ? ", " : "", stream);
        put_quoted(stream, '\'', rows->name[c]);
        (void)fprintf(stream, ": '%s'", types[rows->kind[c]]);
    }
    (void)fputs("})", stream);
    jk_sql *sql = NULL;
    jk_status status = jk_text_close(stream, &query) ? jk_sql_open(0, &sql, error) : jk_fail_memory(error, "a query");
    status = status == JK_OK ? jk_sql_write(sql, query, path, rows->personal, error) : status;
    jk_sql_close(sql);
    free(query);
    return status;
}

jk_status jk_exchange_convert(int fd, const char *path, const char *title, jk_error *error) {
    jk_plain_rows rows;
    JK_TRY(jk_plain_rows_open(fd, &rows, error));
    jk_exchange_kind kind = jk_exchange_kind_of(path);
    jk_status status = kind == JK_EXCHANGE_XLSX   ? write_xlsx(&rows, path, title, error)
                       : kind == JK_EXCHANGE_JSON ? write_json(&rows, path, error)
                       : kind == JK_EXCHANGE_PARQUET
                           ? write_parquet(&rows, fd, path, error)
                           : jk_fail(error, JK_ERROR_ARGUMENT, path, 0, NULL,
                                     "is called like no file that rows become; expected .xlsx, .json or .parquet");
    jk_plain_rows_close(&rows);
    return status;
}
