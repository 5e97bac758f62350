/* SPDX-License-Identifier: Apache-2.0 */
/* What a valuation comes to by decision, segment and country, the columns described once. */
#include "base/listing.h"
#include "jalki/export.h"

enum { GROUP, NAME, CLAIMS, FACE, VALUE, PCT_OF_FACE, BID, GROSS, NET, SHARE, HOURS, COLUMNS };

static const jk_listing_column columns[COLUMNS] = {
    [GROUP] = {"group", NULL, "", "What is grouped by: all, decision, segment or country", JK_LISTING_TEXT, 0},
    [NAME] = {"name", "name", "", "The decision, the segment's id, the country's code", JK_LISTING_TEXT, 0},
    [CLAIMS] = {"claims", "claims", "", "Claims of the group", JK_LISTING_COUNT, 0},
    [FACE] = {"face", "face", "money", "What they owe at the cut-off", JK_LISTING_NUMBER, 2},
    [VALUE] = {"value", "value", "money", "Their worth at the required return, before onboarding", JK_LISTING_NUMBER,
               2},
    [PCT_OF_FACE] = {"value_pct_of_face", "% of face", "%", "Value in per cent of face", JK_LISTING_NUMBER, 4},
    [BID] = {"bid", NULL, "money", "Value less onboarding", JK_LISTING_NUMBER, 2},
    [GROSS] = {"erc_gross", "gross", "money", "Collections over the whole horizon", JK_LISTING_NUMBER, 2},
    [NET] = {"erc_net", "net", "money", "Collections and sales less their cost", JK_LISTING_NUMBER, 2},
    [SHARE] = {"share_of_face", "share of face", "%", "The group's face in per cent of all", JK_LISTING_NUMBER, 4},
    [HOURS] = {"agent_hours", NULL, "hours", "Agent hours that the treatments take in the model's first epoch",
               JK_LISTING_NUMBER, 4},
};

static void fill(const jk_valuation *valuation, const jk_group *group, const char *kind, const char *name,
                 jk_cell *cells) {
    jk_cell_set(&cells[GROUP], kind);
    jk_cell_set(&cells[NAME], name);
    cells[CLAIMS].number = (double)group->claims;
    cells[FACE].number = group->face;
    cells[VALUE].number = group->value;
    cells[PCT_OF_FACE].number = jk_percent(group->value, group->face);
    cells[BID].number = jk_group_bid(valuation, group);
    cells[GROSS].number = group->erc_gross;
    cells[NET].number = group->erc_net;
    cells[SHARE].number = jk_percent(group->face, valuation->total.face);
    cells[HOURS].number = group->hours;
}

/* All, then decisions, segments and countries in their order. */
static jk_status group_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_valuation *valuation = listing->source[0];
    size_t segments = 1 + JK_ACTION_COUNT;
    size_t countries = segments + valuation->segment_count;
    if (row == 0) {
        fill(valuation, &valuation->total, "all", "all", cells);
    } else if (row < segments) {
        fill(valuation, &valuation->decision[row - 1], "decision", jk_action_name((jk_action)(row - 1)), cells);
    } else if (row < countries) {
        size_t s = row - segments;
        jk_month sum = jk_valuation_months(valuation, valuation->flow.months, s); /* as the cash flow has it */
        fill(valuation, &valuation->segment[s], "segment", valuation->segment_id[s], cells);
        cells[GROSS].number = sum.gross;
        cells[NET].number = sum.net;
    } else {
        fill(valuation, &valuation->country[row - countries], "country", valuation->country_id[row - countries], cells);
    }
    return JK_OK;
}

jk_listing jk_groups_listing(const jk_valuation *valuation) {
    size_t rows = valuation == NULL ? 0 : 1 + JK_ACTION_COUNT + valuation->segment_count + valuation->country_count;
    return (jk_listing){.name = "value",
                        .columns = columns,
                        .column_count = COLUMNS,
                        .rows = rows,
                        .source = {valuation, NULL},
                        .cells = group_cells};
}
