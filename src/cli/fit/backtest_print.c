/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit/backtest_print.h"

#include <math.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/cli.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"

enum { LARGE = 100000, ROWS_SHOWN = 40 };

static int decimals_of(const jk_backtest_model *model) {
    return model->total.expected < LARGE && model->total.actual < LARGE ? 2 : 0;
}

static void cell_number(jk_table *table, const char *format, double value) {
    if (!isfinite(value)) {
        jk_table_cell(table, "%s", "");
    } else {
        char text[64];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        jk_text_format(text, sizeof text, format, value);
#pragma GCC diagnostic pop
        jk_table_cell(table, "%s", text);
    }
}

static void add_cell(jk_table *table, const char *name, const jk_backtest_cell *cell, int decimals) {
    jk_table_cell(table, "%s", jk_text_if_known(name));
    jk_table_count(table, cell->rows);
    jk_table_count(table, cell->payers);
    jk_table_amount(table, cell->actual, decimals);
    jk_table_amount(table, cell->expected, decimals);
    cell_number(table, "%.3f", cell->ratio);
    cell_number(table, "%.3f", cell->low);
    cell_number(table, "%.3f", cell->high);
}

static int print_cells(const char *title, const char *kind, const jk_backtest_cell *cells, size_t count,
                       const jk_backtest_cell *total, int decimals) {
    static const char *const heads[] = {"rows", "payers", "actual", "expected", "ratio", "from", "to"};
    jk_table *table = jk_table_create("lrrrrrrr");
    jk_table_cell(table, "%s", jk_text_if_known(kind));
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        jk_table_words(table, heads[i]);
    }
    jk_table_rule(table);
    size_t first = count > ROWS_SHOWN ? count - ROWS_SHOWN : 0;
    for (size_t c = first; c < count; c++) {
        add_cell(table, cells[c].name, &cells[c], decimals);
    }
    jk_table_rule(table);
    add_cell(table, jk_text("all"), total, decimals);
    int failed = jk_cli_print_table(table, title);
    if (first > 0) {
        jk_cli_say("  (the last %d of %zu)\n", ROWS_SHOWN, count);
    }
    return failed;
}

static int print_tenths(const jk_backtest_model *model, int decimals) {
    jk_table *table = jk_table_headed("rrrrrrrrr", "tenth of exposure", "rows", "actual", "expected", "ratio", "from",
                                      "to", "lift", "cash so far");
    jk_table_rule(table);
    for (int t = 0; t < JK_BACKTEST_TENTHS; t++) {
        const jk_backtest_cell *cell = &model->tenth[t];
        double cash = model->total.actual > 0.0 ? cell->actual / model->total.actual : 0.0;
        jk_table_cell(table, "%d", t + 1);
        jk_table_count(table, cell->rows);
        jk_table_amount(table, cell->actual, decimals);
        jk_table_amount(table, cell->expected, decimals);
        cell_number(table, "%.3f", cell->ratio);
        cell_number(table, "%.3f", cell->low);
        cell_number(table, "%.3f", cell->high);
        cell_number(table, "%.2f", cell->exposure > 0.0 ? cash * model->total.exposure / cell->exposure : (double)NAN);
        jk_table_percent(table, 100.0 * model->cumulative_share[t]);
    }
    return jk_cli_print_table(
        table, jk_text("Calibration and lift: tenths of exposure, the highest expected intensity first"));
}

/* Figures side by side, one column per model. */
typedef double figure_of(const jk_backtest_model *model);
static double ratio(const jk_backtest_model *m) {
    return m->total.ratio;
}
static double ratio_low(const jk_backtest_model *m) {
    return m->total.low;
}
static double ratio_high(const jk_backtest_model *m) {
    return m->total.high;
}
static double slope(const jk_backtest_model *m) {
    return m->slope.slope;
}
static double slope_low(const jk_backtest_model *m) {
    return m->slope.low;
}
static double slope_high(const jk_backtest_model *m) {
    return m->slope.high;
}
static double gini(const jk_backtest_model *m) {
    return m->by_row.gini;
}
static double gini_best(const jk_backtest_model *m) {
    return m->by_row.gini_best;
}
static double gini_time(const jk_backtest_model *m) {
    return m->by_row.gini_time;
}
static double auc(const jk_backtest_model *m) {
    return m->by_row.auc;
}
static double claim_share(const jk_backtest_model *m) {
    return m->by_claim.gini_share;
}
static double claim_time(const jk_backtest_model *m) {
    return m->by_claim.gini_time;
}
static double over_share(const jk_backtest_model *m) {
    return m->errors.deviance / m->errors.share_deviance;
}
static double top_decile(const jk_backtest_model *m) {
    return m->by_row.top_decile_share;
}
static double top_quintile(const jk_backtest_model *m) {
    return m->by_row.top_quintile_share;
}
static double claim_gini(const jk_backtest_model *m) {
    return m->by_claim.gini;
}
static double claim_top(const jk_backtest_model *m) {
    return m->by_claim.top_decile_share;
}
static double explained(const jk_backtest_model *m) {
    return m->errors.deviance_explained;
}
static double absolute(const jk_backtest_model *m) {
    return m->errors.mean_absolute / m->errors.null_mean_absolute;
}
static double squared(const jk_backtest_model *m) {
    return m->errors.root_mean_square / m->errors.null_root_mean_square;
}

static int print_figures(const jk_backtest *test) {
    static const struct {
        const char *name;
        figure_of *figure;
    } lines[] = {
        {"actual over expected", ratio},
        {"  95 % from", ratio_low},
        {"  95 % to", ratio_high},
        {"calibration slope", slope},
        {"  95 % from", slope_low},
        {"  95 % to", slope_high},
        {"Gini of cash by exposure", gini},
        {"  best possible", gini_best},
        {"  by time at risk alone", gini_time},
        {"AUC of paying, by rows", auc},
        {"cash in the top tenth of rows", top_decile},
        {"  in the top fifth", top_quintile},
        {"Gini over claims", claim_gini},
        {"  by the share expected of each", claim_share},
        {"  by months watched alone", claim_time},
        {"cash in the top tenth of claims", claim_top},
        {"deviance explained", explained},
        {"mean absolute error / null model", absolute},
        {"root mean square error / null model", squared},
        {"deviance / that of one share for all", over_share},
    };
    char alignment[JK_BACKTEST_MODELS_MAX + 2] = "l";
    for (size_t m = 0; m < test->model_count; m++) {
        alignment[m + 1] = 'r';
    }
    jk_table *table = jk_table_create(alignment);
    jk_table_cell(table, "%s", "");
    for (size_t m = 0; m < test->model_count; m++) {
        const char *slash = strrchr(test->model[m].path, '/');
        jk_table_cell(table, "%s", slash != NULL ? slash + 1 : test->model[m].path);
    }
    jk_table_rule(table);
    for (size_t l = 0; l < sizeof lines / sizeof lines[0]; l++) {
        jk_table_words(table, lines[l].name);
        for (size_t m = 0; m < test->model_count; m++) {
            cell_number(table, "%.3f", lines[l].figure(&test->model[m]));
        }
    }
    return jk_cli_print_table(table, jk_text("How far to trust it"));
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
    const jk_backtest_model *model = &test->model[0];
    jk_table *table = jk_table_create("lrl");
    jk_table_words(table, "characteristic");
    jk_table_cell(table, "PSI");
    jk_table_cell(table, "%s", "");
    jk_table_rule(table);
    for (size_t s = 0; s < model->stability_count; s++) {
        double psi = model->stability[s].psi;
        jk_table_cell(table, "%s", jk_text_if_known(model->stability[s].name));
        cell_number(table, "%.3f", psi);
        jk_table_cell(table, "%s",
                      isnan(psi)   ? jk_text("no rows to compare with")
                      : psi > 0.25 ? jk_text("moved")
                      : psi > 0.1  ? jk_text("drifts")
                                   : "");
    }
    return jk_cli_print_table(table, jk_text(test->reference == JK_REFERENCE_EARLY
                                                 ? "Stability: the second half of the time against the first"
                                                 : "Stability: rows of the test against the others"));
}

static int print_ladder(const jk_backtest *test, int decimals) {
    if (!test->has_ladder) {
        jk_cli_say("\nNo chain ladder: %s.\n", jk_text_if_known(test->no_ladder));
        return 0;
    }
    const bool prior = !isnan(test->ladder.total.prior);
    jk_table *table = jk_table_headed(prior ? "lrrrrrrr" : "lrrrrr", "entered", "months seen", "collected", "ultimate",
                                      "to come", "std error", "by model", "Bornhuetter-Ferguson");
    jk_table_rule(table);
    for (size_t i = 0; i <= test->ladder.origins; i++) {
        bool all = i == test->ladder.origins;
        const jk_chain_ladder_origin *origin = all ? &test->ladder.total : &test->ladder.origin[i];
        if (all) {
            jk_table_rule(table);
        }
        jk_table_cell(table, "%s", all ? jk_text("all") : test->triangle.origin[i]);
        if (all) {
            jk_table_cell(table, "%s", "");
        } else {
            jk_table_cell(table, "%.0f", test->triangle.age[test->triangle.observed[i] - 1]);
        }
        jk_table_amount(table, origin->latest, decimals);
        jk_table_amount(table, origin->ultimate, decimals);
        jk_table_amount(table, origin->reserve, decimals);
        jk_table_amount(table, origin->std_error, decimals);
        if (prior) {
            jk_table_amount(table, origin->prior, decimals);
            jk_table_amount(table, origin->bf_reserve, decimals);
        }
    }
    return jk_cli_print_table(
        table, jk_text("Second opinion: chain ladder of collections by cohort of entry, to the last age seen"));
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
        const jk_backtest_table *by = &model->table[t];
        char title[JK_BACKTEST_NAME];
        jk_text_format(title, sizeof title, "By %s", jk_text_if_known(jk_backtest_by_name(by->by)));
        failed |= print_cells(title, jk_backtest_by_name(by->by), by->cell, by->count, &model->total, decimals);
    }
    failed |= print_tenths(model, decimals);
    failed |= model->stability_count > 0 ? print_stability(test) : 0;
    return failed | print_ladder(test, decimals);
}
