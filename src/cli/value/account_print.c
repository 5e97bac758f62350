/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/value/account_print.h"

#include <math.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/print/listing_print.h"

typedef struct column {
    const char *name, *head;
    bool left_out;
} column;

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

enum { COLUMNS_MAX = 9 };

static int print_table(const jk_book *book, const jk_cli_book_view *view, const column *columns, size_t count,
                       const char *title) {
    jk_listing rows = jk_book_listing(book, view->by_month);
    const char *period = rows.columns[0].name;
    const char *shown[COLUMNS_MAX + 3] = {period, "first_month"}, *heads[COLUMNS_MAX + 2] = {period, "months"};
    for (size_t i = 0, place = 2; i < count; i++) {
        shown[place] = columns[i].left_out ? NULL : columns[i].name;
        heads[place] = columns[i].head;
        place += !columns[i].left_out;
    }
    rows.rows++; /* the total */
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = title,
                                                              .money_decimals = book->total.opening < 1e6 ? 2 : 0,
                                                              .shown = shown,
                                                              .heads = heads,
                                                              .is_ruled = true,
                                                              .has_total = true,
                                                              .written = write_period});
}

int jk_cli_book_tables(const jk_book *book, const jk_cli_book_view *view) {
    const column columns[COLUMNS_MAX] = {
        {"opening", "opening", false},
        {"purchased", "+ purchased", !view->purchases},
        {"interest", "+ interest", false},
        {"collections", "- collections", false},
        {"performance", "+ over forecast", !view->news},
        {"revision", "+ new forecast", !view->news},
        {"closing", "= closing", false},
        {"remaining", "still expected", false},
        {"cost", "cost expensed", book->basis != JK_BOOK_GROSS},
    };
    static const column allowance[] = {
        {"allowance_opening", "opening", false}, {"impairment", "+ impairment", false},
        {"unwinding", "+ unwinding", false},     {"lapsed", "- lapsed", false},
        {"allowance", "= closing", false},       {"gross_carrying_amount", "gross carrying amount", false},
    };
    int failed = print_table(book, view, columns, COLUMNS_MAX, "Carrying amount");
    return view->news
               ? failed | print_table(book, view, allowance, sizeof allowance / sizeof allowance[0],
                                      "Loss allowance (IFRS 7.35H): changes in expected losses since the purchase")
               : failed;
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
