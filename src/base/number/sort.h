/* SPDX-License-Identifier: Apache-2.0 */
/* A stable sort: rows that compare equal keep their order. The C library's qsort does so or not by its version, by the
 * number of rows and by whether there is memory; this one always, and it fails never. */
#ifndef JK_BASE_SORT_H
#define JK_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* `count` rows of `size` bytes each, in the order that `compare` says (below, at or above 0, as for qsort). Without
 * memory for half of the rows it takes longer. */
void jk_sort(void *rows, size_t count, size_t size, int (*compare)(const void *, const void *));

/* The same with something more that the comparison needs. */
void jk_sort_by(void *rows, size_t count, size_t size, int (*compare)(const void *, const void *, void *),
                void *context);

/* Numbers, the smallest first: by their bytes, some five times as fast as by comparisons where they are many. */
void jk_sort_amounts(int64_t *amounts, size_t count);

/* The order of two doubles, the smaller first, for these and for bsearch; missing ones (NaN) are equal to all. */
int jk_compare_reals(const void *a, const void *b);

/* The order of rows by their first number, of equal ones by the next. */
int jk_compare_integers(const int32_t *a, const int32_t *b, size_t count);

#endif
