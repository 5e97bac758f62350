/* SPDX-License-Identifier: Apache-2.0 */
/* A forward-flow agreement as rows, the columns described once: its months and years, and the prices of segments and of
 * ages at sale. */
#include <math.h>

#include "base/words/listing.h"
#include "jalki/forward.h"

/* ---- months and years of the agreement -------------------------------------------------------------------------- */

enum {
    TIME,
    FACE,
    PAID,
    ONBOARDING,
    GROSS,
    COST,
    SALE,
    NET,
    CUMULATED,
    YEAR_COLUMNS,
    OWN_PRICE = YEAR_COLUMNS,
    COLUMNS
};

#define MONEY(name, head, meaning)                                                                                     \
    { name, head, "money", meaning, JK_LISTING_NUMBER, 6 }
#define FLOWS                                                                                                          \
    [FACE] = MONEY("face", "face", "Delivered"), [PAID] = MONEY("paid", "price paid", "Price paid"),                   \
    [ONBOARDING] = MONEY("onboarding", "onboarding", "Cost of taking the claims over"),                                \
    [GROSS] = MONEY("gross", "gross", "Collections"), [COST] = MONEY("cost", "cost", "Cost of collection"),            \
    [SALE] = MONEY("sale", "sale", "Sales"),                                                                           \
    [NET] = MONEY("net", "net", "Collections and sales less costs, price and onboarding"),                             \
    [CUMULATED] = MONEY("cumulated", "cumulated", "Of this time and all before")
static const jk_listing_column month_columns[COLUMNS] = {
    [TIME] = JK_LISTED_MONTHS("month", NULL, "Month of the agreement, from 1"),
    FLOWS,
    [OWN_PRICE] = {"own_price_pct_of_face", NULL, "%", "What the month's batch would be worth by itself",
                   JK_LISTING_NUMBER, 6},
};
static const jk_listing_column year_columns[YEAR_COLUMNS] = {
    [TIME] = {"year", "year", "years", "Year of the agreement, from 1", JK_LISTING_COUNT, 0},
    FLOWS,
};
#undef FLOWS
#undef MONEY

static void fill_flows(const jk_forward_month *flows, size_t time, jk_cell *cells) {
    cells[TIME].number = (double)time;
    cells[FACE].number = flows->face;
    cells[PAID].number = flows->paid;
    cells[ONBOARDING].number = flows->onboarding;
    cells[GROSS].number = flows->gross;
    cells[COST].number = flows->cost;
    cells[SALE].number = flows->sale;
    cells[NET].number = flows->net;
    cells[CUMULATED].number = flows->cumulated;
}

static jk_status month_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_forward_month *month = &((const jk_forward *)listing->source[0])->month[row];
    (void)error;
    fill_flows(month, row + 1, cells);
    cells[OWN_PRICE].number = 100.0 * month->own_price;
    return JK_OK;
}

jk_listing jk_forward_listing(const jk_forward *forward) {
    return JK_LISTING_OF("forward", month_columns, forward == NULL ? 0 : (size_t)forward->months, month_cells, forward);
}

static jk_status year_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_forward_month year = jk_forward_sum(listing->source[0], 12 * (int)row, 12);
    (void)error;
    fill_flows(&year, row + 1, cells);
    return JK_OK;
}

jk_listing jk_forward_years_listing(const jk_forward *forward) {
    return JK_LISTING_OF("forward by year", year_columns, forward == NULL ? 0 : ((size_t)forward->months + 11) / 12,
                         year_cells, forward);
}

/* ---- segments ---------------------------------------------------------------------------------------------------- */

#define CLAIMS_AND_FACE                                                                                                \
    JK_LISTED_COUNT("claims", "claims", "Claims on the tape"), JK_LISTED_MONEY("face", "face", "What they owe")
#define PRICE                                                                                                          \
    { "price_pct_of_face", "price", "%", "Price as if all batches were like this", JK_LISTING_NUMBER, 6 }

enum { S_ID, S_CLAIMS, S_FACE, S_SHARE, S_PRICE, S_MORE, SEGMENT_COLUMNS };

static const jk_listing_column segment_columns[SEGMENT_COLUMNS] = {
    JK_LISTED_TEXT("id", "segment", "Segment of the model"),
    CLAIMS_AND_FACE,
    {"share", "share of face", "share", "Its part of the face in the mix that is priced", JK_LISTING_NUMBER, 6},
    PRICE,
    {"if_tenth_more", "ten points more", "%",
     "Change of the agreement's price if ten points of the face more were of it", JK_LISTING_NUMBER, 6},
};

static jk_status segment_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_forward_part *part = &((const jk_forward *)listing->source[0])->segment[row];
    (void)error;
    jk_cell_set(&cells[S_ID], part->name);
    cells[S_CLAIMS].number = (double)part->claims;
    cells[S_FACE].number = part->face;
    cells[S_SHARE].number = part->share;
    cells[S_PRICE].number = 100.0 * part->price;
    cells[S_MORE].number = 100.0 * part->if_tenth_more;
    return JK_OK;
}

jk_listing jk_forward_segments_listing(const jk_forward *forward) {
    return JK_LISTING_OF("forward by segment", segment_columns, forward == NULL ? 0 : forward->segment_count,
                         segment_cells, forward);
}

/* ---- ages at sale ------------------------------------------------------------------------------------------------ */

enum { A_FROM, A_BELOW, A_CLAIMS, A_FACE, A_PRICE, AGE_COLUMNS };

static const jk_listing_column age_columns[AGE_COLUMNS] = {
    JK_LISTED_MONTHS("from_months", "months since write-off", "Age at sale, from"),
    JK_LISTED_MONTHS("below_months", NULL, "Below; missing: no bound"),
    CLAIMS_AND_FACE,
    PRICE,
};
#undef PRICE
#undef CLAIMS_AND_FACE

static jk_status age_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_forward_part *part = &((const jk_forward *)listing->source[0])->age[row];
    (void)error;
    cells[A_FROM].number = part->age_from;
    cells[A_BELOW].number = part->age_end > 0 ? part->age_end : (double)NAN;
    cells[A_CLAIMS].number = (double)part->claims;
    cells[A_FACE].number = part->face;
    cells[A_PRICE].number = 100.0 * part->price;
    return JK_OK;
}

jk_listing jk_forward_ages_listing(const jk_forward *forward) {
    return JK_LISTING_OF("forward by age", age_columns, forward == NULL ? 0 : (size_t)JK_FORWARD_BANDS, age_cells,
                         forward);
}
