/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tapes/inspect_print.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"

enum { LEVELS_SHOWN = 12, NAME_SIZE = 256 };

static const char *text_of(const jk_listing *rows, const jk_cell *cells, const char *column) {
    return jk_cli_listing_cell(rows, cells, column)->text;
}

static double number_of(const jk_listing *rows, const jk_cell *cells, const char *column) {
    return jk_cli_listing_cell(rows, cells, column)->number;
}

/* Sums without cents; a part in per cent. */
static bool write_balance(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    static const char *const sums[] = {"balance", "principal", "interest", "fees"};
    const double number = number_of(rows, cells, column);
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        if (strcmp(column, sums[i]) == 0) {
            jk_table_amount(table, number, 0);
            return true;
        }
    }
    if (strcmp(column, "top_percent_share") == 0) {
        jk_table_percent(table, 100.0 * number);
        return true;
    }
    return false;
}

static int print_currencies(const jk_inspection *inspection) {
    const jk_listing rows = jk_inspect_currencies_listing(inspection);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){
                   .title = "Balance by currency", .money_decimals = 2, .is_ruled = true, .written = write_balance});
}

/* ---- numbers of columns ---- */

static int item_of(const jk_inspection *inspection, const char *name) {
    size_t place = 0;
    while (place < inspection->column_count &&
           strcmp(jk_inspect_item_name(inspection, jk_inspect_item(inspection, place)), name) != 0) {
        place++;
    }
    return jk_inspect_item(inspection, place);
}

/* Decimals of a figure. Amounts from 1,000 on are without cents: quantiles are not that exact. */
static int decimals_of(int item, double value, bool is_mean) {
    const bool is_money = jk_inspect_is_money(item);
    const bool is_rate = item != JK_INSPECT_BALANCE && jk_schema_column((jk_column)item)->type == JK_TYPE_REAL;
    return is_rate ? 4 : is_money ? (fabs(value) < 1000.0 ? 2 : 0) : is_mean ? 2 : 0;
}

/* Figures of an item as the item is; a date, which has no number, as it is written. */
static bool write_outlier(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const jk_inspection *inspection = rows->source[0];
    const jk_cell *cell = jk_cli_listing_cell(rows, cells, column);
    const bool is_mean = strcmp(column, "mean") == 0;
    const int item = item_of(inspection, text_of(rows, cells, "item"));
    if (strcmp(column, "item") == 0) {
        jk_table_cell(table, "%s", jk_text_if_known(cell->text));
    } else if (isfinite(cell->number) && item == JK_COLUMN_BIRTH_YEAR && cell->text[0] != '\0') {
        jk_table_cell(table, "%.0f", nearbyint(cell->number));
    } else if (isfinite(cell->number) && cell->text[0] != '\0') {
        jk_table_amount(table, cell->number, decimals_of(item, cell->number, is_mean));
    } else {
        return false;
    }
    return true;
}

/* An item with the currency of its amounts; what is missing in per cent. */
static bool write_number(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const double missing = number_of(rows, cells, "missing");
    const char *currency = text_of(rows, cells, "currency");
    if (strcmp(column, "item") == 0 && currency[0] != '\0') {
        jk_table_cell(table, "%s %s", jk_text_if_known(text_of(rows, cells, "item")), currency);
    } else if (strcmp(column, "missing") == 0) {
        jk_table_percent(table, 100.0 * missing / (number_of(rows, cells, "given") + missing));
    } else {
        return write_outlier(table, rows, cells, column);
    }
    return true;
}

static bool is_given(const jk_listing *rows, const jk_cell *cells) {
    return number_of(rows, cells, "given") > 0.0;
}

static bool has_outliers(const jk_listing *rows, const jk_cell *cells) {
    return number_of(rows, cells, "below") + number_of(rows, cells, "above") > 0.0;
}

static int print_numbers(const jk_inspection *inspection) {
    static const char *const shown[] = {"item", "missing", "minimum", "p01",   "p25",   "median", "p75",
                                        "p99",  "maximum", "mean",    "below", "above", NULL};
    static const char *const heads[] = {"column", "missing", "least", "1 %",  "25 %",  "median",
                                        "75 %",   "99 %",    "most",  "mean", "below", "above"};
    jk_listing rows = jk_inspect_numbers_listing(inspection);
    rows.rows /= inspection->group_count; /* those of all claims stand first */
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){
                   .title = "Numbers (below, above: claims beyond the robust fences, far outside the middle half)",
                   .shown = shown,
                   .heads = heads,
                   .is_ruled = true,
                   .wanted = is_given,
                   .written = write_number});
}

/* ---- amounts: a column of balances for each currency ---- */

static int print_amounts(const jk_inspection *inspection, const jk_listing *rows, jk_cli_listing_view view) {
    static const char *const shown[] = {"name", "claims", "share_of_claims", "balance", NULL};
    static const char *const spread[] = {"balance", NULL};
    char text[JK_INSPECT_CURRENCIES][NAME_SIZE];
    const char *heads[JK_INSPECT_CURRENCIES];
    if (inspection->currency_count == 0) { /* no claims, no amounts */
        return 0;
    }
    for (size_t c = 0; c < inspection->currency_count; c++) {
        jk_text_format(text[c], NAME_SIZE, "balance %s", inspection->currency[c]);
        heads[c] = text[c];
    }
    view.shown = view.shown != NULL ? view.shown : shown;
    view.coded = view.is_ruled = view.may_be_empty = true;
    view.abreast = inspection->currency_count;
    view.spread = spread;
    view.spread_heads = heads;
    return jk_cli_listing_table(rows, &view);
}

static int print_levels(const jk_inspection *inspection, jk_column column) {
    const char *name = jk_inspect_item_name(inspection, (int)column);
    const jk_listing rows = jk_inspect_levels_listing(inspection, column);
    char title[128];
    jk_text_format(title, sizeof title, "%s: %zu different", jk_text_if_known(name),
                   inspection->columns[column].distinct);
    return print_amounts(inspection, &rows,
                         (jk_cli_listing_view){.plain_title = title, .name_head = name, .most = LEVELS_SHOWN});
}

static int print_ages(const jk_inspection *inspection, const jk_listing *rows) {
    return print_amounts(inspection, rows,
                         (jk_cli_listing_view){.title = "Age of the debt at the cut-off",
                                               .group = "age",
                                               .name_head = "since write-off"});
}

static int print_debtors(const jk_inspection *inspection, const jk_listing *rows) {
    static const char *const shown[] = {"name", "debtors", "share_of_debtors", "claims", "share_of_claims", NULL};
    static const char *const heads[] = {"debtor has", "debtors", "share", "claims", "share"};
    char title[128];
    jk_text_format(title, sizeof title, "Claims per debtor (most: %llu)",
                   (unsigned long long)inspection->largest_debtor);
    return jk_cli_listing_table(rows, &(jk_cli_listing_view){.plain_title = title,
                                                             .coded = true,
                                                             .shown = shown,
                                                             .heads = heads,
                                                             .is_ruled = true,
                                                             .first = rows->rows - inspection->debtor_band_count});
}

/* Rows of one group: itself and its patterns, for each currency; all claims stand first. */
static size_t rows_of_group(const jk_inspection *inspection) {
    return (1 + inspection->check_count) * inspection->currency_count;
}

static int print_checks(const jk_inspection *inspection, jk_listing rows) {
    static const char *const shown[] = {"meaning", "claims", "share_of_claims", "balance", NULL};
    static const char *const heads[] = {"pattern", "claims", "share", NULL};
    bool found = false;
    for (size_t i = 0; i < inspection->check_count; i++) {
        found = found || inspection->groups[0].checks[i].amounts.claims > 0;
    }
    if (!found) {
        jk_cli_say("\nNone of the suspicious patterns occurs.\n");
    }
    rows.rows = rows_of_group(inspection);
    return print_amounts(inspection, &rows,
                         (jk_cli_listing_view){.title = "To ask the seller about",
                                               .shown = shown,
                                               .heads = heads,
                                               .claims = "claims",
                                               .group = "pattern"});
}

static int print_largest(const jk_inspection *inspection) {
    const jk_listing rows = jk_inspect_largest_listing(inspection);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){.title = "Largest claims", .money_decimals = 2, .is_ruled = true});
}

/* ---- by group ---- */

static int print_groups(const jk_inspection *inspection, const jk_listing *rows) {
    static const char *const shown[] = {"group", "claims", "share_of_claims", "balance", "median_write_off", NULL};
    static const char *const heads[] = {"group", "claims", "share", NULL, "median write-off"};
    return print_amounts(
        inspection, rows,
        (jk_cli_listing_view){
            .title = "By group", .shown = shown, .heads = heads, .group = "group", .first = rows_of_group(inspection)});
}

static int print_group_outliers(const jk_inspection *inspection) {
    static const char *const shown[] = {"group",     "item",       "currency", "p25",   "median", "p75",
                                        "fence_low", "fence_high", "below",    "above", NULL};
    static const char *const heads[] = {"group", "column", "currency", "25 %",  "median",
                                        "75 %",  "fences", "",         "below", "above"};
    const jk_listing rows = jk_inspect_numbers_listing(inspection);
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){.title = "Outliers by group: claims beyond the group's own fences",
                                      .shown = shown,
                                      .heads = heads,
                                      .is_ruled = true,
                                      .first = rows.rows / inspection->group_count,
                                      .wanted = has_outliers,
                                      .written = write_outlier});
}

static int print_group_checks(const jk_inspection *inspection, const jk_listing *rows) {
    static const char *const shown[] = {"group", "meaning", "claims", "share_of_claims", NULL};
    static const char *const heads[] = {"group", "pattern", "claims", "of the group"};
    return print_amounts(inspection, rows,
                         (jk_cli_listing_view){.title = "Patterns by group",
                                               .shown = shown,
                                               .heads = heads,
                                               .claims = "claims",
                                               .group = "pattern",
                                               .first = rows_of_group(inspection)});
}

/* ---- all ---- */

static void print_list(const char *title, const jk_inspection *inspection, bool constant) {
    size_t count = 0;
    for (size_t k = 0; k < inspection->column_count; k++) {
        const int c = (int)inspection->column[k];
        const jk_inspect_column *column = &inspection->columns[c];
        if (constant ? column->is_constant : column->given == 0) {
            (void)printf("%s%s", count++ == 0 ? jk_text(title) : ", ",
                         jk_text_if_known(jk_inspect_item_name(inspection, c)));
        }
    }
    if (count > 0) {
        (void)putchar('\n');
    }
}

static void print_heading(const jk_tape *tape, const jk_inspection *inspection) {
    char date[JK_TEXT_DATE], rows[JK_AMOUNT_TEXT], debtors[JK_AMOUNT_TEXT];
    (void)jk_amount(rows, (double)inspection->rows, 0);
    (void)jk_amount(debtors, (double)inspection->debtors, 0);
    if (inspection->cutoff == JK_MISSING_INTEGER) {
        jk_cli_say("%s: %s claims of %s debtors, cut-off unknown (no ages; --cutoff gives one)\n", jk_tape_path(tape),
                   rows, debtors);
    } else {
        jk_cli_say("%s: %s claims of %s debtors, cut-off %s\n", jk_tape_path(tape), rows, debtors,
                   jk_text_date(inspection->cutoff, date));
    }
    if (jk_tape_attribute(tape, "source_name")[0] != '\0') {
        jk_cli_say("source: %s", jk_tape_attribute(tape, "source_name"));
        (void)printf("%s%.12s\n", jk_tape_sha256(tape)[0] != '\0' ? ", sha256 " : "", jk_tape_sha256(tape));
    }
    if (inspection->told != NULL) {
        jk_cli_tell_rates(tape, inspection->told);
    }
    if (inspection->other_currency_claims > 0) {
        jk_cli_say("%s claims in further currencies are counted, but their amounts are not shown\n",
                   jk_amount(rows, (double)inspection->other_currency_claims, 0));
    }
    print_list("not on the tape: ", inspection, false);
    print_list("the same for every claim that gives it: ", inspection, true);
}

const char *const *jk_cli_inspect_sums(const jk_inspection *inspection) {
    static const char *const claims[] = {"claims", "share_of_claims", NULL};
    static const char *const both[] = {"claims", "share_of_claims", "balance", NULL};
    return inspection->currency_count == 1 && inspection->other_currency_claims == 0 ? both : claims;
}

static int print_combinations(const jk_inspection *inspection) {
    jk_listing listing = jk_inspect_combinations_listing(inspection);
    jk_cli_listing_view view = {.title = "By the columns asked for", .added = jk_cli_inspect_sums(inspection)};
    return jk_cli_listing_table(&listing, &view);
}

int jk_cli_inspect_tables(const jk_tape *tape, const jk_inspection *inspection) {
    const jk_listing amounts = jk_inspect_amounts_listing(inspection);
    print_heading(tape, inspection);
    int failed = print_currencies(inspection) | print_numbers(inspection);
    for (size_t k = 0; k < inspection->column_count; k++) {
        const jk_column column = inspection->column[k];
        bool told_above = column == JK_COLUMN_CURRENCY && inspection->told == NULL;
        failed |= told_above ? 0 : print_levels(inspection, column);
    }
    failed |= print_ages(inspection, &amounts) | print_debtors(inspection, &amounts);
    failed |= print_checks(inspection, amounts) | print_largest(inspection);
    if (inspection->group_count > 1) {
        failed |= print_groups(inspection, &amounts) | print_group_outliers(inspection);
        failed |= print_group_checks(inspection, &amounts);
    }
    failed |= inspection->combinations != NULL ? print_combinations(inspection) : 0;
    return failed;
}
