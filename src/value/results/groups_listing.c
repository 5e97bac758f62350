/* SPDX-License-Identifier: Apache-2.0 */
/* What a valuation comes to by decision, segment and country, the columns described once. */
#include <math.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "value/quote.h"

enum {
    GROUP,
    NAME,
    CLAIMS,
    FACE,
    VALUE,
    PCT_OF_FACE,
    BID,
    GROSS,
    NET,
    SHARE,
    HOURS,
    GROSS_84,
    COST = GROSS_84 + JK_ERC_COUNT,
    COST_SHARE,
    MULTIPLE,
    PAYBACK,
    QUOTE,
    ONBOARDING = QUOTE + JK_QUOTE_COLUMNS,
    INSTALMENTS,
    SALE,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [GROUP] =
        JK_LISTED_TEXT("group", NULL, "What is grouped by: all, decision, segment, country, or reason of the decision"),
    [NAME] = JK_LISTED_TEXT("name", "name", "The decision, the segment's id, the country's code, the reason"),
    [CLAIMS] = JK_LISTED_COUNT("claims", "claims", "Claims of the group"),
    [FACE] = JK_LISTED_MONEY("face", "face", "What they owe at the cut-off"),
    JK_WORTH_LISTING(VALUE),
    [SHARE] = {"share_of_face", "share of face", "%", "The group's face in per cent of all", JK_LISTING_NUMBER, 4},
    [HOURS] = {"agent_hours", NULL, "hours", "Agent hours that the treatments take in the model's first epoch",
               JK_LISTING_NUMBER, 4},
    [GROSS_84] = JK_LISTED_MONEY("erc_gross_84", NULL,
                                 "ERC-84: collections of the first 84 months; this and what follows "
                                 "where the group's monthly flow is known"),
    [GROSS_84 + 1] = JK_LISTED_MONEY("erc_gross_120", NULL, "ERC-120: of the first 120 months"),
    [GROSS_84 + 2] = JK_LISTED_MONEY("erc_gross_180", NULL, "ERC-180: of the first 180 months"),
    [COST] = JK_LISTED_MONEY("cost", NULL, "Cost of collection over the whole horizon"),
    [COST_SHARE] = {"cost_share", NULL, "share", "Cost of collection as a part of collections", JK_LISTING_NUMBER, 6},
    [MULTIPLE] = {"multiple", NULL, "", "Net money multiple: net flows over bid and onboarding", JK_LISTING_NUMBER, 6},
    [PAYBACK] = JK_LISTED_MONTHS("payback_months", NULL, "Month in which what was paid has come back"),
    JK_QUOTE_LISTING(QUOTE),
    [ONBOARDING] = JK_LISTED_MONEY("onboarding", NULL, "What taking over the group's claims costs, of every group"),
    [INSTALMENTS] = JK_LISTED_MONEY(
        "instalments", NULL, "The part of collections that debtors who pay bring month by month, over the horizon"),
    [SALE] = JK_LISTED_MONEY("sale", NULL, "Proceeds of claims sold on, over the horizon"),
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
    cells[ONBOARDING].number = jk_offer_group(valuation, group, NULL, NULL, 0, (double)NAN).onboarding;
}

/* What is made of a group's flow month by month: that of a segment, or of all. */
static void fill_flow(const jk_valuation *valuation, const jk_group *group, size_t segment, jk_cell *cells) {
    jk_month flow[JK_HORIZON_MAX] = {0};
    for (int t = 1; t <= valuation->flow.months; t++) {
        flow[t - 1] = jk_valuation_month(valuation, t, segment);
    }
    jk_offer offer = jk_offer_group(valuation, group, flow, NULL, 0, (double)NAN);
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        cells[GROSS_84 + i].number = offer.erc_gross[i];
    }
    cells[GROSS].number = offer.sum.gross; /* as the cash flow has it */
    cells[NET].number = offer.sum.net;
    cells[COST].number = offer.sum.cost;
    cells[INSTALMENTS].number = offer.sum.instalments;
    cells[SALE].number = offer.sum.sale;
    cells[COST_SHARE].number = offer.cost_share;
    cells[MULTIPLE].number = offer.multiple;
    cells[PAYBACK].number = offer.payback > 0 ? (double)offer.payback : (double)NAN;
    jk_quote_fill(&offer, &cells[QUOTE]);
}

static void fill_reason(const jk_valuation *valuation, size_t reason, jk_cell *cells) {
    jk_cell_set(&cells[GROUP], "reason");
    jk_cell_set(&cells[NAME], jk_reason_name((jk_reason)reason));
    cells[CLAIMS].number = (double)valuation->reason[reason];
    cells[FACE].number = valuation->reason_face[reason];
    cells[SHARE].number = jk_percent(valuation->reason_face[reason], valuation->total.face);
}

/* All, then decisions, segments, countries and reasons in their order. */
static jk_status group_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    (void)error;
    const jk_valuation *valuation = listing->source[0];
    size_t segments = 1 + JK_ACTION_COUNT;
    size_t countries = segments + valuation->segment_count;
    size_t reasons = countries + valuation->country_count;
    if (row == 0) {
        fill(valuation, &valuation->total, "all", "all", cells);
        fill_flow(valuation, &valuation->total, valuation->segment_count, cells);
    } else if (row < segments) {
        fill(valuation, &valuation->decision[row - 1], "decision", jk_action_name((jk_action)(row - 1)), cells);
    } else if (row < countries) {
        size_t s = row - segments;
        fill(valuation, &valuation->segment[s], "segment", valuation->segment_id[s], cells);
        fill_flow(valuation, &valuation->segment[s], s, cells);
    } else if (row >= reasons) {
        fill_reason(valuation, row - reasons, cells);
    } else {
        fill(valuation, &valuation->country[row - countries], "country", valuation->country_id[row - countries], cells);
    }
    return JK_OK;
}

jk_listing jk_groups_listing(const jk_valuation *valuation) {
    size_t rows = valuation == NULL
                      ? 0
                      : 1 + JK_ACTION_COUNT + valuation->segment_count + valuation->country_count + JK_REASON_COUNT;
    return JK_LISTING_OF("value", columns, rows, group_cells, valuation);
}
