/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of jalki value. */
#include "cli/value/value_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/print/listing_print.h"
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

static void add_line(jk_table *table, const char *name, double amount, double face, int decimals) {
    jk_table_cell(table, "%s", name);
    jk_table_amount(table, amount, decimals);
    jk_table_percent(table, jk_percent(amount, face));
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

int jk_value_print_totals(const jk_valuation *valuation, const jk_model *model) {
    jk_offer offer = jk_offer_make(valuation, NULL, 0, NAN);
    double face = valuation->total.face;
    int decimals = jk_cli_decimals(valuation);
    jk_table *table = jk_table_create("lrr");
    char title[128];
    char percent[JK_AMOUNT_TEXT];
    jk_table_cell(table, "%s", "");
    jk_table_cell(table, "%s", model->base_currency);
    jk_table_words(table, "% of face");
    add_line(table, jk_text("face"), face, face, decimals);
    jk_text_format(title, sizeof title, "value at %s %% a year",
                   jk_amount(percent, 100.0 * valuation->irr, jk_cli_rate_decimals(valuation->irr)));
    add_line(table, title, offer.value, face, decimals);
    add_line(table, jk_text("onboarding"), offer.onboarding, face, decimals);
    add_line(table, jk_text("bid"), offer.bid, face, decimals);
    jk_table_rule(table);
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        if (jk_erc_months[i] <= valuation->flow.months) {
            jk_text_format(title, sizeof title, "ERC-%d (gross collections)", jk_erc_months[i]);
            add_line(table, title, offer.erc_gross[i], face, decimals);
        }
    }
    jk_text_format(title, sizeof title, "all %d months: gross", valuation->flow.months);
    add_line(table, title, offer.sum.gross, face, decimals);
    add_line(table, jk_text("  of it instalments"), offer.sum.instalments, face, decimals);
    add_line(table, jk_text("  cost of collection"), offer.sum.cost, face, decimals);
    add_line(table, jk_text("  sale proceeds"), offer.sum.sale, face, decimals);
    add_line(table, jk_text("  net"), offer.sum.net, face, decimals);
    for (int i = 0; i < JK_NPV_COUNT; i++) {
        jk_text_format(title, sizeof title, "NPV of the first %d months", jk_npv_months[i]);
        add_line(table, title, offer.npv[i], face, decimals);
    }
    int failed = jk_cli_print_table(table, jk_text("Portfolio"));
    jk_cli_say("\n");
    if (valuation->total.hours > 0.0) {
        jk_cli_say("  the treatments take %s agent hours in the first %d months\n",
                   jk_amount(percent, valuation->total.hours, 1), model->epochs[0]);
    }
    if (!isnan(offer.multiple)) {
        jk_cli_say("  money multiple %s net, ", jk_amount(percent, offer.multiple, 2));
        jk_cli_say("%s gross of bid and onboarding, ", jk_amount(percent, offer.gross_multiple, 2));
        if (offer.payback > 0) {
            jk_cli_say("paid back in month %d", offer.payback);
        } else {
            jk_cli_say("never paid back within the horizon");
        }
    } else {
        jk_cli_say("  nothing is paid, so there is no multiple and no payback");
    }
    if (!isnan(offer.cost_share)) {
        jk_cli_say("; cost is %s %% of gross", jk_amount(percent, 100.0 * offer.cost_share, 1));
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
    jk_table *table = jk_table_headed("rrrr", "after months", "payers", "% of claims", "instalments until the next");
    int start = 0;
    for (int j = 0; j < model->epoch_count; j++) {
        int end = start + model->epochs[j];
        double payers = jk_valuation_payers(valuation, start + 1);
        jk_month before = jk_valuation_months(valuation, start, valuation->segment_count);
        jk_month after = jk_valuation_months(valuation, end, valuation->segment_count);
        jk_table_cell(table, "%d", start);
        jk_table_amount(table, payers, 0);
        jk_table_percent(table, jk_percent(payers, (double)valuation->total.claims));
        jk_table_amount(table, after.instalments - before.instalments, jk_cli_decimals(valuation));
        start = end;
    }
    return jk_cli_print_table(table, jk_text("Who pays (claims expected to bring instalments)"));
}

int jk_value_print_groups(const jk_valuation *valuation, const jk_model *model) {
    return print_years(valuation) | print_payers(valuation, model) | print_groups(valuation) | print_reasons(valuation);
}
