/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/value/account_print.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/print/table.h"
#include "cli/value/valuing.h"

typedef struct column {
    const char *head;
    size_t field; /* of jk_account_row */
    bool shown;
} column;

static void add_row(jk_table *table, const char *name, const jk_account_row *row, const column *columns, size_t count,
                    int decimals) {
    jk_table_cell(table, "%s", name);
    jk_table_cell(table, row->first == row->last ? "%d" : "%d-%d", row->first, row->last);
    for (size_t i = 0; i < count; i++) {
        double amount = 0.0;
        memcpy(&amount, (const char *)row + columns[i].field, sizeof amount);
        if (columns[i].shown) {
            jk_table_amount(table, amount, decimals);
        }
    }
}

enum { COLUMNS_MAX = 9 };

static int print_table(const jk_book *book, const jk_cli_book_view *view, const column *columns, size_t count,
                       const char *title) {
    char alignment[COLUMNS_MAX + 3] = "rr";
    for (size_t i = 0; i < count; i++) {
        (void)strcat(alignment, columns[i].shown ? "r" : "");
    }
    jk_table *table = jk_table_create(alignment);
    jk_table_words(table, view->by_month ? "month" : "year");
    jk_table_words(table, "months");
    for (size_t i = 0; i < count; i++) {
        if (columns[i].shown) {
            jk_table_words(table, columns[i].head);
        }
    }
    jk_table_rule(table);
    int decimals = book->total.opening < 1e6 ? 2 : 0;
    size_t rows = view->by_month ? (size_t)book->months : book->year_count;
    for (size_t i = 0; i < rows; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "%zu", i + 1);
        add_row(table, name, view->by_month ? &book->month[i] : &book->year[i], columns, count, decimals);
    }
    jk_table_rule(table);
    add_row(table, jk_text("all"), &book->total, columns, count, decimals);
    return jk_cli_print_table(table, jk_text(title));
}

int jk_cli_book_tables(const jk_book *book, const jk_cli_book_view *view) {
    const column columns[COLUMNS_MAX] = {
        {"opening", offsetof(jk_account_row, opening), true},
        {"+ purchased", offsetof(jk_account_row, purchased), view->purchases},
        {"+ interest", offsetof(jk_account_row, interest), true},
        {"- collections", offsetof(jk_account_row, collections), true},
        {"+ over forecast", offsetof(jk_account_row, performance), view->news},
        {"+ new forecast", offsetof(jk_account_row, revision), view->news},
        {"= closing", offsetof(jk_account_row, closing), true},
        {"still expected", offsetof(jk_account_row, remaining), true},
        {"cost expensed", offsetof(jk_account_row, cost), book->basis == JK_BOOK_GROSS},
    };
    static const column allowance[] = {
        {"opening", offsetof(jk_account_row, allowance_opening), true},
        {"+ impairment", offsetof(jk_account_row, impairment), true},
        {"+ unwinding", offsetof(jk_account_row, unwinding), true},
        {"- lapsed", offsetof(jk_account_row, lapsed), true},
        {"= closing", offsetof(jk_account_row, allowance), true},
        {"gross carrying amount", offsetof(jk_account_row, gross), true},
    };
    int failed = print_table(book, view, columns, COLUMNS_MAX, "Carrying amount");
    return view->news
               ? failed | print_table(book, view, allowance, sizeof allowance / sizeof allowance[0],
                                      "Loss allowance (IFRS 7.35H): changes in expected losses since the purchase")
               : failed;
}
