/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of a comparison as rows, and its decisions by each other, their columns described once. */
#include <stdio.h>
#include <string.h>

#include "base/number/grid.h"
#include "base/words/listing.h"
#include "programme/compare.h"
#include "programme/words.h"

enum {
    GROUP,
    NAME,
    OPENING_CLAIMS,
    LEFT_CLAIMS,
    NEW_CLAIMS,
    CLOSING_CLAIMS,
    OPENING_FACE,
    CLOSING_FACE,
    STEPS,
    EXPECTED = STEPS + JK_STEP_COUNT,
    ACTUAL,
    RATIO,
    LOW,
    HIGH,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [GROUP] = JK_LISTED_TEXT(
        "group", NULL,
        "all, segment, country, vintage (year of write-off), the columns of --by, decision or change (of decision)"),
    [NAME] = JK_LISTED_TEXT("name", "", "Which; of a claim in the first valuation, of a new one in the second"),
    [OPENING_CLAIMS] = JK_LISTED_COUNT("opening_claims", NULL, "Claims of the first valuation"),
    [LEFT_CLAIMS] = JK_LISTED_COUNT("left_claims", NULL, "Those that the second lacks"),
    [NEW_CLAIMS] = JK_LISTED_COUNT("new_claims", NULL, "Those that only the second has"),
    [CLOSING_CLAIMS] = JK_LISTED_COUNT("closing_claims", "claims", "Claims of the second"),
    [OPENING_FACE] = JK_LISTED_MONEY("opening_face", NULL, "What was owed at the first cut-off"),
    [CLOSING_FACE] = JK_LISTED_MONEY("closing_face", NULL, "What is owed at the second"),
    [STEPS + JK_STEP_OPENING] = JK_LISTED_MONEY("opening", "opening", "Value in the first valuation"),
    [STEPS + JK_STEP_COLLECTED] = JK_LISTED_MONEY("collected", "collected", "Less what came in"),
    [STEPS + JK_STEP_LEFT] = JK_LISTED_MONEY("left", "left", "Less the rest of what the claims were worth that left"),
    [STEPS + JK_STEP_NEW] = JK_LISTED_MONEY("new", "new", "What new claims are worth in the second valuation"),
    [STEPS + JK_STEP_TIME] = JK_LISTED_MONEY(
        "time", "time", "Time and interest: the same data seen on the second cut-off, as if nobody had paid"),
    [STEPS + JK_STEP_DATA] =
        JK_LISTED_MONEY("data", "data", "What became known, payments included; what came in is added back"),
    [STEPS + JK_STEP_MODEL] = JK_LISTED_MONEY("model", "model", "By the second model"),
    [STEPS + JK_STEP_RATE] = JK_LISTED_MONEY("rate", "rate", "At the second required return"),
    [STEPS + JK_STEP_CLOSING] =
        JK_LISTED_MONEY("closing", "closing", "Value in the second valuation: the sum of all steps"),
    [EXPECTED] =
        JK_LISTED_MONEY("expected", NULL, "What the first valuation expected to come in up to the second cut-off"),
    [ACTUAL] = JK_LISTED_MONEY("actual", NULL, "What came in of the same claims"),
    [RATIO] = {"ratio", NULL, "", "Actual over expected", JK_LISTING_NUMBER, 4},
    [LOW] = {"low", NULL, "", "Its 95 % interval: from", JK_LISTING_NUMBER, 4},
    [HIGH] = {"high", NULL, "", "To", JK_LISTING_NUMBER, 4},
};

static jk_status group_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_comparison *comparison = listing->source[0];
    const jk_compare_group *group = &comparison->group[row];
    int64_t cents[JK_STEP_COUNT];
    (void)error;
    jk_compare_cents(group, cents);
    jk_cell_set(&cells[GROUP], group->kind == JK_COMPARE_BY ? comparison->by : jk_compare_kind_name(group->kind));
    jk_cell_set(&cells[NAME], group->name);
    cells[OPENING_CLAIMS].number = (double)group->opening_claims;
    cells[LEFT_CLAIMS].number = (double)group->left_claims;
    cells[NEW_CLAIMS].number = (double)group->new_claims;
    cells[CLOSING_CLAIMS].number = (double)group->closing_claims;
    cells[OPENING_FACE].number = group->opening_face;
    cells[CLOSING_FACE].number = group->closing_face;
    for (int s = 0; s < JK_STEP_COUNT; s++) {
        cells[STEPS + s].number = (double)cents[s] / 100.0;
    }
    cells[EXPECTED].number = jk_grid_to_double(group->expected);
    cells[ACTUAL].number = jk_grid_to_double(group->actual);
    cells[RATIO].number = group->ratio;
    cells[LOW].number = group->low;
    cells[HIGH].number = group->high;
    return JK_OK;
}

jk_listing jk_comparison_listing(const jk_comparison *comparison) {
    return JK_LISTING_OF("compare", columns, comparison != NULL ? comparison->group_count : 0, group_cells, comparison);
}

/* ---- decisions by each other ------------------------------------------------------------------------------------ */

enum { D_FROM, D_TO, D_CLAIMS, DECISION_COLUMNS };

static const jk_listing_column decision_columns[DECISION_COLUMNS] = {
    JK_LISTED_TEXT("decision", "from / to", "Of the first valuation, or new"),
    JK_LISTED_TEXT("closing_decision", NULL, "Of the second, or left"),
    JK_LISTED_COUNT("claims", "claims", "Claims decided so"),
};

/* The groups by change of decision are those that have claims. */
static jk_status decision_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_comparison *comparison = listing->source[0];
    const char *from = jk_compare_state_name((int)row / JK_COMPARE_STATES, true);
    const char *to = jk_compare_state_name((int)row % JK_COMPARE_STATES, false);
    char name[JK_CELL_TEXT];
    (void)error;
    (void)snprintf(name, sizeof name, "%s to %s", from, to);
    jk_cell_set(&cells[D_FROM], from);
    jk_cell_set(&cells[D_TO], to);
    cells[D_CLAIMS].number = 0.0;
    for (size_t g = 0; g < comparison->group_count; g++) {
        const jk_compare_group *group = &comparison->group[g];
        if (group->kind == JK_COMPARE_CHANGE && strcmp(group->name, name) == 0) {
            cells[D_CLAIMS].number = (double)(group->opening_claims + group->new_claims);
        }
    }
    return JK_OK;
}

jk_listing jk_comparison_decisions_listing(const jk_comparison *comparison) {
    return JK_LISTING_OF("compare decisions", decision_columns,
                         comparison != NULL ? (size_t)JK_COMPARE_STATES * JK_COMPARE_STATES : 0, decision_cells,
                         comparison);
}
