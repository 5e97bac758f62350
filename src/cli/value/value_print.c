/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of jalki value. */
#include "cli/value/value_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/value/valuing.h"
#include "jalki/export.h"

static int print_groups(const jk_valuation *valuation) {
    jk_listing listing = jk_groups_listing(valuation);
    static const struct {
        const char *title, *group, *claims;
    } tables[] = {{"By decision (what to do in the first months)", "decision", "claims"},
                  {"By segment", "segment", "claims"},
                  {"By country", "country", NULL}};
    int failed = 0;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        failed |= jk_cli_listing_table(&listing, &(jk_cli_listing_view){.title = tables[t].title,
                                                                        .group = tables[t].group,
                                                                        .name_head = tables[t].group,
                                                                        .coded = t == 0,
                                                                        .claims = tables[t].claims,
                                                                        .money_decimals = jk_cli_decimals(valuation)});
    }
    return failed;
}

/* What a reason means, where the group would stand. */
static bool write_meaning(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    static const char *const words[] = {"barred at the cut-off", "status allows only close",
                                        "costs more than it brings", "worth working"};
    const char *name = jk_cli_listing_cell(rows, cells, "name")->text;
    for (int r = 0; r < JK_REASON_COUNT && strcmp(column, "group") == 0; r++) {
        if (strcmp(jk_reason_name((jk_reason)r), name) == 0) {
            jk_table_words(table, words[r]);
            return true;
        }
    }
    return false;
}

static int print_reasons(const jk_valuation *valuation) {
    static const char *const shown[] = {"name", "group", "claims", "face", "share_of_face", NULL};
    static const char *const heads[] = {"reason", "", "claims", "face", "share of face"};
    const jk_listing rows = jk_groups_listing(valuation);
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = "Why",
                                                              .group = "reason",
                                                              .coded = true,
                                                              .shown = shown,
                                                              .heads = heads,
                                                              .money_decimals = jk_cli_decimals(valuation),
                                                              .written = write_meaning});
}

/* The returns and the life of what comes in; nothing where there is none. */
static void print_rates(const jk_offer *offer) {
    char gross[JK_AMOUNT_TEXT], net[JK_AMOUNT_TEXT], life[JK_AMOUNT_TEXT];
    if (isfinite(offer->gross_irr) && isfinite(offer->net_irr) && isfinite(offer->wal_years)) {
        jk_cli_say("  IRR %s %% net, %s %% gross of costs; WAL of collections %s years\n",
                   jk_amount(net, 100.0 * offer->net_irr, 1), jk_amount(gross, 100.0 * offer->gross_irr, 1),
                   jk_amount(life, offer->wal_years, 2));
    }
}

int jk_value_show_collections(jk_cli_shown *lines, int horizon) {
    static const char *const gross[JK_ERC_COUNT] = {"erc_gross_84", "erc_gross_120", "erc_gross_180"};
    int last = 0;
    for (int i = 0; i < JK_ERC_COUNT && jk_erc_months[i] <= horizon; i++) {
        last = jk_erc_months[i];
        jk_cli_show_under(lines, gross[i], "ERC-%d (gross collections)", last);
    }
    return last;
}

void jk_value_show_npv(jk_cli_shown *lines) {
    static const char *const npv[JK_NPV_COUNT] = {"npv_12", "npv_24", "npv_36"};
    for (int i = 0; i < JK_NPV_COUNT; i++) {
        jk_cli_show_under(lines, npv[i], "NPV of the first %d months", jk_npv_months[i]);
    }
}

/* All claims: what they are worth, and what comes of them. */
static int print_portfolio(const jk_valuation *valuation, const jk_model *model) {
    const jk_listing rows = jk_groups_listing(valuation); /* the first has all claims */
    const int horizon = valuation->flow.months;
    jk_cli_shown lines = {.count = 0};
    char rate[JK_AMOUNT_TEXT];
    jk_cli_show(&lines, "face", NULL);
    jk_cli_show_under(&lines, "value", "value at %s %% a year",
                      jk_amount(rate, 100.0 * valuation->irr, jk_cli_rate_decimals(valuation->irr)));
    jk_cli_show(&lines, "onboarding", "onboarding");
    jk_cli_show(&lines, "bid", "bid");
    jk_cli_show(&lines, "-", NULL);
    (void)jk_value_show_collections(&lines, horizon);
    jk_cli_show_under(&lines, "erc_gross", "all %d months: gross", horizon);
    jk_cli_show(&lines, "instalments", "  of it instalments");
    jk_cli_show(&lines, "cost", "  cost of collection");
    jk_cli_show(&lines, "sale", "  sale proceeds");
    jk_cli_show(&lines, "erc_net", "  net");
    jk_value_show_npv(&lines);
    const char *const currency = model->base_currency;
    return jk_cli_listing_turned(&rows, &(jk_cli_listing_view){.title = "Portfolio",
                                                               .shown = lines.columns,
                                                               .heads = lines.heads,
                                                               .spread_heads = &currency,
                                                               .share_of = "face",
                                                               .share_head = "% of face",
                                                               .money_decimals = jk_cli_decimals(valuation)});
}

int jk_value_print_totals(const jk_valuation *valuation, const jk_model *model) {
    const jk_offer offer = jk_offer_make(valuation, NULL, 0, NAN);
    char text[JK_AMOUNT_TEXT];
    const int failed = print_portfolio(valuation, model);
    jk_cli_say("\n");
    if (valuation->total.hours > 0.0) {
        jk_cli_say("  the treatments take %s agent hours in the first %d months\n",
                   jk_amount(text, valuation->total.hours, 1), model->epochs[0]);
    }
    if (!isnan(offer.multiple)) {
        jk_cli_say("  money multiple %s net, ", jk_amount(text, offer.multiple, 2));
        jk_cli_say("%s gross of bid and onboarding, ", jk_amount(text, offer.gross_multiple, 2));
        if (offer.payback > 0) {
            jk_cli_say("paid back in month %d", offer.payback);
        } else {
            jk_cli_say("never paid back within the horizon");
        }
    } else {
        jk_cli_say("  nothing is paid, so there is no multiple and no payback");
    }
    if (!isnan(offer.cost_share)) {
        jk_cli_say("; cost is %s %% of gross", jk_amount(text, 100.0 * offer.cost_share, 1));
    }
    jk_cli_say("\n");
    print_rates(&offer);
    return failed;
}

static int print_years(const jk_valuation *valuation) {
    jk_listing listing = jk_years_listing(valuation);
    return jk_cli_listing_table(&listing, &(jk_cli_listing_view){.title = "By year from the cut-off",
                                                                 .money_decimals = jk_cli_decimals(valuation)});
}

/* Who is expected to pay, at the start of each epoch; nothing where no segment has payers. */
static int print_payers(const jk_valuation *valuation, const jk_model *model) {
    if (!jk_model_has_payers(model)) {
        return 0;
    }
    const jk_listing rows = jk_valuation_payers_listing(valuation, model);
    return jk_cli_listing_table(&rows,
                                &(jk_cli_listing_view){.title = "Who pays (claims expected to bring instalments)",
                                                       .money_decimals = jk_cli_decimals(valuation)});
}

int jk_value_print_groups(const jk_valuation *valuation, const jk_model *model) {
    return print_years(valuation) | print_payers(valuation, model) | print_groups(valuation) | print_reasons(valuation);
}
