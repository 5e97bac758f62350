/* SPDX-License-Identifier: Apache-2.0 */
/* The estimated figures as rows, their columns described once. */
#include "base/words/listing.h"
#include "jalki/fit.h"

enum {
    SEGMENT,
    TREATMENT,
    CHARACTERISTIC,
    LEVEL,
    STATE,
    ESTIMATE,
    STD_ERROR,
    LOW,
    HIGH,
    SHRUNK,
    CREDIBILITY,
    EXPOSURE,
    CASH,
    EXPECTED,
    PAYERS,
    COLUMNS
};

static const jk_listing_column columns[COLUMNS] = {
    [SEGMENT] = JK_LISTED_TEXT("segment", "segment", "Segment of the model; empty: shared by all"),
    [TREATMENT] = JK_LISTED_TEXT("treatment", "treatment", "Treatment; empty: shared by all"),
    [CHARACTERISTIC] = JK_LISTED_TEXT("characteristic", "characteristic",
                                      "curve, capacity_class, or a characteristic of the scorecard"),
    [LEVEL] = JK_LISTED_TEXT("level", "level", "Its level: months of the curve, the class, the bin"),
    [STATE] = JK_LISTED_TEXT("state", NULL, "estimated, reference, and what else became of it"),
    [ESTIMATE] = {"estimate", "ratio", "", "Logarithm of the effect", JK_LISTING_NUMBER, -12},
    [STD_ERROR] = {"std_error", NULL, "", "Clustered by debtor; missing where one debtor alone tells",
                   JK_LISTING_NUMBER, -12},
    [LOW] = {"low", "95 %", "", "95 % interval of the estimate, from", JK_LISTING_NUMBER, -12},
    [HIGH] = {"high", NULL, "", "To; missing where too few debtors tell", JK_LISTING_NUMBER, -12},
    [SHRUNK] = {"shrunk", "taken", "", "What the model takes, after credibility", JK_LISTING_NUMBER, -12},
    [CREDIBILITY] = {"credibility", "own data", "", "Weight of the estimate", JK_LISTING_NUMBER, -6},
    [EXPOSURE] = {"exposure", "exposure", "money", "Balance times months", JK_LISTING_NUMBER, -12},
    [CASH] = {"cash", "cash", "money", "What came in", JK_LISTING_NUMBER, -12},
    [EXPECTED] = {"expected", NULL, "money", "By the fitted model", JK_LISTING_NUMBER, -12},
    [PAYERS] = JK_LISTED_COUNT("payers", "payers", "Debtors who paid"),
};

static jk_status term_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_fit_result *result = listing->source[0];
    const jk_model *base = listing->source[1];
    const jk_fit_term *term = &result->terms[row];
    (void)error;
    if (term->segment >= 0) {
        jk_cell_set(&cells[SEGMENT], base->segments[term->segment].id);
    }
    if (term->treatment >= 0) {
        jk_cell_set(&cells[TREATMENT], jk_action_name((jk_action)(term->treatment + (int)JK_SURVEIL)));
    }
    jk_cell_set(&cells[CHARACTERISTIC], term->characteristic);
    jk_cell_set(&cells[LEVEL], term->level);
    jk_cell_set(&cells[STATE], term->reference ? "reference" : jk_ppml_state_name(term->state));
    cells[ESTIMATE].number = term->estimate;
    cells[STD_ERROR].number = term->std_error;
    cells[LOW].number = term->low;
    cells[HIGH].number = term->high;
    cells[SHRUNK].number = term->value;
    cells[CREDIBILITY].number = term->credibility;
    cells[EXPOSURE].number = term->exposure;
    cells[CASH].number = term->cash;
    cells[EXPECTED].number = term->expected;
    cells[PAYERS].number = term->payers;
    return JK_OK;
}

jk_listing jk_fit_listing(const jk_fit_result *result, const jk_model *base) {
    return JK_LISTING_OF("fit", columns, result == NULL ? 0 : result->term_count, term_cells, result, base);
}
