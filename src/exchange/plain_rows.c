/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/plain_rows.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "base/text/text.h"

enum { COLUMNS_MAX = 4096 };

static jk_status grow(jk_plain_rows *rows, size_t needed, jk_error *error) {
    if (needed <= rows->room) {
        return JK_OK;
    }
    char *larger = realloc(rows->text, 2 * needed);
    JK_TRY(jk_held(larger != NULL, error, "a row"));
    rows->text = larger;
    rows->room = 2 * needed;
    return JK_OK;
}

/* One row into `text`, its cells terminated, where each begins into `start`; *fields 0 at the end. */
static jk_status read_row(jk_plain_rows *rows, size_t most, size_t *fields, jk_error *error) {
    size_t length = 0;
    bool quoted = false;
    int next = getc(rows->stream);
    *fields = 0;
    if (next == EOF) {
        return ferror(rows->stream) ? jk_fail_errno(error, NULL, "read") : JK_OK;
    }
    rows->start[(*fields)++] = 0;
    for (; next != EOF && (quoted || next != '\n'); next = getc(rows->stream)) {
        JK_TRY(grow(rows, length + 2, error));
        if (quoted && next == '"') {
            int behind = getc(rows->stream);
            quoted = behind == '"';
            if (quoted) {
                rows->text[length++] = '"';
            } else {
                (void)ungetc(behind, rows->stream);
            }
        } else if (!quoted && next == '"') {
            quoted = true;
        } else if (!quoted && next == ',' && *fields < most) {
            rows->text[length++] = '\0';
            rows->start[(*fields)++] = length;
        } else {
            rows->text[length++] = (char)next;
        }
    }
    if (next == EOF && ferror(rows->stream)) {
        return jk_fail_errno(error, NULL, "read");
    }
    JK_TRY(grow(rows, length + 1, error));
    rows->text[length] = '\0';
    for (size_t c = 0; c < *fields; c++) {
        rows->cell[c] = rows->text + rows->start[c];
    }
    return JK_OK;
}

/* ---- kinds ---------------------------------------------------------------------------------------------------- */

static bool is_id(const char *name) {
    size_t length = strlen(name);
    return strcmp(name, "id") == 0 || strcmp(name, "pseudonym") == 0 ||
           (length > 3 && strcmp(name + length - 3, "_id") == 0);
}

/* A number as a computer writes it: no leading zeros, no plus, finite. */
static jk_sheet_kind kind_of(const char *text) {
    double number = 0.0;
    int32_t date = 0;
    const char *digits = text + (text[0] == '-');
    const size_t length = strlen(text);
    if (isdigit((unsigned char)digits[0]) && !(digits[0] == '0' && isdigit((unsigned char)digits[1])) &&
        jk_text_to_real(text, length, &number) && isfinite(number)) {
        return strspn(digits, "0123456789") == strlen(digits) && fabs(number) < 1e15 ? JK_SHEET_COUNT : JK_SHEET_NUMBER;
    }
    return length == 10 && jk_date_parse(text, length, &date) ? JK_SHEET_DATE : JK_SHEET_TEXT;
}

/* What a column is that has cells of both kinds. */
static jk_sheet_kind wider(jk_sheet_kind one, jk_sheet_kind other) {
    bool numbers = one <= JK_SHEET_NUMBER && other <= JK_SHEET_NUMBER;
    return one == other ? one : numbers ? JK_SHEET_NUMBER : JK_SHEET_TEXT;
}

static jk_status find_kinds(jk_plain_rows *rows, jk_error *error) {
    bool more = true;
    bool *given = calloc(rows->count, sizeof *given);
    jk_status status = jk_held(given != NULL, error, "the columns");
    while (status == JK_OK && more) {
        status = jk_plain_rows_next(rows, &more, error);
        for (size_t c = 0; status == JK_OK && more && c < rows->count; c++) {
            if (rows->cell[c][0] != '\0' && (!given[c] || rows->kind[c] != JK_SHEET_TEXT)) {
                jk_sheet_kind kind = kind_of(rows->cell[c]);
                rows->kind[c] = given[c] ? wider(rows->kind[c], kind) : kind;
                given[c] = true;
            }
        }
    }
    for (size_t c = 0; status == JK_OK && c < rows->count; c++) {
        bool id = is_id(rows->name[c]);
        rows->personal = rows->personal || id;
        rows->kind[c] = id || !given[c] ? JK_SHEET_TEXT : rows->kind[c];
    }
    free(given);
    return status;
}

/* ---- rows ----------------------------------------------------------------------------------------------------- */

static jk_status read_heading(jk_plain_rows *rows, jk_error *error) {
    size_t count = 0;
    JK_TRY(read_row(rows, COLUMNS_MAX, &count, error));
    if (count == 0) {
        return jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "there are no rows to convert");
    }
    rows->name = calloc(count, sizeof *rows->name);
    rows->kind = calloc(count, sizeof *rows->kind);
    bool held = rows->name != NULL && rows->kind != NULL;
    rows->count = held ? count : 0;
    for (size_t c = 0; c < rows->count && held; c++) {
        rows->name[c] = strdup(rows->cell[c]);
        held = rows->name[c] != NULL;
    }
    return jk_held(held, error, "the columns");
}

jk_status jk_plain_rows_open(int fd, jk_plain_rows *rows, jk_error *error) {
    *rows = (jk_plain_rows){.start = calloc(COLUMNS_MAX, sizeof *rows->start),
                            .cell = calloc(COLUMNS_MAX, sizeof *rows->cell)};
    int own = dup(fd);
    rows->stream = own < 0 || lseek(own, 0, SEEK_SET) != 0 ? NULL : fdopen(own, "r");
    if (rows->stream == NULL || rows->start == NULL || rows->cell == NULL) {
        jk_status failed = rows->stream == NULL ? jk_fail_errno(error, NULL, "read") : jk_fail_memory(error, "rows");
        if (rows->stream == NULL && own >= 0) {
            (void)close(own);
        }
        jk_plain_rows_close(rows);
        return failed;
    }
    jk_status status = read_heading(rows, error);
    long first = status == JK_OK ? ftell(rows->stream) : 0;
    status = status == JK_OK ? find_kinds(rows, error) : status;
    if (status == JK_OK && fseek(rows->stream, first, SEEK_SET) != 0) {
        status = jk_fail_errno(error, NULL, "read");
    }
    if (status != JK_OK) {
        jk_plain_rows_close(rows);
    }
    return status;
}

jk_status jk_plain_rows_next(jk_plain_rows *rows, bool *more, jk_error *error) {
    size_t fields = 0;
    JK_TRY(read_row(rows, rows->count, &fields, error));
    *more = fields > 0;
    return fields == 0 || fields == rows->count
               ? JK_OK
               : jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "a row to convert has %zu cells, expected %zu",
                         fields, rows->count);
}

void jk_plain_rows_close(jk_plain_rows *rows) {
    for (size_t c = 0; rows->name != NULL && c < rows->count; c++) {
        free(rows->name[c]);
    }
    free((void *)rows->name);
    free(rows->kind);
    free((void *)rows->cell);
    free(rows->start);
    free(rows->text);
    if (rows->stream != NULL) {
        (void)fclose(rows->stream);
    }
    *rows = (jk_plain_rows){0};
}
