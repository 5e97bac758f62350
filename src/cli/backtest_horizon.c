/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/backtest_horizon.h"
#include "cli/backtest_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/table.h"
#include "cli/valuing.h"

enum { LARGE = 100000, ROWS_SHOWN = 40 };

static void ratio_cell(jk_table *table, double value) {
    if (isfinite(value)) {
        jk_table_cell(table, "%.3f", value);
    } else {
        jk_table_cell(table, "%s", "");
    }
}

static void heads(jk_table *table, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        jk_table_cell(table, "%s", names[i]);
    }
}

/* ---- the total --------------------------------------------------------------------------------------------------- */

static int print_totals(const jk_horizon_model *model, int decimals) {
    static const char *const names[] = {"months", "landmarks", "to the end", "watched", "payers",
                                        "actual", "expected",  "ratio",      "from",    "to"};
    jk_table *table = jk_table_create("rrrrrrrrrr");
    heads(table, names, sizeof names / sizeof names[0]);
    jk_table_rule(table);
    for (size_t h = 0; h < model->horizon_count; h++) {
        const jk_horizon *horizon = &model->horizon[h];
        jk_table_cell(table, "%d", horizon->months);
        jk_table_count(table, horizon->total.rows);
        jk_table_count(table, horizon->complete);
        jk_table_percent(table, 100.0 * horizon->watched_share);
        jk_table_count(table, horizon->total.payers);
        jk_table_amount(table, horizon->total.actual, decimals);
        jk_table_amount(table, horizon->total.expected, decimals);
        ratio_cell(table, horizon->total.ratio);
        ratio_cell(table, horizon->total.low);
        ratio_cell(table, horizon->total.high);
    }
    return jk_cli_print_table(table, "Cash within so many months of the landmarks; watched: share of balance and time");
}

/* What the interval of a total says, in words. */
static void print_words(const jk_horizon *horizon) {
    const jk_backtest_cell *total = &horizon->total;
    if (horizon->complete == 0) {
        (void)printf(
            "  %d months: nobody was watched for so long, so the later months of this horizon are not tested.\n",
            horizon->months);
    }
    if (!isfinite(total->low) || !isfinite(total->high)) {
        (void)printf("  %d months: nothing was expected, or nothing came in: there is no ratio.\n", horizon->months);
    } else if (total->low > 1.0) {
        (void)printf("  %d months: more came in than expected, by at least %.0f %%.\n", horizon->months,
                     100.0 * (total->low - 1.0));
    } else if (total->high < 1.0) {
        (void)printf("  %d months: less came in than expected, by at least %.0f %%.\n", horizon->months,
                     100.0 * (1.0 - total->high));
    } else {
        (void)printf("  %d months: chance can explain the difference; expectations up to %.0f %% too high or %.0f %% "
                     "too low cannot be excluded.\n",
                     horizon->months, total->low > 0.0 ? 100.0 * (1.0 / total->low - 1.0) : 100.0,
                     100.0 * (1.0 - 1.0 / total->high));
    }
}

/* ---- tables by kind ---------------------------------------------------------------------------------------------- */

static const jk_backtest_cell *find_cell(const jk_horizon *horizon, int by, const char *name) {
    for (size_t c = 0; c < horizon->table[by].count; c++) {
        if (strcmp(horizon->table[by].cell[c].name, name) == 0) {
            return &horizon->table[by].cell[c];
        }
    }
    return NULL;
}

/* One row per cell of the shortest horizon, which has all of them: ratio with interval for every horizon. */
static int print_table(const jk_horizon_model *model, int by) {
    char alignment[2 + 3 * JK_HORIZONS_MAX + 1] = "lr";
    for (size_t h = 0; h < model->horizon_count; h++) {
        memcpy(alignment + 2 + 3 * h, "rrr", 4);
    }
    const jk_horizon_table *rows = &model->horizon[0].table[by];
    jk_table *table = jk_table_create(alignment);
    jk_table_cell(table, "%s", jk_horizon_by_name((jk_horizon_by)by));
    jk_table_cell(table, "%s", "landmarks");
    for (size_t h = 0; h < model->horizon_count; h++) {
        jk_table_cell(table, "%d months", model->horizon[h].months);
        jk_table_cell(table, "%s", "from");
        jk_table_cell(table, "%s", "to");
    }
    jk_table_rule(table);
    size_t first = rows->count > ROWS_SHOWN ? rows->count - ROWS_SHOWN : 0;
    for (size_t c = first; c < rows->count; c++) {
        jk_table_cell(table, "%s", rows->cell[c].name);
        jk_table_count(table, rows->cell[c].rows);
        for (size_t h = 0; h < model->horizon_count; h++) {
            const jk_backtest_cell *cell = find_cell(&model->horizon[h], by, rows->cell[c].name);
            ratio_cell(table, cell != NULL ? cell->ratio : (double)NAN);
            ratio_cell(table, cell != NULL ? cell->low : (double)NAN);
            ratio_cell(table, cell != NULL ? cell->high : (double)NAN);
        }
    }
    char title[96];
    (void)snprintf(title, sizeof title, "Actual over expected by %s", jk_horizon_by_name((jk_horizon_by)by));
    int failed = jk_cli_print_table(table, title);
    if (first > 0) {
        (void)printf("  (the last %d of %zu)\n", ROWS_SHOWN, rows->count);
    }
    return failed;
}

int jk_cli_horizon_tables(const jk_horizon_test *test, unsigned by) {
    const jk_landmark_options *landmarks = &test->options.landmarks;
    char every[64] = "at their first row";
    if (landmarks->every > 0) {
        (void)snprintf(every, sizeof every, "every %d months", landmarks->every);
    }
    (void)printf("%zu claims valued %s, %zu landmarks; nothing is updated afterwards.\n", test->claims, every,
                 test->landmarks);
    (void)puts(
        landmarks->treatment == JK_LANDMARK_PLAN
            ? "Assumed after a landmark: the model's plan. Claims are followed whatever was done in truth."
            : "Assumed after a landmark: the treatment recorded there goes on. Claims count until another begins.");
    int failed = 0;
    for (size_t m = 0; m < test->model_count; m++) {
        const jk_horizon_model *model = &test->model[m];
        const jk_backtest_cell *total = &model->horizon[0].total;
        (void)printf("\nModel     %s (%s), amounts in %s\n", model->name, model->path, model->currency);
        failed |= print_totals(model, total->expected < LARGE && total->actual < LARGE ? 2 : 0);
        for (size_t h = 0; h < model->horizon_count; h++) {
            print_words(&model->horizon[h]);
        }
        for (int t = 0; t < JK_HORIZON_BY_COUNT; t++) {
            if (by >> t & 1U) {
                failed |= print_table(model, t);
            }
        }
    }
    return failed;
}

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

static void csv_cell(const jk_horizon_model *model, int months, const char *by, const jk_backtest_cell *cell) {
    jk_cli_csv_text(model->path, ",");
    (void)printf("%d,%s,", months, by);
    jk_cli_backtest_csv_cell(cell);
}

void jk_cli_horizon_csv(const jk_horizon_test *test) {
    (void)puts("model,horizon,by,name,landmarks,debtors,payers,exposure,actual,expected,ratio,low,high");
    for (size_t m = 0; m < test->model_count; m++) {
        const jk_horizon_model *model = &test->model[m];
        for (size_t h = 0; h < model->horizon_count; h++) {
            const jk_horizon *horizon = &model->horizon[h];
            csv_cell(model, horizon->months, "all", &horizon->total);
            for (int by = 0; by < JK_HORIZON_BY_COUNT; by++) {
                for (size_t c = 0; c < horizon->table[by].count; c++) {
                    csv_cell(model, horizon->months, jk_horizon_by_name((jk_horizon_by)by),
                             &horizon->table[by].cell[c]);
                }
            }
        }
    }
}
