/* SPDX-License-Identifier: Apache-2.0 */
/* Pools from a file, each a book of its own; sums month by month of one calendar. */
#include "jalki/pools.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text/text.h"
#include "csv/table.h"
#include "deal/account.h"
#include "model/file/include.h"

enum { TEXT_MAX = 1 << 20, NAMED_MAX = 40 };
#define PRICE_MAX 1e15

typedef enum pool_column { POOL, CASHFLOW, PRICE, COSTS, BOUGHT, ACTUAL, REVISED, COLUMNS } pool_column;
static const char *const column_names[COLUMNS] = {"pool",   "cashflow", "price",  "transaction_costs",
                                                  "bought", "actual",   "revised"};

typedef struct pool_reader {
    const char *path;
    jk_pools *pools;
    jk_arena *arena;
    jk_book_basis basis;
    int first_year;
    bool started;
    size_t column[COLUMNS]; /* SIZE_MAX: absent */
    /* of the present row */
    const jk_csv_field *field;
    int64_t line;
    jk_flows flow[JK_FORECASTS_MAX + 1]; /* expected, actual, revisions */
    jk_error *error;
} pool_reader;

/* ---- a row ------------------------------------------------------------------------------------------------------ */

static jk_status wrong(const pool_reader *reader, pool_column column, const char *text, size_t length,
                       const char *expected) {
    return jk_fail(reader->error, JK_ERROR_DATA, reader->path, reader->line, column_names[column], "'%.*s' is not %s",
                   (int)(length < NAMED_MAX ? length : NAMED_MAX), text, expected);
}

static jk_csv_field cell(const pool_reader *reader, pool_column column) {
    static const jk_csv_field none = {"", 0};
    return reader->column[column] == SIZE_MAX ? none : reader->field[reader->column[column]];
}

static jk_status read_amount(const pool_reader *reader, pool_column column, double *amount) {
    jk_csv_field text = cell(reader, column);
    *amount = 0.0;
    bool left_out = text.length == 0 && column != PRICE;
    return left_out || (jk_text_to_real(text.text, text.length, amount) && *amount >= 0.0 && *amount <= PRICE_MAX)
               ? JK_OK
               : wrong(reader, column, text.text, text.length, "an amount that is not below 0");
}

/* Flows of a file beside the pools', which is kept among the inputs. */
static jk_status read_flows(pool_reader *reader, const char *name, size_t length, jk_flows *flows) {
    char *text = jk_arena_text(reader->arena, name, length);
    const char *path = text != NULL ? jk_path_beside(reader->arena, reader->path, text) : NULL;
    char *kept = path != NULL ? strdup(path) : NULL;
    JK_TRY(jk_held(kept != NULL, reader->error, "a path"));
    jk_pools *pools = reader->pools;
    pools->file[pools->file_count++] = kept;
    return jk_flows_read(path, flows, reader->error);
}

static jk_status room_for_files(const pool_reader *reader) {
    jk_pools *pools = reader->pools;
    char **more = realloc(pools->file, (pools->file_count + JK_FORECASTS_MAX + 2) * sizeof *more);
    JK_TRY(jk_held(more != NULL, reader->error, "the pools"));
    pools->file = more;
    return JK_OK;
}

/* MONTH=FILE;MONTH=FILE */
static jk_status read_revised(pool_reader *reader, jk_book_terms *terms) {
    jk_csv_field all = cell(reader, REVISED);
    const char *end = all.text + all.length;
    for (const char *at = all.text; at < end;) {
        const char *stop = memchr(at, ';', (size_t)(end - at));
        stop = stop != NULL ? stop : end;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        int64_t month = 0;
        if (equals == NULL || !jk_text_to_integer(at, (size_t)(equals - at), &month) || month < 1 ||
            month > JK_HORIZON_MAX || equals + 1 == stop || terms->revision_count == JK_BOOK_REVISIONS_MAX) {
            return wrong(reader, REVISED, at, (size_t)(stop - at),
                         "MONTH=FILE, as in 12=forecast.csv;24=later.csv, of at most 63");
        }
        jk_flows *flows = &reader->flow[2 + terms->revision_count];
        terms->revision[terms->revision_count++] = (jk_book_revision){(int)month, flows};
        JK_TRY(read_flows(reader, equals + 1, (size_t)(stop - equals - 1), flows));
        at = stop < end ? stop + 1 : end;
    }
    return JK_OK;
}

static jk_status read_terms(pool_reader *reader, jk_pool *pool, jk_book_terms *terms) {
    jk_csv_field bought = cell(reader, BOUGHT), expected = cell(reader, CASHFLOW), actual = cell(reader, ACTUAL);
    int64_t months = 0;
    *terms = (jk_book_terms){.basis = reader->basis};
    JK_TRY(read_amount(reader, PRICE, &terms->price));
    JK_TRY(read_amount(reader, COSTS, &terms->transaction_costs));
    if (bought.length > 0 &&
        (!jk_text_to_integer(bought.text, bought.length, &months) || months < 0 || months > JK_HORIZON_MAX)) {
        return wrong(reader, BOUGHT, bought.text, bought.length, "a number of months after the first purchase");
    }
    pool->bought = (int)months;
    /* Its first year ends with that of all. */
    terms->first_year = 12 - (pool->bought + 12 - reader->first_year) % 12;
    JK_TRY(room_for_files(reader));
    if (expected.length == 0) {
        return wrong(reader, CASHFLOW, "", 0, "a file of flows");
    }
    JK_TRY(read_flows(reader, expected.text, expected.length, &reader->flow[0]));
    if (actual.length > 0) {
        JK_TRY(read_flows(reader, actual.text, actual.length, &reader->flow[1]));
        terms->actual = &reader->flow[1];
    }
    return read_revised(reader, terms);
}

static jk_status name_pool(const pool_reader *reader, jk_pool *pool) {
    jk_csv_field name = cell(reader, POOL);
    for (size_t p = 0; p + 1 < reader->pools->count; p++) {
        const char *other = reader->pools->pool[p].name;
        if (strlen(other) == name.length && memcmp(other, name.text, name.length) == 0) {
            return wrong(reader, POOL, name.text, name.length, "a new name; expected each pool once");
        }
    }
    if (name.length == 0) {
        return wrong(reader, POOL, "", 0, "a name");
    }
    pool->name = strndup(name.text, name.length);
    return jk_held(pool->name != NULL, reader->error, "the pools");
}

/* Rows of the pool's own months in the months of all. */
static void shift(jk_account_row *rows, size_t count, int months) {
    for (size_t i = 0; i < count; i++) {
        rows[i].first += months;
        rows[i].last += months;
    }
}

static jk_status find_columns(pool_reader *reader, const jk_csv_header *header) {
    reader->started = true;
    for (int c = 0; c < COLUMNS; c++) {
        reader->column[c] = jk_csv_table_column(header, column_names[c]);
        if (c <= PRICE && reader->column[c] == SIZE_MAX) {
            return jk_fail(reader->error, JK_ERROR_DATA, reader->path, 1, column_names[c],
                           "no such column in the header; expected pool, cashflow, price, and where they are known "
                           "transaction_costs, bought, actual, revised");
        }
    }
    return JK_OK;
}

static jk_status read_row(void *context, const jk_csv_header *header, const jk_csv_field *field, int64_t line,
                          jk_error *error) {
    pool_reader *reader = context;
    jk_pools *pools = reader->pools;
    jk_book_terms terms;
    reader->field = field;
    reader->line = line;
    reader->error = error;
    if (!reader->started) {
        JK_TRY(find_columns(reader, header));
    }
    if (pools->count == JK_POOLS_MAX) {
        return jk_fail(error, JK_ERROR_DATA, reader->path, line, "pool", "more than %d pools", (int)JK_POOLS_MAX);
    }
    jk_pool *pool = &pools->pool[pools->count++];
    JK_TRY(name_pool(reader, pool));
    jk_status status = read_terms(reader, pool, &terms);
    jk_error why = {0};
    if (status == JK_OK) {
        status = jk_book_make(&terms, &reader->flow[0], &pool->book, &why);
        if (status != JK_OK) {
            status = jk_fail(error, status, reader->path, line, pool->name, "%s", why.message);
        }
    }
    for (size_t f = 0; f < sizeof reader->flow / sizeof reader->flow[0]; f++) {
        jk_flows_reset(&reader->flow[f]);
    }
    shift(pool->book.month, (size_t)pool->book.months, pool->bought);
    shift(pool->book.year, pool->book.year_count, pool->bought);
    shift(&pool->book.total, 1, pool->bought);
    return status;
}

/* ---- sums ------------------------------------------------------------------------------------------------------- */

static void add_month(const jk_account_row *row, bool bought, jk_account_row *sum) {
    *(bought && row->first > 1 ? &sum->purchased : &sum->opening) += row->opening;
    sum->interest += row->interest;
    sum->collections += row->collections;
    sum->expected += row->expected;
    sum->performance += row->performance;
    sum->revision += row->revision;
    sum->closing += row->closing;
    sum->cost += row->cost;
    sum->remaining += row->remaining;
    sum->gross += row->gross;
    sum->allowance_opening += row->allowance_opening;
    sum->impairment += row->impairment;
    sum->unwinding += row->unwinding;
    sum->lapsed += row->lapsed;
    sum->allowance += row->allowance;
}

static jk_status sum_up(jk_pools *pools, jk_book_basis basis, int first_year, jk_error *error) {
    jk_book *all = &pools->all;
    *all = (jk_book){.basis = basis, .eir = (double)NAN};
    for (size_t p = 0; p < pools->count; p++) {
        const jk_pool *pool = &pools->pool[p];
        int end = pool->bought + pool->book.months;
        all->months = end > all->months ? end : all->months;
        all->price += pool->book.price;
        all->transaction_costs += pool->book.transaction_costs;
    }
    all->month = jk_columns_zero((size_t)all->months + 1, sizeof *all->month);
    all->year = jk_columns_zero((size_t)all->months / 12 + 2, sizeof *all->year);
    JK_TRY(jk_held(all->month != NULL && all->year != NULL, error, "the book of all pools"));
    for (int t = 0; t < all->months; t++) {
        all->month[t].first = all->month[t].last = t + 1;
    }
    for (size_t p = 0; p < pools->count; p++) {
        const jk_pool *pool = &pools->pool[p];
        for (int t = 0; t < pool->book.months; t++) {
            add_month(&pool->book.month[t], t == 0, &all->month[pool->bought + t]);
        }
    }
    all->year_count = jk_account_years(all->month, all->months, first_year, all->year);
    all->total = jk_account_total(all->month, all->months);
    return JK_OK;
}

jk_status jk_pools_read(const char *path, jk_book_basis basis, int first_year, jk_pools *pools, jk_error *error) {
    *pools = (jk_pools){.pool = jk_columns_zero(JK_POOLS_MAX, sizeof *pools->pool)};
    pool_reader reader = {
        .path = path, .pools = pools, .basis = basis, .first_year = first_year, .arena = jk_arena_create()};
    jk_status status = pools->pool != NULL && reader.arena != NULL ? JK_OK : jk_fail_memory(error, "the pools");
    if (status == JK_OK && (first_year < 1 || first_year > 12)) {
        status = jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "first_year", "%d months; expected 1 to 12", first_year);
    }
    status = status == JK_OK ? jk_csv_table_read(path, TEXT_MAX, read_row, &reader, error) : status;
    if (status == JK_OK && pools->count == 0) {
        status = jk_fail(error, JK_ERROR_DATA, path, 0, NULL, "no pool in it");
    }
    status = status == JK_OK ? sum_up(pools, basis, first_year, error) : status;
    jk_arena_free(reader.arena);
    if (status != JK_OK) {
        jk_pools_reset(pools);
    }
    return status;
}

void jk_pools_reset(jk_pools *pools) {
    for (size_t p = 0; p < pools->count; p++) {
        free(pools->pool[p].name);
        jk_book_reset(&pools->pool[p].book);
    }
    for (size_t f = 0; f < pools->file_count; f++) {
        free(pools->file[f]);
    }
    free(pools->pool);
    free(pools->file);
    jk_book_reset(&pools->all);
    *pools = (jk_pools){0};
}
