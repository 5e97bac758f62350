/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table's scenarios: what each does to the bid for the portfolio, and to that for each segment. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/value/price_command.h"

static void rate_cell(jk_table *table, const char *what, double irr) {
    char rate[JK_AMOUNT_TEXT];
    jk_table_say(table, "%s %s %%", jk_text(what), jk_amount(rate, 100.0 * irr, jk_cli_rate_decimals(irr)));
}

/* One row a scenario; for each return the bid, its change, what binds, and the return at the price asked. */
static int print_portfolio(const jk_bids *bids, int decimals) {
    bool floors = bids->floor_count > 0;
    bool asked = !isnan(bids->asked);
    char alignment[1 + 4 * JK_RETURNS_MAX + 1] = "l";
    memset(alignment + 1, 'r', bids->return_count * (2U + floors + asked));
    jk_table *table = jk_table_create(alignment);
    jk_table_words(table, "scenario");
    for (size_t r = 0; r < bids->return_count; r++) {
        rate_cell(table, "bid at", bids->irr[r]);
        jk_table_words(table, "change");
        if (floors) {
            jk_table_words(table, "bound by");
        }
        if (asked) {
            jk_table_words(table, "return if asked is paid");
        }
    }
    for (size_t s = 0; s < bids->scenario_count; s++) {
        jk_table_cell(table, "%s", bids->scenario[s]);
        for (size_t r = 0; r < bids->return_count; r++) {
            const jk_bid_cell *cell = jk_bid_at(bids, s, r, 0);
            double base = jk_bid_at(bids, 0, r, 0)->offer.bid;
            jk_table_amount(table, cell->offer.bid, decimals);
            jk_table_percent(table, s == 0 ? (double)NAN : jk_percent(cell->offer.bid - base, base));
            if (floors) {
                const char *bound = jk_text_if_known(jk_bid_binding(bids, cell));
                jk_table_say(table, cell->offer.attainable ? "%s" : "%s (not met at any price)", bound);
            }
            if (asked) {
                jk_table_percent(table, 100.0 * cell->offer.asked_irr);
            }
        }
    }
    return jk_cli_print_table(
        table, jk_text(bids->committed ? "By scenario (the base plan is kept)" : "By scenario (each planned anew)"));
}

/* Segments down, scenarios across, at one return. */
static int print_segments(const jk_bids *bids, size_t r, int decimals) {
    size_t columns = 1 + bids->scenario_count;
    char *alignment = malloc(columns + 1);
    if (alignment == NULL) {
        return jk_cli_print_table(NULL, NULL);
    }
    memset(alignment, 'r', columns);
    alignment[0] = 'l';
    alignment[columns] = '\0';
    jk_table *table = jk_table_create(alignment);
    free(alignment);
    jk_table_words(table, "segment");
    for (size_t s = 0; s < bids->scenario_count; s++) {
        jk_table_cell(table, "%s", bids->scenario[s]);
    }
    for (size_t line = 0; line < bids->line_count; line++) {
        if (bids->line[line].kind != JK_BID_SEGMENT || jk_bid_at(bids, 0, r, line)->group.claims == 0) {
            continue;
        }
        jk_table_cell(table, "%s", bids->line[line].name);
        for (size_t s = 0; s < bids->scenario_count; s++) {
            jk_table_amount(table, jk_bid_at(bids, s, r, line)->offer.bid, decimals);
        }
    }
    char title[128];
    char rate[JK_AMOUNT_TEXT];
    jk_text_format(title, sizeof title, "Bid by segment and scenario at %s %%",
                   jk_amount(rate, 100.0 * bids->irr[r], jk_cli_rate_decimals(bids->irr[r])));
    return jk_cli_print_table(table, title);
}

int jk_price_print_scenarios(const jk_bids *bids) {
    int decimals = jk_cli_decimals(&bids->first);
    int failed = print_portfolio(bids, decimals);
    for (size_t r = 0; r < bids->return_count; r++) {
        failed |= print_segments(bids, r, decimals);
    }
    return failed;
}
