/* SPDX-License-Identifier: Apache-2.0 */
/* Shares of a price as CSV, block by block in tape order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/memory.h"
#include "base/team/team.h"
#include "base/text/escape.h"
#include "base/words/listing.h"
#include "deal/shares_internal.h"
#include "value/results/number.h"

enum { NUMBERS_PER_ROW = 4 };

static const jk_listing_column columns[] = {
    JK_LISTED_TEXT("claim_id", NULL, "The seller's key"),
    JK_LISTED_MONEY("face", NULL, "What is owed at the cut-off"),
    JK_LISTED_MONEY("value", NULL, "Worth at the required return"),
    JK_LISTED_MONEY("price", NULL, "Its share of the price, whole cents"),
    {"pct_of_face", NULL, "%", "Price in per cent of face", JK_LISTING_NUMBER, 4},
};

jk_listing jk_shares_columns(void) {
    return JK_LISTING_FILE("price by claim", columns);
}

typedef struct shares_file {
    jk_output output;
    size_t width; /* of claim_id */
    char *ids, *text;
} shares_file;

static jk_status write_text(shares_file *file, const char *text, size_t length, jk_error *error) {
    return fwrite(text, 1, length, file->output.stream) == length ? JK_OK
                                                                  : jk_fail_errno(error, file->output.target, "write");
}

/* Percent of face with 4 decimals; empty where there is no face, or a percentage beyond all use. */
static char *write_percent(char *out, double cents, double face) {
    double parts = nearbyint(cents / face * 1e4);
    return fabs(parts) < 1e15 ? jk_write_parts(out, (int64_t)parts, 4) : out;
}

static char *write_row(const jk_shares *shares, const shares_file *file, const char *id, size_t row, size_t *taken,
                       char *out) {
    out = jk_cell_write(out, id, strnlen(id, file->width));
    *out++ = ',';
    out = jk_write_cents(out, shares->face[row]);
    *out++ = ',';
    out = jk_write_cents(out, (double)shares->value[row]);
    *out++ = ',';
    int64_t cents = jk_shares_next(shares, row, taken);
    out = jk_write_parts(out, cents, 2);
    *out++ = ',';
    out = write_percent(out, (double)cents, shares->face[row]);
    *out++ = '\n';
    return out;
}

/* Where the text of a rank's rows goes: into the file, or to rank 0, which has it. */
static jk_status give_text(shares_file *file, const char *text, size_t length, jk_error *error) {
    return jk_team_number() > 1 ? jk_team_put(text, length, error) : write_text(file, text, length, error);
}

/* The rows of the other ranks, in order; each ends with nothing. */
static jk_status take_rows(shares_file *file, jk_error *error) {
    for (int number = 2; number <= jk_team_parts(); number++) {
        size_t length = 1;
        while (length > 0) {
            void *text = NULL;
            JK_TRY(jk_team_take(number, &text, &length, error));
            jk_status status = write_text(file, text, length, error);
            free(text);
            JK_TRY(status);
        }
    }
    return JK_OK;
}

static jk_status write_rows(const jk_shares *shares, shares_file *file, jk_error *error) {
    char head[JK_LISTING_HEAD + 1];
    const jk_listing described = jk_shares_columns();
    size_t length = jk_listing_head(&described, head);
    head[length++] = '\n';
    size_t taken = 0, first = 0, end = shares->rows;
    JK_TRY(write_text(file, head, length, error));
    jk_team_rows(JK_PASS_RESULT, shares->rows, &first, &end);
    while (taken < shares->taken_count && shares->taken[taken] < first) {
        taken++;
    }
    for (; first < end; first += SHARES_BLOCK) {
        size_t rows = end - first < SHARES_BLOCK ? end - first : SHARES_BLOCK;
        JK_TRY(jk_tape_read(shares->tape, JK_COLUMN_CLAIM_ID, first, rows, file->ids, error));
        char *out = file->text;
        for (size_t i = 0; i < rows; i++) {
            out = write_row(shares, file, file->ids + i * file->width, first + i, &taken, out);
        }
        JK_TRY(give_text(file, file->text, (size_t)(out - file->text), error));
    }
    return jk_team_number() > 1 ? jk_team_put("", 0, error) : take_rows(file, error);
}

static jk_status take_memory(shares_file *file, jk_error *error) {
    size_t bytes = SHARES_BLOCK * (JK_CELL_BYTES(file->width) + 8 + (size_t)NUMBERS_PER_ROW * JK_NUMBER_TEXT);
    file->ids = jk_columns_alloc(SHARES_BLOCK, file->width);
    file->text = malloc(bytes);
    return file->ids != NULL && file->text != NULL ? JK_OK : jk_fail_memory(error, "the shares' text");
}

jk_status jk_shares_write(const jk_shares *shares, const char *path, jk_error *error) {
    shares_file file = {.width = jk_tape_text_width(shares->tape, JK_COLUMN_CLAIM_ID)};
    JK_TRY(jk_output_open(&file.output, path, JK_OUTPUT_PERSONAL, error));
    jk_status status = jk_output_stream(&file.output, error);
    if (status == JK_OK) {
        status = take_memory(&file, error);
    }
    if (status == JK_OK) {
        status = write_rows(shares, &file, error);
    }
    if (status == JK_OK && fflush(file.output.stream) != 0) {
        status = jk_fail_errno(error, path, "write");
    }
    if (status == JK_OK) {
        status = jk_output_commit(&file.output, error);
    }
    jk_output_abort(&file.output);
    free(file.text);
    free(file.ids);
    return status;
}
