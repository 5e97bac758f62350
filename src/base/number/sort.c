/* SPDX-License-Identifier: Apache-2.0 */
/* Merge sort, from short pieces that are sorted by insertion. Where there is no memory to merge in, two neighbouring
 * sorted pieces are merged in place: the rows that change sides are found by halving, the middle is rotated, and each
 * side is merged by itself (Dudzinski and Dydek, "On a stable minimum storage merging algorithm", Information
 * Processing Letters 12, 1981). */
#include "base/number/sort.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT = 12, PIECE = 64 };

typedef struct sorter {
    size_t size;
    int (*compare)(const void *, const void *, void *);
    void *context;
    char *room; /* for half of the rows; NULL: merge in place */
} sorter;

static bool is_above(const sorter *self, const char *a, const char *b) {
    return self->compare(a, b, self->context) > 0;
}

/* Rows of a common size are moved without a call. */
static void copy(char *to, const char *from, size_t size) {
    switch (size) {
    case 4:
        memcpy(to, from, 4);
        break;
    case 8:
        memcpy(to, from, 8);
        break;
    case 16:
        memcpy(to, from, 16);
        break;
    default:
        memcpy(to, from, size);
        break;
    }
}

static void swap(char *a, char *b, size_t size) {
    char piece[PIECE];
    while (size > 0) {
        size_t count = size < PIECE ? size : PIECE;
        memcpy(piece, a, count);
        memcpy(a, b, count);
        memcpy(b, piece, count);
        a += count;
        b += count;
        size -= count;
    }
}

static void insert(const sorter *self, char *rows, size_t count) {
    for (size_t i = 1; i < count; i++) {
        for (char *row = rows + i * self->size; row > rows && is_above(self, row - self->size, row);
             row -= self->size) {
            swap(row - self->size, row, self->size);
        }
    }
}

/* ---- with memory ------------------------------------------------------------------------------------------------ */

static void merge(const sorter *self, char *rows, size_t left, size_t count) {
    size_t size = self->size;
    memcpy(self->room, rows, left * size);
    const char *a = self->room, *a_end = a + left * size, *b = rows + left * size, *b_end = rows + count * size;
    char *to = rows;
    while (a < a_end && b < b_end) {
        const char **from = is_above(self, a, b) ? &b : &a;
        copy(to, *from, size);
        *from += size;
        to += size;
    }
    memcpy(to, a, (size_t)(a_end - a)); /* what is left of the right half is in its place */
}

/* ---- without ---------------------------------------------------------------------------------------------------- */

static void reverse(const sorter *self, char *rows, size_t count) {
    for (size_t i = 0; i + 1 < count - i; i++) {
        swap(rows + i * self->size, rows + (count - 1 - i) * self->size, self->size);
    }
}

/* How many of the rows stand before `row`: those below it, or also those equal to it. */
static size_t before(const sorter *self, const char *rows, size_t count, const char *row, bool equal_too) {
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        const char *other = rows + middle * self->size;
        bool is_before = equal_too ? !is_above(self, other, row) : is_above(self, row, other);
        low = is_before ? middle + 1 : low;
        count = is_before ? count : middle;
    }
    return low;
}

static void merge_in_place(const sorter *self, char *rows, size_t left, size_t count) {
    size_t size = self->size, right = count - left;
    if (left == 0 || right == 0) {
        return;
    }
    if (count == 2) {
        insert(self, rows, count);
        return;
    }
    size_t from = left / 2,
           to = right / 2; /* of the left, and of the right from its first on, the rows that change sides */
    if (left > right) {
        to = before(self, rows + left * size, right, rows + from * size, false);
    } else {
        from = before(self, rows, left, rows + (left + to) * size, true);
    }
    size_t moved = left - from;
    reverse(self, rows + from * size, moved);
    reverse(self, rows + left * size, to);
    reverse(self, rows + from * size, moved + to);
    merge_in_place(self, rows, from, from + to);
    merge_in_place(self, rows + (from + to) * size, moved, moved + right - to);
}

/* ----------------------------------------------------------------------------------------------------------------- */

static void sort(const sorter *self, char *rows, size_t count) {
    if (count <= SHORT) {
        insert(self, rows, count);
        return;
    }
    size_t left = count / 2;
    sort(self, rows, left);
    sort(self, rows + left * self->size, count - left);
    if (is_above(self, rows + (left - 1) * self->size, rows + left * self->size)) {
        (self->room != NULL ? merge : merge_in_place)(self, rows, left, count);
    }
}

void jk_sort_by(void *rows, size_t count, size_t size, int (*compare)(const void *, const void *, void *),
                void *context) {
    enum { FEW = 2048 };
    char few[FEW];
    size_t half = count / 2 * size; /* less than the rows take */
    char *room = half <= FEW ? few : malloc(half);
    const sorter self = {size, compare, context, room};
    sort(&self, rows, count);
    if (room != few) {
        free(room);
    }
}

typedef struct plain_order {
    int (*compare)(const void *, const void *);
} plain_order;

static int compare_plainly(const void *a, const void *b, void *context) {
    return ((const plain_order *)context)->compare(a, b);
}

void jk_sort(void *rows, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    plain_order order = {compare};
    jk_sort_by(rows, count, size, compare_plainly, &order);
}

int jk_compare_reals(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int jk_compare_integers(const int32_t *a, const int32_t *b, size_t count) {
    size_t i = 0;
    while (i + 1 < count && a[i] == b[i]) {
        i++;
    }
    return (a[i] > b[i]) - (a[i] < b[i]);
}
