/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit/backtest_horizon.h"
#include "cli/fit/backtest_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/cli.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"

enum { LARGE = 100000, ROWS_SHOWN = 40 };

static void ratio_cell(jk_table *table, double value) {
    if (isfinite(value)) {
        char number[JK_AMOUNT_TEXT];
        jk_table_cell(table, "%s", jk_amount(number, value, 3));
    } else {
        jk_table_cell(table, "%s", "");
    }
}

/* ---- the total --------------------------------------------------------------------------------------------------- */

static int print_totals(const jk_horizon_model *model, int decimals) {
    jk_table *table = jk_table_headed("rrrrrrrrrr", "months", "landmarks", "to the end", "watched", "payers", "actual",
                                      "expected", "ratio", "from", "to");
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
    return jk_cli_print_table(
        table, jk_text("Cash within so many months of the landmarks; watched: share of balance and time"));
}

/* What the interval of a total says, in words. */
static void print_words(const jk_horizon *horizon) {
    const jk_backtest_cell *total = &horizon->total;
    char unseen[JK_HORIZON_WORDS];
    if (horizon->complete == 0) {
        jk_cli_say("  %d months: nobody was watched for so long, so the later months of this horizon are not tested.\n",
                   horizon->months);
    }
    if (!isfinite(total->low) || !isfinite(total->high)) {
        jk_cli_say("  %d months: nothing was expected, or nothing came in: there is no ratio.\n", horizon->months);
    } else if (total->low > 1.0) {
        jk_cli_say("  %d months: more came in than expected, by at least %.0f %%.\n", horizon->months,
                   100.0 * (total->low - 1.0));
    } else if (total->high < 1.0) {
        jk_cli_say("  %d months: less came in than expected, by at least %.0f %%.\n", horizon->months,
                   100.0 * (1.0 - total->high));
    } else {
        jk_cli_say("  %d months: chance can explain the difference; expectations up to %.0f %% too high or %.0f %% "
                   "too low cannot be excluded.\n",
                   horizon->months, total->low > 0.0 ? 100.0 * (1.0 / total->low - 1.0) : 100.0,
                   100.0 * (1.0 - 1.0 / total->high));
    }
    jk_horizon_words(horizon, unseen, sizeof unseen);
    if (unseen[0] != '\0') {
        (void)printf("    %s\n", unseen);
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

/* A name in words; of a decision also whether it was done. */
static void name_cell(jk_table *table, const char *name) {
    char first[JK_BACKTEST_NAME];
    const size_t length = strcspn(name, ",");
    if (name[length] == '\0') {
        jk_table_cell(table, "%s", jk_text_if_known(name));
        return;
    }
    (void)snprintf(first, sizeof first, "%.*s", (int)length, name);
    jk_table_cell(table, "%s, %s", jk_text_if_known(first), jk_text_if_known(name + length + 2));
}

/* One row per cell of the shortest horizon, which has all of them: ratio with interval for every horizon. */
static int print_table(const jk_horizon_model *model, int by) {
    char alignment[2 + 3 * JK_HORIZONS_MAX + 1] = "lr";
    for (size_t h = 0; h < model->horizon_count; h++) {
        memcpy(alignment + 2 + 3 * h, "rrr", 4);
    }
    const jk_horizon_table *rows = &model->horizon[0].table[by];
    jk_table *table = jk_table_create(alignment);
    jk_table_cell(table, "%s", jk_text_if_known(jk_horizon_by_name((jk_horizon_by)by)));
    jk_table_words(table, "landmarks");
    for (size_t h = 0; h < model->horizon_count; h++) {
        jk_table_say(table, "%d months", model->horizon[h].months);
        jk_table_words(table, "from");
        jk_table_words(table, "to");
    }
    jk_table_rule(table);
    size_t first = rows->count > ROWS_SHOWN ? rows->count - ROWS_SHOWN : 0;
    for (size_t c = first; c < rows->count; c++) {
        name_cell(table, rows->cell[c].name);
        jk_table_count(table, rows->cell[c].rows);
        for (size_t h = 0; h < model->horizon_count; h++) {
            const jk_backtest_cell *cell = find_cell(&model->horizon[h], by, rows->cell[c].name);
            ratio_cell(table, cell != NULL ? cell->ratio : (double)NAN);
            ratio_cell(table, cell != NULL ? cell->low : (double)NAN);
            ratio_cell(table, cell != NULL ? cell->high : (double)NAN);
        }
    }
    char title[96];
    jk_text_format(title, sizeof title, "Actual over expected by %s",
                   jk_text_if_known(jk_horizon_by_name((jk_horizon_by)by)));
    int failed = jk_cli_print_table(table, title);
    if (first > 0) {
        jk_cli_say("  (the last %d of %zu)\n", ROWS_SHOWN, rows->count);
    }
    return failed;
}

int jk_cli_horizon_tables(const jk_horizon_test *test, unsigned by) {
    const jk_landmark_options *landmarks = &test->options.landmarks;
    if (landmarks->every > 0) {
        jk_cli_say("%zu claims valued every %d months, %zu landmarks; nothing is updated afterwards.\n", test->claims,
                   landmarks->every, test->landmarks);
    } else {
        jk_cli_say("%zu claims valued at their first row, %zu landmarks; nothing is updated afterwards.\n",
                   test->claims, test->landmarks);
    }
    if (landmarks->treatment == JK_LANDMARK_PLAN) {
        jk_cli_say("Assumed after a landmark: the model's plan. Claims are followed whatever was done in truth.\n");
    } else {
        jk_cli_say("Assumed after a landmark: the treatment recorded there goes on. Claims count until another "
                   "begins.\n");
    }
    int failed = 0;
    for (size_t m = 0; m < test->model_count; m++) {
        const jk_horizon_model *model = &test->model[m];
        const jk_backtest_cell *total = &model->horizon[0].total;
        jk_cli_say("\nModel     %s (%s), amounts in %s\n", model->name, model->path, model->currency);
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
