/* SPDX-License-Identifier: Apache-2.0 */
/* A chain ladder by origin, and its factors, as rows, the columns described once. */
#include <math.h>

#include "base/words/listing.h"
#include "jalki/chain_ladder.h"
#include "ladder/triangle.h"

enum { ORIGIN, AGES, LATEST, ULTIMATE, RESERVE, STD_ERROR, ERROR_PCT, PRIOR, BF_ULTIMATE, BF_RESERVE, COLUMNS };

#define MONEY(name, head, meaning)                                                                                     \
    { name, head, "money", meaning, JK_LISTING_NUMBER, -15 }
static const jk_listing_column columns[COLUMNS] = {
    [ORIGIN] = JK_LISTED_TEXT("origin", "origin", "Vintage; all: the sum"),
    [AGES] = JK_LISTED_COUNT("ages", NULL, "At which it was observed"),
    [LATEST] = MONEY("latest", "latest", "Collected so far"),
    [ULTIMATE] = MONEY("ultimate", "ultimate", "Projected in the end"),
    [RESERVE] = MONEY("reserve", "reserve", "Ultimate less latest"),
    [STD_ERROR] = MONEY("std_error", "std error", "Of the reserve (Mack)"),
    [ERROR_PCT] = {"std_error_pct_of_reserve", "error of reserve", "%", "The same in per cent of the reserve",
                   JK_LISTING_NUMBER, 4},
    [PRIOR] = MONEY("prior", "prior", "Expected beforehand in the end (--prior alone has this and what follows)"),
    [BF_ULTIMATE] = MONEY("bf_ultimate", "ultimate by it", "Ultimate by the prior (Bornhuetter, Ferguson)"),
    [BF_RESERVE] = MONEY("bf_reserve", "reserve by it", "Reserve by the prior"),
};
#undef MONEY

static jk_status ladder_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_triangle *triangle = listing->source[0];
    const jk_chain_ladder *result = listing->source[1];
    const bool is_total = row == result->origins;
    const jk_chain_ladder_origin *from = is_total ? &result->total : &result->origin[row];
    (void)error;
    jk_cell_set(&cells[ORIGIN], is_total ? "all" : triangle->origin[row]);
    if (!is_total) {
        cells[AGES].number = (double)triangle->observed[row];
    }
    cells[LATEST].number = from->latest;
    cells[ULTIMATE].number = from->ultimate;
    cells[RESERVE].number = from->reserve;
    cells[STD_ERROR].number = from->std_error;
    if (from->reserve > 0.0) {
        cells[ERROR_PCT].number = 100.0 * from->std_error / from->reserve;
    }
    cells[PRIOR].number = from->prior;
    cells[BF_ULTIMATE].number = from->bf_ultimate;
    cells[BF_RESERVE].number = from->bf_reserve;
    return JK_OK;
}

jk_listing jk_chain_ladder_listing(const jk_triangle *triangle, const jk_chain_ladder *result) {
    jk_listing listing =
        JK_LISTING_OF("chainladder", columns, result == NULL ? 0 : result->origins + 1, ladder_cells, triangle, result);
    if (result != NULL && isnan(result->total.prior)) { /* none was given */
        listing.column_count = PRIOR;
    }
    return listing;
}

/* ---- factors ----------------------------------------------------------------------------------------------------- */

enum { FROM_AGE, TO_AGE, FACTOR, SIGMA, FACTOR_COLUMNS };

static const jk_listing_column factor_columns[FACTOR_COLUMNS] = {
    [FROM_AGE] = {"from_age", "from age", "", "Age of the vintages", JK_LISTING_FIGURE, 0},
    [TO_AGE] = {"to_age", "to age", "", "The next age", JK_LISTING_FIGURE, 0},
    [FACTOR] = {"factor", "factor", "", "What is collected by it, of what was before, weighted by volume",
                JK_LISTING_FIGURE, 0},
    [SIGMA] = {"sigma", "sigma", "", "Mack's deviation of it; missing where one vintage alone tells the factor",
               JK_LISTING_FIGURE, 0},
};

static jk_status factor_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_triangle *triangle = listing->source[0];
    const jk_chain_ladder *result = listing->source[1];
    (void)error;
    jk_cell_set_figure(&cells[FROM_AGE], jk_triangle_age(triangle, row), -6);
    jk_cell_set_figure(&cells[TO_AGE], jk_triangle_age(triangle, row + 1), -6);
    jk_cell_set_figure(&cells[FACTOR], result->factor[row], 6);
    jk_cell_set_figure(&cells[SIGMA], sqrt(result->sigma_squared[row]), -4);
    return JK_OK;
}

jk_listing jk_chain_ladder_factors_listing(const jk_triangle *triangle, const jk_chain_ladder *result) {
    return JK_LISTING_OF("chainladder factors", factor_columns, result == NULL ? 0 : result->ages - 1, factor_cells,
                         triangle, result);
}
