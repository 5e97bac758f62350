/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/value/account_print.h"

#include <math.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/print/listing_print.h"

/* The period, "all" of the total; its months. */
static bool write_period(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *name) {
    const double number = jk_cli_listing_cell(rows, cells, name)->number;
    if (strcmp(name, rows->columns[0].name) == 0 && isnan(number)) {
        jk_table_words(table, "all");
    } else if (strcmp(name, "first_month") == 0) {
        const double last = jk_cli_listing_cell(rows, cells, "last_month")->number;
        jk_table_cell(table, number == last ? "%.0f" : "%.0f-%.0f", number, last);
    } else {
        return false;
    }
    return true;
}

/* The periods with what is shown of them, and the total. */
static int print_table(const jk_listing *periods, const jk_book *book, const jk_cli_shown *shown, const char *title) {
    jk_listing rows = *periods;
    rows.rows++; /* the total */
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = title,
                                                              .money_decimals = book->total.opening < 1e6 ? 2 : 0,
                                                              .shown = shown->columns,
                                                              .heads = shown->heads,
                                                              .is_ruled = true,
                                                              .has_total = true,
                                                              .written = write_period});
}

static jk_cli_shown shown_periods(const jk_listing *periods) {
    jk_cli_shown shown = {.count = 0};
    jk_cli_show(&shown, periods->columns[0].name, periods->columns[0].name);
    jk_cli_show(&shown, "first_month", "months");
    return shown;
}

static int print_allowance(const jk_listing *periods, const jk_book *book) {
    jk_cli_shown shown = shown_periods(periods);
    jk_cli_show(&shown, "allowance_opening", "opening");
    jk_cli_show(&shown, "impairment", "+ impairment");
    jk_cli_show(&shown, "unwinding", "+ unwinding");
    jk_cli_show(&shown, "lapsed", "- lapsed");
    jk_cli_show(&shown, "allowance", "= closing");
    jk_cli_show(&shown, "gross_carrying_amount", "gross carrying amount");
    return print_table(periods, book, &shown,
                       "Loss allowance (IFRS 7.35H): changes in expected losses since the purchase");
}

int jk_cli_book_tables(const jk_book *book, const jk_cli_book_view *view) {
    const jk_listing periods = jk_book_listing(book, view->by_month);
    jk_cli_shown shown = shown_periods(&periods);
    jk_cli_show(&shown, "opening", "opening");
    if (view->purchases) {
        jk_cli_show(&shown, "purchased", "+ purchased");
    }
    jk_cli_show(&shown, "interest", "+ interest");
    jk_cli_show(&shown, "collections", "- collections");
    if (view->news) {
        jk_cli_show(&shown, "performance", "+ over forecast");
        jk_cli_show(&shown, "revision", "+ new forecast");
    }
    jk_cli_show(&shown, "closing", "= closing");
    jk_cli_show(&shown, "remaining", "still expected");
    if (book->basis == JK_BOOK_GROSS) {
        jk_cli_show(&shown, "cost", "cost expensed");
    }
    const int failed = print_table(&periods, book, &shown, "Carrying amount");
    return view->news ? failed | print_allowance(&periods, book) : failed;
}

/* Gains: over forecast and by new forecasts. */
static bool write_gains(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *name) {
    const bool is_gains = strcmp(name, "performance") == 0;
    if (is_gains) {
        jk_table_amount(
            table,
            jk_cli_listing_cell(rows, cells, name)->number + jk_cli_listing_cell(rows, cells, "revision")->number, 2);
    }
    return is_gains;
}

int jk_cli_pools_table(const jk_pools *pools) {
    static const char *const shown[] = {"pool",     "bought",      "opening",     "eir",
                                        "interest", "collections", "performance", NULL};
    static const char *const heads[] = {"pool",     "bought after", "price paid", "effective rate",
                                        "interest", "collections",  "gains"};
    jk_listing rows = jk_pools_listing(pools, false);
    const size_t first = rows.rows;
    rows.rows += pools->count; /* their totals */
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){.title = "Pools, each at its own credit-adjusted effective interest rate",
                                      .money_decimals = 2,
                                      .shown = shown,
                                      .heads = heads,
                                      .first = first,
                                      .is_ruled = true,
                                      .written = write_gains});
}
