/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit/backtest_horizon.h"
#include "cli/fit/backtest_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/cli.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"

enum { LARGE = 100000, ROWS_SHOWN = 40 };

/* ---- the total --------------------------------------------------------------------------------------------------- */

static int print_totals(const jk_horizon_model *model) {
    static const char *const shown[] = {
        "horizon", "landmarks", "watched_to_the_end", "watched_share", "payers", "actual", "expected", "ratio", "low",
        "high",    NULL};
    const jk_backtest_cell *first = &model->horizon[0].total;
    const jk_listing rows = jk_horizon_part_listing(model, JK_HORIZON_BY_COUNT);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){
                   .title = "Cash within so many months of the landmarks; watched: share of balance and time",
                   .shown = shown,
                   .is_ruled = true,
                   .money_decimals = first->expected < LARGE && first->actual < LARGE ? 2 : 0});
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

/* A name in words; of a decision also whether it was done. */
static bool written(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const char *name = jk_cli_listing_cell(rows, cells, "name")->text;
    const size_t length = strcspn(name, ",");
    char first[JK_BACKTEST_NAME];
    const bool is_pair = strcmp(column, "name") == 0 && name[length] != '\0';
    if (is_pair) {
        (void)snprintf(first, sizeof first, "%.*s", (int)length, name);
        jk_table_cell(table, "%s, %s", jk_text_if_known(first), jk_text_if_known(name + length + 2));
    }
    return is_pair;
}

/* One line per cell: ratio with interval for every horizon; the last of them where there are many. */
static int print_table(const jk_horizon_model *model, jk_horizon_by by) {
    static const char *const shown[] = {"name", "landmarks", "ratio", "low", "high", NULL};
    const jk_listing rows = jk_horizon_part_listing(model, by);
    const size_t count = model->horizon[0].table[by].count;
    char title[96], months[JK_HORIZONS_MAX][32];
    const char *heads[JK_HORIZONS_MAX];
    for (size_t h = 0; h < model->horizon_count; h++) {
        jk_text_format(months[h], sizeof months[h], "%d months", model->horizon[h].months);
        heads[h] = months[h];
    }
    jk_text_format(title, sizeof title, "Actual over expected by %s", jk_text_if_known(jk_horizon_by_name(by)));
    const jk_cli_listing_view view = {.plain_title = title,
                                      .name_head = jk_horizon_by_name(by),
                                      .coded = true,
                                      .shown = shown,
                                      .spread = shown + 2,
                                      .spread_heads = heads,
                                      .abreast = model->horizon_count,
                                      .first = count > ROWS_SHOWN ? (count - ROWS_SHOWN) * model->horizon_count : 0,
                                      .is_ruled = true,
                                      .written = written};
    int failed = jk_cli_listing_table(&rows, &view);
    if (view.first > 0) {
        jk_cli_say("  (the last %d of %zu)\n", ROWS_SHOWN, count);
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
        jk_cli_say("\nModel     %s (%s), amounts in %s\n", model->name, model->path, model->currency);
        failed |= print_totals(model);
        for (size_t h = 0; h < model->horizon_count; h++) {
            print_words(&model->horizon[h]);
        }
        for (int t = 0; t < JK_HORIZON_BY_COUNT; t++) {
            if (by >> t & 1U) {
                failed |= print_table(model, (jk_horizon_by)t);
            }
        }
    }
    return failed;
}
