/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of a comparison as rows, their columns described once. */
#include "base/grid.h"
#include "base/listing.h"
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
    [GROUP] =
        {"group", NULL, "",
         "all, segment, country, vintage (year of write-off), the columns of --by, decision or change (of decision)",
         JK_LISTING_TEXT, 0},
    [NAME] = {"name", "", "", "Which; of a claim in the first valuation, of a new one in the second", JK_LISTING_TEXT,
              0},
    [OPENING_CLAIMS] = {"opening_claims", NULL, "", "Claims of the first valuation", JK_LISTING_COUNT, 0},
    [LEFT_CLAIMS] = {"left_claims", NULL, "", "Those that the second lacks", JK_LISTING_COUNT, 0},
    [NEW_CLAIMS] = {"new_claims", NULL, "", "Those that only the second has", JK_LISTING_COUNT, 0},
    [CLOSING_CLAIMS] = {"closing_claims", "claims", "", "Claims of the second", JK_LISTING_COUNT, 0},
    [OPENING_FACE] = {"opening_face", NULL, "money", "What was owed at the first cut-off", JK_LISTING_NUMBER, 2},
    [CLOSING_FACE] = {"closing_face", NULL, "money", "What is owed at the second", JK_LISTING_NUMBER, 2},
    [STEPS + JK_STEP_OPENING] = {"opening", "opening", "money", "Value in the first valuation", JK_LISTING_NUMBER, 2},
    [STEPS + JK_STEP_COLLECTED] = {"collected", "collected", "money", "Less what came in", JK_LISTING_NUMBER, 2},
    [STEPS + JK_STEP_LEFT] = {"left", "left", "money", "Less the rest of what the claims were worth that left",
                              JK_LISTING_NUMBER, 2},
    [STEPS + JK_STEP_NEW] = {"new", "new", "money", "What new claims are worth in the second valuation",
                             JK_LISTING_NUMBER, 2},
    [STEPS + JK_STEP_TIME] = {"time", "time", "money",
                              "Time and interest: the same data seen on the second cut-off, as if nobody had paid",
                              JK_LISTING_NUMBER, 2},
    [STEPS + JK_STEP_DATA] = {"data", "data", "money",
                              "What became known, payments included; what came in is added back", JK_LISTING_NUMBER, 2},
    [STEPS + JK_STEP_MODEL] = {"model", "model", "money", "By the second model", JK_LISTING_NUMBER, 2},
    [STEPS + JK_STEP_RATE] = {"rate", "rate", "money", "At the second required return", JK_LISTING_NUMBER, 2},
    [STEPS + JK_STEP_CLOSING] = {"closing", "closing", "money", "Value in the second valuation: the sum of all steps",
                                 JK_LISTING_NUMBER, 2},
    [EXPECTED] = {"expected", NULL, "money", "What the first valuation expected to come in up to the second cut-off",
                  JK_LISTING_NUMBER, 2},
    [ACTUAL] = {"actual", NULL, "money", "What came in of the same claims", JK_LISTING_NUMBER, 2},
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
    return (jk_listing){.name = "compare",
                        .columns = columns,
                        .column_count = COLUMNS,
                        .rows = comparison != NULL ? comparison->group_count : 0,
                        .choice = -1,
                        .source = {comparison, NULL},
                        .cells = group_cells};
}
