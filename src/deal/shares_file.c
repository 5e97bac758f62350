/* SPDX-License-Identifier: Apache-2.0 */
/* Shares of a price as CSV, block by block in tape order; gzip members in a row where the name ends in ".gz". */
#include <libdeflate.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/memory.h"
#include "base/output.h"
#include "deal/shares_internal.h"
#include "value/number.h"

enum { COMPRESSION_LEVEL = 6, NUMBERS_PER_ROW = 4 };

typedef struct shares_file {
    jk_output output;
    bool pack;
    size_t width; /* of claim_id */
    char *ids, *text;
    unsigned char *packed;
    size_t packed_size;
    struct libdeflate_compressor *compressor;
} shares_file;

static jk_status write_text(shares_file *file, const char *text, size_t length, jk_error *error) {
    const void *bytes = text;
    if (file->pack) {
        length = libdeflate_gzip_compress(file->compressor, text, length, file->packed, file->packed_size);
        bytes = file->packed;
        if (length == 0) {
            return jk_fail(error, JK_ERROR_INTERNAL, file->output.target, 0, NULL, "compression failed");
        }
    }
    return fwrite(bytes, 1, length, file->output.stream) == length ? JK_OK
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

static jk_status write_rows(const jk_shares *shares, shares_file *file, jk_error *error) {
    static const char header[] = "claim_id,face,value,price,pct_of_face\n";
    JK_TRY(write_text(file, header, sizeof header - 1, error));
    size_t taken = 0;
    for (size_t first = 0; first < shares->rows; first += SHARES_BLOCK) {
        size_t rows = shares->rows - first < SHARES_BLOCK ? shares->rows - first : SHARES_BLOCK;
        JK_TRY(jk_tape_read(shares->tape, JK_COLUMN_CLAIM_ID, first, rows, file->ids, error));
        char *out = file->text;
        for (size_t i = 0; i < rows; i++) {
            out = write_row(shares, file, file->ids + i * file->width, first + i, &taken, out);
        }
        JK_TRY(write_text(file, file->text, (size_t)(out - file->text), error));
    }
    return JK_OK;
}

static jk_status take_memory(shares_file *file, jk_error *error) {
    size_t bytes = SHARES_BLOCK * (JK_CELL_BYTES(file->width) + 8 + (size_t)NUMBERS_PER_ROW * JK_NUMBER_TEXT);
    file->ids = jk_columns_alloc(SHARES_BLOCK, file->width);
    file->text = malloc(bytes);
    bool held = file->ids != NULL && file->text != NULL;
    if (file->pack) {
        file->packed_size = libdeflate_gzip_compress_bound(NULL, bytes);
        file->packed = malloc(file->packed_size);
        file->compressor = libdeflate_alloc_compressor(COMPRESSION_LEVEL);
        held = held && file->packed != NULL && file->compressor != NULL;
    }
    return held ? JK_OK : jk_fail_memory(error, "the shares' text");
}

jk_status jk_shares_write(const jk_shares *shares, const char *path, jk_error *error) {
    size_t length = strlen(path);
    shares_file file = {.width = jk_tape_text_width(shares->tape, JK_COLUMN_CLAIM_ID),
                        .pack = length > 3 && strcmp(path + length - 3, ".gz") == 0};
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
    libdeflate_free_compressor(file.compressor);
    free(file.packed);
    free(file.text);
    free(file.ids);
    return status;
}
