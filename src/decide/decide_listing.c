/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions under limits, the limits and the points of a what-if curve, in rows; the columns described once. */
#include "base/words/listing.h"
#include "jalki/decide.h"

enum { DECISION, CLAIMS, FACE, VALUE, LIMIT, AMOUNT, USED, PRICE, OBJECTIVE, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [DECISION] = JK_LISTED_TEXT("decision", "decision", "What to do with the claims; of rows about decisions"),
    [CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims so decided"),
    [FACE] = JK_LISTED_MONEY("face", "face", "What they owe at the cut-off"),
    [VALUE] = JK_LISTED_MONEY("value", "value", "Their worth as decided"),
    [LIMIT] = JK_LISTED_TEXT("limit", NULL, "The limit; of rows about limits, and of points of a curve"),
    [AMOUNT] = {"amount", NULL, "", "How much of it there is: money, hours or claims", JK_LISTING_NUMBER, 2},
    [USED] = {"used", NULL, "", "How much of it the decisions use; not of a point", JK_LISTING_NUMBER, 4},
    [PRICE] = {"shadow_price", NULL, "money", "Worth of one more of it", JK_LISTING_NUMBER, 4},
    [OBJECTIVE] = JK_LISTED_MONEY("objective", NULL, "Worth of all claims with that amount; of a point"),
};

/* The decisions, then the limits, then the points. */
static jk_status decide_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_decide_outcome *outcome = listing->source[0];
    const jk_decided *decided = outcome->decided;
    size_t limits = outcome->limit_count;
    char name[JK_LIMIT_NAME_MAX];
    if (row < JK_ACTION_COUNT) {
        jk_cell_set(&cells[DECISION], jk_action_name((jk_action)row));
        cells[CLAIMS].number = (double)decided->claims[row];
        cells[FACE].number = decided->face[row];
        cells[VALUE].number = decided->value[row];
    } else if (row - JK_ACTION_COUNT < limits) {
        size_t m = row - JK_ACTION_COUNT;
        jk_cell_set(&cells[LIMIT], jk_limit_name(outcome->candidates, &outcome->limits[m], name));
        cells[AMOUNT].number = outcome->limits[m].amount;
        cells[USED].number = decided->use[m];
        cells[PRICE].number = decided->price[m];
    } else {
        const jk_curve_point *point = &outcome->curve[row - JK_ACTION_COUNT - limits];
        const jk_limit *limit = &outcome->limits[outcome->curve_limit];
        jk_cell_set(&cells[LIMIT], jk_limit_name(outcome->candidates, limit, name));
        cells[AMOUNT].number = point->amount;
        cells[PRICE].number = point->price;
        cells[OBJECTIVE].number = point->objective;
    }
    return JK_OK;
}

jk_listing jk_decide_listing(const jk_decide_outcome *outcome) {
    return JK_LISTING_OF("decide", columns,
                         outcome == NULL ? 0 : JK_ACTION_COUNT + outcome->limit_count + outcome->curve_count,
                         decide_cells, outcome);
}
