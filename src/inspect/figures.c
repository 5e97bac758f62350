/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a tape, one figure a line, for pivot tables. */
#include "base/words/listing.h"
#include "jalki/inspect.h"

static const jk_listing_column columns[] = {
    JK_LISTED_TEXT("section", NULL,
                   "tape, column, a column's name (its levels), age, claims per debtor, group, pattern, numbers"),
    JK_LISTED_TEXT("group", NULL, "all, or the group of --by"),
    JK_LISTED_TEXT("currency", NULL, "Of amounts; amounts of different currencies are never added up"),
    JK_LISTED_TEXT("item", NULL, "The column, the level, the pattern"),
    JK_LISTED_TEXT("figure", NULL,
                   "claims, debtors, balance, given, missing, minimum to maximum, mean, fences, below, above"),
    JK_LISTED_FIGURE("value", "as the figure is", "The figure; dates as YYYY-MM-DD"),
};
static const jk_listing no_figures = {
    .name = "inspect", .columns = columns, .column_count = sizeof columns / sizeof columns[0]};

/* What a figure is of. */
typedef struct figure_of {
    const char *section, *group, *currency, *item;
} figure_of;

static void add_figure(jk_listed *listed, const figure_of *of, const char *figure, double value, int decimals) {
    jk_listed_texts(listed, of->section, of->group, of->currency, of->item, figure);
    jk_listed_figure(listed, value, decimals);
}

static void add_count(jk_listed *listed, const figure_of *of, const char *figure, uint64_t value) {
    add_figure(listed, of, figure, (double)value, 0);
}

static void add_amounts(jk_listed *listed, const jk_inspection *inspection, figure_of of,
                        const jk_inspect_amounts *amounts) {
    add_count(listed, &of, "claims", amounts->claims);
    for (size_t c = 0; c < inspection->currency_count; c++) {
        of.currency = inspection->currency[c];
        add_figure(listed, &of, "balance", amounts->balance[c], 2);
    }
}

static void add_columns(jk_listed *listed, const jk_inspection *inspection) {
    for (size_t k = 0; k < inspection->column_count; k++) {
        const jk_inspect_column *column = &inspection->columns[inspection->column[k]];
        const char *name = jk_inspect_item_name(inspection, (int)inspection->column[k]);
        const figure_of of = {"column", "all", "", name};
        add_count(listed, &of, "given", column->given);
        add_count(listed, &of, "missing", column->missing);
        for (size_t i = 0; i < column->level_count; i++) {
            add_amounts(listed, inspection, (figure_of){name, "all", "", column->levels[i].name},
                        &column->levels[i].amounts);
        }
    }
}

static void add_group(jk_listed *listed, const jk_inspection *inspection, size_t g) {
    const jk_inspect_group *group = &inspection->groups[g];
    add_amounts(listed, inspection, (figure_of){"group", group->name, "", ""}, &group->amounts);
    for (size_t k = 0; k < inspection->check_count; k++) {
        add_amounts(listed, inspection, (figure_of){"pattern", group->name, "", group->checks[k].name},
                    &group->checks[k].amounts);
    }
}

/* The balance of each currency; how many claims it has stands with the levels of its column. */
static void add_currencies(jk_listed *listed, const jk_inspection *inspection) {
    enum { CURRENCY, CLAIMS, FIGURES };
    const jk_listing rows = jk_inspect_currencies_listing(inspection);
    for (size_t row = 0; row < rows.rows; row++) {
        const char *const of[] = {"tape", "all", inspection->currency[row], ""};
        jk_listed_figures(listed, of, sizeof of / sizeof of[0], &rows, row, FIGURES);
    }
}

/* The spread of a group's numbers, whose rows follow one another. */
static void add_numbers(jk_listed *listed, const jk_inspection *inspection, size_t g) {
    enum { GROUP, ITEM, CURRENCY, FIGURES };
    const jk_listing rows = jk_inspect_numbers_listing(inspection);
    const size_t count = rows.rows / inspection->group_count;
    jk_cell cells[JK_LISTING_COLUMNS];
    for (size_t row = g * count; row < (g + 1) * count; row++) {
        (void)jk_listing_row(&rows, row, cells, NULL);
        const char *const of[] = {"numbers", cells[GROUP].text, cells[CURRENCY].text, cells[ITEM].text};
        jk_listed_figures(listed, of, sizeof of / sizeof of[0], &rows, row, FIGURES);
    }
}

jk_listed *jk_inspect_figures(const jk_inspection *inspection) {
    jk_listed *listed = jk_listed_create(&no_figures);
    const figure_of tape = {"tape", "all", "", ""};
    add_count(listed, &tape, "claims", inspection->rows);
    add_count(listed, &tape, "debtors", inspection->debtors);
    add_currencies(listed, inspection);
    add_columns(listed, inspection);
    for (size_t i = 0; i < inspection->age_count; i++) {
        add_amounts(listed, inspection, (figure_of){"age", "all", "", inspection->ages[i].name},
                    &inspection->ages[i].amounts);
    }
    for (size_t i = 0; i < inspection->debtor_band_count; i++) {
        const jk_inspect_band *band = &inspection->debtor_bands[i];
        const figure_of of = {"claims per debtor", "all", "", band->name};
        add_count(listed, &of, "debtors", band->debtors);
        add_count(listed, &of, "claims", band->amounts.claims);
    }
    for (size_t g = 0; g < inspection->group_count; g++) {
        add_group(listed, inspection, g);
        add_numbers(listed, inspection, g);
    }
    return listed;
}

jk_listing jk_inspect_figures_listing(const jk_listed *figures) {
    return figures == NULL ? no_figures : jk_listed_rows(figures);
}
