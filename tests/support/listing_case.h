/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of listings by their names. */
#ifndef JK_TESTS_SUPPORT_LISTING_CASE_H
#define JK_TESTS_SUPPORT_LISTING_CASE_H

#include <string.h>

#include "cmocka_all.h"
#include "jalki/listing.h"

static inline size_t column_named(const jk_listing *listing, const char *name) {
    size_t c = 0;
    while (c < listing->column_count && strcmp(listing->columns[c].name, name) != 0) {
        c++;
    }
    if (c == listing->column_count) {
        fail_msg("no column %s of %s", name, listing->name);
    }
    return c;
}

/* How many decimals CSV has of a column; below 0: as few as it needs of so many digits. */
typedef struct decimals {
    const char *column;
    int count;
} decimals;

/* Money has two, and other numbers those that are named. */
static inline void expect_decimals(const jk_listing *listing, const decimals *named, size_t count) {
    for (size_t c = 0; c < listing->column_count; c++) {
        const jk_listing_column *column = &listing->columns[c];
        int expected = strcmp(column->unit, "money") == 0 ? 2 : -100;
        for (size_t i = 0; i < count; i++) {
            expected = strcmp(named[i].column, column->name) == 0 ? named[i].count : expected;
        }
        if (column->kind == JK_LISTING_NUMBER && column->decimals != expected) {
            fail_msg("%s of %s has %d decimals, expected %d", column->name, listing->name, column->decimals, expected);
        }
    }
    for (size_t i = 0; i < count; i++) {
        (void)column_named(listing, named[i].column);
    }
}

#endif
