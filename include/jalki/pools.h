/* SPDX-License-Identifier: Apache-2.0 */
/* Several purchased pools in one book. Each keeps its own credit-adjusted effective interest rate for life (IFRS 9
 * B5.4.7): rates are never averaged. What is added up are amounts, month by month of one calendar.
 *
 *     jk_pools_read("pools.csv", JK_BOOK_GROSS, 12, &pools, &error);
 *     jk_pools_reset(&pools); */
#ifndef JALKI_POOLS_H
#define JALKI_POOLS_H

#include "jalki/book.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_POOLS_MAX = 1000 };

typedef struct jk_pool {
    char *name;
    int bought;   /* months after the first month of all that it was bought; its rows have the months of all */
    jk_book book; /* years are those of all */
} jk_pool;

typedef struct jk_pools {
    size_t count;
    jk_pool *pool; /* [count] in the order of the file */
    jk_book all;   /* amounts added up; eir is NaN, price and the like are sums. Pools bought after the first month come
                      in as `purchased`: opening + purchased + interest - collections + performance + revision =
                      closing */
    size_t file_count;
    char **file; /* [file_count] that were read, pools and flows */
} jk_pools;

/* Reads a CSV file of pools, a row each: `pool` (a name, once), `cashflow` (flows expected at purchase, a file as
 * jk_flows_read takes) and `price`; where they are there also `transaction_costs`, `bought` (whole months after the
 * first purchase, 0..JK_HORIZON_MAX), `actual` (a file) and `revised` (MONTH=FILE, several divided by ;). Months of
 * these files are those since the pool's own purchase; files lie beside this one. `first_year`: months of the first
 * accounting year of all, 1..12. JK_ERROR_DATA with line and column, or as jk_book_make reports, with the pool's name.
 * *pools need not be initialised; on failure it is empty. */
jk_status jk_pools_read(const char *path, jk_book_basis basis, int first_year, jk_pools *pools, jk_error *error);
void jk_pools_reset(jk_pools *pools);

/* All pools by year or by month as rows, then their sums; behind the rows, not counted among them, the total of each
 * pool. NULL: the columns alone. */
jk_listing jk_pools_listing(const jk_pools *pools, bool by_month);

/* `pools`, each as jk_book_json has a book, with `pool` and `bought`, and the sums as `total`, `years` and `months`.
 * NULL if there is no memory. Free with free(). */
char *jk_pools_json(const jk_pools *pools);

#ifdef __cplusplus
}
#endif
#endif
