/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/hours.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"

void jk_cli_read_hours(jk_usage *usage, const char *name, char *text, void *field) {
    jk_hours *hours = field;
    char *rest = NULL;
    for (char *word = strtok_r(text, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest)) {
        if (hours->given_count == JK_EPOCHS_MAX) {
            jk_usage_error(usage, "%s: at most %d epochs", name, (int)JK_EPOCHS_MAX);
            return;
        }
        hours->given[hours->given_count++] = jk_usage_real(usage, name, word, 0.01, 1e12);
    }
    if (hours->given_count == 0) {
        jk_usage_error(usage, "%s: expected hours, such as 1500 or 1500,1200", name);
    }
}

/* Epochs are shown up to the last one with a price. */
static size_t shown_epochs(const jk_hours *hours) {
    int shown = 1;
    for (int j = 0; j < hours->epochs; j++) {
        shown = hours->price[j] > 0.0 || hours->wanted[j] > hours->available[j] ? j + 1 : shown;
    }
    return (size_t)(shown < hours->epochs ? shown + 1 : shown);
}

static bool write_hours(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const bool is_hours =
        strcmp(column, "available") == 0 || strcmp(column, "wanted") == 0 || strcmp(column, "used") == 0;
    if (is_hours) {
        jk_table_amount(table, jk_cli_listing_cell(rows, cells, column)->number, 1);
    }
    return is_hours;
}

int jk_cli_print_hours_table(const jk_hours *hours, const char *title) {
    jk_listing rows = jk_hours_listing(hours);
    rows.rows = shown_epochs(hours);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){.plain_title = title, .money_decimals = 2, .written = write_hours});
}

int jk_cli_print_hours(const jk_hours *hours, const jk_model *model, double irr, double onboarding) {
    char title[192], rate[JK_AMOUNT_TEXT], within[JK_AMOUNT_TEXT], without[JK_AMOUNT_TEXT];
    jk_text_format(title, sizeof title, "Agent hours at %s %% a year (each debtor once, as the plan pays them)",
                   jk_amount(rate, 100.0 * irr, jk_cli_rate_decimals(irr)));
    int failed = jk_cli_print_hours_table(hours, title);
    jk_cli_say("\n  bid %s %s within these hours, %s with as many as the plan wants\n",
               jk_amount(within, fmax(0.0, hours->value - onboarding), 0), model->base_currency,
               jk_amount(without, fmax(0.0, hours->unlimited - onboarding), 0));
    jk_cli_say("  no plan within them is worth more than %.2f %% more\n",
               hours->value > 0.0 ? 100.0 * (hours->bound - hours->value) / hours->value : 0.0);
    return failed;
}
