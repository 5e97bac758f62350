/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table: the portfolio at each return, then its segments, countries and decisions; or all of it as CSV. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/options/hours.h"
#include "cli/print/listing_print.h"
#include "cli/print/strata_print.h"
#include "cli/value/price_command.h"
#include "cli/value/value_print.h"
#include "jalki/export.h"

typedef struct bid_view {
    const jk_cli_valuing *valuing;
    const jk_bids *bids;
    jk_listing rows; /* scenario by scenario, in each return by return, of each the lines */
    int decimals;
} bid_view;

/* ---- cells that are written otherwise than their column says ---------------------------------------------------- */

static void binding_cell(jk_table *table, const char *binding, bool is_attainable) {
    jk_table_say(table, is_attainable ? "%s" : "%s (not met at any price)", jk_text_if_known(binding));
}

/* The return at the price asked, or why there is none. */
static void asked_cell(jk_table *table, double rate, const char *outcome) {
    static const char *const words[] = {
        [JK_IRR_FOUND] = "",
        [JK_IRR_NO_ROOT] = "no rate fits",
        [JK_IRR_SEVERAL_ROOTS] = "several rates fit",
        [JK_IRR_ABOVE] = "above 10,000 %",
    };
    size_t o = JK_IRR_ABOVE;
    while (o > JK_IRR_FOUND && strcmp(jk_irr_outcome_name((jk_irr_outcome)o), outcome) != 0) {
        o--;
    }
    if (o == JK_IRR_FOUND) {
        jk_table_percent(table, 100.0 * rate);
    } else {
        jk_table_words(table, words[o]);
    }
}

bool jk_price_written(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const jk_cell *cell = jk_cli_listing_cell(rows, cells, column);
    if (strcmp(column, "binding") == 0) {
        binding_cell(table, cell->text, strcmp(jk_cli_listing_cell(rows, cells, "attainable")->text, "no") != 0);
    } else if (strcmp(column, "asked_irr") == 0) {
        asked_cell(table, cell->number, jk_cli_listing_cell(rows, cells, "asked_irr_outcome")->text);
    } else if (strcmp(column, "payback_months") == 0 || strcmp(column, "asked_payback_months") == 0) {
        jk_table_payback(table, cell->number);
    } else {
        return false;
    }
    return true;
}

/* ---- the portfolio -------------------------------------------------------------------------------------------- */

/* Whether the floors made a bid on another plan than the return's own. */
static bool is_planned_otherwise(const jk_bids *bids) {
    bool other = false;
    for (size_t r = 0; r < bids->return_count; r++) {
        const jk_bid_cell *cell = jk_bid_at(bids, 0, r, 0);
        other = other || cell->plan_irr != cell->offer.irr;
    }
    return other;
}

static void add_bid_lines(jk_cli_shown *lines, const jk_bids *bids) {
    const bool has_floors = bids->floor_count > 0;
    jk_cli_show(lines, "value", NULL);
    jk_cli_show(lines, "onboarding", NULL);
    if (has_floors) {
        jk_cli_show(lines, "bid_at_return", NULL);
    }
    jk_cli_show(lines, "bid", NULL);
    jk_cli_show(lines, "bid_pct_of_face", "  % of face");
    if (has_floors) {
        jk_cli_show(lines, "binding", "  bound by");
    }
    if (has_floors && is_planned_otherwise(bids)) {
        jk_cli_show(lines, "plan_irr", "  on the plan of");
    }
}

static void add_flow_lines(jk_cli_shown *lines, const bid_view *view) {
    const int horizon = view->bids->first.flow.months;
    if (jk_value_show_collections(lines, horizon) != horizon) {
        jk_cli_show_under(lines, "erc_gross", "gross collections, %d months", horizon);
    }
    jk_cli_show(lines, "cost", NULL);
    jk_cli_show(lines, "cost_share", NULL);
    if (view->valuing->sell) {
        jk_cli_show(lines, "sale", NULL);
    }
    jk_cli_show(lines, "net", NULL);
    jk_cli_show(lines, "gross_multiple", "gross money multiple");
    jk_cli_show(lines, "multiple", NULL);
    jk_cli_show(lines, "gross_irr", "gross IRR");
    jk_cli_show(lines, "net_irr", "net IRR");
    jk_cli_show(lines, "wal_years", "WAL, years");
    jk_value_show_npv(lines);
    jk_cli_show(lines, "payback_months", NULL);
}

static int print_bids(const bid_view *view) {
    jk_cli_shown lines = {.count = 0};
    jk_cli_show(&lines, "required_return", NULL);
    jk_cli_show(&lines, "-", NULL);
    add_bid_lines(&lines, view->bids);
    jk_cli_show(&lines, "-", NULL);
    add_flow_lines(&lines, view);
    if (!isnan(view->bids->asked)) {
        jk_cli_show(&lines, "-", NULL);
        jk_cli_show(&lines, "asked", NULL);
        jk_cli_show(&lines, "asked_irr", "  return");
        jk_cli_show(&lines, "asked_multiple", NULL);
        jk_cli_show(&lines, "asked_payback_months", NULL);
    }
    char title[128];
    jk_text_format(title, sizeof title, "Bid, %s", view->valuing->model->base_currency);
    return jk_cli_listing_turned(&view->rows, &(jk_cli_listing_view){.plain_title = title,
                                                                     .shown = lines.columns,
                                                                     .heads = lines.heads,
                                                                     .abreast = view->bids->return_count,
                                                                     .apart = view->bids->line_count,
                                                                     .money_decimals = view->decimals,
                                                                     .written = jk_price_written});
}

/* ---- groups --------------------------------------------------------------------------------------------------- */

void jk_price_choose_lines(jk_cli_listing_view *view, const jk_bids *bids, jk_bid_kind kind) {
    while (view->first < bids->line_count && bids->line[view->first].kind != kind) {
        view->first++;
    }
    while (view->first + view->count < bids->line_count && bids->line[view->first + view->count].kind == kind) {
        view->count++;
    }
    view->step = 1;
    view->name_head = jk_bid_kind_name(kind);
}

/* The lines of a kind, a few columns for each return: `what` at it, and what else is spread. */
static int print_groups(const bid_view *view, jk_bid_kind kind, const char *what, jk_cli_listing_view table) {
    const jk_bids *bids = view->bids;
    char text[JK_RETURNS_MAX][64], rate[JK_AMOUNT_TEXT];
    const char *heads[JK_RETURNS_MAX];
    for (size_t r = 0; r < bids->return_count; r++) {
        jk_text_format(text[r], sizeof text[r], "%s at %s %%", jk_text(what),
                       jk_amount(rate, 100.0 * bids->irr[r], jk_cli_rate_decimals(bids->irr[r])));
        heads[r] = text[r];
    }
    jk_price_choose_lines(&table, bids, kind);
    table.abreast = bids->return_count;
    table.apart = bids->line_count;
    table.spread_heads = heads;
    table.money_decimals = view->decimals;
    table.written = jk_price_written;
    return jk_cli_listing_table(&view->rows, &table);
}

/* Segments and countries: claims and face once, then the bid for the group alone at each return, and what binds it. */
static int print_fixed_groups(const bid_view *view, jk_bid_kind kind, const char *title) {
    static const char *const all[] = {"name", "claims", "face", "bid", "bid_pct_of_face", "binding", NULL};
    static const char *const unbound[] = {"name", "claims", "face", "bid", "bid_pct_of_face", NULL};
    const bool has_floors = view->bids->floor_count > 0;
    return print_groups(view, kind, "bid",
                        (jk_cli_listing_view){.title = title,
                                              .shown = has_floors ? all : unbound,
                                              .spread = has_floors ? all + 3 : unbound + 3,
                                              .claims = "claims"});
}

static bool is_no_sale(const jk_listing *rows, const jk_cell *cells) {
    return strcmp(jk_cli_listing_cell(rows, cells, "name")->text, jk_action_name(JK_SELL)) != 0;
}

/* Decisions change with the return, so the claims are shown for each. */
static int print_decisions(const bid_view *view) {
    static const char *const shown[] = {"name", "claims", "bid", NULL};
    const bool has_floors = view->bids->floor_count > 0;
    return print_groups(
        view, JK_BID_DECISION, "claims",
        (jk_cli_listing_view){.title = has_floors ? "By decision (at the return alone, without floors)" : "By decision",
                              .shown = shown,
                              .spread = shown + 1,
                              .coded = true,
                              .wanted = view->valuing->sell ? NULL : is_no_sale});
}

/* Combinations of columns at each return, or in each scenario where there are some. */
static int print_strata(const bid_view *view) {
    enum { HEAD = 160 };
    const jk_bids *bids = view->bids;
    const size_t cases = bids->return_count * bids->scenario_count;
    char(*text)[HEAD] = calloc(cases, sizeof *text);
    const char **heads = calloc(cases, sizeof *heads);
    for (size_t c = 0; text != NULL && heads != NULL && c < cases; c++) {
        const size_t r = c / bids->scenario_count, s = c % bids->scenario_count;
        char rate[JK_AMOUNT_TEXT];
        jk_text_format(text[c], HEAD, "%s at %s %%", s == 0 ? jk_text("bid") : bids->scenario[s],
                       jk_amount(rate, 100.0 * bids->irr[r], jk_cli_rate_decimals(bids->irr[r])));
        heads[c] = text[c];
    }
    const jk_cli_strata_view table = {.title = "By the columns asked for (bids at the return alone, without floors)",
                                      .money = "bid",
                                      .percent = "bid_pct_of_face",
                                      .heads = heads,
                                      .percent_head = "of face",
                                      .decimals = view->decimals};
    int failed =
        text != NULL && heads != NULL ? jk_cli_strata_table(bids->strata, &table) : jk_cli_print_table(NULL, NULL);
    free((void *)heads);
    free(text);
    return failed;
}

int jk_price_print_tables(const jk_cli_valuing *valuing, const jk_bids *bids) {
    const bid_view view = {
        .valuing = valuing, .bids = bids, .rows = jk_bids_listing(bids), .decimals = jk_cli_decimals(&bids->first)};
    jk_cli_valuing_heading(valuing, &bids->first);
    int failed = print_bids(&view);
    for (size_t r = 0; bids->hours != NULL && r < bids->return_count; r++) {
        failed |= jk_cli_print_hours(&bids->hours[r], valuing->model, bids->irr[r], bids->first.onboarding);
    }
    if (bids->first.worth != NULL && bids->first.worth->draws > 0) {
        (void)putchar('\n');
        jk_cli_valuing_tell_worth(valuing, bids->first.worth);
    }
    if (bids->scenario_count > 1) {
        failed |= jk_price_print_scenarios(bids);
    }
    failed |= print_fixed_groups(&view, JK_BID_SEGMENT, "By segment (the bid for each alone)");
    failed |= print_fixed_groups(&view, JK_BID_COUNTRY, "By country (the bid for each alone)");
    failed |= print_decisions(&view);
    failed |= bids->strata != NULL ? print_strata(&view) : 0;
    return failed | jk_cli_finish();
}

/* ---- CSV ------------------------------------------------------------------------------------------------------ */

int jk_price_print_csv(const jk_bids *bids) {
    jk_listing listing = bids->strata != NULL ? jk_strata_cases_listing(bids->strata) : jk_bids_listing(bids);
    return jk_cli_listing_csv(&listing);
}
