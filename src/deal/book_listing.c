/* SPDX-License-Identifier: Apache-2.0 */
/* Books month by month or year by year as rows, the columns described once; and as JSON. */
#include <assert.h>

#include "base/file/run_record.h"
#include "base/words/listing.h"
#include "jalki/pools.h"
#include "value/results/json_parts.h"

enum {
    PERIOD,
    FIRST,
    LAST,
    OPENING,
    INTEREST,
    COLLECTIONS,
    PERFORMANCE,
    REVISION,
    CLOSING,
    EXPECTED,
    COST,
    REMAINING,
    GROSS,
    ALLOWANCE_OPENING,
    IMPAIRMENT,
    UNWINDING,
    LAPSED,
    ALLOWANCE,
    PURCHASED,
    EIR,
    COLUMNS
};

/* Of pools, whose name stands before, and when they were bought behind; a book of one has the columns between. */
#define MONEY(name, meaning)                                                                                           \
    { name, NULL, "money", meaning, JK_LISTING_NUMBER, 6 }
#define DESCRIBED(period, meaning)                                                                                     \
    JK_LISTED_TEXT("pool", NULL, "Name of the pool; all: the sums"), JK_LISTED_COUNT(period, NULL, meaning),           \
        JK_LISTED_MONTHS("first_month", NULL, "Its first month after the purchase"),                                   \
        JK_LISTED_MONTHS("last_month", NULL, "Its last"), MONEY("opening", "Carrying amount at its start"),            \
        MONEY("interest", "At the effective rate"), MONEY("collections", "What came in"),                              \
        MONEY("performance", "More or less than expected, with half a month's interest"),                              \
        MONEY("revision", "By a new forecast"), MONEY("closing", "Carrying amount at its end"),                        \
        MONEY("expected", "What was expected to come in"), MONEY("cost", "Cost of collection"),                        \
        MONEY("remaining", "Still expected after it"), MONEY("gross_carrying_amount", "At its end"),                   \
        MONEY("allowance_opening", "Gross carrying amount less carrying amount at its start"),                         \
        MONEY("impairment", "Changes in expected losses of the period"),                                               \
        MONEY("unwinding", "Interest on the allowance"),                                                               \
        MONEY("lapsed", "Expected at the purchase for the period, and over"), MONEY("allowance", "At its end"),        \
        MONEY("purchased", "Paid for pools that were bought in it"),                                                   \
        {"eir", NULL, "a year", "Effective rate; missing of the sums of pools", JK_LISTING_NUMBER, 8},                 \
        JK_LISTED_MONTHS("bought", NULL, "Of a pool: months after the first purchase that it was bought")

static const jk_listing_column year_columns[] = {
    DESCRIBED("year", "Reporting period, from 1; with --by month the column is month, the month after the purchase")};
static const jk_listing_column month_columns[] = {DESCRIBED("month", "Month after the purchase, from 1")};
enum { POOL, BOUGHT = 1 + COLUMNS, POOL_COLUMNS }; /* of pools */
static_assert(sizeof year_columns / sizeof year_columns[0] == POOL_COLUMNS, "a pool's name, the columns, its purchase");

static void fill(const jk_account_row *row, jk_cell *cells) {
    cells[FIRST].number = row->first;
    cells[LAST].number = row->last;
    cells[OPENING].number = row->opening;
    cells[INTEREST].number = row->interest;
    cells[COLLECTIONS].number = row->collections;
    cells[PERFORMANCE].number = row->performance;
    cells[REVISION].number = row->revision;
    cells[CLOSING].number = row->closing;
    cells[EXPECTED].number = row->expected;
    cells[COST].number = row->cost;
    cells[REMAINING].number = row->remaining;
    cells[GROSS].number = row->gross;
    cells[ALLOWANCE_OPENING].number = row->allowance_opening;
    cells[IMPAIRMENT].number = row->impairment;
    cells[UNWINDING].number = row->unwinding;
    cells[LAPSED].number = row->lapsed;
    cells[ALLOWANCE].number = row->allowance;
    cells[PURCHASED].number = row->purchased;
}

enum { BY_YEAR, BY_MONTH }; /* a listing's choice */

static size_t periods_of(const jk_book *book, int by) {
    return by == BY_MONTH ? (size_t)book->months : book->year_count;
}

/* A period of a book; behind the last one stands the total. */
static void fill_book(const jk_book *book, int by, size_t row, jk_cell *cells) {
    if (row == periods_of(book, by)) {
        fill(&book->total, cells);
    } else {
        cells[PERIOD].number = (double)(row + 1);
        fill(by == BY_MONTH ? &book->month[row] : &book->year[row], cells);
    }
    cells[EIR].number = book->eir;
}

/* The total stands behind the rows: JSON tells it apart. */
static jk_status book_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    fill_book(listing->source[0], listing->choice, row, cells);
    return JK_OK;
}

jk_listing jk_book_listing(const jk_book *book, bool by_month) {
    const int by = by_month ? BY_MONTH : BY_YEAR;
    return (jk_listing){.name = "account",
                        .columns = (by_month ? month_columns : year_columns) + 1,
                        .column_count = COLUMNS,
                        .rows = book == NULL ? 0 : periods_of(book, by),
                        .choice = by,
                        .source = {book, NULL},
                        .cells = book_cells};
}

static void fill_pool(const jk_pool *pool, int by, size_t row, jk_cell *cells) {
    jk_cell_set(&cells[POOL], pool->name);
    fill_book(&pool->book, by, row, cells + 1);
    cells[BOUGHT].number = pool->bought;
}

/* One pool after the other, then the sums. Behind the rows stand the pools' totals, for the table. */
static jk_status pool_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_pools *pools = listing->source[0];
    const size_t sums = periods_of(&pools->all, listing->choice);
    size_t p = 0;
    (void)error;
    for (; p < pools->count && row >= periods_of(&pools->pool[p].book, listing->choice); p++) {
        row -= periods_of(&pools->pool[p].book, listing->choice);
    }
    if (p < pools->count) {
        fill_pool(&pools->pool[p], listing->choice, row, cells);
    } else if (row < sums) {
        jk_cell_set(&cells[POOL], "all");
        fill_book(&pools->all, listing->choice, row, cells + 1);
    } else {
        const jk_pool *pool = &pools->pool[row - sums];
        fill_pool(pool, listing->choice, periods_of(&pool->book, listing->choice), cells);
    }
    return JK_OK;
}

jk_listing jk_pools_listing(const jk_pools *pools, bool by_month) {
    const int by = by_month ? BY_MONTH : BY_YEAR;
    size_t rows = pools == NULL ? 0 : periods_of(&pools->all, by);
    for (size_t p = 0; pools != NULL && p < pools->count; p++) {
        rows += periods_of(&pools->pool[p].book, by);
    }
    return (jk_listing){.name = "account of pools",
                        .columns = by_month ? month_columns : year_columns,
                        .column_count = POOL_COLUMNS,
                        .rows = rows,
                        .choice = by,
                        .source = {pools, NULL},
                        .cells = pool_cells};
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

static void put_rows(jk_json_builder *b, json_t *object, const jk_book *book) {
    const jk_listing years = jk_book_listing(book, false), months = jk_book_listing(book, true);
    json_t *total = jk_listing_row_json(b, &years, years.rows);
    (void)json_object_del(total, years.columns[PERIOD].name);
    jk_json_put(b, object, "total", total);
    jk_json_put(b, object, "years", jk_listing_json(b, &years));
    jk_json_put(b, object, "months", jk_listing_json(b, &months));
}

static void put_book(jk_json_builder *b, json_t *object, const jk_book *book) {
    jk_json_put(b, object, "basis", json_string(jk_book_basis_name(book->basis)));
    jk_json_put_numbers(b, object, {"price", book->price}, {"transaction_costs", book->transaction_costs},
                        {"onboarding", book->onboarding},
                        {"carrying_amount", book->price + book->transaction_costs + book->onboarding},
                        {"eir", book->eir});
    jk_json_put(b, object, "actual_months", json_integer(book->actual_months));
    jk_json_put(b, object, "least_carrying_amount", book->least_month > 0 ? jk_json_number(book->least) : json_null());
    put_rows(b, object, book);
}

char *jk_book_json(const jk_book *book, const char *manifest) {
    jk_json_builder b = {0};
    json_t *object = json_object();
    put_book(&b, object, book);
    jk_json_put_text(&b, object, "manifest", manifest);
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}

char *jk_pools_json(const jk_pools *pools) {
    jk_json_builder b = {0};
    json_t *object = json_object(), *list = json_array();
    for (size_t p = 0; p < pools->count; p++) {
        json_t *pool = json_object();
        jk_json_put(&b, pool, "pool", json_string(pools->pool[p].name));
        jk_json_put(&b, pool, "bought", json_integer(pools->pool[p].bought));
        put_book(&b, pool, &pools->pool[p].book);
        jk_json_append(&b, list, pool);
    }
    jk_json_put(&b, object, "basis", json_string(jk_book_basis_name(pools->all.basis)));
    jk_json_put(&b, object, "pools", list);
    put_rows(&b, object, &pools->all);
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JK_JSON_FLAGS);
}
