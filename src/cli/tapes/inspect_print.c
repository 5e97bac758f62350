/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tapes/inspect_print.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/print/listing_print.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"

enum { LEVELS_SHOWN = 12, NAME_SIZE = 256 };

/* Names on a tape are the seller's: nothing in them may steer a terminal. */
static const char *printable(const char *name, char text[NAME_SIZE]) {
    size_t i = 0;
    for (; name[i] != '\0' && i + 1 < NAME_SIZE; i++) {
        text[i] = iscntrl((unsigned char)name[i]) ? '?' : name[i];
    }
    text[i] = '\0';
    return text;
}

static double share(uint64_t part, uint64_t whole) {
    return whole > 0 ? 100.0 * (double)part / (double)whole : NAN;
}

static int print_currencies(const jk_inspection *inspection) {
    jk_table *table = jk_table_headed("lrrrrrrrrr", "currency", "claims", "balance", "principal", "interest", "fees",
                                      "mean", "median", "largest", "in the top 1 %");
    jk_table_rule(table);
    for (size_t c = 0; c < inspection->currency_count; c++) {
        const jk_inspect_series *balance = jk_inspect_series_of(inspection, 0, JK_INSPECT_BALANCE, c);
        char name[NAME_SIZE];
        jk_table_cell(table, "%s", printable(inspection->currency[c], name));
        jk_table_count(table, inspection->groups[0].currency_claims[c]);
        jk_table_amount(table, inspection->groups[0].amounts.balance[c], 0);
        jk_table_amount(table, inspection->principal[c], 0);
        jk_table_amount(table, inspection->interest[c], 0);
        jk_table_amount(table, inspection->fees[c], 0);
        jk_table_amount(table, balance->mean, 2);
        jk_table_amount(table, balance->quartile[1], 2);
        jk_table_amount(table, balance->maximum, 2);
        jk_table_percent(table, 100.0 * inspection->top_percent_share[c]);
    }
    return jk_cli_print_table(table, jk_text("Balance by currency"));
}

/* ---- numbers of columns ---- */

static bool is_date(int item) {
    return item != JK_INSPECT_BALANCE && jk_schema_column((jk_column)item)->type == JK_TYPE_DATE;
}

/* Amounts from 1,000 on without cents: quantiles are not that exact. */
static int decimals_of(int item, double value) {
    bool is_rate = item != JK_INSPECT_BALANCE && jk_schema_column((jk_column)item)->type == JK_TYPE_REAL;
    return is_rate ? 4 : jk_inspect_is_money(item) && fabs(value) < 1000.0 ? 2 : 0;
}

static void value_cell(jk_table *table, int item, double value) {
    char text[JK_TEXT_DATE], number[JK_AMOUNT_TEXT];
    if (is_date(item)) {
        jk_table_cell(table, "%s", jk_text_date((int32_t)value, text));
    } else if (item == JK_COLUMN_BIRTH_YEAR) {
        jk_table_cell(table, "%.0f", value);
    } else {
        jk_table_cell(table, "%s", jk_amount(number, value, decimals_of(item, value)));
    }
}

static void mean_cell(jk_table *table, int item, double value) {
    char number[JK_AMOUNT_TEXT];
    if (is_date(item) || item == JK_COLUMN_BIRTH_YEAR) {
        value_cell(table, item, nearbyint(value));
    } else {
        jk_table_cell(table, "%s",
                      jk_amount(number, value,
                                jk_inspect_is_money(item)      ? decimals_of(item, value)
                                : decimals_of(item, value) > 0 ? 4
                                                               : 2));
    }
}

static void series_row(jk_table *table, const jk_inspection *inspection, int item, size_t currency) {
    const jk_inspect_series *series = jk_inspect_series_of(inspection, 0, item, currency);
    char name[NAME_SIZE];
    bool is_money = jk_inspect_is_money(item);
    jk_table_cell(table, "%s%s%s", jk_text_if_known(jk_inspect_item_name(inspection, item)), is_money ? " " : "",
                  is_money ? printable(inspection->currency[currency], name) : "");
    jk_table_percent(table, share(series->missing, series->given + series->missing));
    const double values[] = {series->minimum,     series->p01, series->quartile[0], series->quartile[1],
                             series->quartile[2], series->p99, series->maximum};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        value_cell(table, item, values[i]);
    }
    mean_cell(table, item, series->mean);
    jk_table_count(table, series->below);
    jk_table_count(table, series->above);
}

static int print_numbers(const jk_inspection *inspection) {
    jk_table *table = jk_table_headed("lrrrrrrrrrrr", "column", "missing", "least", "1 %", "25 %", "median", "75 %",
                                      "99 %", "most", "mean", "below", "above");
    jk_table_rule(table);
    for (size_t k = 0; k <= inspection->column_count; k++) { /* the balance first */
        const int item = jk_inspect_item(inspection, k == 0 ? inspection->column_count : k - 1);
        size_t series = jk_inspect_is_money(item) ? inspection->currency_count : 1;
        for (size_t c = 0; c < series && jk_inspect_is_numeric(item); c++) {
            if (jk_inspect_series_of(inspection, 0, item, c)->given > 0) {
                series_row(table, inspection, item, c);
            }
        }
    }
    return jk_cli_print_table(
        table, jk_text("Numbers (below, above: claims beyond the robust fences, far outside the middle half)"));
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
    jk_table *table = jk_table_headed("lrlr", "currency", "rank", "claim", "balance");
    jk_table_rule(table);
    for (size_t c = 0; c < inspection->currency_count; c++) {
        for (size_t i = 0; i < inspection->top_count[c]; i++) {
            char name[NAME_SIZE], id[NAME_SIZE];
            jk_table_cell(table, "%s", printable(inspection->currency[c], name));
            jk_table_cell(table, "%zu", i + 1);
            jk_table_cell(table, "%s", printable(inspection->top[c][i].claim_id, id));
            jk_table_amount(table, inspection->top[c][i].balance, 2);
        }
    }
    return jk_cli_print_table(table, jk_text("Largest claims"));
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
    jk_table *table = jk_table_headed("lllrrrrrrr", "group", "column", "currency", "25 %", "median", "75 %", "fences",
                                      "", "below", "above");
    jk_table_rule(table);
    for (size_t g = 1; g < inspection->group_count; g++) {
        for (size_t place = 0; place <= inspection->column_count; place++) {
            const int item = jk_inspect_item(inspection, place);
            bool is_money = jk_inspect_is_money(item);
            size_t count = is_money ? inspection->currency_count : (size_t)jk_inspect_is_numeric(item);
            for (size_t c = 0; c < count; c++) {
                const jk_inspect_series *series = jk_inspect_series_of(inspection, g, item, c);
                char name[NAME_SIZE], currency[NAME_SIZE];
                if (series->below + series->above == 0) {
                    continue;
                }
                jk_table_cell(table, "%s", printable(inspection->groups[g].name, name));
                jk_table_cell(table, "%s", jk_text_if_known(jk_inspect_item_name(inspection, item)));
                jk_table_cell(table, "%s", is_money ? printable(inspection->currency[c], currency) : "");
                for (int q = 0; q < 3; q++) {
                    value_cell(table, item, series->quartile[q]);
                }
                value_cell(table, item, series->fence_low);
                value_cell(table, item, series->fence_high);
                jk_table_count(table, series->below);
                jk_table_count(table, series->above);
            }
        }
    }
    return jk_cli_print_table(table, jk_text("Outliers by group: claims beyond the group's own fences"));
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
    char date[JK_TEXT_DATE], rows[JK_AMOUNT_TEXT], debtors[JK_AMOUNT_TEXT], name[NAME_SIZE];
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
        jk_cli_say("source: %s", printable(jk_tape_attribute(tape, "source_name"), name));
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
