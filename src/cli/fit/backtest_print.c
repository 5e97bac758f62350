/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit/backtest_print.h"

#include <math.h>
#include <string.h>

#include "base/text/text.h"
#include "base/words/language.h"
#include "cli/cli.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"

enum { LARGE = 100000, ROWS_SHOWN = 40 };

static int decimals_of(const jk_backtest_model *model) {
    return model->total.expected < LARGE && model->total.actual < LARGE ? 2 : 0;
}

/* A table of the first model's rows by one thing, the last of them where there are many, with all of them beneath. */
static int print_cells(const jk_backtest *test, size_t table, int decimals) {
    static const char *const shown[] = {"name", "rows", "payers", "actual", "expected", "ratio", "low", "high", NULL};
    const jk_backtest_table *by = &test->model[0].table[table];
    const jk_listing rows = jk_backtest_part_listing(test, table);
    const char *kind = jk_backtest_by_name(by->by);
    char title[JK_BACKTEST_NAME];
    jk_text_format(title, sizeof title, "By %s", jk_text_if_known(kind));
    const jk_cli_listing_view view = {.plain_title = title,
                                      .name_head = kind,
                                      .coded = true,
                                      .money_decimals = decimals,
                                      .shown = shown,
                                      .is_ruled = true,
                                      .has_total = true,
                                      .first = by->count > ROWS_SHOWN ? by->count - ROWS_SHOWN : 0};
    int failed = jk_cli_listing_table(&rows, &view);
    if (view.first > 0) {
        jk_cli_say("  (the last %d of %zu)\n", ROWS_SHOWN, by->count);
    }
    return failed;
}

static int print_tenths(const jk_backtest *test, int decimals) {
    static const char *const shown[] = {"name", "rows", "actual", "expected",    "ratio",
                                        "low",  "high", "lift",   "cash_so_far", NULL};
    const jk_listing rows = jk_backtest_part_listing(test, test->model[0].table_count);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){
                   .title = "Calibration and lift: tenths of exposure, the highest expected intensity first",
                   .name_head = "tenth of exposure",
                   .money_decimals = decimals,
                   .shown = shown,
                   .is_ruled = true});
}

/* Figures side by side, one column per model. */
static int print_figures(const jk_backtest *test) {
    static const char *const shown[] = {"figure", "value", NULL}, *const heads[] = {"", NULL};
    static const char *const spread[] = {"value", NULL};
    const jk_listing rows = jk_backtest_figures_listing(test);
    const char *models[JK_BACKTEST_MODELS_MAX];
    for (size_t m = 0; m < test->model_count; m++) {
        models[m] = jk_file_name(test->model[m].path);
    }
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = "How far to trust it",
                                                              .shown = shown,
                                                              .heads = heads,
                                                              .is_ruled = true,
                                                              .abreast = test->model_count,
                                                              .spread = spread,
                                                              .spread_heads = models});
}

static void print_comparison(const jk_backtest *test) {
    for (size_t m = 1; m < test->model_count; m++) {
        const jk_backtest_model *model = &test->model[m];
        char low[JK_AMOUNT_TEXT];
        char high[JK_AMOUNT_TEXT];
        char middle[JK_AMOUNT_TEXT];
        (void)jk_amount(middle, model->deviance_difference, 0);
        (void)jk_amount(low, model->difference_low, 0);
        (void)jk_amount(high, model->difference_high, 0);
        jk_cli_say("\n  Deviance of %s less that of %s: %s (95 %% from %s to %s): ", model->path, test->model[0].path,
                   middle, low, high);
        jk_cli_say(model->difference_high < 0.0  ? "it is closer to what came in.\n"
                   : model->difference_low > 0.0 ? "it is farther from what came in.\n"
                                                 : "it cannot be told from it by these rows.\n");
    }
}

static int print_stability(const jk_backtest *test) {
    static const char *const heads[] = {"characteristic", "PSI", ""};
    const jk_listing rows = jk_backtest_stability_listing(&test->model[0]);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){.title = test->reference == JK_REFERENCE_EARLY
                                                   ? "Stability: the second half of the time against the first"
                                                   : "Stability: rows of the test against the others",
                                      .coded = true,
                                      .heads = heads,
                                      .is_ruled = true,
                                      .may_be_empty = true});
}

/* The last age seen in months. */
static bool write_age(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const jk_triangle *triangle = rows->source[0];
    const double ages = jk_cli_listing_cell(rows, cells, "ages")->number;
    const bool is_age = strcmp(column, "ages") == 0;
    if (is_age) {
        jk_table_amount(table, ages > 0.0 ? triangle->age[(size_t)ages - 1] : (double)NAN, 0);
    }
    return is_age;
}

static int print_ladder(const jk_backtest *test, int decimals) {
    static const char *const heads[] = {"entered", "months seen", "collected", "ultimate",
                                        "to come", "std error",   "by model",  "Bornhuetter-Ferguson"};
    if (!test->has_ladder) {
        jk_cli_say("\nNo chain ladder: %s.\n", jk_text_if_known(test->no_ladder));
        return 0;
    }
    const bool prior = !isnan(test->ladder.total.prior);
    const char *const shown[] = {
        "origin", "ages", "latest", "ultimate", "reserve", "std_error", prior ? "prior" : NULL, "bf_reserve", NULL};
    const jk_listing rows = jk_chain_ladder_listing(&test->triangle, &test->ladder);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){
                   .title = "Second opinion: chain ladder of collections by cohort of entry, to the last age seen",
                   .money_decimals = decimals,
                   .shown = shown,
                   .heads = heads,
                   .is_ruled = true,
                   .has_total = true,
                   .written = write_age});
}

int jk_cli_backtest_tables(const jk_backtest *test) {
    const jk_backtest_model *model = &test->model[0];
    int decimals = decimals_of(model);
    char actual[JK_AMOUNT_TEXT];
    char expected[JK_AMOUNT_TEXT];
    jk_cli_say("%zu of %zu rows, %zu claims, %zu debtors of whom %zu paid\n", model->total.rows, test->panel_rows,
               model->claims, model->total.debtors, model->total.payers);
    jk_cli_say("%s %s came in, %s were expected\n", jk_amount(actual, model->total.actual, decimals), model->currency,
               jk_amount(expected, model->total.expected, decimals));
    char words[JK_BACKTEST_WORDS];
    jk_backtest_words(model, words, sizeof words);
    (void)printf("%s\n", words);
    int failed = print_figures(test);
    print_comparison(test);
    for (size_t t = 0; t < model->table_count; t++) {
        failed |= print_cells(test, t, decimals);
    }
    failed |= print_tenths(test, decimals) | print_stability(test);
    return failed | print_ladder(test, decimals);
}
