/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a panel of history: one figure a line, for pivot tables, and as JSON. */
#include "base/file/run_record.h"
#include "base/text/json.h"
#include "base/words/listing.h"
#include "jalki/inspect_panel.h"

static const jk_listing_column columns[] = {
    JK_LISTED_TEXT("item", NULL, "all, treatment, exit or missing"),
    JK_LISTED_TEXT("currency", NULL, "Of amounts"),
    JK_LISTED_TEXT("treatment", NULL, "Under which"),
    JK_LISTED_TEXT("figure", NULL, "rows, claims, debtors, months, cash, and so on"),
    JK_LISTED_FIGURE("value", "as the figure is", "The figure"),
};
static const jk_listing no_figures = {
    .name = "inspect of a panel", .columns = columns, .column_count = sizeof columns / sizeof columns[0]};

const jk_column jk_panel_optional[JK_PANEL_OPTIONAL] = {
    JK_COLUMN_CAPACITY_CLASS, JK_COLUMN_CAPACITY_CLASS_END, JK_COLUMN_TITLE_STATE, JK_COLUMN_CASH_PRINCIPAL,
    JK_COLUMN_CASH_INTEREST,  JK_COLUMN_CASH_COSTS,         JK_COLUMN_COST,        JK_COLUMN_EXIT};

static const char *level(jk_column column, size_t code) {
    size_t count = 0;
    return jk_schema_levels(column, &count)[code];
}

static void add_panel_count(jk_listed *listed, const char *item, const char *figure, uint64_t value) {
    jk_listed_texts(listed, item, "", "", figure);
    jk_listed_figure(listed, (double)value, 0);
}

static void add_treatment(jk_listed *listed, const char *currency, const char *treatment,
                          const jk_panel_figures *figures) {
    const struct {
        const char *name;
        double value;
        int decimals;
    } lines[] = {{"rows", (double)figures->rows, 0},
                 {"rows_with_cash", (double)figures->rows_with_cash, 0},
                 {"claim_months", figures->months, -1},
                 {"exposure_years", figures->exposure, 2},
                 {"cash", figures->cash, 2},
                 {"cost", figures->cost, 2}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        jk_listed_texts(listed, "treatment", currency, treatment, lines[i].name);
        jk_listed_figure(listed, lines[i].value, lines[i].decimals);
    }
}

jk_listed *jk_inspect_panel_figures(const jk_panel_inspection *in) {
    jk_listed *listed = jk_listed_create(&no_figures);
    add_panel_count(listed, "all", "rows", in->rows);
    add_panel_count(listed, "all", "claims", in->claims);
    add_panel_count(listed, "all", "debtors", in->debtors);
    const struct {
        const char *name;
        int32_t day;
    } days[] = {{"first_start", in->first_start}, {"last_start", in->last_start}, {"end", in->end}};
    for (size_t i = 0; i < 3 && in->rows > 0; i++) {
        jk_listed_texts(listed, "all", "", "", days[i].name);
        jk_listed_date(listed, days[i].day);
    }
    for (size_t c = 0; c < in->currency_count; c++) {
        for (size_t t = 0; t < JK_INSPECT_PANEL_TREATMENTS; t++) {
            add_treatment(listed, in->currency[c], level(JK_COLUMN_TREATMENT, t), &in->figures[c][t]);
        }
    }
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        add_panel_count(listed, "exit", level(JK_COLUMN_EXIT, e), in->exits[e]);
    }
    for (size_t c = 0; c < JK_PANEL_OPTIONAL; c++) {
        add_panel_count(listed, "missing", jk_schema_column(jk_panel_optional[c])->name,
                        in->rows - in->given[jk_panel_optional[c]]);
    }
    return listed;
}

jk_listing jk_inspect_panel_listing(const jk_listed *figures) {
    return figures == NULL ? no_figures : jk_listed_rows(figures);
}

/* ---- as JSON ---------------------------------------------------------------------------------------------------- */

static json_t *figures_json(const jk_panel_inspection *in) {
    json_t *list = json_array();
    for (size_t c = 0; c < in->currency_count; c++) {
        for (size_t t = 0; t < JK_INSPECT_PANEL_TREATMENTS; t++) {
            const jk_panel_figures *figures = &in->figures[c][t];
            jk_json_add(list,
                        json_pack("{s:s, s:s, s:I, s:I, s:f, s:f, s:f, s:f}", "currency", in->currency[c], "treatment",
                                  level(JK_COLUMN_TREATMENT, t), "rows", (json_int_t)figures->rows, "rows_with_cash",
                                  (json_int_t)figures->rows_with_cash, "claim_months", figures->months,
                                  "exposure_years", figures->exposure, "cash", figures->cash, "cost", figures->cost));
        }
    }
    return list;
}

char *jk_inspect_panel_json(const jk_panel_inspection *in) {
    json_t *exits = json_object();
    json_t *missing = json_object();
    for (size_t e = 0; e < JK_PANEL_EXIT_COUNT; e++) {
        jk_json_set(exits, level(JK_COLUMN_EXIT, e), json_integer((json_int_t)in->exits[e]));
    }
    for (size_t c = 0; c < JK_PANEL_OPTIONAL; c++) {
        jk_json_set(missing, jk_schema_column(jk_panel_optional[c])->name,
                    json_integer((json_int_t)(in->rows - in->given[jk_panel_optional[c]])));
    }
    json_t *object =
        json_pack("{s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", "panel", "rows", (json_int_t)in->rows,
                  "claims", (json_int_t)in->claims, "debtors", (json_int_t)in->debtors, "first_start",
                  jk_json_date(in->rows > 0 ? in->first_start : JK_MISSING_INTEGER), "last_start",
                  jk_json_date(in->rows > 0 ? in->last_start : JK_MISSING_INTEGER), "end",
                  jk_json_date(in->rows > 0 ? in->end : JK_MISSING_INTEGER), "treatments", figures_json(in), "exits",
                  exits, "missing", missing);
    jk_json_builder b = {0};
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_INDENT(2));
}
