/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting by digits, the last one first (radix sort: Knuth, The Art of Computer Programming, volume 3, 5.2.5): each
 * pass puts the numbers into the order of one byte and keeps the order of those before. The sign is turned round, so
 * that numbers below 0 come first; a byte that all numbers share needs no pass. */
#include <stdlib.h>
#include <string.h>

#include "base/number/sort.h"

enum { BYTES = 8, VALUES = 256 };
#define SIGN (UINT64_C(1) << 63)

static int ascending(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static unsigned byte_of(int64_t amount, int byte) {
    return (unsigned)(((uint64_t)amount ^ SIGN) >> (8 * byte)) & (VALUES - 1);
}

static void pass(const int64_t *from, size_t count, int byte, const size_t held[VALUES], int64_t *to) {
    size_t place[VALUES], next = 0;
    for (int v = 0; v < VALUES; v++) {
        place[v] = next;
        next += held[v];
    }
    for (size_t i = 0; i < count; i++) {
        to[place[byte_of(from[i], byte)]++] = from[i];
    }
}

void jk_sort_amounts(int64_t *amounts, size_t count) {
    int64_t *room = count > VALUES ? malloc(count * sizeof *room) : NULL;
    if (room == NULL) {
        jk_sort(amounts, count, sizeof *amounts, ascending);
        return;
    }
    size_t held[BYTES][VALUES] = {{0}};
    for (size_t i = 0; i < count; i++) {
        for (int byte = 0; byte < BYTES; byte++) {
            held[byte][byte_of(amounts[i], byte)]++;
        }
    }
    int64_t *from = amounts, *to = room;
    for (int byte = 0; byte < BYTES; byte++) {
        if (held[byte][byte_of(amounts[0], byte)] == count) {
            continue;
        }
        pass(from, count, byte, held[byte], to);
        int64_t *before = from;
        from = to;
        to = before;
    }
    if (from != amounts) {
        memcpy(amounts, from, count * sizeof *amounts);
    }
    free(room);
}
