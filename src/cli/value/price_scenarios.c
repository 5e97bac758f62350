/* SPDX-License-Identifier: Apache-2.0 */
/* The bid table's scenarios: what each does to the bid for the portfolio, and to that for each segment. */
#include <math.h>

#include "base/words/language.h"
#include "cli/value/price_command.h"
#include "jalki/export.h"

/* One row a scenario; for each return the bid, its change, what binds, and the return at the price asked. */
static int print_portfolio(const jk_bids *bids, const jk_listing *rows) {
    const char *shown[8] = {"scenario", "bid", "change_pct"}, *heads[JK_RETURNS_MAX];
    char text[JK_RETURNS_MAX][64], rate[JK_AMOUNT_TEXT];
    size_t count = 3;
    if (bids->floor_count > 0) {
        shown[count++] = "binding";
    }
    if (!isnan(bids->asked)) {
        shown[count++] = "asked_irr";
    }
    for (size_t r = 0; r < bids->return_count; r++) {
        jk_text_format(text[r], sizeof text[r], "%s %s %%", jk_text("bid at"),
                       jk_amount(rate, 100.0 * bids->irr[r], jk_cli_rate_decimals(bids->irr[r])));
        heads[r] = text[r];
    }
    return jk_cli_listing_table(rows,
                                &(jk_cli_listing_view){.title = bids->committed ? "By scenario (the base plan is kept)"
                                                                                : "By scenario (each planned anew)",
                                                       .shown = shown,
                                                       .spread = shown + 1,
                                                       .spread_heads = heads,
                                                       .abreast = bids->return_count,
                                                       .apart = bids->line_count,
                                                       .step = bids->return_count * bids->line_count,
                                                       .money_decimals = jk_cli_decimals(&bids->first),
                                                       .written = jk_price_written});
}

/* Segments down, scenarios across, at one return. */
static int print_segments(const jk_bids *bids, const jk_listing *rows, size_t r) {
    static const char *const shown[] = {"name", "bid", NULL};
    char title[128], rate[JK_AMOUNT_TEXT];
    jk_text_format(title, sizeof title, "Bid by segment and scenario at %s %%",
                   jk_amount(rate, 100.0 * bids->irr[r], jk_cli_rate_decimals(bids->irr[r])));
    jk_cli_listing_view view = {.plain_title = title,
                                .claims = "claims",
                                .shown = shown,
                                .spread = shown + 1,
                                .spread_heads = bids->scenario,
                                .abreast = bids->scenario_count,
                                .apart = bids->return_count * bids->line_count,
                                .money_decimals = jk_cli_decimals(&bids->first)};
    jk_price_choose_lines(&view, bids, JK_BID_SEGMENT);
    view.first += r * bids->line_count;
    return jk_cli_listing_table(rows, &view);
}

int jk_price_print_scenarios(const jk_bids *bids) {
    const jk_listing rows = jk_bids_listing(bids);
    int failed = print_portfolio(bids, &rows);
    for (size_t r = 0; r < bids->return_count; r++) {
        failed |= print_segments(bids, &rows, r);
    }
    return failed;
}
