/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios side by side as tables and as CSV. */
#include <math.h>
#include <stdlib.h>

#include "base/words/language.h"
#include "cli/print/listing_print.h"
#include "cli/print/strata_print.h"
#include "cli/print/table.h"
#include "cli/scenario/scenario_command.h"

enum { CHANGES_SHOWN = 3 };

static const unsigned modes[] = {JK_MODE_REPLANNED, JK_MODE_COMMITTED};

static const jk_valuation *base_of(const jk_scenario_view *view) {
    return jk_scenario_at(view->grid, 0, 0, -1);
}

/* ---- tables ---------------------------------------------------------------------------------------------------- */

static void header_row(jk_table *table, const jk_scenario_view *view, bool changes) {
    int horizon = base_of(view)->flow.months;
    jk_table_words(table, "scenario");
    jk_table_words(table, "value");
    jk_table_words(table, "change %");
    jk_table_words(table, "bid");
    jk_table_words(table, "% of face");
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        int months = jk_erc_months[i] < horizon ? jk_erc_months[i] : horizon;
        jk_table_say(table, "gross %d m", months);
    }
    jk_table_words(table, "multiple");
    jk_table_words(table, "payback");
    if (changes) {
        jk_table_words(table, "decided otherwise");
    }
    jk_table_rule(table);
}

static void line_row(jk_table *table, const jk_scenario_view *view, const char *name, const jk_valuation *valuation,
                     bool changes) {
    const jk_valuation *base = base_of(view);
    jk_scenario_line line = jk_scenario_line_of(valuation, base, view->segment);
    int decimals = jk_cli_decimals(base);
    if (line.irr != base->irr) {
        char rate[JK_AMOUNT_TEXT];
        jk_table_say(table, "%s (at %s %%)", name, jk_amount(rate, 100.0 * line.irr, jk_cli_rate_decimals(line.irr)));
    } else {
        jk_table_cell(table, "%s", name);
    }
    jk_table_amount(table, line.value, decimals);
    jk_table_amount(table, valuation == base ? (double)NAN : line.change_pct, 1);
    jk_table_amount(table, line.bid, decimals);
    jk_table_percent(table, line.bid_pct_of_face);
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        jk_table_amount(table, line.erc_gross[i], decimals);
    }
    jk_table_amount(table, line.multiple, 2);
    if (line.payback > 0) {
        jk_table_say(table, "%d months", line.payback);
    } else {
        jk_table_words(table, "never");
    }
    if (changes) {
        jk_table_count(table, line.changed);
    }
}

static int print_mode(const jk_scenario_view *view, size_t mode) {
    static const char *const titles[] = {"Re-planned: the owner knows the scenario and plans for it",
                                         "Committed: the base plan is kept, only the flows change"};
    bool changes = modes[mode] == JK_MODE_REPLANNED && view->segment < 0;
    jk_table *table = jk_table_create(changes ? "lrrrrrrrrrr" : "lrrrrrrrrr");
    header_row(table, view, changes);
    line_row(table, view, jk_text("base"), base_of(view), changes);
    for (size_t s = 0; s < view->grid->scenario_count; s++) {
        line_row(table, view, view->set->scenarios[s].name, jk_scenario_at(view->grid, 0, modes[mode], (int)s),
                 changes);
    }
    return jk_cli_print_table(table, jk_text(titles[mode]));
}

static void change_rows(jk_table *table, const jk_scenario_view *view, size_t scenario) {
    const jk_valuation *there = jk_scenario_at(view->grid, 0, JK_MODE_REPLANNED, (int)scenario);
    jk_change_pair pairs[CHANGES_SHOWN];
    size_t count = jk_change_pairs(there, pairs, CHANGES_SHOWN);
    for (size_t i = 0; i < count; i++) {
        char words[JK_CHANGE_WORDS];
        const jk_change *change = &there->change[pairs[i].from][pairs[i].to];
        jk_table_cell(table, "%s", i == 0 ? view->set->scenarios[scenario].name : "");
        jk_table_say(table, "%s to %s", jk_text(jk_action_name(pairs[i].from)), jk_text(jk_action_name(pairs[i].to)));
        jk_table_count(table, change->claims);
        jk_table_amount(table, change->face, jk_cli_decimals(there));
        jk_table_cell(table, "%s", jk_change_words(there, pairs[i], words));
    }
}

static int print_changes(const jk_scenario_view *view) {
    jk_table *table = jk_table_headed("llrrl", "scenario", "decision", "claims", "face",
                                      "why (what the actions are worth to such a claim)");
    jk_table_rule(table);
    for (size_t s = 0; s < view->grid->scenario_count; s++) {
        change_rows(table, view, s);
    }
    return jk_cli_print_table(table,
                              jk_text("Decisions that change, re-planned (the three most frequent of each scenario)"));
}

static void print_notes(const jk_scenario_view *view) {
    jk_cli_say("\nScenarios of %s\n", view->set->path);
    for (size_t s = 0; s < view->set->count; s++) {
        const jk_scenario *scenario = &view->set->scenarios[s];
        (void)printf("  %s%s%s\n", scenario->name, scenario->note == NULL ? "" : ": ",
                     scenario->note == NULL ? "" : scenario->note);
    }
}

/* Combinations of columns in the base and every scenario and mode. */
static int print_strata(const jk_scenario_view *view) {
    enum { HEAD = 160 };
    const size_t cases = view->grid->count;
    char(*text)[HEAD] = calloc(cases, sizeof *text);
    const char **heads = calloc(cases, sizeof *heads);
    for (size_t m = 0; text != NULL && heads != NULL && m < 2; m++) {
        for (size_t s = 0; (view->grid->modes & modes[m]) != 0 && s < view->grid->scenario_count; s++) {
            const size_t at = jk_scenario_index(view->grid, 0, modes[m], (int)s);
            const char *name = view->set->scenarios[s].name;
            jk_text_format(text[at], HEAD, modes[m] == JK_MODE_COMMITTED ? "%s (committed)" : "%s", name);
            heads[at] = text[at];
        }
        heads[0] = jk_text("base");
    }
    const jk_cli_strata_view table = {.title = "Value by the columns asked for",
                                      .money = "value",
                                      .percent = "change_pct",
                                      .heads = heads,
                                      .percent_head = "change %",
                                      .decimals = jk_cli_decimals(base_of(view))};
    int failed =
        text != NULL && heads != NULL ? jk_cli_strata_table(view->strata, &table) : jk_cli_print_table(NULL, NULL);
    free((void *)heads);
    free(text);
    return failed;
}

int jk_scenario_print_tables(const jk_scenario_view *view) {
    const jk_valuation *base = base_of(view);
    char rate[JK_AMOUNT_TEXT];
    jk_cli_valuing_heading(view->valuing, base);
    jk_cli_say("Return    %s %% a year", jk_amount(rate, 100.0 * base->irr, jk_cli_rate_decimals(base->irr)));
    if (view->segment >= 0) {
        jk_cli_say("; segment %s", base->segment_id[view->segment]);
    }
    (void)putchar('\n');
    print_notes(view);
    int failed = 0;
    for (size_t m = 0; m < 2; m++) {
        if ((view->grid->modes & modes[m]) != 0) {
            failed |= print_mode(view, m);
        }
    }
    if ((view->grid->modes & JK_MODE_REPLANNED) != 0 && view->segment < 0) {
        failed |= print_changes(view);
    }
    failed |= view->strata != NULL ? print_strata(view) : 0;
    return failed | jk_cli_finish();
}

/* ---- CSV ------------------------------------------------------------------------------------------------------- */

int jk_scenario_print_csv(const jk_scenario_view *view) {
    jk_listing listing = view->strata != NULL ? jk_strata_cases_listing(view->strata)
                                              : jk_scenario_listing(view->set, view->grid, view->segment);
    return jk_cli_listing_csv(&listing);
}
