/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a panel as a fit wants them: packed, debtor after debtor, with every characteristic as a small code. Kept
 * in memory, or beyond a bound in a file without a name that the kernel pages in and out. */
#ifndef JK_FIT_ROWS_H
#define JK_FIT_ROWS_H

#include <stdbool.h>

#include "jalki/fit.h"

/* Codes of the terms before the characteristics. The class: how the row's class is known, and which it is. */
enum {
    JK_FIT_TERM_CLASS,
    JK_FIT_TERM_PENDING, /* 1: legal before a title */
    JK_FIT_TERMS_FIXED,
    JK_FIT_CLASS_SCORED = JK_CAPACITY_COUNT,     /* added: not given by the panel, that of the base model's score */
    JK_FIT_CLASS_FORCED = 2 * JK_CAPACITY_COUNT, /* added: forced by the claim's status */
    JK_FIT_CLASS_CODES = 4 * JK_CAPACITY_COUNT,
    JK_FIT_LEVELS_MAX = 250
};

/* The bins of a numeric characteristic that are found from the data: many fine ones, to be joined. */
typedef struct jk_fit_cuts {
    size_t count;  /* fine bins; 0: the characteristic's own */
    double *below; /* [count] the last is INFINITY */
} jk_fit_cuts;

typedef struct jk_fit_rows {
    jk_ppml_rows columns; /* what the likelihood reads; the arrays below are its own */
    size_t terms;
    double *cash, *weight, *start, *months, *known;
    uint16_t *curve; /* segment · treatments + treatment */
    uint8_t *level;
    float *base_theta;  /* exp(eta - centre of segment and class) by the base model */
    uint8_t *first;     /* 1: the claim's first row of the filter */
    uint8_t *garnished; /* 1: what is known of the row is garnishment under a title */
    uint32_t *cluster_begin;
    double exposure;
    double total_cash;
    size_t payers;
    jk_fit_cuts *cuts; /* [characteristics] */
    size_t characteristics;
    void *memory;
    size_t memory_bytes;
    int mapped;
} jk_fit_rows;

/* Reads the rows of the filter. `share` [segments][treatments] is the share that a resolution brings in, for what
 * garnishment is expected to bring. `state` [rows of the panel] is a jk_payer_state each (fit/payers/payers.h): where
 * payers are learnt, the cash of a row is the share of the balance of who begins to pay in it, half-way through its
 * months; NULL: none are. `first` [rows of the panel] is 1 for the first row of each claim. */
jk_status jk_fit_rows_read(const jk_panel *panel, const jk_model *base, const jk_fit_options *options,
                           const double *share, const uint8_t *state, const uint8_t *first, jk_fit_rows *rows,
                           jk_error *error);
/* Whether a characteristic's points are to be a smooth function (fit_spline.c). */
bool jk_fit_is_spline(const jk_fit_options *options, const jk_characteristic *from);
void jk_fit_rows_reset(jk_fit_rows *rows);

/* Fine bins from a sample of values (sorted here): about `most` of equal counts, on round numbers. */
jk_status jk_fit_cuts_make(double *sample, size_t count, size_t most, jk_fit_cuts *cuts, jk_error *error);
size_t jk_fit_cuts_bin(const jk_fit_cuts *cuts, double value); /* count: missing */

#endif
