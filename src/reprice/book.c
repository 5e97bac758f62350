/* SPDX-License-Identifier: Apache-2.0 */
#include "reprice/book.h"

#include <stdlib.h>

const int jk_book_band_from[JK_BOOK_BANDS] = {0, 12, 24, 36, 60, 96, 144};

size_t jk_book_band_of(double months) {
    size_t band = JK_BOOK_BANDS - 1;
    while (band > 0 && months < jk_book_band_from[band]) {
        band--;
    }
    return band;
}

static size_t rounded(size_t bytes) {
    return (bytes + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
}

size_t jk_book_columns_size(size_t rows) {
    return jk_terms_size(rows) + 2 * rounded(rows * sizeof(double)) + 2 * rounded(rows);
}

void jk_book_columns_place(jk_book_columns *columns, size_t rows, void *memory) {
    unsigned char *next = memory;
    jk_terms_place(&columns->terms, rows, next);
    columns->face = (double *)(void *)(next += jk_terms_size(rows));
    columns->stands_for = (double *)(void *)(next += rounded(rows * sizeof(double)));
    columns->country = next += rounded(rows * sizeof(double));
    columns->band = next + rounded(rows);
}

size_t jk_book_claims(const jk_book *book) {
    return book->rows;
}

int jk_book_is_whole(const jk_book *book) {
    return book->is_whole;
}

void jk_book_free(jk_book *book) {
    if (book != NULL) {
        jk_book_work_reset(&book->work);
        free(book->memory);
        jk_arena_free(book->arena);
        free(book);
    }
}
