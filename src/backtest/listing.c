/* SPDX-License-Identifier: Apache-2.0 */
/* Back-tests as rows, the columns described once: for each model all rows, then group by group. */
#include "base/words/listing.h"
#include "backtest/json_cell.h"
#include "jalki/backtest.h"
#include "jalki/horizon.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

#define CELL_COLUMNS                                                                                                   \
    JK_LISTED_COUNT("debtors", "debtors", "Debtors of the rows"),                                                      \
        JK_LISTED_COUNT("payers", "payers", "Those of them who paid"),                                                 \
        {"exposure", NULL, "money", "Balance times months", JK_LISTING_NUMBER, -1},                                    \
        {"actual", "actual", "money", "What came in", JK_LISTING_NUMBER, -1},                                          \
        {"expected", "expected", "money", "What the model expected", JK_LISTING_NUMBER, -1},                           \
        {"ratio", "ratio", "ratio", "Actual over expected", JK_LISTING_NUMBER, -1},                                    \
        {"low", "from", "ratio", "Its 95 % interval, debtors drawn: from", JK_LISTING_NUMBER, -1}, {                   \
        "high", "to", "ratio", "To", JK_LISTING_NUMBER, -1                                                             \
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

enum { MODEL, BY, NAME, ROWS, PERIOD_CELLS, LIFT = PERIOD_CELLS + CELLS, CASH_SO_FAR, PERIOD_COLUMNS };

static const jk_listing_column period_columns[PERIOD_COLUMNS] = {
    JK_LISTED_TEXT("model", "model", "Model file"),
    JK_LISTED_TEXT("by", "by", "all, segment, treatment, score_band, vintage, month, …, or tenth of the expected"),
    JK_LISTED_TEXT("name", "name", "Which of them"),
    JK_LISTED_COUNT("rows", "rows", "Rows of the panel"),
    CELL_COLUMNS,
    [LIFT] = {"lift", "lift", "", "Share of cash over share of exposure; of tenths", JK_LISTING_NUMBER, -1},
    [CASH_SO_FAR] = {"cash_so_far", "cash so far", "%", "Cash of this tenth and those above it; of tenths",
                     JK_LISTING_NUMBER, 4}};

/* Of a part: the cells of the first model's table that is the listing's choice and all rows; behind the last table its
 * tenths. Otherwise of each model all rows, its tables and its tenths. */
static size_t rows_of_table(const jk_backtest_model *model, size_t table) {
    return table < model->table_count ? model->table[table].count + 1 : JK_BACKTEST_TENTHS;
}

static size_t period_rows(const jk_backtest_model *model) {
    size_t rows = 1 + JK_BACKTEST_TENTHS;
    for (size_t t = 0; t < model->table_count; t++) {
        rows += model->table[t].count;
    }
    return rows;
}

double jk_backtest_lift(const jk_backtest_model *model, size_t tenth) {
    const jk_backtest_cell *cell = &model->tenth[tenth];
    const double cash = model->total.actual > 0.0 ? cell->actual / model->total.actual : 0.0;
    return cell->exposure > 0.0 ? cash * model->total.exposure / cell->exposure : (double)NAN;
}

static void fill_period(const jk_backtest_model *model, const char *by, const jk_backtest_cell *from, jk_cell *cells) {
    jk_cell_set(&cells[MODEL], model->path);
    jk_cell_set(&cells[BY], by);
    jk_cell_set(&cells[NAME], from->name);
    cells[ROWS].number = (double)from->rows;
    fill(from, cells + PERIOD_CELLS);
}

static void fill_tenth(const jk_backtest_model *model, size_t tenth, jk_cell *cells) {
    fill_period(model, "tenth", &model->tenth[tenth], cells);
    cells[LIFT].number = jk_backtest_lift(model, tenth);
    cells[CASH_SO_FAR].number = 100.0 * model->cumulative_share[tenth];
}

static jk_status part_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_backtest_model *model = ((const jk_backtest *)listing->source[0])->model;
    const size_t t = (size_t)listing->choice;
    (void)error;
    if (t == model->table_count) {
        fill_tenth(model, row, cells);
    } else if (row < model->table[t].count) {
        fill_period(model, jk_backtest_by_name(model->table[t].by), &model->table[t].cell[row], cells);
    } else {
        fill_period(model, "all", &model->total, cells);
        jk_cell_set(&cells[NAME], "all");
    }
    return JK_OK;
}

static jk_status period_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_backtest_model *model = ((const jk_backtest *)listing->source[0])->model;
    (void)error;
    for (; row >= period_rows(model); model++) {
        row -= period_rows(model);
    }
    if (row-- == 0) {
        fill_period(model, "all", &model->total, cells);
        return JK_OK;
    }
    for (size_t t = 0; t < model->table_count; t++) {
        if (row < model->table[t].count) {
            fill_period(model, jk_backtest_by_name(model->table[t].by), &model->table[t].cell[row], cells);
            return JK_OK;
        }
        row -= model->table[t].count;
    }
    fill_tenth(model, row, cells);
    return JK_OK;
}

jk_listing jk_backtest_listing(const jk_backtest *test) {
    size_t rows = 0;
    for (size_t m = 0; test != NULL && m < test->model_count; m++) {
        rows += period_rows(&test->model[m]);
    }
    return JK_LISTING_OF("backtest", period_columns, rows, period_cells, test);
}

jk_listing jk_backtest_part_listing(const jk_backtest *test, size_t table) {
    jk_listing listing =
        JK_LISTING_OF("backtest", period_columns, rows_of_table(&test->model[0], table), part_cells, test);
    listing.choice = (int)table;
    return listing;
}

/* ---- figures of all rows -------------------------------------------------------------------------------------- */

#define AT(name, field)                                                                                                \
    { name, offsetof(jk_backtest_model, field), 0 }
#define OVER(name, field, other)                                                                                       \
    { name, offsetof(jk_backtest_model, field), offsetof(jk_backtest_model, other) }
static const struct figure {
    const char *name;
    size_t at, over; /* in a model, over what, 0: itself */
} figures[] = {
    AT("actual over expected", total.ratio),
    AT("  95 % from", total.low),
    AT("  95 % to", total.high),
    AT("calibration slope", slope.slope),
    AT("  95 % from", slope.low),
    AT("  95 % to", slope.high),
    AT("Gini of cash by exposure", by_row.gini),
    AT("  best possible", by_row.gini_best),
    AT("  by time at risk alone", by_row.gini_time),
    AT("AUC of paying, by rows", by_row.auc),
    AT("cash in the top tenth of rows", by_row.top_decile_share),
    AT("  in the top fifth", by_row.top_quintile_share),
    AT("Gini over claims", by_claim.gini),
    AT("  by the share expected of each", by_claim.gini_share),
    AT("  by months watched alone", by_claim.gini_time),
    AT("cash in the top tenth of claims", by_claim.top_decile_share),
    AT("deviance explained", errors.deviance_explained),
    OVER("mean absolute error / null model", errors.mean_absolute, errors.null_mean_absolute),
    OVER("root mean square error / null model", errors.root_mean_square, errors.null_root_mean_square),
    OVER("deviance / that of one share for all", errors.deviance, errors.share_deviance),
};
#undef AT
#undef OVER

enum { F_FIGURE, F_MODEL, F_VALUE, FIGURE_COLUMNS };

static const jk_listing_column figure_columns[FIGURE_COLUMNS] = {
    JK_LISTED_TEXT("figure", "", "What it is, in words; those that are set in belong to the one above"),
    JK_LISTED_TEXT("model", "model", "Model file"),
    {"value", "value", "ratio", "The figure, of all rows", JK_LISTING_NUMBER, -1}};

static double number_at(const jk_backtest_model *model, size_t at) {
    double number = 0.0;
    memcpy(&number, (const char *)model + at, sizeof number);
    return number;
}

/* Figure by figure, one row for each model. */
static jk_status figure_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_backtest *test = listing->source[0];
    const struct figure *figure = &figures[row / test->model_count];
    const jk_backtest_model *model = &test->model[row % test->model_count];
    (void)error;
    jk_cell_set(&cells[F_FIGURE], figure->name);
    jk_cell_set(&cells[F_MODEL], model->path);
    cells[F_VALUE].number = number_at(model, figure->at) / (figure->over > 0 ? number_at(model, figure->over) : 1.0);
    return JK_OK;
}

jk_listing jk_backtest_figures_listing(const jk_backtest *test) {
    return JK_LISTING_OF("backtest figures", figure_columns,
                         test == NULL ? 0 : test->model_count * (sizeof figures / sizeof figures[0]), figure_cells,
                         test);
}

/* ---- stability ------------------------------------------------------------------------------------------------ */

enum { S_NAME, S_PSI, S_VERDICT, STABILITY_COLUMNS };

static const jk_listing_column stability_columns[STABILITY_COLUMNS] = {
    JK_LISTED_TEXT("name", "characteristic", "score, or a characteristic of the scorecard"),
    {"psi", "PSI", "index", "Population stability index", JK_LISTING_NUMBER, -1},
    JK_LISTED_TEXT("verdict", "", "moved (above 0.25), drifts (above 0.1), no rows to compare with, or nothing")};

static jk_status stability_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_backtest_stability *stability = &((const jk_backtest_model *)listing->source[0])->stability[row];
    (void)error;
    jk_cell_set(&cells[S_NAME], stability->name);
    cells[S_PSI].number = stability->psi;
    jk_cell_set(&cells[S_VERDICT], isnan(stability->psi)   ? "no rows to compare with"
                                   : stability->psi > 0.25 ? "moved"
                                   : stability->psi > 0.1  ? "drifts"
                                                           : "");
    return JK_OK;
}

jk_listing jk_backtest_stability_listing(const jk_backtest_model *model) {
    return JK_LISTING_OF("backtest stability", stability_columns, model == NULL ? 0 : model->stability_count,
                         stability_cells, model);
}

/* ---- over horizons -------------------------------------------------------------------------------------------- */

enum {
    H_MODEL,
    H_MONTHS,
    H_BY,
    H_NAME,
    H_LANDMARKS,
    HORIZON_CELLS,
    H_TO_THE_END = HORIZON_CELLS + CELLS,
    H_WATCHED,
    HORIZON_COLUMNS
};

static const jk_listing_column horizon_columns[HORIZON_COLUMNS] = {
    JK_LISTED_TEXT("model", "model", "Model file"),
    JK_LISTED_MONTHS("horizon", "months", "Months after the landmark"),
    JK_LISTED_TEXT("by", "by", "all, segment, vintage, …"),
    JK_LISTED_TEXT("name", "name", "Which of them"),
    JK_LISTED_COUNT("landmarks", "landmarks", "Valuations that are tested"),
    CELL_COLUMNS,
    [H_TO_THE_END] = JK_LISTED_COUNT("watched_to_the_end", "to the end", "Landmarks watched so long; of all"),
    [H_WATCHED] = {"watched_share", "watched", "share", "Part of balance and time that was watched; of all",
                   JK_LISTING_NUMBER, -1}};

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

static void fill_horizon(const jk_horizon_model *model, const jk_horizon *horizon, const char *by,
                         const jk_backtest_cell *from, jk_cell *cells) {
    jk_cell_set(&cells[H_MODEL], model->path);
    cells[H_MONTHS].number = horizon->months;
    jk_cell_set(&cells[H_BY], by);
    jk_cell_set(&cells[H_NAME], from->name);
    cells[H_LANDMARKS].number = (double)from->rows;
    fill(from, cells + HORIZON_CELLS);
    if (from == &horizon->total) {
        cells[H_TO_THE_END].number = (double)horizon->complete;
        cells[H_WATCHED].number = horizon->watched_share;
    }
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
    fill_horizon(&test->model[m], &test->model[m].horizon[h], by, from, cells);
    return JK_OK;
}

/* Cell by cell of the shortest horizon, which has all of them, each at every horizon: missing where it has none. */
static jk_status horizon_part_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_horizon_model *model = listing->source[0];
    const jk_horizon *horizon = &model->horizon[row % model->horizon_count];
    (void)error;
    if (listing->choice == JK_HORIZON_BY_COUNT) {
        fill_horizon(model, horizon, "all", &horizon->total, cells);
        return JK_OK;
    }
    const char *name = model->horizon[0].table[listing->choice].cell[row / model->horizon_count].name;
    const jk_horizon_table *table = &horizon->table[listing->choice];
    jk_cell_set(&cells[H_NAME], name);
    for (size_t c = 0; c < table->count; c++) {
        if (strcmp(table->cell[c].name, name) == 0) {
            fill_horizon(model, horizon, jk_horizon_by_name((jk_horizon_by)listing->choice), &table->cell[c], cells);
        }
    }
    return JK_OK;
}

jk_listing jk_horizon_part_listing(const jk_horizon_model *model, jk_horizon_by by) {
    const size_t lines = by == JK_HORIZON_BY_COUNT ? 1 : model->horizon[0].table[by].count;
    jk_listing listing = JK_LISTING_OF("backtest over horizons", horizon_columns, lines * model->horizon_count,
                                       horizon_part_cells, model);
    listing.choice = (int)by;
    return listing;
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
