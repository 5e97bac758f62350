/* SPDX-License-Identifier: Apache-2.0 */
/* Back-tests as rows, the columns described once: for each model all rows, then group by group. */
#include "base/words/listing.h"
#include "jalki/backtest.h"
#include "jalki/horizon.h"

#define CELL_COLUMNS                                                                                                   \
    JK_LISTED_COUNT("debtors", "debtors", "Debtors of the rows"),                                                      \
        JK_LISTED_COUNT("payers", "payers", "Those of them who paid"),                                                 \
        {"exposure", NULL, "money", "Balance times months", JK_LISTING_NUMBER, -1},                                    \
        {"actual", "actual", "money", "What came in", JK_LISTING_NUMBER, -1},                                          \
        {"expected", "expected", "money", "What the model expected", JK_LISTING_NUMBER, -1},                           \
        {"ratio", "A/E", "", "Actual over expected", JK_LISTING_NUMBER, -1},                                           \
        {"low", "from", "", "Its 95 % interval, debtors drawn: from", JK_LISTING_NUMBER, -1}, {                        \
        "high", "to", "", "To", JK_LISTING_NUMBER, -1                                                                  \
    }
enum { DEBTORS, PAYERS, EXPOSURE, ACTUAL, EXPECTED, RATIO, LOW, HIGH, CELLS };

static void fill(const jk_backtest_cell *from, jk_cell *cells) {
    cells[DEBTORS].number = (double)from->debtors;
    cells[PAYERS].number = (double)from->payers;
    cells[EXPOSURE].number = from->exposure;
    cells[ACTUAL].number = from->actual;
    cells[EXPECTED].number = from->expected;
    cells[RATIO].number = from->ratio;
    cells[LOW].number = from->low;
    cells[HIGH].number = from->high;
}

/* ---- single periods ------------------------------------------------------------------------------------------- */

enum { MODEL, BY, NAME, ROWS, PERIOD_CELLS };

static const jk_listing_column period_columns[PERIOD_CELLS + CELLS] = {
    JK_LISTED_TEXT("model", "model", "Model file"),
    JK_LISTED_TEXT("by", "by", "all, segment, treatment, score_band, vintage, month, …, or tenth of the expected"),
    JK_LISTED_TEXT("name", "name", "Which of them"), JK_LISTED_COUNT("rows", "rows", "Rows of the panel"),
    CELL_COLUMNS};

static size_t period_rows(const jk_backtest_model *model) {
    size_t rows = 1 + JK_BACKTEST_TENTHS;
    for (size_t t = 0; t < model->table_count; t++) {
        rows += model->table[t].count;
    }
    return rows;
}

static const jk_backtest_cell *period_at(const jk_backtest_model *model, size_t row, const char **by) {
    *by = "all";
    if (row == 0) {
        return &model->total;
    }
    row--;
    for (size_t t = 0; t < model->table_count; t++) {
        if (row < model->table[t].count) {
            *by = jk_backtest_by_name(model->table[t].by);
            return &model->table[t].cell[row];
        }
        row -= model->table[t].count;
    }
    *by = "tenth";
    return &model->tenth[row];
}

static jk_status period_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_backtest *test = listing->source[0];
    size_t m = 0;
    (void)error;
    for (; row >= period_rows(&test->model[m]); m++) {
        row -= period_rows(&test->model[m]);
    }
    const char *by = NULL;
    const jk_backtest_cell *from = period_at(&test->model[m], row, &by);
    jk_cell_set(&cells[MODEL], test->model[m].path);
    jk_cell_set(&cells[BY], by);
    jk_cell_set(&cells[NAME], from->name);
    cells[ROWS].number = (double)from->rows;
    fill(from, cells + PERIOD_CELLS);
    return JK_OK;
}

jk_listing jk_backtest_listing(const jk_backtest *test) {
    size_t rows = 0;
    for (size_t m = 0; test != NULL && m < test->model_count; m++) {
        rows += period_rows(&test->model[m]);
    }
    return JK_LISTING_OF("backtest", period_columns, rows, period_cells, test);
}

/* ---- over horizons -------------------------------------------------------------------------------------------- */

enum { H_MODEL, H_MONTHS, H_BY, H_NAME, H_LANDMARKS, HORIZON_CELLS };

static const jk_listing_column horizon_columns[HORIZON_CELLS + CELLS] = {
    JK_LISTED_TEXT("model", "model", "Model file"),
    JK_LISTED_MONTHS("horizon", "horizon", "Months after the landmark"),
    JK_LISTED_TEXT("by", "by", "all, segment, vintage, …"),
    JK_LISTED_TEXT("name", "name", "Which of them"),
    JK_LISTED_COUNT("landmarks", "landmarks", "Valuations that are tested"),
    CELL_COLUMNS};

static size_t horizon_rows(const jk_horizon *horizon) {
    size_t rows = 1;
    for (int by = 0; by < JK_HORIZON_BY_COUNT; by++) {
        rows += horizon->table[by].count;
    }
    return rows;
}

static const jk_backtest_cell *horizon_at(const jk_horizon *horizon, size_t row, const char **by) {
    *by = "all";
    for (int b = 0; row > 0 && b < JK_HORIZON_BY_COUNT; b++) {
        if (row <= horizon->table[b].count) {
            *by = jk_horizon_by_name((jk_horizon_by)b);
            return &horizon->table[b].cell[row - 1];
        }
        row -= horizon->table[b].count;
    }
    return &horizon->total;
}

static jk_status horizon_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_horizon_test *test = listing->source[0];
    size_t m = 0, h = 0;
    (void)error;
    while (row >= horizon_rows(&test->model[m].horizon[h])) {
        row -= horizon_rows(&test->model[m].horizon[h]);
        h = h + 1 < test->model[m].horizon_count ? h + 1 : 0;
        m += h == 0;
    }
    const char *by = NULL;
    const jk_backtest_cell *from = horizon_at(&test->model[m].horizon[h], row, &by);
    jk_cell_set(&cells[H_MODEL], test->model[m].path);
    cells[H_MONTHS].number = test->model[m].horizon[h].months;
    jk_cell_set(&cells[H_BY], by);
    jk_cell_set(&cells[H_NAME], from->name);
    cells[H_LANDMARKS].number = (double)from->rows;
    fill(from, cells + HORIZON_CELLS);
    return JK_OK;
}

jk_listing jk_horizon_listing(const jk_horizon_test *test) {
    size_t rows = 0;
    for (size_t m = 0; test != NULL && m < test->model_count; m++) {
        for (size_t h = 0; h < test->model[m].horizon_count; h++) {
            rows += horizon_rows(&test->model[m].horizon[h]);
        }
    }
    return JK_LISTING_OF("backtest over horizons", horizon_columns, rows, horizon_cells, test);
}
