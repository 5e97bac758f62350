/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit/fit_payers_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"

static double number(const jk_listing *rows, const jk_cell *cells, const char *column) {
    return jk_cli_listing_cell(rows, cells, column)->number;
}

static const char *text(const jk_listing *rows, const jk_cell *cells, const char *column) {
    return jk_cli_listing_cell(rows, cells, column)->text;
}

static bool has_error(const jk_listing *rows, const jk_cell *cells) {
    return isfinite(number(rows, cells, "std_error"));
}

static bool has_expected(const jk_listing *rows, const jk_cell *cells) {
    return number(rows, cells, "expected") > 0.0;
}

static bool write_segment(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const bool is_all = strcmp(column, "segment") == 0 && text(rows, cells, column)[0] == '\0';
    if (is_all) {
        jk_table_cell(table, "all");
    }
    return is_all;
}

/* Shares and rates with four decimals, months with one; treatment or class in one column. */
static bool write_term(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const int decimals = strcmp(text(rows, cells, "figure"), jk_payer_figure_name(JK_PAYER_HALF_LIFE)) == 0 ? 1 : 4;
    const double value = number(rows, cells, column);
    if (strcmp(column, "treatment") == 0) {
        const char *treatment = text(rows, cells, column);
        jk_table_cell(table, "%s", treatment[0] != '\0' ? treatment : text(rows, cells, "capacity_class"));
    } else if (strcmp(column, "low") == 0) {
        jk_table_cell(table, "%.*f to %.*f", decimals, value, decimals, number(rows, cells, "high"));
    } else if (strcmp(column, "credibility") == 0) {
        jk_table_cell(table, "%.0f %%", 100.0 * value);
    } else if (isfinite(value)) {
        jk_table_amount(table, value, strcmp(column, "debtors") == 0 ? 0 : decimals);
    } else {
        return write_segment(table, rows, cells, column);
    }
    return true;
}

static int print_terms(const jk_payers_result *payers, const jk_model *base) {
    static const char *const shown[] = {"figure", "segment",     "treatment", "estimate", "low",
                                        "value",  "credibility", "debtors",   NULL};
    const jk_listing rows = jk_payers_listing(payers, base);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){.plain_title =
                                          "Payers: shares of new payers who settle, months and shares of the others",
                                      .shown = shown,
                                      .is_ruled = true,
                                      .wanted = has_error,
                                      .written = write_term});
}

static int print_levels(const jk_payers_result *payers, const jk_model *base) {
    const jk_listing rows = jk_payer_levels_listing(payers, base);
    return jk_cli_listing_table(
        &rows,
        &(jk_cli_listing_view){
            .plain_title = "Levels: what landmarks of the panel expected of the months that followed, and what came in",
            .is_ruled = true,
            .may_be_empty = payers->level_count == 0,
            .wanted = has_expected,
            .written = write_segment});
}

int jk_cli_fit_payers(const jk_fit_result *result, const jk_model *base) {
    const jk_payers_result *payers = result->payer_figures;
    if (!payers->learned) {
        return 0; /* the messages say why not */
    }
    (void)printf("\nNew payers            %16zu, of whom %zu settled at once; %zu spells of payments ended\n",
                 payers->begun, payers->settled, payers->ended);
    (void)printf("Who paid in a period paid in the next in %.1f %% of cases, the quiet in %.2f %%.\n",
                 100.0 * payers->again, 100.0 * payers->quiet);
    (void)printf(
        "Curves are intensities of new payers; cash above is the balance of those who began (times the share that "
        "a settlement brings).\n");
    return print_terms(payers, base) | print_levels(payers, base);
}
