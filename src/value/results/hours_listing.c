/* SPDX-License-Identifier: Apache-2.0 */
/* The hours of a plan by epoch as rows, the columns described once. */
#include "base/words/listing.h"
#include "jalki/hours.h"

enum { FROM_MONTH, MONTHS, AVAILABLE, WANTED, USED, PRICE, COLUMNS };

#define HOURS(name, head, meaning)                                                                                     \
    { name, head, "hours", meaning, JK_LISTING_NUMBER, 4 }
static const jk_listing_column columns[COLUMNS] = {
    [FROM_MONTH] = JK_LISTED_COUNT("from_month", "from month", "The epoch's first month after the cut-off, from 1"),
    [MONTHS] = JK_LISTED_MONTHS("months", "months", "Its length"),
    [AVAILABLE] = HOURS("available", "hours", "Agent hours that there are"),
    [WANTED] = HOURS("wanted", "wanted", "What the plan takes where hours cost what the model says"),
    [USED] = HOURS("used", "used", "What the plan takes at these prices"),
    [PRICE] = JK_LISTED_MONEY("price", "price of one", "What one more hour is worth, in money of the cut-off"),
};
#undef HOURS

static jk_status hours_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_hours *hours = listing->source[0];
    (void)error;
    cells[FROM_MONTH].number = 1.0;
    for (size_t j = 0; j < row; j++) {
        cells[FROM_MONTH].number += hours->months[j];
    }
    cells[MONTHS].number = hours->months[row];
    cells[AVAILABLE].number = hours->available[row];
    cells[WANTED].number = hours->wanted[row];
    cells[USED].number = hours->used[row];
    cells[PRICE].number = hours->price[row];
    return JK_OK;
}

jk_listing jk_hours_listing(const jk_hours *hours) {
    return JK_LISTING_OF("agent hours", columns, hours == NULL ? 0 : (size_t)hours->epochs, hours_cells, hours);
}
