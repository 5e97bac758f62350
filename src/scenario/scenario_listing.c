/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios side by side: the base, then each mode's scenarios, for all claims and by segment; the columns described
 * once. */
#include <math.h>

#include "base/words/listing.h"
#include "jalki/scenario.h"

enum {
    SCENARIO,
    MODE,
    SEGMENT,
    IRR,
    CLAIMS,
    FACE,
    VALUE,
    CHANGE,
    BID,
    PCT,
    GROSS_84,
    GROSS_120,
    GROSS_180,
    NET,
    MULTIPLE,
    PAYBACK,
    CHANGED,
    CHANGED_FACE,
    COLUMNS
};

#define MONEY(name, meaning)                                                                                           \
    { name, NULL, "money", meaning, JK_LISTING_NUMBER, 2 }
static const jk_listing_column columns[COLUMNS] = {
    [SCENARIO] = JK_LISTED_TEXT("scenario", NULL, "base, or the scenario's name"),
    [MODE] = JK_LISTED_TEXT("mode", NULL, "base, replanned or committed"),
    [SEGMENT] = JK_LISTED_TEXT("segment", NULL, "all, or the segment's id"),
    [IRR] = {"irr", NULL, "a year", "Required return, with what the scenario adds to it", JK_LISTING_NUMBER, -1},
    [CLAIMS] = JK_LISTED_COUNT("claims", NULL, "Claims of the segment"),
    [FACE] = MONEY("face", "What they owe at the cut-off"),
    [VALUE] = MONEY("value", "Their worth at the return"),
    [CHANGE] = {"change_pct", NULL, "%", "Change of the value against the base", JK_LISTING_NUMBER, 4},
    [BID] = MONEY("bid", "Value less onboarding, at least 0"),
    [PCT] = {"bid_pct_of_face", NULL, "%", "Bid in per cent of face", JK_LISTING_NUMBER, 4},
    [GROSS_84] = MONEY("erc_gross_84", "Collections of the first 84 months"),
    [GROSS_120] = MONEY("erc_gross_120", "Collections of the first 120 months"),
    [GROSS_180] = MONEY("erc_gross_180", "Collections of the first 180 months"),
    [NET] = MONEY("net", "Collections and sales less their cost"),
    [MULTIPLE] = {"multiple", NULL, "", "Net flows over bid and onboarding", JK_LISTING_NUMBER, 6},
    [PAYBACK] = JK_LISTED_MONTHS("payback_months", NULL, "Month in which what was paid has come back"),
    [CHANGED] = JK_LISTED_COUNT("changed_claims", NULL, "Claims decided otherwise than in the base; of all"),
    [CHANGED_FACE] = MONEY("changed_face", "Their face; of all"),
};
#undef MONEY

/* Rows of one valuation: all and the segments, or all and the one that was chosen. */
static size_t lines_of(const jk_listing *listing, const jk_valuation *base) {
    return listing->choice >= 0 ? 2 : 1 + base->segment_count;
}

static jk_status scenario_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_scenarios *set = listing->source[0];
    const jk_scenario_grid *grid = listing->source[1];
    const jk_valuation *base = jk_scenario_at(grid, 0, 0, -1);
    const jk_valuation *valuation = base;
    size_t lines = lines_of(listing, base), block = row / lines, line_index = row % lines;
    const char *name = "base", *mode = "base";
    if (block > 0) {
        size_t scenario = (block - 1) % grid->scenario_count;
        bool first = block - 1 < grid->scenario_count && (grid->modes & JK_MODE_REPLANNED) != 0;
        name = set->scenarios[scenario].name;
        mode = first ? "replanned" : "committed";
        valuation = jk_scenario_at(grid, 0, first ? JK_MODE_REPLANNED : JK_MODE_COMMITTED, (int)scenario);
    }
    int segment = line_index == 0 ? -1 : listing->choice >= 0 ? listing->choice : (int)line_index - 1;
    jk_scenario_line line = jk_scenario_line_of(valuation, base, segment);
    jk_cell_set(&cells[SCENARIO], name);
    jk_cell_set(&cells[MODE], mode);
    jk_cell_set(&cells[SEGMENT], segment < 0 ? "all" : valuation->segment_id[segment]);
    cells[IRR].number = line.irr;
    cells[CLAIMS].number = (double)line.claims;
    cells[FACE].number = line.face;
    cells[VALUE].number = line.value;
    cells[CHANGE].number = line.change_pct;
    cells[BID].number = line.bid;
    cells[PCT].number = line.bid_pct_of_face;
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        cells[GROSS_84 + i].number = line.erc_gross[i];
    }
    cells[NET].number = line.net;
    cells[MULTIPLE].number = line.multiple;
    cells[PAYBACK].number = line.payback > 0 ? (double)line.payback : (double)NAN;
    if (segment < 0) {
        cells[CHANGED].number = (double)line.changed;
        cells[CHANGED_FACE].number = line.changed_face;
    }
    return JK_OK;
}

jk_listing jk_scenario_listing(const jk_scenarios *set, const jk_scenario_grid *grid, int segment) {
    jk_listing listing = {.name = "scenario",
                          .columns = columns,
                          .column_count = COLUMNS,
                          .source = {set, grid},
                          .choice = segment,
                          .cells = scenario_cells};
    if (grid != NULL) {
        size_t modes = grid->modes == (JK_MODE_REPLANNED | JK_MODE_COMMITTED) ? 2 : 1;
        listing.rows = (1 + modes * grid->scenario_count) * lines_of(&listing, jk_scenario_at(grid, 0, 0, -1));
    }
    return listing;
}
