/* SPDX-License-Identifier: Apache-2.0 */
/* `jalki inspect` of a panel: how much history there is, and what came of it. */
#include "cli/tapes/inspect_panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/calendar.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/inspect_panel.h"

static const char *level(jk_column column, size_t code) {
    size_t count = 0;
    return jk_schema_levels(column, &count)[code];
}

static double per_cent(double part, double whole) {
    return whole > 0.0 ? 100.0 * part / whole : (double)NAN;
}

static bool write_months(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const bool is_months = strcmp(column, "claim_months") == 0;
    if (is_months) {
        jk_table_amount(table, jk_cli_listing_cell(rows, cells, column)->number, 1);
    }
    return is_months;
}

static int print_figures(const jk_panel_inspection *in) {
    const jk_listing rows = jk_inspect_treatments_listing(in);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){.money_decimals = 2, .blank = 1, .is_ruled = true, .written = write_months});
}

static int print_tables(const jk_panel_inspection *in) {
    char first[JK_DATE_TEXT], last[JK_DATE_TEXT], text[JK_AMOUNT_TEXT];
    (void)printf("A panel of history: one row per claim and period.\n\n");
    (void)printf("rows      %14s\n", jk_amount(text, (double)in->rows, 0));
    (void)printf("claims    %14s\n", jk_amount(text, (double)in->claims, 0));
    (void)printf("debtors   %14s\n", jk_amount(text, (double)in->debtors, 0));
    if (in->rows == 0) {
        return 0;
    }
    (void)printf("periods    start %s to %s, ended by %s; %g to %g months\n\n", jk_date_format(in->first_start, first),
                 jk_date_format(in->last_start, last), jk_date_format(in->end, text), in->shortest, in->longest);
    int failed = print_figures(in);
    if (in->other_currency_rows > 0) {
        (void)printf("and %s rows in further currencies\n", jk_amount(text, (double)in->other_currency_rows, 0));
    }
    (void)printf("\nExposure is balance_start times period_months / 12; %% a year is cash over exposure.\n\nexits    ");
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        (void)printf("%s %s %s", e > 0 ? "," : "", level(JK_COLUMN_EXIT, e), jk_amount(text, (double)in->exits[e], 0));
    }
    (void)printf("\nmissing  ");
    for (size_t c = 0; c < JK_PANEL_OPTIONAL; c++) {
        (void)printf("%s %s %.1f %%", c > 0 ? "," : "", jk_schema_column(jk_panel_optional[c])->name,
                     per_cent((double)(in->rows - in->given[jk_panel_optional[c]]), (double)in->rows));
    }
    (void)printf("\n");
    return failed;
}

int jk_cli_inspect_panel(const jk_tape *panel, jk_format format) {
    jk_error error = {0};
    jk_panel_inspection inspection;
    int failed = 0;
    if (jk_inspect_panel(panel, &inspection, &error) != JK_OK) {
        return jk_cli_fail(&error);
    }
    switch (format) {
    case JK_FORMAT_JSON:
        return jk_cli_print_text(jk_inspect_panel_json(&inspection));
    case JK_FORMAT_CSV:
        return jk_cli_listed_csv(jk_inspect_panel_figures(&inspection));
    case JK_FORMAT_TABLE:
        failed = print_tables(&inspection);
        break;
    }
    return failed | jk_cli_finish();
}
