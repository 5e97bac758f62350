/* SPDX-License-Identifier: Apache-2.0 */
/* Actual over expected by cell, with intervals by debtor.
 *
 * A cell's ratio is sum of cash / sum of expected. Its interval is that of a gamma variable with the mean and the
 * variance of the actual sum (for a Poisson count these are the limits of Garwood 1936, chi-squared quantiles: below
 * with what came, above with one payment more), normal where the shape is beyond a million. The variance is that of
 * debtors around ratio times expected, sum (A - r E)^2 n / (n - 1), widened by Student's factor for the number of
 * debtors of equal expectation that they are worth, (sum E)^2 / sum E^2 (Kish 1965), and not below what all-or-nothing
 * payments of the debtors' balances make likely. Sums are exact integers, so that neither threads nor the order of rows
 * show. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backtest/internal.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number/distribution.h"

enum { SCORE_BAND = 50, QUARTERS = 4, MONTHS = 12, FIRST_YEAR = 1900 };

/* Sums of one cell; those of a debtor are taken up when the debtor is complete. */
typedef struct cell_sums {
    size_t rows, debtors, payers;
    jk_exact exposure, actual, expected;
    jk_exact actual_actual, actual_expected, expected_expected; /* of debtors */
    jk_exact actual_balance, expected_balance;                  /* with the largest balance of the debtor */
    double largest;
    jk_exact own_actual, own_expected; /* of the present debtor */
    double own_balance;
    bool touched;
} cell_sums;

/* ---- the interval ------------------------------------------------------------------------------------------------ */

void jk_backtest_interval(double actual, double expected, double variance, double payment, double *low, double *high) {
    const double many = 1e6; /* of a gamma distribution's shape: it is normal */
    *low = *high = (double)NAN;
    if (!(expected > 0.0)) {
        return;
    }
    double shape = actual > 0.0 ? actual * actual / variance : 0.0;
    *low = !(actual > 0.0) ? 0.0
           : shape > many  ? actual - JK_NORMAL_95 * sqrt(variance)
                           : variance / actual * jk_gamma_quantile(shape, 0.025);
    double above = actual + payment;
    variance += payment * payment;
    shape = above * above / variance;
    *high = shape > many ? above + JK_NORMAL_95 * sqrt(variance) : variance / above * jk_gamma_quantile(shape, 0.975);
    *low /= expected;
    *high /= expected;
}

/* ---- sums -------------------------------------------------------------------------------------------------------- */

static void finish_debtor(cell_sums *sums) {
    double actual = jk_exact_to(sums->own_actual);
    double expected = jk_exact_to(sums->own_expected);
    sums->debtors++;
    sums->payers += actual > 0.0;
    sums->actual_actual += jk_exact_from(actual * actual);
    sums->actual_expected += jk_exact_from(actual * expected);
    sums->expected_expected += jk_exact_from(expected * expected);
    sums->actual_balance += jk_exact_from(actual * sums->own_balance);
    sums->expected_balance += jk_exact_from(expected * sums->own_balance);
    sums->largest = fmax(sums->largest, actual);
    sums->own_actual = sums->own_expected = 0;
    sums->own_balance = 0.0;
    sums->touched = false;
}

/* One kind of cells: code -1 is the total. */
static void add_kind(const jk_backtest_rows *rows, int kind, cell_sums *sums) {
    size_t from = 0;
    while (from < rows->count) {
        int32_t debtor = rows->row[rows->by_debtor[from]].debtor;
        size_t to = from;
        for (; to < rows->count && rows->row[rows->by_debtor[to]].debtor == debtor; to++) {
            const jk_backtest_row *row = &rows->row[rows->by_debtor[to]];
            assert(kind < 0 || row->code[kind] <= JK_BACKTEST_CODE_MAX);
            cell_sums *cell = &sums[kind < 0 ? 0 : row->code[kind]];
            jk_exact actual = jk_exact_from(row->cash);
            jk_exact expected = jk_exact_from(row->expected);
            cell->rows++;
            cell->exposure += jk_exact_from(jk_backtest_exposure(row));
            cell->actual += actual;
            cell->expected += expected;
            cell->own_actual += actual;
            cell->own_expected += expected;
            cell->own_balance = fmax(cell->own_balance, row->balance);
            cell->touched = true;
        }
        for (; from < to; from++) {
            cell_sums *cell = &sums[kind < 0 ? 0 : rows->row[rows->by_debtor[from]].code[kind]];
            if (cell->touched) {
                finish_debtor(cell);
            }
        }
    }
}

/* Part of its balance that a debtor who pays brings in the test, each unit of cash with the same weight; 1 where nobody
 * paid. */
static double paid_part(const cell_sums *total) {
    return total->actual_balance > 0 ? jk_exact_to(total->actual_actual) / jk_exact_to(total->actual_balance) : 1.0;
}

/* Variance of actual as the debtors show it, widened by Student's factor for the number of debtors of equal expectation
 * that they are worth. Where that is below two there is no spread to see: each payment then counts as one that might as
 * well not have come, which is also the most that the widening may give. */
static double shown_variance(const cell_sums *sums, double ratio) {
    double expected = jk_exact_to(sums->expected);
    double expected_expected = jk_exact_to(sums->expected_expected);
    double all_or_nothing = jk_exact_to(sums->actual_actual);
    double worth = expected * expected / expected_expected;
    if (!(worth >= 2.0)) {
        return all_or_nothing;
    }
    double n = (double)sums->debtors;
    double shown = all_or_nothing + ratio * (ratio * expected_expected - 2.0 * jk_exact_to(sums->actual_expected));
    shown = fmax(0.0, shown) * n / (n - 1.0);
    double factor = jk_student_95(worth - 1.0) / JK_NORMAL_95;
    return fmin(shown * factor * factor, fmax(shown, all_or_nothing));
}

/* That, but not below what the debtors' balances make likely if they pay all or nothing (`part` of the balance, as
 * often as the ratio says): few payers may by chance all be small ones. */
static double variance_of(const cell_sums *sums, double ratio, double part) {
    double likely = ratio * (part * jk_exact_to(sums->expected_balance) - ratio * jk_exact_to(sums->expected_expected));
    return fmax(shown_variance(sums, ratio), likely);
}

static void finish_cell(const cell_sums *sums, double part, jk_backtest_cell *cell) {
    cell->rows = sums->rows;
    cell->debtors = sums->debtors;
    cell->payers = sums->payers;
    cell->exposure = jk_exact_to(sums->exposure);
    cell->actual = jk_exact_to(sums->actual);
    cell->expected = jk_exact_to(sums->expected);
    cell->ratio = cell->low = cell->high = (double)NAN;
    if (cell->expected > 0.0) {
        cell->ratio = cell->actual / cell->expected;
        double payment = fmax(sums->largest, part * jk_exact_to(sums->expected_balance) / cell->expected);
        jk_backtest_interval(cell->actual, cell->expected, variance_of(sums, cell->ratio, part), payment, &cell->low,
                             &cell->high);
    }
}

jk_status jk_backtest_paid_part(const jk_backtest_rows *rows, double *part, jk_error *error) {
    cell_sums *sums = jk_columns_zero(1, sizeof *sums);
    JK_TRY(jk_held(sums != NULL, error, "sums of the back-test"));
    add_kind(rows, -1, sums);
    *part = paid_part(sums);
    free(sums);
    return JK_OK;
}

jk_status jk_backtest_cells(const jk_backtest_rows *rows, int kind, double part, jk_backtest_cell **cells,
                            uint16_t **codes, size_t *count, jk_error *error) {
    const size_t room = kind < 0 ? 1 : (size_t)JK_BACKTEST_CODE_MAX + 1;
    cell_sums *sums = jk_columns_zero(room, sizeof *sums);
    JK_TRY(jk_held(sums != NULL, error, "sums of the back-test"));
    add_kind(rows, kind, sums);
    size_t found = 0;
    for (size_t code = 0; code < room; code++) {
        found += sums[code].rows > 0;
    }
    *cells = jk_columns_zero(found, sizeof **cells);
    *codes = jk_columns_zero(found, sizeof **codes);
    *count = 0;
    for (size_t code = 0; code < room && *cells != NULL && *codes != NULL; code++) {
        if (sums[code].rows > 0) {
            (*codes)[*count] = (uint16_t)code;
            finish_cell(&sums[code], part, &(*cells)[(*count)++]);
        }
    }
    free(sums);
    return *cells != NULL && *codes != NULL ? JK_OK : jk_fail_memory(error, "a table of the back-test");
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static void name_cell(const jk_backtest_rows *rows, const jk_model *model, int kind, int code,
                      char name[JK_BACKTEST_NAME]) {
    switch (kind) {
    case JK_BACKTEST_SEGMENT:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s", model->segments[code].id);
        break;
    case JK_BACKTEST_TREATMENT:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s", jk_action_name((jk_action)(code + JK_SURVEIL)));
        break;
    case JK_BACKTEST_SCORE_BAND:
        (void)snprintf(name, JK_BACKTEST_NAME, "%d-%d", code * SCORE_BAND, code * SCORE_BAND + SCORE_BAND - 1);
        break;
    case JK_BACKTEST_VINTAGE:
        (void)snprintf(name, JK_BACKTEST_NAME, "%04dQ%d", code / QUARTERS, code % QUARTERS + 1);
        break;
    case JK_BACKTEST_MONTH:
        (void)snprintf(name, JK_BACKTEST_NAME, "%04d-%02d", FIRST_YEAR + code / MONTHS, code % MONTHS + 1);
        break;
    case JK_BACKTEST_AGE:
        (void)snprintf(name, JK_BACKTEST_NAME, "%d", code);
        break;
    case JK_BACKTEST_CLASS:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s", jk_capacity_name((jk_capacity)code));
        break;
    case JK_BACKTEST_COUNTRY:
        (void)snprintf(name, JK_BACKTEST_NAME, "%s",
                       (size_t)code < rows->country_count ? rows->country[code] : "other");
        break;
    case JK_BACKTEST_PAYING:
        if (code == 0) {
            (void)snprintf(name, JK_BACKTEST_NAME, "quiet");
        } else {
            (void)snprintf(name, JK_BACKTEST_NAME, "paid %d month%s ago", code - 1, code == 2 ? "" : "s");
        }
        break;
    default:
        (void)snprintf(name, JK_BACKTEST_NAME, "%d", code + 1);
    }
}

static jk_status make_table(const jk_backtest_rows *rows, const jk_model *model, jk_backtest_by by,
                            const cell_sums *sums, double part, jk_backtest_table *table, jk_error *error) {
    size_t count = 0;
    for (int code = 0; code <= JK_BACKTEST_CODE_MAX; code++) {
        count += sums[code].rows > 0;
    }
    *table = (jk_backtest_table){.by = by, .cell = jk_columns_zero(count, sizeof *table->cell)};
    JK_TRY(jk_held(table->cell != NULL, error, "a table of the back-test"));
    for (int code = 0; code <= JK_BACKTEST_CODE_MAX; code++) {
        if (sums[code].rows > 0) {
            jk_backtest_cell *cell = &table->cell[table->count++];
            finish_cell(&sums[code], part, cell);
            name_cell(rows, model, (int)by, code, cell->name);
        }
    }
    return JK_OK;
}

jk_status jk_backtest_sum(const jk_backtest_rows *rows, const jk_model *model, const jk_backtest_options *options,
                          jk_backtest_model *result, jk_error *error) {
    const size_t codes = (size_t)JK_BACKTEST_CODE_MAX + 1;
    cell_sums *sums = jk_columns_zero(codes, sizeof *sums);
    jk_status status = jk_held(sums != NULL, error, "sums of the back-test");
    if (status != JK_OK) {
        return status;
    }
    add_kind(rows, -1, sums);
    double part = paid_part(&sums[0]);
    result->paid_part = part;
    finish_cell(&sums[0], part, &result->total);
    (void)snprintf(result->total.name, sizeof result->total.name, "all");
    for (int kind = 0; status == JK_OK && kind < JK_BACKTEST_CODES; kind++) {
        bool tenths = kind == JK_BACKTEST_TENTH_CODE;
        if (!tenths && !(options->by >> kind & 1U)) {
            continue;
        }
        memset(sums, 0, codes * sizeof *sums);
        add_kind(rows, kind, sums);
        if (tenths) {
            for (int t = 0; t < JK_BACKTEST_TENTHS; t++) {
                finish_cell(&sums[t], part, &result->tenth[t]);
                name_cell(rows, model, kind, t, result->tenth[t].name);
            }
        } else {
            status =
                make_table(rows, model, (jk_backtest_by)kind, sums, part, &result->table[result->table_count], error);
            result->table_count += status == JK_OK;
        }
    }
    free(sums);
    return status;
}
