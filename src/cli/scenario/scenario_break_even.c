/* SPDX-License-Identifier: Apache-2.0 */
/* jalki scenario --break-even: how far one stress can go. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "cli/print/listing_print.h"
#include "cli/scenario/scenario_command.h"
#include "jalki/break_even.h"

enum { WISHES_MAX = 16 };

static double number(const jk_listing *rows, const jk_cell *cells, const char *column) {
    return jk_cli_listing_cell(rows, cells, column)->number;
}

static void figure_cell(jk_table *table, const jk_listing *rows, const jk_cell *cells) {
    const jk_break_even_wish *wish = rows->source[0]; /* all have the same key and measure */
    const int decimals = wish->measure == JK_MEASURE_BID ? 0 : 2;
    const double figure = number(rows, cells, "figure");
    char low[JK_AMOUNT_TEXT], high[JK_AMOUNT_TEXT];
    if (number(rows, cells, "found") == 0.0) {
        jk_table_cell(table, "none: from %s at %g to %s at %g", jk_amount(low, number(rows, cells, "at_low"), decimals),
                      number(rows, cells, "low"), jk_amount(high, number(rows, cells, "at_high"), decimals),
                      number(rows, cells, "high"));
    } else if (wish->key == JK_STRESS_DELAY) {
        jk_table_cell(table, "%.0f months", figure);
    } else if (wish->key == JK_STRESS_IRR) {
        jk_table_cell(table, "%+.2f points", 100.0 * figure);
    } else if (jk_stress_field_of(wish->key)->neutral != 1.0) {
        jk_table_cell(table, "%.4f", figure);
    } else {
        jk_table_cell(table, "%.4f (%+.1f %%)", figure, 100.0 * (figure - 1.0));
    }
}

static bool written(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const jk_break_even_wish *wish = rows->source[0];
    const double measure = number(rows, cells, column);
    if (strcmp(column, "figure") == 0) {
        figure_cell(table, rows, cells);
    } else if (wish->measure == JK_MEASURE_BID) {
        jk_table_amount(table, measure, fabs(measure) < 1e5 ? 2 : 0);
    } else {
        jk_table_percent(table, 100.0 * measure);
    }
    return true;
}

static int print_table(const jk_cli_valuing *valuing, const jk_listing *rows) {
    const jk_break_even_wish *wish = rows->source[0];
    const jk_break_even *result = rows->source[1];
    static const char *const shown[] = {"base", "target", "figure", "reached", NULL};
    const jk_stress_field *field = jk_stress_field_of(wish->key);
    const bool bid = wish->measure == JK_MEASURE_BID;
    const char *const heads[] = {bid ? "bid now" : "legal now", bid ? "asked" : "share left", field->name,
                                 bid ? "bid there" : "share there"};
    char rate[JK_AMOUNT_TEXT], title[256];
    (void)snprintf(title, sizeof title,
                   "Break-even of %s (%s) for %s at a return of %s %%, %s; looked for from %g to %g", field->name,
                   field->meaning, bid ? "the bid" : "the claims that go to court",
                   jk_amount(rate, 100.0 * wish->irr, jk_cli_rate_decimals(wish->irr)),
                   wish->committed ? "the base plan kept" : "re-planned", result->low, result->high);
    (void)printf("Tape      %s\nModel     %s (%s), %s\n", valuing->tape_path, valuing->model->name, valuing->model_path,
                 valuing->model->base_currency);
    const jk_cli_listing_view view = {
        .plain_title = title, .shown = shown, .heads = heads, .is_ruled = true, .written = written};
    return jk_cli_listing_table(rows, &view) | jk_cli_finish();
}

int jk_scenario_break_even(const jk_cli_common *common, const jk_cli_valuing *valuing, const jk_break_even_wish *wish,
                           const double *targets, size_t count, jk_error *error) {
    jk_break_even_wish wishes[WISHES_MAX];
    jk_break_even results[WISHES_MAX];
    count = count < WISHES_MAX ? count : WISHES_MAX;
    jk_status status = JK_OK;
    for (size_t i = 0; i < count && status == JK_OK; i++) {
        wishes[i] = *wish;
        wishes[i].target = targets[i];
        wishes[i].irr = isnan(wish->irr) ? valuing->model->irr : wish->irr;
        status = jk_break_even_find(valuing->tape, valuing->model, &valuing->options, &wishes[i], &results[i], error);
    }
    if (status == JK_OK && jk_cli_json_to_file(common)) {
        status = jk_cli_write_text(common->json_path, jk_break_even_json(wishes, results, count), error);
    }
    if (status != JK_OK) {
        return jk_cli_fail(error);
    }
    if (jk_cli_json_on_stdout(common)) {
        return jk_cli_print_text(jk_break_even_json(wishes, results, count));
    }
    const jk_listing rows = jk_break_even_listing(wishes, results, count);
    return common->format == JK_FORMAT_CSV ? jk_cli_listing_csv(&rows) : print_table(valuing, &rows);
}
