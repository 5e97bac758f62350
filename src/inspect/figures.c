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

static void add_series(jk_listed *listed, const jk_inspection *inspection, size_t group, int item, size_t currency) {
    const jk_inspect_series *series = jk_inspect_series_of(inspection, group, item, currency);
    const bool is_date = item != JK_INSPECT_BALANCE && jk_schema_column((jk_column)item)->type == JK_TYPE_DATE;
    const figure_of of = {"numbers", inspection->groups[group].name,
                          jk_inspect_is_money(item) ? inspection->currency[currency] : "",
                          jk_inspect_item_name(inspection, item)};
    enum { DAYS = 7 }; /* of these, the days where the item is one */
    const struct {
        const char *figure;
        double value;
    } values[] = {{"minimum", series->minimum},      {"p01", series->p01},         {"p25", series->quartile[0]},
                  {"median", series->quartile[1]},   {"p75", series->quartile[2]}, {"p99", series->p99},
                  {"maximum", series->maximum},      {"mean", series->mean},       {"fence_low", series->fence_low},
                  {"fence_high", series->fence_high}};
    add_count(listed, &of, "given", series->given);
    add_count(listed, &of, "missing", series->missing);
    add_count(listed, &of, "below", series->below);
    add_count(listed, &of, "above", series->above);
    for (size_t i = 0; i < sizeof values / sizeof values[0] - (series->has_fences ? 0 : 2) && series->given > 0; i++) {
        if (is_date && i < DAYS) {
            jk_listed_texts(listed, of.section, of.group, of.currency, of.item, values[i].figure);
            jk_listed_date(listed, (int32_t)values[i].value);
        } else {
            add_figure(listed, &of, values[i].figure, values[i].value, -1);
        }
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
    for (size_t place = 0; place <= inspection->column_count; place++) {
        const int item = jk_inspect_item(inspection, place);
        size_t count = jk_inspect_is_money(item) ? inspection->currency_count : (size_t)jk_inspect_is_numeric(item);
        for (size_t c = 0; c < count; c++) {
            add_series(listed, inspection, g, item, c);
        }
    }
}

jk_listed *jk_inspect_figures(const jk_inspection *inspection) {
    jk_listed *listed = jk_listed_create(&no_figures);
    figure_of tape = {"tape", "all", "", ""};
    add_count(listed, &tape, "claims", inspection->rows);
    add_count(listed, &tape, "debtors", inspection->debtors);
    for (size_t c = 0; c < inspection->currency_count; c++) {
        tape.currency = inspection->currency[c];
        add_figure(listed, &tape, "top_percent_share", inspection->top_percent_share[c], -1);
    }
    add_columns(listed, inspection);
    for (size_t i = 0; i < inspection->age_count; i++) {
        add_amounts(listed, inspection, (figure_of){"age", "all", "", inspection->ages[i].name},
                    &inspection->ages[i].amounts);
    }
    for (size_t i = 0; i < inspection->debtor_band_count; i++) {
        add_count(listed, &(figure_of){"claims per debtor", "all", "", inspection->debtor_bands[i].name}, "debtors",
                  inspection->debtor_bands[i].debtors);
    }
    for (size_t g = 0; g < inspection->group_count; g++) {
        add_group(listed, inspection, g);
    }
    return listed;
}

jk_listing jk_inspect_figures_listing(const jk_listed *figures) {
    return figures == NULL ? no_figures : jk_listed_rows(figures);
}
