/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a panel of history: one figure a line, for pivot tables, and as JSON. */
#include <math.h>

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

/* ---- by currency and treatment --------------------------------------------------------------------------------- */

enum { CURRENCY, TREATMENT, ROWS, WITH_CASH, MONTHS, EXPOSURE, CASH, A_YEAR, COST, TREATMENT_COLUMNS };

static const jk_listing_column treatment_columns[TREATMENT_COLUMNS] = {
    [CURRENCY] = JK_LISTED_TEXT("currency", "currency", "Of amounts, those of most rows first"),
    [TREATMENT] = JK_LISTED_TEXT("treatment", "treatment", "Under which"),
    [ROWS] = JK_LISTED_COUNT("rows", "rows", "Rows: a claim in a period"),
    [WITH_CASH] = JK_LISTED_COUNT("rows_with_cash", "with cash", "Those in which something came in"),
    [MONTHS] = {"claim_months", "claim-months", "months", "Months of all rows", JK_LISTING_NUMBER, -1},
    [EXPOSURE] = {"exposure_years", "exposure, years", "its currency", "Balance times years, of all rows",
                  JK_LISTING_NUMBER, 2},
    [CASH] = {"cash", "cash", "its currency", "What came in", JK_LISTING_NUMBER, 2},
    [A_YEAR] = {"cash_a_year", "% a year", "%", "Cash over exposure", JK_LISTING_NUMBER, 4},
    [COST] = {"cost", "cost", "its currency", "What it cost", JK_LISTING_NUMBER, 2},
};

static jk_status treatment_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_panel_inspection *in = listing->source[0];
    const size_t c = row / JK_INSPECT_PANEL_TREATMENTS, t = row % JK_INSPECT_PANEL_TREATMENTS;
    const jk_panel_figures *figures = &in->figures[c][t];
    size_t count = 0;
    (void)error;
    jk_cell_set(&cells[CURRENCY], in->currency[c]);
    jk_cell_set(&cells[TREATMENT], jk_schema_levels(JK_COLUMN_TREATMENT, &count)[t]);
    cells[ROWS].number = (double)figures->rows;
    cells[WITH_CASH].number = (double)figures->rows_with_cash;
    cells[MONTHS].number = figures->months;
    cells[EXPOSURE].number = figures->exposure;
    cells[CASH].number = figures->cash;
    if (figures->exposure > 0.0) {
        cells[A_YEAR].number = 100.0 * figures->cash / figures->exposure;
    }
    cells[COST].number = figures->cost;
    return JK_OK;
}

jk_listing jk_inspect_treatments_listing(const jk_panel_inspection *inspection) {
    return JK_LISTING_OF("inspect of a panel by treatment", treatment_columns,
                         inspection == NULL ? 0 : inspection->currency_count * JK_INSPECT_PANEL_TREATMENTS,
                         treatment_cells, inspection);
}

/* ---- all figures ------------------------------------------------------------------------------------------------ */

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

static void add_treatments(jk_listed *listed, const jk_panel_inspection *in) {
    const jk_listing rows = jk_inspect_treatments_listing(in);
    for (size_t row = 0; row < rows.rows; row++) {
        const char *const of[] = {"treatment", in->currency[row / JK_INSPECT_PANEL_TREATMENTS],
                                  level(JK_COLUMN_TREATMENT, row % JK_INSPECT_PANEL_TREATMENTS)};
        jk_listed_figures(listed, of, sizeof of / sizeof of[0], &rows, row, ROWS);
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
    if (in->rows > 0) {
        jk_listed_texts(listed, "all", "", "", "shortest_months");
        jk_listed_figure(listed, in->shortest, -6);
        jk_listed_texts(listed, "all", "", "", "longest_months");
        jk_listed_figure(listed, in->longest, -6);
    }
    add_panel_count(listed, "all", "rows_in_other_currencies", in->other_currency_rows);
    add_treatments(listed, in);
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

char *jk_inspect_panel_json(const jk_panel_inspection *in) {
    jk_json_builder b = {0};
    const jk_listing treatments = jk_inspect_treatments_listing(in);
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
                  jk_json_date(in->rows > 0 ? in->end : JK_MISSING_INTEGER), "treatments",
                  jk_listing_json(&b, &treatments), "exits", exits, "missing", missing);
    jk_json_put_numbers(&b, object, {"shortest_months", in->rows > 0 ? in->shortest : (double)NAN},
                        {"longest_months", in->rows > 0 ? in->longest : (double)NAN});
    jk_json_put_counts(&b, object, {"rows_in_other_currencies", in->other_currency_rows});
    jk_json_put(&b, object, "manifest", jk_run_record_manifest(&b));
    return jk_json_text(&b, object, JSON_INDENT(2));
}
