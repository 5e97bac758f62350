/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table: the portfolio at each return, then its segments, countries and decisions; or all of it as CSV. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/options/hours.h"
#include "cli/print/listing_print.h"
#include "cli/print/strata_print.h"
#include "cli/value/price_command.h"
#include "jalki/export.h"

typedef struct bid_view {
    const jk_cli_valuing *valuing;
    const jk_bids *bids;
    size_t scenario;
    int decimals;
} bid_view;

static const jk_bid_cell *cell_at(const bid_view *view, size_t which_return, size_t line) {
    return jk_bid_at(view->bids, view->scenario, which_return, line);
}

static const jk_offer *offer_at(const bid_view *view, size_t which_return) {
    return &cell_at(view, which_return, 0)->offer;
}

/* A table with one left column, `fixed` right ones and `per_return` for each return. */
static jk_table *create_table(size_t fixed, size_t per_return, size_t returns) {
    char alignment[3 + 3 * JK_RETURNS_MAX + 1] = "l";
    size_t columns = 1 + fixed + per_return * returns;
    memset(alignment + 1, 'r', columns - 1);
    alignment[columns] = '\0';
    return jk_table_create(alignment);
}

/* ---- the portfolio -------------------------------------------------------------------------------------------- */

static void amounts_line(jk_table *table, const bid_view *view, const char *name, size_t field, int decimals) {
    jk_table_cell(table, "%s", name);
    for (size_t r = 0; r < view->bids->return_count; r++) {
        double value = 0.0;
        memcpy(&value, (const char *)offer_at(view, r) + field, sizeof value);
        jk_table_amount(table, value, decimals);
    }
}

static void rates_line(jk_table *table, const bid_view *view, const char *name, size_t field) {
    jk_table_cell(table, "%s", name);
    for (size_t r = 0; r < view->bids->return_count; r++) {
        double rate = 0.0;
        memcpy(&rate, (const char *)offer_at(view, r) + field, sizeof rate);
        jk_table_percent(table, 100.0 * rate);
    }
}
#define AMOUNTS(name, field) amounts_line(table, view, name, offsetof(jk_offer, field), view->decimals)

static void months_cell(jk_table *table, int months) {
    if (months > 0) {
        jk_table_say(table, "%d months", months);
    } else {
        jk_table_words(table, "never");
    }
}

static void binding_cell(jk_table *table, const bid_view *view, const jk_bid_cell *cell) {
    const char *bound = jk_text_if_known(jk_bid_binding(view->bids, cell));
    jk_table_say(table, cell->offer.attainable ? "%s" : "%s (not met at any price)", bound);
}

/* Whose plan the floors made the bid on, where it is not the return's own. */
static void plan_line(jk_table *table, const bid_view *view) {
    bool other = false;
    for (size_t r = 0; r < view->bids->return_count; r++) {
        const jk_bid_cell *cell = cell_at(view, r, 0);
        other = other || cell->plan_irr != cell->offer.irr;
    }
    if (other) {
        jk_table_words(table, "  on the plan of");
        for (size_t r = 0; r < view->bids->return_count; r++) {
            jk_table_percent(table, 100.0 * cell_at(view, r, 0)->plan_irr);
        }
    }
}

static void bid_lines(jk_table *table, const bid_view *view) {
    size_t returns = view->bids->return_count;
    AMOUNTS(jk_text("value"), value);
    AMOUNTS(jk_text("onboarding"), onboarding);
    if (view->bids->floor_count > 0) {
        AMOUNTS(jk_text("bid at the return alone"), bid_at_return);
    }
    AMOUNTS(jk_text("bid"), bid);
    jk_table_words(table, "  % of face");
    for (size_t r = 0; r < returns; r++) {
        jk_table_percent(table, offer_at(view, r)->bid_pct_of_face);
    }
    if (view->bids->floor_count > 0) {
        jk_table_words(table, "  bound by");
        for (size_t r = 0; r < returns; r++) {
            binding_cell(table, view, cell_at(view, r, 0));
        }
        plan_line(table, view);
    }
    jk_table_rule(table);
}

static void flow_lines(jk_table *table, const bid_view *view) {
    int horizon = view->bids->first.flow.months;
    size_t returns = view->bids->return_count;
    bool whole = false; /* one of the usual spans is the whole horizon */
    char name[128];
    for (int i = 0; i < JK_ERC_COUNT && jk_erc_months[i] <= horizon; i++) {
        jk_text_format(name, sizeof name, "ERC-%d (gross collections)", jk_erc_months[i]);
        amounts_line(table, view, name, offsetof(jk_offer, erc_gross) + (size_t)i * sizeof(double), view->decimals);
        whole = jk_erc_months[i] == horizon;
    }
    if (!whole) {
        jk_text_format(name, sizeof name, "gross collections, %d months", horizon);
        AMOUNTS(name, sum.gross);
    }
    AMOUNTS(jk_text("cost of collection"), sum.cost);
    jk_table_words(table, "  % of gross");
    for (size_t r = 0; r < returns; r++) {
        jk_table_percent(table, 100.0 * offer_at(view, r)->cost_share);
    }
    if (view->valuing->sell) {
        AMOUNTS(jk_text("sale proceeds"), sum.sale);
    }
    AMOUNTS(jk_text("net"), sum.net);
    amounts_line(table, view, jk_text("gross money multiple"), offsetof(jk_offer, gross_multiple), 2);
    amounts_line(table, view, jk_text("net money multiple"), offsetof(jk_offer, multiple), 2);
    rates_line(table, view, jk_text("gross IRR"), offsetof(jk_offer, gross_irr));
    rates_line(table, view, jk_text("net IRR"), offsetof(jk_offer, net_irr));
    amounts_line(table, view, jk_text("WAL, years"), offsetof(jk_offer, wal_years), 2);
    for (int i = 0; i < JK_NPV_COUNT; i++) {
        jk_text_format(name, sizeof name, "NPV of the first %d months", jk_npv_months[i]);
        amounts_line(table, view, name, offsetof(jk_offer, npv) + (size_t)i * sizeof(double), view->decimals);
    }
    jk_table_words(table, "payback");
    for (size_t r = 0; r < returns; r++) {
        months_cell(table, offer_at(view, r)->payback);
    }
}

static void asked_lines(jk_table *table, const bid_view *view) {
    size_t returns = view->bids->return_count;
    jk_table_rule(table);
    AMOUNTS(jk_text("price asked"), asked);
    jk_table_words(table, "  return");
    for (size_t r = 0; r < returns; r++) {
        const jk_offer *offer = offer_at(view, r);
        if (offer->asked_outcome == JK_IRR_FOUND) {
            jk_table_percent(table, 100.0 * offer->asked_irr);
        } else {
            static const char *const words[] = {"", "no rate fits", "several rates fit", "above 10,000 %"};
            jk_table_words(table, words[offer->asked_outcome]);
        }
    }
    amounts_line(table, view, jk_text("  money multiple"), offsetof(jk_offer, asked_multiple), 2);
    jk_table_words(table, "  payback");
    for (size_t r = 0; r < returns; r++) {
        months_cell(table, offer_at(view, r)->asked_payback);
    }
}

static int print_bids(const bid_view *view) {
    jk_table *table = create_table(0, 1, view->bids->return_count);
    jk_table_words(table, "required return");
    for (size_t r = 0; r < view->bids->return_count; r++) {
        jk_table_percent(table, 100.0 * offer_at(view, r)->irr);
    }
    jk_table_rule(table);
    bid_lines(table, view);
    flow_lines(table, view);
    if (!isnan(view->bids->asked)) {
        asked_lines(table, view);
    }
    char title[128];
    jk_text_format(title, sizeof title, "Bid, %s", view->valuing->model->base_currency);
    return jk_cli_print_table(table, title);
}

/* ---- groups --------------------------------------------------------------------------------------------------- */

static void rate_head(jk_table *table, const char *what, double irr) {
    char rate[JK_AMOUNT_TEXT];
    jk_table_say(table, "%s at %s %%", jk_text(what), jk_amount(rate, 100.0 * irr, jk_cli_rate_decimals(irr)));
}

/* Segments and countries: claims and face once, then the bid for the group alone at each return, and what binds it. */
static int print_fixed_groups(const bid_view *view, jk_bid_kind kind, const char *title) {
    const jk_bids *bids = view->bids;
    bool floors = bids->floor_count > 0;
    jk_table *table = create_table(2, floors ? 3 : 2, bids->return_count);
    jk_table_words(table, jk_bid_kind_name(kind));
    jk_table_words(table, "claims");
    jk_table_words(table, "face");
    for (size_t r = 0; r < bids->return_count; r++) {
        rate_head(table, "bid", offer_at(view, r)->irr);
        jk_table_words(table, "of face");
        if (floors) {
            jk_table_words(table, "bound by");
        }
    }
    for (size_t line = 0; line < bids->line_count; line++) {
        const jk_bid_cell *first = cell_at(view, 0, line);
        if (bids->line[line].kind != kind || first->group.claims == 0) {
            continue;
        }
        jk_table_cell(table, "%s", bids->line[line].name);
        jk_table_count(table, first->group.claims);
        jk_table_amount(table, first->group.face, view->decimals);
        for (size_t r = 0; r < bids->return_count; r++) {
            const jk_bid_cell *cell = cell_at(view, r, line);
            jk_table_amount(table, cell->offer.bid, view->decimals);
            jk_table_percent(table, cell->offer.bid_pct_of_face);
            if (floors) {
                binding_cell(table, view, cell);
            }
        }
    }
    return jk_cli_print_table(table, title);
}

/* Decisions change with the return, so the claims are shown for each. */
static int print_decisions(const bid_view *view) {
    const jk_bids *bids = view->bids;
    jk_table *table = create_table(0, 2, bids->return_count);
    jk_table_words(table, "decision");
    for (size_t r = 0; r < bids->return_count; r++) {
        rate_head(table, "claims", offer_at(view, r)->irr);
        jk_table_words(table, "bid");
    }
    for (size_t line = 0; line < bids->line_count; line++) {
        bool sale = strcmp(bids->line[line].name, jk_action_name(JK_SELL)) == 0;
        if (bids->line[line].kind != JK_BID_DECISION || (sale && !view->valuing->sell)) {
            continue;
        }
        jk_table_words(table, bids->line[line].name);
        for (size_t r = 0; r < bids->return_count; r++) {
            jk_table_count(table, cell_at(view, r, line)->group.claims);
            jk_table_amount(table, cell_at(view, r, line)->offer.bid, view->decimals);
        }
    }
    return jk_cli_print_table(
        table, jk_text(bids->floor_count > 0 ? "By decision (at the return alone, without floors)" : "By decision"));
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
    bid_view view = {.valuing = valuing, .bids = bids, .decimals = jk_cli_decimals(&bids->first)};
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
    failed |= print_fixed_groups(&view, JK_BID_SEGMENT, jk_text("By segment (the bid for each alone)"));
    failed |= print_fixed_groups(&view, JK_BID_COUNTRY, jk_text("By country (the bid for each alone)"));
    failed |= print_decisions(&view);
    failed |= bids->strata != NULL ? print_strata(&view) : 0;
    return failed | jk_cli_finish();
}

/* ---- CSV ------------------------------------------------------------------------------------------------------ */

int jk_price_print_csv(const jk_bids *bids) {
    jk_listing listing = bids->strata != NULL ? jk_strata_cases_listing(bids->strata) : jk_bids_listing(bids);
    return jk_cli_listing_csv(&listing);
}
