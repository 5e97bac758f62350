/* SPDX-License-Identifier: Apache-2.0 */
/* Results per claim as columns: one table says what each one is, most go on as the stages left them in memory. Who
 * takes them (a file, memory) gives a function that takes the rows of one column. */
#ifndef JK_VALUE_CLAIM_COLUMNS_H
#define JK_VALUE_CLAIM_COLUMNS_H

#include "jalki/result.h"
#include "jalki/value.h"

/* The words of a column, each once, among them that for a missing cell. */
typedef struct jk_claim_words {
    const char **word;
    size_t count;
    uint16_t shift, missing; /* where the column's first word stands, and that for missing */
} jk_claim_words;

/* Zero-initialise; `put` and `context` are set before the sink is used. */
typedef struct jk_claim_columns {
    /* Rows [first, first + rows) of a column; from several threads at once. */
    jk_status (*put)(void *context, size_t column, size_t first, size_t rows, const void *data, jk_error *error);
    void *context;
    size_t count;
    jk_result_column column[JK_RESULT_COLUMNS_MAX]; /* texts are those of tape and model */
    bool with_face; /* debtor, country, currency, balance and value in % of it, too; set before it is opened */
    /* its own */
    int threads;
    bool shared;      /* with other processes: only rows of this one come */
    double **scratch; /* [threads][block rows]: columns that are made ready */
    const char **segments;
    size_t fixed_count; /* columns before the tape's own */
    jk_claim_words countries, currencies;
    size_t own_count; /* own columns of the tape, behind those of results */
    jk_column own[JK_EXTRA_COUNT];
    uint64_t own_columns;                 /* bits */
    jk_claim_words lists[JK_EXTRA_COUNT]; /* beside `own`, of those that are texts */
} jk_claim_columns;

/* What the columns are; `tape` and `model` must outlive it. Free with close, also on failure. */
jk_status jk_claim_columns_open(jk_claim_columns *self, const jk_tape *tape, const jk_model *model, jk_error *error);
jk_value_sink jk_claim_columns_sink(jk_claim_columns *self);
void jk_claim_columns_close(jk_claim_columns *self);

#endif
