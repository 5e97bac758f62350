/* SPDX-License-Identifier: Apache-2.0 */
/* `jalki inspect --format csv`: one figure a line, for pivot tables. */
#include <stdbool.h>
#include <stdio.h>

#include "base/calendar.h"
#include "cli/inspect_print.h"
#include "cli/table.h"

static void print_key(const char *section, const char *group, const char *currency, const char *item,
                      const char *figure) {
    const char *const cells[] = {section, group, currency, item, figure};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        jk_cli_csv_text(cells[i], ",");
    }
}

static void print_count(const char *section, const char *group, const char *item, const char *figure, uint64_t value) {
    print_key(section, group, "", item, figure);
    (void)printf("%llu\n", (unsigned long long)value);
}

static void print_amounts(const jk_inspection *inspection, const char *section, const char *group, const char *item,
                          const jk_inspect_amounts *amounts) {
    print_count(section, group, item, "claims", amounts->claims);
    for (size_t c = 0; c < inspection->currency_count; c++) {
        print_key(section, group, inspection->currency[c], item, "balance");
        (void)printf("%.2f\n", amounts->balance[c]);
    }
}

static void print_series(const jk_inspection *inspection, size_t group, int item, size_t currency) {
    const jk_inspect_series *series = jk_inspect_series_of(inspection, group, item, currency);
    bool is_date = item != JK_INSPECT_BALANCE && jk_schema_column((jk_column)item)->type == JK_TYPE_DATE;
    const char *name = inspection->groups[group].name, *what = jk_inspect_item_name(inspection, item);
    const char *unit = jk_inspect_is_money(item) ? inspection->currency[currency] : "";
    const struct {
        const char *figure;
        double value;
    } values[] = {{"minimum", series->minimum},      {"p01", series->p01},         {"p25", series->quartile[0]},
                  {"median", series->quartile[1]},   {"p75", series->quartile[2]}, {"p99", series->p99},
                  {"maximum", series->maximum},      {"mean", series->mean},       {"fence_low", series->fence_low},
                  {"fence_high", series->fence_high}};
    const struct {
        const char *figure;
        uint64_t value;
    } counts[] = {
        {"given", series->given}, {"missing", series->missing}, {"below", series->below}, {"above", series->above}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        print_key("numbers", name, unit, what, counts[i].figure);
        (void)printf("%llu\n", (unsigned long long)counts[i].value);
    }
    for (size_t i = 0; i < sizeof values / sizeof values[0] - (series->has_fences ? 0 : 2) && series->given > 0; i++) {
        char date[JK_DATE_TEXT];
        print_key("numbers", name, unit, what, values[i].figure);
        if (is_date && i < 7) {
            (void)printf("%s\n", jk_date_format((int32_t)values[i].value, date));
        } else {
            (void)printf("%.9g\n", values[i].value);
        }
    }
}

void jk_cli_inspect_csv(const jk_inspection *inspection) {
    (void)puts("section,group,currency,item,figure,value");
    print_count("tape", "all", "", "claims", inspection->rows);
    print_count("tape", "all", "", "debtors", inspection->debtors);
    for (size_t c = 0; c < inspection->currency_count; c++) {
        print_key("tape", "all", inspection->currency[c], "", "top_percent_share");
        (void)printf("%.9g\n", inspection->top_percent_share[c]);
    }
    for (size_t k = 0; k < inspection->column_count; k++) {
        const jk_inspect_column *column = &inspection->columns[inspection->column[k]];
        const char *name = jk_inspect_item_name(inspection, (int)inspection->column[k]);
        print_count("column", "all", name, "given", column->given);
        print_count("column", "all", name, "missing", column->missing);
        for (size_t i = 0; i < column->level_count; i++) {
            print_amounts(inspection, name, "all", column->levels[i].name, &column->levels[i].amounts);
        }
    }
    for (size_t i = 0; i < inspection->age_count; i++) {
        print_amounts(inspection, "age", "all", inspection->ages[i].name, &inspection->ages[i].amounts);
    }
    for (size_t i = 0; i < inspection->debtor_band_count; i++) {
        print_count("claims per debtor", "all", inspection->debtor_bands[i].name, "debtors",
                    inspection->debtor_bands[i].debtors);
    }
    for (size_t g = 0; g < inspection->group_count; g++) {
        const jk_inspect_group *group = &inspection->groups[g];
        print_amounts(inspection, "group", group->name, "", &group->amounts);
        for (size_t k = 0; k < inspection->check_count; k++) {
            print_amounts(inspection, "pattern", group->name, group->checks[k].name, &group->checks[k].amounts);
        }
        for (size_t place = 0; place <= inspection->column_count; place++) {
            const int item = jk_inspect_item(inspection, place);
            size_t count = jk_inspect_is_money(item) ? inspection->currency_count : (size_t)jk_inspect_is_numeric(item);
            for (size_t c = 0; c < count; c++) {
                print_series(inspection, g, item, c);
            }
        }
    }
}
