/* SPDX-License-Identifier: Apache-2.0 */
/* What was learned of payers as rows, their columns described once: figures, and levels by landmarks. */
#include <assert.h>

#include "base/words/listing.h"
#include "fit/payers/payers.h"

#define FIGURE(name, head, meaning)                                                                                    \
    { name, head, "", meaning, JK_LISTING_NUMBER, -12 }

static void set_segment(jk_cell *cell, const jk_model *base, int segment) {
    jk_cell_set(cell, segment >= 0 ? base->segments[segment].id : "");
}

static void set_treatment(jk_cell *cell, int treatment) {
    jk_cell_set(cell, treatment >= 0 ? jk_action_name((jk_action)(treatment + (int)JK_SURVEIL)) : "");
}

/* ---- figures -------------------------------------------------------------------------------------------------- */

enum { T_FIGURE, T_SEGMENT, T_TREATMENT, T_CLASS, T_LINK, T_ESTIMATE, T_STD_ERROR, T_VALUE, T_CREDIBILITY, T_LOW };
enum { T_HIGH = T_LOW + 1, T_EVENTS, T_EXPOSURE, T_DEBTORS, TERM_COLUMNS };

static_assert((int)T_LOW == (int)JK_PAYERS_DRAWN, "what a drawing takes stands first");
static const jk_listing_column term_columns[TERM_COLUMNS] = {
    JK_LISTED_TEXT("figure", "figure", "settled_share, breakage, monthly_share or half_life"),
    JK_LISTED_TEXT("segment", "segment", "Segment of the model; empty: all together"),
    JK_LISTED_TEXT("treatment", "of", "Treatment; empty: all, or told by class"),
    JK_LISTED_TEXT("capacity_class", NULL, "Capacity class of a monthly_share; empty: all"),
    JK_LISTED_TEXT("link", NULL, "Scale of the error: logit or log"),
    FIGURE("estimate", "estimate", "Own data alone, on its own scale"),
    FIGURE("std_error", NULL, "On the scale of the link, clustered by debtor"),
    FIGURE("value", "taken", "What the model takes, before levels"),
    {"credibility", "own data", "", "Weight of own data in it", JK_LISTING_NUMBER, -6},
    FIGURE("low", "95 %", "95 % interval of the estimate, from"),
    FIGURE("high", NULL, "To"),
    FIGURE("events", NULL, "New payers who settled; spells that ended; cash; new payers"),
    FIGURE("exposure", NULL, "Of new payers; of months paid; of balance times months; of new payers"),
    FIGURE("debtors", "debtors", "Debtors whose data tell it"),
};

static jk_status term_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_payers_result *payers = listing->source[0];
    const jk_payer_term *term = &payers->terms[row];
    const bool by_class = term->figure == JK_PAYER_MONTHLY_SHARE;
    (void)error;
    jk_cell_set(&cells[T_FIGURE], jk_payer_figure_name(term->figure));
    set_segment(&cells[T_SEGMENT], listing->source[1], term->segment);
    set_treatment(&cells[T_TREATMENT], by_class ? -1 : term->index);
    jk_cell_set(&cells[T_CLASS],
                by_class && term->index >= 0 && !term->together ? jk_capacity_name((jk_capacity)term->index) : "");
    jk_cell_set(&cells[T_LINK], jk_payer_figure_link(term->figure));
    cells[T_ESTIMATE].number = term->estimate;
    cells[T_STD_ERROR].number = term->std_error;
    cells[T_VALUE].number = term->value;
    cells[T_CREDIBILITY].number = term->credibility;
    cells[T_LOW].number = term->low;
    cells[T_HIGH].number = term->high;
    cells[T_EVENTS].number = term->events;
    cells[T_EXPOSURE].number = term->exposure;
    cells[T_DEBTORS].number = term->debtors;
    return JK_OK;
}

jk_listing jk_payers_listing(const jk_payers_result *payers, const jk_model *base) {
    return JK_LISTING_OF("fit: payers", term_columns, payers == NULL ? 0 : payers->term_count, term_cells, payers,
                         base);
}

/* ---- levels --------------------------------------------------------------------------------------------------- */

enum { L_WHAT, L_SEGMENT, L_TREATMENT, L_LEVEL, L_ACTUAL, L_EXPECTED, L_RATIO, L_STD_ERROR, L_DEBTORS, L_VALUE };
enum { L_CREDIBILITY = L_VALUE + 1, LEVEL_COLUMNS };

static const jk_listing_column level_columns[LEVEL_COLUMNS] = {
    JK_LISTED_TEXT("what", "level of", "worth, monthly_share, curve or points"),
    JK_LISTED_TEXT("segment", "segment", "Segment of the model; empty: all together"),
    JK_LISTED_TEXT("treatment", "treatment", "Treatment; empty: all"),
    JK_LISTED_TEXT("level", "", "Of points: months since the last payment"),
    {"actual", "actual", "money", "What landmarks brought", JK_LISTING_NUMBER, -12},
    {"expected", "expected", "money", "What was expected of them before the levels", JK_LISTING_NUMBER, -12},
    {"ratio", "ratio", "ratio", "Actual over expected", JK_LISTING_NUMBER, -12},
    {"std_error", "s.e.", "ratio", "Of its logarithm", JK_LISTING_NUMBER, -12},
    FIGURE("debtors", NULL, "Debtors whose data tell it"),
    {"value", "taken", "ratio", "The factor that the model takes", JK_LISTING_NUMBER, -12},
    {"credibility", NULL, "", "Weight of own cash in it", JK_LISTING_NUMBER, -6},
};

static jk_status level_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_payer_level *level = &((const jk_payers_result *)listing->source[0])->levels[row];
    (void)error;
    jk_cell_set(&cells[L_WHAT], level->what);
    set_segment(&cells[L_SEGMENT], listing->source[1], level->segment);
    set_treatment(&cells[L_TREATMENT], level->treatment);
    jk_cell_set(&cells[L_LEVEL], level->level);
    cells[L_ACTUAL].number = level->actual;
    cells[L_EXPECTED].number = level->expected;
    cells[L_RATIO].number = level->ratio;
    cells[L_STD_ERROR].number = level->std_error;
    cells[L_DEBTORS].number = level->debtors;
    cells[L_VALUE].number = level->value;
    cells[L_CREDIBILITY].number = level->credibility;
    return JK_OK;
}

jk_listing jk_payer_levels_listing(const jk_payers_result *payers, const jk_model *base) {
    return JK_LISTING_OF("fit: levels", level_columns, payers == NULL ? 0 : payers->level_count, level_cells, payers,
                         base);
}
