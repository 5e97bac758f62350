/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a back-test share. */
#ifndef JK_BACKTEST_INTERNAL_H
#define JK_BACKTEST_INTERNAL_H

#include "base/number/wide.h"
#include "jalki/backtest.h"
#include "jalki/panel.h"

/* Sums that do not depend on the order of their terms: integers of 2^-40. Holds 1e7 terms of 1e19. */
typedef jk_wide jk_exact;
#define JK_EXACT_PER_UNIT 0x1p40

static inline jk_exact jk_exact_from(double value) {
    const double most = 1e19;
    double bounded = value > most ? most : value < -most ? -most : value;
    return (jk_exact)(bounded * JK_EXACT_PER_UNIT);
}

static inline double jk_exact_to(jk_exact sum) {
    return (double)sum / JK_EXACT_PER_UNIT;
}

/* Cells are told apart by codes; one more kind than the public ones: tenths of exposure. */
enum { JK_BACKTEST_TENTH_CODE = JK_BACKTEST_BY_COUNT, JK_BACKTEST_CODES, JK_BACKTEST_CODE_MAX = UINT16_MAX };

typedef struct jk_backtest_row {
    double cash, expected, balance, months;
    int32_t debtor, claim, period_start;
    uint16_t code[JK_BACKTEST_CODES];
} jk_backtest_row;

static inline double jk_backtest_exposure(const jk_backtest_row *row) {
    return row->balance * row->months;
}

/* Rows of the filter in row order, and their order by debtor. */
typedef struct jk_backtest_rows {
    size_t count, debtors, claims; /* dense bounds of the two */
    jk_backtest_row *row;
    uint32_t *by_debtor; /* [count] */
    const char *const *country;
    size_t country_count;
} jk_backtest_rows;

/* Streams the panel and adds the filter's rows to *rows; without folds also fills stability and reference_rows of the
 * model's result. */
jk_status jk_backtest_collect(const jk_panel *panel, const jk_model *model, const jk_backtest_options *options,
                              jk_backtest *test, jk_backtest_model *result, jk_backtest_rows *rows, jk_error *error);
/* The order by debtor of rows that are complete. */
jk_status jk_backtest_order(jk_backtest_rows *rows, jk_error *error);
void jk_backtest_rows_reset(jk_backtest_rows *rows);

/* Total, tables and tenths. Codes must be set, those of the tenths by jk_backtest_rank. */
jk_status jk_backtest_sum(const jk_backtest_rows *rows, const jk_model *model, const jk_backtest_options *options,
                          jk_backtest_model *result, jk_error *error);

/* Part of its balance that a debtor who pays brings, over all rows: what jk_backtest_cells wants. */
jk_status jk_backtest_paid_part(const jk_backtest_rows *rows, double *part, jk_error *error);

/* Cells of the rows by code[kind] (kind -1: one cell of all), in the order of their codes, only those that have rows,
 * without names. *cells and *codes are the caller's, to be freed. */
jk_status jk_backtest_cells(const jk_backtest_rows *rows, int kind, double part, jk_backtest_cell **cells,
                            uint16_t **codes, size_t *count, jk_error *error);

/* Rankings, cumulative shares, and the tenth of each row. */
jk_status jk_backtest_rank(jk_backtest_rows *rows, jk_backtest_model *result, jk_error *error);

/* Calibration slope; `part` of its balance is what a payer brings. */
void jk_backtest_fit_slope(const jk_backtest_rows *rows, double part, jk_backtest_slope *slope);

/* Errors, and the deviance of each debtor into deviance[rows->debtors]. */
void jk_backtest_measure(const jk_backtest_rows *rows, jk_backtest_errors *errors, double *deviance);

/* 95 % interval of actual / expected. `variance` is that of actual, `payment` a large payment of one debtor. */
void jk_backtest_interval(double actual, double expected, double variance, double payment, double *low, double *high);

/* The chain ladder of the panel's cash by cohort of entry, if wanted with the model's priors. */
jk_status jk_backtest_ladder(const jk_panel *panel, const jk_model *model, const jk_backtest_options *options,
                             jk_backtest *test, jk_error *error);

#endif
