/* SPDX-License-Identifier: Apache-2.0 */
/* jalki scenario --break-even: how far one stress can go. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/listing_print.h"
#include "cli/scenario_command.h"
#include "jalki/break_even.h"

enum { WISHES_MAX = 16 };

static void measure_cell(jk_table *table, const jk_break_even_wish *wish, double measure) {
    if (wish->measure == JK_MEASURE_BID) {
        jk_table_amount(table, measure, fabs(measure) < 1e5 ? 2 : 0);
    } else {
        jk_table_percent(table, 100.0 * measure);
    }
}

static void figure_cell(jk_table *table, const jk_break_even_wish *wish, const jk_break_even *result) {
    char low[JK_AMOUNT_TEXT], high[JK_AMOUNT_TEXT];
    int decimals = wish->measure == JK_MEASURE_BID ? 0 : 2;
    if (!result->found) {
        jk_table_cell(table, "none: from %s at %g to %s at %g", jk_amount(low, result->at_low, decimals), result->low,
                      jk_amount(high, result->at_high, decimals), result->high);
    } else if (wish->key == JK_STRESS_DELAY) {
        jk_table_cell(table, "%.0f months", result->figure);
    } else if (wish->key == JK_STRESS_IRR) {
        jk_table_cell(table, "%+.2f points", 100.0 * result->figure);
    } else if (jk_stress_field_of(wish->key)->neutral != 1.0) {
        jk_table_cell(table, "%.4f", result->figure);
    } else {
        jk_table_cell(table, "%.4f (%+.1f %%)", result->figure, 100.0 * (result->figure - 1.0));
    }
}

static int print_table(const jk_cli_valuing *valuing, const jk_break_even_wish *wishes, const jk_break_even *results,
                       size_t count) {
    const jk_stress_field *field = jk_stress_field_of(wishes[0].key);
    bool bid = wishes[0].measure == JK_MEASURE_BID;
    char rate[JK_AMOUNT_TEXT], title[256];
    (void)snprintf(title, sizeof title,
                   "Break-even of %s (%s) for %s at a return of %s %%, %s; looked for from %g to %g", field->name,
                   field->meaning, bid ? "the bid" : "the claims that go to court",
                   jk_amount(rate, 100.0 * wishes[0].irr, jk_cli_rate_decimals(wishes[0].irr)),
                   wishes[0].committed ? "the base plan kept" : "re-planned", results[0].low, results[0].high);
    jk_table *table = jk_table_create("rrrr");
    if (table != NULL) {
        jk_table_cell(table, "%s", bid ? "bid now" : "legal now");
        jk_table_cell(table, "%s", bid ? "asked" : "share left");
        jk_table_cell(table, "%s", field->name);
        jk_table_cell(table, "%s", bid ? "bid there" : "share there");
        jk_table_rule(table);
        for (size_t i = 0; i < count; i++) {
            measure_cell(table, &wishes[i], results[i].base);
            measure_cell(table, &wishes[i], wishes[i].target);
            figure_cell(table, &wishes[i], &results[i]);
            measure_cell(table, &wishes[i], results[i].reached);
        }
    }
    (void)printf("Tape      %s\nModel     %s (%s), %s\n", valuing->tape_path, valuing->model->name, valuing->model_path,
                 valuing->model->base_currency);
    return jk_cli_print_table(table, title) | jk_cli_finish();
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
    return common->format == JK_FORMAT_CSV ? jk_cli_listing_csv(&rows) : print_table(valuing, wishes, results, count);
}
