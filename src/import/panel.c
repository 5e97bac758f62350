/* SPDX-License-Identifier: Apache-2.0 */
#include "import/panel.h"

#include <stdio.h>

#include "base/error.h"
#include "base/number/calendar.h"
#include "tape/panel_period.h"

enum { PREFETCH = 12 };

#define PERIOD_MAX 1200.0

static jk_status reject_date(jk_import_chunk *chunk, size_t row, jk_column column, jk_reject_reason reason,
                             int32_t date, jk_error *error) {
    char text[JK_DATE_TEXT];
    return jk_chunk_reject_copy(chunk, row, (int)column, reason, jk_date_format(date, text), error);
}

/* The tape columns of a row are as at its start: what lies later was not known then. */
static jk_status check_dates(jk_import_chunk *chunk, size_t row, int32_t start, jk_error *error) {
    static const jk_column columns[] = {JK_COLUMN_WRITTEN_OFF_ON, JK_COLUMN_DEFAULTED_ON, JK_COLUMN_LAST_PAID_ON,
                                        JK_COLUMN_TITLE_ON};
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        const int32_t *dates = chunk->column[columns[c]];
        if (dates != NULL && dates[row] > start) {
            return reject_date(chunk, row, columns[c],
                               columns[c] == JK_COLUMN_WRITTEN_OFF_ON ? JK_REJECT_BEFORE_WRITE_OFF
                                                                      : JK_REJECT_FUTURE_DATE,
                               dates[row], error);
        }
    }
    const int32_t *years = chunk->column[JK_COLUMN_BIRTH_YEAR];
    if (years != NULL && years[row] > jk_civil_from_date(start).year) {
        char text[16];
        (void)snprintf(text, sizeof text, "%d", (int)years[row]);
        return jk_chunk_reject_copy(chunk, row, JK_COLUMN_BIRTH_YEAR, JK_REJECT_BIRTH_AFTER_CUTOFF, text, error);
    }
    return JK_OK;
}

static jk_status check_cash(jk_import_chunk *chunk, size_t row, jk_error *error) {
    const int64_t cash = ((const int64_t *)chunk->column[JK_COLUMN_CASH])[row];
    int64_t parts = jk_chunk_money(chunk->column[JK_COLUMN_CASH_PRINCIPAL], row) +
                    jk_chunk_money(chunk->column[JK_COLUMN_CASH_INTEREST], row) +
                    jk_chunk_money(chunk->column[JK_COLUMN_CASH_COSTS], row);
    bool fits = parts <= cash || (cash < 0 && parts == 0); /* a reversal in a list of payments has no parts */
    return !fits ? jk_chunk_reject_money(chunk, row, JK_COLUMN_CASH, JK_REJECT_CASH_PARTS, parts, error) : JK_OK;
}

/* A missing principal, so that principal + interest_accrued + fees is balance_start; and the row's balance. */
static jk_status settle_balance(jk_import_chunk *chunk, size_t row, jk_error *error) {
    int64_t *principal = (int64_t *)chunk->column[JK_COLUMN_PRINCIPAL] + row;
    int64_t start = ((const int64_t *)chunk->column[JK_COLUMN_BALANCE_START])[row];
    int64_t rest = jk_chunk_money(chunk->column[JK_COLUMN_INTEREST_ACCRUED], row) +
                   jk_chunk_money(chunk->column[JK_COLUMN_FEES], row);
    chunk->balance[row] = jk_money_or_zero(start);
    if (*principal == JK_MISSING_MONEY) {
        *principal = chunk->balance[row] - rest;
    }
    int64_t balance = *principal + rest;
    if (chunk->bad[row]) {
        return JK_OK;
    }
    if (start <= 0) {
        return jk_chunk_reject_money(chunk, row, JK_COLUMN_BALANCE_START, JK_REJECT_NO_EXPOSURE, start, error);
    }
    bool fits = balance > 0 && balance <= JK_MONEY_MAX && *principal >= -JK_MONEY_MAX && *principal <= JK_MONEY_MAX;
    return fits ? JK_OK : jk_chunk_reject_money(chunk, row, -1, JK_REJECT_NOT_POSITIVE, balance, error);
}

static jk_status check_period(jk_import_chunk *chunk, size_t row, jk_error *error) {
    double months = ((const double *)chunk->column[JK_COLUMN_PERIOD_MONTHS])[row];
    if (!(months > 0.0) || months > PERIOD_MAX) {
        char text[16];
        (void)snprintf(text, sizeof text, "%.6g", months);
        return jk_chunk_reject_copy(chunk, row, JK_COLUMN_PERIOD_MONTHS, JK_REJECT_BAD_PERIOD, text, error);
    }
    return JK_OK;
}

jk_status jk_import_check_panel_rows(jk_import_chunk *chunk, jk_error *error) {
    if (chunk->rows == 0) {
        return JK_OK;
    }
    if (!chunk->plan->feed[JK_COLUMN_PRINCIPAL].given) {
        int64_t *principal = chunk->column[JK_COLUMN_PRINCIPAL];
        for (size_t row = 0; row < chunk->rows; row++) {
            principal[row] = JK_MISSING_MONEY;
        }
    }
    const int32_t *start = chunk->column[JK_COLUMN_PERIOD_START];
    for (size_t row = 0; row < chunk->rows; row++) {
        JK_TRY(settle_balance(chunk, row, error));
        if (!chunk->bad[row]) {
            JK_TRY(check_period(chunk, row, error));
        }
        if (!chunk->bad[row]) {
            JK_TRY(check_dates(chunk, row, start[row], error));
        }
        if (!chunk->bad[row]) {
            JK_TRY(check_cash(chunk, row, error));
        }
    }
    return JK_OK;
}

jk_status jk_import_check_list_rows(jk_import_chunk *chunk, jk_error *error) {
    for (size_t row = 0; row < chunk->rows; row++) {
        chunk->balance[row] = jk_chunk_money(chunk->column[JK_COLUMN_CASH], row);
        if (chunk->plan->kind == JK_KIND_PAYMENTS && !chunk->bad[row]) {
            JK_TRY(check_cash(chunk, row, error));
        }
    }
    return JK_OK;
}

/* ---- rows of a claim against each other ------------------------------------------------------------------- */

static jk_status reject_period(jk_import_chunk *chunk, size_t row, jk_period_verdict verdict, jk_error *error) {
    static const jk_reject_reason reasons[] = {[JK_PERIOD_DUPLICATE] = JK_REJECT_DUPLICATE_PERIOD,
                                               [JK_PERIOD_OVERLAPS] = JK_REJECT_OVERLAP,
                                               [JK_PERIOD_AFTER_EXIT] = JK_REJECT_AFTER_EXIT};
    int32_t start = ((const int32_t *)chunk->column[JK_COLUMN_PERIOD_START])[row];
    return reject_date(chunk, row, JK_COLUMN_PERIOD_START, reasons[verdict], start, error);
}

jk_status jk_import_commit_periods(jk_import_commit *commit, jk_import_chunk *chunk, jk_error *error) {
    const uint64_t *keys = chunk->key[0];
    const size_t rows = chunk->rows;
    const int32_t *start = chunk->column[JK_COLUMN_PERIOD_START];
    const double *months = chunk->column[JK_COLUMN_PERIOD_MONTHS];
    const int8_t *exits = chunk->column[JK_COLUMN_EXIT];
    int32_t *claims = chunk->column[JK_COLUMN_CLAIM_INDEX];
    JK_TRY(jk_held(jk_periods_reserve(&commit->periods, rows, commit->panel_claims.count + rows), error,
                   "the periods of claims"));
    for (size_t row = 0; row < rows; row++) {
        jk_id_prefetch(&commit->panel_claims, keys + 2 * (row + PREFETCH < rows ? row + PREFETCH : row));
        claims[row] = 0;
        if (chunk->bad[row]) {
            continue;
        }
        uint32_t claim = jk_id_find_or_add(&commit->panel_claims, keys + 2 * row, (uint32_t)commit->panel_claims.count);
        bool leaves = exits != NULL && exits[row] > JK_EXIT_NONE;
        jk_period_verdict verdict =
            jk_periods_add(&commit->periods, claim, start[row], jk_period_end(start[row], months[row]), leaves);
        claims[row] = (int32_t)claim;
        if (verdict != JK_PERIOD_FITS) {
            JK_TRY(reject_period(chunk, row, verdict, error));
        }
    }
    commit->summary->claims = commit->panel_claims.count;
    return JK_OK;
}

void jk_import_sum_panel(jk_import_summary *summary, const jk_import_chunk *chunk) {
    jk_import_panel *panel = &summary->panel;
    const int32_t *start = chunk->column[JK_COLUMN_PERIOD_START];
    const double *months = chunk->column[JK_COLUMN_PERIOD_MONTHS];
    const int64_t *cash = chunk->column[JK_COLUMN_CASH];
    const int8_t *exits = chunk->column[JK_COLUMN_EXIT];
    const int8_t *treatments = chunk->column[JK_COLUMN_TREATMENT];
    for (size_t row = 0; row < chunk->rows; row++) { /* those that were not rejected */
        int32_t end = jk_period_end(start[row], months[row]);
        panel->first_start = panel->rows == 0 || start[row] < panel->first_start ? start[row] : panel->first_start;
        panel->end = panel->rows == 0 || end > panel->end ? end : panel->end;
        panel->rows++;
        panel->claim_months += months[row];
        panel->rows_with_cash += cash[row] > 0;
        panel->exits[exits != NULL && exits[row] > 0 ? exits[row] : JK_EXIT_NONE]++;
        panel->treatment_rows[treatments[row]]++;
    }
}
