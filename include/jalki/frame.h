/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in columns of which nobody needs to know where they come from: a tape, results per claim, a cash flow. What
 * reads them (SQL, Parquet) asks for some rows of one column at a time.
 *
 *     jk_frame frame;
 *     jk_frame_of_tape(tape, &frame);
 *     frame.read(&frame, 3, first, count, buffer, &error);      count elements of the column's type
 */
#ifndef JALKI_FRAME_H
#define JALKI_FRAME_H

#include "jalki/claims.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jk_frame_type {
    JK_FRAME_TEXT,   /* char[width], zero-padded; missing: empty */
    JK_FRAME_CODE8,  /* int8_t position in `words`; missing: below 0 */
    JK_FRAME_CODE16, /* uint16_t position in `words` */
    JK_FRAME_CODE32, /* int32_t position in `words`; missing: below 0 */
    JK_FRAME_DATE,   /* int32_t days since 1970-01-01; missing: JK_MISSING_INTEGER */
    JK_FRAME_MONEY,  /* int64_t hundredths; missing: JK_MISSING_MONEY */
    JK_FRAME_FLOAT,  /* float; missing: NaN */
    JK_FRAME_DOUBLE, /* double; missing: NaN */
    JK_FRAME_INT32   /* int32_t; missing: JK_MISSING_INTEGER */
} jk_frame_type;

enum { JK_FRAME_COLUMNS = JK_COLUMN_COUNT };

typedef struct jk_frame_column {
    const char *name, *unit;
    jk_frame_type type;
    size_t width; /* bytes of an element */
    const char *const *words;
    size_t word_count;
    int place; /* in the source */
} jk_frame_column;

typedef struct jk_frame {
    const char *name; /* "tape", "panel", "results", "cashflow" */
    size_t rows, column_count;
    jk_frame_column column[JK_FRAME_COLUMNS];
    const void *source; /* must outlive the frame */
    /* Rows [first, first + count) of a column into `out`. From several threads at once. */
    jk_status (*read)(const struct jk_frame *frame, size_t column, size_t first, size_t count, void *out,
                      jk_error *error);
} jk_frame;

/* The columns that the tape, or the panel, has. */
void jk_frame_of_tape(const jk_tape *tape, jk_frame *frame);
/* The columns of results, after the run. */
void jk_frame_of_claims(const jk_claims_table *claims, jk_frame *frame);
/* month, segment, gross, instalments, cost, sale, net (base currency): a row for each month and segment, so that plain
 * sums are the portfolio's. */
void jk_frame_of_cashflow(const jk_valuation *valuation, jk_frame *frame);

/* Whether row `row` of what was read of the column is missing; a CODE16 beyond its words is. */
bool jk_frame_is_missing(const jk_frame_column *column, const void *data, size_t row);

#ifdef __cplusplus
}
#endif
#endif
