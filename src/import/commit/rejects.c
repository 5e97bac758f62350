/* SPDX-License-Identifier: Apache-2.0 */
#include "import/commit/rejects.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/text/escape.h"
#include "base/words/listing.h"
#include "csv/value.h"
#include "jalki/import.h"

enum { VALUE_MAX = 200 };

/* A quoted cell of one line, whatever is in it (base/text/escape.h); long ones are cut. */
static size_t put_cell(FILE *out, const char *text, size_t length) {
    char piece[VALUE_MAX * JK_ESCAPE_GROWTH];
    bool cut = length > VALUE_MAX;
    size_t shown = cut ? VALUE_MAX : length;
    while (cut && shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80) {
        shown--; /* not in the middle of a character */
    }
    const size_t written = jk_escape(piece, text, shown, false, NULL);
    (void)fputs(jk_cell_is_formula(text, shown) ? "\"'" : "\"", out);
    for (size_t i = 0; i < written; i++) {
        (void)fputs(piece[i] == '"' ? "\"" : "", out);
        (void)fputc(piece[i], out);
    }
    (void)fputs(cut ? "...\"" : "\"", out);
    return written + 3; /* about as many bytes as were written */
}

static const jk_listing_column columns[] = {
    JK_LISTED_COUNT("line", NULL, "Physical line of the file at which the row begins"),
    JK_LISTED_TEXT("claim_id", NULL, "Its key, as far as it could be read"),
    JK_LISTED_TEXT("column", NULL, "The column at fault; empty: the row as a whole"),
    JK_LISTED_TEXT("value", NULL, "What stood there"),
    JK_LISTED_TEXT("reason", NULL, "A code, as in the summary"),
    JK_LISTED_TEXT("expected", NULL, "What would have been right"),
    JK_LISTED_TEXT("file", NULL, "The source"),
};

jk_listing jk_rejects_columns(void) {
    return JK_LISTING_FILE("rejects", columns);
}

/* The balance is no column of the tape, but what a row without one is rejected for. */
static const char *column_name(jk_kind kind, const jk_reject_line *line) {
    if (line->column >= 0) {
        return jk_schema_name(kind, (jk_column)line->column);
    }
    return line->reason == JK_REJECT_NOT_POSITIVE ? "balance" : "";
}

jk_status jk_reject_file_write(jk_reject_file *file, const jk_reject_line *line, jk_error *error) {
    if (!file->open) {
        JK_TRY(jk_output_open(&file->output, file->path, JK_OUTPUT_PERSONAL, error));
        file->open = true;
        JK_TRY(jk_output_stream(&file->output, error));
        const jk_listing described = jk_rejects_columns();
        JK_TRY(jk_listing_csv(&described, file->output.stream, error));
    }
    FILE *out = file->output.stream;
    if (file->bytes > file->bytes_most) {
        file->unlisted++;
        return JK_OK;
    }
    int fixed = fprintf(out, "%llu,", (unsigned long long)line->line);
    size_t cells = put_cell(out, line->claim_id, line->claim_id_length);
    fixed += fprintf(out, ",%s,", column_name(file->kind, line));
    cells += put_cell(out, line->value, line->value_length);
    fixed += fprintf(out, ",%s,\"%s\",", jk_reject_code(line->reason), jk_reject_expected(line->reason));
    cells += put_cell(out, line->file, strlen(line->file));
    (void)fputc('\n', out);
    file->bytes += cells + (fixed > 0 ? (size_t)fixed : 0);
    return ferror(out) ? jk_fail_errno(error, file->path, "write") : JK_OK;
}

jk_status jk_reject_file_commit(jk_reject_file *file, jk_error *error) {
    if (file->open) {
        if (file->unlisted > 0) {
            (void)fprintf(file->output.stream, ",\"\",,\"\",not_listed,\"%llu more rows were rejected\",\"\"\n",
                          (unsigned long long)file->unlisted);
        }
        file->open = false;
        return jk_output_commit(&file->output, error);
    }
    struct stat old;
    if (lstat(file->path, &old) == 0 && S_ISREG(old.st_mode) && !jk_input_is_kept(&old)) {
        (void)unlink(file->path); /* rejects of an earlier load */
    }
    return JK_OK;
}

void jk_reject_file_abort(jk_reject_file *file) {
    if (file->open) {
        jk_output_abort(&file->output);
        file->open = false;
    }
}
