/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios side by side: the base, then each mode's scenarios, for all claims and by segment; and decisions that
 * change; the columns described once. */
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

static const jk_listing_column columns[COLUMNS] = {
    [SCENARIO] = JK_LISTED_TEXT("scenario", "scenario", "base, or the scenario's name"),
    [MODE] = JK_LISTED_TEXT("mode", NULL, "base, replanned or committed"),
    [SEGMENT] = JK_LISTED_TEXT("segment", NULL, "all, or the segment's id"),
    [IRR] = {"irr", NULL, "a year", "Required return, with what the scenario adds to it", JK_LISTING_NUMBER, -1},
    [CLAIMS] = JK_LISTED_COUNT("claims", NULL, "Claims of the segment"),
    [FACE] = JK_LISTED_MONEY("face", NULL, "What they owe at the cut-off"),
    [VALUE] = JK_LISTED_MONEY("value", "value", "Their worth at the return"),
    [CHANGE] = {"change_pct", "change %", "%", "Change of the value against the base", JK_LISTING_NUMBER, 4},
    [BID] = JK_LISTED_MONEY("bid", "bid", "Value less onboarding, at least 0"),
    [PCT] = {"bid_pct_of_face", "% of face", "%", "Bid in per cent of face", JK_LISTING_NUMBER, 4},
    [GROSS_84] = JK_LISTED_MONEY("erc_gross_84", NULL, "Collections of the first 84 months"),
    [GROSS_120] = JK_LISTED_MONEY("erc_gross_120", NULL, "Collections of the first 120 months"),
    [GROSS_180] = JK_LISTED_MONEY("erc_gross_180", NULL, "Collections of the first 180 months"),
    [NET] = JK_LISTED_MONEY("net", NULL, "Collections and sales less their cost"),
    [MULTIPLE] = {"multiple", "multiple", "", "Net flows over bid and onboarding", JK_LISTING_NUMBER, 6},
    [PAYBACK] = JK_LISTED_MONTHS("payback_months", "payback", "Month in which what was paid has come back"),
    [CHANGED] =
        JK_LISTED_COUNT("changed_claims", "decided otherwise", "Claims decided otherwise than in the base; of all"),
    [CHANGED_FACE] = JK_LISTED_MONEY("changed_face", NULL, "Their face; of all"),
};

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

/* ---- decisions that change -------------------------------------------------------------------------------------- */

enum {
    C_SCENARIO,
    C_FROM,
    C_TO,
    C_CLAIMS,
    C_FACE,
    C_FROM_BASE,
    C_FROM_VALUE,
    C_TO_BASE,
    C_TO_VALUE,
    C_WHY,
    CHANGE_COLUMNS
};

static const jk_listing_column change_columns[CHANGE_COLUMNS] = {
    [C_SCENARIO] = JK_LISTED_TEXT("scenario", "scenario", "The scenario's name"),
    [C_FROM] = JK_LISTED_TEXT("from", "decision", "Decision in the base"),
    [C_TO] = JK_LISTED_TEXT("to", NULL, "Decision in the scenario, planned anew"),
    [C_CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims that change so"),
    [C_FACE] = JK_LISTED_MONEY("face", "face", "What they owe at the cut-off"),
    [C_FROM_BASE] = JK_LISTED_MONEY("from_value_base", NULL, "Worth of the first action in the base"),
    [C_FROM_VALUE] = JK_LISTED_MONEY("from_value", NULL, "In the scenario"),
    [C_TO_BASE] = JK_LISTED_MONEY("to_value_base", NULL, "Worth of the second action in the base"),
    [C_TO_VALUE] = JK_LISTED_MONEY("to_value", NULL, "In the scenario"),
    [C_WHY] = JK_LISTED_TEXT("why", "why (what the actions are worth to such a claim)", "Both on average, in words"),
};

/* As many rows for each scenario as the listing's choice; those that it has not stay empty. */
static jk_status change_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_scenarios *set = listing->source[0];
    const size_t most = (size_t)listing->choice, scenario = row / most, at = row % most;
    const jk_valuation *there = jk_scenario_at(listing->source[1], 0, JK_MODE_REPLANNED, (int)scenario);
    jk_change_pair pairs[JK_CHANGE_PAIRS];
    char words[JK_CHANGE_WORDS];
    (void)error;
    cells[C_CLAIMS].number = 0.0;
    if (at < jk_change_pairs(there, pairs, most)) {
        const jk_change *change = &there->change[pairs[at].from][pairs[at].to];
        jk_cell_set(&cells[C_SCENARIO], set->scenarios[scenario].name);
        jk_cell_set(&cells[C_FROM], jk_action_name(pairs[at].from));
        jk_cell_set(&cells[C_TO], jk_action_name(pairs[at].to));
        cells[C_CLAIMS].number = (double)change->claims;
        cells[C_FACE].number = change->face;
        cells[C_FROM_BASE].number = change->from_first;
        cells[C_FROM_VALUE].number = change->from_here;
        cells[C_TO_BASE].number = change->to_first;
        cells[C_TO_VALUE].number = change->to_here;
        jk_cell_set(&cells[C_WHY], jk_change_words(there, pairs[at], words));
    }
    return JK_OK;
}

jk_listing jk_scenario_changes_listing(const jk_scenarios *set, const jk_scenario_grid *grid, size_t most) {
    jk_listing listing = JK_LISTING_OF("scenario changes", change_columns,
                                       grid == NULL ? 0 : most * grid->scenario_count, change_cells, set, grid);
    listing.choice = (int)most;
    return listing;
}
