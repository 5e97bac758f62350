/* SPDX-License-Identifier: Apache-2.0 */
/* The portfolio's cash flow as CSV, and texts that become files. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/text/escape.h"
#include "jalki/export.h"
#include "value/results/cashflow_columns.h"
#include "value/results/number.h"

static void write_month(FILE *stream, int month, const char *segment, const jk_month *sums) {
    enum { ID_MOST = 63 }; /* a segment has no longer id */
    double amounts[JK_CASHFLOW_COUNT];
    char text[JK_CASHFLOW_COUNT * (JK_NUMBER_TEXT + 1)], cell[JK_CELL_BYTES(ID_MOST)];
    char *end = text;
    jk_cashflow_amounts(sums, amounts);
    for (int i = 0; i < JK_CASHFLOW_COUNT; i++) {
        *end++ = ',';
        end = jk_write_digits9(end, amounts[i]);
    }
    (void)fprintf(stream, "%d,", month);
    (void)fwrite(cell, 1, (size_t)(jk_cell_write(cell, segment, strnlen(segment, ID_MOST)) - cell), stream);
    (void)fwrite(text, 1, (size_t)(end - text), stream);
    (void)fputc('\n', stream);
}

static void write_table(FILE *stream, const jk_valuation *valuation, bool with_all) {
    for (int month = 1; month <= valuation->flow.months; month++) {
        for (size_t s = 0; s < valuation->segment_count + with_all; s++) {
            jk_month sums = jk_valuation_month(valuation, month, s);
            write_month(stream, month, s < valuation->segment_count ? valuation->segment_id[s] : "all", &sums);
        }
    }
}

/* Commits if the stream took everything; a stream that did not says so when it is flushed. */
static jk_status finish(jk_output *output, jk_error *error) {
    if (fflush(output->stream) != 0) {
        jk_status status = jk_fail_errno(error, output->target, "write");
        jk_output_abort(output);
        return status;
    }
    return jk_output_commit(output, error);
}

static jk_status open_stream(jk_output *output, const char *path, jk_output_rights rights, jk_error *error) {
    JK_TRY(jk_output_open(output, path, rights, error));
    jk_status status = jk_output_stream(output, error);
    if (status != JK_OK) {
        jk_output_abort(output);
    }
    return status;
}

jk_status jk_cashflow_write(const char *path, const jk_valuation *valuation, bool with_all, jk_error *error) {
    jk_output output;
    JK_TRY(open_stream(&output, path, JK_OUTPUT_PLAIN, error));
    const jk_listing columns = jk_cashflow_columns();
    jk_status status = jk_listing_csv(&columns, output.stream, error);
    if (status != JK_OK) {
        jk_output_abort(&output);
        return status;
    }
    write_table(output.stream, valuation, with_all);
    return finish(&output, error);
}

jk_status jk_text_write(const char *path, const char *text, jk_error *error) {
    return jk_output_write(path, JK_OUTPUT_PLAIN, text, strlen(text), error);
}

jk_status jk_text_write_personal(const char *path, const char *text, jk_error *error) {
    return jk_output_write(path, JK_OUTPUT_PERSONAL, text, strlen(text), error);
}
