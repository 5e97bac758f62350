/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows of a panel belong to the same debtor at the same time: rows are put in order of debtor by counting, each
 * debtor's few rows in order of period_start, and runs of equals numbered. 16 bytes a row while it lasts. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/sort.h"
#include "history/panel_internal.h"
#include "tape/panel_period.h"

enum { PIECE_ROWS = 65536 };

typedef struct row_order {
    size_t rows, debtors;
    int32_t *debtor, *period; /* by row */
    uint32_t *first;          /* by debtor: where its rows begin in `row`; debtors + 1 */
    uint32_t *row;            /* rows by debtor */
} row_order;

static void order_free(row_order *order) {
    free(order->debtor);
    free(order->period);
    free(order->first);
    free(order->row);
}

static jk_status order_alloc(row_order *order, jk_error *error) {
    order->debtor = jk_columns_alloc(order->rows, sizeof *order->debtor);
    order->period = jk_columns_alloc(order->rows, sizeof *order->period);
    order->first = jk_columns_zero(order->debtors + 1, sizeof *order->first);
    order->row = jk_columns_alloc(order->rows, sizeof *order->row);
    return order->debtor == NULL || order->period == NULL || order->first == NULL || order->row == NULL
               ? jk_fail_memory(error, "the periods of debtors")
               : JK_OK;
}

static jk_status read_span(jk_panel *panel, const int32_t *period, jk_error *error) {
    size_t rows = jk_tape_rows(panel->tape);
    double *months = jk_columns_alloc(PIECE_ROWS, sizeof *months);
    JK_TRY(jk_held(months != NULL, error, "a column of the panel"));
    jk_panel_span span = {.first_start = period[0], .last_start = period[0], .end = period[0]};
    jk_status status = JK_OK;
    for (size_t first = 0; first < rows && status == JK_OK; first += PIECE_ROWS) {
        size_t count = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        status = jk_tape_read(panel->tape, JK_COLUMN_PERIOD_MONTHS, first, count, months, error);
        for (size_t i = 0; i < count && status == JK_OK; i++) {
            if (!(months[i] > 0.0)) {
                status = jk_fail(error, JK_ERROR_FORMAT, jk_tape_path(panel->tape), 0, "period_months",
                                 "row %zu has %g, expected more than 0: not a panel that import made", first + i + 1,
                                 months[i]);
                break;
            }
            int32_t start = period[first + i];
            int32_t end = jk_period_end(start, months[i]);
            span.first_start = start < span.first_start ? start : span.first_start;
            span.last_start = start > span.last_start ? start : span.last_start;
            span.end = end > span.end ? end : span.end;
        }
    }
    free(months);
    panel->span = span;
    return status;
}

/* Counting sort: after it, order->row[first[d] .. first[d + 1]) are the rows of debtor d, ascending. */
static void order_by_debtor(row_order *order) {
    uint32_t sum = 0;
    for (size_t row = 0; row < order->rows; row++) {
        order->first[order->debtor[row]]++;
    }
    for (size_t d = 0; d <= order->debtors; d++) {
        uint32_t count = order->first[d];
        order->first[d] = sum;
        sum += count;
    }
    for (size_t row = 0; row < order->rows; row++) {
        order->row[order->first[order->debtor[row]]++] = (uint32_t)row;
    }
    for (size_t d = order->debtors; d > 0; d--) { /* each has moved on to the start of the next */
        order->first[d] = order->first[d - 1];
    }
    order->first[0] = 0;
}

static int by_period(const void *a, const void *b, void *context) {
    const int32_t *period = context;
    int32_t x = period[*(const uint32_t *)a];
    int32_t y = period[*(const uint32_t *)b];
    return (x > y) - (x < y);
}

/* Most debtors' rows stand in order already. */
static void sort_periods(uint32_t *row, size_t count, int32_t *period) {
    for (size_t i = 1; i < count; i++) {
        if (period[row[i]] < period[row[i - 1]]) {
            jk_sort_by(row, count, sizeof *row, by_period, period);
            return;
        }
    }
}

static size_t number_groups(row_order *order, int32_t *group) {
    int32_t next = -1;
    for (size_t d = 0; d < order->debtors; d++) {
        uint32_t *row = order->row + order->first[d];
        size_t count = order->first[d + 1] - order->first[d];
        sort_periods(row, count, order->period);
        for (size_t i = 0; i < count; i++) {
            next += i == 0 || order->period[row[i]] != order->period[row[i - 1]];
            group[row[i]] = next;
        }
    }
    return (size_t)(next + 1);
}

jk_status jk_panel_group_rows(jk_panel *panel, jk_error *error) {
    row_order order = {.rows = jk_tape_rows(panel->tape), .debtors = jk_tape_debtors(panel->tape)};
    if (order.rows > INT32_MAX) {
        return jk_fail(error, JK_ERROR_UNSUPPORTED, jk_tape_path(panel->tape), 0, NULL,
                       "more than %d rows; expected a panel cut into smaller ones", INT32_MAX);
    }
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(order_alloc(&order, error));
    panel->group = jk_columns_alloc(order.rows, sizeof *panel->group);
    JK_TRY_CLEANUP(jk_held(panel->group != NULL, error, "the periods of debtors"));
    JK_TRY_CLEANUP(jk_tape_read(panel->tape, JK_COLUMN_DEBTOR_INDEX, 0, order.rows, order.debtor, error));
    JK_TRY_CLEANUP(jk_tape_read(panel->tape, JK_COLUMN_PERIOD_START, 0, order.rows, order.period, error));
    JK_TRY_CLEANUP(read_span(panel, order.period, error));
    order_by_debtor(&order);
    panel->group_count = number_groups(&order, panel->group);
cleanup:
    order_free(&order);
    return status;
}
