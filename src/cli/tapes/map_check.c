/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tapes/map_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/output.h"
#include "base/file/temporary.h"
#include "base/file/transfer.h"
#include "base/number/calendar.h"
#include "cli/print/table.h"
#include "jalki/import.h"
#include "jalki/tape.h"

enum { CLAIMS_SHOWN = 4, CELL_BYTES = 160 };

/* Files without a name, for the while. */
typedef struct check_files {
    jk_output mapping, store, rejects;
} check_files;

static jk_status make_files(check_files *files, const char *text, jk_error *error) {
    jk_output *const all[] = {&files->mapping, &files->store, &files->rejects};
    char beside[JK_TEMPORARY_PATH];
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        JK_TRY(jk_output_scratch(all[i], jk_temporary_path(beside), error));
    }
    return jk_write_all(files->mapping.fd, text, strlen(text)) ? JK_OK
                                                               : jk_fail_errno(error, jk_temporary_place(), "write in");
}

static void remove_files(check_files *files) {
    jk_output *const all[] = {&files->mapping, &files->store, &files->rejects};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i]->target != NULL) {
            jk_input_disown(jk_output_access(all[i]));
        }
        jk_output_abort(all[i]);
    }
}

/* The first bad cell of each kind, as the rejects file has it. */
static jk_status print_rejects(FILE *out, const jk_import_summary *summary, jk_error *error) {
    char *line = NULL;
    size_t room = 0;
    bool seen[JK_REJECT_REASON_COUNT] = {false};
    if (summary->rejects_path == NULL) {
        return JK_OK;
    }
    FILE *rejects = fopen(summary->rejects_path, "re");
    if (rejects == NULL) {
        return jk_fail_errno(error, summary->rejects_path, "open");
    }
    while (getline(&line, &room, rejects) > 0) {
        for (int r = 0; r < JK_REJECT_REASON_COUNT; r++) {
            const char *code = jk_reject_code((jk_reject_reason)r);
            const char *place = strstr(line, code);
            bool is_it = place != NULL && place > line && place[-1] == ',' && !seen[r] && summary->rejected[r].rows > 0;
            if (is_it) {
                seen[r] = true;
                line[strcspn(line, "\r\n")] = '\0';
                (void)fprintf(out, "  %" PRIu64 " rows %s, expected %s; the first: %.120s\n", summary->rejected[r].rows,
                              code, jk_reject_expected((jk_reject_reason)r), line);
            }
        }
    }
    jk_status status = feof(rejects) ? JK_OK : jk_fail_errno(error, summary->rejects_path, "read");
    free(line);
    (void)fclose(rejects);
    return status;
}

/* ---- the first claims ----------------------------------------------------------------------------------------------
 */

static void cell_text(const jk_tape *tape, jk_column column, const void *cells, size_t row, char text[CELL_BYTES]) {
    const jk_type type = jk_schema_column(column)->type;
    size_t count = 0;
    char date[JK_DATE_TEXT];
    text[0] = '\0';
    switch (type) {
    case JK_TYPE_TEXT: {
        size_t width = jk_tape_text_width(tape, column);
        (void)snprintf(text, CELL_BYTES, "%.*s", (int)width, (const char *)cells + row * width);
        break;
    }
    case JK_TYPE_ENUM: {
        int8_t code = ((const int8_t *)cells)[row];
        const char *const *levels = jk_schema_levels(column, &count);
        (void)snprintf(text, CELL_BYTES, "%s", code >= 0 && (size_t)code < count ? levels[code] : "");
        break;
    }
    case JK_TYPE_DICTIONARY: {
        int32_t index = ((const int32_t *)cells)[row];
        const char *const *words = jk_tape_dictionary(tape, column, &count);
        (void)snprintf(text, CELL_BYTES, "%s", index >= 0 && (size_t)index < count ? words[index] : "");
        break;
    }
    case JK_TYPE_DATE:
    case JK_TYPE_INTEGER: {
        int32_t value = ((const int32_t *)cells)[row];
        if (value != JK_MISSING_INTEGER && type == JK_TYPE_DATE) {
            (void)snprintf(text, CELL_BYTES, "%s", jk_date_format(value, date));
        } else if (value != JK_MISSING_INTEGER) {
            (void)snprintf(text, CELL_BYTES, "%" PRId32, value);
        }
        break;
    }
    case JK_TYPE_MONEY: {
        int64_t value = ((const int64_t *)cells)[row];
        if (value != JK_MISSING_MONEY) {
            (void)snprintf(text, CELL_BYTES, "%.2f", (double)value / 100.0);
        }
        break;
    }
    case JK_TYPE_REAL: {
        double value = ((const double *)cells)[row];
        if (!isnan(value)) {
            (void)snprintf(text, CELL_BYTES, "%g", value);
        }
        break;
    }
    }
}

static jk_status print_claims(FILE *out, const jk_tape *tape, jk_error *error) {
    size_t shown = jk_tape_rows(tape) < CLAIMS_SHOWN ? jk_tape_rows(tape) : CLAIMS_SHOWN;
    jk_table *table = jk_table_create("lllll");
    jk_status status = jk_held(table != NULL, error, "a table");
    for (int c = 0; status == JK_OK && c < JK_CSV_COLUMN_COUNT; c++) {
        static _Alignas(8) char cells[CLAIMS_SHOWN * 256];
        if (jk_tape_is_absent(tape, (jk_column)c)) {
            continue;
        }
        status = jk_tape_read(tape, (jk_column)c, 0, shown, cells, error);
        jk_table_cell(table, "%s", jk_schema_column((jk_column)c)->name);
        for (size_t row = 0; status == JK_OK && row < CLAIMS_SHOWN; row++) {
            char text[CELL_BYTES] = "";
            if (row < shown) {
                cell_text(tape, (jk_column)c, cells, row, text);
            }
            jk_table_cell(table, "%s", text);
        }
    }
    if (status == JK_OK && jk_table_print(table, out, 2) != 0) {
        status = jk_fail_memory(error, "a table");
    }
    jk_table_free(table);
    return status;
}

static jk_status print_check(FILE *out, const check_files *files, const jk_import_summary *summary, jk_error *error) {
    (void)fprintf(out, "\nBy this draft: %" PRIu64 " rows read, %" PRIu64 " good, %" PRIu64 " bad\n",
                  summary->rows_read, summary->rows_accepted, summary->rows_rejected);
    JK_TRY(print_rejects(out, summary, error));
    for (size_t i = 0; i < summary->accepted.count; i++) {
        const jk_import_sum *sum = &summary->accepted.sums[i];
        char text[JK_AMOUNT_TEXT];
        (void)fprintf(out, "  %" PRIu64 " claims, balance %s %s\n", sum->claims,
                      jk_amount(text, (double)sum->balance / 100.0, 2), sum->currency);
    }
    if (summary->rows_accepted == 0) {
        return JK_OK;
    }
    (void)fputs("\nThe first claims as they are read:\n", out);
    jk_tape *tape = NULL;
    JK_TRY(jk_tape_open(jk_output_access(&files->store), &tape, error));
    jk_status status = print_claims(out, tape, error);
    jk_tape_close(tape);
    return status;
}

jk_status jk_map_check(FILE *out, const char *const *files, size_t file_count, const char *mapping, int32_t cutoff,
                       jk_error *error) {
    check_files made = {0};
    jk_status status = make_files(&made, mapping, error);
    const jk_import_options options = {.sources = files,
                                       .source_count = file_count,
                                       .output = jk_output_access(&made.store),
                                       .mapping = jk_output_access(&made.mapping),
                                       .rejects = jk_output_access(&made.rejects),
                                       .max_rejects = 1.0,
                                       .max_rejects_is_share = 1,
                                       .cutoff = cutoff};
    const jk_run run = {0};
    jk_import_summary *summary = NULL;
    if (status == JK_OK) {
        status = jk_import(&options, &run, &summary, error);
    }
    if (status != JK_OK && error != NULL && made.mapping.target != NULL &&
        strcmp(error->file, jk_output_access(&made.mapping)) == 0) {
        (void)snprintf(error->file, sizeof error->file, "the draft"); /* its file has no name */
    }
    if (status == JK_OK) {
        status = print_check(out, &made, summary, error);
    }
    jk_import_summary_free(summary);
    remove_files(&made);
    return status;
}
